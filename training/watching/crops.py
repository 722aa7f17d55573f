"""What is looked at while an upscaler learns: crops of photographs held out, and three of them drawn large."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.pictures.colour import luma
from gan_models.pictures.images import as_levels, contact_sheet, packed_png, to_tensor, to_uint8
from gan_models.pictures.resize import enlarge, resize
from training.data.crops import whole
from training.data.degrade import Degrade
from training.data.photos import Photos
from training.watching.latents import looks, untouched

SIDE, SHOWN_SIDE, SHOWN = 48, 32, 3
"""Low-resolution pixels of a crop that is measured and of one that is shown; how many are shown."""
GAP = 2


@dataclass(frozen=True)
class CropWatch:
    """Crops held out (M, 3, h, w) with their truth, and those shown, uint8 (h, w, 3) with theirs.

    `bicubic` is the PSNR in dB that interpolation reaches on the held-out ones. `middle` is the logit between real
    and drawn; None (relativistic discriminators, whose zero means nothing) takes the midpoint of the two means.
    """

    low: Tensor
    high: Tensor
    shown: Sequence[tuple[np.ndarray, np.ndarray]]
    bicubic: float
    middle: float | None = 0.0

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: PSNR of `shown` (the averaged generator), and the verdicts where there are any."""
        with torch.no_grad():
            drawn = shown(self.low)
            row = {"psnr/held_out": psnr_y(drawn, self.high, shown.scale), "psnr/bicubic": self.bicubic}
            row |= looks(drawn, "fake") | looks(self.high, "real")
            if "discriminator" not in networks:
                return row
            with untouched(*networks.values()):
                return row | self.verdicts(networks)

    def verdicts(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Mean logits on held-out photographs and on what is drawn of them, and the shares judged rightly."""
        discriminator = networks["discriminator"]
        real, fake = discriminator(self.high), discriminator(networks["generator"](self.low))
        middle = (real.mean() + fake.mean()) / 2 if self.middle is None else self.middle
        accuracy = {"accuracy/real": (real > middle).float().mean(), "accuracy/fake": (fake < middle).float().mean()}
        numbers = {"d/real": real.mean(), "d/fake": fake.mean(), **accuracy}
        return {name: value.item() for name, value in numbers.items()}

    def grid(self, shown: nn.Module) -> bytes:
        """The three crops as one PNG: above as given, in the middle as drawn, below as they were."""
        return packed_png(sheet(shown, self.shown, self.low.device))


def watch_crops(
    kept: Photos, scale: int, degrade: Degrade, device: torch.device, shown: Photos, middle: float | None = 0.0
) -> CropWatch:
    """Choose what is looked at: the most detailed crop of each photograph held out, and of the first three `shown`."""
    side = min(SIDE, *(min(picture.shape[:2]) // scale for picture in kept.pictures))
    pairs = [pair(picture, scale, side, degrade, seed) for seed, picture in enumerate(kept.pictures)]
    low, high = (to_tensor(np.stack(part)).to(device) for part in zip(*pairs))
    bicubic = psnr_y(resize(low, *high.shape[2:]), high, scale)
    side = min(SHOWN_SIDE, *(min(picture.shape[:2]) // scale for picture in shown.pictures))
    few = [pair(picture, scale, side, degrade, seed) for seed, picture in enumerate(shown.pictures[:SHOWN])]
    return CropWatch(low, high, few, bicubic, middle)


def pair(picture: np.ndarray, scale: int, side: int, degrade: Degrade, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The most detailed of 25 places of a photograph: low (side, side, 3) and high (scale * side, ...)."""
    picture = whole(picture, scale)
    small = degrade(picture, scale, np.random.default_rng([seed, 2]))
    top, left = max(places(small.shape, side), key=lambda place: detail(small, *place, side))
    rows, columns = slice(top, top + side), slice(left, left + side)
    large = (slice(scale * s.start, scale * s.stop) for s in (rows, columns))
    return small[rows, columns].copy(), picture[tuple(large)].copy()


def places(shape: tuple[int, ...], side: int) -> list[tuple[int, int]]:
    """Five by five corners of crops, evenly spaced."""
    rows, columns = (np.linspace(0, length - side, 5).astype(int).tolist() for length in shape[:2])
    return [(top, left) for top in rows for left in columns]


def detail(picture: np.ndarray, top: int, left: int, side: int) -> float:
    """Mean difference of neighbouring pixels in a crop."""
    crop = picture[top : top + side, left : left + side].astype(np.float32)
    return float(np.abs(np.diff(crop, axis=0)).mean() + np.abs(np.diff(crop, axis=1)).mean())


def psnr_y(drawn: Tensor, truth: Tensor, border: int) -> float:
    """PSNR in dB on Y of pictures (N, 3, H, W) in [-1, 1], rounded to levels, without a border; at most 100."""
    inside = slice(border, -border)
    levels = [as_levels(x) / 255 for x in (drawn, truth)]
    errors = [(luma(x)[..., inside, inside]) for x in levels]
    squares = (errors[0] - errors[1]).square().mean((1, 2, 3)).clamp_min(1e-10)
    return (-10 * squares.log10()).mean().item()


def sheet(generator: nn.Module, crops: Sequence[tuple[np.ndarray, np.ndarray]], device: torch.device) -> np.ndarray:
    """Given, drawn and true crops in three rows, uint8; `given` takes the first row apart again."""
    low = to_tensor(np.stack([low for low, _ in crops])).to(device)
    with torch.no_grad():
        drawn = to_uint8(generator(low))
    rows = [*(enlarge(low, generator.scale) for low, _ in crops), *drawn, *(high for _, high in crops)]
    return contact_sheet(np.stack(rows), columns=len(crops), gap=GAP)


def given(sheet: np.ndarray, scale: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """The crops, low and high, of a sheet."""
    side = (sheet.shape[0] - 2 * GAP) // 3
    columns = [sheet[:, left : left + side] for left in range(0, sheet.shape[1], side + GAP)]
    return [(column[:side:scale, ::scale].copy(), column[-side:].copy()) for column in columns]
