"""The Play tab's functions: a step is a function of what is sent, and a recorded play is the same play."""

import base64
import io

import numpy as np
import pytest
import tiny

from gan_models.errors import AtelierError
from gan_models.loading import Shelf
from gan_models.pictures.images import open_picture
from gan_models.play import Episode, read_episode
from gan_models.recipe import Recipe
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.play import PlayDesk, offered, reopened


@pytest.fixture(scope="module")
def desk(tmp_path_factory) -> PlayDesk:
    folder = tmp_path_factory.mktemp("games")
    tiny.make_game(folder)
    tiny.make_weight(folder, tiny.COLOUR)
    shelf = Shelf([folder])
    return PlayDesk(shelf, Shared(shelf, None, None, Lanes(1), folder))


def seen(text: str) -> np.ndarray:
    return open_picture(base64.b64decode(text))


def test_step_by_step_comes_what_the_whole_play_gives(desk) -> None:
    ask = {"weight": tiny.GAME, "seed": 4}
    begun = desk.begin(ask)
    frames, state = begun["frames"], begun["state"]
    for action, (true, drawn) in zip((2, 2, 0, 1), Episode(4, (2, 2, 0, 1)).frames(desk.shelf.get(tiny.GAME))):
        reply = desk.step({**ask, "state": state, "frames": frames, "action": action})
        assert np.array_equal(seen(reply["true"]), true) and np.array_equal(seen(reply["drawn"]), drawn)
        assert reply["likeness"] > 10 and not reply["rock"]
        frames, state = [frames[1], reply["drawn"]], reply["state"]


def test_a_recorded_play_comes_back(desk, tmp_path) -> None:
    play = {"weight": tiny.GAME, "seed": 4, "actions": "0221", "restarts": [2]}
    reply = desk.record(play)
    (tmp_path / reply["name"]).write_bytes(content := base64.b64decode(reply["data"]))
    assert read_episode(tmp_path / reply["name"]) == Episode(4, (0, 2, 2, 1), (2,))
    assert reopened(desk.shelf, desk.shared, Recipe.from_json(content.decode())) == play
    job = desk.shared.jobs.get(desk.film(play)["job"])
    job.thread.join(60)
    assert job.state == "done" and base64.b64decode(job.told()["data"])[4:8] == b"ftyp"


def test_the_tab_is_there_only_with_a_game(desk, tiny_weights) -> None:
    assert offered(desk.shelf, desk.shared) and not offered(Shelf([tiny_weights]), desk.shared)
    assert desk.models({})["first"] == tiny.GAME
    with pytest.raises(AtelierError, match="There is no game yet"):
        PlayDesk(Shelf([tiny_weights]), desk.shared).begin({"seed": 1})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"state": "{}"}, "The state of the game is damaged"),
        ({"state": None}, "The state of the game is damaged"),
        ({"frames": []}, "goes on from its last two frames"),
        ({"frames": ["%%", "%%"]}, "A frame arrives as base64"),
        ({"action": 7}, "An action"),
        ({"seed": -3}, "A seed"),
        ({"weight": tiny.COLOUR}, "not to be played"),
        ({"frames": "small"}, "A frame has 64x64 pixels, got 8x8"),
    ],
)
def test_wrong_words_have_a_sentence(desk, change, said) -> None:
    begun = desk.begin({"weight": tiny.GAME, "seed": 1})
    if change == {"frames": "small"}:
        from PIL import Image

        buffer = io.BytesIO()
        Image.new("RGB", (8, 8)).save(buffer, "PNG")
        change = {"frames": [base64.b64encode(buffer.getvalue()).decode()] * 2}
    with pytest.raises(AtelierError, match=said):
        desk.step({"weight": tiny.GAME, "seed": 1, **begun, "action": 0, **change})
