"""A style transfer trained, exported and measured, as a user would; what its losses and batches are."""

import struct
from dataclasses import fields, replace

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.loading import load
from gan_models.networks.projected import squeezenet_features
from gan_models.networks.style_transfer import StyleTransferConfig, StyleTransferGenerator
from gan_models.pictures.manners import draw_manner
from gan_models.weight.card import Card, Stage
from training import evaluate_style, train_style_transfer
from training.bench import style
from training.data import style_pictures
from training.data.photos import Photos
from training.data.style_batches import PHOTOS, STYLES, StyleBatches, crop
from training.export import export
from training.losses.style import StyleAndContent, spread
from training.run import Run

SMALL = ["--size", "32", "--batch", "2", "--width", "8", "--blocks", "1", "--signal", "8", "--log-every", "1"]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """Photographs and style pictures, four of each."""
    root = tmp_path_factory.mktemp("both")
    for name, manner in (("photos", "shapes"), ("styles", "waves")):
        (root / name).mkdir()
        for seed in range(4):
            Image.fromarray(draw_manner(manner, seed, 48)).save(root / name / f"{seed}.png")
    return root


@pytest.fixture(scope="module")
def run(folders, features, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "style"
    flags = ["--data", str(folders / "photos"), "--styles", str(folders / "styles"), "--feature-weights", str(features)]
    train_style_transfer.main([*flags, *SMALL, "--precision", "fp32", "--run", str(folder), "--steps", "2"])
    return Run(folder)


def test_it_trains_and_becomes_a_weight_that_is_measured(run, folders, features, tmp_path, capsys):
    rows, config = run.rows(), run.config()
    assert [row["step"] for row in rows] == [1, 2] and config["ships"] == ""
    assert {"generator/content", "generator/style", "generator/together", "style/held_out"} <= rows[-1].keys()
    card = export(run.folder, tmp_path / "any")
    assert (card.task, card.method, card.translation.styled) == ("translate", "style-transfer", True)
    frozen = load(tmp_path / "any").generator.manner.state_dict()
    given = torch.load(features)
    assert all(torch.allclose(value, given[key], atol=1e-3) for key, value in frozen.items())
    words = [str(tmp_path / "any"), "--data-root", str(folders), "--feature-weights", str(features), "--write-card"]
    evaluate_style.main(words)
    assert "colours alone" in capsys.readouterr().out
    assert [m.name for m in Card.read(tmp_path / "any").measures] == ["edge correlation", "style distance"]


def test_adain_is_trained_and_measured_beside_it(run, folders, features, tmp_path):
    export(run.folder, tmp_path / "any")
    said = []
    (tmp_path / "new").mkdir()
    for seed in range(2):
        Image.fromarray(draw_manner("points", seed, 96)).save(tmp_path / "new" / f"{seed}.png")
    card = Card.read(tmp_path / "any")
    first = Stage(**{part.name: getattr(card.making, part.name) for part in fields(Stage)})
    replace(card, making=replace(card.making, before=(first,))).write(tmp_path / "any")
    given = {"data_root": folders, "styles": tmp_path / "new", "feature_weights": features, "out": tmp_path}
    style.compare(style.StyleBench(str(tmp_path / "any"), 1e-4, **given), said.append)
    assert said[0].endswith("AdaIN saw 4 photographs, any 8")
    assert [row.split(":")[0].strip() for row in said[1:]] == ["any", "AdaIN"] and (tmp_path / "adain.png").exists()


def test_adain_decodes_maps_with_the_moments_of_the_style(features):
    network = style.AdaIn(StyleTransferGenerator(StyleTransferConfig(32, 8, 1, 8)), width=8)
    seen = []
    network.decoder.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    source, other = torch.rand(2, 2, 3, 64, 64) * 2 - 1
    assert network(source, network.style(other)).shape == source.shape
    for found, wanted in zip((seen[0].mean((2, 3)), seen[0].std((2, 3))), network.style(other)):
        torch.testing.assert_close(found, wanted.flatten(1), atol=2e-2, rtol=2e-2)


def test_a_style_is_nearest_to_itself_and_content_to_its_own_picture():
    torch.manual_seed(0)
    losses = StyleAndContent(squeezenet_features())
    pictures = torch.rand(2, 3, 64, 64) * 2 - 1
    pictures[1] = torch.linspace(-1, 1, 64)
    losses.calibrate(pictures)
    torch.manual_seed(0)
    content, apart, together = losses(pictures, pictures, pictures)
    assert content < 1e-6 and apart < 0.05 and together < 0.05  # moved by up to three pixels
    other = losses(pictures, pictures.flip(0), pictures.flip(0))
    assert other[0] > 0.1 and other[1] > apart and other[2] > together
    mean, products = spread(pictures)
    torch.testing.assert_close(products[0], torch.cov(pictures[0].flatten(1), correction=0), atol=1e-4, rtol=1e-3)
    torch.testing.assert_close(mean, pictures.mean((2, 3)))


def test_batches_are_a_function_of_the_step_and_some_pairs_are_their_own_style():
    draws = np.random.default_rng(0)
    some = lambda: Photos("some", tuple(draws.integers(0, 256, (40, 50, 3), np.uint8) for _ in range(3)))  # noqa: E731
    photos, styles = some(), some()
    batches = StyleBatches(photos, styles, 32, 16, seed=1)
    style, none, source = batches.at(4)
    again, other = StyleBatches(photos, styles, 32, 16, seed=1).at(4), batches.at(5)
    assert none is None and style.shape == source.shape == (16, 3, 32, 32)
    assert torch.equal(style, again[0]) and not torch.equal(style, other[0])
    own = [torch.equal(one, two) for one, two in zip(style, source)]
    assert 0 < sum(own) < 16
    with pytest.raises(TrainingError, match="has 40 px and the crops have 64"):
        StyleBatches(photos, styles, 64, 2, seed=0)
    for spans in (PHOTOS, STYLES):
        assert crop(photos.pictures[0], 32, spans, (1.0, 0.5, 1.0), 7).shape == (32, 32, 3)


def packed(name: str, content: bytes) -> bytes:
    """One of Qt's resource files, of version 1, with one file in it."""
    names = struct.pack(">HI", len(name), 0) + name.encode("utf-16-be")
    tree = struct.pack(">IHII", 0, 2, 1, 1) + struct.pack(">IHHHI", 0, 0, 0, 0, 0)
    data = struct.pack(">I", len(content)) + content
    tree_at, data_at = 20, 20 + len(tree)
    return b"qres" + struct.pack(">4I", 1, tree_at, data_at, data_at + len(data)) + tree + data + names


def test_paintings_are_taken_out_of_resource_files(tmp_path):
    (tmp_path / "a.rcc").write_bytes(packed("board.qml", b"words"))
    assert style_pictures.resources(tmp_path / "a.rcc") == {"/board.qml": b"words"}
    (tmp_path / "b.rcc").write_bytes(b"other")
    for name, said in (("b.rcc", "no resource file"), ("c.rcc", "There is no")):
        with pytest.raises(TrainingError, match=said):
            style_pictures.resources(tmp_path / name)
    puzzle = np.zeros((40, 60, 4), np.uint8)
    puzzle[4:36, 4:30], puzzle[4:36, 31:56] = (10, 20, 30, 255), (10, 20, 30, 255)
    joined = style_pictures.whole(puzzle)
    assert joined.shape == (20, 40, 3) and (joined == (10, 20, 30)).all()
