import io
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models import recipe
from gan_models.errors import RequestError
from gan_models.latents.point import Point
from gan_models.latents.seeds import latents
from gan_models.loading import Shelf, load
from gan_models.networks.dcgan import DcganConfig, DcganGenerator
from gan_models.networks.inference import faster_dcgan
from gan_models.pictures.images import to_tensor
from gan_models.pictures.photo import Photo
from gan_models.sample import breed, judge, main, make_again, point_of, sample, verdict

SIXTEEN = [Point(seed=seed, directions={0: seed / 8}) for seed in range(16)]


@pytest.mark.parametrize("name", tiny.CONFIGS)
def test_shape_and_type(name: str, tiny_weights) -> None:
    model = load(tiny_weights / name)
    pictures = sample(model, SIXTEEN)
    assert pictures.shape == (16, model.size, model.size, model.channels) and pictures.dtype == np.uint8
    assert len(np.unique(pictures, axis=0)) == 16 and pictures.std() > 20
    assert sample(model, []).shape == (0, model.size, model.size, model.channels)


@pytest.mark.parametrize("name", tiny.CONFIGS)
def test_a_picture_is_the_same_whatever_stands_beside_it_bit_for_bit(name: str, tiny_weights) -> None:
    model = load(tiny_weights / name)
    alone = np.concatenate([sample(model, [point]) for point in SIXTEEN])
    for count in (2, 3, 16):
        together = np.concatenate([sample(model, SIXTEEN[i : i + count]) for i in range(0, 16, count)])
        assert np.array_equal(together, alone)
    assert np.array_equal(sample(model, SIXTEEN[::-1])[::-1], alone)


@pytest.mark.parametrize("name", tiny.CONFIGS)
def test_a_picture_is_the_same_whatever_the_threads_bit_for_bit(name: str, tiny_weights) -> None:
    model = load(tiny_weights / name)
    one = sample(model, SIXTEEN)
    torch.set_num_threads(2)
    try:
        np.testing.assert_array_equal(sample(model, SIXTEEN), one)
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("upsampling", ["transposed", "resize"])
@pytest.mark.parametrize("size", [28, 64])
@pytest.mark.parametrize("norm", ["batch", "none"])
def test_the_faster_form_draws_what_the_plain_network_does(upsampling: str, size: int, norm: str) -> None:
    generator = DcganGenerator(DcganConfig(size=size, width=64, latent_dim=16, upsampling=upsampling, norm=norm))
    tiny.liven(generator)
    for layer in generator.modules():
        if isinstance(layer, torch.nn.BatchNorm2d):
            layer.running_mean.normal_(0, 0.5)
            layer.running_var.uniform_(0.5, 2)
    plain, z = generator.eval(), latents([1, 2, 3], 16)
    with torch.inference_mode():
        assert (faster_dcgan(plain)(z) - plain(z)).abs().max() < 5e-5


def test_classes(tiny_weights) -> None:
    model = load(tiny_weights / tiny.CONDITIONAL)
    circle, star = sample(model, [Point(seed=3, label=0), Point(seed=3, label=2)])
    assert not np.array_equal(circle, star)
    assert np.array_equal(sample(model, [Point(seed=3)])[0], circle)


def test_the_verdict_is_the_discriminators_own_figure(tiny_weights) -> None:
    model = load(tiny_weights / tiny.CONDITIONAL)
    pictures, labels = sample(model, SIXTEEN), [seed % 3 for seed in range(16)]
    scores = verdict(model, SIXTEEN)
    assert scores.shape == (16,) and scores.dtype == np.float32 and scores.std() > 0
    assert np.array_equal(verdict(model, pictures, labels), scores)
    assert np.array_equal(verdict(model, pictures[5:6], labels[5:6]), scores[5:6])
    with torch.no_grad():
        expected = model.discriminator(to_tensor(pictures), torch.tensor(labels))
    assert scores == pytest.approx(expected.numpy(), abs=1e-5)
    assert verdict(model, []).shape == (0,)


def test_verdicts_that_cannot_be_given(tiny_weights, tmp_path) -> None:
    from dataclasses import replace

    from gan_models.loading import save

    model = load(tiny_weights / tiny.CONDITIONAL)
    with pytest.raises(RequestError, match="one label for each picture"):
        verdict(model, sample(model, SIXTEEN[:2]))
    save(tmp_path, replace(model.card, name="alone"), model.generator)
    with pytest.raises(RequestError, match="alone comes without a discriminator"):
        verdict(load(tmp_path), SIXTEEN[:1])


def test_samples_as_arrays(tiny_weights, tmp_path, capsys) -> None:
    out = tmp_path / "deep" / "samples.npz"
    main([str(tiny_weights / tiny.CONDITIONAL), "-n", "70", "--seed", "5", "-o", str(out)])
    arrays = np.load(out)
    assert arrays["images"].shape == (70, 28, 28) and arrays["images"].dtype == np.uint8
    assert arrays["seeds"].tolist() == list(range(5, 75))
    assert arrays["labels"].tolist() == [seed % 3 for seed in range(5, 75)]
    model = load(tiny_weights / tiny.CONDITIONAL)
    assert np.array_equal(arrays["images"][69], sample(model, [Point(seed=74)])[0, :, :, 0])
    assert capsys.readouterr().err.endswith("70 of 70\n")


