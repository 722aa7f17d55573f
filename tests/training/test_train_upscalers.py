"""Upscalers trained, resumed, exported and measured on drawn photographs, as a user would."""

import json
import sys
import types

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.loading import load
from gan_models.networks import family
from gan_models.networks.swift import SwiftConfig, SwiftGenerator
from gan_models.pictures.images import to_tensor
from gan_models.weight.card import Card, plain_name
from training import evaluate_sr, train_srgan, train_swift
from training.data.photos import load_photos
from training.export import export
from training.games.phases import Batch
from training.options import parse, preset_names, read_preset, settle
from training.run import Run, usual_name
from training.table import row
from training.watching.crops import CropWatch, given, psnr_y, sheet

SMALL = ["--size", "8", "--batch", "4", "--log-every", "1", "--smaller", "0.8", "--precision", "fp32"]
SWIFT = [*SMALL, "--width", "16", "--blocks", "1"]
SRGAN = [*SMALL, "--width", "8", "--blocks", "1", "--judge-width", "4"]
DENSE = [*SMALL, "--network", "esrgan", "--width", "8", "--blocks", "1", "--judge-width", "4"]


def drawn(height: int, width: int, seed: int) -> np.ndarray:
    """Stripes and discs on a slope: edges that interpolation blurs."""
    draws = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    picture = np.stack([(x * 2 + y + 40 * c) % 256 for c in range(3)], -1) // 2
    for _ in range(6):
        top, left, radius = draws.integers(0, height), draws.integers(0, width), draws.integers(4, 14)
        picture[(y - top) ** 2 + (x - left) ** 2 < radius**2] = draws.integers(0, 256, 3)
    return picture.astype(np.uint8)


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    folder = tmp_path_factory.mktemp("photos")
    for seed in range(6):
        Image.fromarray(drawn(72, 96, seed)).save(folder / f"{seed}.png")
    return folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory, photos, features):
    """A swift run, and both stages of SRGAN."""
    folder = tmp_path_factory.mktemp("runs")
    data = ["--data", str(photos)]
    train_swift.main([*data, *SWIFT, "--run", str(folder / "swift"), "--steps", "60", "--generator-lr", "2e-3"])
    train_srgan.main([*data, *SRGAN, "--run", str(folder / "pixels"), "--steps", "4"])
    second = ["--stage", "adversarial", "--from", str(folder / "pixels"), "--feature-weights", str(features)]
    train_srgan.main([*data, *SRGAN, *second, "--run", str(folder / "gan"), "--steps", "4"])
    return folder


def test_a_swift_run_learns_and_says_how(runs):
    run = Run(runs / "swift")
    rows, config = run.rows(), run.config()
    assert len(rows) == 60
    assert rows[-1]["psnr/held_out"] > rows[0]["psnr/held_out"] + 0.3
    assert (config["method"], config["family"], config["task"], config["ships"]) == ("swift", "swift", "upscale", "")
    assert config["data"]["count"] == 6
    assert len(run.load_checkpoint()["networks"]) == 1
    assert not run.remarks()


@pytest.mark.parametrize("apart", [(train_swift, SWIFT, "absolute"), (train_swift, SWIFT, "square"),
                                   (train_srgan, SRGAN, "square")])  # fmt: skip
def test_pixels_differ_by_the_mean_of_absolutes_or_of_squares(photos, apart):
    entry, flags, difference = apart
    options = parse(entry.Options, ["--data", str(photos), *flags, "--difference", difference], "", "")
    plan = entry.plan(options, load_photos([str(photos)], 32))
    torch.manual_seed(0)
    batch = Batch(torch.rand(2, 3, 32, 32) * 2 - 1, source=torch.rand(2, 3, 8, 8) * 2 - 1)
    with torch.no_grad():
        (phase,), drawn = plan.phases(), plan.generator(batch.source)
        loss, _ = phase.loss(plan.networks, batch)
    wrong = drawn - batch.images
    expected = wrong.square().mean() if difference == "square" else wrong.abs().mean()
    torch.testing.assert_close(loss, expected, atol=1e-5, rtol=1e-5)


