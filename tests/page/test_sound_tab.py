"""The Sound tab without a browser: what its scripts ask for, and that it is there for sounds alone."""

import base64
import io
import zipfile

import mido
import numpy as np
import pytest
import tiny

from gan_models.errors import RequestError, SoundError
from gan_models.loading import Shelf
from gan_models.recipe import read
from gan_models.sound import Hit, draw, hit_of, instrument, stamp, stamp_tune
from gan_models.sounds.files import LEVELS, to_wav
from gan_models.sounds.tune import Note, Tune
from page import restore
from page.parts.jobs import Jobs
from page.parts.lanes import Lanes
from page.parts.picker import sampling_cards
from page.parts.shared import Shared
from page.sound import SoundDesk, offered, reopened

PIANO = {"lowest", "directions", "tune"}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Shelf:
    folder = tmp_path_factory.mktemp("sounds")
    tiny.make_sounds(folder)
    tiny.make_sounds(folder, tiny.NOTES)
    tiny.make_weight(folder, tiny.VANILLA)
    return Shelf([folder])


@pytest.fixture(scope="module")
def desk(shelf) -> SoundDesk:
    return SoundDesk(shelf, Shared(shelf, None, None, Lanes(), None, jobs=Jobs()))


def test_it_is_there_for_sounds_alone_and_no_other_tab_lists_them(shelf, desk, tiny_weights) -> None:
    assert offered(shelf, desk.shared) and not offered(Shelf([tiny_weights]), desk.shared)
    assert [item["name"] for item in desk.models({})["models"]] == [tiny.DRUMS, tiny.NOTES]
    assert [card.name for card in sampling_cards(shelf)] == [tiny.VANILLA]
    told = desk.describe({})
    assert (told["labels"], told["rate"], told["unit"]) == (["kick", "snare", "hat"], 8000, "hinge score")
    assert told["notes"] is None and desk.describe({"weight": tiny.NOTES})["notes"].keys() == PIANO


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


def test_a_midi_file_becomes_a_tune_that_a_timbre_plays_and_its_file_comes_back(desk, shelf) -> None:
    file, buffer = mido.MidiFile(), io.BytesIO()
    strikes = [("note_on", 0), ("note_off", 480)]
    file.tracks.append(mido.MidiTrack(mido.Message(kind, note=n, time=t) for n in (60, 40) for kind, t in strikes))
    file.save(file=buffer)
    asked = {"weight": tiny.NOTES, "data": base64.b64encode(buffer.getvalue()).decode(), "name": "my song.mid"}
    score = desk.score(asked)
    tune = Tune("my song", (Note(0, 500, 60, 64), Note(500, 500, 40, 64)))
    assert Tune.from_json(score["tune"]) == tune
    assert score["said"] == ["1 note lies outside the model's octaves and sounds higher or lower."]

    timbre = Hit(3, directions={1: -1.0})
    work, total = desk.performing({"weight": tiny.NOTES, "hit": timbre.to_json(), "tune": score["tune"]})
    made = desk.shared.jobs.made(work)
    assert (made["name"], total) == ("my song-tiny-notes-3-moved.wav", 2)
    assert base64.b64decode(made["data"]) == stamp_tune(shelf.get(tiny.NOTES), timbre, tune)
    found = restore.opened(shelf, desk.shared, {"data": made["data"], "name": "a.wav"})
    assert found["place"] == {"weight": tiny.NOTES, "hit": timbre.to_json(), "tune": score["tune"]}
    with pytest.raises(SoundError, match="no MIDI file"):
        desk.score({**asked, "data": base64.b64encode(b"Dear diary").decode()})
    with pytest.raises(RequestError, match="draws no notes"):
        desk.performing({"weight": tiny.DRUMS, "hit": {"seed": 1}, "tune": score["tune"]})


def test_all_notes_of_a_timbre_come_as_an_instrument(desk, shelf) -> None:
    job = desk.instrument({"weight": tiny.NOTES, "hit": {"seed": 3}})["job"]
    for _ in desk.shared.jobs.watched(job):
        pass
    made = desk.poll({"job": job})
    with zipfile.ZipFile(io.BytesIO(base64.b64decode(made["data"]))) as archive:
        files = list(instrument(shelf.get(tiny.NOTES), Hit(3)))
        assert [(name, archive.read(name)) for name in archive.namelist()] == files and made["total"] == len(files)
    assert made["name"] == "tiny-notes-3.zip"
    with pytest.raises(RequestError, match="whose pitch is known"):
        desk.judge({"weight": tiny.NOTES, "data": ""})


def test_what_is_asked_wrongly_is_refused_in_a_sentence(desk) -> None:
    for request in ({"hits": []}, {"hits": [{"seed": 1}] * 17}, {"hits": None}, {"hits": [{"seed": -1}]}):
        with pytest.raises(RequestError):
            desk.render({"weight": tiny.DRUMS, **request})
    with pytest.raises(RequestError, match="draws no sounds"):
        desk.render({"weight": tiny.VANILLA, "hits": [{"seed": 1}]})
