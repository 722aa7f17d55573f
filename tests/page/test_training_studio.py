"""Trainings from the page, without the trainings: what the studio asks of the trainer, and what it refuses."""

import json
import subprocess
from importlib import import_module

import pytest
from PIL import Image

import app
from gan_models.errors import RequestError, TrainingError
from gan_models.loading import Shelf
from page.training import run_panel
from page.training import studio as studios
from page.training.actions import actions_html
from page.training.kinds import KINDS, Wanted, table, words_for
from page.training.studio import Studio
from training import orders
from training.options import parse
from training.run import Run, identity

FOUND = {
    "count": 400, "channels": 3, "natural": 128, "classes": {"a": 200, "b": 200}, "pairs": 400, "sides": ["a", "b"],
    "folder": True,
}  # fmt: skip
SETTINGS = {"kind": "dcgan", "size": 64, "minutes": 2, "title": "My leaves", "by_class": False, "plain": False}


@pytest.fixture
def studio(tmp_path, monkeypatch):
    """A studio whose commands are written down in `studio.said` instead of being run."""
    made = Studio(tmp_path / "runs", Shelf([tmp_path / "weights"]), here=True)
    made.said = []

    def spoken(words, threads=1):
        made.said.append(words)
        if words[0].startswith("training.train"):
            run = Run(studios.Path(words[words.index("--run") + 1]))
            run.folder.mkdir(parents=True)
            run.write_pulse({"step": 30, "images": 960, "seconds": 9.0, "rate": 100.0, "state": "finished"})
        return json.dumps(FOUND)

    monkeypatch.setattr(studios, "spoken", spoken)
    monkeypatch.setattr(orders, "begin", lambda run, order: made.said.append(order) or subprocess.Popen(["true"]))
    monkeypatch.setattr(Studio, "keep_turning", lambda self: None)
    return made


@pytest.fixture
def leaves(tmp_path):
    folder = tmp_path / "leaves"
    folder.mkdir()
    Image.new("RGB", (64, 64), "green").save(folder / "1.png")
    return folder


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "more", [{}, {"by_class": True, "plain": True}, {"features": studios.Path("f.pth"), "swap": True}]
)
def test_every_kind_writes_a_command_that_its_entry_understands(kind, more, tmp_path):
    size = min(64, KINDS[kind].sizes[-1])
    for count in (3, 400):
        entry, flags = words_for(kind, Wanted(tmp_path, FOUND | {"count": count}, size, **more))
        order = orders.order_of(entry, flags, 3.0)
        options = parse(import_module(f"training.{entry}").Options, order.words(tmp_path / "run")[1:], entry, None)
        assert (options.size, options.minutes, options.run) == (size, 3.0, tmp_path / "run")
        assert count > 100 or entry == "train_cyclegan" or options.batch == 2
    assert entry in orders.ENTRIES


def test_a_kind_that_the_pictures_are_not_made_for_says_what_it_needs(tmp_path):
    plain = FOUND | {"pairs": 0, "sides": [], "classes": {}}
    said = {row["key"]: row["why"] for row in table(plain)}
    assert "twice as wide as high" in said["pairs"] and "two folders" in said["unpaired"] and not said["dcgan"]
    for kind, size, words in (
        ("pairs", 64, "needs pairs"),
        ("dcgan", 65, "takes 28, 32, 64, 128"),
        ("x", 64, "no kind"),
    ):
        with pytest.raises(RequestError, match=words):
            words_for(kind, Wanted(tmp_path, plain, size))


def test_a_training_begins_with_what_a_weight_has_learned_where_it_fits(studio, leaves, tmp_path):
    studio.shelf = Shelf([studios.HOME / "weights"])
    rows = {row["key"]: [one["name"] for one in row["begins"]] for row in table(FOUND, studio.shelf.cards())}
    assert "dcgan-cats-64" in rows["dcgan"] and "dcgan-mnist" not in rows["dcgan"] and not rows["pairs"]
    request = {"name": str(leaves), "settings": SETTINGS | {"begin": "dcgan-cats-64"}}
    order, _ = studio.order(request)
    flags = order.flags[order.flags.index("--from") : -2]
    assert flags[1] == str(studio.shelf.folder("dcgan-cats-64"))
    assert flags[2:] == ("--latent-dim", "128", "--width", "64", "--hidden", "0", "--upsampling", "resize")
    for change, words in (
        ({"begin": "dcgan-cats-128"}, "draws 128 px"),
        ({"kind": "stylegan2"}, "whose networks are others"),
        ({"begin": "x"}, "no model 'x' to begin with"),
    ):
        with pytest.raises(RequestError, match=words):
            studio.order(request | {"settings": request["settings"] | change})


