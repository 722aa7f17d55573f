"""Sentences about drawn faces, and a generator of them trained, exported and measured, as a user would."""

import json
import shutil
from dataclasses import replace

import numpy as np
import pytest
import tiny
import torch
from PIL import Image

from gan_models.errors import TrainingError, WeightError
from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import main as sample
from gan_models.sample import sample as draw
from gan_models.weight.card import Card
from gan_models.words.reading import read
from training import evaluate_words, train_stackgan
from training.data import ImageSet, avatars, flower_captions, flower_traits, load_set
from training.data.avatar_captions import ALIKE, BEFORE, GROUPS, SENTENCES, AvatarCaptions, caption, known
from training.data.avatar_traits import NEVER, TRAITS, never, said_of
from training.data.captions import captions_of, vocabulary_of
from training.data.sentences import OwnCaptions, with_sentences
from training.export import export
from training.measures import avatar_traits
from training.measures.retrieval import FOUND
from training.run import Run

SMALL = ["--size", "32", "--base", "256", "--most", "16", "--batch", "4", "--log-every", "1", "--precision", "fp32"]


@pytest.fixture(scope="module")
def faces():
    """A few drawn faces."""
    return avatars.load_set(64, limit=12)


@pytest.fixture(autouse=True)
def few_faces(monkeypatch, faces):
    small = replace(faces, images=faces.images[..., ::2, ::2])
    monkeypatch.setattr(avatars, "load_set", lambda size=64, **_: faces if size == 64 else small)
    monkeypatch.setattr(avatar_traits, "EPOCHS", 1)


def test_it_trains_and_becomes_a_weight_that_draws_sentences_and_is_measured(tmp_path, capsys):
    vectors = tmp_path / "vectors.npz"
    np.savez(vectors, words=np.array(["red", "hair"]), vectors=np.ones((2, 100), np.float16))
    run = Run(tmp_path / "run")
    flags = ["--vectors", str(vectors), "--run", str(run.folder), *SMALL]
    train_stackgan.main([*flags, "--steps", "2"])
    rows, config = run.rows(), run.config()
    assert {"generator/contrast", "loss/penalty", "spread/fake", "d/held_out"} <= rows[0].keys() and len(rows) == 2
    assert config["words"]["known"] == list(known()) and config["family_config"]["words"] == len(known())
    card = export(run.folder, tmp_path / "faces")
    assert (card.task, card.method) == ("sample", "stackgan")
    assert card.making.config["vectors"] == "vectors.npz" and "--vectors vectors.npz" in card.making.command
    assert str(tmp_path) not in card.to_json()
    out = tmp_path / "drawn"
    sample([str(tmp_path / "faces"), "-n", "2", "--text", "a violet beard and a zebra", "--verdict", "-o", str(out)])
    said = capsys.readouterr()
    assert "“violet” as “purple”" in said.err and "“zebra”" in said.err and len(list(out.glob("*.png"))) == 2
    evaluate_words.main([str(tmp_path / "faces"), "-n", "10", "--looks", "3", "--write-card"])
    assert "held-out faces" in capsys.readouterr().out
    measures = Card.read(tmp_path / "faces").measures
    assert [m.name for m in measures] == [
        *(evaluate_words.AGREEMENT, evaluate_words.JOINED, evaluate_words.VARIETY, evaluate_words.REST)
    ]
    train_stackgan.main([*flags, "--steps", "3", "--penalty", "r1"])
    assert [row["step"] for row in run.rows()] == [1, 2, 3]


def test_the_matching_aware_penalty_trains_too(tmp_path):
    train_stackgan.main(["--run", str(tmp_path), *SMALL, "--steps", "1", "--penalty", "matching"])
    assert Run(tmp_path).rows()[0]["discriminator/slope"] > 0


def test_pictures_of_which_nothing_is_said_are_refused(drawn_folder, tmp_path, capsys):
    with pytest.raises(SystemExit):
        train_stackgan.main(["--data", str(drawn_folder), "--run", str(tmp_path), *SMALL, "--steps", "1"])
    assert "Nothing is known in words" in capsys.readouterr().err


