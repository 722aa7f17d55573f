"""Train a translator between two sets without pairs: python -m training.train_cyclegan --a FOLDER --b FOLDER

Zhu et al. 2017 (CycleGAN). A set is a folder, a zip or a name; NAME@ginger and NAME@grey take of cat pictures those
with fur of that colour.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
import tyro
from torch import Tensor, nn

from gan_models.errors import TrainingError, one_line
from gan_models.networks.cyclegan import CycleganConfig, CycleganGenerator
from training.data import ImageSet, load_set
from training.data.pair_batches import Changes, UnpairedBatches
from training.data.unpaired import load_side, words
from training.games.cyclegan import SETS, CycleRules, RememberingDiscriminator, crossing
from training.games.phases import Phase
from training.games.pix2pix import projected_discriminator
from training.loop.start import MIDDLES, start
from training.options import SAID, Common, LossName, Policy, has_flag, parse, settle
from training.watching.latents import some
from training.watching.pairs import MEASURED, SHOWN, PairWatch

USUAL = {"batch": 4, "ema": 5_000.0, "flip": "on"}


@dataclass(frozen=True)
class Options(Common):
    """CycleGAN between two sets of pictures."""

    a: str = "afhq-cat-128.zip@ginger"
    """The first set: a folder, zip or name, or one of these with @ginger or @grey."""
    b: str = "afhq-cat-128.zip@grey"
    """The second set."""
    data: tyro.conf.Suppress[str] = ""
    """What both sets are called together: a2b."""
    limit: int | None = None
    """Only the first so many pictures of each set."""
    shown_a: Annotated[str | None, SAID] = None
    """Folder or zip of the pictures of the first set in the film (default: held-out ones); needs --shown-b."""
    shown_b: str | None = None
    """The same of the second set; needs --shown-a."""
    zoom: float = 0.1
    """Largest share of a side that is cut off at random."""
    width: int = 64
    """Channels at the full side."""
    blocks: int = 9
    """Residual blocks: 6 at 128 px and 9 at 256 in the paper."""
    upsampling: Literal["transposed", "resize"] = "resize"
    """How the translators double the size; resize draws no grid."""
    discriminator: Literal["patch", "projected", "both"] = "patch"
    """Who judges: PatchGANs, projected discriminators, or both."""
    patch: Literal[16, 34, 70] = 70
    """Pixels of a side that one logit of a PatchGAN sees."""
    discriminator_width: int = 64
    """Channels of a PatchGAN's first layer."""
    loss: LossName = "least-squares"
    """What translators and PatchGANs play for."""
    cycle: float = 10.0
    """Weight of the difference after the way there and back."""
    identity: float = 0.5
    """Weight of leaving pictures of the target set alone, as a share of --cycle."""
    adversarial: float = 2.0
    """Weight of the PatchGANs' verdict; least squares are halves here, so that 2 is the paper's 1."""
    projected: float = 1.0
    """Weight of the projected discriminators' verdict."""
    augment: tuple[Policy, ...] = ("colour", "translation", "cutout")
    """Kinds of DiffAugment before the projected discriminators."""
    feature_weights: Annotated[Path | None, SAID] = None
    """File of torchvision's SqueezeNet 1.1 (default: downloaded once)."""


@dataclass(frozen=True)
class Sides:
    """Pictures of both sets: to learn from, or held out; `held_out`: rows of a then of b, counted through."""

    a: ImageSet
    b: ImageSet
    held_out: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.a) + len(self.b)


