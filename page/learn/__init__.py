"""The Learn tab: a GAN in two dimensions, live, with ten lessons; and two runs side by side.

What the visitor sees is learn.html with its scripts. They call the functions of `LearnDesk`. The runs are those of
training/plane/, a light door to the trainer's own losses; it is opened on the first question.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gan_models.errors import RequestError
from page.parts.desk import Desk, Function, publish, put
from page.parts.glossary import TERMS
from page.parts.requests import whole

if TYPE_CHECKING:
    from gan_models.loading import Shelf
    from page.learn.runs import Runs
    from page.parts.jobs import Job
    from page.parts.shared import Shared

LAST_STEP = 1_000_000
"""Where a run ends: at 300 steps a second after an hour."""
API_STEPS = 5000
"""Steps that a program may ask for at once."""


def tab(shelf: Shelf, shared: Shared) -> None:
    """Put the tab into the page, and its functions under their names into the API."""
    desk = LearnDesk(shelf, shared)
    put(desk, "learn", "learn/learn.css")
    api(desk)


@dataclass(frozen=True)
class LearnDesk(Desk):
    """What the tab's scripts ask for."""

    @cached_property
    def runs(self) -> Runs:
        from page.learn.runs import Runs

        return Runs()

    def functions(self) -> tuple[Function, ...]:
        return self.course, self.start, self.advance, self.turn

    def course(self, request: dict) -> dict[str, Any]:
        """Lessons, controls and words: all that the tab is made of."""
        from page.learn import controls, experiment
        from training.plane.lessons import FIGURES, LESSONS

        here = {card.name: card.title for card in self.shelf.cards()}
        return {
            "lessons": [_lesson(key, lesson, here) for key, lesson in LESSONS.items()],
            "controls": controls.table(),
            "usual": controls.usual(),
            "games": controls.GAMES,
            "rules": controls.RULES,
            "figures": {name: list(row) for name, row in FIGURES.items()},
            "terms": dict(TERMS),
            "experiment": experiment.found(),
        }

    def start(self, request: dict) -> dict[str, Any]:
        """{"options": {...}, "instead": names of runs to forget} -> the run's name and its first picture."""
        from page.learn.runs import begun
        from training.plane.options import Options

        options = Options.from_json(_words(request).get("options", {}))
        self.runs.forget(request.get("instead"))
        with self.shared.lanes.live():
            name, held = self.runs.start(options)
            return {"run": name, "options": options.to_json(), **begun(held)}

    def advance(self, request: dict) -> dict[str, Any]:
        """{"run", "until"} -> the next picture, at step `until` or as far as a moment's training goes."""
        from page.learn.runs import advanced

        held = self.runs.get(_words(request).get("run"))
        until = whole(request.get("until"), 0, LAST_STEP, "The step to play to")
        # One slice of a job that gives way: a slider elsewhere waits for this one at most.
        with self.shared.lanes.long():
            return advanced(held, until)

    def turn(self, request: dict) -> dict[str, Any]:
        """{"run", "network": "generator" or "discriminator"} -> a picture, and what happened in words."""
        from page.learn.runs import turned

        held, network = self.runs.get(_words(request).get("run")), request.get("network")
        if network not in ("generator", "discriminator"):
            raise RequestError(f"A turn is the generator's or the discriminator's, got {str(network)[:40]!r}.")
        with self.shared.lanes.live():
            return turned(held, network)


def _words(request: Any) -> dict:
    if not isinstance(request, dict):
        raise RequestError(f"The page asks with names and values, got {str(request)[:40]!r}.")
    return request


def _lesson(key: str, lesson: Any, here: dict[str, str]) -> dict[str, Any]:
    """A lesson as the script shows it; its weight only where that is on the shelf."""
    words = {n: getattr(lesson, n) for n in ("title", "question", "watch", "change", "paper", "steps", "command")}
    claims = [{"run": claim.run, "words": claim.words()} for claim in lesson.claims]
    weight = lesson.weight if lesson.weight in here else None
    return {
        "key": key,
        **words,
        "claims": claims,
        "weight": weight,
        "weight_title": here.get(weight),
        "options": lesson.run().to_json(),
        "changed": lesson.run("changed").to_json(),
    }


def api(desk: LearnDesk) -> None:
    """A run in the plane by name and plain arguments, for gradio_client and HTTP."""

    def learn_lessons() -> dict:
        """The lessons of the Learn tab: options, what to change, and what holds over five seeds."""
        return {"lessons": desk.course({})["lessons"]}

    def learn_run(options: dict, steps: int = 400) -> dict:
        """Train in the plane (options: see training.plane.options.Options); the figures after `steps` steps."""
        from training.plane.engine import PlaneRun
        from training.plane.measures import Eye
        from training.plane.options import Options

        run = PlaneRun(Options.from_json(options))
        eye, most = Eye(run), whole(steps, 1, API_STEPS, "The number of steps")

        def train(job: Job) -> dict[str, Any] | None:
            while run.step < most and not run.burst and not job.unwanted:
                with desk.shared.lanes.long():
                    run.advance(min(25, most - run.step))
            return None if job.unwanted else {"step": run.step, "burst": run.burst, "figures": eye.figures()}

        return desk.shared.jobs.made(train)

    publish(learn_lessons, learn_run)
