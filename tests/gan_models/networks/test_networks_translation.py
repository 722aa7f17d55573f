"""The translation families: the published sizes, shapes of any source, noise by seed, hints."""

import pytest
import tiny
import torch
from torch import nn

from gan_models.errors import RequestError
from gan_models.networks import FAMILIES, build_config
from gan_models.networks.cyclegan import CycleganConfig, CycleganDiscriminator, CycleganGenerator
from gan_models.networks.inference import faster_pix2pix
from gan_models.networks.pix2pix import Pix2pixConfig, Pix2pixDiscriminator, Pix2pixGenerator
from gan_models.networks.pix2pixhd import Pix2pixhdConfig, Pix2pixhdGenerator
from gan_models.networks.translation import PatchGan

SMALL = {"size": 32, "width": 8, "patch": 16, "discriminator_width": 8}
JUDGED = {name: row for name, row in FAMILIES.items() if row.task == "translate" and row.discriminator}
GRID = [(name, values) for name, row in JUDGED.items() for values in row.example_configs]
UNPAIRED = ("cyclegan", "cartoon")
"""Families whose discriminators see no source."""
every_case = pytest.mark.parametrize(("name", "values"), GRID, ids=[f"{name}-{i}" for i, (name, _) in enumerate(GRID)])


def count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def build(name, values, seed=0):
    torch.manual_seed(seed)
    config = build_config(name, values)
    return config, FAMILIES[name].generator(config), FAMILIES[name].discriminator(config)


def given(config, number, height=32, width=32, seed=1):
    """A source, and hints where the config takes them."""
    draws = torch.Generator().manual_seed(seed)
    source = torch.rand(number, config.source_channels, height, width, generator=draws) * 2 - 1
    wants = getattr(config, "hints", False)
    return source, torch.rand(number, 4, height, width, generator=draws) if wants else None


def test_parameters_at_the_papers_sizes():
    with torch.device("meta"):
        assert count(Pix2pixGenerator(Pix2pixConfig())) == pytest.approx(54.4e6, rel=0.001)
        assert count(Pix2pixDiscriminator(Pix2pixConfig())) == pytest.approx(2.8e6, rel=0.02)
        assert count(CycleganGenerator(CycleganConfig()).translators[0]) == pytest.approx(11.4e6, rel=0.003)
        assert count(CycleganDiscriminator(CycleganConfig()).patches[0]) == pytest.approx(2.8e6, rel=0.02)
        assert count(Pix2pixhdGenerator(Pix2pixhdConfig())) == pytest.approx(182.4e6, rel=0.001)


@pytest.mark.parametrize("patch", [16, 34, 70])
def test_receptive_fields_are_those_stated_and_those_seen(patch):
    torch.manual_seed(0)
    network = PatchGan(3, 8, patch, "none").double()
    x = torch.randn(1, 3, 160, 160, dtype=torch.float64, requires_grad=True)
    logits = network.maps(x)[-1]
    middle = logits.shape[-1] // 2
    (slope,) = torch.autograd.grad(logits[0, 0, middle, middle], x)
    rows = slope.abs().sum((0, 1, 3)).nonzero()[:, 0]
    assert rows.max() - rows.min() + 1 == patch


@every_case
def test_shapes_of_square_and_other_sources(name, values):
    config, generator, discriminator = build(name, values)
    for height, width in ((32, 32), (64, 96)):
        source, hints = given(config, 2, height, width)
        drawn = generator(source, hints)
        assert drawn.shape == (2, config.channels, height, width)
        assert drawn.isfinite().all() and drawn.abs().max() <= 1
        logits = discriminator(drawn) if name in UNPAIRED else discriminator(source, drawn, hints)
        assert logits.ndim == 2 and len(logits) == 2 and logits.isfinite().all()


@every_case
def test_every_parameter_gets_a_gradient(name, values):
    config, generator, discriminator = build(name, values)
    for parameter in (*generator.parameters(), *discriminator.parameters()):
        if parameter.ndim > 1:
            nn.init.kaiming_normal_(parameter)
    source, hints = given(config, 2, 64, 64)
    if name == "cyclegan":
        both = [discriminator(generator(source, direction=side), side).square().mean() for side in (0, 1)]
        sum(both).backward()
    elif name in UNPAIRED:
        discriminator(generator(source)).square().mean().backward()
    else:
        discriminator(source, generator(source, hints), hints).square().mean().backward()
    for network in (generator, discriminator):
        before_norm = {id(layer[0].bias) for layer in _normed(network) if getattr(layer[0], "bias", None) is not None}
        for key, parameter in network.named_parameters():
            assert parameter.grad is not None, key
            assert parameter.grad.isfinite().all(), key
            # A norm takes the bias before it away again.
            assert parameter.grad.abs().max() > 1e-9 or id(parameter) in before_norm, key


def _normed(network):
    """Pairs of a convolution and the norm after it."""
    layers = list(network.modules())
    norms = (nn.BatchNorm2d, nn.InstanceNorm2d)
    return [pair for pair in zip(layers[:-1], layers[1:]) if isinstance(pair[1], norms)]