def test_an_upload_is_moved_into_its_run_and_trained_on_there_once(studio):
    ident = studio.put({"items": [{"name": "leaves/1.png", "data": "AAAA", "at": 0}]})["id"]
    request = {"id": ident, "settings": SETTINGS}
    assert studio.found({"id": ident})["title"] and studio.plan(request)["name"] == "my-leaves"
    told = studio.estimate(request)
    assert told["rate"] == 100.0 and "about 12,000 in 2 min" in told["words"] and "500 photographs" in told["words"]
    assert studio.begin(request) == {"run": "my-leaves"}
    run = Run(studio.runs / "my-leaves")
    order = studio.said[-1]
    assert order.flags[order.flags.index("--data") + 1] == str(run.folder / "data" / "my-leaves")
    assert (run.folder / "data/my-leaves/1.png").exists() and not list(studio.uploads.folder.glob("try-*"))
    assert order.flags[-2:] == ("--log-every", "10"), "400 steps: sixty rows would be one every 7"
    with pytest.raises(RequestError, match="no longer here .a training took them"):
        studio.begin(request)


def test_a_folder_of_the_machine_is_trained_on_where_it_lies_and_only_where_it_may_be_named(studio, leaves):
    request = {"name": f'"{leaves}"', "settings": SETTINGS}
    assert studio.begin(request) == {"run": "my-leaves"} and str(leaves) in studio.said[-1].flags
    with pytest.raises(RequestError, match="a run 'my-leaves' already"):
        studio.begin(request)
    studio.here = False
    with pytest.raises(RequestError, match="only where the page listens on it alone"):
        studio.begin(request | {"settings": SETTINGS | {"title": "more"}})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"minutes": 0}, "more than 0"),
        ({"minutes": "9"}, "above zero"),
        ({"size": 6.5}, "whole number"),
        ({"kind": "x"}, "no kind"),
    ],
)
def test_settings_that_are_none_are_said_before_anything_begins(studio, leaves, change, words):
    with pytest.raises((RequestError, TrainingError), match=words):
        studio.begin({"name": str(leaves), "settings": SETTINGS | change})
    assert not (studio.runs / "my-leaves").exists()


def test_a_run_is_kept_by_the_export_command_and_deleted_with_its_pictures(studio, leaves):
    studio.begin({"name": str(leaves), "settings": SETTINGS})
    run = Run(studio.runs / "my-leaves")
    with pytest.raises(RequestError, match="has saved nothing yet"):
        studio.act({"run": "my-leaves", "kind": "keep"})
    run.checkpoint_path.parent.mkdir()
    run.checkpoint_path.touch()
    assert studio.act({"run": "my-leaves", "kind": "keep"})["weight"] == "my-leaves"
    assert studio.said[-1] == ["training.export", str(run.folder), "-o", str(studio.shelf.home / "my-leaves")]
    assert "deleted" in studio.act({"run": "my-leaves", "kind": "delete"})["told"]
    assert not run.folder.exists() and leaves.exists()
    by_hand = Run(studio.runs / "by-hand")
    by_hand.write_config({"config": {}})
    for kind, words in (("delete", "not started from the page"), ("pause", "not started"), ("fly", "got 'fly'")):
        with pytest.raises((RequestError, TrainingError), match=words):
            studio.act({"run": "by-hand", "kind": kind})
    with pytest.raises(RequestError, match="no run '../x'"):
        studio.act({"run": "../x", "kind": "delete"})


def test_a_run_shows_its_figures_from_the_first_second_and_how_it_ended(studio, leaves):
    studio.begin({"name": str(leaves), "settings": SETTINGS})
    run = Run(studio.runs / "my-leaves")
    order = orders.read(run)

    def seen(wish="run", known=None, **pulse) -> str:
        orders.write(run, orders.replace(order, wish=wish, known=known or {}, why=pulse.pop("why", "")))
        if pulse:
            run.write_config({"config": {"minutes": 2.0}})
            run.write_pulse({"step": 2, "images": 64, "seconds": 12.0, "rate": 5.4, **pulse})
        return run_panel.head_html(run) + actions_html(run, studio)

    me, gone = identity(), identity() | {"born": 1.0}
    assert "waiting" in seen() and "4.7 MB" in seen(known=me) and "starting" in seen(known=me)
    said = seen(known=me, state="training", **me)
    assert "running" in said and "5.4 images/s" in said and "<dd>64</dd>" in said and "about 2 min" in said
    assert 'data-act="pause"' in said and 'data-act="more"' in said and 'data-act="delete"' not in said
    assert "pausing" in seen("pause", me, state="training", **me) and 'data-act="go"' in seen("pause")
    ended = seen("over", why="ended from outside <b>", state="training", **gone)
    assert "stopped" in ended and "ended from outside &lt;b&gt;" in ended and 'data-act="delete"' in ended
    # Without a row of the log: what the pulse says is enough.
    assert "finished" in seen("over", state="finished", **gone)


@pytest.mark.parametrize(
    ("words", "place", "who"),
    [
        ([], {}, "here"),
        (["--host", "127.0.0.1"], {}, "here"),
        (["--host", "0.0.0.0"], {}, ""),
        (["--host", "0.0.0.0", "--allow-training"], {}, "uploads"),
        (["--public-host", "a.example"], {}, ""),
        (["--allow-training"], {"GRADIO_SERVER_NAME": "0.0.0.0"}, "uploads"),
        (["--allow-training"], {"SPACE_ID": "a/b"}, ""),
    ],
)
def test_who_may_train_follows_from_where_the_page_listens(words, place, who, monkeypatch):
    for name in ("SPACE_ID", "GRADIO_SERVER_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in place.items():
        monkeypatch.setenv(name, value)
    assert app.training(app.flags(words)) == who
