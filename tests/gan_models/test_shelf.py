import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import tiny
import torch

from gan_models.errors import WeightError
from gan_models.latents.point import Point
from gan_models.loading import Shelf, seal
from gan_models.sample import sample
from gan_models.weight.card import Card
from gan_models.weight.tensors import GENERATOR


@pytest.fixture
def folder(tmp_path: Path, tiny_weights: Path) -> Path:
    return Path(shutil.copytree(tiny_weights, tmp_path / "shelf"))


def names(shelf: Shelf) -> list[str]:
    return [card.name for card in shelf.cards()]


def test_a_shelf_lists_folders_of_weights_and_single_ones(tiny_weights: Path, tmp_path: Path) -> None:
    shelf = Shelf([tiny_weights])
    assert names(shelf) == sorted(tiny.CONFIGS) and shelf.refused == {}
    assert names(Shelf([tiny_weights / tiny.VANILLA, tmp_path, tmp_path / "absent"])) == [tiny.VANILLA]
    assert shelf.folder(tiny.COLOUR) == tiny_weights / tiny.COLOUR


def test_open_only_hides_what_is_not_free(tiny_weights: Path) -> None:
    shelf = Shelf([tiny_weights], open_only=True)
    assert names(shelf) == [tiny.COLOUR, tiny.VANILLA]
    with pytest.raises(WeightError, match="on the shelf"):
        shelf.get(tiny.CONDITIONAL)


def test_new_changed_and_removed_weights_are_noticed(folder: Path, tiny_weights: Path) -> None:
    shutil.rmtree(folder / tiny.VANILLA)
    shelf = Shelf([folder])
    assert names(shelf) == [tiny.COLOUR, tiny.CONDITIONAL]
    shutil.copytree(tiny_weights / tiny.VANILLA, folder / tiny.VANILLA)
    assert shelf.get(tiny.VANILLA).name == tiny.VANILLA and tiny.VANILLA in names(shelf)

    before = sample(shelf.get(tiny.COLOUR), [Point(seed=1)])
    tensors = safetensors.torch.load_file(folder / tiny.COLOUR / GENERATOR)
    tensors["project.weight"] *= -1
    (folder / tiny.COLOUR / GENERATOR).write_bytes(safetensors.torch.save(tensors))
    seal(folder / tiny.COLOUR, Card.read(folder / tiny.COLOUR))
    shelf.cards()
    assert (sample(shelf.get(tiny.COLOUR), [Point(seed=1)]) != before).any()

    shutil.rmtree(folder / tiny.COLOUR)
    assert tiny.COLOUR not in names(shelf)
    with pytest.raises(WeightError, match="no weight 'tiny-colour' on the shelf; it has"):
        shelf.get(tiny.COLOUR)


def test_files_are_read_again_only_after_a_change(tiny_weights: Path, monkeypatch) -> None:
    shelf = Shelf([tiny_weights])
    monkeypatch.setattr("gan_models.loading.read_file", lambda *_: pytest.fail("a file was read again"))
    assert names(shelf) == sorted(tiny.CONFIGS)


def test_broken_weights_are_kept_aside_with_a_sentence(folder: Path) -> None:
    generator = folder / tiny.COLOUR / GENERATOR
    whole = generator.read_bytes()
    generator.write_bytes(whole[:-1])
    (folder / tiny.VANILLA / "card.json").write_text("{")
    shelf = Shelf([folder])
    assert names(shelf) == [tiny.CONDITIONAL]
    assert "cut off" in shelf.refused[tiny.COLOUR] and "not JSON" in shelf.refused[tiny.VANILLA]
    with pytest.raises(WeightError, match="cut off"):
        shelf.get(tiny.COLOUR)
    generator.write_bytes(whole)
    assert names(shelf) == [tiny.COLOUR, tiny.CONDITIONAL] and tiny.COLOUR not in shelf.refused


def test_what_only_loading_finds_is_kept_aside_too(folder: Path) -> None:
    place = folder / tiny.COLOUR
    tensors = safetensors.torch.load_file(place / GENERATOR)
    tensors["project.weight"][0, 0] = torch.nan
    (place / GENERATOR).write_bytes(safetensors.torch.save(tensors))
    seal(place, Card.read(place))
    shelf = Shelf([folder])
    assert tiny.COLOUR in names(shelf)
    with pytest.raises(WeightError, match="not finite"):
        shelf.get(tiny.COLOUR)
    assert tiny.COLOUR not in names(shelf) and "not finite" in shelf.refused[tiny.COLOUR]
    assert shelf.get(tiny.VANILLA).name == tiny.VANILLA


def test_two_weights_of_one_name(folder: Path, tiny_weights: Path) -> None:
    shelf = Shelf([tiny_weights, folder])
    assert names(shelf) == sorted(tiny.CONFIGS)
    assert shelf.folder(tiny.COLOUR) == tiny_weights / tiny.COLOUR
    assert "has already" in shelf.refused[str(folder / tiny.COLOUR)]
    assert Shelf([tiny_weights, tiny_weights]).refused == {}


def test_the_least_recently_used_leaves_when_memory_is_short(tiny_weights: Path) -> None:
    shelf = Shelf([tiny_weights])
    sizes = {card.name: shelf.get(card.name).loaded_bytes for card in shelf.cards()}
    shelf = Shelf([tiny_weights], memory_mb=(sum(sizes.values()) - 1) / 1e6)
    first = shelf.get(tiny.COLOUR)
    pictures = sample(first, [Point(seed=1)])
    second = shelf.get(tiny.VANILLA)
    assert shelf.get(tiny.COLOUR) is first
    shelf.get(tiny.CONDITIONAL)
    assert shelf.get(tiny.COLOUR) is first and shelf.get(tiny.VANILLA) is not second
    assert (sample(second, [Point(seed=1)]) == sample(shelf.get(tiny.VANILLA), [Point(seed=1)])).all()
    assert (sample(shelf.get(tiny.COLOUR), [Point(seed=1)]) == pictures).all()


def test_a_shelf_never_holds_less_than_the_model_in_use(tiny_weights: Path) -> None:
    shelf = Shelf([tiny_weights], memory_mb=0)
    model = shelf.get(tiny.COLOUR)
    assert shelf.get(tiny.COLOUR) is model


def test_many_threads_share_a_shelf(tiny_weights: Path) -> None:
    from concurrent.futures import ThreadPoolExecutor

    shelf = Shelf([tiny_weights], memory_mb=0)
    expected = {name: sample(shelf.get(name), [Point(seed=3)]).tobytes() for name in tiny.CONFIGS}

    def use(turn: int) -> bool:
        name = sorted(tiny.CONFIGS)[turn % 3]
        if turn % 5 == 0:
            shelf.cards()
        return sample(shelf.get(name), [Point(seed=3)]).tobytes() == expected[name]

    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(use, range(60)))


def test_a_shelf_notices_a_new_title(folder: Path) -> None:
    shelf = Shelf([folder])
    place = folder / tiny.COLOUR
    replace(Card.read(place), title="Another").write(place)
    assert [card.title for card in shelf.cards()][0] == "Another"
