"""The entries as a user starts them: a few steps on a folder of drawn pictures each."""

import json

import pytest
import torch

from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.methods import METHODS
from gan_models.sample import sample
from training import (
    train_biggan,
    train_dcgan,
    train_pix2pix,
    train_progan,
    train_sagan,
    train_srgan,
    train_stylegan,
    train_stylegan2,
    train_vanilla,
    train_wgan,
)
from training.export import export
from training.run import Run

SHORT = ["--steps", "3", "--batch", "8", "--width", "8", "--log-every", "1", "--precision", "fp32"]
KINDS = {
    "vanilla": (train_vanilla, [], "vanilla"),
    "relativistic": (train_vanilla, ["--loss", "relativistic", "--r1", "1", "--r2", "1", "--r1-every", "1"], "vanilla"),
    "dcgan": (train_dcgan, ["--discriminator", "dcgan", "--r1", "1"], "dcgan"),
    "cgan": (train_dcgan, ["--discriminator", "dcgan", "--conditional"], "cgan"),
    "bf16": (train_dcgan, ["--discriminator", "dcgan", "--precision", "bf16"], "dcgan"),
    "wgan": (train_wgan, ["--lipschitz", "clipping", "--critic-steps", "2", "--dense", "16"], "wgan"),
    "wgan-gp": (train_wgan, ["--critic-steps", "2"], "wgan-gp"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_entry_trains_and_its_config_says_how(tmp_path, drawn_folder, kind):
    entry, flags, method = KINDS[kind]
    entry.main(["--data", str(drawn_folder), "--run", str(tmp_path / "run"), *SHORT, *flags])
    run = Run(tmp_path / "run")
    config = run.config()
    assert [row["step"] for row in run.rows()] == [1, 2, 3]
    assert (config["method"], config["ships"], config["task"]) == (method, "discriminator", "sample")
    assert config["family_config"]["channels"] == 3
    assert config["labels"] == (["bright", "dark"] if kind == "cgan" else [])
    assert all(bool(torch.isfinite(v).all()) for v in run.load_checkpoint()["ema"]["module"].values())


STYLE = ["--size", "32", "--base", "256", "--most", "8", "--batch", "8", "--log-every", "1", "--precision", "fp32"]


def style(folder, data, *flags) -> Run:
    train_stylegan2.main(["--data", str(data), "--run", str(folder), "--steps", "2", *STYLE, *flags])
    return Run(folder)


def test_a_style_based_gan_trains_against_its_own_discriminator(tmp_path, drawn_folder):
    run = style(tmp_path / "own", drawn_folder, "--discriminator", "stylegan2")
    assert (run.config()["method"], run.config()["ships"]) == ("stylegan2", "discriminator")
    options, first = run.config()["config"], run.rows()[0]
    assert options["r1"] == pytest.approx(0.0002 * 32**2 / 8) and options["path"] == 2.0
    assert {"loss/path", "loss/r1", "discriminator/p", "discriminator/r_t", "generator/path"} <= first.keys()
    card = export(run.folder, tmp_path / "weights" / "own")
    assert card.family == "stylegan2" and card.title == "own"
    learned = run.load_checkpoint()["ema"]["module"]["mapping.w_mean"]
    model = load(tmp_path / "weights" / "own")
    torch.testing.assert_close(model.generator.w_mean, learned, atol=1e-3, rtol=1e-2)
    truncated = sample(model, [Point(seed=seed, truncation=0.0) for seed in (1, 2)])
    assert (truncated[0] == truncated[1]).all() and model.discriminator is not None
    assert {"principal", "closed", "closed-fine"} <= set(model.style_directions)


def test_the_probability_of_adaptive_augmentation_survives_a_resume(tmp_path, drawn_folder):
    flags = ["--discriminator", "stylegan2", "--target", "0"]
    whole = style(tmp_path / "whole", drawn_folder, *flags, "--steps", "4").load_checkpoint()["networks"]
    style(tmp_path / "parts", drawn_folder, *flags)
    parts = style(tmp_path / "parts", drawn_folder, *flags, "--steps", "4")
    seen = parts.load_checkpoint()["networks"]
    assert seen["augment"]["r_t"].abs() > 0 and seen["path"]["mean"] > 0
    for name in ("augment", "path", "generator", "discriminator"):
        assert all(torch.equal(value, seen[name][key]) for key, value in whole[name].items()), name
    assert parts.rows()[-1]["discriminator/r_t"] == pytest.approx(seen["augment"]["r_t"].item(), abs=1e-4)


def test_a_style_based_gan_trains_against_a_projected_discriminator(tmp_path, drawn_folder, features):
    run = style(tmp_path / "run", drawn_folder, "--feature-weights", str(features), "--variety", "8")
    config = run.config()
    assert (config["method"], config["ships"]) == ("stylegan2-projected", "judge")
    assert 0 <= run.rows()[0]["generator/sameness"] <= 1
    assert (config["config"]["generator_lr"], config["config"]["discriminator_lr"]) == (2.5e-3, 4e-4)
    assert config["config"]["r1"] == config["config"]["path"] == 0.0 and "loss/r1" not in run.rows()[0]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--size", "28"], "draws pictures of 32, 64, 128, 256 px, these have 28; give --size"),
        (["--mixing", "2"], "--mixing is 2.0; it is from 0 to 1"),
        (["--path", "-1"], "--path is -1.0; it must be a finite number that is not below zero"),
        (["--r1", "1"], "--r1 is for StyleGAN2's own discriminator"),
    ],
)
def test_a_style_based_gan_refuses_what_it_cannot_do(tmp_path, drawn_folder, capsys, flags, said):
    with pytest.raises(SystemExit):
        style(tmp_path / "run", drawn_folder, *flags)
    assert said in capsys.readouterr().err


