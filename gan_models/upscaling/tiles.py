"""Large pictures in tiles: exactly, as if in one piece, where a network is local; blended where it is not.

A window is the part of the input that one step reads, its core the part whose output is kept. At the
picture's own borders a window ends where the picture ends, so that the network pads there as it would pad
the whole; inside, it reaches beyond its core by half the receptive field, and nothing of the core can tell.
"""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from gan_models.checks import is_whole
from gan_models.errors import RequestError, WeightError

WIDEST = 96
"""Input pixels: what a network that looks further than this to each side would read around a tile costs too much.

RRDB of 8 blocks looks 124 pixels far: its exact tiles would take gigabytes, or compute each pixel a hundred times.
"""
OVERLAP = 32
"""Input pixels that neighbouring windows have in common on each side of a seam that is blended."""
LEAST_CORE = 8
"""Input pixels: a core that does not fit into memory is not halved below this."""

Box = tuple[int, int, int, int]
"""top, bottom, left, right, in input pixels."""
Part = tuple[int, int, int, int, int, int]
"""Along one axis what is read, what is kept (both from, to), and how much of it fades in and is faded over."""
Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Window:
    """What a step reads and what of it is kept.

    `fade`: how many of the kept rows fade in over the row of windows above, how many of the columns over the
    window before, and how many of them the next window fades in over.
    """

    read: Box
    core: Box
    fade: tuple[int, int, int] = (0, 0, 0)

    @property
    def pixels(self) -> int:
        """Input pixels that are computed."""
        return (self.read[1] - self.read[0]) * (self.read[3] - self.read[2])


def windows(height: int, width: int, tile: int | tuple[int, int], halo: int | None) -> list[Window]:
    """Cut an input of this size into windows that keep at most about `tile` pixels a side, row by row.

    `tile` may be two numbers, for height and width. `halo` is how far the network looks to each side; None (not
    local) or more than WIDEST makes windows that overlap and fade into each other. RequestError for a tile below 1.
    """
    sides = tile if isinstance(tile, tuple) else (tile, tile)
    if not all(is_whole(side, 1) for side in sides):
        raise RequestError(f"A tile is at least 1 pixel a side, got {tile!r}.")
    if halo is None or halo > WIDEST:
        rows, columns = _fading(height, sides[0]), _fading(width, sides[1])
    else:
        rows, columns = _exact(height, sides[0], halo), _exact(width, sides[1], halo)
    return [Window((*r[:2], *c[:2]), (*r[2:4], *c[2:4]), (r[4], *c[4:])) for r in rows for c in columns]


