"""Going on: bit for bit what an uninterrupted run would have become, also after SIGKILL at a random step."""

import os
import random
import signal
import time
from pathlib import Path

import pytest
import torch
from forked import forked

from gan_models.errors import TrainingError
from training import train_dcgan
from training.games.phases import Game
from training.run import Run

RULES = {
    "gan with r1": Game(latent_dim=4, r1=1.0, r1_every=2, augment=("colour", "cutout")),
    "critic with penalty": Game("wasserstein", latent_dim=4, critic_steps=3, penalty=10.0),
}


def everything(folder: Path) -> dict[str, torch.Tensor]:
    """Every tensor of a checkpoint by its path in it: networks, average, optimizers."""
    found = {}

    def walk(value, name):
        if isinstance(value, torch.Tensor):
            found[name] = value
        elif isinstance(value, dict):
            for key, item in value.items():
                walk(item, f"{name}/{key}")

    walk(Run(folder).load_checkpoint(), "")
    return found


def assert_same(one: Path, other: Path) -> None:
    first, second = everything(one), everything(other)
    assert first.keys() == second.keys()
    assert len(first) > 20
    assert [name for name in first if not torch.equal(first[name], second[name])] == []


@pytest.mark.parametrize("game", RULES.values(), ids=RULES)
def test_two_steps_and_two_more_are_four(tmp_path, play, game):
    play(tmp_path / "whole", game, steps=4)
    play(tmp_path / "parts", game, steps=2)
    play(tmp_path / "parts", game, steps=4)
    assert_same(tmp_path / "whole", tmp_path / "parts")


def test_the_log_of_a_resumed_run_is_the_same_too(tmp_path, play):
    play(tmp_path / "whole", steps=6)
    play(tmp_path / "parts", steps=3)
    Run(tmp_path / "parts").append({"step": 5, "images": 40})
    play(tmp_path / "parts", steps=6)
    timeless = [
        [{k: v for k, v in row.items() if k not in ("seconds", "rate")} for row in Run(tmp_path / name).rows()]
        for name in ("whole", "parts")
    ]
    assert timeless[0] == timeless[1]


def test_looking_changes_nothing(tmp_path, play):
    play(tmp_path / "seen", steps=4)
    play(tmp_path / "unseen", steps=4, watched=False)
    # Only the main process saves, so the unseen run is compared by its players.
    seen = Run(tmp_path / "seen").load_checkpoint()["networks"]
    unseen = play(tmp_path / "again", steps=4, watched=False).networks
    for name, network in unseen.items():
        assert all(torch.equal(value, seen[name][key]) for key, value in network.state_dict().items())


def test_a_checkpoint_of_other_networks_is_refused(tmp_path, play):
    play(tmp_path, steps=1)
    state = Run(tmp_path).load_checkpoint()
    state["networks"]["generator"] = {"other.weight": torch.zeros(1)}
    Run(tmp_path).save_checkpoint(state)
    with pytest.raises(TrainingError, match="does not fit these networks"):
        play(tmp_path, steps=2)


def flags(folder: Path, data: Path) -> list[str]:
    return [
        *("--data", str(data), "--run", str(folder)),
        *("--discriminator", "dcgan", "--discriminator-norm", "spectral", "--dropout", "0.2", "--width", "8"),
        *("--augment", "translation", "--flip", "on", "--batch", "8", "--steps", "30"),
        *("--log-every", "1", "--save-every", "0.05", "--precision", "fp32"),
    ]


def test_killed_at_a_random_step_the_same_command_ends_the_same(tmp_path, drawn_folder):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    train_dcgan.main(flags(whole, drawn_folder))
    at = random.SystemRandom().randint(2, 20)
    print(f"killed at step {at}")  # pytest shows it where this fails
    process = forked(["-m", "training.train_dcgan", *flags(killed, drawn_folder)], tmp_path / "output")
    while process.is_alive() and len(Run(killed).rows()) < at:
        time.sleep(0.005)
    os.kill(process.pid, signal.SIGKILL)
    process.join()
    assert process.exitcode == -signal.SIGKILL
    stopped_at = Run(killed).rows()[-1]["step"]
    assert at <= stopped_at < 30
    train_dcgan.main(flags(killed, drawn_folder))
    print(f"killed after step {stopped_at}")
    assert Run(killed).load_checkpoint()["step"] == 30
    assert_same(whole, killed)
    steps = [row["step"] for row in Run(killed).rows()]
    assert steps == list(range(1, 31))
