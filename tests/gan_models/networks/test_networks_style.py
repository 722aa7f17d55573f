"""What a style-based generator has beside the others: styles, modulated convolutions, noise, truncation."""

import pytest
import torch
from torch.nn import functional as F

from gan_models.errors import RequestError
from gan_models.latents.seeds import truncate
from gan_models.networks import build_config
from gan_models.networks.inference import faster_stylegan2
from gan_models.networks.stylegan2 import StyleConv, Stylegan2Discriminator, Stylegan2Generator, ToRgb, enlarge

SMALL = {"size": 32, "latent_dim": 24, "w_dim": 16, "base": 512, "most": 16, "discriminator_base": 512}


def small(**values):
    torch.manual_seed(0)
    config = build_config("stylegan2", {**SMALL, **values})
    generator = Stylegan2Generator(config).eval()
    with torch.no_grad():
        for conv in (conv for block in generator.blocks for conv in block.convs):
            conv.strength.fill_(0.3), conv.bias.normal_()
        generator.mapping.w_mean.normal_()
    return generator


def drawn(generator, count=3, seed=1):
    z = torch.randn(count, generator.latent_dim, generator=torch.Generator().manual_seed(seed))
    return generator.styles(z)


@pytest.mark.parametrize(("up", "whole"), [(False, 12), (True, 8), (True, 12)])
def test_a_layer_is_the_modulated_convolution_of_the_paper_sample_by_sample(up, whole):
    """Karras et al. 2020, equations 1 and 3, with the weights of each sample written out."""
    torch.manual_seed(0)
    layer, side = StyleConv(5, 7, 4, whole, up=up), whole // 2 if up else whole
    with torch.no_grad():
        layer.bias.normal_(), layer.strength.fill_(0.7)
    x, w, noise = torch.randn(3, 5, side, side), torch.randn(3, 4), torch.randn(3, 1, whole, whole)
    factor = torch.rand(3, 5) + 0.5
    seen, left = layer(x, factor, w, noise)
    given, style = x * factor[:, :, None, None], layer.style(w)
    for sample in range(3):
        weight = layer.weight * layer.gain * style[sample][None, :, None, None]
        weight = weight / (weight.square().sum((1, 2, 3), keepdim=True) + 1e-8).sqrt()
        picture = given[sample : sample + 1]
        picture = F.interpolate(picture, scale_factor=2.0) if up else picture
        y = F.conv2d(picture, weight, padding=1) + layer.bias.view(1, -1, 1, 1) + 0.7 * noise[sample]
        expected = F.leaky_relu(y, 0.2) * 2**0.5
        whole = seen[sample : sample + 1] * left[sample][None, :, None, None]
        torch.testing.assert_close(whole, expected, atol=1e-5, rtol=1e-5)


def test_colours_are_a_convolution_by_each_samples_own_weights():
    torch.manual_seed(0)
    layer = ToRgb(6, 3, 4)
    x, factor, w = torch.randn(2, 6, 5, 5), torch.rand(2, 6) + 0.5, torch.randn(2, 4)
    style = layer.style(w)
    for sample, seen in enumerate(layer(x, factor, w)):
        weight = (layer.weight * layer.gain * style[sample] * factor[sample])[:, :, None, None]
        torch.testing.assert_close(seen, F.conv2d(x[sample], weight, layer.bias), atol=1e-5, rtol=1e-5)


def test_outputs_have_unit_deviation_however_strong_the_style_is():
    torch.manual_seed(0)
    layer, x, w = StyleConv(64, 64, 8, 16, up=False), torch.randn(4, 64, 16, 16), torch.randn(4, 8)
    for strength in (1.0, 50.0):
        with torch.no_grad():
            layer.style.bias.fill_(strength)
            y, factor = layer(x, torch.ones(4, 64), w, None)
        assert 0.7 < (y * factor[:, :, None, None]).std() < 1.3


def test_the_picture_of_a_latent_does_not_depend_on_its_batch_nor_on_the_global_seed():
    generator = small()
    z = torch.randn(5, 24, generator=torch.Generator().manual_seed(3))
    whole = generator(z)
    torch.manual_seed(99)
    for index in range(5):
        torch.testing.assert_close(generator(z[index : index + 1]), whole[index : index + 1], atol=1e-5, rtol=0)


