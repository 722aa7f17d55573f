"""What every family that enlarges pictures must do, in several configs each."""

import pytest
import torch
from torch import nn

from gan_models.errors import RequestError
from gan_models.networks import FAMILIES, build_config, inference
from gan_models.networks.esrgan import EsrganConfig, EsrganGenerator
from gan_models.networks.inference import faster_swift
from gan_models.networks.srgan import Slope, SrganConfig, SrganDiscriminator, SrganGenerator
from gan_models.networks.swift import MOST_PARAMETERS, SwiftConfig, SwiftGenerator

GRID = [(name, values) for name, row in FAMILIES.items() if row.task == "upscale" for values in row.example_configs]
every_case = pytest.mark.parametrize(("name", "values"), GRID, ids=[f"{name}-{i}" for i, (name, _) in enumerate(GRID)])


def build(name: str, values: dict, seed: int = 0) -> nn.Module:
    """A generator whose every layer matters, with batch statistics as after a training."""
    torch.manual_seed(seed)
    generator = FAMILIES[name].generator(build_config(name, values))
    for layer in generator.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
        elif isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.running_var, 0.5, 2.0)
            nn.init.normal_(layer.running_mean, 0.0, 0.1)
    return generator.eval()


def pictures(*shape: int, seed: int = 1) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed)) * 2 - 1


@every_case
def test_shapes_scale_and_type(name, values):
    generator = build(name, values)
    scale = values.get("scale", 4)
    assert generator.scale == scale
    for height, width in ((1, 1), (1, 7), (5, 6), (9, 4)):
        images = generator(pictures(2, 3, height, width))
        assert images.shape == (2, 3, scale * height, scale * width)
        assert images.isfinite().all()
    with torch.autocast("cpu", torch.bfloat16):
        assert generator(pictures(1, 3, 8, 8)).dtype == torch.float32
    assert generator.double()(pictures(1, 3, 8, 8).double()).dtype == torch.float64


@every_case
def test_the_receptive_field_is_what_pixels_say(name, values):
    """Perturbing a pixel at the rim of the square changes the block in its middle, one further out does not."""
    generator = build(name, values).double()
    radius = generator.receptive_field // 2
    assert generator.receptive_field == 2 * radius + 1
    side = 2 * radius + 5
    middle = side // 2
    images = pictures(1, 3, side, side).double()
    block = slice(middle * generator.scale, (middle + 1) * generator.scale)
    with torch.inference_mode():
        before = generator(images)[..., block, block]
        for distance in (radius, radius + 1):
            for row, column in ((-distance, 0), (distance, 0), (0, -distance), (0, distance), (distance, -distance)):
                changed = images.clone()
                changed[..., middle + row, middle + column] += 100
                moved = (generator(changed)[..., block, block] - before).abs().max()
                assert (moved > 0) == (distance == radius), (row, column)


@every_case
def test_every_parameter_gets_a_gradient(name, values):
    generator = build(name, values).train()
    generator(pictures(2, 3, 8, 8)).square().sum().backward()
    for key, parameter in generator.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 1e-9, key


@every_case
def test_one_picture_alone_equals_the_same_in_a_batch_and_in_channels_last(name, values):
    generator, images = build(name, values), pictures(3, 3, 10, 12)
    with torch.inference_mode():
        batch = generator(images)
        torch.testing.assert_close(generator(images[1:2]), batch[1:2], atol=1e-4, rtol=1e-4)
        last = generator.to(memory_format=torch.channels_last)(images.to(memory_format=torch.channels_last))
    torch.testing.assert_close(last, batch, atol=1e-4, rtol=1e-4)


@every_case
def test_wrong_pictures_are_refused(name, values):
    generator = build(name, values)
    for bad in (torch.zeros(3, 8, 8), torch.zeros(1, 1, 8, 8), torch.zeros(1, 3, 0, 8), torch.zeros(1, 3, 8, 8).byte()):
        with pytest.raises(RequestError, match=r"\(N, 3, H, W\)"):
            generator(bad)


def test_an_untrained_swift_network_repeats_pixels():
    images = pictures(1, 3, 12, 12)
    generator = SwiftGenerator(SwiftConfig())
    drawn = generator(images)
    repeated = images.repeat_interleave(4, 2).repeat_interleave(4, 3)
    assert (drawn - repeated).square().mean().sqrt() < 0.1
    torch.testing.assert_close(nn.functional.pixel_shuffle(generator.unshuffled(images), 4), drawn)


@pytest.mark.parametrize("values", [{}, {"width": 48, "blocks": 12}, {"width": 16, "blocks": 3, "scale": 2}])
def test_swift_counts_its_parameters_and_keeps_its_limit(values):
    config = SwiftConfig(**values)
    counted = sum(p.numel() for p in SwiftGenerator(config).parameters())
    assert counted == config.parameters <= MOST_PARAMETERS
    assert not any(isinstance(layer, nn.BatchNorm2d | nn.GroupNorm) for layer in SwiftGenerator(config).modules())


def test_srresnet_has_the_papers_layers():
    """Ledig et al. 2017, figure 4: layers counted by hand."""
    generator = SrganGenerator(SrganConfig())
    convs = [layer for layer in generator.modules() if isinstance(layer, nn.Conv2d)]
    assert [conv.kernel_size[0] for conv in convs] == [9] + [3] * (2 * 16 + 1 + 2) + [9]
    assert [conv.out_channels for conv in convs] == [64] * 34 + [256, 256, 3]
    assert sum(isinstance(layer, nn.BatchNorm2d) for layer in generator.modules()) == 33
    assert sum(isinstance(layer, nn.PReLU) for layer in generator.modules()) == 1 + 16 + 2
    judge = SrganDiscriminator(SrganConfig())
    strides = [layer.stride[0] for layer in judge.modules() if isinstance(layer, nn.Conv2d)]
    channels = [layer.out_channels for layer in judge.modules() if isinstance(layer, nn.Conv2d)]
    assert (strides, channels) == ([1, 2] * 4, [64, 64, 128, 128, 256, 256, 512, 512])
    assert [layer.out_features for layer in judge.modules() if isinstance(layer, nn.Linear)] == [1024, 1]


