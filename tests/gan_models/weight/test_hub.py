from collections.abc import Iterator
from pathlib import Path

import pytest
import tiny
from small_hub import SmallHub

from gan_models.errors import WeightError
from gan_models.latents.point import Point
from gan_models.loading import Shelf, load
from gan_models.sample import sample
from gan_models.weight import hub

ANNA = ("models", "anna/tiny")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_weights: Path) -> Iterator[SmallHub]:
    """A Hub on loopback whose repository anna/tiny holds a weight, and files that nobody should fetch."""
    with SmallHub() as server:
        files = {path.name: path.read_bytes() for path in (tiny_weights / tiny.COLOUR).iterdir()}
        server.repos[ANNA] = {**files, "README.md": b"not asked for", "huge.bin": b"nor this"}
        # In this order: the client keeps the endpoint that it finds when it is first imported.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("user/repo", True),
        ("user/repo@main", True),
        ("user/repo.v2@refs/pr/1", True),
        ("repo", False),
        ("../repo", False),
        ("user/..", False),
        ("user/repo/more", False),
        ("user/repo@../x", False),
        ("https://x/y", False),
    ],
)
def test_names_of_repositories(name: str, right: bool) -> None:
    assert hub.is_repo(name) is right


def test_a_weight_comes_from_the_hub(server: SmallHub, tiny_weights: Path) -> None:
    model = load("anna/tiny")
    assert model.name == tiny.COLOUR
    expected = sample(load(tiny_weights / tiny.COLOUR), [Point(seed=1)])
    assert (sample(model, [Point(seed=1)]) == expected).all()
    assert server.served[0] == "card.json"
    assert "README.md" not in server.served and "huge.bin" not in server.served


def test_a_revision_can_be_named(server: SmallHub) -> None:
    commit = server.commit(ANNA)
    assert load(f"anna/tiny@{commit}").folder.name == commit
    with pytest.raises(WeightError, match="no revision 'old'"):
        load("anna/tiny@old")


def test_the_cache_serves_when_the_hub_is_gone(server: SmallHub, monkeypatch) -> None:
    load("anna/tiny")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert load("anna/tiny").name == tiny.COLOUR
    with pytest.raises(WeightError, match="not in the local cache and the Hub cannot be reached"):
        load("anna/other")


def test_without_any_network_there_is_one_sentence() -> None:
    with pytest.raises(WeightError, match="cannot be reached") as caught:
        load("anna/never-seen")
    assert "\n" not in str(caught.value)


def test_a_card_too_long_is_refused_before_it_is_fetched(server: SmallHub) -> None:
    server.repos[ANNA]["card.json"] = b" " * 3_000_000
    with pytest.raises(WeightError, match=r"card.json of anna/tiny has 3,000,000 bytes, and no card has more than"):
        load("anna/tiny")
    assert server.served == []


def test_an_unknown_repository_has_a_sentence(server: SmallHub) -> None:
    with pytest.raises(WeightError, match="no public repository bob/none"):
        load("bob/none")


def test_a_repository_without_a_card_has_a_sentence(server: SmallHub) -> None:
    del server.repos[ANNA]["card.json"]
    with pytest.raises(WeightError, match="card.json"):
        load("anna/tiny")


def test_a_changed_file_on_the_hub_is_refused(server: SmallHub) -> None:
    server.repos[ANNA]["generator.safetensors"] = b"something else"
    with pytest.raises(WeightError, match=r"generator\.safetensors of tiny-colour has 14 bytes"):
        load("anna/tiny")


def test_a_shelf_takes_models_from_the_hub_and_stays_up_without(server: SmallHub, tiny_weights: Path) -> None:
    shelf = Shelf([tiny_weights / tiny.VANILLA], hub=["anna/tiny", "bob/none", "nonsense"])
    assert [card.name for card in shelf.cards()] == [tiny.VANILLA, tiny.COLOUR]
    assert "no public repository" in shelf.refused["bob/none"]
    assert "user/repo" in shelf.refused["nonsense"]
    assert shelf.get(tiny.COLOUR).name == tiny.COLOUR


def test_a_weight_that_is_on_its_way_is_said_and_appears(server: SmallHub, tiny_weights: Path, monkeypatch) -> None:
    shelf = Shelf([tiny_weights / tiny.VANILLA])
    there, download = [], hub.download

    def slow(name: str) -> Path:
        there.append((dict(shelf.refused), [card.name for card in shelf.cards()]))
        return download(name)

    monkeypatch.setattr(hub, "download", slow)
    shelf.fetch("anna/tiny")
    (refused, cards) = there[0]
    assert "being fetched" in refused["anna/tiny"] and cards == [tiny.VANILLA]
    assert shelf.refused == {} and tiny.COLOUR in [card.name for card in shelf.cards()]