def test_the_second_stage_begins_with_the_first_and_watches_both_sides(runs):
    run = Run(runs / "gan")
    last = run.rows()[-1]
    wanted = {"generator/content", "generator/adversarial", "loss/discriminator", "d/real", "accuracy/fake"}
    assert wanted <= last.keys()
    assert "generator/pixel" not in last
    config = run.config()
    said = (config["method"], config["config"]["content"], config["config"]["content_difference"])
    assert said == ("srgan", "squeezenet", "absolute")
    assert set(run.load_checkpoint()["networks"]) == {"generator", "discriminator"}
    first = Run(runs / "pixels").load_checkpoint()["ema"]["module"]
    second = run.load_checkpoint()["networks"]["generator"]
    moved = [(first[k] - second[k]).abs().max().item() for k in first if k.endswith("weight")]
    assert 0 < max(moved) < 0.01
    statistics = [key for key in first if "running" in key]
    assert statistics and all(torch.equal(first[key], second[key]) for key in statistics)


def test_esrgan_plays_relativistically_with_all_four_losses(tmp_path, photos, features):
    data = ["--data", str(photos), *DENSE]
    train_srgan.main([*data, "--run", str(tmp_path / "rrdb"), "--steps", "2"])
    second = ["--stage", "adversarial", "--from", str(tmp_path / "rrdb"), "--feature-weights", str(features)]
    second += ["--texture-weight", "0.5"]
    train_srgan.main([*data, *second, "--run", str(tmp_path / "esrgan"), "--steps", "2"])
    assert Run(tmp_path / "rrdb").config()["method"] == "rrdb"
    assert Run(tmp_path / "esrgan").config()["method"] == "esrgan"
    row_ = Run(tmp_path / "esrgan").rows()[-1]
    parts = (row_[f"generator/{name}"] for name in ("content", "texture", "adversarial", "pixel"))
    whole = sum(weight * part for weight, part in zip((1.0, 0.5, 5e-3, 1e-2), parts))
    assert row_["loss/generator"] == pytest.approx(whole, rel=1e-3)


def test_a_resumed_run_arrives_at_the_same_weights(tmp_path, photos):
    flags = ["--data", str(photos), *SWIFT, "--recipe", "rescue"]
    train_swift.main([*flags, "--run", str(tmp_path / "whole"), "--steps", "4"])
    train_swift.main([*flags, "--run", str(tmp_path / "parts"), "--steps", "2"])
    train_swift.main([*flags, "--run", str(tmp_path / "parts"), "--steps", "4"])
    whole, parts = (Run(tmp_path / name).load_checkpoint() for name in ("whole", "parts"))
    for name, value in whole["networks"]["generator"].items():
        assert torch.equal(value, parts["networks"]["generator"][name]), name
    assert Run(tmp_path / "whole").config()["method"] == "swift-rescue"


def test_the_film_shows_the_same_three_crops_and_they_are_exported(runs, tmp_path):
    run = Run(runs / "swift")
    sheets = [np.asarray(Image.open(path)) for _, path in run.grids()]
    first, last = given(sheets[0], 4), given(sheets[-1], 4)
    assert len(first) == 1  # six photographs, of which one is held out
    for (low, high), (low_after, high_after) in zip(first, last):
        assert np.array_equal(low, low_after) and np.array_equal(high, high_after)
        assert high.shape == (4 * low.shape[0], 4 * low.shape[1], 3)
    assert not np.array_equal(sheets[0], sheets[-1])
    card = export(runs / "swift", tmp_path / "drawn-x4")
    assert (card.task, card.method, card.labels) == ("upscale", "swift", ())
    assert set(card.files) == {"generator.safetensors", "samples.webp", "film.webp"}
    assert card.title == "drawn-x4"
    usual = export(
        runs / "swift", tmp_path / plain_name(usual_name("train_swift", Run(runs / "swift").config()["config"]))
    )
    assert usual.title == "Swift upscaler x4: " + photos_name(runs)
    model = load(tmp_path / "drawn-x4")
    samples = np.asarray(Image.open(tmp_path / "drawn-x4" / "samples.webp"))
    assert np.array_equal(samples, sheet(model.generator, first, torch.device("cpu")))
    text = card.to_json()
    assert str(runs) not in text and "/photos" not in text


def photos_name(runs) -> str:
    return Run(runs / "swift").config()["data"]["name"]


