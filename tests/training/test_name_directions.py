"""Named directions: what is measured of pictures, which attributes reach the bars, what is written."""

import numpy as np
import pytest
import tiny
import torch

from gan_models.loading import Model
from training import keep_words, name_directions
from training.bench import steer as bench
from training.measures.looks import CATS, measured
from training.measures.steering import Effects, reached


def test_each_look_is_larger_where_there_is_more_of_it() -> None:
    names = [look.name for look in CATS]
    gray, ginger = torch.full((3, 64, 64), 120), torch.tensor([200, 120, 40])[:, None, None].expand(3, 64, 64)
    lined = gray.clone()
    lined[:, :, 24:40:4] = 60
    dot = gray.clone()
    dot[:, 30:34, 40:44] = 0
    values = measured(CATS, torch.stack([gray, ginger, lined, dot, dot.flip(2)]).to(torch.uint8))
    plain, orange, stripy, right, left = (dict(zip(names, row.tolist())) for row in values)
    assert orange["ginger fur"] > plain["ginger fur"] + 50 and orange["warm ground"] > plain["warm ground"] + 40
    assert stripy["stripes"] > plain["stripes"] + 1
    assert right["head turned right"] > 0.6 and abs(right["head turned right"] + left["head turned right"] - 1) < 1e-4


def test_an_attribute_is_named_that_moves_itself_and_leaves_the_others_alone() -> None:
    up = torch.zeros(4, 10, 4)
    for index, own in enumerate((1.5, 1.5, 0.5, 1.5)):
        up[index, :, index] = own
    up[0, :, 1] = 0.45  # within a third of 1.5
    up[3, :, 0] = -0.6
    effects = Effects(up, -up, torch.ones(4, 20, dtype=torch.bool))
    assert effects.moved().tolist() == [1, 1, 0, 1] and reached(effects) == [0, 1]


def test_what_a_picture_has_already_is_not_asked_of_it() -> None:
    up = torch.zeros(1, 4, 1)
    up[0, :2] = 2.0  # two have not, and get it; two have, and lose it
    down = -2.0 - -up
    asked = torch.tensor([[True, True, False, False, False, False, True, True]])
    assert Effects(up, down, asked).moved().tolist() == [1.0]
    assert Effects(up, down, asked).away.item() == 2.0 and Effects(up, down, ~asked).moved().tolist() == [0.0]


def test_directions_and_attributes_are_written_and_can_be_measured_again(tmp_path, monkeypatch, capsys) -> None:
    for name, value in (("TRIED", 2), ("MENDED", 3), ("ROUNDS", 1)):
        monkeypatch.setattr(name_directions, name, value)
    monkeypatch.setattr("training.measures.steering.UNIT", 8)
    monkeypatch.setattr(name_directions, "reached", lambda effects: [0, 2])
    tiny.make_style(tmp_path)
    folder = tmp_path / tiny.STYLE
    name_directions.main([str(folder), "--samples", "64", "--judged", "4"])
    model = Model(folder)
    assert [one.name for one in model.card.attributes] == ["light fur", "light ground"]
    assert model.style_directions["named"].shape == (2, model.layers, model.w_dim)
    assert {"principal", "closed"} <= set(model.style_directions)
    bench.measure_steer(bench.Steer(str(folder), pictures=4, sheet=tmp_path / "sheet.png"))
    said = capsys.readouterr().out
    assert "Left out:" in said and said.splitlines()[-1].startswith("both bars reached by")
    assert (tmp_path / "sheet.png").exists()


def test_words_near_the_attributes_own_are_kept(tmp_path, capsys) -> None:
    near, far = np.array([1.0, 0.1]), np.array([-1.0, 0.0])
    np.savez(tmp_path / "all.npz", words=["ginger", "rust", "bicycle"], vectors=np.array([[1.0, 0.0], near, far]))
    out = tmp_path / "few.npz"
    keep_words.main([str(tmp_path / "all.npz"), "--out", str(out), "--count", "2"])
    assert "2 words in" in capsys.readouterr().out
    with np.load(out) as file:
        assert file["words"].tobytes().decode().split("\n") == ["ginger", "rust"] and file["vectors"].shape == (2, 2)
    with pytest.raises(SystemExit):
        keep_words.main([str(out.with_name("none.npz"))])
