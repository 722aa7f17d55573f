"""Command lines: presets set the defaults, flags win, mistakes are named in one line."""

import json
import re
from importlib import import_module
from pathlib import Path

import pytest

from gan_models.errors import AtelierError, TrainingError
from training import evaluate_notes, options, train_dcgan, train_pix2pix, train_wgan
from training.data import load_set
from training.options import asked, differences, parse, preset_names, read_preset

SHIPPED = (
    *("vanilla-mnist", "dcgan-mnist", "dcgan-fashion", "wgan-mnist", "wgan-gp-mnist", "cgan-fashion"),
    *("dcgan-avatars-64", "dcgan-cats-64", "dcgan-cats-128", "stylegan2-cats-64", "stylegan2-cats-128"),
    *("stylegan2-avatars-64", "biggan-flowers-64", "sagan-flowers-64", "progan-cats-64", "stylegan-avatars-64"),
    *("boat", "wavegan-drums", "gansynth-notes", "repair-photos", "words2avatar-128", "pose2person-128"),
    *("words2flower-64", "flat2glossy-128", "cartoon", "crafter", "repair-cats-128"),
    *("stylegan2-avatars-128", "glossy2flat-64"),
)


def test_every_shipped_weight_has_a_preset_for_two_cores_and_one_for_a_gpu():
    assert set(preset_names()) >= {*SHIPPED, *(f"{name}-gpu" for name in SHIPPED)}


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_is_understood_by_its_entry(name):
    entry = read_preset(name)["entry"]
    options = parse(import_module(f"training.{entry}").Options, ["--preset", name], entry, "unused")
    assert options.preset == name
    assert options.steps is not None


def dcgan(*argv: str) -> train_dcgan.Options:
    return parse(train_dcgan.Options, argv, "train_dcgan", "dcgan-mnist")


def test_no_arguments_rebuild_dcgan_mnist():
    assert dcgan().preset == "dcgan-mnist"
    assert dcgan("--seed", "3").preset == "dcgan-mnist"
    assert dcgan("--data", "photos.zip").preset is None


def test_flags_win_over_the_preset_and_the_preset_over_defaults():
    fields = read_preset("cgan-fashion")
    options = dcgan("--preset", "cgan-fashion", "--batch", "17", "--augment", "cutout", "translation")
    assert (options.data, options.conditional) == (fields["data"], True)
    assert options.batch == 17
    assert options.augment == ("cutout", "translation")
    assert dcgan("--preset=cgan-fashion").conditional


def test_minutes_take_the_place_of_a_presets_steps():
    assert dcgan("--minutes", "2").steps is None
    assert dcgan("--minutes", "2", "--steps", "5").steps == 5
    assert dcgan("--data", "photos").minutes == 15


