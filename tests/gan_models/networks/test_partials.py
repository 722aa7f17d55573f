"""Notes as pictures of their partials, and back: pitch, loudness, strings out of tune, noise."""

import math

import pytest
import torch

from gan_models.networks.partials import FRAMES, PARTIALS, Partials, decibels, hertz, name_of, tuning

RATE, LENGTH = 8000, 8192
TIME = torch.arange(LENGTH) / RATE


@pytest.fixture(scope="module")
def partials() -> Partials:
    return Partials(RATE, LENGTH)


def note(frequency: float, levels: list[float], stiffness: float = 0.0) -> torch.Tensor:
    """Partials so many decibels loud, of a string so stiff."""
    places = [k * frequency * math.sqrt(1 + stiffness * k * k) for k in range(1, len(levels) + 1)]
    return sum(10 ** (db / 20) * torch.sin(2 * math.pi * place * TIME) for place, db in zip(places, levels))


def test_a_note_comes_back_from_its_picture_partial_by_partial(partials) -> None:
    sound = note(262, [-10, -30, -20, -40])
    picture = partials.picture(sound, 261.63)
    assert picture.shape == (3, PARTIALS, FRAMES) and picture.abs().max() <= 1
    assert torch.allclose(decibels(picture[0, :4, 5:-5]).mean(1), torch.tensor([-10.0, -30, -20, -40]), atol=0.5)
    assert (picture[0, 20:] == -1).all() and decibels(picture[2, :4, 5:-5]).max() < -60
    again = partials.picture(partials.sounds(picture[None], torch.tensor([261.63]))[0], 261.63)
    assert (again - picture)[0, :4, 5:-5].abs().max() < 0.05


def test_a_note_sounds_where_its_picture_says(partials) -> None:
    picture = torch.full((1, 3, PARTIALS, FRAMES), -1.0)
    picture[:, 0, 0], picture[:, 1] = 0.8, 0.5
    power = torch.fft.rfft(partials.sounds(picture, torch.tensor([440.0]))[0]).abs()
    assert abs(power.argmax() * RATE / LENGTH - 440 * 2 ** (0.5 / 12)) < 1


def test_noise_between_partials_is_told_from_them(partials) -> None:
    torch.manual_seed(0)
    sound = note(880, [-10]) + 0.01 * torch.randn(LENGTH)
    noise = decibels(partials.picture(sound, 880.0)[2, :4, 5:-5]).mean()
    assert abs(noise + 40) < 3
    hiss = torch.full((1, 3, PARTIALS, FRAMES), -1.0)
    hiss[:, 2] = 0
    loud = partials.sounds(hiss, torch.tensor([880.0]))[0, 500:-500]
    assert abs(20 * loud.square().mean().sqrt().log10() + 40) < 2


def test_the_tuning_of_a_stiff_string_is_found(partials) -> None:
    sound = note(131.5, [-20] * 20, stiffness=2e-4)
    cents, stiffness = tuning(sound, 130.81, RATE, 25)
    assert abs(float(cents) - 9) <= 3 and float(stiffness) == pytest.approx(2e-4)
    assert all(not float(value) for value in tuning(note(130.81, [-20] * 20), 130.81, RATE, 25))


def test_rows_end_below_the_highest_frequency_and_none_is_too_loud(partials) -> None:
    pictures = torch.ones(2, 3, PARTIALS, FRAMES)
    frequencies = hertz(torch.tensor([60, 96]))
    blank = partials.blank(pictures, frequencies)
    assert [int((one[0, :, 0] > 0).sum()) for one in blank] == [partials.rows(float(f)) for f in frequencies] == [14, 1]
    assert partials.sounds(pictures, frequencies).abs().max() <= 1
    assert (name_of(36), name_of(61), name_of(96)) == ("C2", "C#4", "C7")
