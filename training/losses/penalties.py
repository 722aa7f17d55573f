"""What keeps networks smooth: gradient penalty, R1 and R2, clipping; path length. The caller multiplies by a weight."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from gan_models.networks.layers import ResizeConv

Judge = Callable[[Tensor, Tensor | None], Tensor]


def gradient_penalty(
    critic: Judge,
    real: Tensor,
    fake: Tensor,
    labels: Tensor | None = None,
    dice: torch.Generator | None = None,
) -> Tensor:
    """Mean of (gradient norm - 1)^2 on lines between real and fake (Gulrajani et al. 2017, eq. 3; weight 10).

    `real`, `fake`: (N, ...); the scalar keeps its graph to the critic's parameters only. The critic must judge
    each picture by itself: no batch norm. `dice` draws the places; without it, torch's own.
    """
    share = torch.rand(len(real), *[1] * (real.ndim - 1), device=real.device, dtype=real.dtype, generator=dice)
    mixed = torch.lerp(fake.detach(), real.detach(), share).requires_grad_()
    slope = _slope(critic, mixed, labels)
    # The root has no derivative at zero: 1e-12 keeps a picture without gradient from making NaN.
    return ((slope.square().sum(1) + 1e-12).sqrt() - 1).square().mean()


def r1(discriminator: Judge, real: Tensor, labels: Tensor | None = None) -> Tensor:
    """Mean squared gradient norm on real pictures (Mescheder et al. 2018, eq. 9; multiply by gamma / 2)."""
    return _slope(discriminator, real.detach().requires_grad_(), labels).square().sum(1).mean()


def r2(discriminator: Judge, fake: Tensor, labels: Tensor | None = None) -> Tensor:
    """The same on drawn pictures (Mescheder et al. 2018, eq. 10); the generator gets no gradient of it."""
    return r1(discriminator, fake, labels)


def clip_weights(critic: nn.Module, limit: float) -> None:
    """Clamp every parameter to [-limit, limit] in place (Arjovsky et al. 2017, algorithm 1; limit 0.01)."""
    with torch.no_grad():
        for parameter in critic.parameters():
            parameter.clamp_(-limit, limit)


def non_orthogonal(network: nn.Module) -> Tensor:
    """How far filters are from being orthogonal (Brock et al. 2019, equation 3; weight 1e-4).

    The sum of squared inner products of different filters, over all layers. Embeddings of classes are none.
    """
    weights = [
        layer.weight.flatten(1) for layer in network.modules() if isinstance(layer, nn.Conv2d | nn.Linear | ResizeConv)
    ]
    products = (rows @ rows.T for rows in weights)
    return sum((product - product.diag().diag()).square().sum() for product in products)


class PathLength(nn.Module):
    """Keeps the length of a step in W, as pictures see it, the same everywhere (Karras et al. 2020, section 3.2).

    `mean` is the running length that the lengths are drawn to; it is part of the training and not of a weight.
    """

    statistics = ("mean",)
    decay = 0.01

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(()))

    def forward(self, images: Tensor, styles: Tensor) -> Tensor:
        """Mean squared difference from the mean length; `images` (N, C, S, S) of `styles` (N, layers, w_dim)."""
        noise = torch.randn_like(images) / images.shape[-1]
        (slope,) = torch.autograd.grad((images * noise).sum(), styles, create_graph=True)
        lengths = slope.float().square().sum(2).mean(1).sqrt()
        self.mean.lerp_(lengths.detach().mean(), self.decay)
        return (lengths - self.mean).square().mean()


def _slope(judge: Judge, images: Tensor, labels: Tensor | None) -> Tensor:
    """Gradient of each picture's mean logit by the picture: (N, C*H*W), differentiable once more."""
    logits = judge(images, labels).reshape(len(images), -1)
    (slope,) = torch.autograd.grad(logits.mean(1).sum(), images, create_graph=True)
    return slope.flatten(1)