def test_every_sentence_is_of_known_words_and_says_each_trait_in_its_own(faces):
    chance = np.random.default_rng(0)
    captions = AvatarCaptions(faces)
    words = vocabulary_of(captions)
    texts = [*SENTENCES, *(phrase for group in GROUPS.values() for phrase in group)]
    for name, trait in TRAITS.items():
        for value in trait.values:
            said = {caption({name: value}, chance) for _ in range(12)}
            assert len(said) > 4 and all(len(text.split()) > 0 for text in said)
            texts += said
    texts += [text for row in range(len(faces)) for _ in range(4) for text in captions.pair(row, chance)]
    assert {read(words, text).say() for text in texts if text} == {""}
    assert not set(" ".join(ALIKE.values()).split()) & set(words.known)
    assert all(name in TRAITS and value in TRAITS[name].values for name, value in BEFORE)
    assert caption({}, chance) == ""


@pytest.fixture(scope="module")
def flowers():
    """A disc of a colour on a ground of one, four pictures a kind."""
    images = torch.zeros(20, 3, 32, 32, dtype=torch.uint8)
    disc = torch.hypot(*torch.meshgrid(*[torch.arange(32.0) - 15.5] * 2, indexing="ij")) < 10
    petals, grounds = [(250, 250, 250), (240, 200, 20), (200, 20, 30)], [(0, 0, 0), (60, 150, 60), (90, 140, 230)]
    for row in range(20):
        images[row] = torch.tensor(grounds[row % 3]).view(3, 1, 1)
        images[row, :, disc] = torch.tensor(petals[row % 2]).view(3, 1).byte()
    images[16:, :, disc] = torch.tensor(petals[2]).view(3, 1).byte()
    return ImageSet("flowers", images, torch.arange(20) // 4, flower_traits.KINDS)


def test_what_flowers_show_is_measured_and_what_is_not_certain_is_not_said(flowers):
    said = flower_traits.traits(flowers)
    assert said[0] == {"kind": "daisy", "colour": "white", "ground": "dark"}
    assert said[1] == {"kind": "daisy", "ground": "green"}, "a yellow heart is no daisy's colour"
    assert said[5] == {"kind": "dandelion", "colour": "yellow", "ground": "blue"}
    assert said[19]["colour"] == "red" and {one["kind"] for one in said} == set(flower_traits.KINDS)
    gray = torch.full((1, 3, 32, 32), 128, dtype=torch.uint8)
    assert flower_traits.colours(gray, ["tulips"]) == [{}]


def test_sentences_of_flowers_are_of_known_words_and_the_wrong_ones_are_wrong(flowers):
    chance = np.random.default_rng(0)
    captions = captions_of(flowers)
    words = vocabulary_of(captions)
    texts = [*captions.sentences, *(phrase for group in captions.groups.values() for phrase in group)]
    for row, true in enumerate(captions.traits):
        texts += captions.pair(row, chance)
        other = flower_captions.wrong(true, captions.traits[-row], chance)
        assert any(true[name] != other[name] for name in other)
        assert not any(flower_captions.shades(true[name], other[name]) for name in other)
    for table, name in ((flower_captions.FLOWERS, "kind"), (flower_captions.COLOURS, "colour")):
        assert {len({flower_captions.caption({name: value}, chance) for _ in range(24)}) > 2 for value in table} == {
            True
        }
    assert {read(words, text).say() for text in texts if text} == {""}
    assert not set(" ".join(flower_captions.ALIKE.values()).split()) & set(words.known)


PROJECTED = ["--size", "64", "--discriminator", "projected", "--save-every", "0"]


@pytest.fixture
def flower_folder(tmp_path, flowers):
    """The same as folders of pictures."""
    for row, picture in enumerate(flowers.images):
        folder = tmp_path / "flowers" / flowers.classes[flowers.labels[row]]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(picture.permute(1, 2, 0).numpy()).resize((64, 64)).save(folder / f"{row}.png")
    return tmp_path / "flowers"


def test_flowers_train_against_projected_discriminators_and_go_on_bit_for_bit(tmp_path, flower_folder, features):
    flags = ["--data", str(flower_folder), *SMALL, *PROJECTED, "--feature-weights", str(features), "--base", "512"]

    def trained(name, steps):
        train_stackgan.main([*flags, "--run", str(tmp_path / name), "--steps", str(steps)])
        return Run(tmp_path / name)

    whole = trained("whole", 3)
    trained("parts", 1)
    parts = trained("parts", 3).load_checkpoint()["networks"]
    for name, network in whole.load_checkpoint()["networks"].items():
        assert all(torch.equal(value, parts[name][key]) for key, value in network.items()), name
    config, first = whole.config(), whole.rows()[0]
    assert (config["method"], config["ships"]) == ("stackgan-projected", "judge")
    settled = config["config"]
    assert (settled["flip"], settled["augment"], settled["generator_lr"]) == ("on", ["translation"], 4e-4)
    assert {"loss/judge", "judge/contrast"} <= first.keys() and "loss/penalty" not in first
    assert first["spread/fake"] > 0 and first["generator/contrast"] > 0
    export(whole.folder, tmp_path / "weights" / "flowers")
    drawn = draw(load(tmp_path / "weights" / "flowers"), [Point(1, text=text) for text in ("a red tulip", "a daisy")])
    assert (drawn[0] != drawn[1]).any()
    shutil.make_archive(str(tmp_path / "flowers"), "zip", flower_folder)
    flags = ["-n", "6", "--looks", "2", "--data-root", str(tmp_path), "--write-card"]
    evaluate_words.main([str(tmp_path / "weights" / "flowers"), *flags])
    measures = Card.read(tmp_path / "weights" / "flowers").measures
    names = (evaluate_words.AGREEMENT, evaluate_words.ON_KIND, evaluate_words.ON_COLOURS, evaluate_words.VARIETY)
    assert tuple(m.name for m in measures) == names
    assert measures[1].floor == 0.8016 and "--data-root" in measures[0].command


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--size", "32"], "see 64 px and more, these pictures have 32; give --size 64"),
        (["--penalty", "matching"], "--penalty matching is for StackGAN's own"),
    ],
)
def test_projected_discriminators_refuse_what_they_cannot_do(tmp_path, flower_folder, capsys, flags, said):
    with pytest.raises(SystemExit):
        train_stackgan.main(["--data", str(flower_folder), "--run", str(tmp_path / "run"), *SMALL, *PROJECTED, *flags])
    assert said in capsys.readouterr().err