def test_no_folder_of_this_machine_stays_in_the_card_of_a_second_stage(runs, tmp_path, features):
    card = export(runs / "gan", tmp_path / "gan")
    assert str(runs) not in card.to_json()
    assert str(features.parent) not in card.to_json()
    assert card.making.config["from_"] == "pixels"
    assert card.making.config["content"] == "squeezenet"


def test_pictures_to_show_may_be_others(tmp_path, photos):
    other = tmp_path / "shown"
    other.mkdir()
    for index in range(4):
        Image.fromarray(np.full((128, 128, 3), 60 * index, np.uint8)).save(other / f"{index}.png")
    flags = ["--data", str(photos), *SWIFT, "--shown", str(other), "--steps", "1", "--run", str(tmp_path / "run")]
    train_swift.main(flags)
    shown = given(np.asarray(Image.open(Run(tmp_path / "run").grids()[0][1])), 4)
    assert [int(high.mean()) for _, high in shown] == [0, 60, 120]


@pytest.mark.parametrize(
    ("entry", "flags", "said"),
    [
        (train_swift, ["--size", "30"], "None of the 6 pictures"),
        (train_swift, ["--smaller", "1.5"], "--smaller is 1.5"),
        (train_swift, ["--width", "20"], "multiple of 16"),
        (train_srgan, ["--stage", "adversarial"], "--from"),
        (train_srgan, ["--content-weight", "-1"], "--content-weight is -1"),
        (train_srgan, ["--texture-weight", "-1"], "--texture-weight is -1"),
        (train_srgan, ["--texture-weight", "1", "--size", "7"], "patches of 31 px and the crops have 28"),
        (
            train_srgan,
            ["--stage", "adversarial", "--from", "x", "--content", "vgg19", "--feature-weights", "y"],
            "give one of the two",
        ),
        (train_srgan, ["--stage", "adversarial", "--from", "x"], "VGG19 cannot be downloaded"),
    ],
)
def test_what_cannot_be_trained_is_one_line(tmp_path, photos, capsys, entry, flags, said):
    small = SWIFT if entry is train_swift else SRGAN
    with pytest.raises(SystemExit) as left:
        entry.main(["--data", str(photos), *small, "--run", str(tmp_path / "run"), "--steps", "1", *flags])
    assert left.value.code == 2
    assert said in capsys.readouterr().err.strip().splitlines()[-1]


PRESETS = ("swift-x4", "swift-x2", "swift-rescue-x4", "srresnet-x4", "srgan-x4", "esrgan-x4")


def test_every_upscaler_has_a_preset_for_two_cores_and_one_for_a_gpu():
    assert set(preset_names()) >= {*PRESETS, *(f"{name}-gpu" for name in PRESETS)}


@pytest.mark.parametrize("size", ["", "-gpu"])
def test_all_upscalers_together_stay_small(size):
    """Half precision; the bar is 40 MB, of which pictures and films take some."""
    total = 0
    for name in (f"{name}{size}" for name in (*PRESETS, "rrdb-x4")):
        entry = {"train_swift": train_swift, "train_srgan": train_srgan}[read_preset(name)["entry"]]
        options = parse(entry.Options, ["--preset", name], read_preset(name)["entry"], "unused")
        if entry is train_swift:
            generator = SwiftGenerator(SwiftConfig(options.scale, options.width, options.blocks))
        else:
            options = settle(options, **train_srgan.USUALLY[options.network])
            generator = family(options.network).generator(train_srgan.config_of(options))
        total += 2 * sum(parameter.numel() for parameter in generator.parameters())
    assert total < 38e6


@pytest.mark.parametrize(
    "name", [n for n in preset_names() if read_preset(n)["entry"] in ("train_swift", "train_srgan")]
)
def test_presets_make_networks_that_pair_up(name):
    entry = {"train_swift": train_swift, "train_srgan": train_srgan}[read_preset(name)["entry"]]
    options = parse(entry.Options, ["--preset", name], read_preset(name)["entry"], "unused")
    assert options.steps
    if entry is train_srgan and options.stage == "adversarial":
        first = parse(entry.Options, ["--preset", options.from_], "train_srgan", "unused")
        same = ("network", "scale", "width", "blocks", "judge_width")
        assert [getattr(first, key) for key in same] == [getattr(options, key) for key in same]


