"""Any file of ours, dropped on any tab: which one opens, and with what."""

import base64
import io
import json
from pathlib import Path
from unittest.mock import ANY

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import interpolate, pose, project, remake, sample, sound, upscale
from gan_models.drawing.masks import pack_mask
from gan_models.drawing.strokes import read_strokes
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.pictures import notes
from gan_models.pictures.film import write_film
from gan_models.pictures.photo import Photo
from gan_models.play import Episode
from gan_models.puppets.dances import Dance
from gan_models.puppets.poses import POSES
from gan_models.recipe import NO_RECIPE, Recipe, stamp
from gan_models.repair import Step
from gan_models.repair import recipe_of as recipe_of_repair
from gan_models.sounds import notes as sound_notes
from gan_models.translate import TranslateOptions
from gan_models.translate import recipe_of as recipe_of_translation
from gan_models.upscaling.upscaler import Upscaler
from page import restore
from page.parts.lanes import Lanes
from page.parts.shared import Shared

PICTURE = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
EDITED = {"seed": 3, "mixes": [{"seed": 4, "layers": [0, 1], "share": 0.5}]}
HOLE = np.zeros((32, 32), bool)
HOLE[4:9, 6:20] = True
PLANE = {"gan-atelier": "plane", "lesson": "balance", "a": {"seed": 3}}
STROKES = [{"tool": "pen", "width": 0.05, "points": [[0.1, 0.1], [0.9, 0.9]]}]


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("all")
    tiny.make_weight(folder, tiny.COLOUR)
    tiny.make_style(folder)
    tiny.make_upscaler(folder, tiny.SWIFT)
    tiny.make_translator(folder, tiny.SKETCH)
    tiny.make_repairer(folder)
    tiny.make_sounds(folder)
    tiny.make_game(folder)
    tiny.make_puppet(folder)
    return Shelf([folder])


def sampled(shelf: Shelf) -> Recipe:
    return sample.recipe_of(shelf.get(tiny.COLOUR), Point(7, truncation=0.5))


def sheet(shelf: Shelf) -> Recipe:
    return sample.recipe_of_sheet(shelf.get(tiny.COLOUR), [Point(1), Point(2)], 2)


def edited(shelf: Shelf) -> Recipe:
    return sample.recipe_of(shelf.get(tiny.STYLE), Point.from_json(EDITED))


def dragged(shelf: Shelf) -> Recipe:
    model = shelf.get(tiny.STYLE)
    return Recipe(model.name, model.sha256, "drag", {"point": {"seed": 3}, "pairs": [], "steps": 2})


def filmed(shelf: Shelf, enlarging: interpolate.Enlarging | None = None) -> Recipe:
    way = {"frames_per_step": 6, "kind": "linear", "closed": True, "easing": "smooth"}
    return interpolate.recipe_of(shelf.get(tiny.COLOUR), [Point(1), Point(2)], 12, enlarging=enlarging, **way)


def filmed_larger(shelf: Shelf) -> Recipe:
    return filmed(shelf, interpolate.Enlarging(Upscaler.of(shelf.get(tiny.SWIFT)), 2, False))


def enlarged(shelf: Shelf) -> Recipe:
    return upscale.recipe_of(Upscaler.of(shelf.get(tiny.SWIFT)), Photo(PICTURE, sha256="5" * 64), upscale.Order(2.5))


def drawn(shelf: Shelf) -> Recipe:
    return recipe_of_translation(shelf.get(tiny.SKETCH), TranslateOptions(seed=9), read_strokes(STROKES))


def repaired(shelf: Shelf) -> Recipe:
    model = shelf.get(tiny.REPAIR)
    steps = [Step(model, HOLE, 2), Step(model, HOLE.T, 5)]
    return recipe_of_repair(Photo(PICTURE, sha256="5" * 64), steps)


def refilled(shelf: Shelf) -> Recipe:
    model, photo = shelf.get(tiny.STYLE), Photo(PICTURE, sha256="5" * 64)
    return project.recipe_of_hole(model, photo, HOLE, project.Box(16, 16, 32), Point.from_json(EDITED))