BLOCKS = {
    "sagan": (train_sagan, ("--latent-dim", "8")),
    "biggan": (train_biggan, ("--conditional", "--piece", "4")),
    "stylegan": (train_stylegan, ("--latent-dim", "8")),
    "progan": (train_progan, ("--latent-dim", "8", "--first", "8", "--hold", "16", "--fade", "32")),
}


def blocks(name, folder, data, *flags) -> Run:
    entry, own = BLOCKS[name]
    entry.main(["--data", str(data), "--run", str(folder), "--steps", "2", *STYLE, *own, *flags])
    return Run(folder)


@pytest.mark.parametrize("name", BLOCKS)
def test_the_families_between_dcgan_and_stylegan2_train_against_their_own_discriminators(tmp_path, drawn_folder, name):
    run = blocks(name, tmp_path / "own", drawn_folder, "--discriminator", name)
    config = run.config()
    assert (config["family"], config["method"], config["ships"]) == (name, name, "discriminator")
    assert config["labels"] == (["bright", "dark"] if name == "biggan" else [])
    assert bool(torch.isfinite(torch.tensor(run.rows()[-1]["loss/generator"])))


def test_progan_takes_r1_for_its_gradient_penalty(tmp_path, drawn_folder):
    run = blocks("progan", tmp_path / "run", drawn_folder, "--discriminator", "progan", "--r1", "1")
    assert run.config()["method"] == "progan-r1" and run.rows()[0]["loss/r1"] > 0


def test_one_of_them_trains_against_a_projected_discriminator(tmp_path, drawn_folder, features):
    run = blocks("biggan", tmp_path / "run", drawn_folder, "--feature-weights", str(features))
    config, first = run.config(), run.rows()[0]
    assert (config["method"], config["ships"]) == ("biggan-projected", "judge")
    assert config["config"]["critic_steps"] == 1 and first["generator/non_orthogonal"] > 0 and first["loss/judge"] > 0
    export(run.folder, tmp_path / "weights" / "mine")
    model = load(tmp_path / "weights" / "mine")
    whole, truncated = (sample(model, [Point(seed=n, truncation=t) for n in (2, 4)]) for t in (1, 0))
    assert (truncated[0] == truncated[1]).all() and (whole[0] != whole[1]).any() and model.discriminator is not None


