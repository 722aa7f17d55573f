"""A GAN in the plane: points instead of pictures, small networks, and the trainer's own phases and losses.

A light door for the page: it needs torch and nothing else of weight.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from gan_models.checks import check_choice
from gan_models.errors import TrainingError
from training.games.phases import Batch, Phase, adversarial
from training.loop.ema import Ema
from training.losses.adversarial import discriminator_loss, generator_loss
from training.plane.options import ACTIVATIONS, Options

LAST = 0.3
"""Standard deviation of what a last layer makes of inputs of size 1, at the start."""
POOL = 16_384
"""Real points that are drawn once, at the start; every batch is picked from them."""
BURST = 1e6
"""A loss, gradient or weight beyond this has burst: nothing in the plane needs a hundredth of it."""


class Generator(nn.Module):
    """Noise (N, noise_dim) to points (N, 2). The noise arrives normal, as the trainer draws it."""

    def __init__(self, options: Options, dice: torch.Generator) -> None:
        super().__init__()
        self.uniform = options.noise == "uniform"
        widths = [options.noise_dim, *[options.generator_units] * options.generator_layers, 2]
        self.layers = _dense(widths, options.generator_activation, dice)

    def forward(self, z: Tensor) -> Tensor:
        # What the error function makes of a normal number is uniform in [-1, 1].
        return self.layers(torch.erf(z / math.sqrt(2)) if self.uniform else z)


class Discriminator(nn.Module):
    """Points (N, 2) to logits, or a critic's scores, (N,)."""

    def __init__(self, options: Options, dice: torch.Generator) -> None:
        super().__init__()
        widths = [2, *[options.discriminator_units] * options.discriminator_layers, 1]
        self.layers = _dense(widths, options.discriminator_activation, dice)
        if options.spectral_norm:
            for layer in _linear(self):
                spectral_norm(layer)
            # Its vectors come from torch's own dice: thrown again, the same seed gives the same run.
            for vector in self.buffers():
                vector.copy_(F.normalize(torch.randn(vector.shape, generator=dice), dim=0))

    def forward(self, points: Tensor, labels: Tensor | None = None) -> Tensor:
        return self.layers(points).squeeze(1)


class Parameter(nn.Module):
    """The Dirac GAN's networks (Mescheder et al. 2018, section 2): a point at (theta, 0), a slope psi."""

    def __init__(self, value: float, draws: bool) -> None:
        super().__init__()
        self.value, self.draws = nn.Parameter(torch.tensor([value])), draws

    def forward(self, given: Tensor, labels: Tensor | None = None) -> Tensor:
        """Noise to points, of which none can matter; or points to logits."""
        if not self.draws:
            return given[:, 0] * self.value
        return self.value * torch.tensor([1.0, 0.0]) + torch.zeros(len(given), 2)


def _dense(widths: list[int], activation: str, dice: torch.Generator) -> nn.Sequential:
    steps: list[nn.Module] = []
    for inputs, outputs in zip(widths, widths[1:]):
        layer = nn.utils.skip_init(nn.Linear, inputs, outputs)
        # He's width for hidden layers; the last is small, so that a generator begins as a cloud in the middle and a
        # discriminator without an opinion.
        most = (LAST if len(steps) == 2 * len(widths) - 4 else math.sqrt(2)) * math.sqrt(3 / inputs)
        nn.init.uniform_(layer.weight, -most, most, generator=dice)
        nn.init.uniform_(layer.bias, -0.5 * most, 0.5 * most, generator=dice)
        steps += [layer, ACTIVATIONS[activation]()]
    return nn.Sequential(*steps[:-1])


def _linear(network: nn.Module) -> list[nn.Linear]:
    return [module for module in network.modules() if isinstance(module, nn.Linear)]


@dataclass(frozen=True)
class Judged:
    """What the discriminator says on average of the same real and drawn points, and the two losses."""

    real: float
    drawn: float
    discriminator: float
    generator: float


@dataclass(frozen=True)
class Turn:
    """One update of one network: what was judged before and after, how far the drawn points moved on average."""

    network: str
    step: int
    points: int
    before: Judged
    after: Judged
    moved: float


