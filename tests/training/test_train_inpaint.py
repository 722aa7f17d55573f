"""A network that fills holes, trained, exported and measured as a user would; its holes, batches and losses."""

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import RequestError, TrainingError
from gan_models.networks.inpaint import Copies, InpaintConfig, InpaintNetwork, smooth_fill
from gan_models.pictures.manners import draw_manner
from gan_models.weight.card import Card
from training import evaluate_repair, train_inpaint
from training.data.holes import BROAD, MOST_THIN, PIECES, draw_hole
from training.data.photos import Photos, split_photos
from training.data.repair_batches import RepairBatches
from training.export import export
from training.losses.repair import features_apart, pixels_apart, places_hidden, places_told
from training.run import Run

SMALL = ["--size", "64", "--batch", "2", "--width", "16", "--blocks", "2", "--discriminator-width", "8"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Photographs, four to learn from and two held out."""
    root = tmp_path_factory.mktemp("holes") / "photos"
    for seed in range(6):
        path = root / ("train" if seed < 4 else "val") / f"{seed}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(draw_manner("shapes", seed, 72)).save(path)
    return root


@pytest.fixture(scope="module")
def run(folder, features, tmp_path_factory):
    place = tmp_path_factory.mktemp("runs") / "repair"
    flags = ["--data", str(folder), "--feature-weights", str(features), "--log-every", "1", "--precision", "fp32"]
    train_inpaint.main([*flags, *SMALL, "--run", str(place), "--steps", "2"])
    return Run(place)


def test_it_trains_and_becomes_a_weight_that_is_measured(run, folder, features, tmp_path, capsys):
    rows, config = run.rows(), run.config()
    assert [row["step"] for row in rows] == [1, 2] and config["data"]["count"] == 4
    said = {f"generator/{name}" for name in ("hole", "ring", "features", "adversarial", "different")}
    assert said | {"loss/discriminator", "features/held_out", "psnr/hole"} <= rows[-1].keys()
    card = export(run.folder, tmp_path / "fills")
    assert (card.task, card.method, card.translation) == ("repair", "inpaint", None)
    words = [str(tmp_path / "fills"), "--data-root", str(folder.parent), "--feature-weights", str(features)]
    evaluate_repair.main([*words, "--cats", "--write-card", "--sheet", str(tmp_path / "sheet.png")])
    table = capsys.readouterr().out
    assert all(name in table for name in ("network: ", "Telea: ", "Navier-Stokes: ", "with the hole: "))
    measures = [m.name for m in Card.read(tmp_path / "fills").measures]
    assert len(measures) == 5 and measures[-1] == evaluate_repair.FACES and (tmp_path / "sheet-25.png").exists()
    with pytest.raises(RequestError, match="is made for sample"):
        evaluate_repair.evaluate(evaluate_repair.Evaluation("dcgan-mnist"))


def test_a_hole_is_never_looked_into_and_noise_makes_another_answer():
    torch.manual_seed(0)
    network = InpaintNetwork(InpaintConfig(64, 16, 2, 8)).eval()
    picture, mask = torch.rand(2, 3, 72, 80) * 2 - 1, torch.zeros(2, 1, 72, 80)
    mask[:, :, 20:50, 30:60] = 1
    with torch.inference_mode():
        drawn, other = network(picture, mask), network(picture * (1 - mask), mask)
        grains = [network.grains(torch.tensor([seed, 7]), 72, 80) for seed in (1, 2)]
        answers = [network(picture, mask, noise) for noise in grains]
    assert drawn.shape == picture.shape and drawn.abs().max() <= 1 and torch.equal(drawn, other)
    assert not torch.equal(answers[0][0], answers[1][0])
    torch.testing.assert_close(answers[0][1], answers[1][1])
    for wrong in ((picture[:, :, :60], mask[:, :, :60]), (picture, mask[:, :, 1:]), (picture[:, :1], mask)):
        with pytest.raises(RequestError, match=r"px or more|beside this picture|float \(N, 3"):
            network(*wrong)


def test_detail_is_copied_from_what_is_known_alone():
    torch.manual_seed(0)
    copies, maps, mask = Copies(16), torch.randn(1, 16, 8, 8), torch.zeros(1, 1, 64, 64)
    mask[:, :, 16:48, 16:48] = 1
    weights = copies.weights(maps, mask).unflatten(2, (8, 8))
    torch.testing.assert_close(weights.sum((2, 3)), torch.ones(1, 64))
    assert weights[:, :, 3:5, 3:5].max() < 1e-4
    detail = torch.full((1, 3, 64, 64), 0.3) * (1 - mask)
    assert (copies(maps, detail, mask)[:, :, 20:44, 20:44] - 0.3).abs().max() < 0.15


def test_a_smooth_fill_meets_what_is_around_it_and_leaves_it():
    ramp = torch.linspace(-1, 1, 64).expand(1, 3, 64, 64).clone()
    mask = torch.zeros(1, 1, 64, 64)
    mask[:, :, 16:48, 16:48] = 1
    filled = smooth_fill(ramp * (1 - mask), mask)
    assert torch.equal(filled * (1 - mask), ramp * (1 - mask)) and (filled - ramp).abs().max() < 0.15
    assert not smooth_fill(ramp, torch.ones_like(mask)).any()


@pytest.mark.parametrize("kind", PIECES)
def test_holes_take_out_as_much_as_they_are_asked_for(kind):
    for seed, share in enumerate((0.08, 0.3)):
        hole = draw_hole(np.random.default_rng(seed), 96, 128, share, kind)
        assert hole.dtype == np.uint8 and set(np.unique(hole)) == {0, 1}
        assert 0.8 * (share if kind in BROAD else min(share, MOST_THIN)) < hole.mean() < share + 0.12


def test_batches_are_a_function_of_the_step_and_what_is_held_out_stays_away(folder, tmp_path):
    learned, kept = split_photos(str(folder), 64)
    assert (len(learned), len(kept), learned.sha256) == (4, 2, kept.sha256)
    for name in range(12):
        Image.fromarray(learned.pictures[name % 4]).save(tmp_path / f"{name:02d}.png")
    assert list(map(len, split_photos(str(tmp_path), 64))) == [11, 1]
    batches = RepairBatches([learned, kept], 64, 3, seed=1)
    picture, none, mask = batches.at(4)
    again, other = RepairBatches([learned, kept], 64, 3, seed=1).at(4), batches.at(5)
    assert none is None and picture.shape == (3, 3, 64, 64) and mask.shape == (3, 1, 64, 64)
    assert torch.equal(picture, again[0]) and torch.equal(mask, again[2]) and not torch.equal(picture, other[0])
    with pytest.raises(TrainingError, match="has 72 px and the crops have 128"):
        RepairBatches([Photos("few", learned.pictures)], 128, 2, seed=0)


def test_losses_count_the_hole_and_its_ring_alone_and_the_mask_is_the_discriminators_target():
    real, mask = torch.zeros(2, 3, 64, 64), torch.zeros(2, 1, 64, 64)
    mask[:, :, 24:40, 24:40] = 1
    drawn = real.clone()
    drawn[:, :, 24:40, 24:40], drawn[:, :, :8] = 0.5, 1.0
    assert [round(float(part), 4) for part in pixels_apart(drawn, real, mask)] == [0.5, 0.0]
    told = torch.nn.functional.avg_pool2d(1 - 2 * mask, 8)
    good, bad = (float(places_told([torch.ones_like(told)], [sign * told], mask)) for sign in (1, -1))
    assert good == 0 and bad > 1 and float(places_hidden([told], mask)) == 1
    maps = [torch.rand(1, 4, 8, 8), torch.rand(1, 6, 4, 4)]
    assert features_apart(maps, [2 * x for x in maps]) < 1e-3 < features_apart(maps, [x.flip(3) for x in maps])