def test_a_growing_one_is_told_to_vary_there(tmp_path, drawn_folder, features):
    run = blocks("stylegan", tmp_path / "run", drawn_folder, "--feature-weights", str(features), "--pixels")
    assert run.config()["config"]["variety"] == 8 and 0 <= run.rows()[0]["generator/sameness"] <= 1
    heads = {key.split(".")[1] for key in run.load_checkpoint()["networks"]["discriminator"] if "heads" in key}
    assert len(heads) == 5, "one for each of four maps, and one for the pixels"


def test_a_growing_gan_goes_on_in_mid_fade_bit_for_bit(tmp_path, drawn_folder):
    flags = ("--discriminator", "progan")
    whole = blocks("progan", tmp_path / "whole", drawn_folder, *flags, "--steps", "6").load_checkpoint()
    blocks("progan", tmp_path / "parts", drawn_folder, *flags, "--steps", "4")
    state = Run(tmp_path / "parts").load_checkpoint()["networks"]["generator"]
    assert state["grown"].item() == 1250, "24 pictures: 8 of the 32 of the fade from 8 to 16 px"
    parts = blocks("progan", tmp_path / "parts", drawn_folder, *flags, "--steps", "6").load_checkpoint()
    for name in ("generator", "discriminator"):
        seen = parts["networks"][name]
        assert all(torch.equal(value, seen[key]) for key, value in whole["networks"][name].items()), name
    assert parts["ema"]["module"]["grown"].item() == whole["networks"]["generator"]["grown"].item() == 1750


@pytest.mark.parametrize(
    ("name", "flags", "said"),
    [
        ("biggan", ["--size", "28"], "draws pictures of 32, 64, 128, 256 px, these have 28; give --size"),
        ("progan", ["--first", "12"], "--first is 12; pictures of 32 px begin with 4, 8, 16, 32"),
        ("progan", ["--r1", "1", "--discriminator", "projected"], "--r1 is for ProGAN's own critic"),
        ("stylegan", ["--mixing", "2"], "--mixing is 2.0; it is from 0 to 1"),
        ("sagan", ["--attention", "9"], "attention is 9"),
    ],
)
def test_the_families_refuse_what_they_cannot_do(tmp_path, drawn_folder, capsys, name, flags, said):
    with pytest.raises(SystemExit):
        blocks(name, tmp_path / "run", drawn_folder, "--discriminator", name, *flags)
    assert said in capsys.readouterr().err


def test_colour_folders_get_the_projected_discriminator(tmp_path, drawn_folder, features):
    flags = ["--size", "32", "--feature-weights", str(features)]
    train_dcgan.main(["--data", str(drawn_folder), "--run", str(tmp_path / "run"), *SHORT, *flags])
    run = Run(tmp_path / "run")
    assert (run.config()["method"], run.config()["ships"]) == ("projected", "judge")
    assert run.config()["config"]["augment"] == ["colour", "translation"]
    assert run.rows()[-1]["step"] == 3 and run.rows()[0]["loss/judge"] > 0
    card = export(run.folder, tmp_path / "weights" / "mine")
    judge = load(tmp_path / "weights" / "mine").discriminator
    assert "discriminator.safetensors" in card.files
    learned = run.load_checkpoint()["networks"]["judge"]["logit.bias"]
    torch.testing.assert_close(judge.state_dict()["logit.bias"], learned, atol=1e-3, rtol=1e-2)


@pytest.mark.parametrize(("size", "heads"), [("64", 4), ("128", 6)])
def test_large_pictures_are_judged_by_their_own_pixels_too(tmp_path, drawn_folder, features, size, heads):
    flags = ["--size", size, "--feature-weights", str(features), "--batch", "4", "--steps", "1"]
    train_dcgan.main(["--data", str(drawn_folder), "--run", str(tmp_path / "run"), *SHORT, *flags])
    learned = Run(tmp_path / "run").load_checkpoint()["networks"]["discriminator"]
    assert len({name.split(".")[1] for name in learned if name.startswith("heads.")}) == heads


