"""The loop: what it updates, when it ends, what stops it and what may not."""

import os
import signal

import pytest
import torch
from torch import nn

from gan_models.errors import TrainingError
from training.games.phases import Game, Phase, adversarial
from training.loop.monitor import Monitor, grid_due
from training.loop.trainer import Schedule, cool, mix
from training.run import Run
from training.watching.latents import Watch, high_share, looks, untouched

FLAGS = {"log_every": 1, "steps": 100, "minutes": None}


def changed(before: dict, network: nn.Module) -> bool:
    """Whether a parameter differs; batch statistics change with every picture drawn."""
    return any(not torch.equal(value, before[name]) for name, value in network.named_parameters())


def test_a_run_leaves_log_grids_checkpoint(tmp_path, play):
    players = play(tmp_path, steps=12)
    run = Run(tmp_path)
    rows = run.rows()
    assert (players.step, players.images) == (12, 96)
    assert [row["step"] for row in rows] == list(range(1, 13))
    wanted = {"images", "seconds", "rate", "loss/generator", "loss/discriminator", "grad/generator"}
    wanted |= {
        "d/real",
        "d/fake",
        "d/held_out",
        "accuracy/real",
        "accuracy/fake",
        "spread/fake",
        "spread/real",
    }
    wanted |= {"saturation/fake", "high/fake", "high/real", "brightness/fake"}
    assert wanted <= rows[-1].keys()
    assert [images for images, _ in run.grids()] == [0, 64, 88, 96]
    assert run.load_checkpoint()["step"] == 12


def test_only_the_network_of_a_phase_learns(tmp_path, play, players):
    before = {name: {k: v.clone() for k, v in n.state_dict().items()} for name, n in players.networks.items()}
    only = [phase for phase in adversarial(Game(latent_dim=4)) if phase.updates == "discriminator"]
    after = play(tmp_path, phases=only, steps=2)
    assert changed(before["discriminator"], after.networks["discriminator"])
    assert not changed(before["generator"], after.networks["generator"])


def test_phases_run_as_often_as_they_say(tmp_path, play):
    calls, batches = [], []

    def loss(networks, batch):
        calls.append(1)
        batches.append(batch.images)
        return networks["generator"](torch.randn(2, 4)).square().mean(), {"extra": torch.tensor(2.0)}

    phase = Phase("odd", "generator", loss, every=3, repeat=2)
    play(tmp_path, phases=[phase], steps=7)
    assert len(calls) == 3 * 2
    assert not torch.equal(batches[0], batches[1])
    assert Run(tmp_path).rows()[0]["generator/extra"] == 2.0


def test_a_number_that_is_not_finite_stops_the_run_and_keeps_the_checkpoint(tmp_path, play):
    play(tmp_path, steps=3)
    steps = iter(range(100))

    def loss(networks, batch):
        value = networks["discriminator"](batch.images).mean()
        return value * (float("nan") if next(steps) == 2 else 1.0), {}

    with pytest.raises(TrainingError, match=r"step 6 .*discriminator.* nan"):
        play(tmp_path, phases=[Phase("judge", "discriminator", loss)], steps=10)
    state = Run(tmp_path).load_checkpoint()
    assert state["step"] == 3
    assert all(bool(torch.isfinite(value).all()) for value in state["networks"]["discriminator"].values())


def test_weights_that_are_not_finite_are_never_saved(tmp_path, play):
    play(tmp_path, steps=2)

    def spoil(network: nn.Module) -> None:
        with torch.no_grad():
            next(network.parameters()).fill_(float("inf"))

    phase = Phase("spoil", "generator", lambda n, b: (n["generator"](torch.randn(2, 4)).mean(), {}), after=spoil)
    with pytest.raises(TrainingError, match="generator is no longer finite"):
        play(tmp_path, phases=[phase], steps=3)
    assert Run(tmp_path).load_checkpoint()["step"] == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_saves_and_leaves(tmp_path, play, number):
    before = signal.getsignal(number)

    def loss(networks, batch):
        if len(Run(tmp_path).rows()) == 3:
            os.kill(os.getpid(), number)
        return networks["generator"](torch.randn(2, 4)).square().mean(), {}

    players = play(tmp_path, phases=[Phase("g", "generator", loss)], steps=1000)
    assert players.step == 4
    assert Run(tmp_path).load_checkpoint()["step"] == 4
    assert signal.getsignal(number) is before


def test_minutes_count_over_resumes(tmp_path, play):
    first = play(tmp_path, seconds=0.3)
    assert 0.3 <= first.seconds < 5
    again = play(tmp_path, seconds=0.3)
    assert again.step == first.step
    more = play(tmp_path, seconds=first.seconds + 0.2)
    assert more.step > first.step


def test_the_learning_rate_cools_down_to_nothing(players):
    group, rates = players.optimizers["generator"].param_groups[0], []
    for players.step in range(11):
        cool(players.optimizers, Schedule(steps=10, cool_down=0.5), players)
        rates.append(group["lr"])
    assert rates[:6] == pytest.approx([1e-3] * 6)
    assert rates[6:] == pytest.approx([8e-4, 6e-4, 4e-4, 2e-4, 0.0])


