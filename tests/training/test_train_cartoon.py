"""Cartoons trained, exported and measured, as a user would; what their structure, drawings and batches are."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from gan_models.errors import TrainingError
from gan_models.loading import load
from gan_models.networks.cartoon import CartoonConfig, CartoonGenerator, gray
from gan_models.pictures.manners import draw_manner
from gan_models.weight.card import Card
from training import evaluate_cartoon, train_cartoon
from training.data import drawings
from training.data.cartoon_batches import CartoonBatches
from training.data.photos import Photos
from training.data.structure import ink, shaded, structure
from training.evaluate_cartoon import steepest
from training.export import export
from training.run import Run

SMALL = ["--size", "32", "--batch", "2", "--width", "8", "--blocks", "1", "--discriminator-width", "4", "--patch", "16"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Photographs and drawings, sixteen of each."""
    root = tmp_path_factory.mktemp("both")
    for name, manner in (("photos", "shapes"), ("drawings", "waves")):
        (root / name).mkdir()
        for seed in range(16):
            Image.fromarray(draw_manner(manner, seed, 48)).save(root / name / f"{seed:02}.png")
    return root


def test_it_trains_and_becomes_a_weight_that_is_measured(folders, features, tmp_path, capsys):
    flags = ["--data", str(folders / "photos"), "--drawings", str(folders / "drawings")]
    flags += ["--feature-weights", str(features), "--precision", "fp32", "--log-every", "1", "--steps", "2"]
    train_cartoon.main([*flags, *SMALL, "--run", str(tmp_path / "run")])
    run = Run(tmp_path / "run")
    rows, config = run.rows(), run.config()
    assert [row["step"] for row in rows] == [1, 2] and config["ships"] == ""
    parts = {f"generator/{name}" for name in ("surface", "texture", "structure", "pixels", "content", "brightness")}
    assert parts | {"loss/discriminator", "structure/held_out", "brightness/held_out"} <= rows[-1].keys()
    card = export(run.folder, tmp_path / "comic")
    assert (card.task, card.method, card.translation.outlined) == ("translate", "cartoon", True)
    words = [str(tmp_path / "comic"), "--data-root", str(folders), "--sheet", str(tmp_path / "sheet.png")]
    evaluate_cartoon.main([*words, "--write-card"])
    assert "kernel distance of the photographs themselves" in capsys.readouterr().out
    names = [measure.name for measure in Card.read(tmp_path / "comic").measures]
    assert names[:2] == ["edge correlation", "brightness"] and names[-1] == "kernel distance"
    assert Image.open(tmp_path / "sheet.png").width > 8 * 128 and load(tmp_path / "comic").discriminator is None


def test_a_pixel_depends_on_what_lies_within_reach_alone():
    torch.manual_seed(0)
    generator = CartoonGenerator(CartoonConfig(size=32, width=8, blocks=2)).eval()
    torch.nn.init.normal_(generator.last.weight, 0, 0.1)
    side, middle = 128, 64
    photo = torch.rand(1, 3, side, side) * 2 - 1
    changed = photo.clone()
    changed[..., : middle - generator.reach] *= -1
    one, other = generator(photo), generator(changed)
    torch.testing.assert_close(one[..., middle:], other[..., middle:], atol=1e-5, rtol=0)
    assert (one[..., : middle - generator.reach] != other[..., : middle - generator.reach]).any()


def test_structure_is_flat_in_few_shades_inked_and_as_bright_as_the_photograph():
    draws = np.random.default_rng(0)
    photo = np.full((64, 64, 3), 90.0)
    photo[:, 32:] = (200, 180, 120)
    photo = (photo + draws.normal(0, 6, photo.shape)).clip(0, 255).astype(np.uint8)
    flat = structure(photo)
    assert steepest(flat[None])[0] > 0.9 > 0.5 > steepest(photo[None])[0]
    assert flat.mean() == pytest.approx(photo.mean(), rel=0.05)
    assert flat[:, 30].mean() < 0.7 * flat[:, 10:20].mean() and ink(photo)[:, 40:].mean() < 0.1
    ramp = np.repeat(np.linspace(0, 255, 512, dtype=np.float32)[None, :, None], 3, 2)
    levels = shaded(ramp)[0, :, 0]
    assert (np.diff(levels) > -1e-3).all() and levels.max() <= 256
    assert (np.diff(levels) < 0.3).mean() > 0.5, "most of a ramp is flat"


def test_gray_sees_brightness_by_weights_of_its_own():
    pictures = torch.rand(4, 3, 8, 8)
    torch.manual_seed(0)
    shifted = gray(pictures)
    assert shifted.shape == (4, 1, 8, 8) and not torch.equal(shifted, gray(pictures))
    torch.testing.assert_close(gray(torch.ones(2, 3, 4, 4)), torch.ones(2, 1, 4, 4))
    assert torch.equal(gray(pictures, shifted=False), gray(pictures, shifted=False))


def test_batches_are_a_function_of_the_step():
    draws = np.random.default_rng(0)
    some = lambda: Photos("some", tuple(draws.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(3)))  # noqa: E731
    photos, sheets = some(), some()
    batches = CartoonBatches([photos], sheets, 32, 2, seed=1)
    drawn, none, source = batches.at(4)
    assert none is None and drawn.shape == (2, 3, 32, 32) and source.shape == (2, 6, 32, 32)
    assert torch.equal(source, CartoonBatches([photos], sheets, 32, 2, seed=1).at(4)[2])
    assert not torch.equal(source, batches.at(5)[2])
    with pytest.raises(TrainingError, match="has 40 px and the crops have 64"):
        CartoonBatches([photos], sheets, 64, 2, seed=0)


def drawing(fill, line="black", width=6) -> bytes:
    picture = Image.new("RGBA", (200, 160))
    ImageDraw.Draw(picture).ellipse((10, 10, 190, 150), fill=fill, outline=line, width=width)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def test_drawings_have_surfaces_outlines_and_colours_and_lie_over_each_other(tmp_path, monkeypatch):
    for name, content in {
        "animals/red.png": drawing("red"),
        "animals/lines.png": drawing(None),
        "food/gray.png": drawing("gray"),
        "food/blue.png": drawing("skyblue"),
        "computer/green.png": drawing("green"),
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content)
    kept = [path.stem for path in drawings.wanted(tmp_path) if drawings.opened(path)]
    assert kept == ["red", "blue"]
    with pytest.raises(TrainingError, match="holds 2 coloured drawings with outlines"):
        next(drawings.drawings(tmp_path))
    monkeypatch.setattr(drawings, "EACH", 2)
    name, content = next(drawings.drawings(tmp_path))
    sheet = np.asarray(Image.open(io.BytesIO(content)))
    assert name == "000.png" and sheet.shape == (320, 320, 3) and (sheet.max(2) < 40).any()
    assert content == next(drawings.drawings(tmp_path))[1]
