"""`training.evaluate` from end to end on a tiny weight, an .npz and a folder."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models import loading
from gan_models.errors import RequestError
from gan_models.networks import family
from gan_models.weight.card import Card, DataSet
from training import evaluate
from training.data.image_set import Rows
from training.measures import classifier, report
from training.measures.classifier import Classifier, ClassifierConfig, RealFeatures
from training.measures.features import Features, extract
from training.measures.nearest import nearest, sheet
from training.measures.report import COVERAGE, FRECHET, PRECISION

SHA256 = "ab" * 32
LABELS = ("round", "square")


def pictures(count: int, seed: int) -> torch.Tensor:
    return torch.randint(0, 256, (count, 1, 28, 28), dtype=torch.uint8, generator=torch.manual_seed(seed))


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    """A feature folder with an untrained network: what the figures mean does not matter here."""
    torch.manual_seed(0)
    network = Classifier(ClassifierConfig(28, 1, LABELS, (4, 8, 8), 6)).eval()
    one, two = (extract(network, pictures(60, seed)).features for seed in (1, 2))
    folder = tmp_path_factory.mktemp("features") / "drawn"
    real = {"drawn": RealFeatures("drawn", one, two, "noise", SHA256)}
    classifier.save(folder, network, real, {"test_accuracy": 0.9})
    return folder


@pytest.fixture(scope="module")
def weight(tmp_path_factory):
    kind = family("dcgan")
    config = {"size": 28, "channels": 1, "latent_dim": 8, "width": 16, "classes": 2}
    torch.manual_seed(0)
    card = Card(
        name="tiny",
        title="Tiny",
        task="sample",
        family="dcgan",
        method="cgan",
        config=config,
        data=DataSet("drawn", SHA256, 60, "none", "here", True),
        licence="none",
        free=True,
        labels=LABELS,
    )
    folder = tmp_path_factory.mktemp("weights") / "tiny"
    loading.save(folder, card, kind.generator(kind.config(**config)))
    return folder


def run(capsys, *arguments) -> str:
    evaluate.main([str(a) for a in arguments])
    return capsys.readouterr().out


def test_a_weight_is_measured_and_its_card_keeps_the_figures(capsys, features, weight):
    arguments = (weight, "--features", features, "--n", "40", "--resamplings", "3", "--write-card")
    out = run(capsys, *arguments)
    assert "tiny: 40 samples against drawn (noise)" in out
    measures = {m.name: m for m in Card.read(weight).measures}
    assert {FRECHET, COVERAGE, "precision", "recall", "density", "kernel distance"} <= set(measures)
    found = measures[FRECHET]
    assert (found.n, found.features, found.seed) == (40, "drawn", 0)
    assert found.value > found.floor >= 0 and found.spread > 0
    assert found.command.startswith("python -m training.evaluate") and "--n 40" in found.command
    agreement = measures[evaluate.AGREEMENT]
    assert 0 <= agreement.value <= 1 and agreement.spread > 0 and agreement.floor == 0.9
    assert "spread: the deviation over resamplings; floor: what other real images get" in out
    assert "FID" not in out and "IS" not in measures
    again = run(capsys, *arguments)
    assert again == out
    assert len(Card.read(weight).measures) == len(measures)


def test_samples_ask_for_every_label_as_often(weight):
    from training.measures.subjects import open_subject

    drawn = open_subject(str(weight)).draw(10, 0)
    assert drawn.asked.bincount().tolist() == [5, 5]
    assert torch.equal(open_subject(str(weight)).draw(4, 6).images, drawn.images[6:])
    near = open_subject(str(weight), 0.0).draw(4, 0).images
    assert torch.equal(near[0], near[2]) and not torch.equal(near[0], drawn.images[0])


def test_an_npz_of_the_real_images_is_at_the_floor(capsys, features, tmp_path):
    file = tmp_path / "real.npz"
    np.savez(file, images=pictures(60, 2)[:, 0].numpy())
    out = run(capsys, file, "--features", features, "--resamplings", "2")
    value, floor = next(line for line in out.splitlines() if line.startswith(FRECHET)).split()[2:6:3]
    assert float(value) == pytest.approx(float(floor), abs=2e-3)


def test_a_folder_of_pictures_is_measured(capsys, features, tmp_path):
    for index, image in enumerate(pictures(30, 3)):
        Image.fromarray(image[0].numpy()).save(tmp_path / f"{index}.png")
    out = run(capsys, tmp_path, "--features", features, "--resamplings", "2", "--n", "25")
    assert "n 25" in out


def test_copies_are_found_and_shown(capsys, features, tmp_path):
    folder = tmp_path / "training"
    folder.mkdir()
    training = pictures(50, 4)
    for index, image in enumerate(training):
        Image.fromarray(image[0].numpy()).save(folder / f"{index:02}.png")
    file, target = tmp_path / "copies.npz", tmp_path / "sheets" / "nearest.png"
    np.savez(file, images=training[:30, 0].numpy())
    arguments = ("--features", features, "--real", folder, "--nearest", target, "--resamplings", "2")
    out = run(capsys, file, *arguments)
    assert "suspected copies              1.0000   ± 0.0000    0.0100" in out
    assert "100.0% of the samples are nearer" in out
    assert Image.open(target).size[0] > 9 * 28


def test_nearest_finds_the_copy_and_the_sheet_has_a_row_for_each_sample():
    training = torch.randn(300, 5, generator=torch.manual_seed(0))
    samples = torch.cat([training[7:8] + 1e-3, torch.randn(5, 5, generator=torch.manual_seed(1)) + 30])
    found = nearest(samples, training, count=2)
    assert found.index[0, 0] == 7 and found.copies == pytest.approx(1 / 6)
    picture = sheet(pictures(6, 0), pictures(300, 1), [found], rows=4)
    # 28 px are shown doubled; a row is the sample, a gap and two neighbours
    assert picture.shape == (4 * 58 - 2, 4 * 58 - 2, 1)


def test_cats_are_judged(capsys, features, tmp_path):
    pytest.importorskip("cv2")
    file = tmp_path / "noise.npz"
    rng = np.random.default_rng(0)
    np.savez(file, images=rng.integers(0, 256, (30, 64, 64, 3), dtype=np.uint8))
    out = run(capsys, file, "--features", features, "--cats", "--resamplings", "0")
    assert "cat faces" in out and "thumbnail distance" in out and "feature distance" in out
    own = ("cat faces", "thumbnail distance", "feature distance")
    assert not any("±" in line for line in out.splitlines() if line.startswith(own))
    spread = run(capsys, file, "--features", features, "--cats", "--resamplings", "4").splitlines()
    assert sum("±" in line for line in spread if line.startswith(own)) == 3


def test_the_spread_over_halves_is_the_error_of_a_share():
    right = (torch.arange(400) % 4 == 0).float()
    spread = report.over_halves(lambda chosen: right[chosen].mean().item(), 400, seed=0, resamplings=200)
    assert spread == pytest.approx((0.25 * 0.75 / 400) ** 0.5, rel=0.15)
    assert report.over_halves(lambda chosen: 1.0, 400, seed=0, resamplings=1) is None


def test_figures_are_a_pure_function_and_the_floor_is_real_against_real():
    real = RealFeatures("x", torch.randn(80, 4), torch.randn(80, 4))
    samples = Features(torch.randn(80, 4) + 1, torch.randn(80, 3))
    first, second = (report.figures(samples, real, features="x", resamplings=3) for _ in range(2))
    assert first == second
    by_name = {row.name: row for row in first}
    assert by_name[FRECHET].value > 5 * by_name[FRECHET].floor
    assert by_name[PRECISION].floor > by_name[PRECISION].value


def test_fid_is_a_name_for_inception_only():
    row = report.Figure(FRECHET, 1.0)
    assert report.renamed(row).name == "FID"
    assert FRECHET in report.table([row])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nothing-here"], "nothing-here"),
        (["RUN", "--features", "FEATURES"], "export it first"),
        (["FILE", "--features", "drawings"], "drawings"),
        (["FILE"], "say --features"),
        (["FILE", "--features", "inception"], "--real"),
        (["FILE", "--features", "FEATURES", "--write-card"], "no card"),
        (["SHORT", "--features", "FEATURES"], "at least 20"),
        (["WRONG", "--features", "FEATURES"], "expected uint8"),
        (["FILE", "--features", "FEATURES", "--truncation", "0.7"], "no weight: only samples that are drawn"),
    ],
)
def test_what_cannot_be_measured_is_one_line(arguments, words, features, tmp_path, capsys):
    files = {"FILE": pictures(30, 0)[:, 0], "SHORT": pictures(3, 0)[:, 0], "WRONG": torch.rand(30, 28, 28)}
    for name, images in files.items():
        np.savez(tmp_path / f"{name}.npz", images=images.numpy())
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "log.jsonl").touch()
    known = {name: str(tmp_path / f"{name}.npz") for name in files} | {
        "FEATURES": str(features),
        "RUN": str(tmp_path / "run"),
    }
    with pytest.raises(SystemExit) as stop:
        evaluate.main([known.get(a, a) for a in arguments])
    error = capsys.readouterr().err
    assert stop.value.code == 2 and len(error.strip().splitlines()) == 1 and words in error


def test_inception_without_network_is_a_sentence(monkeypatch):
    from training.measures import inception

    def unreachable(*args, **kwargs):
        raise OSError("Name or service not known")

    module = inception.import_fidelity().feature_extractor_inceptionv3
    monkeypatch.setattr(module, "load_state_dict_from_url", unreachable)
    with pytest.raises(Exception, match="connect to the network once") as raised:
        inception.inception()
    assert not isinstance(raised.value, RequestError)


def test_the_kernel_distance_of_few_pictures_has_a_spread():
    real = RealFeatures("x", torch.randn(60, 4), torch.randn(60, 4))
    rows = report.figures(Features(torch.randn(60, 4) + 1, torch.randn(60, 3)), real, features="x", resamplings=6)
    row = next(row for row in rows if row.name == report.KERNEL)
    assert row.spread > 0.02 * row.value > 0


def test_sets_too_large_for_memory_are_measured_the_same(features):
    images = pictures(30, 5)
    network = classifier.load_features(features).network
    mapped = Rows(images.numpy())
    assert torch.equal(extract(network, mapped, batch=7).features, extract(network, images, batch=7).features)
    assert torch.equal(evaluate.small(mapped, 32, 3), evaluate.small(images, 32, 3))
    found = nearest(evaluate.small(images, 28, 1), evaluate.small(mapped, 28, 1), count=2)
    assert np.array_equal(sheet(images, mapped, [found], rows=4), sheet(images, images, [found], rows=4))


def test_a_card_that_names_no_data_is_a_sentence(weight):
    card = Card.read(weight)
    named = replace(card, making=replace(card.making, config={"data": ["sets/a.zip", "b"], "styles": 7}))
    assert evaluate.sets_of(named) == ["a.zip", "b"]
    for option in ("styles", "manners"):
        with pytest.raises(RequestError, match=f"does not say which {option} it learned from"):
            evaluate.sets_of(named, option)
