"""Translators trained, resumed, exported and measured on drawn pairs, as a user would."""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.drawing import strokes
from gan_models.errors import RequestError
from gan_models.loading import load
from gan_models.networks.cyclegan import CycleganConfig
from gan_models.translate import of_strokes, translate
from gan_models.weight.card import Card
from gan_models.weight.model import translation
from training import evaluate_translate, train_cyclegan, train_pix2pix
from training.export import export
from training.games.cyclegan import REMEMBERED, RememberingDiscriminator
from training.games.phases import Batch
from training.games.pix2pix import BINS, Rules, bins, colour_loss, colour_rarity, patch_parts, patch_turn, pixel_loss
from training.options import parse, preset_names, read_preset
from training.run import Run

SMALL = ["--batch", "4", "--log-every", "1", "--width", "8", "--discriminator-width", "8", "--precision", "fp32"]
COLOURS = ((200, 60, 40), (40, 160, 70), (50, 80, 200), (220, 190, 60))


def drawn(seed: int, size: int = 32) -> np.ndarray:
    """A coloured disc on a pale ground."""
    draws = np.random.default_rng(seed)
    y, x = np.mgrid[:size, :size]
    picture = np.full((size, size, 3), 225, np.uint8)
    centre, radius = draws.integers(size // 3, 2 * size // 3, 2), draws.integers(size // 6, size // 3)
    picture[np.hypot(y - centre[0], x - centre[1]) < radius] = COLOURS[seed % 4]
    return picture


def write(folder: Path, name: str, picture: np.ndarray) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(folder / name)


@pytest.fixture(scope="module")
def singles(tmp_path_factory):
    folder = tmp_path_factory.mktemp("discs")
    for seed in range(48):
        write(folder, f"{seed:02d}.png", drawn(seed))
    return folder


@pytest.fixture(scope="module")
def labels(tmp_path_factory):
    """Photo left, label map right, as facades lie; the photo is the labels in other colours, with noise."""
    folder = tmp_path_factory.mktemp("labels")
    for split, count in (("train", 40), ("test", 24)):
        for seed in range(count):
            one = drawn(seed + 1000 * (split == "test"))
            disc = (one != 225).any(-1)
            noise = np.random.default_rng(seed).integers(-8, 9, one.shape)
            photo = np.where(disc[..., None], (90, 60, 40), (150, 180, 220)) + noise
            marks = np.where(disc[..., None], (255, 80, 1), (0, 0, 222))
            write(folder / split, f"{seed}.png", np.concatenate([photo, marks], 1).clip(0, 255).astype(np.uint8))
    return folder


@pytest.fixture(scope="module")
def facades(tmp_path_factory, labels):
    """A short training from labels to photographs."""
    folder = tmp_path_factory.mktemp("runs") / "facades"
    flags = ["--data", str(labels), "--swap", "--size", "32", "--patch", "16", "--run", str(folder)]
    train_pix2pix.main([*flags, *SMALL, "--steps", "60", "--log-every", "10", "--generator-lr", "2e-3"])
    return folder


def test_labels_become_photographs(facades):
    run = Run(facades)
    rows, config = run.rows(), run.config()
    assert rows[-1]["l1/held_out"] < 0.6 * rows[0]["l1/held_out"]
    assert (config["task"], config["method"], config["ships"]) == ("translate", "pix2pix", "")
    assert config["translation"]["source"] == "labels"
    colours = [label["colour"] for label in config["translation"]["palette"]]
    assert colours == ["#0000de", "#ff5001"]
    assert {"loss/generator", "loss/discriminator", "generator/l1", "generator/adversarial", "d/real"} <= set(rows[0])
    with Image.open(run.grids()[-1][1]) as grid:
        assert grid.size == (6 * 34 - 2, 6 * 34 - 2)


def test_the_new_task_is_a_weight_with_its_canvas(facades, tmp_path):
    card = export(facades, tmp_path / "weights" / "walls")
    assert {"generator.safetensors", "samples.webp", "film.webp"} <= set(card.files)
    assert "discriminator.safetensors" not in card.files
    model = load(tmp_path / "weights" / "walls")
    assert translation(model).source == "labels" and len(translation(model).palette) == 2
    painted = [strokes.Stroke([(0.5, 0.5)], 0.5, "paint", (255, 80, 1))]
    picture = translate(model, of_strokes(model, painted)).astype(int)
    # The disc is brown and what is around it sky.
    assert np.abs(picture[14:18, 14:18].mean((0, 1)) - (90, 60, 40)).max() < 60
    assert np.abs(picture[:4, :4].mean((0, 1)) - (150, 180, 220)).max() < 60


def test_measures_on_the_test_split(facades, labels, tmp_path):
    export(facades, tmp_path / "walls")
    said = []
    settings = evaluate_translate.Evaluation(
        str(tmp_path / "walls"), data_root=labels.parent, sheet=tmp_path / "sheet.png", write_card=True
    )
    rows = {row.name: row for row in evaluate_translate.evaluate(settings, said.append)}
    assert rows["L1"].n == 24 and rows["L1"].value < 0.6 * rows["L1"].floor
    assert rows["SSIM"].value > rows["SSIM"].floor
    assert rows["diversity of draws"].value > 0
    assert np.isfinite(rows["kernel distance"].value) and rows["kernel distance"].spread > 0
    assert (tmp_path / "sheet.png").exists()
    written = load(tmp_path / "walls").card.measures
    assert {measure.name for measure in written} == set(rows)
    assert "evaluate_translate walls" in written[0].command and str(tmp_path) not in written[0].command
    with pytest.raises(RequestError, match="takes another source"):
        evaluate_translate.evaluate(replace(settings, edges="canny"))
    with pytest.raises(RequestError, match="takes no colour hints"):
        evaluate_translate.evaluate(replace(settings, hints=2))
    again = {row.name: row.value for row in evaluate_translate.evaluate(settings)}
    assert again == {name: row.value for name, row in rows.items()}


def test_colours_cats_and_who_may_judge(singles, features, tmp_path):
    pytest.importorskip("cv2")
    base = ["--data", str(singles), "--make", "gray", "--size", "32", "--depth", "3", *SMALL, "--steps", "1"]
    judges = {"plain": ["--discriminator", "none"], "taught": ["--discriminator", "projected"]}
    rows, said = {}, {}
    for name, flags in judges.items():
        flags += ["--feature-weights", str(features), "--run", str(tmp_path / "runs" / name)]
        train_pix2pix.main([*base, *flags])
        export(tmp_path / "runs" / name, tmp_path / name)
        settings = evaluate_translate.Evaluation(
            str(tmp_path / name), data_root=singles.parent, feature_weights=features, cats=name == "plain"
        )
        said[name] = []
        rows[name] = evaluate_translate.evaluate(settings, said[name].append)
    colours = next(row for row in rows["plain"] if row.name == "colourfulness")
    assert colours.floor > 20 and 0 <= colours.value < colours.floor, "hardly trained, it is paler than the originals"
    (faces,) = [row for row in rows["plain"] if row.name == "cat faces"]
    assert (faces.value, faces.floor) == (0, 0), "discs are no cats"
    assert not [row for row in rows["taught"] if row.name == "cat faces"]
    networks = {name: [row.features for row in rows[name] if row.name == "kernel distance"] for name in rows}
    assert networks == {"plain": ["photos", "squeezenet"], "taught": ["photos"]}
    assert any("taught this weight" in line for line in said["taught"])


JUDGED = ["--discriminator", "both", "--perceptual", "1"]
HD = ["--family", "pix2pixhd", "--halvings", "2", "--blocks", "1", "--scales", "2", "--matching", "10"]
KINDS = {
    "edges, both judges": (["--make", "edges", "--hints", *JUDGED], "pix2pix-projected"),
    "lines, l1 alone": (["--make", "lines", "--discriminator", "none"], "pix2pix-l1"),
    "gray": (["--make", "gray", "--hints", "--discriminator", "projected", "--depth", "3"], "pix2pix-projected"),
    "hd": (["--make", "edges", *HD, "--discriminator-norm", "instance"], "pix2pixhd"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_way_trains_and_exports(kind, singles, features, tmp_path):
    flags, method = KINDS[kind]
    base = ["--data", str(singles), "--size", "32", "--feature-weights", str(features), "--patch", "16"]
    train_pix2pix.main([*base, *SMALL, *flags, "--steps", "2", "--run", str(tmp_path / "run")])
    run = Run(tmp_path / "run")
    config = run.config()
    assert config["method"] == method and len(run.rows()) == 2
    assert config["data"]["held_out"] and config["config"]["make"] == flags[1]
    card = export(tmp_path / "run", tmp_path / "mine")
    assert card.translation.source == ("gray" if "gray" in flags else "drawing")
    assert card.translation.target == ("chroma" if "gray" in flags else "picture")
    assert card.translation.hints == ("--hints" in flags)
    assert card.data.held_out == tuple(config["data"]["held_out"])
    assert "features" not in str(card.making.config)


def test_the_film_is_of_the_pictures_that_were_given_for_it(singles, tmp_path, capsys):
    discs = [255 - drawn(seed) for seed in range(3)]
    for seed, disc in enumerate(discs):
        write(tmp_path / "shown", f"{seed}.png", disc)
    flags = ["--data", str(singles), "--size", "32", "--discriminator", "none", "--steps", "1"]
    flags += ["--run", str(tmp_path / "run"), "--shown", str(tmp_path / "shown"), *SMALL]
    with pytest.raises(SystemExit):
        train_pix2pix.main(["--data", str(side_by_side(tmp_path)), *flags[2:]])
    assert "--shown gives pictures whose sources are made; it needs --make" in capsys.readouterr().err
    train_pix2pix.main([*flags, "--make", "lines"])
    with Image.open(Run(tmp_path / "run").grids()[-1][1]) as grid:
        sheet = np.asarray(grid.convert("RGB"))
    assert sheet.shape == (2 * 34 - 2, 6 * 34 - 2, 3)
    for disc, (top, left) in zip(discs, ((0, 2 * 34), (0, 5 * 34), (34, 2 * 34))):
        assert np.array_equal(sheet[top : top + 32, left : left + 32], disc)


def test_the_film_of_a_crossing_is_of_the_pictures_that_were_given_for_it(singles, tmp_path):
    given = {side: [255 - drawn(4 * seed + shift) for seed in range(count)] for side, shift, count in SHOWN_SIDES}
    for side, discs in given.items():
        for seed, disc in enumerate(discs):
            write(tmp_path / side, f"{seed}.png", disc)
    flags = ["--a", str(singles), "--b", str(singles), "--size", "32", "--blocks", "1", "--patch", "16", *SMALL]
    flags += ["--shown-a", str(tmp_path / "reds"), "--shown-b", str(tmp_path / "blues"), "--steps", "1"]
    train_cyclegan.main([*flags, "--run", str(tmp_path / "run")])
    card = export(tmp_path / "run", tmp_path / "mine")
    sheet = np.asarray(Image.open(tmp_path / "mine" / "samples.webp").convert("RGB"))
    assert sheet.shape == (2 * 34 - 2, 4 * 34 - 2, 3), "as many of either set as the smaller one has"
    for row in range(2):
        top = 34 * row
        assert np.array_equal(sheet[top : top + 32, :32], given["reds"][row])
        assert np.array_equal(sheet[top : top + 32, 68:100], given["blues"][row])
    assert (card.making.config["shown_a"], card.making.config["shown_b"]) == ("reds", "blues")
    assert str(tmp_path) not in card.making.command and card.film


SHOWN_SIDES = (("reds", 0, 2), ("blues", 2, 3))
"""Folder, which colour, how many."""


def side_by_side(folder: Path) -> Path:
    """A few side-by-side pairs."""
    for seed in range(8):
        write(folder / "pairs", f"{seed}.png", np.concatenate([drawn(seed), drawn(seed)], 1))
    return folder / "pairs"


def test_pix2pixhd_learns(singles, tmp_path):
    flags = ["--data", str(singles), "--make", "edges", "--size", "32", "--patch", "16", "--steps", "120", *HD]
    flags += [*SMALL, "--log-every", "30", "--generator-lr", "1e-3", "--discriminator-norm", "instance"]
    train_pix2pix.main([*flags, "--run", str(tmp_path / "run")])
    rows = Run(tmp_path / "run").rows()
    assert rows[-1]["l1/held_out"] < 0.8 * rows[0]["l1/held_out"]
    assert rows[-1]["generator/matching"] > 0 and np.isfinite(rows[-1]["loss/discriminator"])


def test_an_enhancer_is_put_around_a_coarse_generator(singles, tmp_path):
    base = ["--data", str(singles), "--make", "edges", "--family", "pix2pixhd", "--halvings", "2", "--blocks", "1"]
    base += ["--scales", "1", "--patch", "16", *SMALL, "--steps", "1", "--generator-lr", "1e-12"]
    train_pix2pix.main([*base, "--size", "32", "--run", str(tmp_path / "coarse")])
    train_pix2pix.main([*base, "--size", "64", "--coarse", str(tmp_path / "coarse"), "--run", str(tmp_path / "fine")])
    coarse, fine = (Run(tmp_path / name).load_checkpoint()["ema"]["module"] for name in ("coarse", "fine"))
    shared = [key for key in coarse if key.startswith("coarse.")]
    assert len(shared) > 10
    for key in shared:
        torch.testing.assert_close(fine[key], coarse[key], atol=1e-6, rtol=0)


@pytest.mark.parametrize("entry", ["pix2pix", "cyclegan"])
def test_a_resumed_run_arrives_at_the_same_weights(entry, singles, tmp_path):
    if entry == "pix2pix":
        flags = ["--data", str(singles), "--make", "edges", "--hints", "--patch", "16"]
        train = train_pix2pix.main
    else:
        flags = ["--a", str(singles), "--b", str(singles), "--blocks", "1", "--patch", "16", "--batch", "2"]
        train = train_cyclegan.main
    flags = [*SMALL, *flags, "--size", "32"]
    train([*flags, "--steps", "4", "--run", str(tmp_path / "whole")])
    train([*flags, "--steps", "2", "--run", str(tmp_path / "parts")])
    train([*flags, "--steps", "4", "--run", str(tmp_path / "parts")])
    whole, parts = (Run(tmp_path / name).load_checkpoint() for name in ("whole", "parts"))
    for name, state in whole["networks"].items():
        for key, value in state.items():
            assert torch.equal(value, parts["networks"][name][key]), (name, key)


@pytest.fixture(scope="module")
def crossed(tmp_path_factory, features):
    """A short training between red discs and blue ones."""
    folder = tmp_path_factory.mktemp("cross")
    for seed in range(60):
        write(folder / "red", f"{seed:02d}.png", drawn(4 * seed))
        write(folder / "blue", f"{seed:02d}.png", drawn(4 * seed + 2))
    sides = ["--a", str(folder / "red"), "--b", str(folder / "blue"), "--size", "32"]
    flags = ["--blocks", "1", "--patch", "16", "--steps", "40", "--log-every", "10", "--generator-lr", "2e-3"]
    train_cyclegan.main([*sides, *SMALL, *flags, "--run", str(folder / "run")])
    export(folder / "run", folder / "red2blue")
    return folder


def test_cyclegan_learns_the_way_there_and_back(crossed):
    run = Run(crossed / "run")
    rows = run.rows()
    assert rows[-1]["generator/cycle"] < 0.7 * rows[0]["generator/cycle"]
    config = run.config()
    assert config["translation"]["directions"] == ["red to blue", "blue to red"]
    assert config["data"]["name"] == "red and blue" and config["data"]["count"] == 120
    rows = config["data"]["held_out"]
    assert min(rows) < 60 <= max(rows) < 120


def test_cyclegan_is_measured_in_both_directions(crossed):
    settings = evaluate_translate.Evaluation(str(crossed / "red2blue"), data_root=crossed)
    rows = {row.name: row for row in evaluate_translate.evaluate(settings)}
    for way in ("red to blue", "blue to red"):
        assert 0 <= rows[f"called the target set, {way}"].value <= 1
        assert rows[f"called the target set, {way}"].floor > 0.8  # the classifier knows real ones
        assert rows[f"edge correlation, {way}"].value > rows[f"edge correlation, {way}"].floor
        assert rows[f"cycle error, {way}"].value < rows[f"cycle error, {way}"].floor
        assert rows[f"kernel distance, {way}"].spread > 0 and np.isfinite(rows[f"kernel distance, {way}"].floor)
    shutil.copytree(crossed / "red2blue", crossed / "other")
    card = Card.read(crossed / "other")
    replace(card, name="other", data=replace(card.data, held_out=(1,))).write(crossed / "other")
    with pytest.raises(RequestError, match="another split"):
        evaluate_translate.evaluate(evaluate_translate.Evaluation(str(crossed / "other"), data_root=crossed))


def test_projected_judges_of_both_sets(singles, features, tmp_path):
    sides = ["--a", str(singles), "--b", str(singles), "--size", "32", "--discriminator", "both"]
    flags = ["--blocks", "1", "--patch", "16", "--steps", "2", "--batch", "2", "--feature-weights", str(features)]
    train_cyclegan.main([*SMALL, *sides, *flags, "--run", str(tmp_path / "run")])
    row = Run(tmp_path / "run").rows()[-1]
    assert {"loss/projected_0", "loss/projected_1", "loss/discriminator", "generator/projected"} <= set(row)
    assert Run(tmp_path / "run").config()["method"] == "cyclegan-projected"


def test_the_history_shows_old_pictures_half_of_the_time():
    torch.manual_seed(0)
    config = CycleganConfig(size=16, width=8, blocks=1, patch=16, discriminator_width=8)
    judge = RememberingDiscriminator(config)
    first = torch.full((REMEMBERED, 3, 16, 16), -1.0)
    assert torch.equal(judge.recall(first, 1), first)
    shown = judge.recall(torch.ones(40, 3, 16, 16), 1)
    old = (shown[:, 0, 0, 0] < 0).float().mean().item()
    assert 0.15 < old < 0.65
    assert torch.equal(judge.recall(torch.ones(4, 3, 16, 16), 0), torch.ones(4, 3, 16, 16))
    # Levels come back exactly, and nothing of it is learned from.
    assert set(judge.history.unique().tolist()) <= {0, 255}
    assert not shown.requires_grad


def test_rare_colours_count_for_more_and_the_mean_stays():
    chroma = torch.zeros(1, 2, 20, 20)
    chroma[:, :, :2, :5] = 0.5
    rarity = colour_rarity(chroma, 0.5)
    common, rare = (rarity[bins(chroma)[0][0, y, 0], bins(chroma)[1][0, y, 0]].item() for y in (10, 0))
    assert rare > 1.5 * common
    assert rarity[bins(chroma)].mean().item() == pytest.approx(1, abs=1e-4)
    assert rarity.shape == (BINS, BINS) and rarity.isfinite().all()
    assert pixel_loss(chroma + 0.1, chroma, rarity).item() == pytest.approx(0.1, abs=1e-3)


def test_broad_colours_count_where_hints_are():
    real, hints = torch.zeros(2, 3, 32, 32), torch.zeros(2, 4, 32, 32)
    fake = torch.stack([torch.full((3, 32, 32), 0.5), torch.full((3, 32, 32), 0.25)])
    assert colour_loss(fake, real, hints) == 0
    hints[1, 3, 4, 5] = 1
    assert colour_loss(fake, real, hints).item() == pytest.approx(0.25)
    stripes = torch.tensor([-1.0, 1.0]).repeat(16).expand(2, 3, 32, 32)
    assert colour_loss(stripes, real, hints) == 0, "what is finer than a sixteenth is the other losses' business"


def test_presets_are_whole():
    ours = [name for name in preset_names() if read_preset(name)["entry"] in ("train_pix2pix", "train_cyclegan")]
    assert {name.removesuffix("-gpu") for name in ours} == {
        "edges2cats-128", "edges2clothes-128", "lines2avatar-128", "colorize", "facades-128",
        "cats-ginger2grey-128", "glossy2flat-64", "flat2glossy-128",
    }  # fmt: skip
    for name in ours:
        entry = train_pix2pix if read_preset(name)["entry"] == "train_pix2pix" else train_cyclegan
        options = parse(entry.Options, ["--preset", name], read_preset(name)["entry"], None)
        assert options.steps and options.size in (64, 128)
        assert name.endswith("-gpu") or f"{name}-gpu" in ours


def test_shipped_generators_are_small():
    from training.data.image_set import ImageSet
    from training.data.pairs import PairSet

    for name, most in (("edges2cats-128", 10e6), ("colorize", 10e6)):
        options = train_pix2pix.settle(parse(train_pix2pix.Options, ["--preset", name], "train_pix2pix", None))
        pairs = PairSet(ImageSet("none", torch.zeros(1, 3, 128, 128, dtype=torch.uint8)), None, options.make)
        with torch.device("meta"):
            network = train_pix2pix.family_named("pix2pix").generator(train_pix2pix.configuration(options, pairs))
        assert 1e6 < sum(p.numel() for p in network.parameters()) < most


@pytest.mark.parametrize(
    ("entry", "flags", "said"),
    [
        (train_pix2pix, ["--data", "{singles}"], "--make edges, lines or gray"),
        (train_pix2pix, ["--data", "{singles}", "--make", "edges", "--coarse", "x"], "pix2pixhd"),
        (train_pix2pix, ["--data", "{singles}", "--make", "gray", "--rebalance", "2"], "between 0 and 1"),
        (train_pix2pix, ["--data", "{singles}", "--make", "edges", "--balance"], "class folders"),
        (train_pix2pix, ["--data", "{singles}", "--make", "edges", "--size", "100"], "divisible"),
        (train_cyclegan, ["--a", "{singles}@blond", "--b", "{singles}"], "ginger, grey"),
        (train_cyclegan, ["--a", "{singles}", "--b", "nowhere"], "nowhere"),
        (train_cyclegan, ["--a", "{singles}"], "--a names one of two sets; give the other one, too"),
        (train_cyclegan, ["--b", "{singles}"], "--b names one of two sets"),
        (
            train_cyclegan,
            ["--a", "{singles}", "--b", "{singles}", "--shown-b", "{singles}"],
            "--shown-a is not given; the film shows both directions",
        ),
        (train_cyclegan, ["--a", "{singles}@ginger", "--b", "{singles}"], "pictures are ginger"),
    ],
)
def test_what_cannot_be_trained_is_one_line(entry, flags, said, singles, tmp_path, capsys):
    flags = [flag.format(singles=singles) for flag in flags]
    with pytest.raises(SystemExit) as left:
        entry.main([*flags, *([] if "--size" in flags else ["--size", "32"]), *SMALL, "--steps", "1",
                    "--run", str(tmp_path / "run"), "--discriminator", "patch"])  # fmt: skip
    assert left.value.code == 2
    lines = capsys.readouterr().err.strip().splitlines()
    assert lines[-1].startswith("error: ") and said in lines[-1]


def test_edges_are_measured_and_another_split_than_the_card_s_is_refused(singles, tmp_path):
    flags = ["--data", str(singles), "--make", "lines", "--discriminator", "none", "--size", "32", "--hints"]
    train_pix2pix.main([*SMALL, *flags, "--steps", "1", "--run", str(tmp_path / "run")])
    export(tmp_path / "run", tmp_path / "mine")
    place = {"weight": str(tmp_path / "mine"), "data_root": singles.parent}
    sheet = evaluate_translate.Evaluation(**place, edges="canny", detail=1.0, sheet=tmp_path / "sheet.png")
    assert {row.name.split(", ")[-1] for row in evaluate_translate.evaluate(sheet)} == {"canny 1"}
    first = np.asarray(Image.open(tmp_path / "sheet.png"))[:32, :32]
    assert (first == first[..., :1]).all() and 0.02 < (first < 128).mean() < 0.5, "lines on paper"
    dotted = replace(sheet, hints=3)
    assert {row.name.partition(", ")[2] for row in evaluate_translate.evaluate(dotted)} == {"canny 1, 3 hints"}
    first = np.asarray(Image.open(tmp_path / "sheet.png"))[:32, :32]
    assert 0.001 < (first != first[..., :1]).any(2).mean() < 0.2, "and three dots of colour"
    for seed in range(20):
        write(tmp_path / singles.name, f"{seed:02d}.png", drawn(seed))
    with pytest.raises(RequestError, match="another split"):
        evaluate_translate.evaluate(evaluate_translate.Evaluation(str(tmp_path / "mine"), data_root=tmp_path))


def test_every_scale_of_pix2pixhd_counts_alike():
    class Sure(torch.nn.Module):
        """Certain of drawn pictures at 64 places of the full side, without opinion at 4 of the half."""

        def all_maps(self, source, target, hints):
            return [[torch.full((1, 1, 8, 8), -20.0)], [torch.zeros(1, 1, 2, 2)]]

    rules, picture = Rules(3, loss="non-saturating"), torch.zeros(1, 3, 8, 8)
    parts = patch_parts(Sure(), picture, None, picture, picture, rules)
    assert parts["adversarial"].item() == pytest.approx((20 + np.log(2)) / 2, rel=1e-4)
    loss, _ = patch_turn({"discriminator": Sure()}, Batch(picture, source=picture, drawn={"fake": picture}), rules)
    assert loss.item() == pytest.approx((20 + 2 * np.log(2)) / 4, rel=1e-4)
