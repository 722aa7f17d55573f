"""What one result of an upscaler is worth beside the truth: likeness, detail, features, consistency."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from gan_models.errors import TrainingError, first_line
from gan_models.pictures.colour import luma
from gan_models.pictures.images import to_tensor, to_uint8
from gan_models.pictures.metrics import psnr, ssim
from gan_models.pictures.resize import resize
from training.losses.features import load_features

Distance = Callable[[np.ndarray, np.ndarray], float]
"""Two uint8 (H, W, 3) pictures to how far they lie apart."""

LEAST_SIDE = 32
"""Pixels that the deepest features need."""


def measures(picture: np.ndarray, truth: np.ndarray, low: np.ndarray, scale: int) -> dict[str, float]:
    """Every figure of one result that needs no trained network; all pictures uint8 (H, W, 3).

    `border` pixels, as many as the scale, are left out of PSNR and SSIM, as the literature does.
    """
    return {
        "PSNR Y": psnr(picture, truth, scale, "Y"),
        "SSIM Y": ssim(picture, truth, scale, "Y"),
        "PSNR RGB": psnr(picture, truth, scale, "RGB"),
        "SSIM RGB": ssim(picture, truth, scale, "RGB"),
        "consistency": consistency(picture, low),
        "high-frequency energy": 100 * high_energy(picture, scale) / max(high_energy(truth, scale), 1e-12),
    }


def consistency(picture: np.ndarray, low: np.ndarray) -> float:
    """PSNR in dB (RGB) between what was given and the result brought back down by bicubic."""
    back = resize(to_tensor(picture), *low.shape[:2])
    return psnr(to_uint8(back)[0], low, 0, "RGB")


def high_energy(picture: np.ndarray, scale: int) -> float:
    """Mean power of Y in waves that the small picture cannot hold: over 1 / (2 scale) cycles a pixel either way."""
    y = luma((to_tensor(picture) + 1) / 2)[0, 0].double()
    # Without the fade, the jump from one edge of the picture to the other would count as detail.
    vertical, horizontal = (torch.hann_window(length, False, dtype=y.dtype) for length in y.shape)
    fade = vertical[:, None] * horizontal
    power = torch.fft.fft2((y - y.mean()) * fade).abs().square()
    rows, columns = (torch.fft.fftfreq(length, dtype=y.dtype).abs() for length in y.shape)
    high = torch.maximum(rows[:, None], columns[None, :]) > 0.5 / scale
    return (power[high].sum() / fade.square().sum() / y.numel()).item()


def feature_distance(weights: Path) -> Distance:
    """Distance in the four maps of SqueezeNet 1.1, from a local file of it.

    As in LPIPS without its fitted weights (Zhang et al. 2018, eq. 1): at each place the features are scaled to
    unit length; the squared difference is averaged over places and over the maps. 0 for equal pictures, at most
    4.
    """
    network = load_features(weights)

    @torch.inference_mode()
    def distance(picture: np.ndarray, truth: np.ndarray) -> float:
        if min(picture.shape[:2]) < LEAST_SIDE:
            raise TrainingError(f"Feature distance needs {LEAST_SIDE} px a side, got {picture.shape[:2]}.")
        pairs = zip(unit(network(to_tensor(picture))), unit(network(to_tensor(truth))))
        return torch.stack([(a - b).square().sum(1).mean() for a, b in pairs]).mean().item()

    return distance


def unit(maps: list[Tensor]) -> list[Tensor]:
    """Maps with a feature vector of length one at each place."""
    return [x / x.norm(dim=1, keepdim=True).clamp_min(1e-10) for x in maps]


def lpips() -> Distance:
    """LPIPS with AlexNet (Zhang et al. 2018), by the package of that name.

    Raises TrainingError where the package is not installed or its weights can neither be read nor fetched.
    """
    from training.losses.torchvision import import_torchvision

    try:
        import_torchvision()
        import lpips as package

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it asks torchvision for its weights in the old way
            network = package.LPIPS(net="alex", verbose=False)
    except ImportError as error:
        raise TrainingError(f"LPIPS needs one more package ({first_line(error)}): pip install lpips") from None
    except (OSError, RuntimeError) as error:  # no network (URLError is an OSError), a broken download
        raise TrainingError(f"LPIPS needs weights that cannot be fetched ({first_line(error)}).") from None

    @torch.inference_mode()
    def distance(picture: np.ndarray, truth: np.ndarray) -> float:
        return network(to_tensor(picture), to_tensor(truth)).item()

    return distance


def bring_up(kernel: str) -> Callable[[np.ndarray, int], np.ndarray]:
    """Interpolation by "bicubic" or "lanczos" as an upscaler: (uint8 (H, W, 3), scale) -> uint8."""
    return lambda low, scale: to_uint8(resize(to_tensor(low), low.shape[0] * scale, low.shape[1] * scale, kernel))[0]


def bring_up_by(generator: nn.Module, bf16: bool = False) -> Callable[[np.ndarray, int], np.ndarray]:
    """A network as an upscaler, in float32 or bfloat16, the picture whole."""

    @torch.inference_mode()
    def up(low: np.ndarray, scale: int) -> np.ndarray:
        with torch.autocast("cpu", torch.bfloat16, enabled=bf16):
            return to_uint8(generator(to_tensor(low)))[0]

    return up


def means(rows: list[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each figure over the pictures."""
    return {name: float(np.mean([row[name] for row in rows])) for name in rows[0]}
