"""The Play tab's functions: a step is a function of what is sent, and a recorded play is the same play."""

import base64
import io
from dataclasses import replace

import numpy as np
import pytest
import tiny

from gan_models.errors import AtelierError
from gan_models.loading import Shelf
from gan_models.pictures.images import open_picture
from gan_models.play import Episode, dream, read_episode
from gan_models.recipe import Recipe
from gan_models.recipe import read as read_recipe
from gan_models.worlds.boat import BOAT
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.play import PlayDesk, offered, reopened, rules


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
        assert reply["likeness"] > 10 and reply["apart"] < 9 and reply["met"] == []
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


def test_a_dream_step_by_step_is_the_dream_of_the_verb_and_its_film_comes_back(desk) -> None:
    ask = {"weight": tiny.GAME, "seed": 7, "dream": True}
    begun = desk.begin(ask)
    frames, state = begun["frames"], begun["state"]
    for action, drawn in zip((2, 0, 1), dream(desk.shelf.get(tiny.GAME), 7, (2, 0, 1))):
        reply = desk.step({**ask, "state": state, "frames": frames, "action": action})
        assert np.array_equal(seen(reply["drawn"]), drawn) and set(reply) == {"drawn", "state"}
        frames, state = [frames[1], reply["drawn"]], reply["state"]
    job = desk.shared.jobs.get(desk.film({**ask, "actions": "201"})["job"])
    job.thread.join(60)
    film = job.told()
    assert film["name"] == f"{tiny.GAME}-dream.mp4"
    again = reopened(desk.shelf, desk.shared, read_recipe(base64.b64decode(film["data"])))
    assert again == {**ask, "actions": "201", "restarts": []}


def test_a_program_gets_a_play_with_its_drift_and_a_dream_as_a_film(desk) -> None:
    ask = {"weight": tiny.GAME, "seed": 7, "actions": "0212"}
    told = desk.course(ask)
    assert told["together"] <= 4 == len(told["likeness"]) and told["name"].endswith(".json")
    told = desk.course({**ask, "dream": True})
    assert set(told) == {"name", "data"} and base64.b64decode(told["data"])[4:8] == b"ftyp"


def test_without_its_package_a_world_is_dreamt_and_says_how_to_get_the_rest(desk, monkeypatch) -> None:
    far = replace(BOAT, package="no_such_game")
    monkeypatch.setattr("gan_models.play.world", lambda name: far)
    monkeypatch.setattr("page.play.world", lambda name: far)
    begun = desk.begin(ask := {"weight": tiny.GAME, "seed": 1, "dream": True})
    assert desk.step({**ask, **begun, "action": 0})["state"] == "1"
    assert "pip install no_such_game" in desk.models({})["models"][0]["rules"]["missing"]
    for function in (desk.begin, desk.step):
        with pytest.raises(AtelierError, match="pip install no_such_game"):
            function({**ask, **begun, "action": 0, "dream": False})


def test_a_page_knows_of_a_world_what_its_row_says() -> None:
    told = rules(BOAT)
    assert told["actions"][0] == "stay" and told["keys"]["ArrowLeft"] == "left" and told["near"] == 4
    assert told["missing"] is None and rules(replace(BOAT, place=None))["near"] is None


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
        ({"dream": True, "state": "-1"}, "The state of the dream is damaged"),
        ({"dream": True}, "The state of the dream is damaged"),
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
