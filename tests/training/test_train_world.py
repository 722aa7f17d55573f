"""A game is learned, exported and measured."""

import json

import numpy as np
import pytest
import torch

from gan_models import play
from gan_models.loading import load
from gan_models.networks.gametiles import BESIDE, GametilesConfig, GametilesGenerator, chosen
from gan_models.play import Episode
from training import evaluate_world, export, train_world
from training.data import crafter_batches, crafter_plays
from training.data.world_batches import BoatPlays, WorldBatches
from training.games.gamegan import GIVEN, Moment, by_tiles
from training.measures import tiles
from training.run import Run

SMALL = ["--width", "8", "--deep", "8", "--batch", "2", "--unrolled", "2", "--log-every", "2"]


def test_a_batch_is_a_function_of_its_step_and_holds_what_came() -> None:
    batches = WorldBatches(BoatPlays("boat", "", 0), 3, 4, 5)
    images, actions, given = batches.at(7)
    assert images.shape == (3, 12, 64, 64) and actions.shape == (3, 4) and given.shape == (3, GIVEN + 8, 64, 64)
    assert all(torch.equal(one, two) for one, two in zip(batches.at(7), (images, actions, given)))
    assert not torch.equal(batches.at(8)[0], images) and images.min() >= -1 and images.max() <= 1


def test_a_world_is_learned_from_plays_by_chance_and_recorded_ones(tmp_path, capsys) -> None:
    recorded = {"weight": "x", "sha256": "0" * 64, "verb": "play", "arguments": {"seed": 1, "actions": "012" * 8}}
    (tmp_path / "play.json").write_text(json.dumps(recorded))
    run = tmp_path / "run"
    train_world.main(["--steps", "3", "--run", str(run), "--episodes", str(tmp_path / "play.json"), *SMALL])
    card = export.export(run, tmp_path / "game")
    assert (card.task, card.method, card.data.count) == ("play", "gamegan", 24)
    said: list[str] = []
    rows = evaluate_world.evaluate(
        evaluate_world.Evaluation(str(tmp_path / "game"), episodes=2, steps=5, long=6), said.append
    )
    assert [row.name for row in rows] == ["boats together", "events counted", "PSNR at step 100"]
    true, drawn = next(Episode(0, (0,)).frames(load(str(tmp_path / "game"))))
    assert drawn.shape == true.shape == (64, 64, 3) and drawn.dtype == np.uint8


def test_what_a_world_cannot_learn_from_is_a_sentence(tmp_path, capsys) -> None:
    """Neither pictures nor a play of another world."""
    other = {"weight": "x", "sha256": "0" * 64, "verb": "play", "arguments": {"seed": 1, "actions": "0a"}}
    (tmp_path / "play.json").write_text(json.dumps(other))
    for words, said in (
        (["--episodes", str(tmp_path / "play.json")], "An action is 0 to 2: stay, left, right"),
        (["--data", "film.mp4"], "--data is 'film.mp4'; the world draws its pictures"),
    ):
        with pytest.raises(SystemExit):
            train_world.main(["--steps", "1", "--run", str(tmp_path / "run"), *words, *SMALL])
        assert said in capsys.readouterr().err


def test_an_event_counts_where_the_purse_changes_soon_and_the_same_way() -> None:
    drawn = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0])
    assert evaluate_world.agrees(1, drawn, 2) and evaluate_world.agrees(-1, drawn, 6)
    assert not evaluate_world.agrees(-1, drawn, 2) and not evaluate_world.agrees(1, np.zeros(9, int), 4)


TILED = ["--world", "crafter", "--frames", "60", "--width", "8", "--batch", "2", "--unrolled", "2", "--log-every", "2"]


