"""Projection: boxes, its words, its command; how near photographs come is measured by training.bench project."""

from itertools import islice

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models import project, remake, tune
from gan_models.drawing.masks import mask_picture
from gan_models.errors import RequestError, WeightError
from gan_models.latents.point import Point
from gan_models.loading import Model, Shelf, load
from gan_models.networks.encoder import Encoder, EncoderConfig
from gan_models.pictures.boxes import cut
from gan_models.pictures.photo import Photo, encode, open_photo
from gan_models.project import Box, aligned
from gan_models.recipe import read
from gan_models.repairing.joining import harmonic, hole_in, joined
from gan_models.sample import make_again, sample
from gan_models.weight.held_out import HeldOut


@pytest.fixture(scope="module")
def model(tiny_styles) -> Model:
    return load(tiny_styles / tiny.STYLE)


def test_a_box_is_cut_turned_and_goes_on_beyond_the_edge(model) -> None:
    levels = np.zeros((64, 64, 3), np.uint8)
    levels[:32, :, 0] = 200
    photo = Photo(levels)
    upright = aligned(photo, Box(32, 32, 64), model)
    assert upright.shape == (32, 32, 3) and abs(int(upright[2, 16, 0]) - 200) < 3 and upright[29, 16, 0] < 3
    turned = aligned(photo, Box(32, 32, 64, 90), model)
    assert np.abs(turned[2:-2, 2:-2].astype(int) - np.rot90(upright)[2:-2, 2:-2].astype(int)).max() <= 3
    assert (aligned(photo, Box(32, 0, 40), model)[:14, :, 0] > 190).all(), "above the photograph its edge goes on"
    tiny_photo = Photo(np.full((1, 1, 1), 90, np.uint8))
    assert (aligned(tiny_photo, project.suggested(tiny_photo)[0], model) == 90).all()


def test_a_projection_goes_on_from_its_own_words(model) -> None:
    target = project.Target.of(model, sample(model, [Point(seed=4)])[0])
    begun = project.begin(model, target, 30)
    first, second, third = islice(project.steps(model, target, begun), 3)
    again = next(project.steps(model, target, project.Stage.of(model, second.words())))
    assert torch.equal(again.change, third.change) and again.least == third.least < first.least
    with pytest.raises(RequestError, match="start it again"):
        project.Stage.of(model, "AAAA")


def test_an_encoder_gives_the_mean_picture_before_it_has_learned_and_is_small() -> None:
    encoder = Encoder(EncoderConfig(3, 12, 128))
    assert not encoder(torch.randn(2, 3, 128, 128)).any() and encoder(torch.randn(2, 3, 32, 32)).shape == (2, 12, 128)
    assert sum(parameter.numel() for parameter in encoder.parameters()) * 2 <= 5e6


def test_the_error_is_told_against_held_out_photographs(model, monkeypatch) -> None:
    counts, errors = torch.tensor([0, 10]), torch.tensor([[9.0], [0.0]])
    known = HeldOut(torch.zeros(96), torch.eye(96), torch.tensor([1.0, 2.0]), counts, errors, 1.0)
    picture = sample(model, [Point(seed=4)])[0]
    target = project.Target.of(model, picture)
    monkeypatch.setitem(vars(model), "held_out", HeldOut.of(known.tensors()))
    early, late = (project.error(model, target, picture[::-1].copy(), number) for number in (5, 10))
    assert (early.worse, late.worse) == (1.0, 0.0) and early.unlike, "its features are far from both that were seen"
    assert "100% of held-out photographs come out worse" in early.said and "none that this model can make" in early.said


def test_the_command_writes_each_photographs_picture_with_its_point(tiny_styles, tmp_path, capsys) -> None:
    for name, colour in (("a.png", "red"), ("b.jpg", "blue")):
        Image.new("RGB", (40, 50), colour).save(tmp_path / name)
    weight, out = str(tiny_styles / tiny.STYLE), tmp_path / "out"
    photos = [str(tmp_path / "a.png"), str(tmp_path / "b.jpg")]
    project.main([*photos, "--weight", weight, "--steps", "2", "-o", str(out)])
    written = (out / "a-projected.png").read_bytes()
    again = make_again(read(written), Shelf([tiny_styles]))
    assert np.array_equal(np.asarray(Image.open(out / "a-projected.png")), again)
    assert "Perceptual distance" in capsys.readouterr().out and (out / "b-projected.png").is_file()


