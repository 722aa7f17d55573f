"""What is DCGAN's own: kernels, first weights, resize-convolutions, classes."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gan_models.networks.dcgan import DcganConfig, DcganDiscriminator, DcganGenerator
from gan_models.networks.layers import ResizeConv


@pytest.mark.parametrize(("size", "sides"), [(28, [7, 14, 28]), (32, [4, 8, 16, 32]), (64, [4, 8, 16, 32, 64])])
def test_sides_double(size, sides):
    generator = DcganGenerator(DcganConfig(size=size, width=8)).eval()
    x = torch.zeros(1, generator.config.stages[0], sides[0], sides[0])
    seen = [sides[0]]
    for step in generator.steps:
        x = step(x)
        seen += [x.shape[2]] * (x.shape[2] != seen[-1])
    assert seen == sides


def test_kernels_are_divisible_by_the_stride():
    generator = DcganGenerator(DcganConfig(size=128, width=8))
    doubling = [m for m in generator.modules() if isinstance(m, nn.ConvTranspose2d)]
    assert len(doubling) == 5
    assert all(m.kernel_size[0] % m.stride[0] == 0 for m in doubling)


def test_channels_of_the_two_layouts():
    def channels(**values):
        generator = DcganGenerator(DcganConfig(size=64, width=64, **values))
        return [m.num_features for m in generator.modules() if isinstance(m, nn.BatchNorm2d)]

    assert channels() == [512, 256, 128, 64]
    assert channels(upsampling="resize") == [256, 256, 128, 64, 32]


def test_first_weights_are_the_paper_s():
    torch.manual_seed(0)
    config = DcganConfig(width=32)
    for network in (DcganGenerator(config), DcganDiscriminator(config)):
        for module in network.modules():
            if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and module.weight.numel() > 1000:
                assert module.weight.std().item() == pytest.approx(0.02, rel=0.1)
            if isinstance(module, nn.BatchNorm2d):
                assert module.weight.mean().item() == pytest.approx(1, abs=0.02)
                assert module.bias.abs().max() == 0


def test_resize_convolution_is_nearest_doubling_and_a_3x3_convolution():
    torch.manual_seed(0)
    layer = ResizeConv(5, 7).double()
    x = torch.randn(2, 5, 6, 9, dtype=torch.float64)
    written_out = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), layer.weight, padding=1)
    torch.testing.assert_close(layer(x), written_out)


def test_a_flat_map_stays_without_grid_through_a_resize_convolution():
    torch.manual_seed(0)
    inner = ResizeConv(4, 4)(torch.ones(1, 4, 8, 8))[:, :, 2:-2, 2:-2]
    torch.testing.assert_close(inner, inner[:, :, :1, :1].expand_as(inner))


def test_classes_change_picture_and_verdict():
    torch.manual_seed(0)
    config = DcganConfig(size=32, width=16, classes=4)
    generator, discriminator = DcganGenerator(config), DcganDiscriminator(config).eval()
    z = torch.randn(1, config.latent_dim).repeat(4, 1)
    images = generator(z, torch.arange(4))
    assert (images[0] - images[1]).abs().max() > 1e-3
    same = images[:1].repeat(4, 1, 1, 1)
    verdicts = discriminator(same, torch.arange(4))
    assert verdicts.unique().numel() == 4


def test_the_verdict_on_a_class_is_the_projection_of_miyato_and_koyama():
    torch.manual_seed(0)
    discriminator = DcganDiscriminator(DcganConfig(size=32, width=16, classes=4)).eval()
    images, labels = torch.randn(3, 3, 32, 32), torch.tensor([0, 3, 1])
    features = discriminator.steps(images)
    plain = discriminator.logit(features).flatten()
    inner = torch.stack([discriminator.embedding.weight[y] @ f.sum((1, 2)) for y, f in zip(labels, features)])
    torch.testing.assert_close(discriminator(images, labels), plain + inner)


def test_spectral_norm_bounds_every_layer():
    torch.manual_seed(0)
    discriminator = DcganDiscriminator(DcganConfig(size=32, width=16, discriminator_norm="spectral"))
    for _ in range(30):
        discriminator(torch.randn(2, 3, 32, 32))
    for module in discriminator.eval().modules():
        if isinstance(module, nn.Conv2d):
            assert torch.linalg.matrix_norm(module.weight.flatten(1), 2).item() == pytest.approx(1, rel=0.05)


def test_dense_layers_judge_all_pixels_beside_the_convolutions():
    torch.manual_seed(0)
    discriminator = DcganDiscriminator(DcganConfig(size=28, width=8, dense=16, discriminator_norm="layer"))
    images = torch.rand(3, 3, 28, 28) * 2 - 1
    apart = discriminator(images) - discriminator.logit(discriminator.steps(images)).flatten()
    assert apart.unique().numel() == 3
    torch.testing.assert_close(apart, discriminator.dense(images.flatten(1)).flatten())
    other_order = images.contiguous(memory_format=torch.channels_last)
    torch.testing.assert_close(discriminator(other_order), discriminator(images))


def test_dropout_acts_in_training_only():
    torch.manual_seed(0)
    discriminator = DcganDiscriminator(DcganConfig(size=32, width=16, dropout=0.5, discriminator_norm="none"))
    images = torch.randn(4, 3, 32, 32)
    assert not torch.equal(discriminator(images), discriminator(images))
    discriminator.eval()
    assert torch.equal(discriminator(images), discriminator(images))
