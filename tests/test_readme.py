"""README's Python and example.py run as they stand, and what they write can be read."""

import re
import subprocess
import sys
from pathlib import Path

import av
from PIL import Image

from gan_models.loading import WEIGHTS, Shelf
from gan_models.recipe import read

ROOT = Path(__file__).parents[1]
ADDRESS = "http://127.0.0.1:7860"


def blocks() -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)


def count_frames(path: Path) -> int:
    with av.open(str(path)) as film:
        return sum(1 for _ in film.decode(video=0))


def test_the_readmes_python_runs(tmp_path, monkeypatch):
    import page

    monkeypatch.chdir(tmp_path)
    open_page = page.build(Shelf([WEIGHTS / "dcgan-mnist"]), page.Options(runs=tmp_path / "runs"))
    _, url, _ = open_page.launch(**page.launch_arguments(), prevent_thread_lock=True, quiet=True)
    names = {}
    try:
        for block in blocks():
            exec(block.replace(ADDRESS, url), names)
    finally:
        open_page.close()
    assert names["pictures"].shape == (16, 28, 28, 1) and names["cat"].shape == (128, 128, 3)
    assert count_frames(tmp_path / "digits.mp4") == 3 * 24
    with Image.open(tmp_path / "large.png") as large:
        assert large.size == (112, 112)
    assert read(tmp_path / names["reply"]["name"]).arguments["point"]["seed"] == 7


def test_the_example_writes_files_that_can_be_made_again(tmp_path):
    done = subprocess.run([sys.executable, "example.py", str(tmp_path)], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = {path.name: read(path).verb for path in map(Path, done.stdout.split("\n")) if path.name}
    assert made == {
        "cat.png": "sample",
        "cats.png": "sample",
        "drawn.png": "translate",
        "large.png": "upscale",
        "walk.mp4": "interpolate",
    }
    assert len((ROOT / "example.py").read_text(encoding="utf-8").splitlines()) < 60