def test_slope_is_prelu():
    slope, plain = Slope(), nn.PReLU()
    for weight in (0.25, -0.5, 0.9):
        nn.init.constant_(slope.weight, weight), nn.init.constant_(plain.weight, weight)
        x = pictures(2, 3, 5, 5).requires_grad_()
        grads = [torch.autograd.grad(layer(x).square().sum(), (x, layer.weight)) for layer in (slope, plain)]
        torch.testing.assert_close(slope(x), plain(x))
        torch.testing.assert_close(grads[0], grads[1])


@pytest.mark.parametrize("config", [SrganConfig(judge_width=4), EsrganConfig(judge_width=4)])
def test_the_discriminator_judges_crops_of_any_size(config):
    judge = SrganDiscriminator(config)
    for size in ((16, 16), (33, 20), (64, 96)):
        assert judge(pictures(2, 3, *size)).shape == (2,)
    for bad in (pictures(1, 3, 15, 40), pictures(1, 1, 32, 32), pictures(3, 32, 32)):
        with pytest.raises(RequestError, match="16 px"):
            judge(bad)


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("swift", {"width": 40}, "multiple of 16"),
        ("swift", {"width": 128}, "at most 600,000"),
        ("swift", {"scale": 5}, "scale is 5"),
        ("srgan", {"scale": 3}, "scale is 3.*1, 2, 4"),
        ("esrgan", {"blocks": 0}, "blocks is 0"),
        ("srgan", {"classes": 2}, "'classes'"),
    ],
)
def test_wrong_configs_are_refused(name, values, said):
    with pytest.raises(RequestError, match=said):
        build_config(name, values)


def older_names(state: dict, blocks: int, doublings: int) -> dict:
    """A state dictionary as ESRGAN published it ("model.N"), written out by hand."""
    last = 3 * doublings + 2
    places = {"conv_first": "model.0", "conv_body": f"model.1.sub.{blocks}", "conv_hr": f"model.{last}"}
    places |= {"conv_last": f"model.{last + 2}"} | {f"conv_up{n}": f"model.{3 * n}" for n in range(1, doublings + 1)}
    renamed = {}
    for key, value in state.items():
        layer, _, kind = key.rpartition(".")
        if layer in places:
            renamed[f"{places[layer]}.{kind}"] = value
        else:
            _, block, dense, conv = layer.split(".")
            renamed[f"model.1.sub.{block}.{dense.upper()}.{conv}.0.{kind}"] = value
    return renamed


def test_a_real_esrgan_checkpoint_of_spandrel_draws_the_same():
    """spandrel's own class, if it is installed: the published definition, with weights of one seed."""
    from training.losses.torchvision import import_torchvision

    import_torchvision()
    spandrel = pytest.importorskip("spandrel.architectures.ESRGAN")
    torch.manual_seed(0)
    theirs = spandrel.ESRGAN(num_filters=8, num_blocks=2, scale=4).eval()
    ours = EsrganGenerator(EsrganConfig(width=8, growth=32, blocks=2)).eval()
    theirs.load_state_dict(older_names(ours.state_dict(), ours.config.blocks, ours.config.doublings))
    images = pictures(1, 3, 7, 9)
    with torch.inference_mode():
        torch.testing.assert_close(ours(images), theirs((images + 1) / 2) * 2 - 1, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("values", [{"width": 16, "blocks": 2}, {"scale": 2, "width": 32, "blocks": 1}])
def test_a_swift_network_is_fused_and_draws_the_same(values):
    """If this torch has no fused convolutions, the plain network is what is used."""
    plain = build("swift", values)
    fast = faster_swift(plain)
    assert (fast.scale, fast.receptive_field, fast.config) == (plain.scale, plain.receptive_field, plain.config)
    for size in ((1, 1), (7, 12), (33, 20)):
        images = pictures(1, 3, *size)
        last = images.contiguous(memory_format=torch.channels_last)
        with torch.inference_mode():
            torch.testing.assert_close(fast(images), plain(images), atol=1e-4, rtol=1e-5)
            with torch.autocast("cpu", torch.bfloat16):
                drawn, wanted = fast(last), plain(last)
        assert drawn.dtype == torch.float32
        assert (drawn - wanted).abs().max() < 0.02 * wanted.abs().max()
    with pytest.raises(RequestError, match="N, 3, H, W"):
        fast(torch.zeros(1, 1, 8, 8))


def test_without_the_fused_operators_the_plain_network_serves(monkeypatch):
    plain = build("swift", {"width": 16, "blocks": 1})
    monkeypatch.setattr(inference, "_fused", lambda *_: torch.ops.mkldnn.no_such_operator())
    assert faster_swift(plain) is plain


def test_bf16_on_a_processor_without_it_is_left_to_torchs_own_layers(monkeypatch):
    plain = build("swift", {"width": 16, "blocks": 1})
    fast, images = inference.FusedSwift(plain), pictures(1, 3, 7, 9)
    monkeypatch.setattr(torch.ops.mkldnn, "_is_mkldnn_bf16_supported", lambda: False)
    monkeypatch.setattr(inference, "_fused", lambda *_, **__: pytest.fail("the fused operators refuse bf16 here"))
    with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16):
        assert torch.equal(fast(images), plain(images))
