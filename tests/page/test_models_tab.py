"""The cards for people: plain words, pictures, figures that say what they are, and nothing that runs."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from gan_models.loading import Shelf, seal
from gan_models.methods import LETTERS, METHODS, story_markdown
from gan_models.weight.card import Attribute, Card, Measure
from page.models import _show, card_view
from page.parts.picker import models_value


def test_a_card_is_shown_with_pictures_film_and_figures(client):
    row, _, head, samples, film, story, facts, *_ = client.predict(tiny.COLOUR, api_name="/models_show")
    assert row["chosen"] == tiny.COLOUR and row["second"] is None
    assert "Tiny colour" in head and "Free for any use" in head and "32 x 32 px, colour" in head
    assert "data:image/" in samples
    assert film["total"] == 8 and film["labels"][-1] == "640 images seen"
    assert "$$" in story
    assert all(word in facts for word in ("12.5", "± 0.25", "0.03", "1,000", "mnist", "images seen"))


def test_two_models_stand_side_by_side(client):
    asked = {"chosen": tiny.VANILLA, "second": tiny.CONDITIONAL}
    reply = client.predict(asked, api_name="/models_show")
    assert reply[0]["second"] == tiny.CONDITIONAL
    assert "Tiny vanilla" in reply[2] and "Tiny conditional" in reply[7]
    assert "Not free for every use" in reply[7] and "circle, square, star" in reply[7]
    assert client.predict(f"{tiny.VANILLA}, {tiny.COLOUR}", api_name="/models_show")[0]["second"] == tiny.COLOUR


def test_the_row_as_it_was_sent_is_not_sent_back(client):
    row = client.predict(tiny.COLOUR, api_name="/models_show")[0]
    assert "chosen" not in client.predict(row, api_name="/models_show")[0]
    assert client.predict(row | {"second": tiny.COLOUR}, api_name="/models_show")[0]["second"] is None


def test_upscalers_and_translators_have_cards_too(tiny_weights, tiny_upscalers, tiny_translators):
    shelf = Shelf([tiny_weights, tiny_upscalers, tiny_translators])
    cards = {card.name: card for card in shelf.cards()}
    shown = models_value(shelf.cards(), shelf)
    assert {item["name"] for item in shown["items"]} == {*tiny.CONFIGS, *tiny.UPSCALERS, *tiny.TRANSLATORS}
    assert cards[shown["chosen"]].task == "sample"
    for card in cards.values():
        head = card_view.head_html(card)
        assert f'data-{card.task}="{card.name}"' in head and card_view.kind(card) in head
        assert "without a page here" not in story_markdown(card.method)
    assert {card_view.kind(cards[name]) for name in tiny.UPSCALERS} <= {f"pictures {n} times larger" for n in (2, 4)}


def test_an_unknown_model_shows_the_first(client):
    assert client.predict("no-such", api_name="/models_show")[0]["chosen"] in tiny.CONFIGS


def test_film_frames_come_at_full_size(tiny_weights):
    shelf = Shelf([tiny_weights])
    frames = card_view.film_frames(shelf.folder(tiny.COLOUR))
    assert len(frames) == 8 and frames[0].shape == frames[-1].shape
    assert card_view.film_picture(shelf.folder(tiny.COLOUR), 99).startswith("data:image/")


def test_what_a_card_says_is_text_and_never_a_script(tiny_weights, tmp_path):
    evil = "<img src=x onerror=alert(1)>"
    card = Card.read(tiny_weights / tiny.COLOUR)
    making = replace(card.making, command=evil, hardware=evil)
    data = replace(card.data, name=evil, licence=evil, source=evil)
    measure = Measure(evil, 1.0, features=evil, command=evil)
    steered = Attribute(evil, (evil,), (), (), effects={evil: 0.1}, command=evil)
    card = replace(card, title=evil, licence=evil, labels=(evil,), making=making, data=data, measures=(measure,))
    card = replace(card, attributes=(steered,))
    shown = (
        card_view.head_html(card)
        + card_view.samples_html(card, tiny_weights / tiny.COLOUR)
        + card_view.measures_html(card)
        + card_view.attributes_html(card)
        + card_view.making_html(card)
    )
    assert "<img src=x" not in shown and shown.count("&lt;img") >= 12


def test_missing_pictures_are_said(tiny_weights, tmp_path):
    card = Card.read(tiny_weights / tiny.COLOUR)
    assert "without a sheet" in card_view.samples_html(card, tmp_path)
    assert card_view.film_value(card, tmp_path) == {"empty": card_view.NO_FILM}
    for name in ("film.webp", "samples.webp"):
        (tmp_path / name).write_bytes(b"RIFF1234WEBPnothing")
    assert "film.webp cannot be read as a picture" in card_view.film_value(card, tmp_path)["empty"]
    assert "samples.webp cannot be read as a picture" in card_view.samples_html(card, tmp_path)
    assert models_value([card], Shelf([tiny_weights]))["items"][0]["thumbnail"]


def test_one_name_means_another_thing_for_what_enlarges(tiny_weights, tiny_upscalers):
    said = []
    for folder, name in ((tiny_weights, tiny.COLOUR), (tiny_upscalers, tiny.SWIFT)):
        card = Card.read(folder / name)
        said.append(card_view.measures_html(replace(card, measures=(Measure("feature distance", 0.2, n=5),))))
    assert "variety" in said[0] and "from the truth" not in said[0]
    assert "from the truth" in said[1] and "variety" not in said[1]


@pytest.mark.parametrize("value, text", [(3.2149, "3.21"), (0.000123, "0.000123"), (12345.6, "12,346"), (0, "0")])
def test_numbers_are_short(value, text):
    assert card_view.number(value) == text


@pytest.mark.parametrize("method", METHODS)
def test_every_letter_of_a_formula_has_a_meaning(method):
    formula = METHODS[method].formula
    written = re.sub(r"\\(begin|end|text|mathrm)\{[^}]*\}|\[0\.3em\]", " ", formula)
    letters = set(re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", written)))
    found = (match.group() for pattern, _ in LETTERS.values() for match in re.finditer(pattern, formula))
    assert letters <= set("".join(re.sub(r"\\[A-Za-z]+", "", part) for part in found))


@pytest.mark.parametrize("method", METHODS)
def test_every_method_has_three_sentences_a_formula_and_a_paper(method):
    story = METHODS[method]
    assert len(story.sentences) == 3
    assert all(re.fullmatch(r"[A-Z].*\.", sentence) and ". " not in sentence for sentence in story.sentences)
    assert story.formula.count("{") == story.formula.count("}") and re.search(r"\d{4}", story.paper)
    assert story.formula in story_markdown(method) and story.legend in story_markdown(method)
    assert story.name and "the generator" in story.legend


def test_a_method_without_a_story_is_named_and_is_no_markup():
    assert "later-gan" in story_markdown("later-gan")
    for sign in "<>![]()*_`$&\\\n":
        assert f": a&#{ord(sign)};b.*" in story_markdown(f"a{sign}b")


def test_one_bad_picture_leaves_every_list_whole(tiny_weights, tmp_path):
    folder = Path(shutil.copytree(tiny_weights, tmp_path / "shelf"))
    (folder / tiny.COLOUR / "samples.webp").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n")
    seal(folder / tiny.COLOUR, Card.read(folder / tiny.COLOUR))
    shelf = Shelf([folder])
    faces = {item["name"]: bool(item["thumbnail"]) for item in models_value(shelf.cards(), shelf)["items"]}
    assert faces == {tiny.COLOUR: False, tiny.CONDITIONAL: True, tiny.VANILLA: True}


def test_a_weight_that_comes_and_cannot_be_used_is_said_under_its_folders_name(tiny_weights, tmp_path):
    folder = Path(shutil.copytree(tiny_weights, tmp_path / "shelf"))
    shelf = Shelf([folder])
    row, told, *_ = _show(shelf, None, None)
    assert row["refused"] == [] and not told["visible"]
    shutil.copytree(folder / tiny.COLOUR, folder / "my-copy")
    (folder / "my-copy" / "generator.safetensors").write_bytes(b"cut")
    now, told, *_ = _show(shelf, None, None)
    assert now["items"] == row["items"] and now["refused"] != row["refused"], "an open page notices by this"
    assert "my-copy: generator.safetensors of tiny-colour has 3 bytes" in told["value"]
