"""A training in passing, for benches and experiments: nothing is logged, looked at or saved."""

from __future__ import annotations

import time
from typing import Any

import torch

from training.loop.plan import Plan
from training.loop.start import line_up, make_accelerator
from training.loop.trainer import Players, Schedule, cool, mix, to_batch, update


def train(planned: Plan, learned: Any, schedule: Schedule) -> Players:
    """Networks and averages after the schedule; its seconds are of the processor, so that other programs take nothing
    away. `learned`: the set, as the plan takes it."""
    accelerator = make_accelerator("auto")
    players, phases = line_up(planned, accelerator.device), planned.phases()
    batches, begun = planned.batches(learned, 0, 1), time.process_time()
    while schedule.progress(players.step, players.seconds) < 1:
        torch.manual_seed(mix(schedule.seed, players.step, 0))
        cool(players.optimizers, schedule, players)
        batch = to_batch(batches.at(players.step), accelerator.device)
        for phase in phases:
            if players.step % phase.every == 0:
                update(phase, players, batch, accelerator)
        players.ema.update(players.networks["generator"], len(batch.images))
        players.step, players.seconds = players.step + 1, time.process_time() - begun
    return players
