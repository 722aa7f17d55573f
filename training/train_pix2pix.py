"""Train a translator on pairs: python -m training.train_pix2pix [--preset NAME] [--data FOLDER --make edges]

Isola et al. 2017 (pix2pix), with --family pix2pixhd Wang et al. 2018. Pairs are side by side in one picture, in two
folders with the same names, or made of single pictures: --make edges, lines or gray.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from torch import Tensor, nn

from gan_models.drawing.sources import SOURCES
from gan_models.errors import TrainingError, last_line, one_line
from gan_models.networks import family as family_named
from gan_models.networks.pix2pix import Pix2pixConfig
from gan_models.networks.pix2pixhd import Pix2pixhdConfig
from training.data import ImageSet, load_set
from training.data.pair_batches import Changes, PairBatches, fixed_pairs
from training.data.pairs import Make, PairSet, load_pairs
from training.data.palette import palette
from training.games.phases import Batch, Phase
from training.games.pix2pix import (
    DISCRIMINATOR,
    PROJECTED,
    Rules,
    colour_rarity,
    given,
    paired,
    pictures,
    projected_discriminator,
)
from training.loop.initial_weights import trained
from training.loop.start import MIDDLES, start
from training.options import SAID, Common, LossName, Policy, parse, settle
from training.watching.pairs import SHOWN, PairWatch, spread_rows

USUAL = {"batch": 16, "ema": 5_000.0, "flip": "on"}
CALIBRATED = 128
MADE = {"edges": "drawing", "lines": "drawing", "gray": "gray"}
METHODS = {"patch": "", "projected": "-projected", "both": "-projected", "none": "-l1"}


@dataclass(frozen=True)
class Options(Common):
    """pix2pix or pix2pixHD on pairs, given or made."""

    data: tuple[str, ...] = ("facades-128.zip",)
    """Folder or zip of pairs; with --make folders, zips or named sets of single pictures."""
    make: Make = ""
    """How the source is made of a picture: edges (as people draw), lines (all of them), gray (predicts chroma)."""
    swap: bool = False
    """The right half, or the second folder, is the source."""
    flat: bool = False
    """Given sources are flat shapes in any colour, on white paper."""
    limit: int | None = None
    """Only the first so many pictures of each set."""
    shown: Annotated[str | None, SAID] = None
    """With --make: folder or zip of the pictures in the film (default: held-out ones)."""
    cuts: int = 1
    """Squares from each picture that is at least twice as large as --size."""
    balance: bool = False
    """Show every class equally often."""
    zoom: float = 0.1
    """Largest share of a side that is cut off at random."""
    hints: bool = False
    """Take colour hints as further input."""
    spread: bool = True
    """Spread the hints' colours over the sheet, so that a dot colours more than its spot."""
    recolour: float = 0.0
    """For drawings with --hints: share of those with hints whose colours are changed, so that only hints tell them."""
    family: Literal["pix2pix", "pix2pixhd"] = "pix2pix"
    """The networks."""
    width: int = 64
    """Channels of the outermost maps."""
    depth: Annotated[int | None, SAID] = None
    """Halvings of the U-Net (default: down to one pixel)."""
    dropout: float = 0.5
    """Share that the U-Net's decoder drops: its noise."""
    norm: Literal["batch", "instance"] = "batch"
    """Normalisation in the U-Net."""
    upsampling: Literal["transposed", "resize"] = "resize"
    """How the generator doubles the size; resize draws no grid."""
    blocks: int = 9
    """Residual blocks of pix2pixHD's global generator."""
    halvings: int = 4
    """Halvings of pix2pixHD's global generator."""
    coarse: str | None = None
    """Run folder or weight of a pix2pixHD of half the size, around which a local enhancer is put."""
    scales: int = 3
    """Sides at which pix2pixHD's discriminators look."""
    discriminator: Literal["patch", "projected", "both", "none"] = "patch"
    """Who judges: a PatchGAN on source and target, a projected discriminator on the target, both, or nobody."""
    patch: Literal[16, 34, 70] = 70
    """Pixels of a side that one logit of the PatchGAN sees."""
    discriminator_width: int = 64
    """Channels of the PatchGAN's first layer."""
    discriminator_norm: Literal["batch", "instance", "spectral", "none"] = "batch"
    """Normalisation in the PatchGAN."""
    loss: LossName = "non-saturating"
    """What generator and PatchGAN play for."""
    l1: float = 100.0
    """Weight of the pixel loss."""
    colour: float = 0.0
    """With --hints: weight of the difference of broad colours in pictures that have hints."""
    adversarial: float = 1.0
    """Weight of the PatchGAN's verdict."""
    projected: float = 1.0
    """Weight of the projected discriminator's verdict."""
    matching: float = 0.0
    """Weight of feature matching in the PatchGAN's layers (pix2pixHD: 10)."""
    perceptual: float = 0.0
    """Weight of the distance in SqueezeNet's features."""
    rebalance: float = 0.5
    """With --make gray: share by which all colours count alike; 1 counts each colour as the rarest, 0 none."""
    augment: tuple[Policy, ...] = ("colour", "translation", "cutout")
    """Kinds of DiffAugment before the projected discriminator."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class PairPlan:
    """What an entry makes of options and pairs; a Plan (see `training.loop.plan`)."""

    options: Options
    family: str
    method: str
    config: Any
    networks: dict[str, nn.Module]
    rules: Rules
    translation: dict
    held_out: tuple[int, ...] = ()
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the generator: nothing on the page asks for it."""

    @property
    def changes(self) -> Changes:
        options = self.options
        hints = {"hints": options.hints, "spread": options.spread}
        more = {"balance": options.balance, "recolour": options.recolour}
        return Changes(options.flip == "on", options.zoom, **hints, **more)

    def labels(self, data: ImageSet) -> list[str]:
        """None: translators know no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return paired(self.rules)

    def batches(self, learned: PairSet, rank: int, world: int) -> PairBatches:
        """The pairs of one of `world` processes."""
        return PairBatches(learned, self.options.batch, self.options.seed, self.changes, rank, world)

    def watch(self, learned: PairSet, kept: PairSet, device: torch.device) -> PairWatch:
        """What is looked at meanwhile: held-out pairs."""
        target, _, source = fixed_pairs(kept, spread_rows(len(kept)), self.changes)
        middle = MIDDLES.get(self.rules.loss, 0.0) if DISCRIMINATOR in self.networks else 0.0
        shown = self._shown(kept.target.size, device)
        rest = (self._draw, self._view, self._judge, middle or 0.0)
        return PairWatch(source.to(device), target.to(device), *rest, shown=shown)

    def _shown(self, size: int, device: torch.device) -> tuple[Tensor, Tensor] | None:
        """Sources and targets that --shown gives to the film."""
        if not self.options.shown:
            return None
        pictures = load_set(self.options.shown, size=size, channels=3, limit=SHOWN, data_root=self.options.data_root)
        pairs = PairSet(pictures, None, self.options.make)
        target, _, source = fixed_pairs(pairs, spread_rows(len(pairs), SHOWN), self.changes)
        return source.to(device), target.to(device)

    def _draw(self, generator: nn.Module, source: Tensor) -> Tensor:
        seeds = torch.arange(len(source)) if self.options.dropout else None
        return generator(*given(Batch(source, source=source), self.rules), seeds)

    def _view(self, source: Tensor, target: Tensor) -> Tensor:
        return pictures(source[:, : self.rules.source_channels], target, self.rules)

    def _judge(self, networks, source: Tensor, target: Tensor) -> Tensor | None:
        if DISCRIMINATOR in networks:
            source, hints = given(Batch(source, source=source), self.rules)
            return networks[DISCRIMINATOR](source, target, hints).float().mean(1)
        if PROJECTED in networks:
            return networks[PROJECTED](self._view(source, target)).float().mean(1)
        return None


def read(options: Options) -> tuple[ImageSet, PairSet, PairSet]:
    """All targets of --data, the pairs to learn from and those held out."""
    how = options.make, options.size, options.swap, options.limit, options.cuts
    return load_pairs(options.data, *how, options.data_root)


def plan(options: Options, pairs: PairSet) -> PairPlan:
    """Networks and rules for these pairs."""
    options = settle(options, **USUAL)
    if options.shown and not options.make:
        raise TrainingError("--shown gives pictures whose sources are made; it needs --make edges, lines or gray.")
    if options.make and options.flat:
        raise TrainingError(f"--make {options.make} makes the sources, which are no flat shapes; leave --flat out.")
    if options.recolour and not (options.hints and options.make and SOURCES[MADE[options.make]].edges):
        raise TrainingError("--recolour lets hints tell the colours of drawings; give --hints and --make edges.")
    config = configuration(options, pairs)
    parts = family_named(options.family)
    networks: dict[str, nn.Module] = {"generator": parts.generator(config)}
    if options.coarse:
        around(networks["generator"], options.coarse)
    sample = pictures_of(pairs)
    patch, projected = (options.discriminator in (kind, "both") for kind in ("patch", "projected"))
    if patch:
        networks[DISCRIMINATOR] = parts.discriminator(config)
    if projected:
        networks[PROJECTED] = projected_discriminator(sample, options.feature_weights)
    rules = Rules(
        config.source_channels, options.hints, options.make == "gray", options.loss, options.l1,
        options.adversarial * patch, options.projected * projected, options.augment if projected else (),
        options.matching * patch, options.perceptual, content_of(options, sample), rarity_of(options, pairs),
        options.colour,
    )  # fmt: skip
    method = options.family + METHODS[options.discriminator]
    return PairPlan(options, options.family, method, config, networks, rules, describe(options, pairs), pairs.held_out)


def configuration(options: Options, pairs: PairSet) -> Pix2pixConfig | Pix2pixhdConfig:
    """The config of the networks for these pairs."""
    size = pairs.target.size
    shared = {
        "size": size,
        "channels": 2 if options.make == "gray" else 3,
        "source_channels": 1 if options.make else 3,
        "hints": options.hints,
        "width": options.width,
        "upsampling": options.upsampling,
        "patch": options.patch,
        "discriminator_width": options.discriminator_width,
        "discriminator_norm": options.discriminator_norm,
    }
    if options.family == "pix2pix":
        depth = options.depth or size.bit_length() - 1
        return Pix2pixConfig(**shared, depth=depth, dropout=options.dropout, norm=options.norm)
    return Pix2pixhdConfig(
        **shared, blocks=options.blocks, halvings=options.halvings, enhancer=bool(options.coarse), scales=options.scales
    )


def around(generator: nn.Module, source: str) -> None:
    """Give the global generator inside an enhanced one the weights of one trained alone (Wang et al., section 3.1)."""
    if getattr(generator, "fine", None) is None:
        raise TrainingError("--coarse belongs to --family pix2pixhd; leave it out for pix2pix.")
    state = trained(source)[0].state_dict()
    inner = {key: value for key, value in state.items() if key.startswith("coarse.")}
    try:
        generator.coarse.load_state_dict({key.removeprefix("coarse."): value for key, value in inner.items()})
    except RuntimeError as error:
        raise TrainingError(
            f"--coarse {source}: its global generator has another shape ({last_line(error)}); "
            "give the --width, --blocks, --halvings and --hints it was made with."
        ) from None


def pictures_of(pairs: PairSet) -> Tensor:
    """A few hundred true pictures (N, 3, S, S) in [-1, 1], spread over the set."""
    changes = Changes(flip=False)
    rows = spread_rows(len(pairs), CALIBRATED)
    return fixed_pairs(replace(pairs, make="", sources=pairs.target.images), rows, changes)[0]


def content_of(options: Options, sample: Tensor) -> nn.Module | None:
    """The distance in SqueezeNet's features, where it counts."""
    if not options.perceptual:
        return None
    from training.losses.content import load_content

    return load_content("squeezenet", options.feature_weights, sample, True)


def rarity_of(options: Options, pairs: PairSet) -> Tensor | None:
    """How rare the colours of the set are, where chroma is predicted."""
    if options.make != "gray" or not options.rebalance:
        return None
    if not 0 < options.rebalance <= 1:
        raise TrainingError(f"--rebalance is {options.rebalance}; it is a share from 0 to 1.")
    rows = spread_rows(len(pairs), 4 * CALIBRATED)
    return colour_rarity(fixed_pairs(pairs, rows, Changes(flip=False))[0], options.rebalance)


def describe(options: Options, pairs: PairSet) -> dict:
    """What the card says of source, hints and target."""
    labels = {} if pairs.sources is None or options.flat else palette(pairs.sources, pairs.target.name)
    source = MADE.get(options.make) or ("flat" if options.flat else "labels" if labels else "photo")
    return {
        "source": source,
        "target": "chroma" if options.make == "gray" else "picture",
        "hints": options.hints,
        "spread": options.hints and options.spread,
        "palette": [{"name": name, "colour": "#{:02x}{:02x}{:02x}".format(*c)} for name, c in labels.items()],
    }


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    with one_line():
        options = parse(Options, argv, "train_pix2pix", "edges2cats-128")
        start(options, "train_pix2pix", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
