"""Interpolate's events, called by name as a program would, and the strip that they show."""

import base64
import io
import json
import threading
from dataclasses import replace
from functools import partial
from pathlib import Path

import gradio as gr
import numpy as np
import pytest
import tiny
from gradio_client.exceptions import AppError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_models.errors import RequestError
from gan_models.interpolate import frames
from gan_models.latents.point import Point
from gan_models.loading import Shelf
from gan_models.sample import sample
from gan_models.sounds.files import to_wav
from gan_models.weight.card import Card
from page.interpolate import film
from page.interpolate.walk import Walk, song_value
from page.parts.jobs import Job, Jobs
from page.parts.lanes import Lanes
from page.parts.shared import Shared

WAY = ("spherical", "linear", True, 6, 12)


def decode(uri: str) -> np.ndarray:
    with Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_seeds_become_key_images(client):
    keys = client.predict(tiny.COLOUR, [1], "7, 8 and 9", api_name="/interpolate_add")
    assert [key["point"] for key in keys] == [{"seed": seed} for seed in (1, 7, 8, 9)]
    assert [key["name"] for key in keys] == ["seed 1", "seed 7", "seed 8", "seed 9"]
    assert {key["weight"] for key in keys} == {tiny.COLOUR}
    assert decode(keys[0]["picture"]).shape == (32, 32, 3)


def test_a_class_is_said_by_name(client):
    keys = client.predict(tiny.CONDITIONAL, [], "5", "star", api_name="/interpolate_add")
    assert keys[0]["point"] == {"seed": 5, "label": 2} and keys[0]["name"] == "seed 5, star"


def test_the_preview_shows_the_films_own_frames(client, tiny_weights):
    value = client.predict(tiny.COLOUR, [1, 2, 3], *WAY, api_name="/interpolate_preview")
    assert (value["total"], value["at"], value["marks"]) == (18, list(range(18)), [0, 6, 12])
    sheet = decode(value["sprite"])
    model = Shelf([tiny_weights]).get(tiny.COLOUR)
    walk = list(frames(model, [Point(1), Point(2), Point(3)], 6, closed=True))
    row, column = divmod(7, value["columns"])
    shown = sheet[row * 32 : (row + 1) * 32, column * 32 : (column + 1) * 32]
    assert np.abs(shown - walk[7]).mean() < 8, "frame 7, as well as a JPEG can show it"


def test_the_slider_gets_the_exact_frame(tiny_weights):
    shelf = Shelf([tiny_weights])
    order = film.Order(tiny.CONDITIONAL, (Point(1, label=0), Point(2, label=2)), frames_per_step=8, closed=False)
    walk = list(frames(shelf.get(tiny.CONDITIONAL), order.points, 8))
    for frame in (0, 5, 8):
        found = film.exact_frame(shelf, Lanes(), {**order.to_json(), "frame": frame})
        assert np.abs(decode(found["picture"]) - walk[frame]).mean() < 8
        again = sample(shelf.get(found["weight"]), [Point.from_json(found["point"])])[0]
        assert np.array_equal(again, walk[frame]), "Upscale opens the very frame"


def test_a_walk_between_two_sentences_passes_through_what_only_numbers_say(tiny_words):
    desk = desk_of(Shelf([tiny_words]))
    _, keys, _, words = desk.look(None, [])
    examples = tiny.VOCABULARY.sentences
    assert [key["point"]["text"] for key in keys] == [*examples, *examples] and words["value"] == examples[0]
    keys = desk.add(tiny.WORDS, [], "5", None, "red hair")
    keys = desk.add(tiny.WORDS, keys, "5", None, "violet hair")
    assert [key["name"] for key in keys] == ["seed 5: red hair", "seed 5: violet hair"]
    assert desk.read(tiny.WORDS, "violet hair")["info"] == "Read “violet” as “purple”."
    order = desk.order(tiny.WORDS, keys, closed=False, per_step=4)
    walk = list(frames(desk.shelf.get(tiny.WORDS), order.points, 4))
    assert len({picture.tobytes() for picture in walk}) == 5, "same latent, other words"
    for frame in (0, 1, 4):
        found = film.exact_frame(desk.shelf, Lanes(), {**order.to_json(), "frame": frame})
        again = sample(desk.shelf.get(tiny.WORDS), [Point.from_json(found["point"])])[0]
        assert np.array_equal(again, walk[frame]), "Upscale opens the very frame"
    assert desk.turn({"chosen": tiny.WORDS, "followed": True}, keys)[0]["chosen"] == tiny.WORDS


