"""What SAGAN, BigGAN, ProGAN and StyleGAN have beside the others: attention, pieces, growth, adaptive instance norm."""

import pytest
import torch
from torch import nn

from gan_models.errors import RequestError
from gan_models.latents.attention import attention
from gan_models.latents.directions import style_directions
from gan_models.latents.space import Inputs, generate
from gan_models.networks import FAMILIES, build_config
from gan_models.networks.inference import faster_blocks
from gan_models.networks.sagan import SelfAttention, Spectral
from gan_models.networks.stylegan import AdaptiveNorm

SMALL = {"size": 32, "base": 128, "most": 16, "discriminator_base": 64}


def small(name, **values):
    torch.manual_seed(0)
    return FAMILIES[name].generator(build_config(name, {**SMALL, **values})).eval()


def test_attention_is_the_weighted_sum_of_what_other_places_say():
    torch.manual_seed(0)
    layer, x = SelfAttention(16), torch.randn(2, 16, 8, 8)
    assert torch.equal(layer(x), x)
    nn.init.ones_(layer.strength)
    looks = layer.looks(x)
    assert looks.shape == (2, 64, 16)
    torch.testing.assert_close(looks.sum(2), torch.ones(2, 64))
    values = nn.functional.max_pool2d(layer.value(x), 2).flatten(2)
    place = sum(looks[1, 19, k] * values[1, :, k] for k in range(16))
    expected = x[1, :, 2, 3] + layer.out(place.view(1, -1, 1, 1)).flatten()
    torch.testing.assert_close(layer(x)[1, :, 2, 3], expected)