def test_psnr_of_a_watch_is_the_formula():
    truth = to_tensor(drawn(32, 32, 0))
    other = to_tensor(np.clip(drawn(32, 32, 0).astype(int) + 10, 0, 255).astype(np.uint8))
    level = 10 * (65.481 + 128.553 + 24.966) / 255
    plain = to_tensor(np.full((32, 32, 3), 100, np.uint8)), to_tensor(np.full((32, 32, 3), 110, np.uint8))
    assert psnr_y(*plain, 4) == pytest.approx(20 * np.log10(255 / level), abs=1e-3)
    assert psnr_y(truth, truth, 4) == pytest.approx(100)
    assert psnr_y(other, truth, 4) > 20


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """Two pairs named as Set5's are, and one of another scale beside them."""
    from training.data.degrade import bicubic

    folder = tmp_path_factory.mktemp("pairs")
    for index in range(2):
        high = drawn(64, 80, 20 + index)
        for scale in (2, 4):
            Image.fromarray(high).save(folder / f"p{index}_SRF_{scale}_HR.png")
            Image.fromarray(bicubic(high, scale)).save(folder / f"p{index}_SRF_{scale}_LR.png")
    return folder


def test_evaluate_sr_prints_every_figure_and_writes_the_card(runs, tmp_path, pairs, features, capsys):
    export(runs / "swift", tmp_path / "drawn-x4")
    arguments = [str(tmp_path / "drawn-x4"), "--images", str(pairs), "--feature-weights", str(features), "--write-card"]
    evaluate_sr.main(arguments)
    printed = capsys.readouterr().out
    assert "2 pictures, x4" in printed
    assert "100.00% equal" in printed
    for name in ("bicubic", "lanczos", "drawn-x4"):
        assert printed.count(f"  {name} ") >= 2
    card = Card.read(tmp_path / "drawn-x4")
    found = {m.name: m for m in card.measures}
    assert {"PSNR Y", "SSIM Y", "PSNR RGB", "SSIM RGB", "consistency", "high-frequency energy"} <= set(found)
    assert "feature distance" in found
    assert (found["PSNR Y"].n, found["PSNR Y"].features) == (2, f"{pairs.name} x4")
    command = f"python -m training.evaluate_sr drawn-x4 --images {pairs.name} --feature-weights {features.name}"
    assert found["PSNR Y"].command == command
    each = next(line for line in printed.splitlines() if line.startswith("  drawn-x4 ") and "p1_SRF" in line)
    said = dict(figure.strip().rsplit(" ", 1) for figure in each.partition("HR")[2].split(","))
    assert set(found) == set(said), "every figure, for each picture"
    assert float(said["PSNR RGB"]) > 10 and 0 < float(said["feature distance"]) < 4
    assert "no LPIPS: LPIPS needs weights" in printed or "no LPIPS: LPIPS needs one more package" in printed
    assert f"PSNR {found['PSNR Y'].value:.2f} dB" in " ".join(row(card))
    load(tmp_path / "drawn-x4")


def test_bicubic_alone_against_the_formula(pairs):
    results = evaluate_sr.evaluate(evaluate_sr.Evaluation("bicubic", pairs))
    errors = []
    for index in range(2):
        low = Image.open(pairs / f"p{index}_SRF_4_LR.png")
        high = np.asarray(Image.open(pairs / f"p{index}_SRF_4_HR.png")).astype(float)
        up = np.asarray(low.resize((80, 64), Image.BICUBIC)).astype(float)
        y = [(x @ (65.481, 128.553, 24.966) / 255)[4:-4, 4:-4] for x in (up, high)]
        errors.append(10 * np.log10(255**2 / ((y[0] - y[1]) ** 2).mean()))
    # Pillow rounds between its two passes and ends pictures otherwise.
    assert results["bicubic"]["PSNR Y"] == pytest.approx(np.mean(errors), abs=0.1)
    assert results["bicubic"]["consistency"] > 30
    assert results["bicubic"]["high-frequency energy"] < 60


def test_rescue_measures_five_seeds_and_photographs_make_their_own_pairs(pairs, photos):
    said = []
    evaluate_sr.evaluate(evaluate_sr.Evaluation("bicubic", pairs, rescue=True), said.append)
    assert sum("seed 4" in line for line in said) == 2 * 2
    said.clear()
    evaluate_sr.evaluate(evaluate_sr.Evaluation("bicubic", photos, scale=2), said.append)
    assert said[0].startswith(f"{photos.name}: 6 pictures, x2")
    assert not any("our bicubic" in line for line in said), "it would be compared with itself"


