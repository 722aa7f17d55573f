"""Arrows between rooms point one way, and no file needs one that needs it."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("gan_models", "page", "training")
# Within gan_models, from what all stand on to what stands on all; a room sees those before it and itself.
FLOORS = (
    ("errors", "methods"),
    ("checks", "files", "inputs", "machine", "shell", "targets", "torchvision_beside_cpu"),
    ("worlds", "words", "puppets"),
    ("latents", "pictures"),
    ("networks",),
    ("drawing", "sounds"),
    ("recipe", "weight", "photo"),  # `photo` and `model`: names published before the rooms were
    ("loading", "model"),
    ("upscaling", "translating", "repairing", "steering", "perception", "steps", "music"),
    ("sample", "interpolate", "drag", "project", "steer", "upscale", "translate", "repair", "sound", "play", "pose"),
    ("remake", "tune"),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}
VERBS = FLOORS[-2]
LIGHT_DOORS = {
    "training.run",
    "training.lines",
    "training.doctor",
    "training.orders",
    *(f"training.plane.{name}" for name in ("engine", "lessons", "measures", "options", "shapes")),
}
"""What the page may import of the trainer: nothing heavy, and nothing that trains."""
# `python -m gan_models.recipe` is the door of the command that stands on top.
DOORS = {"gan_models.recipe.__main__"}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {name_of(path): path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))}


def imported(name: str) -> Iterator[str]:
    """Modules that a module imports anywhere in it, but for those that only type checkers see."""
    tree = ast.parse(FILES[name].read_text(encoding="utf-8"))
    hidden = [node for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)]
    skipped = {id(part) for node in hidden for part in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in FILES else node.module


@pytest.fixture(scope="module")
def graph() -> dict[str, set[str]]:
    return {name: set(imported(name)) for name in FILES if name not in DOORS}


def test_no_file_needs_one_that_needs_it(graph) -> None:
    # A package and the files in it are one for this: importing a file runs its package first.
    inner = {name: {other for other in others if other in FILES} for name, others in graph.items()}
    try:
        tuple(TopologicalSorter(inner).static_order())
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_rooms_see_only_the_rooms_they_stand_on(graph) -> None:
    allowed = {"gan_models": {"gan_models"}, "page": {"page", "gan_models"}, "training": {"training", "gan_models"}}
    for name, others in graph.items():
        room = name.partition(".")[0]
        seen = {other for other in others if other.partition(".")[0] in (*ROOMS, "app")}
        wrong = {other for other in seen if other.partition(".")[0] not in allowed[room]}
        assert wrong <= (LIGHT_DOORS if room == "page" else set()), f"{name} imports {wrong}"


def test_gan_models_is_built_floor_upon_floor(graph) -> None:
    for name, others in graph.items():
        room, _, place = name.partition(".")
        if room != "gan_models" or not place:
            continue
        place = place.partition(".")[0]
        for other in others:
            below = other.removeprefix("gan_models.").partition(".")[0]
            if other.startswith("gan_models.") and below != place:
                # `sample` draws what the other verbs walk through, `upscale` makes the frames of a film larger, and
                # the command of `translate` hands photographs with holes on.
                verbs = place in VERBS and below == "sample"
                verbs |= (place, below) in (("interpolate", "upscale"), ("translate", "repair"))
                assert FLOOR[below] < FLOOR[place] or verbs, f"{name} imports {other}"


def test_gan_models_and_the_light_doors_know_neither_gradio_nor_torchvision(graph) -> None:
    for name, others in graph.items():
        if name.startswith("gan_models") or name in LIGHT_DOORS:
            tops = {other.partition(".")[0] for other in others}
            assert not tops & {"gradio", "torchvision"}, f"{name} imports {tops}"


def test_a_space_gets_all_that_the_page_needs_of_the_trainer(graph) -> None:
    from training.publish import SPACE

    sent = {name_of(path) for pattern in SPACE if pattern.startswith("training") for path in ROOT.glob(pattern)}
    needed = {other for name in FILES if name.startswith("page") for other in graph[name] if other in LIGHT_DOORS}
    while more := {other for name in needed for other in graph[name] if other.startswith("training.")} - needed:
        needed |= more
    assert needed <= sent


def test_what_two_tabs_use_knows_no_tab(graph) -> None:
    for name, others in graph.items():
        if name.startswith("page.parts"):
            tabs = {other for other in others if other.startswith("page.") and not other.startswith("page.parts")}
            assert not tabs, f"{name} imports {tabs}"


PUBLISHED = (
    "from gan_models.latents import Point",
    "from gan_models.loading import load",
    "from gan_models.model import Model",
    "from gan_models.photo import open_photo",
    "from gan_models.sample import sample",
    "from training.data import ImageSet",
    "from training.options import Common, parse, settle",
    "from training.phases import Game",
    "from training.start import Plan, start",
)
"""What README and CONTRIBUTING told people to write, before and after the house was laid anew."""


@pytest.mark.parametrize("line", PUBLISHED)
def test_published_imports_go_on_working(line: str) -> None:
    exec(line, {})
