"""The benches: the step's own convolutions are counted rightly, and the laptop promise runs as a command."""

import numpy as np
import pytest
import torch
from PIL import Image

from gan_models.networks.projected import squeezenet_features
from training import bench, laptop


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
    assert (tmp_path / "out" / "weights" / "laptop-36-32-0" / "card.json").exists()
    assert len(list((tmp_path / "out" / "photographs-36-0").glob("*.png"))) == 36


def test_the_same_photographs_are_taken_again(tmp_path):
    for index in range(5):
        Image.fromarray(np.full((32, 32, 3), index * 40, np.uint8)).save(tmp_path / f"{index}.png")
    options = laptop.Laptop(tmp_path, count=3, out=tmp_path / "a")
    again = laptop.Laptop(tmp_path, count=3, out=tmp_path / "b")
    first, second = (sorted(p.read_bytes() for p in laptop.take(o).iterdir()) for o in (options, again))
    assert first == second
    assert len(first) == 3
