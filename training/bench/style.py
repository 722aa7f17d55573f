"""A style transfer beside AdaIN's of the same size: the same eyes, pictures and minutes, one table.

`gan_models.networks.style_transfer` modulates a decoder by the style. AdaIN (Huang and Belongie 2017, section 5) gives
the content's maps the means and deviations of the style's and decodes what comes of it. Its encoder is the frozen one
that the other sees styles by, and its decoder has as many numbers as there are to learn in the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import numpy as np
import torch
import tyro
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import TrainingError
from gan_models.files import write_atomically
from gan_models.loading import load
from gan_models.networks.layers import ResizeConv, at_least_single
from gan_models.networks.style_transfer import MANNER, StyleTransferGenerator
from gan_models.pictures.images import contact_sheet, packed_png, to_uint8
from gan_models.weight.model import Model
from training import train_style_transfer
from training.data.style_batches import PHOTOS
from training.evaluate import sets_of
from training.evaluate_style import EDGES, STYLE, Evaluation, given, held_out, measured, painters
from training.loop import brief
from training.loop.trainer import Schedule
from training.losses.features import load_features
from training.losses.style import StyleAndContent
from training.options import SAID, settle

RATE = 1e-4
"""AdaIN's learning rate, as its authors' code has it."""
LOUD = 40.0
"""The deviation of the encoder's last map: undivided, the decoder's first pictures were far beyond black and white."""
SHOWN = 4
"""Photographs and styles on the sheet."""


@dataclass(frozen=True)
class StyleBench:
    """Train AdaIN for as long as a weight was trained, and measure both."""

    weight: Annotated[str, tyro.conf.Positional] = "any-style"
    """A weight that paints in styles: a name in weights/, or a folder."""
    minutes: float = 30.0
    """Minutes of one thread: those of the weight, as its card says."""
    data_root: Path = Path()
    """Folder that holds the sets which the card names."""
    styles: Path = Path("manners-of-seed-11.zip")
    """Folder or zip of styles that neither has seen."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""
    seed: int = 0
    """Of the network and its batches."""
    out: Path = Path("runs/style")
    """Folder for a sheet: photographs, then each of the two in some styles."""


class AdaIn(nn.Module):
    """Encoder, means and deviations exchanged, decoder; called as a StyleTransferGenerator is."""

    def __init__(self, like: StyleTransferGenerator, width: int = 80) -> None:
        super().__init__()
        self.manner = like.manner
        widths = (2 * width, width, width // 2)
        steps: list[nn.Module] = []
        for inputs, outputs in zip((MANNER[-1], *widths), widths):
            steps += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.ReLU(), ResizeConv(outputs, outputs), nn.ReLU()]
        self.decoder = nn.Sequential(*steps, nn.Conv2d(widths[-1], 3, 3, padding=1))
        for layer in self.decoder:
            if isinstance(layer, nn.Conv2d | ResizeConv):
                nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")

    def style(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Means and deviations (N, C, 1, 1) of the encoder's last map."""
        maps = self.maps(pictures)
        return maps.mean((2, 3), keepdim=True), maps.std((2, 3), keepdim=True)

    def forward(self, source: Tensor, style: tuple[Tensor, Tensor]) -> Tensor:
        """Draw pictures (N, 3, H, W), in or near [-1, 1], in a style (equation 8)."""
        maps = F.instance_norm(self.maps(source)) * style[1] + style[0]
        return at_least_single(self.decoder(maps))

    def maps(self, pictures: Tensor) -> Tensor:
        """The encoder's last map (N, C, H, W), of a deviation of about one."""
        return at_least_single(self.manner(pictures, len(MANNER))[-1]) / LOUD


def compare(options: StyleBench, say: Callable[[str], None] = print) -> None:
    """Train AdaIN, print both, write the sheet."""
    if not options.minutes > 0:
        raise TrainingError(f"--minutes is {options.minutes:g}; give some above zero.")
    model = load(options.weight)
    photos = held_out(model, Evaluation(options.weight, options.data_root), "data", PHOTOS)
    styles = given(options.styles)
    eyes = StyleAndContent(load_features(options.feature_weights))
    eyes.calibrate(styles)
    pictures, network = trained(options, model)
    plain: Callable[[Tensor, Tensor], Tensor] = lambda source, style: network(source, network.style(style))  # noqa: E731
    seen = f"AdaIN saw {pictures:,} photographs, {model.name} {model.card.making.all_images:,}"
    say(f"{options.minutes:g} minutes of one thread: {seen}")
    both = {model.name: painters(model, options.seed)["painted"], "AdaIN": plain}
    for name, paint in both.items():
        edges, apart = measured(eyes, paint, photos, styles)
        say(f"  {name}: {told(EDGES, edges)}, {told(STYLE, apart)}, n {len(edges)}")
    rows = [photos[:SHOWN], *(paint(photos[:SHOWN], styles[:SHOWN]) for paint in both.values()), styles[:SHOWN]]
    sheet = contact_sheet(to_uint8(torch.cat(rows).clamp(-1, 1)), columns=SHOWN, gap=2)
    options.out.mkdir(parents=True, exist_ok=True)
    write_atomically(options.out / "adain.png", packed_png(sheet))


def trained(options: StyleBench, model: Model) -> tuple[int, AdaIn]:
    """AdaIN by its averaged weights, after the minutes on the weight's own sets, and the photographs that it saw."""
    torch.manual_seed(options.seed)
    data, styles = (
        tuple(str(options.data_root / name) for name in sets_of(model.card, kind)) for kind in ("data", "styles")
    )
    flags = train_style_transfer.Options(
        data=data, styles=styles, size=model.config.size, seed=options.seed, feature_weights=options.feature_weights
    )
    flags = settle(flags, **train_style_transfer.USUAL | {"generator_lr": RATE})
    _, learned, _ = train_style_transfer.read(flags)
    planned = train_style_transfer.plan(flags, learned)
    planned = replace(planned, networks={"generator": AdaIn(planned.networks["generator"])})
    players = brief.train(planned, learned, Schedule(options.seed, seconds=60 * options.minutes, cool_down=0.3))
    return players.step * flags.batch, players.ema.module


def told(name: str, values: np.ndarray) -> str:
    """A figure, its mean with the error of that."""
    return f"{name} {values.mean():.3f} ± {values.std(ddof=1) / len(values) ** 0.5:.3f}"
