"""Run folders: whole files or none, rows that survive a crash, nothing heavy imported."""

import errno
import subprocess
import sys

import pytest
import torch

from gan_models.errors import TrainingError
from gan_models.files import swapped
from training.run import Run, find_runs, span


def test_rows_come_back_in_order_without_numbers_that_are_not_finite(tmp_path):
    run = Run(tmp_path / "a")
    run.append({"step": 1, "loss/generator": 0.5})
    run.append({"step": 2, "loss/generator": float("nan"), "d/real": float("inf")})
    assert run.rows() == [{"step": 1, "loss/generator": 0.5}, {"step": 2}]


def test_a_torn_last_line_is_left_out_and_gone_after_resume(tmp_path):
    run = Run(tmp_path)
    run.append({"step": 1})
    with run.log_path.open("ab") as file:
        file.write(b'{"step": 2, "lo')
    assert run.rows() == [{"step": 1}]
    run.forget_after(1, 64)
    run.append({"step": 2})
    assert run.rows() == [{"step": 1}, {"step": 2}]


def test_forgetting_drops_what_is_later_than_the_checkpoint(tmp_path):
    run = Run(tmp_path)
    for step in (1, 2, 3):
        run.append({"step": step})
        run.append_remark({"step": step, "name": "x"})
        run.write_grid(step * 10, b"png")
    run.forget_after(2, 20)
    assert [row["step"] for row in run.rows()] == [1, 2]
    assert [remark["step"] for remark in run.remarks()] == [1, 2]
    assert [images for images, _ in run.grids()] == [10, 20]


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "config.json"
    path.write_text("old")
    with pytest.raises(RuntimeError), swapped(path) as file:
        file.write(b"half")
        raise RuntimeError("power cut")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_config_round_trip_and_what_is_not_a_run(tmp_path):
    run = Run(tmp_path / "r")
    with pytest.raises(TrainingError, match=r"no config\.json"):
        run.config()
    run.write_config({"entry": "train_dcgan", "ü": 1})
    assert run.config() == {"entry": "train_dcgan", "ü": 1}
    run.config_path.write_text("{")
    with pytest.raises(TrainingError, match="cannot be read"):
        run.config()


def test_checkpoint_round_trip_and_a_damaged_one(tmp_path):
    run = Run(tmp_path)
    assert run.load_checkpoint() is None
    run.save_checkpoint({"step": 3, "x": torch.arange(3)})
    assert run.load_checkpoint()["x"].tolist() == [0, 1, 2]
    run.checkpoint_path.write_bytes(run.checkpoint_path.read_bytes()[:100])
    with pytest.raises(TrainingError, match="cannot be read"):
        run.load_checkpoint()


def test_a_checkpoint_that_would_run_code_is_refused(tmp_path):
    run = Run(tmp_path)
    run.checkpoint_path.parent.mkdir()
    torch.save({"step": print}, run.checkpoint_path)
    with pytest.raises(TrainingError, match="cannot be read"):
        run.load_checkpoint()


def test_runs_are_found_the_latest_first(tmp_path):
    for name in ("old", "new"):
        Run(tmp_path / name).write_config({})
    (tmp_path / "not a run").mkdir()
    Run(tmp_path / "old").append({"step": 1})
    import os

    os.utime(tmp_path / "new" / "config.json", (1, 1))
    assert [run.name for run in find_runs(tmp_path)] == ["old", "new"]


def test_the_page_can_read_runs_without_torch():
    code = "import training.run, training.doctor, sys; assert 'torch' not in sys.modules, 'torch was imported'"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_two_processes_cannot_train_in_one_folder(tmp_path):
    with Run(tmp_path).lock(), pytest.raises(TrainingError, match="Another process is training"):
        Run(tmp_path).lock()
    Run(tmp_path).lock().close()


def test_a_disk_without_locks_is_trained_on_without(tmp_path, monkeypatch):
    def no_locks(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr("fcntl.flock", no_locks)
    Run(tmp_path).lock().close()


def test_a_run_that_cannot_be_written_is_one_sentence(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(TrainingError, match=r"cannot be written to \(Not a directory\); give another folder"):
        Run(tmp_path / "file" / "run").lock()


@pytest.mark.parametrize(
    "seconds, text",
    [(7.4, "7 s"), (89, "89 s"), (600, "10 min"), (3599, "1 h 00 min"), (5400, "1 h 30 min"), (11_100, "3 h 05 min")],
)
def test_spans_are_said_in_words(seconds, text):
    assert span(seconds) == text


def test_a_full_disk_is_one_sentence_and_the_checkpoint_before_stays(tmp_path, monkeypatch):
    run = Run(tmp_path)
    run.save_checkpoint({"step": 3})

    def full(state, file):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(torch, "save", full)
    with pytest.raises(TrainingError, match="cannot be written .*No space left on device.*make room"):
        run.save_checkpoint({"step": 4})
    assert run.load_checkpoint() == {"step": 3}
    assert [path.name for path in run.checkpoint_path.parent.iterdir()] == ["state.pt"]


@pytest.mark.parametrize("name", ["config.json", "log.jsonl", "grids", "checkpoint"])
def test_a_folder_with_files_of_others_is_no_run_folder(tmp_path, drawn_folder, capsys, name):
    from training import train_dcgan

    theirs = tmp_path / name
    if "." in name:
        theirs.write_text('{"my": "precious settings"}')
    else:
        theirs.mkdir()
        (theirs / "000999999.png").write_text("precious")
    before = sorted(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    with pytest.raises(SystemExit) as left:
        train_dcgan.main(["--data", str(drawn_folder), "--run", str(tmp_path), "--steps", "1", "--batch", "8"])
    said = capsys.readouterr().err
    assert left.value.code == 2 and f"holds {name} that no training here wrote; give another" in said
    assert sorted(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()) == before