def test_a_run_cools_down_as_it_was_told(tmp_path, play):
    assert play(tmp_path, steps=4, cool_down=0.5).optimizers["generator"].param_groups[0]["lr"] == pytest.approx(5e-4)


@pytest.mark.parametrize("broken", ["measure", "grid"])
def test_a_monitor_that_fails_never_stops_a_step(tmp_path, play, monkeypatch, capsys, broken):
    def fail(*_):
        raise OSError("disk full")

    monkeypatch.setattr(Watch, broken, fail)
    assert play(tmp_path, steps=3).step == 3
    assert capsys.readouterr().err.count("disk full") == 1


def test_a_log_that_cannot_be_written_never_stops_a_step(tmp_path, play, monkeypatch):
    monkeypatch.setattr(Run, "append", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    assert play(tmp_path, steps=3).step == 3


def test_measuring_leaves_networks_untouched():
    module = nn.BatchNorm1d(3)
    before = module.running_mean.clone()
    with untouched(module):
        module(torch.randn(8, 3) + 5)
        assert not torch.equal(module.running_mean, before)
    assert torch.equal(module.running_mean, before)
    assert int(module.num_batches_tracked) == 0


def test_what_pictures_look_like_in_numbers():
    board = torch.ones(4, 1, 16, 16)
    board[:, :, ::2, ::2] = board[:, :, 1::2, 1::2] = -1
    smooth = torch.linspace(-1, 1, 16).expand(4, 1, 16, 16)
    assert high_share(board) == pytest.approx(1.0)
    assert high_share(smooth) < 0.02
    assert looks(board, "fake")["spread/fake"] == 0.0
    pair = torch.stack([torch.ones(1, 16, 16), -torch.ones(1, 16, 16)])
    assert looks(pair, "real")["spread/real"] == pytest.approx(2.0)
    assert looks(pair, "real")["saturation/real"] == 1.0
    four, labels = torch.cat([pair, pair]), torch.tensor([0, 1, 0, 1])
    assert looks(four, "fake", labels)["spread/fake"] == 0.0  # one picture a class
    assert looks(four, "fake", torch.tensor([0, 0, 1, 1]))["spread/fake"] == pytest.approx(2.0)
    assert looks(-torch.ones(2, 1, 16, 16), "fake")["brightness/fake"] == -1.0


@pytest.mark.parametrize("images, least, most", [(20_000, 12, 24), (100_000, 12, 24), (5_000_000, 12, 40)])
def test_grids_are_dense_early_and_enough_for_a_film(images, least, most):
    moments = [seen for seen in range(64, images + 1, 64) if grid_due(seen - 64, seen)]
    assert least <= len(moments) <= most
    assert moments[0] == 64
    assert moments[-1] > images / 1.36


def test_seeds_differ_by_run_step_and_process():
    seeds = {mix(seed, step, rank) for seed in range(3) for step in range(50) for rank in range(3)}
    assert len(seeds) == 450
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_progress_takes_whichever_end_comes_first():
    settings = Schedule(steps=100, seconds=10)
    assert settings.progress(50, 1) == 0.5
    assert settings.progress(10, 9) == 0.9
    assert Schedule().progress(10, 10) == 0.0


def test_time_left_follows_the_pace(tmp_path):
    monitor = Monitor(Run(tmp_path), None, FLAGS)
    assert monitor.left({"step": 25, "seconds": 50.0}) == 150


def test_what_the_doctor_remarks_is_in_log_and_bar(tmp_path, capsys):
    monitor = Monitor(Run(tmp_path), None, FLAGS | {"upsampling": "transposed"})
    monitor.begin(0, 0.0, 0)
    for step in range(1000, 1010):
        row = {"step": step, "images": 64_000, "seconds": 1.0, "rate": 64.0, "high/fake": 0.1, "high/real": 0.002}
        monitor.consult(row)
    monitor.end()
    (remark,) = Run(tmp_path).remarks()
    assert (remark["name"], remark["value"]) == ("the pictures have a checkerboard", 50.0)
    assert remark["advice"] == "Begin again with --upsampling resize."
    assert "Doctor, step 1004: the pictures have a checkerboard (50, threshold 4)" in capsys.readouterr().out
    assert monitor.line(row).endswith("| doctor: the pictures have a checkerboard")


def test_tensorboard_gets_every_number_of_the_log(tmp_path, play):
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    play(tmp_path, steps=2)
    events = EventAccumulator(str(tmp_path / "tensorboard")).Reload()
    for name in Run(tmp_path).rows()[0].keys() - {"step"}:
        told = {event.step: event.value for event in events.Scalars(name)}
        logged = {row["step"]: row[name] for row in Run(tmp_path).rows()}
        assert told == pytest.approx(logged, rel=1e-4), name


def test_what_could_not_begin_is_remarked_without_a_word_on_the_bar(tmp_path, capsys):
    monitor = Monitor(Run(tmp_path), None, FLAGS)
    monitor.stopped(0, "the checkpoint cannot be read")
    assert Run(tmp_path).remarks()[-1]["reason"] == "the checkpoint cannot be read"
    assert capsys.readouterr().err == ""
