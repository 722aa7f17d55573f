"""A copy of a generator tuned to one photograph, so that its nearest picture becomes that photograph.

python -m gan_models.tune PHOTO --weight NAME --seconds 60 -o FOLDER

Pivotal tuning (Roich et al. 2021, section 3): the styles that a projection found stay, and the layers' weights give
way. Without the paper's locality regularisation (3.3): other pictures of the copy change a little, too. The copy is a
weight of its own in FOLDER, with the photograph's point in FOLDER.png; the weight it comes from stays as it is.
"""

import argparse
import copy
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import Tensor, nn

from gan_models import project
from gan_models.checks import is_number
from gan_models.errors import RequestError, one_line
from gan_models.files import write_atomically
from gan_models.latents.point import Point
from gan_models.loading import Model, load, save, seal
from gan_models.pictures.images import as_pillow, contact_sheet
from gan_models.pictures.photo import read_photo
from gan_models.recipe import stamp
from gan_models.sample import recipe_of, sample
from gan_models.targets import check_targets, given_path, refuse_empty
from gan_models.weight.card import CARD, plain_name
from gan_models.weight.sheet import write_sheet

RATE = 1e-3
"""Of Adam, on weights of equalised learning rate."""
MOST_SECONDS = 3600.0
SHEET = 16
"""Seeds of which the copy's sheet shows the pictures."""


@dataclass(frozen=True)
class Tuning:
    """A generator after so many steps, and its loss as `project.likeness` counts it."""

    number: int
    generator: nn.Module
    loss: float


def tuned(model: Model, target: project.Target, styles: Tensor) -> Iterator[Tuning]:
    """Yield the same copy of the generator after each step, ever nearer to `target` at these styles (layers, D)."""
    with torch.inference_mode(False):
        # A seed's styles come out of inference mode, in which nothing is remembered for a gradient.
        generator, styles = copy.deepcopy(model.generator), styles.clone()
        # The mapping stays: it says which styles there are, and so what directions mean.
        weights = [generator.constant, *generator.blocks.parameters()]
        for weight in weights:
            weight.requires_grad_(True)
        optimizer, number = torch.optim.Adam(weights, RATE), 0
        while True:
            with torch.enable_grad():
                loss = project.likeness(target, generator.synthesise(styles[None], "fixed"))
                optimizer.zero_grad(set_to_none=True)
                loss.backward()
            optimizer.step()
            number += 1
            yield Tuning(number, generator, loss.item())


def write(folder: Path, model: Model, generator: nn.Module, seconds: float) -> Model:
    """Write a tuned copy, which is trained no more, as a weight of the folder's name, and open it."""
    generator.eval().requires_grad_(False)
    card, name = model.card, plain_name(folder.name)
    gap = f"Tuned for {seconds:.0f} s from {card.name} to one photograph, which is not kept here."
    making = replace(card.making, gap=f"{card.making.gap} {gap}".strip())
    card = replace(card, name=name, title=f"{card.title}, tuned to a photograph", making=making, measures=(), film=())
    folder.mkdir(parents=True, exist_ok=True)
    card = save(folder, card, generator, None, model.directions, half=True, style_directions=model.style_directions)
    drawn = sample(load(folder), [Point(seed=seed) for seed in range(SHEET)])
    write_sheet(folder, as_pillow(contact_sheet(drawn)))
    seal(folder, card)
    return load(folder)


def main(arguments: list[str] | None = None) -> None:
    """The command line: project a photograph, tune a copy of the generator to it, write the copy as a weight."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.tune", description="Tune a copy of a generator to one photograph."
    )
    add = parser.add_argument
    add("photo", type=given_path, metavar="PHOTO", help="any picture that Upscale opens")
    add("--weight", required=True, metavar="NAME", help="style-based: a name in weights/, a folder, or user/repo")
    add("--seconds", type=float, default=60.0, help="of tuning, after the projection (default: 60)")
    add("--steps", type=int, default=project.USUAL_STEPS, help=f"of projection (default: {project.USUAL_STEPS})")
    add("-o", "--out", type=given_path, required=True, metavar="FOLDER", help="the new weight; FOLDER.png beside it")
    add("--overwrite", action="store_true", help="replace files that exist")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        if not is_number(options.seconds, 1, MOST_SECONDS):
            raise RequestError(f"--seconds is 1 to {MOST_SECONDS:g}, got {options.seconds:g}.")
        picture = options.out.with_name(f"{options.out.name}.png")
        if options.out.is_dir() and any(options.out.iterdir()) and not options.overwrite:
            raise RequestError(f"{options.out} holds files; pass --overwrite to write among them, or give another.")
        check_targets([options.out / CARD, picture], options.overwrite)
        model, photo = load(options.weight), read_photo(options.photo)
        target = project.Target.of(model, project.aligned(photo, project.suggested(photo)[0], model))
        *_, stage = project.steps(model, target, project.begin(model, target, options.steps))
        point = stage.point(model)
        before = project.error(model, target, sample(model, [point])[0], stage.number)
        copied = write(options.out, model, _tuned_for(options.seconds, model, target, point), options.seconds)
        drawn = sample(copied, [point])[0]
        write_atomically(picture, stamp(drawn, recipe_of(copied, point)))
        after = project.error(model, target, drawn, stage.number)
        print(
            f"{copied.name} in {options.out}: perceptual distance {before.perceptual:.3f}, {after.perceptual:.3f} tuned"
        )


def _tuned_for(seconds: float, model: Model, target: project.Target, point: Point) -> nn.Module:
    begun = time.monotonic()
    for tuning in tuned(model, target, point.styles_of(model)):
        print(f"\rstep {tuning.number}, loss {tuning.loss:.3f}", end="", file=sys.stderr)
        if time.monotonic() - begun > seconds:
            print(file=sys.stderr)
            return tuning.generator
    raise AssertionError("it yields for ever")


if __name__ == "__main__":
    main()
