"""The Training tab: what it reads from run folders, and the command it writes."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_models import files
from gan_models.errors import RequestError
from gan_models.pictures.images import as_pillow
from gan_models.shell import HOME, interpreter
from gan_models.weight.card import Card
from page.parts import run_log
from page.training import curves, plain_name, run_panel, train_command
from training.run import Run


def make_run(folder: Path, rows: int = 30, **config) -> Run:
    """A run folder as training writes it, with `rows` rows and three grids."""
    run = Run(folder)
    run.write_config({"config": {"minutes": 15.0, "steps": None, "log_every": 100}, "data": {"name": "drawn"}} | config)
    for i in range(1, rows + 1):
        run.append(
            {
                "step": 100 * i, "images": 6400 * i, "seconds": 30.0 * i, "rate": 213.0,
                "loss/discriminator": 1.0, "loss/generator": 0.7,
                "d/real": 0.5, "d/fake": -0.4, "spread/fake": 0.4, "spread/real": 0.41,
                "grad/generator": 10.0 ** (i % 3),
            }
        )  # fmt: skip
    for images in (64, 86, 640):
        as_pillow(np.full((80, 80, 3), images % 256, np.uint8)).save(_grid(run, images))
    return run


def _grid(run: Run, images: int) -> Path:
    path = run.grid_path(images)
    path.parent.mkdir(exist_ok=True)
    return path


def test_figures_have_units_and_the_time_left_is_told(tmp_path):
    told = run_panel.figures(make_run(tmp_path / "cats", rows=10))
    assert told["images seen"] == "64,000" and told["speed"] == "213 images/s" and told["training time"] == "5 min"
    assert told["time left"] == "about 10 min"


def test_a_run_is_running_finished_or_stopped(tmp_path, monkeypatch):
    early, late = make_run(tmp_path / "early", rows=5), make_run(tmp_path / "late", rows=30)
    assert (run_panel.state_of(early), run_panel.state_of(late)) == ("running", "finished")
    now = time.time()
    monkeypatch.setattr(run_panel.time, "time", lambda: now + 600)
    assert (run_panel.state_of(early), run_panel.state_of(late)) == ("stopped", "finished")


def test_a_slow_run_of_which_only_checkpoints_are_heard_is_running(tmp_path, monkeypatch):
    run = make_run(tmp_path / "slow", rows=5)
    now = time.time()
    monkeypatch.setattr(run_panel.time, "time", lambda: now + 600)
    assert run_panel.state_of(run) == "stopped"
    run.checkpoint_path.parent.mkdir(exist_ok=True)
    run.checkpoint_path.touch()
    os.utime(run.checkpoint_path, (now + 540, now + 540))
    assert run_panel.state_of(run) == "running"


def test_the_doctor_speaks_in_words_and_health_is_said_too(tmp_path):
    run = make_run(tmp_path / "cats")
    assert "healthy" in run_panel.remarks_html(run)
    remark = {
        "step": 700,
        "name": "checkerboard",
        "value": 0.0421,
        "threshold": 0.01,
        "reason": "Lines & <b>dots</b>.",
    }
    run.append_remark(remark | {"advice": "Try --upsampling resize."})
    words = run_panel.remarks_html(run)
    assert "checkerboard" in words and "step 700" in words and "0.0421" in words and "--upsampling resize" in words
    assert "<b>dots" not in words


def test_grids_become_a_flipbook_that_starts_at_the_latest(tmp_path):
    run = make_run(tmp_path / "cats")
    value = run_panel.grids_value(run)
    assert value["total"] == 3 and value["start"] == 1.0 and value["labels"][-1] == "640 images seen"
    assert run_panel.grid_picture(run, 2).startswith("data:image/")
    assert "empty" in run_panel.grids_value(make_run_without_grids(tmp_path / "new"))


def test_a_grid_that_is_still_being_copied_here_is_left_out(tmp_path):
    from page.training import _look

    run = make_run(tmp_path / "cats")
    face = run_panel.face(run)
    content = run.grid_path(640).read_bytes()
    run.grid_path(700).write_bytes(content[: len(content) // 2])
    run.grid_path(800).write_bytes(b"")
    assert _look(tmp_path, None, ())[4]["labels"][-1] == "640 images seen" and run_panel.face(run) == face
    assert run_panel.grid_picture(run, 99) == run_panel.grid_picture(run, 2)
    run.grid_path(700).write_bytes(content)
    assert run_panel.grids_value(run)["total"] == 4


def make_run_without_grids(folder: Path) -> Run:
    run = Run(folder)
    run.write_config({"config": {}})
    return run


@pytest.mark.parametrize(
    "text", ["not json", "[1, 2]", "[" * 100_000, '{"config": {"log_every": "<script>"}}', "\0\xff"]
)
def test_a_damaged_config_is_said_and_breaks_nothing(tmp_path, text):
    from page.training import _look

    run = make_run(tmp_path / "cats")
    run.config_path.write_text(text)
    head = _look(tmp_path, "cats", ())[6]
    assert "config.json cannot be read" in head and "<script>" not in head


ODD_ROWS = [
    {"step": "many", "images": [1], "rate": None, "seconds": {}},
    {"step": 10**4000, "images": 1e308, "seconds": 1e308, "rate": -1e308, "loss/generator": 1e308},
    {"step": 1e-300, "images": 1e30, "seconds": 1e30, "rate": 0, "loss/generator": 1e-300},
    {},
]


@pytest.mark.parametrize("row", ODD_ROWS)
@pytest.mark.parametrize("name", ["log.jsonl", "doctor.jsonl"])
def test_one_odd_run_leaves_the_others_on_the_tab(tmp_path, name, row):
    from page.training import _look

    make_run(tmp_path / "cats")
    odd = make_run(tmp_path / "odd", rows=2)
    sys.set_int_max_str_digits(0)
    (odd.folder / name).write_text("\n".join([json.dumps(row)] * 3) + "\n")
    sys.set_int_max_str_digits(4300)
    as_pillow(np.zeros((40, 90, 3), np.uint8)).save(odd.grid_path(900))
    (odd.folder / "grids" / "\u00b2.png").touch()
    for chosen in ("odd", "cats"):
        _, listed, _, _, book, export, head, drawn = _look(tmp_path, chosen, ())
        assert {item["name"] for item in listed["items"]} == {"cats", "odd"}
        assert chosen in export and chosen in head and "should not have" not in head + drawn
        assert book["labels"][-1] == ("900 images seen" if chosen == "odd" else "640 images seen")


@pytest.mark.parametrize("name", ["config.json", "log.jsonl", "doctor.jsonl"])
def test_a_pipe_in_a_run_folder_is_said_and_stops_nothing(tmp_path, name):
    from page.training import _look

    make_run(tmp_path / "cats")
    odd = make_run(tmp_path / "odd")
    (odd.folder / name).unlink(missing_ok=True)
    os.mkfifo(odd.folder / name)
    _, listed, *_, head, _ = _look(tmp_path, "odd", ())
    assert len(listed["items"]) == 2 and f"{name} cannot be read ({name} is a pipe" in head


def test_nothing_is_sent_while_nothing_changes(tmp_path):
    from page.training import _look

    run = make_run(tmp_path / "cats")
    skipped = {"__type__": "update"}
    seen, *_, book, _, _, _ = _look(tmp_path, None, ())
    assert book["total"] == 3
    assert _look(tmp_path, None, seen) == [skipped] * 8
    run.append({"step": 3100, "images": 198_400, "seconds": 930.0})
    now, *_, book, _, head, _ = _look(tmp_path, None, seen)
    assert now != seen and "198,400" in head and book == skipped, "pictures go only when there are new ones"


def test_a_new_row_reads_its_own_bytes_and_sends_what_changed(tmp_path, monkeypatch):
    """Among many runs that stand still: nothing of them is read again."""
    from page.training import _look

    runs = [make_run(tmp_path / f"run-{n:02d}", rows=3) for n in range(30)]
    known = _look(tmp_path, "run-03", ())[0]
    opened = []

    def watched(path, most, plain=files.regular):
        opened.append(Path(path))
        return plain(path, most)

    for module in (files, run_log, run_panel):
        monkeypatch.setattr(module, "regular", watched)
    row = {"step": 400, "images": 25_600, "seconds": 120.0, "rate": 213.0}
    runs[7].append(row)
    known, listed, *more = _look(tmp_path, "run-03", known)
    assert [(item["name"], item["words"]) for item in listed["changed"]] == [("run-07", "running, 25,600 images")]
    assert more == [{"__type__": "update"}] * 6 and opened == [runs[7].log_path]
    opened.clear()
    runs[3].append(row)
    known, listed, _, _, book, _, head, drawn = _look(tmp_path, "run-03", known)
    assert [item["name"] for item in listed["changed"]] == ["run-03"] and "25,600" in head and "polyline" in drawn
    assert book == {"__type__": "update"} and set(opened) == {runs[3].log_path}
    shutil.rmtree(runs[9].folder)
    assert len(_look(tmp_path, "run-03", known)[1]["items"]) == 29, "another list goes whole"


def test_a_log_that_is_rewritten_is_read_anew(tmp_path):
    run = make_run(tmp_path / "cats", rows=9)
    assert len(run_panel.rows_of(run)) == 9
    run.forget_after(400, 10**9)
    assert [row["step"] for row in run_panel.rows_of(run)] == [100, 200, 300, 400]
    for step in range(5, 30):
        run.append({"step": 100 * step, "images": 1})
    with run.log_path.open("ab") as file:
        file.write(b'{"step": 3000, "ima')
    assert [row["step"] for row in run_panel.rows_of(run)] == [100 * step for step in range(1, 30)]
    run.log_path.unlink()
    assert list(run_panel.rows_of(run)) == []


def test_no_runs_teach(client):
    runs, teach, *_ = client.predict(None, api_name="/training_show")
    assert runs == {"items": [], "chosen": None} and teach["visible"]


def test_curves_have_axes_legends_and_the_pointers_numbers(tmp_path):
    html = curves.curves_html(run_panel.rows_of(make_run(tmp_path / "cats")))
    for word in (
        "Loss",
        "What the discriminator answers",
        "Variety",
        "Gradients",
        "Speed",
        "discriminator <b>1</b>",
    ):
        assert word in html
    assert html.count("<svg") == 5 and "Brightness" not in html, "charts without numbers are left out"
    assert html.count("data-rows=") == 5


def test_upscalers_and_translators_show_their_main_figure():
    larger = curves.curves_html([{"images": n, "psnr/held_out": 24.0 + n, "psnr/bicubic": 24.5} for n in range(3)])
    assert "Likeness to the truth" in larger and "this network <b>26</b>" in larger and "bicubic <b>24.5</b>" in larger
    holes = curves.curves_html([{"images": n, "psnr/hole": 15.0 + n, "features/held_out": 0.2} for n in range(3)])
    assert "Likeness inside holes" in holes and "Distance in features" in holes
    other = curves.curves_html([{"images": n, "l1/held_out": 0.3 - n / 10} for n in range(3)])
    assert "Distance from the truth" in other and "held-out pairs <b>0.1</b>" in other and "PSNR" not in other


def test_one_row_and_gaps_are_drawn(tmp_path):
    assert "circle" in curves.curves_html([{"step": 1, "images": 64, "rate": 3.0}])
    rows = [
        {"step": 1, "images": 64, "rate": 3.0},
        {"step": 2, "images": 128},
        {"step": 3, "images": 192, "rate": 4.0},
    ]
    assert "polyline" in curves.curves_html(rows)
    assert curves.curves_html([]) == '<div class="curves"></div>'


@given(st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_ticks_are_few_and_inside(low, width):
    found = curves.ticks(low, low + width)
    assert len(found) <= 6 and all(low - width * 1e-6 <= tick <= low + width * (1 + 1e-6) for tick in found)


def test_long_logs_are_thinned_to_their_ends():
    rows = [{"images": i} for i in range(5000)]
    thin = curves.thinned(rows)
    assert len(thin) == curves.MOST_POINTS and (thin[0], thin[-1]) == (rows[0], rows[-1])


def test_the_command_is_quoted_and_names_a_legal_weight():
    train, export = train_command("My Cats (2024)", "", 20, 64, Path("runs")).splitlines()
    words = shlex.split(train)
    assert words[:5] == [interpreter(), "-m", "training.train_dcgan", "--data", "My Cats (2024)"]
    assert words[-2:] == ["--run", "runs/my-cats-2024"]
    assert shlex.split(export)[-2:] == ["-o", "weights/my-cats-2024"]


def test_the_command_is_one_that_training_understands():
    from training.options import parse
    from training.train_dcgan import Options

    words = shlex.split(train_command("folder", "Fur & Eyes", 7.5, 128, Path("runs")).splitlines()[0])
    options = parse(Options, words[3:], "train_dcgan", "dcgan-mnist")
    assert (options.data, options.size, options.minutes, options.run) == (
        "folder",
        128,
        7.5,
        Path("runs/fur-eyes"),
    )


@pytest.mark.parametrize(
    "folder, minutes, size, sentence",
    [
        ("  ", 15, 64, "folder is empty"),
        ("a", 0, 64, "more than zero"),
        ("a", 15, 65, "28, 32, 64, 128 pixels"),
    ],
)
def test_what_cannot_be_trained_is_said(folder, minutes, size, sentence):
    with pytest.raises(RequestError, match=sentence):
        train_command(folder, "", minutes, size, Path("runs"))


@given(st.text())
def test_any_text_becomes_a_legal_name(text):
    card = {
        "title": "",
        "task": "sample",
        "family": "dcgan",
        "method": "dcgan",
        "config": {},
        "licence": "",
        "free": True,
    }
    from gan_models.weight.card import DataSet

    assert Card(name=plain_name(text), data=DataSet("", "0" * 64, 0, "", "", True), **card)


def test_the_command_is_called_by_name(client):
    command = client.predict("photos", "", 15, 64, api_name="/training_command")
    assert command.startswith(f"{interpreter()} -m training.train_dcgan --data photos --size 64 --minutes 15 --run ")


def test_the_command_runs_as_it_is_pasted(tmp_path):
    """By the interpreter that serves the page, in the program's folder, for a folder whose name looks like a flag."""
    for number in range(4):
        (tmp_path / "-pics").mkdir(exist_ok=True)
        Image.new("RGB", (32, 32), (number, 0, 0)).save(tmp_path / "-pics" / f"{number}.png")
    train, _ = train_command(" -pics ", "", 1, 32, tmp_path / "runs").splitlines()
    assert "--data ./-pics " in train
    line = f"{train.replace(interpreter(), str(HOME / interpreter()), 1)} --dry-run"
    home = {"PYTHONPATH": str(HOME), "PATH": ""}
    done = subprocess.run(["/bin/sh", "-c", line], cwd=tmp_path, env=home, capture_output=True, text=True)
    assert done.returncode == 0 and json.loads(done.stdout)["data"] == "./-pics", done.stderr


@pytest.mark.parametrize(
    ("folder", "wanted"),
    [
        ('"C:\\Users\\me\\cats"', r"--data C:\Users\me\cats --size"),
        ("C:\\Users\\me\\my cats", r'--data "C:\Users\me\my cats" --size'),
        ("C:/Users/me/it's", "--data C:/Users/me/it's --size"),
        ("'my cats'", "--data 'my cats' --size"),
        ("\\\\server\\cats", r"--data \\server\cats --size"),
    ],
)
def test_the_command_is_quoted_for_the_shell_of_its_path(folder, wanted):
    line = train_command(folder, "", 1, 32, Path("runs")).splitlines()[0]
    assert wanted in line


def test_on_windows_no_single_quote_is_written(monkeypatch):
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setattr(sys, "executable", "C:\\Program Files\\python.exe")
    train, export = train_command("my cats", "My cats", 1, 32, Path("runs")).splitlines()
    assert train.startswith('"C:\\Program Files\\python.exe" -m training.train_dcgan --data "my cats" ')
    assert "'" not in train + export