@pytest.mark.parametrize(("name", "sides"), [("sagan", [8, 16]), ("biggan", [16])])
def test_a_clicked_place_shows_where_attention_looks(name, sides):
    generator = small(name)
    inputs = Inputs(torch.randn(2, generator.latent_dim))
    maps = attention(generator, inputs, 1.0, 0.4)
    assert list(maps) == sides
    for side, seen in maps.items():
        assert seen.shape == (2, side // 2, side // 2)
        torch.testing.assert_close(seen.sum((1, 2)), torch.ones(2))
        whole = generator.looks(inputs.code)[side]
        assert torch.equal(seen.flatten(1), whole[:, int(0.4 * side) * side + side - 1])
    with pytest.raises(RequestError, match="x is 1.5; it is from 0 to 1"):
        attention(generator, inputs, 1.5, 0)
    with pytest.raises(RequestError, match="no self-attention"):
        attention(small("progan"), inputs, 0, 0)


def test_spectral_norm_holds_for_an_average_of_networks_too():
    torch.manual_seed(0)
    one, other = torch.randn(12, 5, 3, 3), torch.randn(12, 5, 3, 3)
    spectral, second = Spectral(one), Spectral(other)
    mean = (one + other) / 2
    spectral.u.lerp_(second.u, 0.5)
    for _ in range(20):
        spectral(mean)
    spectral.u.mul_(0.3)  # as an average of vectors is shorter than they are
    norm = torch.linalg.matrix_norm(spectral.eval()(mean).flatten(1), 2)
    assert norm.item() == pytest.approx(1, rel=0.02)


@pytest.mark.parametrize(("name", "more"), [("sagan", {"classes": 3}), ("biggan", {"classes": 3}), ("stackgan", {})])
def test_weights_normalised_and_arranged_once_draw_the_same(name, more):
    generator = small(name, **more)
    inputs = Inputs(torch.randn(2, generator.latent_dim), torch.tensor([2, 0]) if more else None)
    fast = faster_blocks(generator)
    assert not any("parametrizations" in key for key in fast.state_dict())
    torch.testing.assert_close(generate(fast, inputs), generate(generator, inputs), atol=1e-5, rtol=0)


def test_each_block_of_biggan_has_a_piece_of_the_latent_and_the_class():
    generator = small("biggan", classes=3, piece=5, embedding=7)
    z = torch.randn(1, generator.latent_dim)
    assert generator.latent_dim == 5 * 4
    first, conditions = generator.begin(z, torch.tensor([1]))
    other, others = generator.begin(z + torch.eye(20)[6], torch.tensor([1]))
    assert torch.equal(first, other)
    assert [torch.equal(a, b) for a, b in zip(conditions, others)] == [False, True, True]
    _, of_class = generator.begin(z, torch.tensor([2]))
    assert not any(torch.equal(a, b) for a, b in zip(conditions, of_class))
    assert small("biggan", classes=0)(z.repeat(1, 4)).shape == (1, 3, 32, 32)


def test_progan_draws_coarse_pictures_first_and_fades_the_next_side_in():
    generator = small("progan")
    z = torch.randn(2, generator.latent_dim)
    drawn = {}
    for grown in (1000, 1500, 2000, 3000):
        generator.grown.fill_(grown)
        drawn[grown] = generator(z)
    # From the middle of one of its 8 pixels to the next there are 4, on a line.
    slopes = drawn[1000].atanh()[..., 2:-2].unflatten(3, (7, 4)).diff(dim=4)
    torch.testing.assert_close(slopes, slopes[..., :1].expand_as(slopes), atol=1e-5, rtol=0)
    between = torch.lerp(drawn[1000].atanh(), drawn[2000].atanh(), 0.5).tanh()
    torch.testing.assert_close(drawn[1500], between, atol=1e-5, rtol=0)
    assert (drawn[3000] - drawn[2000]).abs().max() > 1e-3


def test_real_pictures_have_as_much_detail_as_progan_draws():
    generator, images = small("progan"), torch.rand(2, 3, 32, 32) * 2 - 1
    assert generator.reduced(images) is images
    small_side = nn.functional.avg_pool2d(images, 4)
    generator.grown.fill_(1000)
    coarse = generator.reduced(images)
    torch.testing.assert_close(coarse, nn.functional.interpolate(small_side, scale_factor=4.0, mode="bilinear"))
    generator.grown.fill_(1250)
    fine = nn.functional.interpolate(nn.functional.avg_pool2d(images, 2), scale_factor=2.0, mode="bilinear")
    torch.testing.assert_close(generator.reduced(images), 0.75 * coarse + 0.25 * fine)


def test_the_discriminator_of_progan_fades_in_what_it_sees():
    torch.manual_seed(0)
    judge = FAMILIES["progan"].discriminator(build_config("progan", {**SMALL, "group": 0})).eval()
    images = small("progan").reduced(torch.rand(2, 3, 32, 32))
    verdicts = {}
    for grown in (1000, 1001, 1999, 2000):
        judge.grown.fill_(grown)
        verdicts[grown] = judge(images)
    torch.testing.assert_close(verdicts[1001], verdicts[1000], atol=1e-3, rtol=0)
    torch.testing.assert_close(verdicts[1999], verdicts[2000], atol=1e-3, rtol=0)


def test_a_style_scales_and_shifts_maps_of_mean_0_and_deviation_1():
    torch.manual_seed(0)
    layer, x, w = AdaptiveNorm(5, 4, 8, 0), torch.randn(3, 5, 8, 8), torch.randn(3, 4)
    nn.init.normal_(layer.strength), nn.init.normal_(layer.bias)
    noise = torch.randn(3, 1, 8, 8)
    y = x + layer.strength[:, None, None] * noise + layer.bias[:, None, None]
    y = nn.functional.instance_norm(nn.functional.leaky_relu(y, 0.2), eps=1e-8)
    expected = y * layer.scale(w)[:, :, None, None] + layer.shift(w)[:, :, None, None]
    torch.testing.assert_close(layer(x, w, noise), expected, atol=1e-4, rtol=1e-4)


def test_the_styles_of_stylegan_are_read_layer_by_layer():
    generator = small("stylegan", latent_dim=6, w_dim=6)
    styles = generator.styles(torch.randn(1, 6)).clone()
    before = [generator.features(styles, layer) for layer in range(generator.config.layers)]
    styles[:, 4] += 1
    after = [generator.features(styles, layer) for layer in range(generator.config.layers)]
    assert [torch.equal(a, b) for a, b in zip(before, after)] == [True] * 4 + [False] * 4
    assert [len(weight) for weight in generator.style_weights] == [2 * map_.shape[1] for map_ in before]
    found = style_directions(generator, count=2, n=64, probes=2)
    assert {"principal", "closed", "closed-fine"} <= set(found) and found["closed"].shape == (2, 6)
