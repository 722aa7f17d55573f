"""CIELAB against known values, there and back, and colourfulness."""

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.pictures.colour import CHROMA, colourfulness, join_lab, split_lab

# sRGB to L, a, b of the standard white D65, from the CIE's formulas.
KNOWN = {
    (255, 255, 255): (100, 0, 0),
    (0, 0, 0): (0, 0, 0),
    (119, 119, 119): (50.03, 0, 0),
    (255, 0, 0): (53.24, 80.09, 67.20),
    (0, 255, 0): (87.73, -86.18, 83.18),
    (0, 0, 255): (32.30, 79.19, -107.86),
}


def colour(*levels):
    return torch.tensor(levels, dtype=torch.float32).view(1, 3, 1, 1) / 127.5 - 1


@pytest.mark.parametrize("levels", KNOWN)
def test_known_colours(levels):
    lightness, chroma = split_lab(colour(*levels))
    found = ((lightness + 1) * 50).item(), *(chroma.flatten() * CHROMA).tolist()
    assert found == pytest.approx(KNOWN[levels], abs=0.05)


def test_every_colour_comes_back():
    draws = torch.Generator().manual_seed(0)
    levels = torch.randint(0, 256, (1, 3, 64, 64), generator=draws).float()
    lightness, chroma = split_lab(levels / 127.5 - 1)
    assert lightness.abs().max() <= 1 and chroma.abs().max() <= 1
    again = (join_lab(lightness, chroma) + 1) * 127.5
    assert (again - levels).abs().max() < 0.05


def test_no_chroma_is_gray_and_colours_beyond_srgb_are_clamped():
    lightness = torch.linspace(-1, 1, 11).view(1, 1, 1, 11)
    gray = join_lab(lightness, torch.zeros(1, 2, 1, 11))
    assert (gray.amax(1) - gray.amin(1)).max() < 1e-3
    wild = join_lab(lightness, torch.ones(1, 2, 1, 11))
    assert wild.abs().max() <= 1 + 1e-6


def test_gradients_reach_the_chroma_everywhere():
    chroma = torch.zeros(1, 2, 4, 4, requires_grad=True)
    lightness = torch.linspace(-1, 1, 16).view(1, 1, 4, 4)
    join_lab(lightness, chroma).square().sum().backward()
    assert chroma.grad.isfinite().all()


def test_colourfulness_is_zero_for_gray_and_large_for_rainbows():
    gray = torch.rand(1, 1, 16, 16).expand(1, 3, 16, 16)
    assert colourfulness(gray).item() == pytest.approx(0, abs=1e-3)
    draws = torch.Generator().manual_seed(0)
    wild = torch.randint(0, 2, (1, 3, 16, 16), generator=draws).float() * 2 - 1
    assert colourfulness(wild).item() > 100


def test_gray_pictures_are_refused():
    with pytest.raises(RequestError, match="3, H, W"):
        split_lab(torch.zeros(1, 1, 4, 4))
