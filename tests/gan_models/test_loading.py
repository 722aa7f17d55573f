import json
import os
import pickle
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import safetensors.torch
import tiny
import torch

from gan_models import loading
from gan_models.errors import WeightError
from gan_models.loading import Model, load, save, seal
from gan_models.networks import FAMILIES, build_config, family
from gan_models.weight.card import Card, Translation, WeightFile
from gan_models.weight.tensors import DIRECTIONS, DISCRIMINATOR, GENERATOR
from gan_models.words.vocabulary import Vocabulary


@pytest.fixture
def folder(tmp_path: Path, tiny_weights: Path) -> Path:
    """A weight folder that a test may break."""
    return Path(shutil.copytree(tiny_weights / tiny.COLOUR, tmp_path / tiny.COLOUR))


def reseal(folder: Path, **changes) -> None:
    """Make the card say what the folder now holds, as one would who means harm."""
    seal(folder, replace(Card.read(folder), **changes))


def rewrite(folder: Path, file: str, change) -> None:
    tensors = safetensors.torch.load_file(folder / file)
    change(tensors)
    (folder / file).write_bytes(safetensors.torch.save(tensors))
    reseal(folder)


def networks(name: str) -> tuple:
    family_name, _, config = tiny.CONFIGS[name]
    kind, built = family(family_name), build_config(family_name, config)
    return kind.generator(built), kind.discriminator(built)


def test_a_weight_survives_its_folder(tmp_path: Path) -> None:
    generator, discriminator = networks(tiny.COLOUR)
    directions = torch.eye(24)[:5]
    card = save(tmp_path / "w", tiny.make_card(tiny.COLOUR), generator, discriminator, directions)
    model = load(tmp_path / "w")
    assert model.card == card and model.name == tiny.COLOUR
    for network, original in ((model.generator, generator), (model.discriminator, discriminator)):
        assert not network.training and not any(p.requires_grad for p in network.parameters())
        for key, tensor in original.state_dict().items():
            assert torch.equal(network.state_dict()[key], tensor), key
    assert torch.equal(model.directions, directions)
    assert set(card.files) == {GENERATOR, DISCRIMINATOR, DIRECTIONS}
    assert card.parameters["generator"] == sum(p.numel() for p in generator.parameters())


@pytest.mark.parametrize(
    ("name", "values"), [(name, row.example_configs[0]) for name, row in FAMILIES.items()], ids=FAMILIES
)
def test_a_weight_of_every_family_survives_its_folder(tmp_path: Path, name: str, values: dict) -> None:
    row = family(name)
    taken = Translation("photo") if row.task == "translate" else None
    card = replace(tiny.make_card(tiny.VANILLA), task=row.task, family=name, config=dict(values), translation=taken)
    words = Vocabulary(tuple(map(str, range(values["words"])))) if "words" in values else None
    generator = row.generator(build_config(name, values))
    save(tmp_path / "w", replace(card, name="w", words=words), generator)
    model = load(tmp_path / "w")
    assert (model.family, model.card.family) == (row, name)
    for key, tensor in generator.state_dict().items():
        assert torch.equal(model.generator.state_dict()[key], tensor), key
    assert not any(p.requires_grad for p in model.drawing_generator.parameters())


def test_half_precision_halves_the_file_and_loads_as_float32(tmp_path: Path) -> None:
    generator, _ = networks(tiny.VANILLA)
    whole = save(tmp_path / "a", tiny.make_card(tiny.VANILLA), generator)
    half = save(tmp_path / "b", tiny.make_card(tiny.VANILLA), generator, half=True)
    assert half.files[GENERATOR].bytes < 0.52 * whole.files[GENERATOR].bytes
    model = load(tmp_path / "b")
    assert {p.dtype for p in model.generator.parameters()} == {torch.float32}
    assert model.discriminator is None and model.directions is None


