"""Pictures of poses and films of dances: by function, by command, and again from their recipes."""

import json

import numpy as np
import pytest
import tiny
from captured import bvh

from gan_models import pose, recipe, remake
from gan_models.errors import RequestError
from gan_models.loading import Shelf
from gan_models.pictures.images import open_picture
from gan_models.pose import Person
from gan_models.puppets.body import lengths_of
from gan_models.puppets.dances import Dance
from gan_models.puppets.poses import POSES


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("puppets")
    tiny.make_puppet(folder)
    tiny.make_weight(folder, tiny.COLOUR)
    return Shelf([folder])


@pytest.fixture(scope="module")
def model(shelf):
    return shelf.get(tiny.PUPPET)


def own(model) -> Person:
    """Somebody's own picture, of whom the weight's second person sits."""
    found = pose.persons(model)
    return Person(-1, found.pictures[1].permute(1, 2, 0).numpy(), np.round(found.joints[1].double().numpy(), 4))


def test_a_frame_follows_the_last_one_and_a_picture_is_the_same_each_time(model) -> None:
    who = pose.known(model, Person(3))
    first = pose.draw(model, POSES["wave"], who)
    assert first.shape == (32, 32, 3) and np.array_equal(first, pose.draw(model, POSES["wave"], who))
    assert not np.array_equal(first, pose.draw(model, POSES["wave"], who, last=255 - first))
    assert not np.array_equal(first, pose.draw(model, POSES["wave"], pose.known(model, Person(4))))
    dance = Dance(np.stack([POSES["wave"], POSES["kick"]]))
    frames = list(pose.frames(model, dance, Person(3)))
    assert np.array_equal(frames[0], first)
    assert np.array_equal(frames[1], pose.draw(model, POSES["kick"], who, last=first))


def test_a_picture_of_ones_own_draws_as_the_weights_person_does(model) -> None:
    drawn = [pose.draw(model, POSES["kick"], pose.known(model, who)) for who in (Person(1), own(model))]
    assert np.abs(np.int32(drawn[0]) - drawn[1]).mean() < 1


def test_our_poses_get_a_persons_limbs(model) -> None:
    built = pose.as_built(model, Person(2), POSES["disco"])
    assert np.allclose(lengths_of(built), lengths_of(pose.persons(model).joints[2].double().numpy()), atol=2e-4)


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_a_film_is_made_again_byte_for_byte_and_so_is_one_that_was_stopped(shelf, model, tmp_path, suffix) -> None:
    dance = Dance(np.stack([POSES["stand"], POSES["cheer"]]), 2)
    for person, count in ((Person(5), None), (own(model), 2)):
        film, again = (tmp_path / f"{name}{suffix}" for name in ("film", "again"))
        assert pose.write(model, person, dance, film, count) == (count or 3)
        made = recipe.read(film)
        assert (made.verb, made.weight) == ("pose", tiny.PUPPET)
        remake.write_again(made, shelf, again)
        assert again.read_bytes() == film.read_bytes()


def test_the_command_draws_a_pose_a_file_of_joints_a_motion_and_a_captured_one(shelf, model, tmp_path, capsys) -> None:
    (tmp_path / "pose.json").write_text(json.dumps(POSES["kick"].tolist()))
    (tmp_path / "capture.bvh").write_bytes(bvh(frames=12))
    for more in (["--pose", "wave", "--person", "3"], ["--pose", str(tmp_path / "pose.json")]):
        pose.main([str(model.folder), *more, "-o", str(tmp_path / "out.png"), "--overwrite"])
    picture = tmp_path / "out.png"
    drawn = pose.draw(model, POSES["kick"], pose.known(model, Person(0)))
    assert np.array_equal(open_picture(picture), drawn), "joints of a file are drawn as they are"
    remake.write_again(recipe.read(picture), shelf, tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes() == picture.read_bytes()
    pose.main([str(model.folder), "--bvh", str(tmp_path / "capture.bvh"), "-o", str(tmp_path / "out.gif")])
    assert "4 frames of person 0" in capsys.readouterr().out
    assert recipe.read(tmp_path / "out.gif").arguments["dance"]["name"] == "capture.bvh"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--pose", "flying"], "There is no pose 'flying'; choose one of stand,"),
        (["--pose", "none.json"], "none.json cannot be read as a pose"),
        (["--person", "12"], "knows persons 0 to 11, got 12"),
        (["--motion", "walk"], "A film ends in .mp4, .gif, .webp, got 'out.png'"),
    ],
)
def test_a_wrong_wish_is_one_line_and_nothing_is_written(model, tmp_path, capsys, arguments, said) -> None:
    with pytest.raises(SystemExit) as left:
        pose.main([str(model.folder), *arguments, "-o", str(tmp_path / "out.png")])
    assert left.value.code == 2 and said in capsys.readouterr().err and not any(tmp_path.iterdir())


def test_weights_of_other_tasks_and_damaged_words_are_refused(shelf, model) -> None:
    with pytest.raises(RequestError, match="made for sample and draws no poses"):
        pose.persons(shelf.get(tiny.COLOUR))
    good = pose.recipe_of(model, own(model), POSES["kick"])
    assert np.array_equal(pose.read_recipe(good)[1], POSES["kick"])
    for words in ({"joints": None}, {"dance": {}}, {"odd": 1}, {"person": -1}, {"person": {"picture": "x"}},
                  {"person": {"picture": "x", "joints": []}}, {"count": 0}):  # fmt: skip
        with pytest.raises(RequestError):
            pose.read_recipe(recipe.Recipe(good.weight, good.sha256, "pose", {**good.arguments, **words}))