def test_small_colour_pictures_get_a_discriminator_that_takes_them(tmp_path, drawn_folder, capsys):
    train_dcgan.main(["--data", str(drawn_folder), "--run", str(tmp_path / "run"), *SHORT])
    config = Run(tmp_path / "run").config()
    assert (config["method"], config["family_config"]["size"]) == ("dcgan", 28)
    said = refusal(capsys, tmp_path / "other", drawn_folder, "--discriminator", "projected")
    assert "sees 32, 64 or 128 px, these pictures have 28; give --size 32" in said


def dcgan(folder, data, *flags) -> None:
    train_dcgan.main(["--data", str(data), "--run", str(folder), "--discriminator", "dcgan", *SHORT, *flags])


def refusal(capsys, folder, data, *flags) -> str:
    with pytest.raises(SystemExit) as left:
        dcgan(folder, data, *flags)
    assert left.value.code == 2
    said = capsys.readouterr().err.strip().splitlines()
    return said[-1]


def test_the_same_command_goes_on_and_another_is_refused_by_field(tmp_path, drawn_folder, capsys):
    folder = tmp_path / "run"
    dcgan(folder, drawn_folder)
    dcgan(folder, drawn_folder)
    assert len(Run(folder).rows()) == 3
    dcgan(folder, drawn_folder, "--steps", "5")
    assert [row["step"] for row in Run(folder).rows()] == [1, 2, 3, 4, 5]
    assert Run(folder).config()["config"]["steps"] == 5
    said = refusal(capsys, folder, drawn_folder, "--generator-lr", "0.1", "--seed", "4")
    assert "generator_lr (0.0002, now 0.1)" in said
    assert "seed (0, now 4)" in said
    assert "--run" in said


def test_other_pictures_under_the_same_name_are_refused(tmp_path, drawn_folder, capsys):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(drawn_folder, data)
    dcgan(tmp_path / "run", data)
    (data / "bright" / "0.png").unlink()
    assert "the pictures of --data" in refusal(capsys, tmp_path / "run", data)


def test_from_takes_the_weights_and_nothing_else(tmp_path, drawn_folder, capsys):
    dcgan(tmp_path / "first", drawn_folder)
    averaged = Run(tmp_path / "first").load_checkpoint()["ema"]["module"]
    slow = ["--generator-lr", "1e-12", "--discriminator-lr", "1e-12", "--steps", "1"]
    dcgan(tmp_path / "second", drawn_folder, "--from", str(tmp_path / "first"), *slow)
    begun = Run(tmp_path / "second").load_checkpoint()
    assert begun["step"] == 1
    for name, value in begun["networks"]["generator"].items():
        if "running" not in name and "num_batches" not in name:
            assert torch.allclose(value, averaged[name], atol=1e-6)
    said = refusal(capsys, tmp_path / "third", drawn_folder, "--from", str(tmp_path / "first"), "--latent-dim", "5")
    assert "--from" in said


@pytest.mark.parametrize(
    "flags, said",
    [
        (["--batch", "600"], "fewer than one batch"),
        (["--from", "nowhere"], "nowhere"),
        (["--size", "30"], "size"),
    ],
)
def test_what_cannot_be_trained_is_one_line(tmp_path, drawn_folder, capsys, flags, said):
    assert said in refusal(capsys, tmp_path / "run", drawn_folder, *flags)


def test_conditional_needs_classes(tmp_path, drawn_folder, capsys):
    assert "needs labelled pictures" in refusal(capsys, tmp_path / "run", drawn_folder / "bright", "--conditional")


def test_a_run_that_fails_says_so_in_its_folder(tmp_path, drawn_folder, capsys):
    said = refusal(capsys, tmp_path / "run", drawn_folder, "--generator-lr", "1e38")
    assert "generator became nan" in said
    last = Run(tmp_path / "run").remarks()[-1]
    assert last["reason"] in said


def test_config_is_written_before_the_first_step(tmp_path, drawn_folder, monkeypatch):
    from training.loop import start

    def no_training(run, *_):
        assert json.loads(run.config_path.read_text())["entry"] == "train_dcgan"
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "train", no_training)
    with pytest.raises(SystemExit) as left:
        dcgan(tmp_path / "run", drawn_folder)
    assert left.value.code == 130