def test_a_discriminator_kept_in_8_bits_is_half_a_level_off_at_most(tmp_path: Path) -> None:
    generator, discriminator = networks(tiny.COLOUR)
    first = next(discriminator.parameters())
    first.data[0] = 0  # A dead channel has no scale.
    card = save(tmp_path / "w", tiny.make_card(tiny.COLOUR), generator, discriminator, half=True)
    loaded = load(tmp_path / "w").discriminator.state_dict()
    for key, tensor in discriminator.state_dict().items():
        rows = tensor.reshape(len(tensor), -1) if tensor.ndim > 1 else tensor.reshape(1, -1)
        level = rows.abs().amax(1, keepdim=True) / 127
        off = (loaded[key] - tensor).abs().reshape(rows.shape)
        assert (off <= 0.51 * level + 1e-3 * rows.abs()).all(), key
    assert not loaded[next(iter(dict(discriminator.named_parameters())))][0].any()
    assert card.files[DISCRIMINATOR].bytes < 1.2 * card.parameters["discriminator"] + 4096


def test_a_generator_kept_in_8_bits_draws_the_same(tmp_path: Path) -> None:
    generator, _ = networks(tiny.COLOUR)
    card = save(tmp_path / "w", tiny.make_card(tiny.COLOUR), generator, half=True, pack=True)
    z = torch.randn(8, generator.latent_dim)
    with torch.no_grad():
        apart = (load(tmp_path / "w").generator.eval()(z) - generator.eval()(z)).abs()
    assert apart.max() < 0.02
    assert card.files[GENERATOR].bytes < 1.2 * card.parameters["generator"] + 4096


def test_levels_without_their_scales_are_refused(folder: Path) -> None:
    def change(tensors: dict) -> None:
        key = next(key for key, tensor in tensors.items() if tensor.ndim > 1)
        tensors[key], tensors[f"{key}.scale"] = tensors[key].to(torch.int8), torch.ones(1, 1)

    rewrite(folder, DISCRIMINATOR, change)
    with pytest.raises(WeightError, match="scale"):
        _ = load(folder).discriminator


@pytest.mark.parametrize("norm", ["batch", "layer", "spectral", "none"])
def test_every_discriminator_norm_survives(norm: str, tmp_path: Path) -> None:
    card = tiny.make_card(tiny.COLOUR)
    card = replace(card, config={**card.config, "discriminator_norm": norm})
    config = build_config(card.family, card.config)
    kind = family(card.family)
    discriminator = kind.discriminator(config)
    save(tmp_path, card, kind.generator(config), discriminator)
    images = torch.rand(2, 3, 32, 32)
    loaded = load(tmp_path).discriminator
    with torch.no_grad():
        assert torch.allclose(loaded(images), discriminator.eval()(images), atol=1e-6)


def test_what_a_model_says_of_itself(tiny_weights: Path) -> None:
    model = load(tiny_weights / tiny.CONDITIONAL)
    assert (model.latent_dim, model.size, model.channels, model.classes) == (24, 28, 1, 3)
    assert model.labels == ("circle", "square", "star") and model.label("star") == 2 == model.label("2")
    assert model.sha256 == model.card.files[GENERATOR].sha256
    assert model.loaded_bytes == 0
    parameters = sum(p.numel() for p in model.generator.parameters())
    assert 4 * parameters <= model.loaded_bytes < 5 * parameters


def test_a_network_is_read_once_by_many_threads(tiny_weights: Path, monkeypatch) -> None:
    from concurrent.futures import ThreadPoolExecutor

    reads = []
    read = Model._read_network
    monkeypatch.setattr(Model, "_read_network", lambda *a: reads.append(1) or read(*a))
    model = load(tiny_weights / tiny.COLOUR)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: model.generator, range(32)))
    assert len(reads) == 1 and len({id(network) for network in found}) == 1


def test_load_knows_the_weights_that_come_with_the_atelier(tiny_weights: Path, monkeypatch) -> None:
    monkeypatch.setattr(loading, "WEIGHTS", tiny_weights)
    assert load(tiny.VANILLA).name == tiny.VANILLA
    with pytest.raises(WeightError, match=f"no weight 'dcgan'; .*{tiny.VANILLA}"):
        load("dcgan")
    for trick in ("..", "../" + tiny_weights.name + "/nothing", ".", ""):
        with pytest.raises(WeightError):
            load(trick)