def test_the_estimate_says_length_and_time(client):
    words = client.predict(tiny.COLOUR, [1, 2], *WAY, "GIF", api_name="/interpolate_estimate")
    assert "12 frames, 1.0 s" in words and "to make" in words


def test_a_film_is_made_and_carries_its_recipe(client):
    *_, picture, path, _ = client.predict(tiny.COLOUR, [1, 2], *WAY, "GIF", api_name="/interpolate_film")
    with Image.open(path["value"]) as made:
        assert made.n_frames == 12 and min(made.size) >= 256
        recipe = json.loads(made.info["comment"])
    assert recipe["verb"] == "interpolate" and recipe["arguments"]["points"] == [{"seed": 1}, {"seed": 2}]


@pytest.mark.parametrize("way", ["set", "close"])
def test_a_film_that_is_stopped_or_left_ends_at_once_and_leaves_nothing(tiny_weights, tmp_path, way):
    order = film.Order(tiny.COLOUR, tuple(map(Point, range(24))), frames_per_step=120)
    jobs, work = Jobs(), partial(film.make_film, Shelf([tiny_weights]), Lanes(), order, "MP4", tmp_path)
    ident = jobs.start(work, total=order.total)
    looks = jobs.followed(ident)
    assert (next(looks).total, jobs.get(ident).state) == (2880, "running")
    if way == "close":
        looks.close()
    else:
        jobs.stop(ident)
        assert all(job.done < 2880 for job in looks)
    assert jobs.get(ident).state == "stopped" and not list(tmp_path.iterdir())
    assert not [thread for thread in threading.enumerate() if thread.name == "job"]


def desk_of(shelf: Shelf) -> Walk:
    return Walk(shelf, Shared(shelf, None, None, Lanes(), Path()))


def test_a_film_whose_page_was_left_goes_on_and_is_found_again_by_what_was_shown_of_it(tiny_weights):
    desk = desk_of(Shelf([tiny_weights]))
    order = film.Order(tiny.COLOUR, (Point(1), Point(2)), frames_per_step=8)
    before = desk.make(order, "GIF", "page")
    told = next(before)[0]
    before.close()
    *_, last = desk.again(told, "the same page, reloaded")
    assert "tiny-colour-16.gif" in last[0] and Path(last[4]["value"]).is_file() and not desk.films
    with pytest.raises(RequestError, match="over and forgotten"):
        next(desk.again("nothing", "page"))


def test_the_tray_gives_pictures_of_the_model_and_else_brings_its_own(tiny_weights):
    desk = desk_of(Shelf([tiny_weights]))
    tray = [{"weight": name, "point": {"seed": i}} for i, name in enumerate((tiny.VANILLA, tiny.COLOUR))]
    _, keys, classes, _ = desk.take(tiny.COLOUR, [3], tray)
    assert classes == gr.skip()
    assert [key["point"]["seed"] for key in keys] == [3, 1]
    shown, keys, classes, _ = desk.take(tiny.CONDITIONAL, [], tray)
    assert shown["chosen"] == tiny.VANILLA and [key["point"]["seed"] for key in keys] == [0]
    assert not classes["visible"], "the classes are those of the model that was taken with the picture"
    shown, keys, *_ = desk.take(tiny.CONDITIONAL, [3], tray)
    assert shown["chosen"] == tiny.VANILLA and [key["point"]["seed"] for key in keys] == [0]
    with pytest.raises(RequestError, match="holds no picture of a model that is here; pin"):
        desk.take(tiny.COLOUR, [3], [{"weight": "gone", "point": {"seed": 1}}])


def test_a_model_of_another_tab_is_followed_only_where_every_key_goes_along(tiny_weights):
    desk = desk_of(Shelf([tiny_weights]))
    keys = desk.choose(tiny.COLOUR, [1, 2])[0]
    models, seeds, *_ = desk.turn({"chosen": tiny.VANILLA, "followed": True}, keys)
    assert models == gr.skip() and {key["weight"] for key in seeds} == {tiny.VANILLA}
    bred = [keys[0], {**keys[1], "point": {"latent": [0.0] * 8}}]
    assert desk.turn({"chosen": tiny.VANILLA, "followed": True}, bred)[0]["chosen"] == tiny.COLOUR
    assert len(desk.turn({"chosen": tiny.VANILLA}, bred)[1]) == 1, "a visitor's own choice leaves it out"