def write_sentences(folder, style, texts):
    """A picture for each text, which stands beside it or in a table; "" is none."""
    folder.mkdir()
    for row, text in enumerate(texts):
        Image.new("RGB", (32, 32), (row * 20, 90, 200)).save(folder / f"{row}.png")
        if text and style == "txt":
            (folder / f"{row}.txt").write_text(text)
    if style == "metadata":
        lines = [json.dumps({"file_name": f"{row}.png", "text": text}) for row, text in enumerate(texts) if text]
        (folder / "metadata.jsonl").write_text("\n".join(lines))


@pytest.mark.parametrize("style", ["txt", "metadata"])
def test_pictures_with_sentences_of_ones_own_are_learned_from(tmp_path, capsys, style):
    texts = ["a blue\n car", "a red car", "a red boat", "a blue boat", "a red sky once", "", "", "a blue car"]
    write_sentences(tmp_path / "mine", style, texts)
    train_stackgan.main(["--data", str(tmp_path / "mine"), "--run", str(tmp_path / "run"), *SMALL, "--steps", "1"])
    said = capsys.readouterr().err
    assert "6 pictures have a sentence, 2 have none and are left out" in said and "5.png: it has no sentence" in said
    words = Run(tmp_path / "run").config()["words"]
    assert set(words["known"]) <= {"a", "blue", "car", "red", "boat"} and words["sentences"]
    export(tmp_path / "run", tmp_path / "weights" / "mine")
    evaluate_words.main([str(tmp_path / "weights" / "mine"), "-n", "6", "--data-root", str(tmp_path), "--write-card"])
    assert "by chance 10% are found" in capsys.readouterr().out
    (figure,) = Card.read(tmp_path / "weights" / "mine").measures
    assert figure.name == FOUND and 0 <= figure.value <= 1 and figure.n == 6


