"""A person is drawn in another pose."""

import numpy as np
import pytest
import torch

from gan_models.errors import RequestError
from gan_models.loading import load
from gan_models.networks import FAMILIES, build_config
from gan_models.networks.pose2person import PARTS, found, placed
from gan_models.puppets.skeleton import COLOURS, JOINTS, LIMBS, draw_skeleton
from tests.helpers import tiny

STANDING = np.float32(tiny.STANDING)


def test_a_skeleton_shows_every_limb_in_its_colour() -> None:
    sheet = draw_skeleton(STANDING, 128)
    assert sheet.shape == (128, 128, 3) and sheet.dtype == np.uint8
    assert len(LIMBS) == len(COLOURS) == len(JOINTS) - 1 and len(set(COLOURS)) == len(COLOURS)
    for (one, other), colour in list(zip(LIMBS, COLOURS)):
        x, y = (STANDING[[one, other]].mean(0) * 128).astype(int)
        nearest = np.abs(sheet[y - 2 : y + 3, x - 2 : x + 3].astype(int) - colour).sum(-1).min()
        assert nearest <= 60, (JOINTS[one], JOINTS[other])
    with pytest.raises(RequestError, match="15 finite places"):
        draw_skeleton(np.full((15, 2), np.nan), 64)


def test_parts_are_laid_where_they_were_cut() -> None:
    joints = torch.from_numpy(STANDING)[None]
    there, back = placed(joints)[0], found(joints)[0]
    corner = torch.tensor([0.5, -0.25])
    places = (there[:, :, :2] @ corner) + there[:, :, 2]
    again = (back[:, :, :2] @ places[..., None])[..., 0] + back[:, :, 2]
    assert torch.allclose(again, corner.expand(len(PARTS), 2), atol=1e-4)


def test_a_person_is_read_once_and_drawn_in_any_pose(tmp_path) -> None:
    tiny.make_puppet(tmp_path)
    model = load(tmp_path / tiny.PUPPET)
    assert len(model.persons) == 12
    pictures, joints = model.persons.pictures[:2].float() / 127.5 - 1, model.persons.joints[:2]
    with torch.inference_mode():
        person = model.generator.person(pictures, joints)
        last = torch.zeros_like(pictures)
        drawn = model.generator(pictures, joints.flip(0), last, person)
        # Joints upon each other are a pose, too.
        assert model.generator(pictures, joints * 0 + 0.5, last, person).isfinite().all()
    assert drawn.shape == (2, 3, 32, 32) and drawn.abs().max() <= 1
    with pytest.raises(RequestError, match="as its `person` gives it"):
        model.generator(pictures, joints, last, person[:, 1:])


def test_every_parameter_of_both_networks_learns() -> None:
    row = FAMILIES["pose2person"]
    config = build_config("pose2person", row.example_configs[0])
    torch.manual_seed(0)
    generator, judge = row.generator(config), row.discriminator(config)
    picture, joints = torch.rand(2, 3, 32, 32) * 2 - 1, torch.from_numpy(STANDING).expand(2, -1, -1)
    drawn = generator(picture, joints, picture, generator.person(picture, joints))
    verdict = judge(picture, drawn).mean() + judge.motion(drawn.repeat(1, 2, 1, 1), drawn.repeat(1, 2, 1, 1)).mean()
    (verdict + drawn.square().mean()).backward()
    for network in (generator, judge):
        assert [name for name, one in network.named_parameters() if one.grad is None] == []
