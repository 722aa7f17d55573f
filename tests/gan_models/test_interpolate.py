import itertools
import time
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import interpolate
from gan_models.errors import RequestError
from gan_models.interpolate import Enlarging, count_frames, estimate, frames, main, make_again, recipe_of
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf, load
from gan_models.pictures.film import write_film
from gan_models.recipe import Recipe
from gan_models.sample import sample
from gan_models.upscaling.upscaler import Upscaler

KEYS = [Point(seed=1), Point(seed=2), Point(seed=3, truncation=0.7)]


@pytest.fixture
def model(tiny_weights) -> Model:
    return load(tiny_weights / tiny.COLOUR)


def film(path: Path) -> list[np.ndarray]:
    if path.suffix == ".mp4":
        with av.open(str(path)) as file:
            return [frame.to_ndarray(format="rgb24") for frame in file.decode(video=0)]
    with Image.open(path) as file:
        return [np.asarray((file.seek(index), file.convert("RGB"))[1]) for index in range(file.n_frames)]


def plain(count: int, height: int = 6, width: int = 6, channels: int = 3) -> list[np.ndarray]:
    return [np.full((height, width, channels), 20 + 10 * index, np.uint8) for index in range(count)]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("kind", ["spherical", "linear"])
def test_the_key_frames_are_the_very_pictures(model: Model, closed: bool, kind: str) -> None:
    walk = list(frames(model, KEYS, 4, kind, closed, "smooth"))
    assert len(walk) == count_frames(3, 4, closed) == (12 if closed else 9)
    assert np.array_equal(np.stack(walk[::4][:3]), sample(model, KEYS))
    assert not np.array_equal(walk[1], walk[2])


def test_frames_are_drawn_when_they_are_asked_for(model: Model, monkeypatch) -> None:
    drawn = []
    draw = interpolate.draw
    monkeypatch.setattr(interpolate, "draw", lambda *a: drawn.append(len(a[1])) or draw(*a))
    walk = frames(model, KEYS, 1000)
    assert drawn == []
    list(itertools.islice(walk, 3))
    assert sum(drawn) == 3


def test_classes_change_halfway(tiny_weights) -> None:
    model = load(tiny_weights / tiny.CONDITIONAL)
    walk = list(frames(model, [Point(seed=1, label=0), Point(seed=1, label=2)], 4))
    first, last = sample(model, [Point(seed=1, label=0), Point(seed=1, label=2)])
    assert all(np.array_equal(frame, first) for frame in walk[:2])
    assert all(np.array_equal(frame, last) for frame in walk[2:])


