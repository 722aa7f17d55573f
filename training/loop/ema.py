"""An exponential moving average of a network: what is sampled, shown and exported.

Own code: torch.optim.swa_utils knows no half-life in images, and a checkpoint goes on bit for bit.
"""

import copy

import torch
from torch import nn

from gan_models.errors import TrainingError


class Ema:
    """A slow copy of a module, parameters and buffers alike (Yazici et al. 2019, section 3).

    Say its memory either by `half_life` in images (the batch size then does not matter) or by a fixed `decay`
    a step in [0, 1). Early on it is at most (1 + n) / (10 + n), so that first weights do not linger.
    `module` is the average itself: in eval mode, without gradients.
    """

    def __init__(self, module: nn.Module, *, half_life: float | None = None, decay: float | None = None) -> None:
        if (half_life is None) == (decay is None):
            raise TrainingError("An average needs a half-life in images or a fixed decay; give one of the two.")
        if half_life is not None and not half_life > 0:
            raise TrainingError(f"The average's half-life is {half_life} images; it must be above 0.")
        if decay is not None and not 0 <= decay < 1:
            raise TrainingError(f"The average's decay is {decay}; it must be at least 0 and below 1.")
        self.half_life = half_life
        self.decay = decay
        self.updates = 0
        self.module = copy.deepcopy(module).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, module: nn.Module, images: int = 1) -> None:
        """Move towards `module` after a step that showed `images` pictures."""
        decay = self.decay if self.half_life is None else 0.5 ** (images / self.half_life)
        decay = min(decay, (1 + self.updates) / (10 + self.updates))
        self.updates += 1
        kept, seen = self.module.state_dict(), module.state_dict()
        averaged = [name for name, value in kept.items() if value.is_floating_point()]
        # Batch norm's statistics are averaged too: they then belong to the averaged weights.
        torch._foreach_lerp_([kept[n] for n in averaged], [seen[n].to(kept[n]) for n in averaged], 1 - decay)
        for name in kept.keys() - set(averaged):
            kept[name].copy_(seen[name])

    def state_dict(self) -> dict:
        """What a checkpoint keeps."""
        return {"module": self.module.state_dict(), "updates": self.updates}

    def load_state_dict(self, state: dict) -> None:
        """Go on from a checkpoint."""
        self.module.load_state_dict(state["module"])
        self.updates = int(state["updates"])