def test_an_overwritten_card_hash_is_refused(folder: Path) -> None:
    content = bytearray((folder / GENERATOR).read_bytes())
    content[-5] ^= 1
    (folder / GENERATOR).write_bytes(content)
    refused(folder, r"generator.safetensors of tiny-colour has the hash \w{12}... and its card says \w{12}...")


def test_a_cut_off_file_is_refused(folder: Path) -> None:
    content = (folder / GENERATOR).read_bytes()
    (folder / GENERATOR).write_bytes(content[: len(content) // 2])
    refused(folder, "it is cut off or changed")
    reseal(folder)
    refused(folder, "is not a safetensors file")


def test_a_missing_file_is_refused(folder: Path) -> None:
    (folder / DISCRIMINATOR).unlink()
    refused(folder, "discriminator.safetensors of tiny-colour is missing")


class Harm:
    def __reduce__(self):
        return (os.mkdir, ("harm-was-done",))


@pytest.mark.parametrize("kind", ["pickle", "torch", "torch-old"])
def test_a_pickle_under_another_name_is_refused_unread(kind: str, folder: Path, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    if kind == "pickle":
        (folder / GENERATOR).write_bytes(pickle.dumps(Harm()))
    else:
        torch.save(Harm(), folder / GENERATOR, _use_new_zipfile_serialization=kind == "torch")
    refused(folder, "pickle under another name")
    reseal(folder)
    refused(folder, "pickle under another name")
    assert not (tmp_path / "harm-was-done").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: t.pop("project.weight"), r"lacks 'project.weight' \(1 of \d+ tensors\)"),
        (lambda t: t.update(extra=torch.zeros(1)), r"has 'extra' \(1 tensors too many\)"),
        (
            lambda t: t.update({"project.weight": torch.zeros(3, 4)}),
            r"'project.weight' as torch.float32 \(3, 4\) and its card asks for torch.float32 \(512, 24\)",
        ),
        (
            lambda t: t.update({"project.weight": t["project.weight"].int()}),
            "'project.weight' as torch.int32",
        ),
        (lambda t: t["project.weight"].view(-1)[3:4].fill_(float("nan")), "not finite in 'project.weight'"),
        (lambda t: t["project.weight"].view(-1)[3:4].fill_(float("inf")), "not finite in 'project.weight'"),
    ],
    ids=["missing", "extra", "shape", "integers", "nan", "infinite"],
)
def test_tensors_that_do_not_fit_are_refused_by_name(folder: Path, change, message: str) -> None:
    rewrite(folder, GENERATOR, change)
    refused(folder, message)


def test_directions_of_another_size_are_refused(folder: Path) -> None:
    rewrite(folder, DIRECTIONS, lambda t: t.update(directions=torch.zeros(2, 3)))
    with pytest.raises(WeightError, match=r"no 'directions' of shape \(K, 24\)"):
        _ = load(folder).directions


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"family": "stylegan9"}, "no family of networks 'stylegan9'"),
        ({"config": {"colour": 1}}, "has no field 'colour'"),
        ({"config": {"size": 33}}, "size is 33"),
        ({"config": {"width": 10**12}}, "width is 1000000000000"),
        ({"config": {"size": [32]}}, r"size is \[32\]"),
        ({"task": "upscale"}, "has the task 'upscale'"),
        ({"labels": ("a", "b")}, "has 2 labels for 0 classes"),
        ({"config": {"size": 128, "width": 512}}, "it does not fit its card"),
    ],
)
def test_a_card_that_does_not_fit_is_refused(folder: Path, change: dict, message: str) -> None:
    reseal(folder, **change)
    refused(folder, message)


def test_a_file_outside_the_folder_is_never_read(folder: Path) -> None:
    outside = folder.parent / "outside.safetensors"
    outside.write_bytes((folder / GENERATOR).read_bytes())
    words = json.loads((folder / "card.json").read_text())
    words["files"]["../outside.safetensors"] = words["files"].pop(GENERATOR)
    (folder / "card.json").write_text(json.dumps(words))
    refused(folder, "only plain file names")


