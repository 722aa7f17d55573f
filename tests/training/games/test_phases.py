"""Phases: who learns in which, how often, and from which loss."""

import pytest
import torch
from torch import nn

from gan_models.networks.vanilla import VanillaConfig, VanillaDiscriminator, VanillaGenerator
from training.games.phases import Batch, Game, Growth, adversarial, discriminator_turn, draw, generator_turn
from training.losses.adversarial import LOSSES, discriminator_loss, generator_loss

CONFIG = VanillaConfig(latent_dim=4, size=8, channels=1, width=8)


@pytest.fixture
def networks() -> dict[str, nn.Module]:
    torch.manual_seed(0)
    return {"generator": VanillaGenerator(CONFIG), "discriminator": VanillaDiscriminator(CONFIG)}


def batch() -> Batch:
    return Batch(torch.rand(6, 1, 8, 8) * 2 - 1, torch.arange(6) % 2)


def with_gradient(network: nn.Module) -> bool:
    return any(p.grad is not None and bool(p.grad.any()) for p in network.parameters())


@pytest.mark.parametrize("loss", LOSSES)
def test_the_two_turns_are_the_losses_of_that_name(networks, loss):
    game, drawn = Game(loss, latent_dim=4), batch()
    torch.manual_seed(1)
    by_phase, _ = generator_turn(networks, drawn, game)
    fake = drawn.drawn["pictures"]
    on_real = networks["discriminator"](drawn.images).detach()
    assert torch.equal(by_phase, generator_loss(loss, networks["discriminator"](fake), on_real))
    by_phase, _ = discriminator_turn(networks, drawn, game)
    expected = discriminator_loss(loss, networks["discriminator"](drawn.images), networks["discriminator"](fake))
    assert torch.equal(by_phase, expected)


def test_the_discriminators_turn_gives_the_generator_no_gradient(networks):
    drawn = batch()
    for shared in (True, False):
        if shared:
            generator_turn(networks, drawn, Game(latent_dim=4))
        loss, _ = discriminator_turn(networks, drawn, Game(latent_dim=4))
        loss.backward()
        assert with_gradient(networks["discriminator"])
        assert not with_gradient(networks["generator"])


def test_the_generators_pictures_serve_the_discriminator_once(networks):
    drawn = batch()
    generator_turn(networks, drawn, Game(latent_dim=4))
    discriminator_turn(networks, drawn, Game(latent_dim=4))
    assert drawn.drawn == {}


def test_penalties_enter_with_their_weight(networks):
    drawn, weight = batch(), 10.0
    torch.manual_seed(2)
    plain, _ = discriminator_turn(networks, drawn, Game("wasserstein", latent_dim=4))
    torch.manual_seed(2)
    penalised, numbers = discriminator_turn(networks, drawn, Game("wasserstein", latent_dim=4, penalty=weight))
    assert torch.allclose(penalised, plain + weight * numbers["penalty"])
    r1 = adversarial(Game(latent_dim=4, r1=2.0, r1_every=4))[-1]
    loss, numbers = r1.loss(networks, drawn)
    assert r1.every == 4
    assert torch.allclose(loss, numbers["slope"] * 2.0 / 2 * 4)


def test_clipping_and_critic_steps_belong_to_the_discriminators_phase(networks):
    generator, discriminator = adversarial(Game("wasserstein", latent_dim=4, critic_steps=5, clip=0.01))
    assert (generator.repeat, discriminator.repeat) == (1, 5)
    discriminator.after(networks["discriminator"])
    assert max(float(p.detach().abs().max()) for p in networks["discriminator"].parameters()) <= 0.01 + 1e-9
    assert generator.after is None


def test_augmentation_reaches_the_discriminators_eyes(networks):
    seen = []
    networks["discriminator"].register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    drawn = batch()
    torch.manual_seed(0)
    discriminator_turn(networks, drawn, Game(latent_dim=4, augment=("cutout",)))
    assert not torch.equal(seen[0], drawn.images)


def test_labels_stay_out_of_networks_without_classes(networks):
    loss, _ = generator_turn(networks, batch(), Game(latent_dim=4, classes=0))
    assert torch.isfinite(loss)


def test_flatness_at_every_step_is_part_of_the_discriminators_loss(networks):
    drawn, game = batch(), Game("relativistic", latent_dim=4, r1=2.0, r2=4.0, r1_every=1)
    assert [phase.name for phase in adversarial(game)] == ["generator", "discriminator"]
    torch.manual_seed(3)
    plain, _ = discriminator_turn(networks, drawn, Game("relativistic", latent_dim=4))
    torch.manual_seed(3)
    loss, numbers = discriminator_turn(networks, drawn, game)
    assert torch.allclose(loss, plain + numbers["slope"] * 2.0 / 2 + numbers["slope_drawn"] * 4.0 / 2)


def test_r2_alone_has_a_phase_of_its_own_between_steps(networks):
    penalise = adversarial(Game(latent_dim=4, r2=2.0, r1_every=4))[-1]
    loss, numbers = penalise.loss(networks, batch())
    assert penalise.every == 4 and list(numbers) == ["slope_drawn"]
    assert torch.allclose(loss, numbers["slope_drawn"] * 2.0 / 2 * 4)


def test_a_batchs_own_dice_draw_its_latents_and_leave_torchs_alone(networks):
    before = torch.get_rng_state()
    drawn = [draw_with(networks, seed) for seed in (5, 5, 6)]
    assert torch.equal(drawn[0], drawn[1]) and not torch.equal(drawn[0], drawn[2])
    assert torch.equal(before, torch.get_rng_state())


def draw_with(networks, seed: int) -> torch.Tensor:
    own = Batch(torch.zeros(6, 1, 8, 8))
    own.dice = torch.Generator().manual_seed(seed)
    return draw(networks["generator"].eval(), own, Game(latent_dim=4))


def test_a_network_is_held_at_each_side_and_faded_to_the_next():
    growth = Growth(first=1, last=3, hold=100, fade=50)
    seen = {0: 1000, 99: 1000, 100: 1000, 125: 1500, 150: 2000, 249: 2000, 275: 2500, 300: 3000, 9999: 3000}
    assert {pictures: growth.at(pictures) for pictures in seen} == seen
    assert Growth(1, 3, 100, 0).at(100) == 2000
