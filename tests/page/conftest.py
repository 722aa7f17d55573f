"""The app without a browser: launched once, spoken to as a program would."""

from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def client(tiny_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator:
    """A gradio_client on the app with three tiny weights."""
    from gradio_client import Client

    import page
    from gan_models.loading import Shelf

    blocks = page.build(Shelf([tiny_weights]), page.Options(runs=tmp_path_factory.mktemp("runs")))
    _, url, _ = blocks.launch(**page.launch_arguments(), prevent_thread_lock=True, quiet=True)
    yield Client(url, verbose=False)
    blocks.close()
