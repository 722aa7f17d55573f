"""The projected discriminator, on random features: no test needs the trained ones."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gan_models.errors import RequestError
from gan_models.networks.projected import (
    MAP_CHANNELS,
    ProjectedConfig,
    ProjectedDiscriminator,
    squeezenet_features,
)


def build(seed=0, **values):
    torch.manual_seed(seed)
    return ProjectedDiscriminator(ProjectedConfig(**{"width": 16, "mixed": 16, **values}), squeezenet_features())


def pictures(count, size=64, channels=3, seed=1):
    draws = torch.Generator().manual_seed(seed)
    coarse = torch.randn(count, channels, 8, 8, generator=draws)
    return F.interpolate(coarse, size=(size, size), mode="bilinear").clamp(-1, 1)


def test_feature_keys_are_torchvision_s():
    state = squeezenet_features().state_dict()
    fires = (3, 4, 6, 7, 9, 10, 11, 12)
    parts = ("squeeze", "expand1x1", "expand3x3")
    layers = ["features.0"] + [f"features.{fire}.{part}" for fire in fires for part in parts]
    assert set(state) == {f"{layer}.{kind}" for layer in layers for kind in ("weight", "bias")}
    assert state["features.0.weight"].shape == (64, 3, 3, 3)
    assert state["features.12.expand3x3.weight"].shape == (256, 64, 3, 3)
    assert sum(value.numel() for value in state.values()) == 722_496


@pytest.mark.parametrize("size", [32, 64, 128])
def test_maps_halve_from_half_the_side(size):
    maps = squeezenet_features()(pictures(2, size))
    shapes = [(2, channels, size >> k, size >> k) for k, channels in enumerate(MAP_CHANNELS, 1)]
    assert [tuple(x.shape) for x in maps] == shapes


def test_features_are_squeezenet_written_out():
    torch.manual_seed(0)
    network = squeezenet_features()
    state = network.state_dict()

    def conv(x, name, **options):
        return F.relu(F.conv2d(x, state[f"features.{name}.weight"], state[f"features.{name}.bias"], **options))

    def fire(x, index):
        x = conv(x, f"{index}.squeeze")
        return torch.cat([conv(x, f"{index}.expand1x1"), conv(x, f"{index}.expand3x3", padding=1)], 1)

    images = pictures(2)
    mean, deviation = torch.tensor([[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]])[:, None, :, None, None]
    x = conv(((images + 1) / 2 - mean) / deviation, "0", stride=2, padding=1)
    expected = [x]
    for block in ((3, 4), (6, 7), (9, 10, 11, 12)):
        x = F.max_pool2d(x, 3, 2, ceil_mode=True)
        for index in block:
            x = fire(x, index)
        expected.append(x)
    for got, want in zip(network(images), expected):
        torch.testing.assert_close(got, want)


@pytest.mark.parametrize(("size", "logits"), [(32, 52), (64, 64), (128, 80), (256, 96)])
@pytest.mark.parametrize("channels", [1, 3])
def test_shapes_and_finiteness(size, logits, channels):
    verdict = build(size=size, channels=channels)(pictures(2, size, channels))
    assert verdict.shape == (2, logits)
    assert verdict.isfinite().all()


def test_large_pictures_are_seen_in_halves_too():
    discriminator = build(size=128, mixed=32)
    images = pictures(2, 128)
    whole, half = discriminator.features(images), discriminator.features(F.avg_pool2d(images, 2))
    for got, want in zip(discriminator._maps(images), [*whole[:2], *half[1:]], strict=True):
        torch.testing.assert_close(got, want)
    assert [x.shape[-1] for x in discriminator.project(images)] == [64, 32, 16, 8, 4]


def test_one_more_head_looks_at_the_picture_itself():
    discriminator, images = build(size=128, mixed=32, pixels=True), pictures(2, 128)
    assert discriminator(images).shape == (2, 96)
    *maps, last = discriminator.project(images)
    assert last is images and len(maps) == 5
    # No pixel is left out.
    seen = images.clone().requires_grad_()
    discriminator.heads[-1](seen, None).square().sum().backward()
    assert (seen.grad.abs().amax((0, 1)) > 0).all()


@pytest.mark.parametrize("pixels", [False, True])
def test_only_the_heads_learn_and_every_one_of_them(pixels):
    discriminator = build(classes=2, pixels=pixels)
    images = pictures(4).requires_grad_()
    discriminator(images, torch.tensor([0, 1, 0, 1])).square().sum().backward()
    learning = {name for name, parameter in discriminator.named_parameters() if parameter.requires_grad}
    assert learning and all(name.startswith("heads.") for name in learning)
    for name, parameter in discriminator.named_parameters():
        if name in learning:
            assert parameter.grad.abs().max() > 0, name
        else:
            assert parameter.grad is None, name
    assert images.grad.abs().amax((1, 2, 3)).min() > 0


def test_calibration_gives_unit_deviation_whatever_the_features_scale():
    real = pictures(32)
    plain, louder = build(), build()
    with torch.no_grad():
        first = louder.features.features[0]
        first.weight.mul_(30), first.bias.mul_(30)
    plain.calibrate(real), louder.calibrate(real)
    for x in (*plain.project(real), *louder.project(real)):
        assert x.std().item() == pytest.approx(1, rel=1e-3)
    # Biases further in keep the two from being equal; the first map knows only the factor.
    torch.testing.assert_close(plain.map_scale[0], louder.map_scale[0] * 30)


def test_the_fixed_part_is_drawn_by_its_own_seed():
    torch.manual_seed(5)
    state = torch.random.get_rng_state()
    first, second, other = build(seed=1), build(seed=2), build(seed=1, classes=0)
    third = ProjectedDiscriminator(ProjectedConfig(width=16, mixed=16, seed=7), squeezenet_features())
    for a, b, c, d in zip(first.mixers, second.mixers, other.mixers, third.mixers):
        assert torch.equal(a.weight, b.weight) and torch.equal(a.weight, c.weight)
        assert not torch.equal(a.weight, d.weight)
    torch.random.set_rng_state(state)


def test_one_picture_alone_equals_the_same_in_a_batch():
    discriminator = build().eval()
    images = pictures(4)
    with torch.inference_mode():
        batch = discriminator(images)
        alone = torch.cat([discriminator(images[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(alone, batch, atol=1e-4, rtol=1e-4)


def test_verdict_is_judging_the_projection():
    discriminator = build().eval()
    images = pictures(2)
    assert torch.equal(discriminator(images), discriminator.judge(discriminator.project(images)))


def test_a_checkpoint_brings_calibration_and_heads_back():
    discriminator, other = build(seed=1), build(seed=2)
    discriminator.calibrate(pictures(8))
    discriminator(pictures(2))
    other.load_state_dict(discriminator.state_dict())
    images = pictures(3, seed=4)
    assert torch.equal(discriminator.eval()(images), other.eval()(images))


def test_bf16_and_channels_last():
    discriminator = build()
    discriminator.calibrate(pictures(8))
    discriminator.eval()
    images = pictures(4)
    full = discriminator(images)
    discriminator.to(memory_format=torch.channels_last)
    last = images.contiguous(memory_format=torch.channels_last).requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        half = discriminator(last)
    assert half.dtype == torch.float32
    assert (half - full).abs().mean() < 0.1 * (0.1 + full.abs().mean())
    half.sum().backward()
    assert last.grad.isfinite().all()


def test_spectral_norm_in_every_head_layer():
    for head in build(classes=2).heads:
        for module in head.modules():
            if isinstance(module, nn.Conv2d | nn.Embedding):
                assert hasattr(module, "parametrizations")


@pytest.mark.parametrize(
    ("values", "said"),
    [({"size": 28}, "28.*32, 64"), ({"channels": 4}, "channels is 4"), ({"width": 0}, "width is 0")],
)
def test_wrong_configs_are_refused(values, said):
    with pytest.raises(RequestError, match=said):
        ProjectedConfig(**values)


def test_wrong_arguments_are_refused():
    discriminator = build()
    with pytest.raises(RequestError, match=r"\(N, 3, 64, 64\)"):
        discriminator(torch.zeros(2, 3, 32, 32))
    with pytest.raises(RequestError, match="no classes"):
        discriminator(pictures(2), torch.tensor([0, 1]))
    with pytest.raises(RequestError, match="few hundred"):
        discriminator.calibrate(torch.zeros(0, 3, 64, 64))
    with pytest.raises(RequestError, match="pass labels"):
        build(classes=2)(pictures(2))