def test_the_command_tells_what_of_a_photograph_is_left_out_and_does_the_others(tiny_styles, tmp_path, capsys) -> None:
    frames = [Image.new("RGB", (40, 50), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "words.png").write_text("no picture")
    given, out = ["--weight", str(tiny_styles / tiny.STYLE), "--steps", "2", "-o"], tmp_path / "out"
    with pytest.raises(SystemExit):
        project.main([str(tmp_path / "words.png"), str(tmp_path / "film.gif"), *given, str(out)])
    said = capsys.readouterr().err
    assert "words.png cannot be read as a picture" in said and "film.gif: it holds 2 pictures" in said
    assert f"Not projected: {tmp_path / 'words.png'};" in said and [p.name for p in out.iterdir()] == [
        "film-projected.png"
    ]
    for words, told in (
        (["--seconds", "nan"], "--seconds is nan"),
        (["--seconds", "0"], "--seconds is 0.0"),
        (["--box", "1,2,3,4,5"], "A --box is X,Y,SIDE"),
    ):
        with pytest.raises(SystemExit):
            project.main([str(tmp_path / "film.gif"), *given, str(tmp_path / "one.png"), *words])
        assert told in capsys.readouterr().err and not (tmp_path / "one.png").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"x": 1, "y": 2}, "A box is an object with x, y, side and turn"),
        ({"x": 50, "y": 2, "side": 4}, "middle on the photograph of 40x30"),
        ({"x": 1, "y": 2, "side": 0}, "a side of 1 to 120 px"),
        ({"x": 1, "y": 2, "side": 4, "turn": float("inf")}, "turn of -180 to 180"),
    ],
)
def test_wrong_boxes_have_a_sentence(words, message) -> None:
    with pytest.raises(RequestError, match=message):
        Box.of(words, Photo(np.zeros((30, 40, 3), np.uint8)))


def test_a_tuned_copy_is_a_weight_of_its_own_and_nearer(tiny_styles, tmp_path) -> None:
    Image.effect_noise((40, 40), 60).convert("RGB").save(tmp_path / "noise.png")
    before = load(tiny_styles / tiny.STYLE).sha256
    tune.main([str(tmp_path / "noise.png"), "--weight", str(tiny_styles / tiny.STYLE), "--seconds", "1", "--steps", "2",
               "-o", str(tmp_path / "mine")])  # fmt: skip
    copied = load(tmp_path / "mine")
    assert Image.open(tmp_path / "mine" / "samples.webp").width > 32, "the pickers show a face of it"
    assert copied.sha256 != before == load(tiny_styles / tiny.STYLE).sha256
    assert torch.allclose(copied.w_mean, load(tiny_styles / tiny.STYLE).w_mean, atol=1e-3), "only rounded to halves"
    made = read(tmp_path / "mine.png")
    assert np.array_equal(np.asarray(Image.open(tmp_path / "mine.png")), make_again(made, Shelf([tmp_path])))
    with pytest.raises(WeightError):
        make_again(made, Shelf([tiny_styles]))


def test_no_tuned_copy_comes_among_files_of_others(tiny_styles, tmp_path, capsys) -> None:
    (tmp_path / "samples.webp").write_text("precious")
    with pytest.raises(SystemExit):
        tune.main(["noise.png", "--weight", str(tiny_styles / tiny.STYLE), "-o", str(tmp_path)])
    assert f"{tmp_path} holds files; pass --overwrite" in capsys.readouterr().err


def test_what_is_added_to_a_fill_is_harmonic_and_meets_the_edge() -> None:
    down, across = np.mgrid[0:24, 0:30].astype(float)
    plane, hole = (3 * down - 2 * across)[:, :, None], np.zeros((24, 30), bool)
    hole[5:20, 8:25] = True
    assert np.abs(harmonic(np.where(hole[:, :, None], 99.0, plane), hole, 1e-4) - plane).max() < 0.01


def test_a_picture_of_other_colours_is_joined_without_a_step() -> None:
    down, across = np.mgrid[0:80, 0:90]
    photo = Photo((120 + down / 2 + 8 * np.sin(across / 3))[:, :, None].repeat(3, 2).astype(np.uint8))
    mask, box = np.zeros((80, 90), bool), Box(44, 40, 64, 20)
    mask[30:50, 35:55] = True
    darker = cut(photo, box, 64, 3) - np.uint8(60)
    made = joined(photo, mask, box, darker).colour.astype(int)
    assert np.array_equal(made[~mask], photo.colour[~mask]) and np.abs(made - photo.colour)[mask].mean() < 3


def test_a_generator_fills_a_hole_by_what_is_known_alone_and_its_recipe_makes_it_again(model, tiny_styles, tmp_path):
    picture = sample(model, [Point(seed=4)])[0]
    source, white, out = (tmp_path / name for name in ("photo.png", "mask.png", "out.png"))
    source.write_bytes(encode(Photo(picture)))
    mask = np.zeros((32, 32), bool)
    mask[10:20, 12:22] = True
    white.write_bytes(mask_picture(mask))
    target, other = (project.Target.of(model, p, mask) for p in (picture, np.where(mask[:, :, None], 0, picture)))
    assert np.array_equal(target.picture, other.picture), "what is in the hole is not looked at"
    assert project.likeness(target, target.tensor) == 0
    words = [str(source), "--weight", str(tiny_styles / tiny.STYLE), "--steps", "3", "--box", "16,16,32"]
    project.main([*words, "--mask", str(white), "-o", str(out)])
    made, photo = read(out), open_photo(source)
    assert made.verb == "project" and np.array_equal(open_photo(out).colour[~mask], picture[~mask])
    remake.write_again(made, Shelf([tiny_styles]), tmp_path / "again.png", remake.Given(source))
    assert (tmp_path / "again.png").read_bytes() == out.read_bytes()
    for shape, said in ((mask & False, "black all over"), (np.roll(mask, 12, 1), "beyond the box")):
        with pytest.raises(RequestError, match=said):
            hole_in(shape, Box(14, 16, 20), 32)
    with pytest.raises(RequestError, match="give the very file"):
        project.make_again(made, Shelf([tiny_styles]), Photo(photo.colour, sha256="0" * 64))