def test_the_wrong_sentence_of_ones_own_is_of_other_words(tmp_path):
    write_sentences(tmp_path / "mine", "txt", ["red car", "red car", "blue car", "the blue car"])
    captions = OwnCaptions(with_sentences(load_set(tmp_path / "mine"), tmp_path / "mine"))
    chance = np.random.default_rng(0)
    pairs = {captions.pair(2, chance) for _ in range(30)}
    assert captions.known == ("blue", "car", "red") and pairs == {("blue car", "red car")}
    assert captions.groups == {"often said": ("car", "red", "blue")}, "to choose from, the most frequent first"


def test_a_picture_with_several_sentences_is_told_each_of_them_and_none_is_wrong(tmp_path):
    write_sentences(tmp_path / "mine", "metadata", ["red fox", "blue car", "green sky", "green sky"])
    with (tmp_path / "mine" / "metadata.jsonl").open("a") as file:
        for text in ("fox animal", "animal"):
            file.write("\n" + json.dumps({"file_name": "0.png", "text": text}))
        file.write("\n" + json.dumps({"file_name": "1.png", "text": "blue animal car red"}))
    captions = captions_of(with_sentences(load_set(tmp_path / "mine"), tmp_path / "mine"))
    chance = np.random.default_rng(0)
    foxes, cars = ([captions.pair(row, chance) for _ in range(20)] for row in (0, 1))
    assert captions.sentences == ("red fox", "blue car", "green sky")
    assert {true for true, _ in foxes} == {"red fox", "fox animal", "animal"}
    assert {wrong for _, wrong in cars} == {"red fox", "fox animal", "green sky"}, "the car is an animal, too"


def test_a_table_of_sentences_that_cannot_be_read_is_one_sentence(tmp_path):
    write_sentences(tmp_path / "mine", "metadata", ["a red car"])
    (tmp_path / "mine" / "metadata.jsonl").write_text('{"file_name": "0.png"}')
    with pytest.raises(TrainingError, match="Line 1 of metadata.jsonl is"):
        with_sentences(load_set(tmp_path / "mine"), tmp_path / "mine")
    (tmp_path / "mine" / "metadata.jsonl").write_text('{"file_name": "0.png", "text": "a car"}')
    with pytest.raises(TrainingError, match="No word stands in 2 sentences of mine"):
        captions_of(with_sentences(load_set(tmp_path / "mine"), tmp_path / "mine"))


def test_what_is_hidden_is_not_said_and_pairs_are_kept_apart():
    kinds = {name: next(iter(kinds)) for name, kinds in avatars.PARTS.items()}
    kinds = {name: kind.lower().replace("_", " ") for name, kind in kinds.items()}
    seen = said_of(kinds | {"top": "hijab", "accessory": "sunglasses", "eyes": "wink", "clothing": "hoodie"})
    assert seen["hair"] == "hijab" and not {"hair colour", "eyes"} & set(seen)
    assert seen["clothes colour"] == "black" and "beard" not in seen
    assert never(dict(NEVER[0])) and not never({"hair": "afro"})


def test_every_pair_that_is_never_learned_can_be_drawn():
    for pair in NEVER:
        (one, value), (other, value2) = pair
        assert evaluate_words.fits(other, value2, {one: value}) or never(dict(pair))
        assert value in TRAITS[one].values and value2 in TRAITS[other].values
        named = evaluate_words.joined({"hair": "long", "skin": "tan"}, pair, np.random.default_rng(0))
        assert never(named)


def test_words_of_a_card_must_fit_its_reader(tmp_path):
    card = tiny.make_words(tmp_path)
    replace(card, words=None).write(tmp_path / tiny.WORDS)
    with pytest.raises(WeightError, match="0 words for a reader of 12"):
        load(tmp_path / tiny.WORDS)
