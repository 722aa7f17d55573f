"""The Sound tab: drums on eight pads with a beat of sixteen steps, notes on a piano with tunes; files carry recipes.

What the visitor sees is page/sound/sound.html with its scripts, which play what `SoundDesk` draws by Web Audio.
"""

from __future__ import annotations

import base64
import io
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from gan_models.errors import RequestError
from gan_models.methods import METHODS
from gan_models.sound import (
    Hit,
    draw,
    file_name,
    fold,
    hit_of,
    instrument,
    moved_words,
    note_of,
    span,
    stamp,
    stamp_tune,
    timbre_name,
    tune_of,
    verdict,
)
from gan_models.sounds.files import SECONDS, fitted, open_sound, to_int16
from gan_models.sounds.midi import read_midi
from gan_models.sounds.spectrogram import loudness, spectrograms
from gan_models.sounds.tune import Tune, bundled
from page.parts import picker
from page.parts.archives import zipped
from page.parts.desk import Desk, Function, publish, publish_requests, put
from page.parts.flipbook import data_uri
from page.parts.requests import decoded
from page.parts.requests import file_name as opened_name

if TYPE_CHECKING:
    from gan_models.loading import Model, Shelf
    from gan_models.recipe import Recipe
    from gan_models.weight.card import Card
    from page.parts.jobs import Job, Work
    from page.parts.shared import Shared

MOST = 16
"""Sounds in one request."""


def offered(shelf: Shelf, shared: Shared) -> bool:
    """Whether a weight that draws sounds is there."""
    return bool(sound_cards(shelf))


def sound_cards(shelf: Shelf) -> list[Card]:
    """The cards of the weights that draw sounds."""
    return [card for card in shelf.cards() if card.task == "sound"]


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = SoundDesk(shelf, shared)
    put(desk, "sound", "sound/sound.css")
    publish_requests(desk, "sound", "render")
    api(desk)


@dataclass(frozen=True)
class SoundDesk(Desk):
    """What the tab's scripts ask for. A hit is `gan_models.sound.Hit` as JSON."""

    def functions(self) -> tuple[Function, ...]:
        return (
            self.models,
            self.describe,
            self.render,
            self.save,
            self.archive,
            self.poll,
            self.stop,
            self.judge,
            self.score,
            self.perform,
            self.instrument,
        )

    def models(self, request: dict) -> dict[str, Any]:
        """Every model's name and face, and a sentence for each folder that was refused."""
        return picker.listed(self.shelf, sound_cards(self.shelf))

    def describe(self, request: dict) -> dict[str, Any]:
        """What the controls must know of {"weight": name}; without a name, of the first."""
        model = self._model(request)
        card, config = model.card, model.config
        return {
            **picker.faced(self.shelf, card),
            "labels": list(model.labels) or [str(number) for number in range(model.classes)],
            "rate": config.rate,
            "seconds": config.seconds,
            "unit": METHODS[card.method].unit if card.method in METHODS else "logit",
            "verdict": "discriminator.safetensors" in card.files,
            "notes": _notes(model) if config.pitched else None,
        }

    def render(self, request: dict) -> dict[str, Any]:
        """{"weight", "hits"} -> each as 16-bit samples in base64, its spectrogram, loudness and verdict; ms it took."""
        model, hits = self._wanted(request)
        sounds, compute = [], 0.0
        for hit in hits:
            # One by one: a key that is pressed does not wait for all that are drawn ahead.
            with self.shared.lanes.live():
                start = time.perf_counter()
                samples = draw(model, hit)
                compute += (time.perf_counter() - start) * 1000
                sounds.append(shown(model, samples, hit.label))
        return {"sounds": sounds, "compute": compute}

    def save(self, request: dict) -> dict[str, Any]:
        """{"weight", "hit"} -> a WAV file that carries its recipe, and a name for it."""
        model, (hit,) = self._wanted({**request, "hits": [request.get("hit")]})
        with self.shared.lanes.live():
            return {"name": file_name(model, hit), "data": text(stamp(model, hit))}

    def archive(self, request: dict) -> dict[str, Any]:
        """{"weight", "hits"} -> the id of a job that makes a zip of WAV files, each with its recipe."""
        work, total = self.archiving(request)
        return {"job": self.shared.jobs.start(work, total=total)}

    def archiving(self, request: dict) -> tuple[Work, int]:
        """The work of that job, and of how many sounds."""
        model, hits = self._wanted(request)
        files = ((f"{n}-{file_name(model, hit)}", self._stamped(model, hit)) for n, hit in enumerate(hits, 1))
        return packing(f"{model.card.name}-{len(hits)}.zip", files), len(hits)

    def instrument(self, request: dict) -> dict[str, Any]:
        """{"weight", "hit": a timbre} -> the id of a job that makes a zip of all its notes with an SFZ file."""
        model, (timbre,) = self._wanted({**request, "hits": [request.get("hit")]})
        files, total = instrument(model, timbre, self._stamped), len(span(model)) + 1
        return {"job": self.shared.jobs.start(packing(f"{timbre_name(model, timbre)}.zip", files), total=total)}

    def score(self, request: dict) -> dict[str, Any]:
        """{"weight", "data": a MIDI file as base64, "name"} -> its tune, and what is left out or moved, said."""
        tune, said = read_midi(decoded(request.get("data")), opened_name(request))
        return {"tune": tune.to_json(), "said": [*said, *moved_words(fold(self._model(request), tune)[1])]}

    def perform(self, request: dict) -> dict[str, Any]:
        """{"weight", "hit": a timbre, "tune"} -> the id of a job that makes a WAV of the tune with its recipe."""
        work, total = self.performing(request)
        return {"job": self.shared.jobs.start(work, total=total)}

    def performing(self, request: dict) -> tuple[Work, int]:
        """The work of that job, and of how many notes."""
        model, (timbre,) = self._wanted({**request, "hits": [request.get("hit")]})
        tune = Tune.from_json(request.get("tune"))
        pitches = fold(model, tune)[0].pitches

        def work(job: Job) -> dict[str, Any] | None:
            drawn = {}
            for job.done, pitch in enumerate(pitches):
                if job.unwanted:
                    return None
                with self.shared.lanes.long():
                    drawn[pitch] = draw(model, note_of(model, timbre, pitch))
            with self.shared.lanes.long():
                content = stamp_tune(model, timbre, tune, drawn)
            return {"name": f"{Path(tune.name).name}-{timbre_name(model, timbre)}.wav", "data": text(content)}

        return work, len(pitches)

    def judge(self, request: dict) -> dict[str, Any]:
        """{"weight", "data": any sound as base64} -> its beginning as `render` gives it, and the kind that the
        discriminator finds it most like."""
        model = self._model(request)
        if model.config.pitched:
            raise RequestError(f"{model.name} judges notes whose pitch is known; choose a model of drums.")
        length = model.config.length
        sound = fitted(open_sound(decoded(request.get("data")), model.config.rate, SECONDS), length)
        with self.shared.lanes.live():
            if model.discriminator is None or not model.classes:
                return shown(model, sound, None)
            scores = [verdict(model, sound, label) for label in range(model.classes)]
            best = int(np.argmax(scores))
            return shown(model, sound, best) | {"label": best}

    def _stamped(self, model: Model, hit: Hit) -> bytes:
        with self.shared.lanes.long():
            return stamp(model, hit)

    def _model(self, request: dict) -> Model:
        """The model of a request, or the first that can be loaded."""
        if not request.get("weight"):
            return picker.first(sound_cards(self.shelf), self.shelf.get, "No weight on the shelf draws sounds.")
        model = self.shelf.get(str(request["weight"]))
        if model.card.task != "sound":
            raise RequestError(f"{model.name} draws no sounds; choose another weight.")
        return model

    def _wanted(self, request: dict) -> tuple[Model, list[Hit]]:
        hits = request.get("hits")
        if not isinstance(hits, list) or not 1 <= len(hits) <= MOST:
            raise RequestError(f"A request holds 1 to {MOST} sounds, got {str(hits)[:60]}.")
        return self._model(request), [Hit.from_json(hit) for hit in hits]


