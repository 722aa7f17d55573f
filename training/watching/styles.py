"""What is looked at while a style transfer learns: held-out photographs in styles of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.pictures.images import contact_sheet, packed_png, to_tensor, to_uint8
from training.data.photos import Photos
from training.data.style_batches import PHOTOS, STYLES, middles
from training.losses.style import StyleAndContent

COLUMNS, ROWS = 6, 5
GAP = 2


@dataclass(frozen=True)
class StyleWatch:
    """Photographs held out (ROWS, 3, S, S) and styles (COLUMNS, 3, S, S), each drawn in each; `seen` measures."""

    source: Tensor
    styles: Tensor
    seen: StyleAndContent

    def measure(self, networks: Mapping[str, nn.Module], shown: nn.Module) -> dict[str, float]:
        """One row's numbers: losses of `shown` on held-out pairs."""
        with torch.no_grad():
            count = min(len(self.source), len(self.styles))
            source, styles = self.source[:count], self.styles[:count]
            drawn = shown(source, noise=torch.arange(count), style=shown.style(styles))
            content, style, together = self.seen(drawn, source, styles)
            return {
                "content/held_out": content.item(),
                "style/held_out": style.item(),
                "together/held_out": together.item(),
            }

    def grid(self, shown: nn.Module) -> bytes:
        """The sheet as PNG: styles above, photographs at the left."""
        return packed_png(self.sheet(shown))

    def sheet(self, shown: nn.Module) -> np.ndarray:
        """The same as uint8 (H, W, 3)."""
        with torch.no_grad():
            given = shown.style(self.styles)
            tiles = [torch.ones_like(self.source[:1]), self.styles]
            for row in self.source:
                one = row[None]
                each = one.expand(len(self.styles), -1, -1, -1)
                tiles += [one, shown(each, noise=torch.arange(len(each)), style=given).clamp(-1, 1)]
        return contact_sheet(to_uint8(torch.cat(tiles)), columns=len(self.styles) + 1, gap=GAP)


def watch_styles(kept: Photos, styles: Photos, side: int, seen: StyleAndContent, device: torch.device) -> StyleWatch:
    """Choose what is looked at: the middles of photographs held out, and of styles evenly spaced."""
    source = to_tensor(middles(kept.pictures, side, PHOTOS, ROWS)).to(device)
    return StyleWatch(source, to_tensor(middles(styles.pictures, side, STYLES, COLUMNS)).to(device), seen)
