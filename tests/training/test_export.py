"""Export: a run folder becomes a weight that loads, samples and tells how it was made."""

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.errors import TrainingError
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import sample, verdict
from gan_models.weight.card import Card, plain_name
from training import export as exporting
from training import train_dcgan
from training.commands import public_command, public_options
from training.export import card_of, chosen, export
from training.run import Run, usual_name


@pytest.fixture(scope="module")
def run_folder(tmp_path_factory, drawn_folder):
    folder = tmp_path_factory.mktemp("runs") / "Drawn_Squares"
    flags = ["--conditional", "--width", "8", "--batch", "16", "--steps", "20", "--log-every", "5"]
    argv = [
        "--data",
        str(drawn_folder),
        "--run",
        str(folder),
        "--discriminator",
        "dcgan",
        "--generator-lr",
        "2e-3",
    ]
    train_dcgan.main([*argv, *flags, "--precision", "fp32"])
    return folder


def test_an_exported_run_loads_and_draws_what_the_average_draws(tmp_path, run_folder):
    card = export(run_folder, tmp_path / "drawn")
    model = load(tmp_path / "drawn")
    assert (card.method, card.labels, card.family) == ("cgan", ("bright", "dark"), "dcgan")
    assert set(card.files) == {
        *("generator.safetensors", "discriminator.safetensors", "directions.safetensors"),
        *("samples.webp", "film.webp"),
    }
    average = Run(run_folder).load_checkpoint()["ema"]["module"]
    for name, value in model.generator.state_dict().items():
        assert torch.allclose(value.float(), average[name].half().float()), name
    points = [Point(seed=seed, label=seed % 2) for seed in range(4)]
    assert sample(model, points).shape == (4, 28, 28, 3)
    assert np.isfinite(verdict(model, points)).all()
    assert model.directions.shape == (12, 128)


def test_a_large_generator_is_exported_in_8_bits(tmp_path, run_folder, monkeypatch):
    whole = export(run_folder, tmp_path / "drawn").files["generator.safetensors"].bytes
    monkeypatch.setattr(exporting, "LARGE", 1000)
    assert export(run_folder, tmp_path / "small").files["generator.safetensors"].bytes < 0.8 * whole
    assert sample(load(tmp_path / "small"), [Point(seed=1, label=0)]).shape == (1, 28, 28, 3)


def test_the_card_tells_how_and_names_no_folder_of_this_machine(tmp_path, run_folder):
    card = export(run_folder, tmp_path / "drawn", title="Squares", licence="CC0-1.0")
    text = card.to_json()
    assert (card.title, card.licence) == ("Squares", "CC0-1.0")
    assert (card.making.steps, card.making.images, card.making.seed) == (20, 320, 0)
    assert card.making.entry == "train_dcgan"
    assert card.data.count == 48
    assert str(tmp_path.parent) not in text
    assert str(run_folder) not in text
    assert Card.read(tmp_path / "drawn") == card


def test_the_film_has_a_frame_for_each_moment_of_the_card(tmp_path, run_folder):
    card = export(run_folder, tmp_path / "drawn")
    with Image.open(tmp_path / "drawn" / "film.webp") as film:
        assert film.n_frames == len(card.film)
    assert card.film[0] == 0
    assert list(card.film) == sorted(set(card.film))
    with Image.open(tmp_path / "drawn" / "samples.webp") as sheet:
        assert sheet.size == (8 * 30 - 2, 8 * 30 - 2)


def test_exporting_again_replaces_the_weight_in_one_move(tmp_path, run_folder):
    export(run_folder, tmp_path / "drawn", title="first")
    export(run_folder, tmp_path / "drawn", title="second")
    assert load(tmp_path / "drawn").card.title == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["drawn"]


def test_the_weight_of_another_run_is_never_replaced_unasked(tmp_path, run_folder, monkeypatch, capsys):
    import shutil

    monkeypatch.setattr(exporting, "WEIGHTS", tmp_path)
    other = tmp_path / "elsewhere" / "Drawn_Squares"
    shutil.copytree(run_folder, other, ignore=shutil.ignore_patterns("exports.jsonl"))
    theirs = export(run_folder).files["generator.safetensors"]
    state = Run(other).load_checkpoint()
    state["ema"]["module"] = {key: value * 1.5 for key, value in state["ema"]["module"].items()}
    Run(other).save_checkpoint(state)
    for _ in range(2):
        exporting.main([str(other)])
        assert "drawn-squares-2: drawn-squares-2, " in capsys.readouterr().out
    assert export(run_folder).name == "drawn-squares", "one's own is replaced"
    assert Card.read(tmp_path / "drawn-squares").files["generator.safetensors"] == theirs
    with pytest.raises(TrainingError, match="a weight that this run did not make; .* --overwrite"):
        export(other, tmp_path / "drawn-squares")
    assert export(other, tmp_path / "drawn-squares", overwrite=True).files["generator.safetensors"] != theirs