@pytest.mark.parametrize(
    "argv, said",
    [
        (["--bach", "3"], "--bach"),
        (["--batch", "many"], "batch"),
        (["--precision", "fp8"], "precision"),
        (["stray"], "stray"),
    ],
)
def test_unknown_flags_and_wrong_types_are_refused(capsys, argv, said):
    with pytest.raises(SystemExit) as left:
        dcgan(*argv)
    assert left.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv, said",
    [
        (["--preset", "dcgan-mist"], "There is no preset 'dcgan-mist'; choose one of .*dcgan-mnist"),
        (["--preset", "vanilla-mnist"], "belongs to training.train_vanilla"),
        (["--batch", "0"], "--batch is 0"),
        (["--cool-down", "2"], "--cool-down is 2"),
        (["--minutes", "-1"], "--minutes is -1"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(argv, said):
    with pytest.raises(TrainingError, match=said):
        dcgan(*argv)


@pytest.mark.parametrize(
    "argv",
    [
        ["--seed", "-1"],
        ["--seed", str(10**30)],
        ["--beta1", "2"],
        ["--beta2", "1"],
        ["--dropout", "1"],
        ["--r1", "-0.5"],
        ["--generator-lr", "nan"],
        ["--minutes", "inf"],
        ["--hidden", "-3"],
        ["--save-every", "-1"],
    ],
)
def test_numbers_out_of_range_are_sentences_that_name_the_flag(argv):
    with pytest.raises(TrainingError, match=f"{argv[0]} is "):
        dcgan(*argv)


@pytest.mark.parametrize("argv", [["--data", ""], ["--run", ""], ["--data="], ["--from", " "], ["--batch", "8", ""]])
def test_an_empty_word_is_no_folder(argv, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        train_dcgan.main([*argv, "--steps", "1"])
    assert left.value.code == 2 and "There is an empty word" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TrainingError, match="name of the pictures is empty"):
        load_set("")


@pytest.mark.parametrize("name", preset_names())
def test_a_dry_run_prints_settled_values(name, capsys):
    fields = read_preset(name)
    import_module(f"training.{fields['entry']}").main(["--preset", name, "--dry-run"])
    printed = json.loads(capsys.readouterr().out)
    assert not {"auto", None, ""} & {value for value in printed.values() if not isinstance(value, list)}
    assert printed["run"] == f"runs/{name}" and {"batch", "generator_lr", "beta1", "ema", "flip"} <= set(printed)


@pytest.mark.parametrize("entry", ["train_dcgan", "train_pix2pix", "train_srgan", "export", "prepare", "evaluate_sr"])
def test_help_says_a_default_once(entry, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "3000")
    with pytest.raises(SystemExit):
        import_module(f"training.{entry}").main(["--help"])
    twice = [line for line in capsys.readouterr().out.splitlines() if line.count("(default") > 1]
    assert twice == []


def test_a_dry_run_prints_the_merged_options_and_makes_nothing(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    train_dcgan.main(["--preset", "dcgan-fashion", "--seed", "7", "--dry-run"])
    printed = json.loads(capsys.readouterr().out)
    assert (printed["entry"], printed["data"], printed["seed"]) == ("train_dcgan", "fashion-mnist", 7)
    assert list(tmp_path.iterdir()) == []


def test_differences_name_fields_and_ignore_what_may_change():
    before = {"batch": 64, "steps": 10, "run": "a", "loss": "hinge"}
    assert differences(before, {"batch": 32, "steps": 20, "run": "b", "loss": "hinge"}) == ["batch (64, now 32)"]
    unset = {"from_": None, "limit": None, "preset": None, "precision": "auto"}
    now = {"from_": "runs/other", "limit": 8, "preset": "dcgan-mnist", "precision": "fp32", "newer": 3}
    assert differences(unset, now) == ["from (not given, now runs/other)", "limit (not given, now 8)"]
    assert differences({"from_": "runs/a/", "shown": "x"}, {"from_": "./runs/a", "shown": "./x/"}) == []


@pytest.mark.parametrize(
    "entry, flag",
    [
        (train_pix2pix, "limit"),
        (train_pix2pix, "cuts"),
        (train_wgan, "critic-steps"),
        (train_wgan, "clip"),
        (train_dcgan, "r1-every"),
    ],
)
def test_counts_and_limits_of_an_entry_are_above_zero(entry, flag):
    with pytest.raises(TrainingError, match=f"--{flag} is 0"):
        parse(entry.Options, [f"--{flag}", "0"], entry.__name__.removeprefix("training."), None)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--n", "0"], "--n is 0; it must be above zero"),
        (["--n", "-1"], "--n is -1; it must be a finite number that is not below zero"),
        (["--seed", "-1"], "--seed is -1"),
        (["--data", ""], "an empty word behind --data"),
        (["--sheet", "theirs.png"], "theirs.png exists; pass --overwrite"),
    ],
)
def test_commands_that_train_nothing_look_at_what_is_asked_before_the_work(words, said, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "theirs.png").write_text("precious")
    with pytest.raises(AtelierError, match=re.escape(said)):
        asked(evaluate_notes.Evaluation, ["weight", *words], "evaluate_notes")
    assert asked(evaluate_notes.Evaluation, ["weight", "--seed", "0"], "evaluate_notes").seed == 0


def test_there_are_no_other_doors_for_the_words_of_a_command() -> None:
    of_their_own = {path.name for path in Path(options.__file__).parent.glob("*.py") if "tyro.cli(" in path.read_text()}
    assert of_their_own == {"options.py", "prepare.py"}