def test_lpips_stands_beside_the_others_where_it_is_at_hand(pairs, monkeypatch):
    """The package's own contract: pictures (N, 3, H, W) in [-1, 1] to (N, 1, 1, 1)."""

    class Stub(torch.nn.Module):
        def __init__(self, net, verbose):
            super().__init__()
            assert (net, verbose) == ("alex", False)

        def forward(self, one, other):
            assert one.shape == other.shape == (1, 3, 64, 80) and one.min() >= -1 and one.max() <= 1
            return (one - other).abs().mean().view(1, 1, 1, 1)

    monkeypatch.setitem(sys.modules, "lpips", types.SimpleNamespace(LPIPS=Stub))
    results = evaluate_sr.evaluate(evaluate_sr.Evaluation("bicubic", pairs))
    assert 0 < results["bicubic"]["LPIPS"] < 1 and results["bicubic"]["LPIPS"] != results["lanczos"]["LPIPS"]
    said = []
    monkeypatch.setitem(sys.modules, "lpips", None)
    assert "LPIPS" not in evaluate_sr.evaluate(evaluate_sr.Evaluation("bicubic", pairs), said.append)["bicubic"]
    assert any("no LPIPS" in line and "pip install lpips" in line for line in said)


def test_the_contents_difference_is_chosen_on_the_command_line(photos, features):
    flags = ["--data", str(photos), *SRGAN, "--stage", "adversarial", "--from", "x", "--feature-weights", str(features)]
    data, losses = load_photos([str(photos)], 32), {}
    torch.manual_seed(1)
    batch = Batch(torch.rand(2, 3, 32, 32) * 2 - 1, source=torch.rand(2, 3, 8, 8) * 2 - 1)
    for difference in ("square", "absolute"):
        torch.manual_seed(2)
        plan = train_srgan.plan(parse(train_srgan.Options, [*flags, "--content-difference", difference], "", ""), data)
        losses[difference] = plan.phases()[0].loss(plan.networks, batch)[1]["content"]
    # A mean of squares is at least the square of the mean, and here well below the mean itself.
    assert losses["absolute"].square() <= losses["square"] < losses["absolute"] / 2


@pytest.mark.parametrize(
    ("weight", "flags", "said"),
    [
        ("bicubic", ["--write-card"], "no card"),
        ("bicubic", ["--scale", "3"], "neither pairs"),
        ("drawn-x4", ["--scale", "2"], "4 times as large"),
    ],
)
def test_what_cannot_be_measured_is_one_line(runs, tmp_path, pairs, capsys, weight, flags, said):
    if weight != "bicubic":
        export(runs / "swift", tmp_path / weight)
        weight = str(tmp_path / weight)
    with pytest.raises(SystemExit):
        evaluate_sr.main([weight, "--images", str(pairs), *flags])
    assert said in capsys.readouterr().err


def test_a_weight_that_samples_is_no_upscaler(tiny_weights, pairs, capsys):
    with pytest.raises(SystemExit):
        evaluate_sr.main([str(tiny_weights / "tiny-colour"), "--images", str(pairs)])
    assert "made for sample" in capsys.readouterr().err


def test_dry_run_prints_the_options(capsys):
    train_swift.main(["--preset", "swift-x2", "--dry-run"])
    printed = json.loads(capsys.readouterr().out)
    assert (printed["entry"], printed["scale"], printed["size"]) == ("train_swift", 2, 32)


def test_only_differences_of_relativistic_logits_are_judged():
    low, high = torch.zeros(2, 3, 4, 4), torch.ones(2, 3, 16, 16)
    # Its loss stays the same when all logits rise: at 8 it takes both for real and still tells them apart.
    networks = {"generator": lambda x: torch.zeros(2, 3, 16, 16), "discriminator": lambda x: x.mean((1, 2, 3)) + 8}
    for middle, seen in ((0.0, 0.0), (None, 1.0)):
        assert CropWatch(low, high, (), 20.0, middle).verdicts(networks)["accuracy/fake"] == seen
