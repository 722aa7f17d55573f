"""Batch norm folded into the convolutions before it, and networks between two networks."""

import copy

import torch
from torch import Tensor, nn

from gan_models.errors import RequestError


def folded(network: nn.Module) -> nn.Module:
    """A copy in evaluation mode without the batch norms that follow a convolution in an nn.Sequential.

    In evaluation mode such a norm is a factor and a shift for each channel, which the convolution's weights
    take up: outputs differ by rounding only. Other norms stay.
    """
    network = copy.deepcopy(network).eval().requires_grad_(False)
    for parent in list(network.modules()):
        if isinstance(parent, nn.Sequential):
            for index in range(len(parent) - 1):
                pair = parent[index], parent[index + 1]
                if isinstance(pair[0], nn.Conv2d) and isinstance(pair[1], nn.BatchNorm2d):
                    parent[index], parent[index + 1] = _merged(*pair), nn.Identity()
    return network


def between(first: nn.Module, second: nn.Module, share: float) -> nn.Module:
    """The network whose weights lie `share` (0 to 1) of the way from `first` to `second`, norms folded.

    Network interpolation of Wang et al. 2018 (ESRGAN, section 3.4). Folding comes first: means of batch
    norms' statistics would not be the statistics of anything. RequestError for unlike networks.
    """
    if not 0 <= share <= 1:
        raise RequestError(f"A network lies 0 to 1 of the way between two, got {share!r}.")
    mixed, other = folded(first), folded(second).state_dict()
    own = mixed.state_dict()
    if {key: t.shape for key, t in own.items()} != {key: t.shape for key, t in other.items()}:
        raise RequestError("Only networks of the same build can be interpolated; these two differ.")
    mixed.load_state_dict({key: torch.lerp(own[key], other[key], share) for key in own})
    return mixed


def statistics(norm: nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """The running mean of a norm and its running deviation, both (channels,)."""
    if norm.running_mean is None or norm.running_var is None:
        raise RequestError("A batch norm without running statistics cannot be folded into the layer before it.")
    return norm.running_mean, torch.sqrt(norm.running_var + norm.eps)


@torch.no_grad()
def _merged(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> nn.Conv2d:
    # torch.nn.utils.fusion rounds otherwise: a fifth of the weights differ in the last bit, and pictures with them.
    mean, deviation = statistics(norm)
    scale = norm.weight / deviation
    merged = copy.deepcopy(conv)
    merged.weight.copy_(conv.weight * scale[:, None, None, None])
    bias = torch.zeros_like(mean) if conv.bias is None else conv.bias
    merged.bias = nn.Parameter((bias - mean) * scale + norm.bias, requires_grad=False)
    return merged
