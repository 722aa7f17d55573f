"""Pictures steered by words: python -m gan_models.steer WEIGHT --seed 5 --text "darker ground, more ginger" -o OUT.png

A weight whose card names attributes has a direction of styles for each (`training.name_directions`). A sentence is
read as wishes (gan_models.steering.sentence), and each wish becomes a push along its direction, as far as StyleCLIP's
strength (Patashnik et al. 2021, section 6) says: 1 is a clear change, 2 the most. What comes out is a point like any.
"""

import argparse
from dataclasses import replace

from gan_models.errors import RequestError, one_line
from gan_models.files import write_atomically
from gan_models.latents.point import Point
from gan_models.latents.seeds import check_seed
from gan_models.latents.styles import NAMED, Push
from gan_models.loading import Model, load
from gan_models.pictures.notes import KINDS
from gan_models.recipe import stamp
from gan_models.sample import recipe_of, sample
from gan_models.steering.sentence import MOST_AMOUNT, Understood, understood
from gan_models.targets import check_targets, given_path, refuse_empty


def understand(model: Model, text: str) -> Understood:
    """What a sentence wishes of a weight's pictures; RequestError for a weight without attributes, or no such text."""
    if not model.card.attributes:
        raise RequestError(f"{model.name} has no directions with names; run training.name_directions, or move sliders.")
    return understood(text, model.card.attributes)


def steer(model: Model, point: Point, text: str) -> tuple[Point, Understood]:
    """A point pushed as a sentence wishes, and what was understood; the point itself where nothing was.

    A plain word sets its direction to the strength said ("no stripes": -1), a comparison goes on from where it is.
    """
    found = understand(model, text)
    return steered(point, found), found


def steered(point: Point, found: Understood) -> Point:
    """A point with the pushes that wishes come to, MOST_AMOUNT to either side at most."""
    pushes = {(push.kind, push.direction, push.layers): push for push in point.pushes}
    for wish in found.wishes:
        key = (NAMED, wish.attribute, None)
        now = pushes[key].amount if wish.adds and key in pushes else 0.0
        amount = max(-MOST_AMOUNT, min(MOST_AMOUNT, now + wish.amount))
        pushes[key] = Push(wish.attribute, amount, kind=NAMED)
    return replace(point, pushes=tuple(pushes.values()))


def told(found: Understood) -> list[str]:
    """A line for each wish, and one for what was not understood."""
    lines = []
    for wish in found.wishes:
        read = "" if wish.read == wish.word else f" (read as {wish.read!r})"
        lines.append(f"{wish.word!r}{read}: {wish.name} {'by' if wish.adds else 'at'} {wish.amount:+g}")
    return lines + ([found.told] if found.told else [])


def main(arguments: list[str] | None = None) -> None:
    """The command line: one picture, steered, with its recipe."""
    parser = argparse.ArgumentParser(
        prog="python -m gan_models.steer", description="Draw a picture and change it by words."
    )
    add = parser.add_argument
    add("weight", metavar="WEIGHT", help="one whose card names attributes: in weights/, a folder, or user/repo")
    add("--text", required=True, help='what is to change, as in "darker ground, more ginger, no stripes"')
    add("--seed", type=int, default=0, help="of the picture (default: 0)")
    add("--truncation", type=float, default=0.7, help="1 for full variety, less for typical pictures (default: 0.7)")
    add("-o", "--out", type=given_path, required=True, metavar="OUT.png", help="the picture to write")
    add("--overwrite", action="store_true", help="replace a file that exists")
    options = parser.parse_args(arguments)
    with one_line():
        refuse_empty(arguments)
        check_seed(options.seed, "--seed")
        kind = KINDS.get(options.out.suffix.lower())
        if kind is None:
            raise RequestError(f"A picture ends in {', '.join(KINDS)}, got {options.out.name!r}.")
        check_targets([options.out], options.overwrite)
        model = load(options.weight)
        plain = Point(options.seed, truncation=options.truncation)
        point, found = steer(model, plain, options.text)
        if not found.wishes:
            names = ", ".join(attribute.name for attribute in model.card.attributes)
            raise RequestError(f"{found.told} {model.name} knows: {names}.")
        drawn = sample(model, [point])[0]
        write_atomically(options.out, stamp(drawn, recipe_of(model, point, [plain]), kind))
        print(*told(found), f"{model.name} in {options.out}", sep="\n")


if __name__ == "__main__":
    main()
