"""Batches made ahead: where a GPU computes, drawing strokes and cutting crops meanwhile is the processor's work."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from torch.utils.data import DataLoader

MOST_WORKERS = 6


class Ahead:
    """The batches of a source, made by worker processes before they are asked for: the same ones, as they are a pure
    function of their number.

    They may be asked for in rising order only; numbers may be left out. `pinned` keeps them where a GPU fetches them
    without a copy. The workers end with this object.
    """

    def __init__(self, source: Any, workers: int, pinned: bool = False) -> None:
        self.source, self.workers, self.pinned, self.batch = source, workers, pinned, source.batch
        self._made: Iterator[tuple[int, tuple]] | None = None

    def at(self, number: int) -> tuple:
        """The batch of this number."""
        if self._made is None:
            self._made = iter(self._loader(number))
        made, batch = next(self._made)
        while made < number:
            made, batch = next(self._made)
        return batch

    def _loader(self, first: int) -> DataLoader:
        numbers = range(first, sys.maxsize)
        # A loader draws a number when it begins; out of its own generator, so that a step's draws stay what they are.
        how = {"batch_size": None, "collate_fn": as_it_is, "pin_memory": self.pinned, "generator": torch.Generator()}
        workers = {"num_workers": self.workers, "multiprocessing_context": "fork"}
        return DataLoader(Numbered(self.source), sampler=numbers, **workers, **how)


@dataclass(frozen=True)
class Numbered:
    """A source as a loader wants it; apart from Ahead, which would hold itself alive through its loader."""

    source: Any

    def __getitem__(self, number: int) -> tuple[int, tuple]:
        return number, self.source.at(number)


def as_it_is(batch: tuple) -> tuple:
    """What the loader does with a batch: nothing, it is one already."""
    return batch


def pays(device: str) -> bool:
    """Whether workers help on a kind of device, and can be had: only forked ones share the pictures in memory."""
    return device == "cuda" and "fork" in multiprocessing.get_all_start_methods()


def spare_workers(processes: int) -> int:
    """Workers for each of so many trainings on this machine: a core in two, at least one."""
    return max(1, min(MOST_WORKERS, (os.cpu_count() or 2) // (2 * processes)))