class PlaneRun:
    """One training in the plane. It draws with dice of its own: looking at it changes nothing, nor do other runs.

    `burst` is None, or the sentence that says where and why the numbers left all bounds; it then stands still. `trail`
    is the way of the Dirac GAN's two parameters, which began `origin` away from their rest.
    """

    def __init__(self, options: Options) -> None:
        self.options = options
        self.dice = torch.Generator().manual_seed(options.seed)
        self.pool = options.shape.points(POOL, self.dice)
        self.networks = self._networks()
        self.weights = {name: list(network.parameters()) for name, network in self.networks.items()}
        rates = {"generator": options.generator_rate, "discriminator": options.discriminator_rate}
        self.optimizers = {name: _optimizer(self.weights[name], rate, options) for name, rate in rates.items()}
        self.phases = {phase.name: phase for phase in adversarial(options.game)}
        self.ema = Ema(self.networks["generator"], decay=options.ema) if options.ema else None
        self.step = 0
        self.burst: str | None = None
        self.losses: dict[str, list[float]] = {name: [] for name in self.phases}
        self.trail = [self.parameters] if options.two_parameters else []
        self.origin = math.hypot(*self.trail[0]) if self.trail else 0.0

    def _networks(self) -> dict[str, nn.Module]:
        if not self.options.two_parameters:
            return {
                "generator": Generator(self.options, self.dice),
                "discriminator": Discriminator(self.options, self.dice),
            }
        start = 1.0 + 0.5 * torch.rand(1, generator=self.dice).item()
        return {"generator": Parameter(start, True), "discriminator": Parameter(0.0, False)}

    @property
    def generator(self) -> nn.Module:
        """What is shown: the average where there is one."""
        return self.ema.module if self.ema else self.networks["generator"]

    @property
    def parameters(self) -> tuple[float, float]:
        """Theta and psi of the Dirac GAN."""
        return self.networks["generator"].value.item(), self.networks["discriminator"].value.item()

    def advance(self, steps: int, seconds: float = math.inf) -> int:
        """Train for `steps` steps, or fewer where `seconds` are over or it bursts; how many it were."""
        until = time.perf_counter() + seconds
        for done in range(steps):
            if self.burst or time.perf_counter() > until:
                return done
            try:
                self._step()
            except TrainingError as error:
                self.burst = str(error)
        return steps

    def turn(self, name: str) -> Turn | None:
        """One update of "generator" or "discriminator" alone; None where it burst."""
        check_choice("The network", name, tuple(self.phases))
        look = torch.Generator().manual_seed(0)
        z, real = torch.randn(256, self.options.noise_dim, generator=look), self.pool[:256]
        with torch.no_grad():
            points, before = self.networks["generator"](z), self._judged(real, z)
        try:
            self._update(self.phases[name], self._batch())
        except TrainingError as error:
            self.burst = str(error)
            return None
        if name == "generator":
            self._follow()
        with torch.no_grad():
            moved = (self.networks["generator"](z) - points).norm(dim=1).mean().item()
            after = self._judged(real, z)
        return Turn(name, self.step, self.options.batch, before, after, moved)

    def _judged(self, real: Tensor, z: Tensor) -> Judged:
        critic = self.networks["discriminator"].eval()
        on_real, on_drawn = critic(real), critic(self.networks["generator"](z))
        critic.train()
        losses = game_losses(self.options.loss, on_real, on_drawn)
        return Judged(on_real.mean().item(), on_drawn.mean().item(), *(loss.item() for loss in losses))

    def _step(self) -> None:
        """Every phase in turn, as in the trainer's loop: the generator's points serve the discriminator, too."""
        batches: dict[int, Batch] = {}
        ahead = self.step < self.options.head_start
        for phase in self.phases.values():
            if ahead and phase.updates == "generator":
                continue
            for turn in range(phase.repeat):
                if turn not in batches:
                    batches[turn] = self._batch()
                self._update(phase, batches[turn])
        self.step += 1
        self._follow()

    def _follow(self) -> None:
        if self.ema:
            self.ema.update(self.networks["generator"])
        if self.options.two_parameters:
            self.trail.append(self.parameters)

    def _batch(self) -> Batch:
        picked = torch.randint(POOL, (self.options.batch,), generator=self.dice)
        return Batch(self.pool[picked], dice=self.dice)

    def _update(self, phase: Phase, batch: Batch) -> None:
        """One update of one network. TrainingError says where it burst; that network then keeps its weights."""
        for name, weights in self.weights.items():
            for weight in weights:
                weight.requires_grad_(name == phase.updates)
        optimizer = self.optimizers[phase.updates]
        optimizer.zero_grad(set_to_none=True)
        loss, _ = phase.loss(self.networks, batch)
        loss.backward()
        value = loss.item()
        self.losses[phase.name].append(value)
        self._bounded(phase.updates, value)
        optimizer.step()
        if phase.after:
            phase.after(self.networks[phase.updates])

    def _bounded(self, name: str, loss: float) -> None:
        weights = self.weights[name]
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        sizes = torch.stack(torch._foreach_norm(gradients + weights, math.inf))
        gradient, weight = (part.max().item() for part in sizes.split([len(gradients), len(weights)]))
        seen = {"loss": abs(loss), "gradient": gradient, "weight": weight}
        for what, value in seen.items():
            if not value < BURST:
                raise TrainingError(self._where(name, what, loss if what == "loss" else value))

    def _where(self, name: str, what: str, value: float) -> str:
        """The sentence about what burst, with the place of the largest weight of all and the rate that drove it."""
        said = {"loss": f"the loss of the {name} became", "gradient": f"a gradient of the {name} reached"}
        place, size = self._largest()
        rate = getattr(self.options, f"{place.rpartition(' ')[2]}_rate")
        return (
            f"It burst at step {self.step + 1}: {said.get(what, f'a weight of the {name} reached')} {value:.3g}. The "
            f"largest weight, {size:.3g}, is in {place}, which learns at a rate of {rate:g}; lower that rate "
            "(0.002 is usual here) and restart."
        )

    def _largest(self) -> tuple[str, float]:
        found = [("", -1.0)]
        for name, network in self.networks.items():
            layers = _linear(network) or [network]
            for number, layer in enumerate(layers, 1):
                size = max(p.detach().abs().max().nan_to_num(math.inf).item() for p in layer.parameters())
                found.append((f"layer {number} of the {name}" if len(layers) > 1 else f"the {name}", size))
        return max(found, key=lambda pair: pair[1])


def game_losses(loss: str, on_real: Tensor, on_drawn: Tensor) -> tuple[Tensor, Tensor]:
    """The discriminator's and the generator's loss, without penalties."""
    return discriminator_loss(loss, on_real, on_drawn), generator_loss(loss, on_drawn, on_real)


def _optimizer(weights: list[nn.Parameter], rate: float, options: Options) -> torch.optim.Optimizer:
    if options.optimizer == "adam":
        return torch.optim.Adam(weights, rate, (options.momentum, 0.99), fused=True)
    if options.optimizer == "rmsprop":
        return torch.optim.RMSprop(weights, rate, foreach=True)
    return torch.optim.SGD(weights, rate, options.momentum, fused=True)
