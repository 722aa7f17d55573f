"""Train SRResNet, SRGAN or ESRGAN: python -m training.train_srgan [--preset NAME] [--data FOLDER_OR_ZIP ...]

Stage one, `--stage pixels`: pixel loss (SRResNet; for ESRGAN its RRDB network). Stage two, `--stage adversarial
--from STAGE_ONE`: content and adversarial loss (Ledig et al. 2017, eq. 3; Wang et al. 2018, eq. 3). Departs from Ledig
et al. in stage one: the mean absolute difference in place of the mean square (eq. 4), as ESRGAN and EDSR have it, which
reaches a higher PSNR (Lim et al. 2017, section 3.3); and in stage two, where batch norm keeps the statistics of stage
one. `--texture-weight` adds the texture loss of Sajjadi et al. 2017 ("EnhanceNet"), which a short training needs: its
discriminator is too weak to ask for fine detail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from torch import Tensor, nn

from gan_models.errors import TrainingError, one_line
from gan_models.networks import family
from gan_models.networks.esrgan import EsrganConfig
from gan_models.networks.srgan import SrganConfig
from gan_models.pictures.images import to_tensor
from training.data.photos import Photos
from training.games.srgan import Rules, contest
from training.games.upscaling import SIDE, USUAL, UpscaleOptions, UpscalePlan, photographs, pixel_phase
from training.loop.start import start
from training.losses.adversarial import APART, Difference
from training.losses.content import Content, content_name, load_content
from training.losses.texture import SMALLEST, load_texture
from training.options import SAID, parse, settle

METHODS = {("srgan", "pixels"): "srresnet", ("esrgan", "pixels"): "rrdb"}
CALIBRATED = 128
"""Photographs' middles, and their side in pixels, by which features are scaled."""


@dataclass(frozen=True)
class Options(UpscaleOptions):
    """SRResNet and SRGAN, or with --network esrgan the networks and losses of ESRGAN."""

    network: Literal["srgan", "esrgan"] = "srgan"
    """Whose generator, and whose losses in stage two."""
    stage: Literal["pixels", "adversarial"] = "pixels"
    """pixels: stage one; adversarial: stage two, which begins --from the weights of stage one."""
    width: int = 64
    """Channels of the generator."""
    blocks: Annotated[int | None, SAID] = None
    """Residual blocks (default: 16, ESRGAN 23)."""
    judge_width: int = 64
    """Channels of the discriminator's first layer."""
    content: Content = "auto"
    """Features of the content loss (auto: squeezenet where --feature-weights is given, vgg19 otherwise)."""
    feature_weights: Path | None = None
    """File of torchvision's SqueezeNet 1.1."""
    content_difference: Annotated[Difference | None, SAID] = None
    """Of features (default: vgg19 square, as Ledig et al. have it, squeezenet absolute)."""
    content_weight: float = 1.0
    """Weight of the content loss."""
    texture_weight: float = 0.0
    """Weight of the texture loss, Gram matrices of patches in the same network's first features."""
    adversarial_weight: Annotated[float | None, SAID] = None
    """Weight of the adversarial loss (default: 0.001, ESRGAN 0.005)."""
    pixel_weight: Annotated[float | None, SAID] = None
    """Weight of the pixel loss in stage two (default: 0, ESRGAN 0.01)."""


# What is left open on the command line (Ledig et al. 2017, section 3.2; Wang et al. 2018, section 4.1).
USUALLY = {
    "srgan": {"blocks": 16, "adversarial_weight": 1e-3, "pixel_weight": 0.0},
    "esrgan": {"blocks": 23, "adversarial_weight": 5e-3, "pixel_weight": 1e-2},
}
# Of SqueezeNet's maps the first see single pixels: squares let a few strong edges outweigh all fine texture there.
DIFFERENCES: dict[str, Difference] = {"vgg19": "square", "squeezenet": "absolute"}
RATES = {("srgan", "pixels"): 5e-4, ("esrgan", "pixels"): 2e-4}


def plan(options: Options, data: Photos) -> UpscalePlan:
    """The networks and the phases of the stage."""
    check(options)
    which = (options.network, options.stage)
    options = settled(options)
    config = config_of(options)
    parts, method = family(options.network), METHODS.get(which, options.network)
    generator = parts.generator(config)
    if options.stage == "pixels":
        return UpscalePlan(options, options.network, method, config, generator, (pixel_phase(options),))
    weights = options.content_weight, options.texture_weight, options.adversarial_weight, options.pixel_weight
    rules = Rules(*weights, relativistic=options.network == "esrgan")
    turns = contest(rules, compared(options, data))
    return UpscalePlan(options, options.network, method, config, generator, turns, parts.discriminator(config))


def settled(options: Options) -> Options:
    """The options with nothing left open."""
    rate = RATES.get((options.network, options.stage), 1e-4)
    options = settle(options, **USUAL, **USUALLY[options.network], generator_lr=rate)
    seen = content_name(options.content, options.feature_weights)
    return settle(options, content=seen, content_difference=DIFFERENCES[seen])


def compared(options: Options, data: Photos) -> dict[str, nn.Module]:
    """What is compared in the features of a frozen network: the content and, where it counts, the texture."""
    seen, file, activated = options.content, options.feature_weights, options.network != "esrgan"
    losses = {"content": load_content(seen, file, middles(data), activated, APART[options.content_difference])}
    return losses | ({"texture": load_texture(seen, file)} if options.texture_weight else {})


def check(options: Options) -> None:
    """Refuse a second stage without a first, weights below zero, and crops that hold no patch of texture."""
    if options.stage == "adversarial" and not options.from_:
        raise TrainingError(
            "--stage adversarial begins with the weights of stage one; give their run folder or weight with --from."
        )
    for name in ("content_weight", "texture_weight", "adversarial_weight", "pixel_weight"):
        value = getattr(options, name)
        if value is not None and not value >= 0:
            raise TrainingError(f"--{name.replace('_', '-')} is {value}; it must not be below zero.")
    side = (options.size or SIDE) * options.scale
    if options.texture_weight and side < SMALLEST:
        raise TrainingError(
            f"--texture-weight compares patches of {SMALLEST} px and the crops have {side}; raise --size."
        )


def config_of(options: Options) -> SrganConfig | EsrganConfig:
    """Sizes of the networks."""
    if options.network == "srgan":
        return SrganConfig(options.scale, options.width, options.blocks, options.judge_width)
    return EsrganConfig(options.scale, options.width, blocks=options.blocks, judge_width=options.judge_width)


def middles(data: Photos) -> Tensor:
    """Squares from the middle of up to 64 photographs, (N, 3, S, S) in [-1, 1]."""
    chosen = data.pictures[:: max(1, len(data) // 64)]
    side = min(CALIBRATED, *(min(picture.shape[:2]) for picture in chosen))
    corners = [[(length - side) // 2 for length in picture.shape[:2]] for picture in chosen]
    squares = [picture[top : top + side, left : left + side] for picture, (top, left) in zip(chosen, corners)]
    return to_tensor(np.stack(squares))


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        start(parse(Options, argv, "train_srgan", "srresnet-x4"), "train_srgan", plan, photographs, settled)


if __name__ == "__main__":
    main()
