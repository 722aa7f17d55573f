"""The puppet's body, its poses and motions, captured ones, and what a film goes through."""

import re

import numpy as np
import pytest
from captured import bvh

from gan_models.errors import RequestError
from gan_models.puppets.body import NUMBER, between, flipped, lengths_of, read_joints
from gan_models.puppets.bvh import MOST_JOINTS, MOST_SECONDS, read_bvh
from gan_models.puppets.dances import MOST_FRAMES, Dance
from gan_models.puppets.motions import FPS, MOTIONS, motion
from gan_models.puppets.poses import GROUND, LENGTHS, POSES


@pytest.mark.parametrize("name", MOTIONS)
def test_a_motion_keeps_its_limbs_stays_on_the_sheet_and_goes_on_at_its_beginning(name) -> None:
    frames = motion(name)
    seen = lengths_of(frames) / LENGTHS
    assert seen.max() < 1.005 and seen.min() > (0.59 if name == "walk" else 0.995), "limbs to the viewer look shorter"
    assert frames.min() >= 0 and frames.max() <= 1
    steps = np.linalg.norm(np.roll(frames, -1, 0) - frames, axis=-1)
    assert steps.max() < 0.15 and steps[-1].max() < 1.2 * steps[:-1].max() + 0.01


def test_poses_stand_on_the_ground_and_a_mirror_turns_them_round() -> None:
    for pose in POSES.values():
        assert np.abs(lengths_of(pose) - LENGTHS).max() < 2e-4
        assert np.allclose(flipped(flipped(pose)), pose)
        assert np.allclose(flipped(pose)[NUMBER["left_hand"]], [1 - pose[NUMBER["right_hand"], 0],
                                                                pose[NUMBER["right_hand"], 1]])  # fmt: skip
    assert POSES["wave"][:, 1].max() == pytest.approx(GROUND)


def test_between_two_poses_no_limb_shrinks_and_each_turns_the_short_way() -> None:
    first, second = POSES["cheer"], POSES["disco"]
    way = between(first[None], second[None], np.linspace(0, 1, 9))
    assert np.abs(lengths_of(way) - LENGTHS).max() < 3e-4
    assert np.allclose(way[0], first) and np.allclose(way[-1], second)
    middle = (first[NUMBER["hips"]] + second[NUMBER["hips"]]) / 2
    assert np.allclose(way[4, NUMBER["hips"]], middle)


@pytest.mark.parametrize("given", [{"prefix": "mixamorig:"}, {"turn": 90.0}, {"turn": 180.0}, {"more": 200}])
def test_names_a_turned_body_and_joints_of_no_use_change_nothing_of_a_captured_pose(given) -> None:
    plain, other = (frames - frames[:, 8:9] for frames in (read_bvh(bvh()), read_bvh(bvh(**given))))
    assert plain.shape == (20, 15, 2) and np.abs(plain - other).max() < 2e-4


def test_a_captured_body_has_the_puppets_limbs_and_its_left_at_the_right() -> None:
    frames = read_bvh(bvh(frames=1000, pace=1 / FPS))
    assert len(frames) == MOST_SECONDS * FPS == MOST_FRAMES
    assert (lengths_of(frames) <= LENGTHS + 2e-4).all() and frames.min() >= 0 and frames.max() <= 1
    assert (frames[:, NUMBER["left_hand"], 0] > frames[:, NUMBER["right_hand"], 0]).all()
    assert frames[:, NUMBER["left_foot"], 1] == pytest.approx(GROUND, abs=2e-3)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"some text", "is no BVH file: such a one begins with HIERARCHY"),
        (b"\x89PNG\r\n\x1a\n\0\0", "is no BVH file"),
        (b"HIERARCHY MOTION", "The hierarchy of joints in it.bvh is damaged"),
        (bvh().replace(b"OFFSET 0 20 0", b"OFFSET 0 20 nan"), "The hierarchy of joints in it.bvh is damaged"),
        (bvh().replace(b"Hips", b"Rump"), "There are no hips among the joints of it.bvh"),
        (bvh().replace(b"Leg", b"Wheel"), "has no joint 'leftupleg', nor 3 others of 15"),
        (bvh().replace(b"90.0000", b"nan"), "has numbers that are none"),
        (bvh().replace(b"90.0000", b"much"), "it is not all numbers"),
        (bvh().replace(b"Frames: 60", b"Frames: 61"), "says 61 frames of"),
        (bvh().replace(b"Frame Time: 0.0166667", b"Frame Time: 0"), "says 60 frames of"),
        (bvh(more=MOST_JOINTS), "The hierarchy of joints in it.bvh is damaged"),
        (re.sub(rb"OFFSET [^C}]*", b"OFFSET 0 0 0 ", bvh()), "has no height"),
    ],
)  # fmt: skip
def test_what_is_no_captured_body_is_a_sentence(content, said) -> None:
    with pytest.raises(RequestError, match=said):
        read_bvh(content, "it.bvh")


def test_a_dance_comes_back_from_its_words_and_counts_its_frames() -> None:
    keys = np.stack([POSES["stand"], POSES["cheer"], POSES["kick"]])
    for dance, count in ((Dance(keys, 7, True), 21), (Dance(keys, 7), 15), (Dance.of("jump"), len(motion("jump")))):
        again = Dance.from_json(dance.to_json())
        assert again.count == dance.count == count == len(again.frames())
        assert np.array_equal(again.frames(), dance.frames())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("walk", "A dance has poses"),
        ({"poses": "AAAA"}, "The poses of this dance are damaged"),
        ({"poses": None}, "The poses of this dance are damaged"),
        ({"poses": "", "steps": 5}, "2 to 24 key poses, got 0"),
        ({"poses": "", "odd": 1}, "A dance has poses"),
        (Dance.of("walk").to_json() | {"steps": 61}, "1 to 60 frames, got 61"),
        (Dance.of("walk").to_json() | {"name": 3}, "has a name of up to 120"),
        ({"poses": Dance(np.full((1, 15, 2), 0.5)).to_json()["poses"], "steps": 5}, "2 to 24 key poses, got 1"),
    ],
)
def test_a_wrong_dance_is_a_sentence(words, said) -> None:
    with pytest.raises(RequestError, match=said):
        Dance.from_json(words)


@pytest.mark.parametrize(
    "words", [None, [], [[0.5, 0.5]] * 14, [[0.5, float("nan")]] * 15, [[0.5, 9]] * 15, {"hips": 3}]
)
def test_a_wrong_pose_is_a_sentence(words) -> None:
    with pytest.raises(RequestError, match="A pose is a list of 15 places"):
        read_joints(words)