def test_noise_is_fixed_fresh_none_or_of_a_seed_for_each_picture():
    generator = small()
    styles = drawn(generator)
    fixed, none = generator.synthesise(styles), generator.synthesise(styles, "none")
    assert torch.equal(fixed, generator.synthesise(styles, "fixed")) and not torch.equal(fixed, none)
    assert not torch.equal(generator.synthesise(styles, "fresh"), generator.synthesise(styles, "fresh"))
    seeded = generator.synthesise(styles, [4, 5, 6])
    alone = generator.synthesise(styles[1:2], [5])
    torch.testing.assert_close(alone, seeded[1:2], atol=1e-5, rtol=0)
    assert not torch.allclose(generator.synthesise(styles[1:2], [7]), alone)
    with pytest.raises(RequestError, match="'loud'; give one of fixed, fresh, none, or 3 seeds"):
        generator.synthesise(styles, "loud")
    with pytest.raises(RequestError, match="3 seeds"):
        generator.synthesise(styles, [1, 2])


def test_in_training_noise_is_fresh_and_the_mean_style_follows():
    generator = small().train()
    before, z = generator.w_mean.clone(), torch.randn(8, 24)
    assert not torch.equal(generator(z), generator(z))
    assert 0 < (generator.w_mean - before).norm() < 0.02 * before.norm()
    for _ in range(2000):
        generator.styles(z)
    z = z / z.square().mean(1, keepdim=True).sqrt()
    torch.testing.assert_close(generator.w_mean, generator.eval().styles(z)[:, 0].mean(0), atol=1e-3, rtol=0)
    assert "mapping.w_mean" in generator.state_dict()


def test_truncation_moves_styles_towards_their_mean():
    generator = small()
    z = torch.randn(3, 24)
    whole, half = generator.styles(z), generator.styles(truncate(z, 0.5))
    torch.testing.assert_close(half, generator.w_mean + (whole - generator.w_mean) / 2)
    none = generator.styles(truncate(z, 0.0))
    torch.testing.assert_close(none, generator.w_mean.expand_as(none))


def test_the_first_and_the_last_style_both_change_the_picture():
    generator = small()
    a, b = drawn(generator, 1, 1), drawn(generator, 1, 2)
    late, early = a.clone(), a.clone()
    late[:, -1], early[:, 0] = b[:, -1], b[:, 0]
    plain = generator.synthesise(a)
    assert not torch.equal(generator.synthesise(late), plain) and not torch.equal(generator.synthesise(early), plain)


def test_styles_of_another_shape_are_refused():
    with pytest.raises(RequestError, match=r"\(3, 8, 15\); this generator takes floating point \(N, 8, 16\)"):
        small().synthesise(torch.zeros(3, 8, 15))


def test_enlarging_is_the_filter_1_3_3_1():
    images = torch.randn(1, 3, 6, 6)
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0]) / 4
    kernel = (taps[:, None] * taps).expand(3, 1, 4, 4)
    expected = F.conv_transpose2d(images, kernel, stride=2, padding=1, groups=3)
    torch.testing.assert_close(enlarge(images)[:, :, 1:-1, 1:-1], expected[:, :, 1:-1, 1:-1])


def test_a_discriminator_sees_how_much_a_batch_differs_but_judges_alone():
    torch.manual_seed(0)
    discriminator = Stylegan2Discriminator(build_config("stylegan2", SMALL))
    images = torch.randn(4, 3, 32, 32)
    same = images[:1].expand(4, -1, -1, -1)
    assert (discriminator(same)[0] - discriminator(images)[0]).abs() > 1e-4
    assert discriminator.deviation > 0
    discriminator.eval()
    torch.testing.assert_close(discriminator(images)[:1], discriminator(images[:1]), atol=1e-4, rtol=1e-4)


def test_the_path_length_can_be_learned():
    """Gradients of pictures by styles have gradients themselves."""
    generator = small().train()
    styles = drawn(generator).detach().requires_grad_()
    images = generator.synthesise(styles)
    (slope,) = torch.autograd.grad((images * torch.randn_like(images)).sum(), styles, create_graph=True)
    slope.square().sum().backward()
    assert generator.blocks[0].conv.weight.grad.abs().max() > 0


def test_the_form_for_drawing_gives_the_very_pictures():
    generator = small().requires_grad_(False)
    styles, fast = drawn(generator), faster_stylegan2(generator)
    with torch.inference_mode():
        torch.testing.assert_close(fast.synthesise(styles), generator.synthesise(styles), atol=2e-5, rtol=0)
    assert all(conv.kept is None for block in generator.blocks for conv in block.convs)
