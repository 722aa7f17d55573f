"""A game is learned, exported and measured."""

import json

import numpy as np
import torch

from gan_models.loading import load
from gan_models.play import Episode
from training import evaluate_world, export, train_world
from training.data.world_batches import WorldBatches, WorldData
from training.games.gamegan import GIVEN

SMALL = ["--width", "8", "--deep", "8", "--batch", "2", "--unrolled", "2", "--log-every", "2"]


def test_a_batch_is_a_function_of_its_step_and_holds_what_came() -> None:
    batches = WorldBatches(WorldData("boat", "", 0), 3, 4, 5)
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


def test_an_event_counts_where_the_purse_changes_soon_and_the_same_way() -> None:
    drawn = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0])
    assert evaluate_world.agrees(1, drawn, 2) and evaluate_world.agrees(-1, drawn, 6)
    assert not evaluate_world.agrees(-1, drawn, 2) and not evaluate_world.agrees(1, np.zeros(9, int), 4)
