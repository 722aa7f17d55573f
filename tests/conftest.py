"""What holds for every test: a home of its own, no network beyond this machine, one thread."""

import atexit
import os
import shutil
import socket
import tempfile
from pathlib import Path

# Libraries read these when they are imported, so they are set before any test module is.
_CACHE = tempfile.mkdtemp(prefix="atelier-tests-")
atexit.register(shutil.rmtree, _CACHE, ignore_errors=True)
os.environ.update(
    HF_HOME=f"{_CACHE}/huggingface",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_DISABLE_XET="1",
    TORCH_HOME=f"{_CACHE}/torch",
    MPLCONFIGDIR=f"{_CACHE}/matplotlib",
    GRADIO_ANALYTICS_ENABLED="False",
    GRADIO_TEMP_DIR=f"{_CACHE}/gradio",
    OMP_NUM_THREADS="1",
)

import pytest  # noqa: E402
import tiny  # noqa: E402
import torch  # noqa: E402
from hypothesis import settings  # noqa: E402

from gan_models.loading import Shelf  # noqa: E402

# The same examples every time, and no clock: a busy machine fails no test.
settings.register_profile("atelier", database=None, deadline=None, derandomize=True)
settings.load_profile("atelier")

LOOPBACK = {"localhost", "127.0.0.1", "::1", "0.0.0.0", "::", "", None}

_connect, _connect_ex, _getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo


class OutsideReached(AssertionError):
    """A test tried to reach something beyond this machine."""


def _check(address: object) -> None:
    host = address[0] if isinstance(address, tuple) else None
    if host not in LOOPBACK:
        raise OutsideReached(f"a test reached for {host}; tests stay on this machine")


def _local_connect(self: socket.socket, address: object) -> None:
    _check(address)
    return _connect(self, address)


def _local_connect_ex(self: socket.socket, address: object) -> int:
    _check(address)
    return _connect_ex(self, address)


def _local_getaddrinfo(host: object, *rest: object, **options: object) -> list:
    name = host.decode() if isinstance(host, bytes) else host
    if name not in LOOPBACK:
        # What a machine without a network answers, so that libraries take their offline way.
        raise socket.gaierror(socket.EAI_NONAME, f"{name} is out of reach in tests")
    return _getaddrinfo(host, *rest, **options)


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give every test an empty home and keep it from the network."""
    home = tmp_path_factory.mktemp("home")
    for name in ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home))
    for name in (
        "HF_TOKEN",
        "HF_ENDPOINT",
        "HUGGING_FACE_HUB_TOKEN",
        "http_proxy",
        "https_proxy",
        "all_proxy",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    # By hand: pytest-socket guards connect alone, not connect_ex, nor names that are looked up.
    monkeypatch.setattr(socket.socket, "connect", _local_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", _local_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", _local_getaddrinfo)


@pytest.fixture(autouse=True, scope="session")
def one_thread() -> None:
    """Two torch programs with two threads each on two cores slow each other many times."""
    torch.set_num_threads(1)


@pytest.fixture
def tiny_shelf(tmp_path: Path) -> Shelf:
    """Three random weights: tiny-vanilla, tiny-colour (32 px), tiny-conditional (28 px, three classes)."""
    return tiny.make_shelf(tmp_path / "weights")


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the same three weights, made once: only for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared-weights")
    tiny.make_shelf(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_styles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tiny-style, made once: only for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared-styles")
    tiny.make_style(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_words(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tiny-words, made once: only for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared-words")
    tiny.make_words(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_upscalers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tiny.UPSCALERS, made once: only for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared-upscalers")
    tiny.make_upscalers(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_translators(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of tiny.TRANSLATORS, made once: only for tests that change nothing in it."""
    folder = tmp_path_factory.mktemp("shared-translators")
    tiny.make_translators(folder)
    return folder