def test_a_film_needs_two_keys(model: Model) -> None:
    with pytest.raises(RequestError, match="two key images, got 1"):
        frames(model, KEYS[:1])


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
@pytest.mark.parametrize("name", [tiny.COLOUR, tiny.VANILLA])
def test_a_film_shows_the_frames(suffix: str, name: str, tiny_weights, tmp_path) -> None:
    model = load(tiny_weights / name)
    walk = list(frames(model, KEYS[:2], 4))
    assert write_film(walk, tmp_path / f"film{suffix}", fps=20) == 5
    shown = film(tmp_path / f"film{suffix}")
    factor = -(-256 // model.size)
    assert len(shown) == 5 and shown[0].shape == (factor * model.size, factor * model.size, 3)
    for frame, original in zip(shown, walk):
        middle = frame[factor // 2 :: factor, factor // 2 :: factor]
        # A GIF frame has 256 colours, for what here is colourful noise.
        assert np.abs(middle.astype(int) - original).mean() < 12
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"film{suffix}"]


def test_mp4_is_h264_that_everything_plays(model: Model, tmp_path) -> None:
    write_film(frames(model, KEYS, 6), tmp_path / "film.mp4", fps=12)
    with av.open(str(tmp_path / "film.mp4")) as file:
        stream = file.streams.video[0]
        assert stream.codec_context.name == "h264" and stream.codec_context.pix_fmt == "yuv420p"
        assert stream.average_rate == 12 and stream.frames == 13
        assert float(stream.duration * stream.time_base) == pytest.approx(13 / 12, abs=0.01)
    # The index stands before the pictures, so that a browser plays while it loads.
    content = (tmp_path / "film.mp4").read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")


def test_colours_of_the_mp4_are_right(tmp_path) -> None:
    for colour in ([255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [90, 160, 30]):
        pictures = [np.tile(np.array(colour, np.uint8), (64, 64, 1))] * 3
        write_film(pictures, tmp_path / "film.mp4")
        assert np.abs(film(tmp_path / "film.mp4")[1].astype(int) - colour).max() <= 6, colour


@pytest.mark.parametrize(("height", "width"), [(5, 7), (300, 301), (1, 1)])
def test_odd_sizes(height: int, width: int, tmp_path) -> None:
    assert write_film(plain(3, height, width, 1), tmp_path / "film.mp4", scale=1) == 3
    shown = film(tmp_path / "film.mp4")
    assert shown[0].shape == (height + height % 2, width + width % 2, 3)


@pytest.mark.parametrize(("suffix", "fps", "expected"), [(".gif", 24, 40), (".gif", 10, 100), (".webp", 24, 42)])
def test_animations_loop_at_the_asked_pace(suffix: str, fps: int, expected: int, tmp_path) -> None:
    write_film(plain(4), tmp_path / f"film{suffix}", fps=fps)
    with Image.open(tmp_path / f"film{suffix}") as file:
        file.seek(1)
        file.load()
        assert file.info["duration"] == expected and file.info["loop"] == 0


@pytest.mark.parametrize("suffix", [".mp4", ".gif", ".webp"])
def test_stop_leaves_nothing_behind(suffix: str, model: Model, tmp_path) -> None:
    asked = []
    out = tmp_path / f"film{suffix}"
    out.write_bytes(b"an older film")
    assert write_film(frames(model, KEYS, 500), out, stop=lambda: asked.append(1) or len(asked) > 4) == 0
    assert len(asked) == 5 and out.read_bytes() == b"an older film"
    assert list(tmp_path.iterdir()) == [out]


def test_a_failing_frame_leaves_nothing_behind(tmp_path) -> None:
    def failing():
        yield from plain(2)
        raise RequestError("no more")

    with pytest.raises(RequestError, match="no more"):
        write_film(failing(), tmp_path / "film.mp4")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"path": "film.avi"}, ".mp4, .gif, .webp, got 'film.avi'"),
        ({"fps": 0}, "1 to 60 frames a second, got 0"),
        ({"fps": 24.5}, "1 to 60 frames a second, got 24.5"),
        ({"scale": 0}, "scale of a film of 6 px pictures is 1 to 170, got 0"),
        ({"scale": 1000}, "1 to 170, got 1000"),
        ({"frames": []}, "at least one frame"),
        ({"frames": plain(5), "path": "film.gif"}, "at most 4 frames as .gif"),
    ],
)
def test_films_that_cannot_be_are_refused(arguments: dict, message: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(interpolate.MOST_FRAMES, ".gif", 4)
    with pytest.raises(RequestError, match=message):
        write_film(**{"frames": plain(3), "path": "film.mp4", **arguments})
    assert list(tmp_path.iterdir()) == []


def test_the_estimate_is_near(model: Model, tmp_path, monkeypatch) -> None:
    # In processor time, so that a pause of a busy machine counts for neither of the two.
    monkeypatch.setattr(time, "perf_counter", time.process_time)
    seconds = estimate(model, KEYS, 61)
    start = time.perf_counter()
    write_film(frames(model, KEYS, 30), tmp_path / "film.mp4")
    assert seconds / 8 < time.perf_counter() - start < seconds * 8


def test_the_command(tiny_weights, tmp_path, capsys) -> None:
    arguments = ["--seeds", "1", "2", "--frames-per-step", "3", "--closed", "--easing", "smooth"]
    main([str(tiny_weights / tiny.VANILLA), *arguments, "-o", str(tmp_path / "film.gif")])
    assert len(film(tmp_path / "film.gif")) == 6
    assert capsys.readouterr().err.endswith("frame 6 of 6\n")
    with pytest.raises(SystemExit) as caught:
        main([str(tiny_weights / tiny.VANILLA), "--seeds", "1", "-o", str(tmp_path / "film.gif")])
    assert caught.value.code == 2 and "two key images" in capsys.readouterr().err


def test_a_scale_out_of_range_is_said_before_the_first_frame(tiny_weights, tmp_path, capsys) -> None:
    with pytest.raises(SystemExit):
        main([str(tiny_weights / tiny.VANILLA), "--scale", "500", "-o", str(tmp_path / "film.gif")])
    said = capsys.readouterr().err
    assert "The scale of a film of" in said and "frame 1" not in said


def test_the_command_line_refuses_a_long_gif_before_it_draws(tiny_weights, tmp_path, capsys):
    long = [
        str(tiny_weights / tiny.COLOUR),
        "--seeds",
        "1",
        "2",
        "--frames-per-step",
        "901",
        "-o",
        str(tmp_path / "a.gif"),
    ]
    with pytest.raises(SystemExit):
        main(long)
    assert "at most 900 frames as .gif, and this one has 902" in capsys.readouterr().err


@pytest.mark.parametrize("name", [tiny.COLOUR, tiny.VANILLA])
def test_a_film_is_enlarged_frame_by_frame_and_made_again_of_its_recipe(name, tiny_weights, tiny_upscalers, tmp_path):
    shelf, place = Shelf([tiny_weights, tiny_upscalers]), tmp_path / "film.webp"
    model, larger = shelf.get(name), Enlarging(Upscaler.of(shelf.get(tiny.SWIFT_2)), 2, False)
    way = {"frames_per_step": 2}
    recipe = recipe_of(model, KEYS[:2], 12, None, larger, **way)
    made = [larger.frame(picture) for picture in frames(model, KEYS[:2], **way)]
    assert made[0].shape == (2 * model.size, 2 * model.size, model.channels)
    write_film(made, place, 12, comment=recipe.to_json())
    assert make_again(Recipe.from_json(recipe.to_json()), shelf, tmp_path / "again.webp") == 3
    assert (tmp_path / "again.webp").read_bytes() == place.read_bytes()
    with pytest.raises(RequestError, match="does not say how"):
        make_again(replace(recipe, arguments={**recipe.arguments, "enlarging": {"times": 2}}), shelf, place)
