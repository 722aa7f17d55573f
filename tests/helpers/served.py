"""An app on some weights, for the tests that open it in a browser."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(*folders: Path, runs: Path | None = None) -> Iterator[str]:
    """The address of an app on these weights for this machine alone; its Training tab looks at `runs` (default: in the
    first folder)."""
    import page
    from gan_models.loading import Shelf

    blocks = page.build(Shelf(folders), page.Options(runs or folders[0] / "runs", training="here"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    _, url, _ = blocks.launch(**page.launch_arguments(), server_port=port, prevent_thread_lock=True, quiet=True)
    yield url
    blocks.close()
