"""What is written for visitors: in a folder of the server's own, which goes with it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from page.parts import scratch

# By its path: the page itself takes seconds to import.
WRITE = """
import importlib.util, sys, tempfile, time
spec = importlib.util.spec_from_file_location("scratch", sys.argv[2])
scratch = importlib.util.module_from_spec(spec)
spec.loader.exec_module(scratch)
folder = scratch.open_folder()
(folder / "shown").mkdir()
(folder / "shown" / "cat.png").write_bytes(b"x")
assert tempfile.mkdtemp().startswith(str(folder))
print(folder, flush=True)
exec(sys.argv[1])
"""


def server(place: Path, then: str) -> tuple[subprocess.Popen, Path]:
    """A process that has opened its folder in `place`, and that folder."""
    more, words = {**os.environ, "TMPDIR": str(place)}, ["-c", WRITE, then, scratch.__file__]
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, env=more)
    return process, Path(process.stdout.readline().strip())


@pytest.mark.parametrize("then", ["pass", "time.sleep(60)"], ids=["its exit", "SIGTERM"])
def test_the_folder_goes_with_the_server(tmp_path: Path, then: str) -> None:
    process, folder = server(tmp_path, then)
    assert folder.parent == tmp_path and folder.stat().st_mode & 0o077 == 0
    if then != "pass":
        process.terminate()
    assert process.wait(20) == (0 if then == "pass" else -signal.SIGTERM)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_server_left_is_swept_and_a_living_one_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    killed, left = server(tmp_path, "time.sleep(60)")
    living, kept = server(tmp_path, "time.sleep(60)")
    killed.kill()
    killed.wait(20)
    (tmp_path / "gan-atelier-file").write_text("not ours")
    scratch.sweep(tmp_path)
    assert left.exists()  # too young to be sure
    monkeypatch.setattr(scratch, "YOUNG", -1)
    scratch.sweep(tmp_path)
    living.kill()
    living.wait(20)
    assert not left.exists() and (kept / "shown" / "cat.png").exists()
    assert (tmp_path / "gan-atelier-file").exists()