def played(shelf: Shelf) -> Recipe:
    return Episode(3, (0, 1, 2), (1,)).recipe(shelf.get(tiny.GAME))


def danced(shelf: Shelf) -> Recipe:
    return pose.recipe_of(shelf.get(tiny.PUPPET), pose.Person(3), Dance.of("walk"))


def stood(shelf: Shelf) -> Recipe:
    return pose.recipe_of(shelf.get(tiny.PUPPET), pose.Person(3), POSES["wave"])


def struck(shelf: Shelf) -> Recipe:
    return sound.recipe_of(shelf.get(tiny.DRUMS), sound.Hit(3, 0))


def wav(text: str, folder: Path) -> bytes:
    return sound_notes.write(np.zeros(64), 8000, text)


def still(kind: str):
    return lambda text, folder: notes.write(PICTURE, text, kind)


def film(suffix: str):
    def write(text: str, folder: Path) -> bytes:
        write_film([PICTURE, PICTURE[::-1]], folder / f"film{suffix}", comment=text)
        return (folder / f"film{suffix}").read_bytes()

    return write


def asked(shelf: Shelf, content: bytes, tab: str | None = None, upscalers: tuple[str, ...] = ()) -> dict:
    words = {"data": base64.b64encode(content).decode(), "name": "file", "tab": tab}
    return restore.opened(shelf, Shared(shelf, None, None, Lanes(1), Path(), upscalers), words)


PNG, FILMS = still("png"), [film(suffix) for suffix in (".mp4", ".gif", ".webp")]
POINT = {"seed": 7, "truncation": 0.5}
POINTS = [{"seed": 1}, {"seed": 2}]
ORDER = {"weight": tiny.COLOUR, "points": POINTS, "kind": "linear", "easing": "smooth", "closed": True,
    "frames_per_step": 6, "fps": 12, "times": 1}  # fmt: skip
ENLARGING = {"network": tiny.SWIFT, "scale": 2.5, "fidelity": None, "colour_lock": False}
DRAWING = {"weight": tiny.SKETCH, "seed": 9, "direction": 0, "strength": 1.0, "side": None, "edges": None,
    "detail": 0.3, "strokes": [stroke.to_json() for stroke in read_strokes(STROKES)],
    "ground": None, "source": None, "outlines": 0.4, "keep": False}  # fmt: skip
OURS = [
    (sampled, [PNG, still("jpeg"), still("webp")], "sample", {"weight": tiny.COLOUR, "point": POINT, "names": {}}),
    (sheet, [PNG], "sample", {"weight": tiny.COLOUR, "points": POINTS}),
    (edited, [PNG], "edit", {"weight": tiny.STYLE, "point": EDITED}),
    (dragged, FILMS[:1], "edit", {"weight": tiny.STYLE, "point": {"seed": 3}}),
    (filmed, FILMS, "interpolate", {"order": ORDER}),
    (filmed_larger, FILMS[:1], "interpolate", {"order": ORDER | {"times": 2}}),
    (enlarged, [PNG, still("webp")], "upscale", {"recipe": {"source": "5" * 64, "settings": ENLARGING}}),
    (drawn, [PNG, film(".mp4")], "translate", {"recipe": DRAWING}),
    (
        repaired,
        [PNG],
        "translate",
        {
            "recipe": {
                "weight": tiny.REPAIR,
                "seed": 5,
                "source": "5" * 64,
                "strokes": [{"tool": "given", "mask": pack_mask(HOLE.T)}],
                "before": [{"weight": tiny.REPAIR, "sha256": ANY, "seed": 2, "mask": pack_mask(HOLE)}],
            }
        },
    ),
    (refilled, [PNG], "edit", {"weight": tiny.STYLE, "point": EDITED}),
    (struck, [wav], "sound", {"weight": tiny.DRUMS, "hit": {"seed": 3, "label": 0}}),
    (
        stood,
        [PNG],
        "translate",
        {"recipe": {"weight": tiny.PUPPET, "puppet": {"person": 3, "joints": POSES["wave"].tolist()}}},
    ),
    (
        danced,
        FILMS,
        "translate",
        {"recipe": {"weight": tiny.PUPPET, "puppet": {"person": 3, "dance": Dance.of("walk").to_json()}}},
    ),
    (played, FILMS[:1], "play", {"weight": tiny.GAME, "seed": 3, "actions": "012", "restarts": [1]}),
]


