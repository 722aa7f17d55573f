"""The puppet of the Translate tab, as its scripts call it: poses live, persons, dances, films, refusals."""

import base64

import numpy as np
import pytest
import tiny
from captured import bvh

from gan_models import pose, recipe
from gan_models.errors import RequestError
from gan_models.loading import Shelf
from gan_models.pictures.images import open_picture
from gan_models.pose import Person
from gan_models.puppets.dances import Dance, unpacked
from gan_models.puppets.poses import POSES
from gan_models.recipe import stamp
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.translate import TranslateDesk, offered

WISH = {"weight": tiny.PUPPET, "joints": POSES["kick"].tolist(), "person": 2}
KEYS = Dance(np.stack([POSES["stand"], POSES["cheer"]]), 3, True)


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    folder = tmp_path_factory.mktemp("puppets")
    tiny.make_puppet(folder)
    shelf = Shelf([folder])
    return TranslateDesk(shelf, Shared(shelf, None, None, Lanes(1), folder / "runs"))


def picture(text: str) -> np.ndarray:
    return open_picture(base64.b64decode(text))


def film(desk, words: dict) -> dict:
    job = desk.film(words)["job"]
    for _ in desk.shared.jobs.followed(job):
        pass
    return desk.poll({"job": job})


def test_the_tab_tells_a_body_poses_motions_and_persons(desk):
    assert offered(desk.shelf, desk.shared)
    [task] = desk.tasks({})["tasks"]
    assert task["posed"] and not task["drawn"] and not task["masked"] and task["subtitle"] == "drag joints · 32 px"
    body = task["body"]
    assert len(body["names"]) == len(body["parents"]) == 15 and body["parents"].count(-1) == 1
    assert len(task["poses"]) == 8 and [name for name, _ in task["motions"]] == ["walk", "wave", "jump", "dance"]
    everybody = desk.persons({"weight": tiny.PUPPET})["persons"]
    assert len(everybody) == 12 and picture(everybody[0]["picture"]).shape == (32, 32, 3)


def test_what_is_seen_while_one_drags_is_what_is_saved_and_dropped_back(desk):
    live, saved = picture(desk.pose(WISH)["picture"]), desk.save(WISH)
    content = base64.b64decode(saved["data"])
    assert saved["name"] == "tiny-puppet-2.png" and np.array_equal(open_picture(content), live)
    place = desk.open({"data": saved["data"], "name": "a.png"})["recipe"]
    assert place == {"weight": tiny.PUPPET, "puppet": {"person": 2, "joints": WISH["joints"]}}
    after = desk.pose({**WISH, "last": base64.b64encode(base64.b64decode(desk.pose(WISH)["picture"])).decode()})
    assert not np.array_equal(picture(after["picture"]), live)


def test_a_film_is_the_verbs_and_one_that_is_stopped_keeps_what_is_there(desk, tmp_path):
    made = film(desk, {"weight": tiny.PUPPET, "person": 1, "dance": KEYS.to_json(), "kind": "gif"})
    model = desk.shelf.get(tiny.PUPPET)
    pose.write(model, Person(1), KEYS, tmp_path / "own.gif")
    assert made["name"] == "tiny-puppet-1.gif" and base64.b64decode(made["data"]) == (tmp_path / "own.gif").read_bytes()
    place = desk.open({"data": made["data"], "name": "a.gif"})["recipe"]["puppet"]
    assert Dance.from_json(place["dance"]).to_json() == KEYS.to_json()
    desk.shared.jobs.stop(job := desk.film({**WISH, "dance": Dance.of("dance").to_json()})["job"])
    told = desk.poll({"job": job})
    while not told.get("over"):
        told = desk.poll({"job": job})
    if told["state"] == "done":  # else it was stopped before its first frame
        count = recipe.read(base64.b64decode(told["data"])).arguments["count"]
        assert 1 <= count < 80


def test_a_captured_motion_and_a_picture_of_ones_own_come_in(desk):
    captured = desk.capture({"data": base64.b64encode(bvh()).decode(), "name": "run.bvh"})
    assert captured["name"] == "run.bvh" and unpacked(captured["poses"]).shape == (20, 15, 2)
    assert desk.dance({"dance": KEYS.to_json()})["poses"]
    wide = np.zeros((40, 90, 3), np.uint8)
    wide[:, 25:65] = 200
    content = base64.b64encode(stamp(wide, recipe.Recipe("x", "0", "sample", {}))).decode()
    seen = desk.portrait({"weight": tiny.PUPPET, "data": content, "name": "me.png"})["picture"]
    assert picture(seen).shape == (32, 32, 3) and picture(seen).min() == 200, "the middle square"
    own = {"picture": seen, "joints": POSES["stand"].tolist()}
    assert "own" in desk.save({**WISH, "person": own})["name"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"joints": [[0, 0]]}, "A pose is a list of 15 places"),
        ({"person": 12}, "knows persons 0 to 11"),
        ({"person": {"picture": "x"}}, "A person is a number, or a picture with joints"),
        ({"last": "AAAA"}, "picture"),
        ({"weight": "none"}, "none"),
    ],
)
def test_a_wrong_wish_is_a_sentence(desk, words, said):
    with pytest.raises(Exception, match=said):
        desk.pose({**WISH, **words})


def test_a_wrong_film_is_a_sentence(desk):
    for words, said in (({"dance": KEYS.to_json(), "kind": "exe"}, "A film ends in"), ({}, "A dance has poses")):
        with pytest.raises(RequestError, match=said):
            desk.film({**WISH, **words})
