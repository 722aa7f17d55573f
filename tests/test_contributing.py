"""CONTRIBUTING.md adds a family for real: its blocks run, train, export and sample."""

import importlib.util
import re
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_models import networks
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import sample

ROOT = Path(__file__).parents[1]


def module_from(code: str, name: str, folder: Path, monkeypatch):
    """Import a block of code under the name it would have in the repository."""
    path = folder / f"{name.rpartition('.')[2]}.py"
    path.write_text(code, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, name, module)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def entry(tmp_path, monkeypatch):
    """training.train_cppn, made from the document."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    file, row, entry = re.findall(r"```python\n(.*?)```", text, re.S)
    cppn = module_from(file, "gan_models.networks.cppn", tmp_path, monkeypatch)
    table = dict(networks.FAMILIES)
    exec(row, {"FAMILIES": table, "Family": networks.Family, **vars(cppn)})
    monkeypatch.setattr(networks, "FAMILIES", table)
    return module_from(entry, "training.train_cppn", tmp_path, monkeypatch)


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


def test_the_document_adds_a_family(entry, tmp_path, monkeypatch):
    from training.export import export

    monkeypatch.chdir(tmp_path)
    folder = drawn_folder(tmp_path / "discs")
    entry.main(["--data", str(folder), "--size", "32", "--steps", "3", "--batch", "8", "--run", "runs/cppn"])
    export(tmp_path / "runs/cppn", tmp_path / "weights/cppn")
    pictures = sample(load(str(tmp_path / "weights/cppn")), [Point(seed=n) for n in range(2)])
    assert pictures.shape == (2, 32, 32, 3)
    assert (pictures[0] != pictures[1]).any()