def halves(height: int, width: int, halo: int) -> list[Window]:
    """What one window would do as two, the longer side cut in the middle: two workers share it."""
    half = max(1, -(-(max(height, width) - 2 * halo) // 2))
    return windows(height, width, (half, width) if height >= width else (height, half), halo)


def _exact(length: int, tile: int, halo: int) -> list[Part]:
    """Parts without fades, of one length."""
    count = 1 if length <= tile + 2 * halo else -(-(length - 2 * halo) // tile)
    size = min(length, -(-(length - 2 * halo) // count) + 2 * halo)
    parts: list[Part] = []
    kept = 0
    for index in range(count):
        start = min(index * (size - 2 * halo), length - size)
        end = length if index == count - 1 else start + size - halo
        parts.append((start, start + size, kept, end, 0, 0))
        kept = end
    return parts


def _fading(length: int, tile: int) -> list[Part]:
    """The same with everything kept, and fades."""
    spans = [part[:2] for part in _exact(length, tile, OVERLAP)]
    common = [0, *(before[1] - after[0] for before, after in zip(spans[:-1], spans[1:])), 0]
    return [(*span, *span, first, last) for span, first, last in zip(spans, common, common[1:])]


class Runner:
    """Runs one network on parts of pictures: in bf16 where asked for, again in fp32 what is not finite.

    network: float (1, 3, h, w) in [-1, 1] to (1, 3, scale h, scale w), in evaluation mode on `device`; `halo`
    as for `windows`. An accelerator's memory running out halves the windows from then on.
    """

    def __init__(self, network: nn.Module, scale: int, halo: int | None, device: str = "cpu", bf16: bool = False):
        self.network, self.scale, self.halo, self.bf16 = network, scale, halo, bf16
        self.device = torch.device(device)
        self.most_pixels: float = float("inf")

    @torch.inference_mode()
    def run(self, images: Tensor) -> Tensor:
        """Enlarge (1, 3, h, w); float32 on the CPU. WeightError where even fp32 is not finite."""
        images = images.to(self.device, memory_format=torch.channels_last)
        half = torch.autocast(self.device.type, torch.bfloat16) if self.bf16 else nullcontext()
        with half:
            large = self.network(images).float()
        if self.bf16 and not torch.isfinite(large).all():
            large = self.network(images).float()
        if not torch.isfinite(large).all():
            raise WeightError("The network gives values that are not finite, even in fp32; the weight is broken.")
        return large.cpu()

    def core(self, read: Callable[[Box], Tensor], window: Window, whole: tuple[int, int]) -> Tensor:
        """The output of a window's core, (1, 3, scale rows, scale columns).

        `read` gives the input of a box as (1, 3, h, w); `whole` is the input's height and width.
        """
        if window.pixels > self.most_pixels:
            return self._quarters(read, window, whole)
        try:
            large = self.run(read(window.read))
        except RuntimeError as error:
            if not _out_of_memory(error):
                raise
            self.most_pixels = min(self.most_pixels, window.pixels / 2)
        else:
            top, bottom, left, right = (side * self.scale for side in _within(window.core, window.read))
            return large[:, :, top:bottom, left:right]
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        return self._quarters(read, window, whole)

    def _quarters(self, read: Callable[[Box], Tensor], window: Window, whole: tuple[int, int]) -> Tensor:
        """The same core from smaller windows."""
        top, bottom, left, right = window.core
        if max(bottom - top, right - left) < 2 * LEAST_CORE:
            raise RequestError(
                "There is not enough memory for even a small tile; free some, or take a smaller network."
            )
        reach = OVERLAP if self.halo is None or self.halo > WIDEST else self.halo
        middle, centre = _middle(top, bottom), _middle(left, right)
        rows = []
        for up, down in _spans(top, middle, bottom):
            parts = []
            for west, east in _spans(left, centre, right):
                box = (
                    max(0, up - reach),
                    min(whole[0], down + reach),
                    max(0, west - reach),
                    min(whole[1], east + reach),
                )
                parts.append(self.core(read, Window(box, (up, down, west, east)), whole))
            rows.append(torch.cat(parts, 3))
        return torch.cat(rows, 2)


Piece = tuple[tuple[slice, slice], Tensor, Tensor | None]


def laid(plan: Sequence[Window], cores: Iterable[Tensor], scale: int) -> Iterator[Piece]:
    """Cores (C, h, w) in the order of their windows as pieces of the output: place, values, and a share or None.

    The share (rows, 1) is for `over`: how the upper rows fade in over what their place held before. Columns that
    the next window fades in over are held back for it, so that shares along and across multiply.
    """
    held = torch.empty(0)
    for window, core in zip(plan, cores):
        rows, lead, tail = (length * scale for length in window.fade)
        if lead:
            mixed = held + (core[..., :lead] - held) * _rise(lead)
            core = torch.cat([mixed, core[..., lead:]], -1)
        end = core.shape[-1] - tail
        held, core = core[..., end:], core[..., :end]
        top, bottom, left, _ = (side * scale for side in window.core)
        yield (slice(top, bottom), slice(left, left + end)), core, _rise(rows)[:, None] if rows else None


def over(before: Tensor, core: Tensor, rise: Tensor | None) -> Tensor:
    """A piece (C, h, w) whose upper rows fade in over what its place holds; the rest of that is never looked at."""
    if rise is None:
        return core
    rows = len(rise)
    upper = before[:, :rows] + (core[:, :rows] - before[:, :rows]) * rise
    return torch.cat([upper, core[:, rows:]], 1)


def _rise(steps: int) -> Tensor:
    return (torch.arange(steps) + 0.5) / steps


def in_order(work: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Generator[Result, None, None]:
    """Results of `work` in the order of the items, by `workers` threads that are only a little ahead.

    Closing the iterator waits for what is under way and leaves the rest.
    """
    if workers < 2:
        yield from map(work, items)
        return
    with ThreadPoolExecutor(workers, "tile") as pool:
        ahead: list[Future] = []
        try:
            for item in items:
                ahead.append(pool.submit(work, item))
                if len(ahead) > workers:
                    yield ahead.pop(0).result()
            while ahead:
                yield ahead.pop(0).result()
        finally:
            for future in ahead:
                future.cancel()


def _within(box: Box, outer: Box) -> Box:
    return box[0] - outer[0], box[1] - outer[0], box[2] - outer[2], box[3] - outer[2]


def _middle(start: int, stop: int) -> int:
    return (start + stop) // 2 if stop - start >= 2 * LEAST_CORE else stop


def _spans(start: int, middle: int, stop: int) -> list[tuple[int, int]]:
    return [(a, b) for a, b in ((start, middle), (middle, stop)) if b > a]


def _out_of_memory(error: Exception) -> bool:
    return isinstance(error, torch.OutOfMemoryError) or "can't allocate memory" in str(error)