def packing(name: str, files: Iterable[tuple[str, bytes]]) -> Work:
    """The work of a job that makes a zip of files as they come."""

    def work(job: Job) -> dict[str, Any] | None:
        buffer = io.BytesIO()
        return {"name": name, "data": text(buffer.getvalue())} if zipped(files, buffer, job) else None

    return work


def _notes(model: Model) -> dict[str, Any]:
    """What a piano must know: its lowest key's number, how many directions the timbre has, and a tune to begin with."""
    directions = model.directions
    return {
        "lowest": span(model).start,
        "directions": 0 if directions is None else len(directions),
        "tune": bundled().to_json(),
    }


def shown(model: Model, samples: np.ndarray, label: int | None) -> dict[str, Any]:
    """A sound for the page: samples (16 bits, base64), spectrogram, loudness in dB, verdict or None."""
    judged = model.discriminator is not None and (label is not None or not model.classes)
    return {
        "samples": text(to_int16(samples).tobytes()),
        "picture": data_uri(spectrograms(torch.from_numpy(samples)[None])[0]),
        "loudest": max(-99.0, loudness(samples)),
        "score": verdict(model, samples, label) if judged else None,
    }


def text(content: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(content).decode()


def reopened(shelf: Shelf, shared: Shared, made: Recipe) -> dict[str, Any]:
    """A saved sound as {"weight", "hit"}, a tune as {"weight", "hit": its timbre, "tune"}."""
    weight = shelf.find(made.weight, made.sha256).name
    if "tune" not in made.arguments:
        return {"weight": weight, "hit": hit_of(made).to_json()}
    timbre, tune = tune_of(made)
    return {"weight": weight, "hit": timbre.to_json(), "tune": tune.to_json()}


def api(desk: SoundDesk) -> None:
    """The same under a name and with plain arguments, for gradio_client and HTTP."""

    def sound(weight: str, seed: int = 0, kind: int | str | None = None) -> dict:
        """A sound as a WAV file in base64 that carries its recipe; kind: by name ("snare", "C4") or number."""
        model = desk._model({"weight": weight})
        label = model.label(kind) if isinstance(kind, str) else kind
        return desk.save({"weight": weight, "hit": Hit(seed, label).to_json()})

    def tune(weight: str, seed: int = 0, data: str | None = None) -> dict:
        """A tune by the notes of a seed, as a WAV file in base64 that carries its recipe; data: a MIDI file in base64
        (default: the tune that comes along)."""
        read = bundled() if data is None else read_midi(decoded(data), "tune.mid").tune
        work, _ = desk.performing({"weight": weight, "hit": Hit(seed).to_json(), "tune": read.to_json()})
        return desk.shared.jobs.made(work)

    publish(sound, tune)