def test_key_images_outlive_a_change_of_another_model(tmp_path):
    for name in (tiny.COLOUR, tiny.VANILLA):
        tiny.make_weight(tmp_path, name)
    desk = desk_of(Shelf([tmp_path]))
    models, keys, *_ = desk.look(None, [])
    bred = [{"point": {"latent": [0.0] * desk.shelf.get(models["chosen"]).latent_dim}}, *keys]
    other = next(item["name"] for item in models["items"] if item["name"] != models["chosen"])
    retitled(tmp_path / other)
    again, kept, classes, _ = desk.look(models, bred)
    assert again["chosen"] == models["chosen"] and kept == classes == gr.skip()
    assert len(desk.look(models["chosen"], bred)[1]) == len(keys), "a program sends a name alone"
    retitled(tmp_path / models["chosen"])
    assert [key["point"] for key in desk.look(again, bred)[1]] == [key["point"] for key in keys], "drawn anew"


def retitled(folder: Path) -> None:
    replace(Card.read(folder), title="Another title").write(folder)


def test_a_film_that_is_too_long_for_its_file_is_refused_at_once(client, tiny_weights, tmp_path):
    order = film.Order(tiny.COLOUR, tuple(map(Point, range(8))), frames_per_step=120)
    with pytest.raises(RequestError, match="at most 900 frames as .gif, and this one has 960; take fewer"):
        film.make_film(Shelf([tiny_weights]), Lanes(), order, "GIF", tmp_path, Job())
    way = ("spherical", "linear", True, 120, 12)
    words = client.predict(tiny.COLOUR, list(range(8)), *way, "WebP", api_name="/interpolate_estimate")
    assert "at most 900 frames as .webp" in words


def test_a_film_that_fails_takes_its_bar_away(client):
    job = client.submit(tiny.COLOUR, list(range(8)), "spherical", "linear", True, 120, 12, "GIF",
                        api_name="/interpolate_film")  # fmt: skip
    with pytest.raises(AppError, match="at most 900 frames"):
        job.result()
    assert job.outputs()[-1][0] == ""


def test_an_emptied_number_box_is_its_least_value(client):
    value = client.predict(tiny.COLOUR, [1, 2], "spherical", "linear", True, None, 12, api_name="/interpolate_preview")
    assert value["total"] == 2


@pytest.mark.parametrize(
    "keys, way, sentence",
    [
        ([1], WAY, "2 to 24 key images, got 1"),
        (list(range(25)), WAY, "2 to 24 key images, got 25"),
        ([1, 2], ("sideways", "linear", True, 6, 12), "not in the list of choices"),
        ([1, 2], ("spherical", "linear", True, 900, 12), "greater than maximum value 120"),
        ([1, {"seed": "x"}], WAY, "seed"),
    ],
)
def test_what_cannot_be_filmed_is_said_in_a_sentence(client, keys, way, sentence):
    with pytest.raises(AppError, match=sentence):
        client.predict(tiny.COLOUR, keys, *way, "MP4", api_name="/interpolate_film")


@given(st.integers(2, 24), st.integers(1, film.MOST_PER_STEP), st.booleans())
def test_every_key_is_in_the_strip(keys, per_step, closed):
    total = keys * per_step if closed else (keys - 1) * per_step + 1
    at = film.strip_frames(total, per_step)
    assert set(range(0, total, per_step)) <= set(at) and at == sorted(set(at)) and at[-1] < total
    assert len(at) <= max(film.STRIP + 1, keys)


def test_a_sound_drives_the_walk_and_is_held_for_the_film(client, tiny_weights):
    desk, name = Walk(Shelf([tiny_weights]), None), "beat.wav"
    sound = np.sin(np.arange(16000) * 0.3).astype(np.float32) * (np.arange(16000) % 8000 < 2000)
    added = desk.songs.add({"data": base64.b64encode(to_wav(sound, 16000)).decode(), "name": name})
    song = {**added["music"], "seconds": added["seconds"]}
    value = client.predict(tiny.COLOUR, [1, 2, 3], *WAY, song, api_name="/interpolate_preview")
    assert value["total"] == 12 and value["marks"] == [], "a second at twelve frames"
    order = desk.order(tiny.COLOUR, [1, 2, 3], *WAY, music=song)
    assert film.Order.from_json(order.to_json()).to_json() == order.to_json()
    assert desk.songs.get(order.music) == to_wav(sound, 16000)
    assert song_value(order.music) == song
    with pytest.raises(RequestError, match="beat.wav is not held here any more"):
        Walk(desk.shelf, None).songs.get(order.music)
    with pytest.raises(RequestError, match="adding one gave"):
        desk.order(tiny.COLOUR, [1, 2], *WAY, music="beat.wav")