def test_a_failed_export_leaves_no_half_weight(tmp_path, run_folder, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("no memory")

    monkeypatch.setattr(exporting, "with_pictures", fail)
    with pytest.raises(RuntimeError):
        export(run_folder, tmp_path / "drawn")
    assert list(tmp_path.iterdir()) == []


def test_a_weight_keeps_the_name_that_its_owner_gave(tmp_path, run_folder, drawn_folder):
    mine = card_of("my-squares", None, None, Run(run_folder).config(), Run(run_folder).load_checkpoint())
    assert mine.title == "my-squares"
    usual = usual_name("train_dcgan", Run(run_folder).config()["config"])
    assert usual.startswith("dcgan")
    whole = card_of(plain_name(usual), None, None, Run(run_folder).config(), Run(run_folder).load_checkpoint())
    assert whole.title == f"Conditional GAN: {drawn_folder.name}"


def test_what_cannot_be_exported_is_one_sentence(tmp_path, run_folder):
    with pytest.raises(TrainingError, match="no run folder"):
        export(tmp_path, tmp_path / "out")
    Run(tmp_path / "young").write_config({})
    with pytest.raises(TrainingError, match="no checkpoint yet"):
        export(tmp_path / "young", tmp_path / "out")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    with pytest.raises(TrainingError, match="not a weight folder"):
        export(run_folder, tmp_path / "mine")
    with pytest.raises(TrainingError, match="not a weight's name"):
        export(run_folder, tmp_path / "My Cats")
    with pytest.raises(TrainingError, match="cannot be written"):
        export(run_folder, tmp_path / "mine" / "thesis.txt" / "cats")


def test_the_command_line_names_the_weight_after_the_run(tmp_path, run_folder, monkeypatch, capsys):
    monkeypatch.setattr(exporting, "WEIGHTS", tmp_path)
    exporting.main([str(run_folder)])
    assert "drawn-squares" in capsys.readouterr().out
    assert load(tmp_path / "drawn-squares").card.name == "drawn-squares"


@pytest.mark.parametrize("count", [1, 10, 24, 25, 60])
def test_a_film_keeps_first_and_last_and_at_most_24(count, tmp_path):
    grids = [(0, tmp_path), *((round(64 * 1.35**k), tmp_path) for k in range(count))]
    kept = chosen(grids)
    assert len(kept) == min(count + 1, len(kept))
    assert min(count + 1, 20) <= len(kept) <= 24
    assert (kept[0], kept[-1]) == (grids[0], grids[-1])


def test_commands_and_names_become_public():
    flags = "--data /home/me/cats.zip --run /tmp/x --seed 3 --data-root=/d"
    command = f"python -m training.train_dcgan {flags}"
    assert public_command(command) == "python -m training.train_dcgan --data cats.zip --seed 3"
    joined = "python -m training.train_pix2pix --from=/home/me/a --data=../cats.zip --l1=5 --run=/x"
    assert public_command(joined) == "python -m training.train_pix2pix --from=a --data=cats.zip --l1=5"
    options = {"data": "hf:user/cats@main", "a": "/home/me/red.zip@ginger", "run": "/tmp/x"}
    assert public_options(options) == {"data": "hf:user/cats@main", "a": "red.zip@ginger"}
    names = {"My Cats!": "my-cats", "a..b": "a.b", "...": "my-model", "a - b": "a-b", "a--b": "a--b"}
    names |= {"Übung é": "ubung-e"}
    assert {text: plain_name(text) for text in names} == names
    lossy = ("猫", "犬", "dcgan-猫", "dcgan-犬", "♥", "x" * 81, "x" * 82)
    made = [plain_name(text) for text in lossy]
    assert len(set(made)) == len(lossy) and [plain_name(name) for name in made] == made