@every_case
def test_one_picture_alone_equals_the_same_in_a_batch(name, values):
    config, generator, _ = build(name, values)
    for seed in range(10):
        generator(*given(config, 4, seed=seed))  # running statistics that fit the weights
    generator.eval()
    source, hints = given(config, 3)
    with torch.inference_mode():
        batch = generator(source, hints)
        for i in range(3):
            alone = generator(source[i : i + 1], None if hints is None else hints[i : i + 1])
            torch.testing.assert_close(alone, batch[i : i + 1], atol=2e-5, rtol=0)
    assert not torch.equal(batch[0], batch[1])


@every_case
def test_state_dict_round_trip(name, values):
    config, generator, _ = build(name, values)
    _, other, _ = build(name, values, seed=9)
    other.load_state_dict({key: value.clone() for key, value in generator.state_dict().items()})
    source, hints = given(config, 2)
    with torch.inference_mode():
        assert torch.equal(generator.eval()(source, hints), other.eval()(source, hints))


@every_case
def test_wrong_sources_and_hints_are_named(name, values):
    config, generator, _ = build(name, values)
    source, hints = given(config, 1, 32, 33)
    with pytest.raises(RequestError, match=f"33x32; this network takes sides divisible by {config.multiple}"):
        generator(source, hints)
    with pytest.raises(RequestError, match="this network takes"):
        generator(torch.zeros(1, 7, 32, 32))
    source, hints = given(config, 1)
    wrong = torch.zeros(1, 4, 16, 16) if hints is not None else torch.zeros(1, 4, 32, 32)
    with pytest.raises(RequestError, match="beside this source" if hints is not None else "takes none"):
        generator(source, wrong)


def test_no_hints_are_hints_of_zeros():
    config, generator, _ = build("pix2pix", FAMILIES["pix2pix"].example_configs[1])
    source, _ = given(config, 1)
    generator.eval()
    assert torch.equal(generator(source), generator(source, torch.zeros(1, 4, 32, 32)))
    there = torch.zeros(1, 4, 32, 32)
    there[:, :, 10:14, 10:14] = 1
    assert not torch.equal(generator(source), generator(source, there))


def test_dropout_is_the_noise_at_inference_and_a_function_of_the_seed():
    config, generator, _ = build("pix2pix", {**SMALL, "depth": 5})
    tiny.liven(generator)  # first weights of 0.02 draw nearly the same whatever is dropped
    source, _ = given(config, 1)
    generator.eval()
    plain, again = generator(source), generator(source)
    assert torch.equal(plain, again)
    one, two = (generator(source, noise=torch.tensor([seed])) for seed in (1, 2))
    assert torch.equal(one, generator(source, noise=torch.tensor([1])))
    assert (one - two).abs().max() > 1e-4
    both = generator(source.repeat(2, 1, 1, 1), noise=torch.tensor([2, 1]))
    torch.testing.assert_close(both, torch.cat([two, one]), atol=1e-5, rtol=0)
    generator.train()
    torch.manual_seed(0)
    assert not torch.equal(generator(source), generator(source))
    with pytest.raises(RequestError, match="one whole number for each of 1"):
        generator(source, noise=torch.tensor([1.5]))


def test_kept_values_are_scaled_so_that_their_mean_stays():
    _, generator, _ = build("pix2pix", {**SMALL, "depth": 5})
    x = torch.ones(2, 16, 32, 32)
    dropped = generator._drop(x, [torch.Generator().manual_seed(seed) for seed in (0, 1)])
    assert set(dropped.unique().tolist()) == {0.0, 2.0}
    assert dropped.mean().item() == pytest.approx(1, abs=0.03)


def test_directions_are_two_networks():
    config, generator, _ = build("cyclegan", FAMILIES["cyclegan"].example_configs[0])
    source, _ = given(config, 1)
    assert not torch.equal(generator(source), generator(source, direction=1))
    with pytest.raises(RequestError, match="it is 0"):
        generator(source, direction=2)


def test_the_enhancer_stands_around_the_global_generator():
    alone = Pix2pixhdGenerator(Pix2pixhdConfig(**SMALL, halvings=2, blocks=1))
    around = Pix2pixhdGenerator(Pix2pixhdConfig(**{**SMALL, "size": 64}, halvings=2, blocks=1, enhancer=True))
    around.coarse.load_state_dict(alone.coarse.state_dict())


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("pix2pix", {"size": 100}, "divisible by 256"),
        ("pix2pix", {"patch": 40}, "16, 34, 70"),
        ("pix2pix", {"source_channels": 2}, "source_channels is 2"),
        ("pix2pix", {"dropout": 1.0}, "below 1"),
        ("cyclegan", {"size": 30}, "divisible by 4"),
        ("pix2pixhd", {"size": 80, "halvings": 5}, "divisible by 32"),
    ],
)
def test_impossible_configs_are_refused(name, values, said):
    with pytest.raises(RequestError, match=said):
        build_config(name, values)


@pytest.mark.parametrize("number", range(len(FAMILIES["pix2pix"].example_configs)))
def test_the_faster_form_draws_the_same(number):
    config, plain, _ = build("pix2pix", FAMILIES["pix2pix"].example_configs[number])
    tiny.liven(plain)
    for seed in range(10):
        plain(*given(config, 4, seed=seed))
    plain.eval()
    fast = faster_pix2pix(plain)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in fast.modules())
    with torch.inference_mode():
        for height, width in ((32, 32), (64, 32)):
            source, hints = given(config, 1, height, width)
            noise = torch.tensor([4])
            torch.testing.assert_close(fast(source, hints, noise), plain(source, hints, noise), atol=1e-4, rtol=0)
