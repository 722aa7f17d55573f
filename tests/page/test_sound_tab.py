"""The Sound tab without a browser: what its scripts ask for, and that it is there for sounds alone."""

import base64
import io
import zipfile

import numpy as np
import pytest
import tiny

from gan_models.errors import RequestError, SoundError
from gan_models.loading import Shelf
from gan_models.recipe import read
from gan_models.sound import Hit, draw, hit_of, stamp
from gan_models.sounds.files import LEVELS, to_wav
from page import restore
from page.parts.jobs import Jobs
from page.parts.lanes import Lanes
from page.parts.picker import sampling_cards
from page.parts.shared import Shared
from page.sound import SoundDesk, offered, reopened


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("sounds")
    tiny.make_sounds(folder)
    tiny.make_weight(folder, tiny.VANILLA)
    return Shelf([folder])


@pytest.fixture(scope="module")
def desk(shelf) -> SoundDesk:
    return SoundDesk(shelf, Shared(shelf, None, None, Lanes(), None, jobs=Jobs()))


def test_it_is_there_for_sounds_alone_and_no_other_tab_lists_them(shelf, desk, tiny_weights) -> None:
    assert offered(shelf, desk.shared) and not offered(Shelf([tiny_weights]), desk.shared)
    assert [item["name"] for item in desk.models({})["models"]] == [tiny.DRUMS]
    assert [card.name for card in sampling_cards(shelf)] == [tiny.VANILLA]
    told = desk.describe({})
    assert (told["labels"], told["rate"], told["unit"]) == (["kick", "snare", "hat"], 8000, "hinge score")


def test_pads_come_as_samples_with_a_spectrogram_and_a_verdict(desk, shelf) -> None:
    hits = [{"seed": 3, "label": 1}, {"seed": 3, "label": 1, "to_seed": 4, "to_label": 2, "share": 0.5}]
    first, second = desk.render({"weight": tiny.DRUMS, "hits": hits})["sounds"]
    samples = np.frombuffer(base64.b64decode(first["samples"]), "<i2") / LEVELS
    assert np.abs(samples - draw(shelf.get(tiny.DRUMS), Hit(3, 1))).max() <= 1 / LEVELS
    assert first["picture"].startswith("data:image/") and first["score"] != second["score"]


def test_files_carry_recipes_and_come_back(desk, shelf) -> None:
    hit = Hit(3, 1, 4, 2, 0.5)
    saved = desk.save({"weight": tiny.DRUMS, "hit": hit.to_json()})
    content = base64.b64decode(saved["data"])
    assert saved["name"] == "snare-3-to-hat-4-50.wav" and hit_of(read(content)) == hit
    assert reopened(shelf, desk.shared, read(content)) == {"weight": tiny.DRUMS, "hit": hit.to_json()}
    found = restore.opened(shelf, desk.shared, {"data": saved["data"], "name": "a.wav", "tab": "sample"})
    assert found == {"tab": "sound", "place": {"weight": tiny.DRUMS, "hit": hit.to_json()}}
    strange = base64.b64encode(to_wav(np.zeros(9), 8000)).decode()
    assert restore.opened(shelf, desk.shared, {"data": strange, "name": "a.wav"})["plain"]
    work, _ = desk.archiving({"weight": tiny.DRUMS, "hits": [Hit(n, 0).to_json() for n in (5, 5, 6)]})
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(desk.shared.jobs.made(work)["data"]))) as archive:
        assert archive.namelist() == ["1-kick-5.wav", "2-kick-5.wav", "3-kick-6.wav"]
        assert archive.read("3-kick-6.wav") == stamp(shelf.get(tiny.DRUMS), Hit(6, 0))


def test_a_sound_of_ones_own_is_judged_as_the_kind_that_it_is_most_like(desk) -> None:
    noise = np.random.default_rng(0).normal(0, 0.2, 9000)
    data = lambda content: {"weight": tiny.DRUMS, "data": base64.b64encode(content).decode()}  # noqa: E731
    told = desk.judge(data(to_wav(noise, 44100)))
    assert told["label"] in (0, 1, 2) and told["score"] is not None
    for content, said in ((b"Dear diary", "no sound"), (to_wav(np.zeros(4000), 8000), "silent")):
        with pytest.raises(SoundError, match=said):
            desk.judge(data(content))


def test_what_is_asked_wrongly_is_refused_in_a_sentence(desk) -> None:
    for request in ({"hits": []}, {"hits": [{"seed": 1}] * 17}, {"hits": None}, {"hits": [{"seed": -1}]}):
        with pytest.raises(RequestError):
            desk.render({"weight": tiny.DRUMS, **request})
    with pytest.raises(RequestError, match="draws no sounds"):
        desk.render({"weight": tiny.VANILLA, "hits": [{"seed": 1}]})