@pytest.fixture
def short_walks(tmp_path, monkeypatch):
    """Crafter's plays, but short ones, of which one is held out."""
    pytest.importorskip("crafter")
    monkeypatch.setenv("GAN_ATELIER_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(crafter_plays, "STEPS", 30)
    monkeypatch.setattr(crafter_batches, "HELD_OUT", 1)
    monkeypatch.setattr("training.watching.worlds.STEPS", 12)


def crafter_run(folder, *flags: str) -> Run:
    train_world.main([*TILED, "--run", str(folder), *flags])
    return Run(folder)


def learned(run: Run) -> dict[str, torch.Tensor]:
    return run.load_checkpoint()["networks"]["generator"]


def test_crafter_is_learned_goes_on_where_it_was_stopped_and_is_measured(tmp_path, short_walks) -> None:
    whole = learned(crafter_run(tmp_path / "whole", "--steps", "4"))
    crafter_run(tmp_path / "parts", "--steps", "2")
    run = crafter_run(tmp_path / "parts", "--steps", "4")
    assert all(
        torch.equal(value, whole[name]) for name, value in run.load_checkpoint()["networks"]["generator"].items()
    )
    assert run.config()["data"]["licence"] == "MIT" and "levels/apart" in run.rows()[-1]
    card = export.export(run.folder, tmp_path / "game")
    assert (card.task, card.method, card.config["actions"]) == ("play", "gametiles", 17)
    model, said = load(str(tmp_path / "game")), []
    options = evaluate_world.Evaluation(str(tmp_path / "game"), episodes=2, steps=10, long=6)
    rows = evaluate_world.evaluate(options, said.append)
    assert [row.name for row in rows] == ["tiles together", "tiles together by chance", "tiles at step 10"]
    assert rows[0].floor is not None and "another play" in said[1]
    dreamed = list(play.dream(model, 3, [2, 5, 0]))
    assert len(dreamed) == 3 and np.array_equal(dreamed[-1], list(play.dream(model, 3, [2, 5, 0]))[-1])


def small() -> GametilesGenerator:
    torch.manual_seed(0)
    network = GametilesGenerator(GametilesConfig(width=8, blocks=1, palette=4))
    network.palette[:] = torch.tensor([-1.0, -0.5, 0.5, 1.0])[:, None]
    return network


def test_each_tile_of_a_frame_is_one_of_those_that_were_there_or_of_the_palette() -> None:
    network = small()
    frames = torch.rand(2, 6, 64, 64) * 2 - 1
    frame = network(frames, torch.tensor([0, 3]), torch.randn(2, 1, 64, 64))
    found = network.tiles(frame).permute(0, 2, 3, 1).reshape(-1, 147)
    offered = torch.cat([network.tiles(frames[:, 3:]).permute(0, 2, 3, 1).reshape(-1, 147), network.palette])
    assert torch.cdist(found, offered).amin(1).max() < 0.02
    assert (frame[:, :, 63] == -1).all() and (frame[..., 63] == -1).all()


def test_what_a_network_of_tiles_held_for_sure_costs_nothing() -> None:
    network = small()
    before = torch.rand(1, 6, 64, 64) * 2 - 1
    last = network.tiles(before[:, 3:])
    shares = torch.zeros(1, len(BESIDE) + 4, 9, 9)
    shares[:, 1] = 1
    after = network.laid(shares, last)
    assert torch.allclose(network.distances(after, last)[:, 1], torch.zeros(()), atol=1e-6)
    network.choices = lambda *given: 40 * shares
    drawn, unlikely = by_tiles(network, Moment(before, torch.tensor([0]), torch.zeros(1, 1, 64, 64), after))
    assert torch.equal(drawn, after) and unlikely < 1e-3
    network.choices = lambda *given: 40 * shares.roll(1, 1)
    assert by_tiles(network, Moment(before, torch.tensor([0]), torch.zeros(1, 1, 64, 64), after))[1] > 10


def test_a_choice_is_whole_and_learned_softly() -> None:
    logits = torch.tensor([[0.0, 2.0, 1.0]]).reshape(1, 3, 1, 1).requires_grad_()
    shares = chosen(logits)
    assert torch.allclose(shares.flatten(), torch.tensor([0.0, 1.0, 0.0]), atol=1e-6)
    shares[0, 2].sum().backward()
    assert (logits.grad != 0).all()


def test_a_course_lasts_while_three_of_four_tiles_agree_and_a_player_is_known_by_the_middle_tile() -> None:
    assert evaluate_world.lasts(np.array([[1.0, 0.8, 0.7, 0.9], [1.0, 1.0, 1.0, 1.0]])) == [2, 4]
    frames = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), dtype=np.uint8)
    assert tiles.heroes(frames, frames[:1]).tolist() == [True, False]
