"""CONTRIBUTING.md adds a family for real: its blocks run, train, export and sample."""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]


def with_family(folder: Path) -> Path:
    """A copy of the rooms that train and draw, with what the document adds."""
    for room in ("gan_models", "training", "tests/helpers", "tests/gan_models/networks"):
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    file, row, entry = re.findall(r"```python\n(.*?)```", text, re.S)
    (folder / "gan_models/networks/cppn.py").write_text(file, encoding="utf-8")
    (folder / "training/train_cppn.py").write_text(entry, encoding="utf-8")
    table = folder / "gan_models/networks/__init__.py"
    above, title, rows = table.read_text(encoding="utf-8").partition("FAMILIES: ")
    names = "from gan_models.networks.cppn import CppnConfig, CppnDiscriminator, CppnGenerator\n\n"
    begun, rows = rows.split("    {\n", 1)
    added = textwrap.indent(row, " " * 8)
    table.write_text(above + names + title + begun + "    {\n" + added + rows, encoding="utf-8")
    return folder


def drawn_folder(folder: Path) -> Path:
    """Sixty-four pictures of one coloured disc each."""
    folder.mkdir()
    y, x = np.mgrid[:32, :32]
    for n in range(64):
        disc = (x - 10 - n % 12) ** 2 + (y - 16) ** 2 < 64
        Image.fromarray(np.where(disc[..., None], (255, 2 * n, 0), (0, 0, 80)).astype(np.uint8)).save(
            folder / f"{n}.png"
        )
    return folder


USED = """
import sys
import pytest
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import sample
from training import export, train_cppn

train_cppn.main(["--data", "discs", "--size", "32", "--steps", "3", "--batch", "8", "--run", "runs/cppn"])
export.export("runs/cppn", "weights/cppn")
pictures = sample(load("weights/cppn"), [Point(seed=n) for n in range(2)])
assert pictures.shape == (2, 32, 32, 3) and (pictures[0] != pictures[1]).any()
sys.exit(pytest.main(["-q", "-k", "cppn", "-p", "no:cacheprovider", "tests/gan_models/networks/test_networks.py"]))
"""


@pytest.fixture(scope="module")
def used(tmp_path_factory) -> subprocess.CompletedProcess:
    house = with_family(tmp_path_factory.mktemp("house"))
    drawn_folder(house / "discs")
    environment = {**os.environ, "PYTHONPATH": str(house), "PYTEST_ADDOPTS": ""}
    return subprocess.run([sys.executable, "-c", USED], cwd=house, env=environment, capture_output=True, text=True)


def test_the_document_adds_a_family(used) -> None:
    assert used.returncode == 0, used.stdout[-3000:] + used.stderr[-3000:]


def test_the_tests_of_networks_try_the_family_by_its_row_alone(used) -> None:
    assert re.search(r"\d\d passed", used.stdout) and "failed" not in used.stdout, used.stdout[-3000:]
