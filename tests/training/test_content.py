"""Content losses against their formulas, on random pictures and random features."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from training import content
from training.vision import import_torchvision


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


def torchvision_normalised(images):
    """Pictures in [-1, 1] as VGG19 was trained on them, by torchvision's own transform."""
    ready = import_torchvision().transforms.Normalize((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
    return [ready((x + 1) / 2) for x in images]