def test_what_was_refused_before_the_first_step_can_be_put_right(tmp_path, drawn_folder, capsys):
    said = refusal(capsys, tmp_path / "run", drawn_folder, "--batch", "60")
    assert "fewer than one batch of 60" in said
    dcgan(tmp_path / "run", drawn_folder, "--batch", "8")
    assert Run(tmp_path / "run").config()["config"]["batch"] == 8


def test_batch_norm_of_single_units_needs_two_pictures(tmp_path, drawn_folder, capsys):
    assert "--batch is 1" in refusal(capsys, tmp_path / "run", drawn_folder, "--batch", "1", "--hidden", "8")
    dcgan(tmp_path / "run", drawn_folder, "--batch", "1")


def test_whatever_method_an_entry_can_write_on_a_card_has_a_row() -> None:
    pairs = {family + kind for family in ("pix2pix", "pix2pixhd") for kind in train_pix2pix.METHODS.values()}
    upscalers = {"srgan", "esrgan", *train_srgan.METHODS.values(), "swift", "swift-rescue"}
    others = {
        "vanilla",
        "dcgan",
        "cgan",
        "projected",
        "wgan",
        "wgan-gp",
        "cyclegan",
        "cyclegan-projected",
        "style-transfer",
        "cartoon",
        "inpaint",
        "wavegan",
        "gansynth",
        "gamegan",
        "gametiles",
        "pose2person",
        "progan-r1",
        *(
            f"{name}{how}"
            for name in ("progan", "sagan", "biggan", "stylegan", "stylegan2", "stackgan")
            for how in ("", "-projected")
        ),
    }
    assert pairs | upscalers | others == set(METHODS)


def test_the_same_pictures_are_the_same_wherever_they_lie(tmp_path, drawn_folder, capsys):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(drawn_folder, data)
    dcgan(tmp_path / "run", data)
    dcgan(tmp_path / "run", f"{data}/", "--size", "28", "--steps", "4")
    data.rename(tmp_path / "moved")
    dcgan(tmp_path / "run", tmp_path / "moved", "--steps", "5")
    assert [row["step"] for row in Run(tmp_path / "run").rows()] == [1, 2, 3, 4, 5]
    assert "size (28, now 32)" in refusal(capsys, tmp_path / "run", tmp_path / "moved", "--size", "32")


def test_what_a_begun_run_was_not_given_it_does_not_get_later(tmp_path, drawn_folder, capsys):
    for name in ("one", "other"):
        dcgan(tmp_path / name, drawn_folder, "--seed", "3")
    more = ["--from", str(tmp_path / "other")]
    assert "from (not given, now " in refusal(capsys, tmp_path / "one", drawn_folder, "--seed", "3", *more)
    dcgan(tmp_path / "third", drawn_folder, *more)
    (tmp_path / "other").rename(tmp_path / "moved")
    dcgan(tmp_path / "third", drawn_folder, "--from", f"{tmp_path / 'moved'}/", "--steps", "4")
    assert Run(tmp_path / "third").rows()[-1]["step"] == 4


def test_a_run_among_its_pictures_goes_on_and_is_no_class(tmp_path, drawn_folder, capsys):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(drawn_folder, data)
    for steps in ("2", "4"):
        dcgan(data / "run", data, "--conditional", "--steps", steps)
    assert Run(data / "run").config()["labels"] == ["bright", "dark"]
    assert "run is a training run and left out" in capsys.readouterr().err
    assert "is the folder of the pictures" in refusal(capsys, data, data)


def test_a_run_that_can_be_nowhere_is_refused_before_the_pictures_are_read(tmp_path, capsys):
    (tmp_path / "file").write_text("mine")
    for run in (tmp_path / "file", tmp_path / "file" / "run"):
        assert f"{run} cannot be written to" in refusal(capsys, run, tmp_path / "no pictures")


def test_without_tensorboard_nothing_is_said_of_it(tmp_path, drawn_folder, capsys, monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.delitem(sys.modules, "torch.utils.tensorboard", raising=False)
    dcgan(tmp_path / "run", drawn_folder, "--steps", "1")
    assert "TensorBoard" not in capsys.readouterr().err
