"""What a row costs that one of many runs writes, on the Training tab: the server's processor time, and what is sent."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from page.bench.served import answered, app, free_port, percentile, processor, say, wait_for
from training.run import Run

RUNS, ROWS, EACH = 400, 60, 40
"""Run folders, rows that each has, and rows that are then written one by one."""
SESSION = "rows"


def rows(weights: list[str]) -> dict[str, float]:
    """The chosen run gets every other row, since its curves are drawn anew; runs that are not only say so in a tile."""
    with tempfile.TemporaryDirectory() as folder:
        runs = [_run(Path(folder) / f"run-{number:03d}") for number in range(RUNS)]
        port = free_port()
        with app(port, weights, "--runs", folder) as (process, _):
            wait_for(port)
            asked = [{"items": [], "chosen": "run-007"}, None]
            look = lambda: answered(port, "training_look", asked, session=SESSION)  # noqa: E731
            sent, seconds = [len(look())], []
            for number in range(EACH):
                runs[7 + 100 * (number % 2)].append(_row(ROWS + 1 + number))
                before = processor(process.pid)
                sent.append(len(look()))
                seconds.append(1000 * (processor(process.pid) - before))
                time.sleep(0.01)
    mean = sum(seconds) / len(seconds)
    say(f"{RUNS} runs: the first look sends", sent[0] / 1000, "kB")
    say(f"{RUNS} runs: a new row sends at most", max(sent[1:]) / 1000, "kB")
    say(f"{RUNS} runs: a new row, mean", mean, "ms of CPU", "< 50")
    say(f"{RUNS} runs: a new row, p95", percentile(seconds, 95), "ms of CPU")
    return {"rows: mean, ms of CPU": mean, "rows: sent, kB": max(sent[1:]) / 1000}


def _run(folder: Path) -> Run:
    run = Run(folder)
    run.write_config({"config": {"minutes": 600.0, "log_every": 100}, "data": {"name": "drawn"}})
    for number in range(1, ROWS + 1):
        run.append(_row(number))
    return run


def _row(number: int) -> dict[str, float]:
    names = ("loss/discriminator", "loss/generator", "d/real", "d/fake", "spread/fake", "spread/real")
    return {"step": 100 * number, "images": 6400 * number, "seconds": 30.0 * number, "rate": 213.0} | dict.fromkeys(
        names, 0.5
    )
