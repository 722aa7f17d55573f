import numpy as np
import pytest

from gan_models.errors import RequestError
from gan_models.pictures import metrics
from gan_models.pictures.metrics import psnr, ssim

CHANCE = np.random.default_rng(3)
PICTURE = CHANCE.integers(0, 256, (40, 50, 3), dtype=np.uint8)
NOISY = (PICTURE + CHANCE.normal(0, 12, PICTURE.shape)).clip(0, 255).round().astype(np.uint8)


def luma(picture: np.ndarray) -> np.ndarray:
    return 16 + picture @ np.array([65.481, 128.553, 24.966]) / 255


def test_psnr_is_the_formula() -> None:
    inside = np.s_[4:-4, 4:-4]
    error = (luma(PICTURE)[inside] - luma(NOISY)[inside]) ** 2
    assert psnr(NOISY, PICTURE, 4) == pytest.approx(10 * np.log10(255**2 / error.mean()), abs=1e-9)
    error = (PICTURE.astype(float) - NOISY) ** 2
    assert psnr(NOISY, PICTURE, channel="RGB") == pytest.approx(10 * np.log10(255**2 / error.mean()), abs=1e-9)
    assert psnr(PICTURE, PICTURE) == float("inf")


def slow_ssim(a: np.ndarray, b: np.ndarray) -> float:
    """Wang et al. 2004, eq. 13, window by window."""
    line = np.exp(-((np.arange(11) - 5) ** 2) / (2 * 1.5**2))
    window = np.outer(line, line) / line.sum() ** 2
    found = []
    for y in range(a.shape[0] - 10):
        for x in range(a.shape[1] - 10):
            p, q = a[y : y + 11, x : x + 11], b[y : y + 11, x : x + 11]
            mp, mq = (window * p).sum(), (window * q).sum()
            vp, vq = (window * (p - mp) ** 2).sum(), (window * (q - mq) ** 2).sum()
            cov = (window * (p - mp) * (q - mq)).sum()
            c1, c2 = 6.5025, 58.5225
            found.append((2 * mp * mq + c1) * (2 * cov + c2) / ((mp**2 + mq**2 + c1) * (vp + vq + c2)))
    return float(np.mean(found))


@pytest.mark.parametrize("rows", [7, 512])
def test_ssim_is_the_formula_in_any_bands(rows: int, monkeypatch) -> None:
    monkeypatch.setattr(metrics, "ROWS", rows)
    inside = np.s_[2:-2, 2:-2]
    expected = slow_ssim(luma(NOISY)[inside], luma(PICTURE)[inside])
    assert ssim(NOISY, PICTURE, 2) == pytest.approx(expected, abs=1e-9)
    assert ssim(PICTURE, PICTURE) == pytest.approx(1)
    gray = PICTURE[:, :, :1], NOISY[:, :, :1]
    assert ssim(*gray) == pytest.approx(slow_ssim(*(g[:, :, 0].astype(float) for g in gray)), abs=1e-9)


def test_what_cannot_be_compared_is_said() -> None:
    with pytest.raises(RequestError, match="of one shape"):
        psnr(PICTURE, PICTURE[1:])
    with pytest.raises(RequestError, match="leaves nothing"):
        psnr(PICTURE, PICTURE, 20)
    with pytest.raises(RequestError, match="11x11"):
        ssim(PICTURE[:10], PICTURE[:10])
    with pytest.raises(RequestError, match="'Y' or 'RGB'"):
        psnr(PICTURE, PICTURE, channel="Cb")
