"""Content and texture losses against their formulas, on random pictures and random features."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from training.losses import content, texture
from training.losses.torchvision import import_torchvision


@pytest.mark.parametrize("apart", [F.mse_loss, F.l1_loss])
def test_squeezenet_content_is_the_mean_over_four_maps_of_one_energy_at_any_place_of_the_grid(features, apart):
    torch.manual_seed(0)
    photographs = torch.rand(4, 3, 64, 64) * 2 - 1
    loss = content.load_content("squeezenet", features, photographs, True, apart)
    energies = [x.square().mean().sqrt() * 12.75 for x in loss.network(photographs)]

    def wanted(top: int, left: int) -> float:
        one, other = (loss.network(x[:, :, top:, left:]) for x in (photographs[:2], photographs[2:]))
        return np.mean([apart(a / size, b / size).item() for a, b, size in zip(one, other, energies)])

    possible = [wanted(top, left) for top in range(4) for left in range(4)]
    seen = [loss(photographs[:2], photographs[2:]).item() for _ in range(20)]
    nearest = [min(range(16), key=lambda place: abs(possible[place] - value)) for value in seen]
    assert seen == pytest.approx([possible[place] for place in nearest], rel=1e-5) and len(set(nearest)) > 8


@pytest.mark.parametrize("activated", [True, False])
def test_vgg_content_is_the_papers_layer_scaled(activated):
    """Ledig et al. 2017, sections 2.2.1 and 3.2: the fourth convolution before the fifth pooling, over 12.75."""
    torch.manual_seed(0)
    layers = import_torchvision().models.vgg19(weights=None).features
    blocks = [[]]
    for index, layer in enumerate(layers):
        blocks += [[]] if isinstance(layer, torch.nn.MaxPool2d) else []
        blocks[-1] += [index] if isinstance(layer, torch.nn.Conv2d) else []
    assert blocks[4][3] == content.CONV5_4
    images = [torch.rand(1, 3, 32, 48) * 2 - 1 for _ in range(2)]
    loss = content.VggContent(layers, activated)
    normal = torchvision_normalised(images)
    with torch.no_grad():
        maps = [layers[: content.CONV5_4 + 1](x) for x in normal]
        maps = [x.relu() if activated else x for x in maps]
        assert maps[0].shape == (1, 512, 2, 3)
        wanted = ((maps[0] / 12.75 - maps[1] / 12.75) ** 2).mean()
    torch.testing.assert_close(loss(*images), wanted)
    assert not any(parameter.requires_grad for parameter in loss.parameters())


def gram(patch):
    """Mean products of any two channels of one patch (C, h, w)."""
    flat = patch.reshape(len(patch), -1)
    return flat @ flat.T / flat.shape[1]


def test_texture_is_the_difference_of_gram_matrices_of_patches_of_28_pixels(features):
    torch.manual_seed(0)
    drawn, real = (torch.rand(2, 3, 64, 92) * 2 - 1 for _ in range(2))
    loss = texture.load_texture("squeezenet", features)

    def wanted(top: int, left: int) -> float:
        parts = []
        for a, b in zip(*(loss.network(x[:, :, top:, left:], 2) for x in (drawn, real))):
            side = round(28 * a.shape[3] / (92 - left))
            places = [(n, y, x) for n in range(2) for y in range(0, a.shape[2] - side + 1, side)
                      for x in range(0, a.shape[3] - side + 1, side)]  # fmt: skip
            cut = [[gram(m[n, :, y : y + side, x : x + side]) for n, y, x in places] for m in (a, b)]
            parts.append((torch.stack(cut[0]) - torch.stack(cut[1])).abs().mean() / b.square().mean())
        return torch.stack(parts).mean().item()

    possible = [wanted(top, left) for top in range(4) for left in range(4)]
    seen = [loss(drawn, real).item() for _ in range(8)]
    assert seen == pytest.approx([min(possible, key=lambda value: abs(value - one)) for one in seen], rel=1e-5)
    assert len(set(seen)) > 4


def test_texture_does_not_ask_where_in_a_patch_things_stand(monkeypatch):
    monkeypatch.setattr(texture, "moved", lambda drawn, real: (drawn, real))
    torch.manual_seed(0)
    real = torch.rand(1, 3, 56, 56) * 2 - 1
    places = torch.randperm(784)
    within = F.unfold(real, 28, stride=28).unflatten(1, (3, 784))[:, :, places].flatten(1, 2)
    loss = texture.Texture(Pixels(), 1)
    assert loss(F.fold(within, (56, 56), 28, stride=28), real) < 1e-6
    assert loss(real.flatten(2)[:, :, torch.randperm(56**2)].view_as(real), real) > 1e-3


class Pixels(torch.nn.Module):
    """Maps that are the pictures themselves."""

    def forward(self, images, count):
        return [images] * count


def test_vggs_texture_looks_after_the_first_convolution_of_three_stages(monkeypatch):
    """Sajjadi et al. 2017, section 4.2.3: conv1_1, conv2_1 and conv3_1."""
    torch.manual_seed(0)
    layers = import_torchvision().models.vgg19(weights=None).features
    monkeypatch.setattr(texture, "vgg19", lambda: layers)
    images = torch.rand(1, 3, 32, 32) * 2 - 1
    maps = texture.load_texture("vgg19", None).network(images, 3)
    (normal,) = torchvision_normalised([images])
    with torch.no_grad():
        wanted = [layers[:end](normal) for end in (2, 7, 12)]
    assert [x.shape[1:] for x in maps] == [(64, 32, 32), (128, 16, 16), (256, 8, 8)]
    for x, y in zip(maps, wanted):
        torch.testing.assert_close(x, y)


def torchvision_normalised(images):
    """Pictures in [-1, 1] as VGG19 was trained on them, by torchvision's own transform."""
    ready = import_torchvision().transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    return [ready((x + 1) / 2) for x in images]
