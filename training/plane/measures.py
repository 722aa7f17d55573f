"""What can be seen of a run in the plane: its points, the discriminator's map, and figures. Looking changes nothing."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from training.losses.adversarial import RELATIVE, generator_loss
from training.plane.engine import PlaneRun
from training.plane.shapes import HALF, NEAR

SHOWN = 1024
"""Drawn points that are measured; a run shows the same latents all the time, so that its points move smoothly."""
ARROWS = 64
"""Drawn points whose gradient is shown."""
MAP = 48
"""Side of the discriminator's map in cells."""
WARP = 17
"""Lines of the generator's grid, each way; each of its cells holds the same share of the latents."""
CELLS = 20
"""Side in cells of the grid on which the divergence is measured."""
FAR = 1e4
"""What has burst is seen no farther away than this."""
COVERED = 0.25
"""Share of its fair share of points from which a mode counts as covered."""


@dataclass
class Eye:
    """Looks at one run, always through the same latents; `figures` and `picture` as of now."""

    run: PlaneRun
    last: Tensor | None = None
    last_step: int = 0
    z: Tensor = field(init=False)
    real: Tensor = field(init=False)

    def __post_init__(self) -> None:
        dice = torch.Generator().manual_seed(self.run.options.seed + 1)
        self.z = torch.randn(SHOWN, self.run.options.noise_dim, generator=dice)
        self.real = self.run.options.shape.points(SHOWN, dice)
        self.density = histogram(self.run.pool)
        self.floor = divergence(histogram(self.real), self.density)
        self.grid = latent_grid(self.run.options.noise_dim)

    @torch.no_grad()
    def drawn(self) -> Tensor:
        """(SHOWN, 2), as the shown generator draws them now; nothing that is not a number."""
        return self.run.generator(self.z).nan_to_num(0).clamp(-FAR, FAR)

    @torch.no_grad()
    def warped(self) -> Tensor:
        """The grid of latents as the generator lays it into the plane: (WARP, WARP, 2), or (WARP**2, 2) of a line."""
        points = self.run.generator(self.grid.flatten(0, -2)).nan_to_num(0).clamp(-FAR, FAR)
        return points.view(*self.grid.shape[:-1], 2)

    @torch.no_grad()
    def map(self) -> Tensor:
        """The discriminator's logits or scores on the plane, (MAP, MAP), the upper row first."""
        line = (torch.arange(MAP) + 0.5) / MAP * 2 * HALF - HALF
        y, x = torch.meshgrid(-line, line, indexing="ij")
        return self._judge(torch.stack([x, y], -1).view(-1, 2)).view(MAP, MAP).nan_to_num(0).clamp(-FAR, FAR)

    def pushes(self, points: Tensor) -> Tensor:
        """Where the generator's loss sends each drawn point: minus its gradient, (N, 2), per point."""
        points = points.detach().requires_grad_()
        on_real = self._judge(self.real[: len(points)]).detach() if self.run.options.loss in RELATIVE else None
        loss = generator_loss(self.run.options.loss, self._judge(points), on_real) * len(points)
        (slope,) = torch.autograd.grad(loss, points)
        return -slope.nan_to_num(0).clamp(-FAR, FAR)

    def figures(self) -> dict[str, float]:
        """All figures that the run has, by the names of FIGURES."""
        drawn = self.drawn()
        part = drawn[:256]
        with torch.no_grad():
            on_real, on_drawn = self._judge(self.real[:256]), self._judge(part)
        figures = {
            "divergence": divergence(histogram(drawn), self.density),
            "share": self._share(drawn),
            "push": self.pushes(part).norm(dim=1).mean().item(),
            # Half of what is alike to the last bit: a flat discriminator guesses.
            "told_apart": (on_real[:, None] - on_drawn[None]).sign().mean().item() / 2 + 0.5,
            "movement": self._movement(drawn),
            "spread": drawn.std(0).norm().item() / max(self.real.std(0).norm().item(), 1e-3),
        }
        if self.run.options.shape.modes:
            figures["modes"] = self._modes(drawn)
        if self.run.options.clip:
            weights = torch.cat([w.detach().flatten() for w in self.run.weights["discriminator"]]).abs()
            figures["clipped"] = (weights >= 0.99 * self.run.options.clip).float().mean().item()
        if self.run.options.two_parameters:
            figures["radius"] = math.hypot(*self.run.parameters) / self.run.origin
        return {name: value if math.isfinite(value) else FAR for name, value in figures.items()}

    def _judge(self, points: Tensor) -> Tensor:
        # Spectral norm turns its vectors at every look while it trains: this one must not count.
        critic = self.run.networks["discriminator"]
        if not self.run.options.spectral_norm:
            return critic(points)
        try:
            return critic.eval()(points)
        finally:
            critic.train()

    def _share(self, drawn: Tensor) -> float:
        """Of drawn points: on a mode (within three standard deviations), or near the data where it has none."""
        shape = self.run.options.shape
        to = torch.tensor(shape.modes) if shape.modes else self.real
        return (torch.cdist(drawn, to).amin(1) <= self._near).float().mean().item()

    def _modes(self, drawn: Tensor) -> int:
        centres = torch.tensor(self.run.options.shape.modes)
        counts = (torch.cdist(drawn, centres) <= self._near).sum(0)
        return int((counts >= COVERED * SHOWN / len(centres)).sum())

    @property
    def _near(self) -> float:
        return max(NEAR, 3 * self.run.options.shape.spread)

    def _movement(self, drawn: Tensor) -> float:
        """Mean distance that the drawn points moved in a step, since the last look."""
        steps = self.run.step - self.last_step
        moved = (drawn - self.last).norm(dim=1).mean().item() / steps if self.last is not None and steps else 0.0
        self.last, self.last_step = drawn, self.run.step
        return moved


def latent_grid(dimensions: int) -> Tensor:
    """Latents at even quantiles: (WARP, WARP, 2), or (WARP**2, 1) where the noise has one dimension."""
    count = WARP if dimensions == 2 else WARP**2
    line = torch.special.ndtri((torch.arange(count, dtype=torch.float64) + 0.5) / count).float()
    return torch.stack(torch.meshgrid(line, line, indexing="ij"), -1) if dimensions == 2 else line[:, None]


def histogram(points: Tensor) -> Tensor:
    """The share of points in each cell of the plane, and last that of those outside: (CELLS**2 + 1,)."""
    cells = ((points + HALF) * (CELLS / (2 * HALF))).floor()
    inside = ((cells >= 0) & (cells < CELLS)).all(1)
    places = torch.where(inside, cells[:, 0] * CELLS + cells[:, 1], CELLS**2)
    return torch.bincount(places.long(), minlength=CELLS**2 + 1) / len(points)


def divergence(one: Tensor, other: Tensor) -> float:
    """Jensen-Shannon divergence of two histograms in bits: 0 is the same, 1 nothing in common."""
    middle = (one + other) / 2
    parts = [torch.where(side > 0, side * (side / middle).log2(), 0.0).nan_to_num(0).sum() for side in (one, other)]
    return max(0.0, (sum(parts) / 2).item())
