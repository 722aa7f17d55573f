"""DiffAugment: Zhao et al. 2020 ("Differentiable augmentation for data-efficient GAN training").

Real and generated pictures both pass through it before the discriminator, in both phases, and gradients pass
back to the generator: what the discriminator only sees moved and recoloured it cannot learn by heart.
"""

import torch
from torch import Tensor

from gan_models.errors import TrainingError

POLICIES = ("colour", "translation", "cutout")


def diff_augment(images: Tensor, policy: tuple[str, ...] = POLICIES) -> Tensor:
    """Change each picture of (N, C, H, W) in [-1, 1] at random, in the order of `policy`; the shape is kept.

    The draws come from torch's global generators: seed them and they repeat. Colour may leave [-1, 1], as in
    the paper. Raises a TrainingError for an unknown policy.
    """
    steps = {"colour": _colour, "translation": _translation, "cutout": _cutout}
    for name in policy:
        if name not in steps:
            raise TrainingError(f"There is no augmentation {name!r}; choose from {', '.join(POLICIES)}.")
        images = steps[name](images)
    return images


def _colour(images: Tensor) -> Tensor:
    """Brightness by -0.5 to 0.5, saturation by 0 to 2, contrast by 0.5 to 1.5."""
    count, channels, height, width = images.shape
    draws = torch.rand(3, count, 1, 1, device=images.device).to(images.dtype)
    brightness, saturation, contrast = draws[0] - 0.5, draws[1] * 2, draws[2] + 0.5
    # The three changes in the paper's order, multiplied out: a matrix and an offset for each picture.
    own = torch.eye(channels, device=images.device, dtype=images.dtype)
    matrix = contrast * (saturation * own + (1 - saturation) / channels)
    pixels = images.permute(0, 2, 3, 1).reshape(count, height * width, channels)
    offset = (1 - contrast) * pixels.mean((1, 2), keepdim=True) + brightness
    with torch.autocast(images.device.type, enabled=False):  # a colour keeps its precision
        pixels = torch.bmm(pixels, matrix) + offset
    return pixels.view(count, height, width, channels).permute(0, 3, 1, 2)


def _translation(images: Tensor) -> Tensor:
    """Shift by up to an eighth of the side in whole pixels; what comes in from outside is mid-gray, 0."""
    count, _, height, width = images.shape
    # Drawn on the CPU, where the loop over pictures needs them.
    down = torch.randint(-(height // 8), height // 8 + 1, (count,)).tolist()
    right = torch.randint(-(width // 8), width // 8 + 1, (count,)).tolist()
    return _Shift.apply(images, tuple(zip(down, right)))


class _Shift(torch.autograd.Function):
    """Move each picture by whole pixels (down, right); the gradient is the shift back.

    Five times as fast on a CPU as indexing, whose gradient has to add up values.
    """

    @staticmethod
    def forward(ctx: object, images: Tensor, moves: tuple[tuple[int, int], ...]) -> Tensor:
        ctx.moves = moves
        shifted = torch.zeros_like(images)
        for target, source, (down, right) in zip(shifted, images, moves):
            to_y, from_y = _overlap(down, images.shape[2])
            to_x, from_x = _overlap(right, images.shape[3])
            target[:, to_y, to_x] = source[:, from_y, from_x]
        return shifted

    @staticmethod
    def backward(ctx: object, gradient: Tensor) -> tuple[Tensor, None]:
        return _Shift.apply(gradient, tuple((-down, -right) for down, right in ctx.moves)), None


def _overlap(move: int, side: int) -> tuple[slice, slice]:
    """Where the part that stays in the picture goes to, and where it comes from."""
    return slice(max(move, 0), side + min(move, 0)), slice(max(-move, 0), side + min(-move, 0))


def _cutout(images: Tensor) -> Tensor:
    """Blank a rectangle of half the height and width around a random place; it may cross the border."""
    height, width = images.shape[2:]
    rows = _stretch(height, images)[:, None, :, None]
    columns = _stretch(width, images)[:, None, None, :]
    return images * (~(rows & columns)).to(images.dtype)


def _stretch(side: int, images: Tensor) -> Tensor:
    """Which of `side` places lie in a stretch of half of them around a random one: bool (N, side)."""
    middle = torch.randint(0, side + 1, (len(images), 1), device=images.device)
    place = torch.arange(side, device=images.device)
    return (place >= middle - side // 4) & (place < middle + side // 4)
