"""The benches: the step's own convolutions are counted rightly, and the laptop promise runs as a command."""

import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.loading import load
from gan_models.networks.gamegan import GameganConfig
from gan_models.networks.projected import squeezenet_features
from gan_models.weight.card import Card
from training import train_vanilla
from training.bench import __main__ as bench
from training.bench import families, laptop, peers, style, world
from training.games.gamegan import Moment


def test_the_bare_loop_runs_the_convolutions_of_a_step_and_no_others(capsys):
    step, convolutions, _ = bench.training_step(bench.Step(size=32, batch=4))
    # Generator once (3 transposed), discriminator three times (3 strided and the logit): its own pictures for the
    # generator, real ones, generated ones.
    assert len(convolutions) == 3 + 3 * 4
    assert all(c.to_weight for c in convolutions[:3])
    judging, learning = convolutions[3:7], convolutions[7:]
    assert all(c.to_input and not c.to_weight for c in judging)
    assert all(c.to_weight for c in learning)
    assert [c.to_input for c in learning] == [False, True, True, True] * 2
    assert {c.shape[0] for c in convolutions} == {4}


def test_step_prints_both_rates_and_their_ratio(capsys):
    bench.main(["step", "--size", "32", "--batch", "4", "--rounds", "1"])
    printed = capsys.readouterr().out
    whole, alone, share = (float(line.split("  ")[-1].split()[0]) for line in printed.splitlines()[1:4])
    assert share == pytest.approx(whole / alone, abs=0.02)


def test_laptop_takes_photographs_trains_exports_and_measures(tmp_path, capsys):
    draws = np.random.default_rng(0)
    for index in range(40):
        Image.fromarray(draws.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(tmp_path / f"{index}.png")
    features = tmp_path / "features.pth"
    torch.save(squeezenet_features().state_dict(), features)
    flags = ["--count", "36", "--minutes", "0.01", "--size", "32", "--samples", "8", "--out", str(tmp_path / "out")]
    (tmp_path / "features.pth").rename(tmp_path.parent / "features.pth")
    bench.main(["laptop", "--data", str(tmp_path), *flags, "--feature-weights", str(tmp_path.parent / "features.pth")])
    printed = capsys.readouterr().out
    assert "36 photographs, 32 px" in printed
    assert "cat faces" in printed
    assert (tmp_path / "out" / "nearest.png").exists()
    command = Card.read(tmp_path / "out" / "weights" / "laptop-36-32-0").making.command
    assert command.startswith("python -m training.train_dcgan --data photographs-36-0 --size 32 ")
    assert len(list((tmp_path / "out" / "photographs-36-0").glob("*.png"))) == 36


def test_the_same_photographs_are_taken_again(tmp_path):
    for index in range(5):
        Image.fromarray(np.full((32, 32, 3), index * 40, np.uint8)).save(tmp_path / f"{index}.png")
    options = laptop.Laptop(tmp_path, count=3, out=tmp_path / "a")
    again = laptop.Laptop(tmp_path, count=3, out=tmp_path / "b")
    first, second = (sorted(p.read_bytes() for p in laptop.take(o).iterdir()) for o in (options, again))
    assert first == second
    assert len(first) == 3


def test_peers_are_met_by_trainings_whose_processor_time_is_counted(tmp_path, monkeypatch, capsys):
    pictures = np.random.default_rng(0).integers(0, 256, (40, 28, 28), dtype=np.uint8)
    for name in ("gan-them-mnist", "dcgan-them-mnist", "gan-them-fashion"):
        np.savez(tmp_path / f"{name}.npz", images=pictures)
    (tmp_path / "set").mkdir()
    for index, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / "set" / f"{index}.png")
    run = ("train_vanilla", "--data", str(tmp_path / "set"), "--size", "28", "--batch", "16")
    monkeypatch.setitem(peers.RUNS, ("vanilla", "mnist"), run)
    flags = ["--family", "vanilla", "--seeds", "3", "--minutes", "0.01", "--n", "40", "--out", str(tmp_path / "out")]
    bench.main(["peers", "--peers", str(tmp_path), *flags])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[-3:-1]] == ["vanilla-mnist-3", "gan-them-mnist"]
    assert 1 < float(lines[-3].split()[-3]) < 100
    assert re.fullmatch(r"worst distance [\d.]+, the peers' best [\d.]+: (kept|missed)", lines[-1])
    with pytest.raises(SystemExit):
        bench.main(["peers", "--peers", str(tmp_path), *flags])
    assert "vanilla-mnist-3 holds a training already" in capsys.readouterr().err
    monkeypatch.setattr(peers.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=2))
    with pytest.raises(SystemExit):
        bench.main(["peers", "--peers", str(tmp_path), *flags[:-1], str(tmp_path / "other")])
    assert "training of seed 3 ended early" in capsys.readouterr().err


