"""ESRGAN's generator of Wang et al. 2018 ("ESRGAN: Enhanced super-resolution generative adversarial networks").

Residual-in-residual dense blocks without normalisation (section 3.1, figure 4), nearest-neighbour doublings.
Tensors have the names of Real-ESRGAN's published checkpoints (`conv_first`, `body.0.rdb1.conv1`, ...);
`from_published` also reads the two older ways of naming them. Inside, as there, pictures lie in [0, 1].
The discriminator is SRGAN's, as in the paper; the loss is relativistic (section 3.2, `training.losses`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gan_models.errors import WeightError
from gan_models.networks.layers import at_least_single, check_choice, check_low, check_number, reach
from gan_models.tensors import compare

RESIDUE = 0.2
"""What a block adds is scaled by this (section 3.1, "residual scaling")."""

# What BasicSR (2018) and BSRGAN call a tensor, and what Real-ESRGAN does.
_RENAMED = (
    (r"RRDB_trunk\.(\d+)\.RDB(\d)\.conv(\d)\.", r"body.\1.rdb\2.conv\3."),
    (r"model\.1\.sub\.(\d+)\.RDB(\d)\.conv(\d)\.0\.", r"body.\1.rdb\2.conv\3."),
    (r"model\.1\.sub\.\d+\.", "conv_body."),
    (r"model\.0\.", "conv_first."),
    (r"trunk_conv\.", "conv_body."),
    (r"upconv(\d)\.", r"conv_up\1."),
    (r"HRconv\.", "conv_hr."),
)


@dataclass(frozen=True)
class EsrganConfig:
    """`width` channels on the trunk, `growth` added by each layer of a dense block, `blocks` of three of those.

    `judge_width` is the number of channels of the discriminator's first layer.
    """

    scale: int = 4
    width: int = 64
    growth: int = 32
    blocks: int = 23
    judge_width: int = 64

    def __post_init__(self) -> None:
        check_choice("scale", self.scale, (1, 2, 4, 8))
        check_number("width", self.width, 4, 256)
        check_number("growth", self.growth, 4, 256)
        check_number("blocks", self.blocks, 1, 64)
        check_number("judge_width", self.judge_width, 4, 512)

    @property
    def doublings(self) -> int:
        """How often the side is doubled."""
        return self.scale.bit_length() - 1


class DenseBlock(nn.Module):
    """Five convolutions, each of which sees all before it (figure 4)."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        for index in range(1, 6):
            outputs = width if index == 5 else growth
            self.add_module(f"conv{index}", nn.Conv2d(width + (index - 1) * growth, outputs, 3, padding=1))

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat([seen, F.leaky_relu(conv(seen), 0.2, inplace=True)], 1)
        return x + RESIDUE * self.conv5(seen)


class EsrganBlock(nn.Module):
    """Three dense blocks beside a skip (figure 4)."""

    def __init__(self, width: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = DenseBlock(width, growth)
        self.rdb2 = DenseBlock(width, growth)
        self.rdb3 = DenseBlock(width, growth)

    def forward(self, x: Tensor) -> Tensor:
        return x + RESIDUE * self.rdb3(self.rdb2(self.rdb1(x)))


class EsrganGenerator(nn.Module):
    """From a picture to one `scale` times as large."""

    def __init__(self, config: EsrganConfig) -> None:
        super().__init__()
        self.config = config
        self.scale = config.scale
        width = config.width
        self.conv_first = nn.Conv2d(3, width, 3, padding=1)
        self.body = nn.Sequential(*(EsrganBlock(width, config.growth) for _ in range(config.blocks)))
        self.conv_body = nn.Conv2d(width, width, 3, padding=1)
        for index in range(1, config.doublings + 1):
            self.add_module(f"conv_up{index}", nn.Conv2d(width, width, 3, padding=1))
        self.conv_hr = nn.Conv2d(width, width, 3, padding=1)
        self.conv_last = nn.Conv2d(width, 3, 3, padding=1)
        self._initialise()

    @property
    def receptive_field(self) -> int:
        """Side, in low-resolution pixels, of the square that one input pixel's output block depends on."""
        count = self.config.doublings
        between = [0] + [1] * (count - 1) if count else []
        return 2 * reach(1 + 15 * self.config.blocks + 1, between, last=3 if count else 2) + 1

    def forward(self, images: Tensor) -> Tensor:
        """Enlarge pictures (N, 3, H, W) in [-1, 1] to (N, 3, scale H, scale W), float32, about that range."""
        check_low(images)
        x = self.conv_first((images + 1) / 2)
        x = x + self.conv_body(self.body(x))
        for index in range(1, self.config.doublings + 1):
            x = F.interpolate(x, scale_factor=2, mode="nearest")
            x = F.leaky_relu(self.get_submodule(f"conv_up{index}")(x), 0.2, inplace=True)
        x = self.conv_last(F.leaky_relu(self.conv_hr(x), 0.2, inplace=True))
        return at_least_single(x) * 2 - 1

    def _initialise(self) -> None:
        """He et al. 2015, a tenth of it in the dense blocks (section 3.1, "smaller initialization")."""
        for name, layer in self.named_modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, a=0.2)
                nn.init.zeros_(layer.bias)
                with torch.no_grad():
                    layer.weight.mul_(0.1 if name.startswith("body.") else 1.0)


def from_published(state: Mapping[str, Tensor]) -> EsrganGenerator:
    """Build the generator that a published checkpoint of ESRGAN, BSRGAN or Real-ESRGAN holds, in eval mode.

    For those who use or train on it in Python: page and command open such files through `gan_models.community`.
    The sizes are read from the tensors. Raises WeightError for anything else, and for networks that first
    shuffle pixels into channels (Real-ESRGAN x2) or draw other than three of them.
    """
    state = renamed(state.get("params_ema", state.get("params", state)))
    for name in ("conv_first.weight", "body.0.rdb1.conv1.weight", "conv_last.weight"):
        if name not in state or state[name].ndim != 4:
            raise WeightError(f"The checkpoint has no tensor {name!r} of four axes; it is not an ESRGAN generator.")
    width, inputs = state["conv_first.weight"].shape[:2]
    if inputs != 3:
        raise WeightError(f"The checkpoint takes {inputs} channels, expected 3; open it through spandrel instead.")
    blocks = 1 + max(int(key.split(".")[1]) for key in state if key.startswith("body."))
    doublings = sum(bool(re.fullmatch(r"conv_up\d\.weight", key)) for key in state)
    config = EsrganConfig(2**doublings, width, len(state["body.0.rdb1.conv1.weight"]), blocks)
    generator = EsrganGenerator(config)
    compare("The checkpoint", generator.state_dict(), state)
    generator.load_state_dict(state)
    return generator.eval()


def renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of a published checkpoint under Real-ESRGAN's names."""
    found = {}
    for key, tensor in state.items():
        for old, new in _RENAMED:
            key, changed = re.subn(f"^{old}", new, key)
            if changed:
                break
        found[key] = tensor
    # The oldest files number their last layers: one convolution every third step, then conv_hr and conv_last.
    numbers = sorted({int(key.split(".")[1]) for key in found if key.startswith("model.")})
    names = [f"conv_up{index + 1}" for index in range(len(numbers) - 2)] + ["conv_hr", "conv_last"]
    places = dict(zip(numbers, names)) if len(numbers) >= 2 else {}
    return {_placed(key, places): tensor for key, tensor in found.items()}


def _placed(key: str, places: Mapping[int, str]) -> str:
    parts = key.split(".")
    return f"{places[int(parts[1])]}.{parts[-1]}" if parts[0] == "model" and places else key