@dataclass(frozen=True)
class CyclePlan:
    """What an entry makes of options and sets; a Plan (see `training.loop.plan`)."""

    options: Options
    family: str
    method: str
    config: Any
    networks: dict[str, nn.Module]
    rules: CycleRules
    translation: dict
    held_out: tuple[int, ...] = ()
    optimizer: str = "adam"
    ships: str = ""
    """No network goes into the weight beside the translators."""

    def labels(self, data: ImageSet) -> list[str]:
        """None: translators know no classes."""
        return []

    def phases(self) -> tuple[Phase, ...]:
        """What happens within a step."""
        return crossing(self.rules)

    def batches(self, learned: Sides, rank: int, world: int) -> UnpairedBatches:
        """The pictures of one of `world` processes."""
        options = self.options
        changes = Changes(options.flip == "on", options.zoom)
        return UnpairedBatches(learned.a, learned.b, options.batch, options.seed, changes, rank, world)

    def watch(self, learned: Sides, kept: Sides, device: torch.device) -> PairWatch:
        """What is looked at meanwhile: held-out pictures of both sets."""
        given, target = turn_by_turn(kept.a, kept.b, MEASURED // 2, device)
        middle = MIDDLES.get(self.rules.loss, 0.0) if "discriminator" in self.networks else 0.0
        rest = (both_ways, lambda _, x: x, self._judge, middle or 0.0)
        return PairWatch(given, target, *rest, paired=False, shown=self._shown(kept.a.size, device))

    def _shown(self, size: int, device: torch.device) -> tuple[Tensor, Tensor] | None:
        """Pictures that --shown-a and --shown-b give to the film."""
        options = self.options
        if not options.shown_a:
            return None
        shape = {"size": size, "channels": 3, "limit": SHOWN // 2, "data_root": options.data_root}
        sides = [load_set(name, **shape) for name in (options.shown_a, options.shown_b)]
        return turn_by_turn(*sides, SHOWN // 2, device)

    def _judge(self, networks, given: Tensor, target: Tensor) -> Tensor:
        judged = torch.empty(len(target), device=target.device)
        for which in SETS:
            rows = slice(1 - which, None, 2)  # even rows are drawn for set b
            judge = networks.get("discriminator")
            found = networks[f"projected_{which}"](target[rows]) if judge is None else judge(target[rows], which)
            judged[rows] = found.float().mean(1)
        return judged


def turn_by_turn(a: ImageSet, b: ImageSet, most: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """At most `most` pictures of either set turn by turn, and beside each one of the other set: both (2N, C, S, S).

    So the sheet shows both directions beside each other.
    """
    sides = [some(side)[0].to(device) for side in (a, b)]
    count = min(*(len(side) for side in sides), most)
    given, target = (torch.stack([side[:count] for side in way], 1).flatten(0, 1) for way in (sides, sides[::-1]))
    return given, target


def both_ways(generator: nn.Module, given: Tensor) -> Tensor:
    """Translate pictures of both sets taken turn by turn, each to the other set."""
    drawn = [generator(given[which::2], direction=which) for which in SETS]
    return torch.stack(drawn, 1).flatten(0, 1)


def read(options: Options) -> tuple[ImageSet, Sides, Sides]:
    """A description of all pictures, those to learn from and those held out."""
    sides = [load_side(name, options.size, options.limit, options.data_root) for name in (options.a, options.b)]
    (one, first, kept_a, rows_a), (two, second, kept_b, rows_b) = sides
    if one.images.shape[1:] != two.images.shape[1:]:
        raise TrainingError(f"--a has pictures of {one.size} px and --b of {two.size}; give --size.")
    rows = (*rows_a, *(len(one) + row for row in rows_b))
    both = replace(
        one,
        name=f"{one.name} and {two.name}",
        # Counted, hashed and named, but not copied: nothing reads these pixels.
        images=one.images[:1].expand(len(one) + len(two), -1, -1, -1),
        labels=None, classes=(), attributes={},
        sha256=hashlib.sha256(f"{one.sha256}\n{two.sha256}".encode()).hexdigest(),
        licence="; ".join(dict.fromkeys((one.licence, two.licence))),
        source="; ".join(dict.fromkeys((one.source, two.source))),
        free=one.free and two.free,
        skipped=(*one.skipped, *two.skipped),
        told=(*one.told, *two.told),
    )  # fmt: skip
    return both, Sides(first, second, rows), Sides(kept_a, kept_b, rows)


def plan(options: Options, sides: Sides) -> CyclePlan:
    """Networks and rules for these sets."""
    options = settle(options, **USUAL)
    config = CycleganConfig(
        sides.a.size, sides.a.channels, options.width, options.blocks, upsampling=options.upsampling,
        patch=options.patch, discriminator_width=options.discriminator_width,
    )  # fmt: skip
    networks: dict[str, nn.Module] = {"generator": CycleganGenerator(config)}
    patch, projected = (options.discriminator in (kind, "both") for kind in ("patch", "projected"))
    if patch:
        networks["discriminator"] = RememberingDiscriminator(config)
    for which, side in enumerate((sides.a, sides.b) if projected else ()):
        networks[f"projected_{which}"] = projected_discriminator(some(side)[0], options.feature_weights)
    rules = CycleRules(
        options.loss, options.cycle, options.identity, options.adversarial * patch,
        options.projected * projected, options.augment if projected else (),
    )  # fmt: skip
    method = "cyclegan-projected" if projected else "cyclegan"
    names = [words(name) for name in (options.a, options.b)]
    directions = [f"{names[0]} to {names[1]}", f"{names[1]} to {names[0]}"]
    translation = {"source": "photo", "target": "picture", "hints": False, "palette": [], "directions": directions}
    return CyclePlan(options, "cyclegan", method, config, networks, rules, translation, sides.held_out)


def need_both_shown(options: Options) -> None:
    """Refuse pictures of one set alone for a film that shows both directions."""
    given = {"--shown-a": options.shown_a, "--shown-b": options.shown_b}
    missing = [flag for flag, place in given.items() if not place]
    if len(missing) == 1:
        (found,) = set(given) - set(missing)
        raise TrainingError(
            f"{found} is {given[found]} and {missing[0]} is not given; the film shows both directions, so give both."
        )


def main(argv: Sequence[str] | None = None) -> None:
    """The command line."""
    argv = list(sys.argv[1:] if argv is None else argv)
    with one_line():
        sides = [name for name in ("a", "b") if has_flag(argv, name)]
        if len(sides) == 1 and not has_flag(argv, "preset"):
            raise TrainingError(f"--{sides[0]} names one of two sets; give the other one, too: --a FOLDER --b FOLDER.")
        usual = None if sides else "cats-ginger2grey-128"
        options = parse(Options, argv, "train_cyclegan", usual)
        need_both_shown(options)
        options = replace(options, data=f"{words(options.a)}2{words(options.b)}")
        start(options, "train_cyclegan", plan, read, partial(settle, **USUAL))


if __name__ == "__main__":
    main()
