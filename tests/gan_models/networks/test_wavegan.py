"""The network of sounds: its transform, its noises, its conditions, and what both players refuse."""

import pytest
import torch

from gan_models.errors import RequestError
from gan_models.networks import FAMILIES
from gan_models.networks.wavegan import BANDS, LOUDEST, Lapped, WaveganConfig, WaveganDiscriminator, WaveganGenerator

CONFIG = WaveganConfig(**FAMILIES["wavegan"].example_configs[0])
LABELS = torch.tensor([0, 1, 2, 0])


@pytest.fixture(scope="module")
def players() -> tuple[WaveganGenerator, WaveganDiscriminator]:
    torch.manual_seed(0)
    sounds = torch.randn(8, 1, 1, CONFIG.length) * torch.linspace(1, 0, CONFIG.length)
    players = WaveganGenerator(CONFIG).eval(), WaveganDiscriminator(CONFIG).eval()
    for player in players:
        player.calibrate(sounds)
    return players


def test_bands_give_the_samples_back_and_a_sine_lies_in_its_band() -> None:
    lapped = Lapped()
    sounds = torch.randn(2, 1, 1, 1024)
    assert torch.allclose(lapped.back(lapped(sounds))[..., 16:-16], sounds[..., 16:-16], atol=1e-5)
    sine = torch.sin(torch.arange(1024) * torch.pi * 5.5 / BANDS).view(1, 1, 1, -1)
    assert lapped(sine).square().mean((0, 2, 3)).argmax() == 5


def test_sounds_end_in_silence_and_none_is_too_loud(players) -> None:
    generator, _ = players
    generator.gain.mul_(100)
    sounds = generator(torch.randn(4, CONFIG.latent_dim), LABELS)
    generator.gain.div_(100)
    assert sounds.shape == (4, 1, 1, CONFIG.length)
    assert torch.allclose(sounds.abs().amax((1, 2, 3)), torch.tensor(LOUDEST)) and not sounds[..., -1].any()


def test_noise_is_a_latents_own_and_another_each_time_while_it_learns(players) -> None:
    generator, _ = players
    z = torch.randn(2, CONFIG.latent_dim)
    assert torch.equal(generator.noise(z), generator.noise(z)) and abs(generator.noise(z).std() - 1) < 0.1
    generator.train()
    assert not torch.equal(generator.noise(z), generator.noise(z))
    generator.eval()


def test_the_critic_answers_three_times_by_kind_and_moves_sounds_only_while_it_learns(players) -> None:
    _, critic = players
    sounds = 0.1 * torch.randn(4, 1, 1, CONFIG.length)
    both = critic.judge(sounds, LABELS)
    assert both.shape == (4, 3) and torch.equal(critic(sounds, LABELS), both.mean(1))
    assert not torch.allclose(critic(sounds, LABELS), critic(sounds, LABELS.flip(0)))
    critic.train()
    torch.manual_seed(1)
    assert not torch.equal(critic.shuffled(sounds), sounds)
    critic.eval()


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda g, d: g(torch.randn(4, 7), LABELS), "latents have shape"),
        (lambda g, d: g(torch.randn(4, CONFIG.latent_dim)), "pass labels"),
        (lambda g, d: d(torch.zeros(4, 1, 1, 100), LABELS), "sounds have shape"),
        (lambda g, d: WaveganConfig(length=5000), "multiple of 512"),
        (lambda g, d: WaveganConfig(latent_dim=8), "latent_dim"),
    ],
)
def test_what_does_not_fit_is_refused(players, act, said) -> None:
    with pytest.raises(RequestError, match=said):
        act(*players)
