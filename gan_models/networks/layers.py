"""What two network families really share: checks of their arguments, DCGAN's first weights, two layers."""

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.checks import check_choice, check_number
from gan_models.errors import RequestError


def check_latents(z: Tensor, latent_dim: int) -> None:
    """Refuse latents that are not (N, latent_dim) floating point numbers."""
    if z.ndim != 2 or z.shape[1] != latent_dim:
        raise RequestError(f"The latents have shape {tuple(z.shape)}; this generator takes (N, {latent_dim}).")
    if not z.is_floating_point():
        raise RequestError(f"The latents are {z.dtype}; pass floating point numbers.")


def check_labels(labels: Tensor | None, classes: int, count: int) -> None:
    """Refuse labels that are missing, unasked for, of another shape than (count,) or outside 0..classes-1."""
    if not classes:
        if labels is not None:
            raise RequestError("Labels were given, but this network has no classes; leave them out.")
        return
    if labels is None:
        raise RequestError(f"This network draws by class; pass labels, one number from 0 to {classes - 1} each.")
    if labels.shape != (count,) or labels.dtype not in (torch.int64, torch.int32):
        seen = f"{labels.dtype} of shape {tuple(labels.shape)}"
        raise RequestError(f"The labels are {seen}; pass int64 of shape ({count},), one for each picture.")
    # Only where reading the values does not make the processor wait for an accelerator.
    if count and labels.device.type == "cpu" and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        seen = f"{int(labels.min())} to {int(labels.max())}"
        raise RequestError(f"The labels run from {seen}; this network has classes 0 to {classes - 1}.")


def check_images(images: Tensor, channels: int, size: int) -> None:
    """Refuse pictures that are not (N, channels, size, size)."""
    if images.ndim != 4 or images.shape[1:] != (channels, size, size):
        expected = f"(N, {channels}, {size}, {size})"
        raise RequestError(f"The pictures have shape {tuple(images.shape)}; this network takes {expected}.")


def at_least_single(x: Tensor) -> Tensor:
    """Lift bf16 and fp16 to fp32 and leave fp32 and fp64 as they are."""
    return x.float() if x.dtype in (torch.bfloat16, torch.float16) else x


def dcgan_initialise(module: nn.Module) -> None:
    """Draw DCGAN's first weights (Radford et al. 2016, section 4): N(0, 0.02), norms' scales N(1, 0.02)."""
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear):
            nn.init.normal_(layer.weight, 0.0, 0.02)
            if layer.bias is not None:
                nn.init.zeros_(layer.bias)
        elif isinstance(layer, nn.BatchNorm1d | nn.BatchNorm2d | nn.GroupNorm):
            nn.init.normal_(layer.weight, 1.0, 0.02)
            nn.init.zeros_(layer.bias)


SIZES = (32, 64, 128, 256)
"""Sides of the pictures of a Pyramid."""
LIMITS = {
    "latent_dim": (1, 4096),
    "w_dim": (1, 4096),
    "mapping": (1, 8),
    "piece": (1, 512),
    "embedding": (1, 4096),
    "classes": (0, 10_000),
    "base": (64, 2**16),
    "most": (8, 1024),
    "discriminator_base": (64, 2**16),
    "group": (0, 64),
}


class Pyramid:
    """What configs share whose maps double their side from 4 px to the picture's `size`.

    `most` channels at most; what else they share is declared here, for types alone. What a family has of LIMITS is
    checked here: RequestError for what is out of bounds.
    """

    size: int
    channels: int
    classes: int
    base: int
    most: int
    discriminator_base: int

    def __post_init__(self) -> None:
        check_choice("size", self.size, SIZES)
        check_choice("channels", self.channels, (1, 3))
        for name, bounds in LIMITS.items():
            if hasattr(self, name):
                check_number(name, getattr(self, name), *bounds)

    @property
    def sides(self) -> list[int]:
        """Sides of the maps in pixels, from 4 to that of the picture."""
        return [4 << k for k in range(self.size.bit_length() - 2)]

    def width(self, side: int, base: int) -> int:
        """Channels of the maps of a side: `base` / side, within bounds."""
        return max(8, min(self.most, base // side))


def zero_bias(layer: nn.Conv2d | nn.Linear) -> None:
    """Let a layer shift nothing at first; one without a bias stays as it is."""
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)


def footprints() -> Tensor:
    """What each of 3x3 taps adds to the 4x4 kernel that also doubles the side: (9, 16)."""
    # Always real: arithmetic on meta tensors makes torch load its compiler.
    taps = torch.eye(9, device="cpu").view(9, 1, 3, 3).flip(2, 3)
    # An input pixel covers 2x2 pixels of the enlarged map: its footprint is the kernel at four shifts.
    shifts = ((0, 1, 0, 1), (1, 0, 0, 1), (0, 1, 1, 0), (1, 0, 1, 0))
    return torch.stack([F.pad(taps, shift) for shift in shifts]).sum(0).reshape(9, 16)


def spread_kernel(weight: Tensor, spread: Tensor) -> Tensor:
    """From (o, i, 3, 3) and `footprints` the kernel (i, o, 4, 4) of a stride-2 transposed convolution."""
    outputs, inputs = weight.shape[:2]
    return (weight.reshape(-1, 9) @ spread).view(outputs, inputs, 4, 4).transpose(0, 1)


class ResizeConv(nn.Module):
    """Nearest-neighbour x2 and a 3x3 convolution, in one step: (N, i, h, w) -> (N, o, 2h, 2w).

    Odena et al. 2016 ("Deconvolution and checkerboard artifacts"): every output pixel has the same number of
    inputs, so no grid is built in. Computed as the equal 4x4 stride-2 transposed convolution with tied
    weights, which never makes the enlarged map and costs 4/9 of the arithmetic.
    """

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs, 3, 3))
        nn.init.normal_(self.weight, 0.0, 0.02)
        self.register_buffer("spread", footprints(), persistent=False)

    def kernel(self) -> Tensor:
        """The kernel (i, o, 4, 4) of the equal transposed convolution."""
        return spread_kernel(self.weight, self.spread)

    def forward(self, x: Tensor) -> Tensor:
        return F.conv_transpose2d(x, self.kernel(), stride=2, padding=1)


def check_low(images: Tensor) -> None:
    """Refuse low-resolution pictures that are not (N, 3, H, W) floating point numbers with pixels in them."""
    if images.ndim != 4 or images.shape[1] != 3 or not images.is_floating_point() or 0 in images.shape[2:]:
        raise RequestError(
            f"The pictures are {images.dtype} of shape {tuple(images.shape)}; "
            "this network takes floating point (N, 3, H, W)."
        )


def reach(trunk: int, doublings: Sequence[int], last: int) -> int:
    """How far, in low-resolution pixels, the output block of one input pixel looks.

    `trunk`: reach of all convolutions before the first doubling; `doublings`: for each the reach of the
    convolution that goes with it, before it (a pixel shuffle's); `last`: of all convolutions at full size.
    """
    scale = 2 ** len(doublings)
    low, high = -last, scale - 1 + last
    for radius in reversed(doublings):
        low, high = low // 2 - radius, high // 2 + radius
    return trunk + max(-low, high)