def test_families_meet_on_one_set_and_what_was_measured_is_not_trained_again(tmp_path, monkeypatch, capsys):
    pictures = np.random.default_rng(0).integers(0, 256, (96, 16, 16), dtype=np.uint8)
    (tmp_path / "set").mkdir()
    for index, picture in enumerate(pictures):
        Image.fromarray(picture).save(tmp_path / "set" / f"{index}.png")
    flags = ["--data", str(tmp_path / "set"), "--size", "16", "--minutes", "0.01", "--families", "vanilla"]
    assert {"vanilla", "dcgan", "stylegan2"} <= set(families.SAMPLING) and "stackgan" not in families.SAMPLING
    flags += ["--features", "fashion", "--n", "40", "--out", str(tmp_path / "out")]

    def in_this_process(command, env):
        assert command[1:3] == ["-m", "training.train_vanilla"] and env["OMP_NUM_THREADS"] == "1"
        train_vanilla.main(command[3:])
        return SimpleNamespace(returncode=0)

    monkeypatch.setattr(families.subprocess, "run", in_this_process)
    bench.main(["families", *flags])
    printed = capsys.readouterr().out.splitlines()
    assert printed[-2] == families.HEAD and re.match(r"vanilla +vanilla +[\d,]+ +\d+\.\d\d ", printed[-1])
    assert Card.read(tmp_path / "out" / "weights" / "set-0.01-vanilla-0").making.images > 0
    monkeypatch.setattr(families.subprocess, "run", lambda *_, **__: pytest.fail("it trains again"))
    bench.main(["families", *flags])
    assert capsys.readouterr().out.splitlines() == printed[-3:]
    with pytest.raises(SystemExit):
        bench.main(["families", "--families", "pix2pix"])
    assert "There is no sampling family 'pix2pix'; choose of vanilla, dcgan" in capsys.readouterr().err


def test_adains_decoder_begins_near_black_and_white_and_every_layer_of_it_learns():
    torch.manual_seed(0)
    network = style.AdaIn(load("any-style").generator)
    pictures = 2 * torch.rand(2, 3, 64, 64) - 1
    drawn = network(pictures, network.style(pictures.flip(0)))
    assert drawn.shape == pictures.shape and 0.1 < drawn.std() < 5
    drawn.square().mean().backward()
    assert all(parameter.grad.abs().sum() > 0 for parameter in network.decoder.parameters())


def test_over_several_seeds_the_table_ends_with_means():
    rows = [families.Row("dcgan", "projected", seed, 1000 * seed, 5, 3.0 + seed, 0.1, 0.2, 0.4) for seed in (1, 3)]
    mean = families.mean(rows)
    assert (mean.pictures, mean.distance, mean.spread) == (2000, 5.0, pytest.approx(2**0.5))
    assert mean.line().endswith("mean") and "projected" in mean.line()


def test_the_worst_of_ours_meets_the_best_of_theirs():
    theirs = [peers.Result("a", 15.0, 0.3), peers.Result("b", 30.0, 0.4)]
    ours = [peers.Result("x", 9.0, 0.5, 590), peers.Result("y", 16.0, 0.6, 590)]
    told = peers.verdict(ours, theirs, by_coverage=True)
    assert "16.00, the peers' best 15.00: missed" in told and "0.500, the peers' best 0.400: kept" in told
    assert "coverage" not in peers.verdict(ours, theirs, by_coverage=False)
    late = [*ours, peers.Result("z", 1.0, 0.9, 601)]
    assert peers.verdict(late, theirs, True).startswith("No comparison: z took more than 600")


def test_a_game_is_learned_with_a_memory_and_without(tmp_path) -> None:
    said: list[str] = []
    world.compare(
        world.WorldBench(minutes=1e-4, batch=2, unrolled=2, episodes=2, steps=4, out=tmp_path / "world"), said.append
    )
    assert [row.partition(" ")[0] for row in said[1:]] == ["recurrent", "one"]
    assert all("events counted" in row for row in said[1:])
    assert {file.name for file in (tmp_path / "world").iterdir()} == {"recurrent.png", "one-step.png"}


def test_a_game_with_a_memory_goes_on_from_its_state_and_begins_anew_with_a_play() -> None:
    torch.manual_seed(0)
    network, draw = world.Recurrent(GameganConfig(width=8), state=8), world.Remembered(torch.ones(64, 64))
    moments = [
        Moment(torch.rand(1, 6, 64, 64), torch.tensor([1]), torch.zeros(1, 2, 64, 64), torch.rand(1, 3, 64, 64), number)
        for number in (0, 1)
    ]
    first, second = (draw(network, moment)[0] for moment in moments)
    assert torch.equal(draw(network, moments[0])[0], first), "a new play forgets the last one"
    assert not torch.equal(draw(network, replace(moments[1], number=0))[0], second), "and a play does not"
