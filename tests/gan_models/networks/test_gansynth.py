"""The network of notes: what it draws, what its judge hears, and what both refuse."""

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.networks import FAMILIES
from gan_models.networks.gansynth import GansynthConfig, GansynthDiscriminator, GansynthGenerator

CONFIG = GansynthConfig(**FAMILIES["gansynth"].example_configs[0])
LABELS = torch.tensor([0, 6, 12])


@pytest.fixture(scope="module")
def players() -> tuple[GansynthGenerator, GansynthDiscriminator]:
    torch.manual_seed(0)
    return GansynthGenerator(CONFIG).eval(), GansynthDiscriminator(CONFIG).eval()


@torch.no_grad()
def test_a_latent_and_a_pitch_give_the_same_note_each_time(players) -> None:
    generator, _ = players
    z = torch.randn(3, CONFIG.latent_dim, generator=torch.Generator().manual_seed(1))
    sounds = generator.of_kind(z, generator.kind(LABELS, 3))
    assert sounds.shape == (3, 1, 1, CONFIG.length) and sounds.abs().max() <= 1
    assert torch.allclose(sounds[1:2], generator.of_kind(z[1:2], generator.kind(LABELS[1:2], 1)), atol=1e-3)


@torch.no_grad()
def test_the_judge_is_told_the_pitch_and_hears_sounds(players) -> None:
    generator, judge = players
    pictures = generator(torch.randn(3, CONFIG.latent_dim), LABELS)
    assert not torch.allclose(judge(pictures, LABELS), judge(pictures, LABELS.flip(0)))
    sounds = generator.partials.sounds(pictures, judge.keyboard.hertz(LABELS))[:, None, None]
    assert judge.of_sounds(sounds, LABELS).shape == (3,)
    assert generator.timbre(sounds, LABELS).shape == (3, CONFIG.latent_dim)


@torch.no_grad()
def test_latents_are_spread_as_what_the_ear_hears() -> None:
    generator = GansynthGenerator(CONFIG).eval()
    z = torch.randn(4000, CONFIG.latent_dim, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(generator.settled(z), z, atol=0.01)
    heard = 1 + z @ torch.randn(CONFIG.latent_dim, CONFIG.latent_dim, generator=torch.Generator().manual_seed(1))
    generator.follow(heard, torch.full_like(heard, -10), rate=1.0)
    drawn = generator.settled(z)
    assert (drawn.mean(0) - 1).abs().max() < 0.3
    assert torch.allclose(torch.cov(drawn.T), torch.cov(heard.T), atol=2)
    sounds = generator.partials.sounds(
        generator.pictures(heard[:3], LABELS.float()[:, None]), generator.keyboard.hertz(LABELS)
    )
    again = generator.settled(generator.timbre(sounds[:, None, None], LABELS))
    assert torch.allclose(
        again, generator.ear(generator.partials.pictures(sounds, generator.keyboard.hertz(LABELS)))[0], atol=0.01
    )


def test_noise_is_another_each_time_while_it_learns(players) -> None:
    grain, x = players[0].grains["16"], torch.zeros(1, 8, 16, 16)
    with torch.no_grad():
        grain.strength.fill_(1)
        assert torch.equal(grain(x), grain(x))
        grain.train()
        assert not torch.equal(grain(x), grain(x))
        grain.strength.fill_(0)
    grain.eval()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda g, d: g(torch.randn(3, 7), LABELS), "latents have shape"),
        (lambda g, d: g(torch.randn(3, CONFIG.latent_dim), LABELS + 1), "classes 0 to 12"),
        (lambda g, d: d(torch.zeros(3, 3, 8, 8), LABELS), "pictures have shape"),
        (lambda g, d: d.of_sounds(torch.zeros(3, 1, 1, 100), LABELS), "sounds have shape"),
        (lambda g, d: GansynthConfig(lowest=100), "lowest"),
    ],
)
def test_what_does_not_fit_is_refused(players, act, said) -> None:
    with pytest.raises(RequestError, match=said):
        act(*players)