def test_a_card_without_a_generator_is_refused(folder: Path) -> None:
    card = Card.read(folder)
    replace(card, files={"samples.webp": card.files["samples.webp"]}).write(folder)
    refused(folder, "names no generator.safetensors")


def test_weights_that_are_not_finite_are_not_written(tmp_path: Path) -> None:
    generator, _ = networks(tiny.VANILLA)
    with torch.no_grad():
        generator.layers[0].bias[2] = 1e6
    save(tmp_path / "whole", tiny.make_card(tiny.VANILLA), generator)
    with pytest.raises(WeightError, match=r"not finite in 'layers.0.bias'"):
        save(tmp_path / "half", tiny.make_card(tiny.VANILLA), generator, half=True)


def test_seal_names_pictures_and_hashes(folder: Path) -> None:
    card = Card.read(folder)
    (folder / "samples.webp").write_bytes(b"other pixels")
    refused(folder, "samples.webp of tiny-colour")
    sealed = seal(folder, card)
    assert sealed.files["samples.webp"] != card.files["samples.webp"]
    assert sealed.files["samples.webp"].bytes == 12 and isinstance(sealed.files["film.webp"], WeightFile)
    assert load(folder).card == sealed


def test_a_bare_process_loads_a_weight_without_training_or_page(folder: Path) -> None:
    code = (
        "import sys; sys.modules.update(training=None, page=None, gradio=None, torchvision=None)\n"
        "from gan_models.loading import load\n"
        "model = load(sys.argv[1]); print(sum(p.numel() for p in model.generator.parameters()))"
    )
    done = subprocess.run([sys.executable, "-c", code, folder], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) == Card.read(folder).parameters["generator"]


def test_no_network_brings_the_compiler_of_torch_into_memory() -> None:
    code = (
        "import sys, torch\n"
        "from gan_models.weight.model import _WithoutNormal\n"
        "from gan_models.networks import FAMILIES\n"
        "with torch.device('meta'), _WithoutNormal():\n"
        "    for family in FAMILIES.values():\n"
        "        for ways in ({}, {'upsampling': 'resize'}, {'upsampling': 'transposed'}):\n"
        "            if not ways or hasattr(family.config, 'upsampling'):\n"
        "                config = family.config(**ways)\n"
        "                [kind(config) for kind in (family.generator, family.discriminator) if kind]\n"
        "print('torch._dynamo' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        (tiny.SKETCH, {"source": "photo", "hints": False}, "hints: false"),
        (tiny.SKETCH, {"source": "labels"}, "the source 'labels'"),
        (tiny.SKETCH, {"target": "chroma"}, "the target 'chroma'"),
        (tiny.SKETCH, {"directions": ("there", "back")}, "directions: 2"),
        (tiny.LABELLED, {"source": "drawing"}, "the source 'drawing'"),
        (tiny.LABELLED, {"hints": True}, "hints: true"),
        (tiny.COLORIZE, {"target": "picture"}, "the target 'picture'"),
        (tiny.COLORIZE, {"source": "photo"}, "the target 'chroma'"),
        (tiny.CROSS, {"hints": True}, "hints: true"),
        (tiny.CROSS, {"directions": ("a", "b", "c")}, "directions: 3"),
    ],
)
def test_a_translator_s_card_that_does_not_fit_its_networks_is_refused(name, change, said, tmp_path, tiny_translators):
    folder = Path(shutil.copytree(tiny_translators / name, tmp_path / name))
    card = Card.read(folder)
    replace(card, translation=replace(card.translation, **change)).write(folder)
    message = f"The card of {name} says {said} in `translation`, which its networks do not fit; export it again."
    refused(folder, re.escape(message))
    shelf = loading.Shelf([tmp_path])
    assert not shelf.cards() and shelf.refused == {name: message}


def refused(folder: Path, message: str) -> None:
    """Loading, and using what was loaded, raises WeightError of one sentence."""
    with pytest.raises(WeightError, match=message) as caught:
        model = load(folder)
        _ = model.generator, model.discriminator
    assert "\n" not in str(caught.value)
