"""Who draws persons in other poses is trained on drawn figures, exported and measured."""

import numpy as np
import pytest
import torch

from gan_models.loading import load
from gan_models.puppets.skeleton import JOINTS
from training import evaluate_pose, export, train_pose2person
from training.data.figures import BOTTOMS, CUTS, HATS, SCENES, TOPS, Figure
from training.data.puppet_batches import STEPS, PuppetBatches
from training.data.puppets import picture, svg_of
from training.data.stances import Stance, walk
from training.measures import puppets
from training.measures.report import command_of

LEAST = 32


def test_a_figure_is_a_function_of_its_number_and_hides_no_joint_beside_the_sheet() -> None:
    kinds = {"top": TOPS, "bottom": BOTTOMS, "cut": CUTS, "hat": HATS, "scene": SCENES}
    figures = [Figure.number(number) for number in range(120)]
    for name, known in kinds.items():
        assert {figure.wears[name] for figure in figures} == set(known), name
    assert figures[7] == Figure.number(7)
    for number, figure in enumerate(figures):
        joints = Stance.by_chance(np.random.default_rng(number)).joints(figure.build)
        assert joints.shape == (len(JOINTS), 2) and joints.min() > -0.1 and joints.max() < 1.1
        assert "nan" not in svg_of(figure, joints)
    assert len({svg_of(figure, None) for figure in figures}) == len(figures)
    steps = np.stack([stance.joints(figures[0].build) for stance in walk(24)])
    assert 0.001 < np.abs(np.diff(steps, axis=0)).mean() < 0.02
    drawn, ground = (picture(figures[0], one, LEAST) for one in (steps[0], None))
    assert drawn.shape == (LEAST, LEAST, 3) and 0.03 < (drawn != ground).any(-1).mean() < 0.5


def test_a_figure_is_shown_by_another_picture_and_another_pair_at_each_step() -> None:
    batches = PuppetBatches(LEAST, 1, 5)
    images, joints, source = batches.at(2)
    assert images.shape == (1, 6, LEAST, LEAST) and source.shape == (1, 12, LEAST, LEAST)
    again = PuppetBatches(LEAST, 1, 5).at(2)
    assert all(torch.equal(one, two) for one, two in zip(again, (images, joints, source)))
    known_by, one, two = joints[0]
    assert (one - two).abs().mean() < 0.03 < (known_by - one).abs().mean() + 0.03
    shown = [tuple(PuppetBatches(LEAST, 1, 5).at(step)[1].flatten().tolist()) for step in range(STEPS)]
    assert len(set(shown)) == STEPS


def test_joints_are_told_from_spots_and_persons_by_their_colours() -> None:
    joints = torch.rand(2, len(JOINTS), 2, generator=torch.Generator().manual_seed(0)) * 0.6 + 0.2

    class Spots(puppets.Finder):
        def forward(self, pictures: torch.Tensor) -> torch.Tensor:
            return (puppets.heat(joints) + 1e-9).log()

    assert (Spots().joints(torch.zeros(2, 3, 8, 8)) - joints).abs().max() < 0.01
    figures, places = puppets.figures(10, 3, 64, 0)
    seen = puppets.colours(figures, places)
    assert torch.allclose(seen.sum(-1), torch.ones(()), atol=1e-5)
    assert puppets.alike(seen, seen).argmax(1).tolist() == [0, 1, 2]
    mirrored = places[:, list(puppets.MIRRORED)]
    assert torch.equal(mirrored[:, list(puppets.MIRRORED)], places) and not torch.equal(mirrored, places)


@pytest.fixture(scope="module")
def features(tmp_path_factory):
    from training.losses.features import squeezenet_features

    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("features") / "features.pth"
    torch.save(squeezenet_features().state_dict(), path)
    return path


def test_persons_are_learned_exported_with_some_to_choose_from_and_measured(tmp_path, features, monkeypatch) -> None:
    monkeypatch.setattr("training.data.persons.CHOSEN", (100, 102))
    monkeypatch.setattr("training.watching.puppets.WATCHED", 2)
    run, out = tmp_path / "run", tmp_path / "puppet"
    flags = ["--preset", "pose2person-128", "--size", str(LEAST), "--width", "8", "--batch", "1", "--log-every", "2"]
    train_pose2person.main([*flags, "--feature-weights", str(features), "--steps", "2", "--run", str(run)])
    card = export.export(run, out)
    assert (card.task, card.method, card.free) == ("pose", "pose2person", True)
    model = load(out)
    assert model.persons.pictures.shape == (2, 3, LEAST, LEAST)
    said: list[str] = []
    options = evaluate_pose.Evaluation(str(out), n=2, persons=1, films=1, frames=2)
    rows = evaluate_pose.evaluate(options, said.append, puppets.Finder())
    assert [row.name for row in rows] == ["joints within 4 px", "same person", "levels of flicker"]
    assert rows[1].value == 1 and rows[0].command == command_of("evaluate_pose", "puppet", n=2, persons=1, seed=0)
    assert len(said) == 6 and "bar 90 %" in said[1]