def test_samples_as_a_folder_of_one_class(tiny_weights, tmp_path) -> None:
    main([str(tiny_weights / tiny.CONDITIONAL), "-n", "3", "--class", "star", "-o", str(tmp_path / "out")])
    files = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.png"))
    assert files == [f"star/seed-{seed:08d}.png" for seed in range(3)]
    assert point_of(recipe.read(tmp_path / "out" / files[1])) == Point(seed=1, label=2)


def test_samples_as_a_zip_that_is_the_same_every_time(tiny_weights, tmp_path) -> None:
    for name in ("a.zip", "b.zip"):
        arguments = ["-n", "4", "--truncation", "0.5", "-o", str(tmp_path / name)]
        main([str(tiny_weights / tiny.COLOUR), *arguments])
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == [f"seed-{seed:08d}.png" for seed in range(4)]
        content = archive.read("seed-00000002.png")
    shelf = Shelf([tiny_weights])
    again = make_again(recipe.read(content), shelf)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), again)
    assert point_of(recipe.read(content)) == Point(seed=2, truncation=0.5)


@pytest.mark.parametrize("name", ["samples.NPZ", "samples.ZIP"])
def test_a_file_has_the_name_that_was_asked_for_and_stays_whole(name, tiny_weights, tmp_path, monkeypatch) -> None:
    arguments = [str(tiny_weights / tiny.VANILLA), "-n", "2", "-o", str(tmp_path / name)]
    main(arguments)
    assert [path.name for path in tmp_path.iterdir()] == [name]
    whole = (tmp_path / name).read_bytes()

    def stopped(*_) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("gan_models.sample.sample", stopped)
    with pytest.raises(SystemExit):
        main(arguments)
    assert (tmp_path / name).read_bytes() == whole and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing-there", "-o", "x.npz"], "no weight 'nothing-there'"),
        ([tiny.COLOUR, "--class", "cat", "-o", "x.npz"], "has no classes"),
        ([tiny.CONDITIONAL, "--class", "cat", "-o", "x.npz"], "circle, square, star; got 'cat'"),
        ([tiny.COLOUR, "-n", "0", "-o", "x.npz"], "-n is 1 to"),
        ([tiny.COLOUR, "--seed", "-3", "-o", "x.npz"], "--seed at least 0"),
        ([tiny.COLOUR, "-n", "1", "-o", "plain.txt"], "plain.txt"),
    ],
)
def test_wrong_command_lines_end_in_one_line(arguments, message, tiny_weights, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "plain.txt").write_text("no folder")
    monkeypatch.setattr("gan_models.loading.WEIGHTS", tiny_weights)
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    error = capsys.readouterr().err.removeprefix("\r1 of 1\n")
    assert caught.value.code == 2 and error.startswith("error: ") and error.count("\n") == 1
    assert message in error


def test_the_command_draws_children_and_says_what_the_discriminator_makes_of_them(tiny_weights, tmp_path, capsys):
    weight, out = tiny_weights / tiny.CONDITIONAL, tmp_path / "children"
    main([str(weight), "-n", "3", "--parents", "4", "5", "--seed", "9", "--verdict", "-o", str(out)])
    model = load(weight)
    children = breed(model, [Point(4), Point(5)], 3, seed=9)
    *told, last = capsys.readouterr().out.splitlines()
    scores = {name: float(score) for score, name in map(str.split, told)}
    assert last == f"3 pictures of {model.name} in {out}" and len(scores) == 3
    for child, score, (name, said) in zip(children, verdict(model, children), scores.items()):
        assert abs(score - said) < 1e-3 and name.endswith(".png")
        found = point_of(recipe.read(out / name))
        assert found == child and found.latent is not None
    with pytest.raises(RequestError, match="one or two parents"):
        breed(model, [Point(1)] * 3, 1)


def test_a_model_says_in_a_line_what_it_is(tiny_weights):
    model = load(tiny_weights / tiny.COLOUR)
    assert repr(model).startswith(f"<Model {tiny.COLOUR}: sample by ") and "\n" not in repr(model)
    assert f"{model.size} px" in repr(model) and model.card.licence in repr(model)


@pytest.mark.parametrize(("verb", "out"), [("sample", "out.npz"), ("interpolate", "out.gif")])
def test_a_weight_of_another_task_is_one_sentence(tiny_upscalers: Path, tmp_path: Path, capsys, verb, out) -> None:
    command = import_module(f"gan_models.{verb}").main
    with pytest.raises(SystemExit) as left:
        command([str(tiny_upscalers / tiny.SWIFT), "-o", str(tmp_path / out)])
    assert left.value.code == 2
    assert (
        capsys.readouterr().err == "error: tiny-swift is made for upscale, not for sampling; choose another weight.\n"
    )


def test_a_picture_of_ones_own_is_judged_at_the_weights_size_as_its_likeliest_class(tiny_weights) -> None:
    photo = Photo(np.random.default_rng(1).integers(0, 256, (40, 64, 3), dtype=np.uint8))
    model = load(tiny_weights / tiny.CONDITIONAL)
    best = judge(model, photo)
    each = [judge(model, photo, label).score for label in range(model.classes)]
    assert best.score == max(each) and best.label == each.index(max(each))
    assert best.picture.shape == (model.size, model.size, model.channels)
    gray = judge(load(tiny_weights / tiny.COLOUR), Photo(photo.colour[:, :, :1]))
    assert gray.picture.shape[2] == 3 and gray.label is None