@pytest.mark.parametrize(("recipe", "kinds", "tab", "place"), OURS, ids=lambda value: getattr(value, "__name__", None))
def test_a_file_opens_its_own_tab_with_all_in_place_wherever_it_is_dropped(shelf, tmp_path, recipe, kinds, tab, place):
    text = recipe(shelf).to_json()
    others = ("models", "learn", None, "translate", "upscale")
    for kind, other in zip(kinds * 2, others):
        reply = asked(shelf, kind(text, tmp_path), other)
        assert reply == {"tab": tab, "place": place}


def test_every_verb_has_a_tab_and_every_tab_can_open_it_again(shelf) -> None:
    assert set(restore.TABS) == set(remake.VERBS) == {recipe(shelf).verb for recipe, *_ in OURS}


def test_what_edit_can_go_on_with_stays_there(shelf) -> None:
    plain = stamp(PICTURE, sample.recipe_of(shelf.get(tiny.STYLE), Point(3)))
    assert [asked(shelf, plain, tab)["tab"] for tab in ("edit", "sample", "upscale")] == ["edit", "sample", "sample"]
    assert asked(shelf, stamp(PICTURE, sampled(shelf)), "edit")["tab"] == "sample", "it has no styles"


def test_a_run_in_the_plane_comes_back_from_its_file_and_its_picture(shelf) -> None:
    for content in (json.dumps(PLANE, indent=1).encode(), notes.write(PICTURE, json.dumps(PLANE))):
        assert asked(shelf, content, "sample") == {"tab": "learn", "place": {"run": PLANE}}


def plain_png() -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(PICTURE).save(buffer, "PNG")
    return buffer.getvalue()


def unknown(**changed) -> bytes:
    return stamp(PICTURE, Recipe(**{"weight": "x", "sha256": "0" * 64, "verb": "sample", "arguments": {}} | changed))


@pytest.mark.parametrize(
    ("content", "plain", "why"),
    [
        (plain_png(), True, NO_RECIPE),
        (b"no picture", True, "cannot be read as PNG, JPEG, WebP, GIF or MP4"),
        (b'{"some": "json"}', False, "The recipe in this file is damaged"),
        (notes.write(PICTURE, "{damaged"), False, "The recipe in this file is damaged"),
        (unknown(verb="dream"), False, "cannot follow a recipe for 'dream'"),
        (unknown(), False, "There is no weight 'x'"),
        (unknown(verb="upscale", weight="other.pth", arguments={"scale": 2, "community": "other.pth"}), False,
         "start the page with it as --upscaler"),
    ],
)  # fmt: skip
def test_what_cannot_be_followed_has_a_sentence_and_stays_a_picture(shelf, content, plain, why) -> None:
    reply = asked(shelf, content)
    assert (reply["tab"], reply["plain"]) == (None, plain) and why in reply["why"]


def test_recipes_whose_words_were_changed_are_refused(shelf) -> None:
    for recipe, words in ((enlarged, {"scale": 9}), (enlarged, {"source": "../x"}), (drawn, {"source": 3}),
                          (filmed, {"points": "x"}), (filmed, {"odd": 1}), (sheet, {"points": []})):  # fmt: skip
        made = recipe(shelf)
        forged = Recipe(made.weight, made.sha256, made.verb, {**made.arguments, **words})
        reply = asked(shelf, stamp(PICTURE, forged))
        assert reply["tab"] is None and not reply["plain"] and reply["why"][0].isupper(), words
