import numpy as np

from gan_models.pictures.resize import enlarge, factor_to, pad_to_even


def test_enlarge_repeats_pixels() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(2, 2, 3)
    large = enlarge(picture, 3)
    assert large.shape == (6, 6, 3) and np.array_equal(large[1::3, 1::3], picture)
    assert np.array_equal(large[:3, :3], np.broadcast_to(picture[0, 0], (3, 3, 3)))


def test_factors() -> None:
    assert [factor_to(size, 256) for size in (1, 28, 64, 128, 255, 256, 300)] == [256, 10, 4, 2, 2, 1, 1]


def test_padding_repeats_the_edge() -> None:
    picture = np.arange(9, dtype=np.uint8).reshape(3, 3, 1)
    padded = pad_to_even(picture)
    assert padded.shape == (4, 4, 1) and padded[3, 3, 0] == 8 and np.array_equal(padded[:3, :3], picture)
    assert pad_to_even(padded) is not None and np.array_equal(pad_to_even(padded), padded)
