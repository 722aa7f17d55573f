"""Damaged run folders: going on, exporting and beginning from them succeeds or says one sentence, never a traceback."""

import os
import shutil
import signal
import time
from pathlib import Path

import numpy as np
import pytest
import torch
from forked import forked

from gan_models.errors import TrainingError
from training import export as exporting
from training import train_dcgan
from training.run import Run

SMALL = ("--width", "8", "--batch", "8", "--log-every", "1", "--precision", "fp32", "--discriminator", "dcgan")
BEGUN = ("--steps", "4")
ODD = np.random.default_rng(0).bytes(3000)
OTHER = {
    "config.json": b'{"entry": 5, "config": {"steps": []}, "data": [], "command": null, "family_config": 3}',
    "log.jsonl": b'{"step": "x", "images": []}\n[1]\n"text"\n{"step": 1e300, "loss/generator": {}}\n',
    "doctor.jsonl": b'{"step": [], "name": 5}\n7\n{"step": null}\n',
}
DAMAGES = {
    "empty": lambda content, name: b"",
    "cut off": lambda content, name: content[: len(content) // 2],
    "binary": lambda content, name: ODD,
    "other types": lambda content, name: OTHER.get(name, b"[]"),
    "deep": lambda content, name: b"[" * 200_000,
}
FILES = ("config.json", "log.jsonl", "doctor.jsonl", "checkpoint/state.pt", "grids")


@pytest.fixture(scope="module")
def begun(tmp_path_factory, drawn_folder) -> Path:
    """A run of four steps."""
    folder = tmp_path_factory.mktemp("begun") / "run"
    train_dcgan.main(["--data", str(drawn_folder), "--run", str(folder), *SMALL, *BEGUN])
    Run(folder).append_remark({"step": 2, "name": "loud", "reason": "It is loud.", "advice": "Be quiet."})
    return folder


def copied(begun: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(begun, tmp_path / "run"))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_one_sentence(begun, tmp_path, drawn_folder, capsys, name, damage):
    folder = copied(begun, tmp_path)
    file = Run(folder).grids()[-1][1] if name == "grids" else folder / name
    file.write_bytes(DAMAGES[damage](file.read_bytes(), name))
    run = ["--data", str(drawn_folder), *SMALL, *BEGUN]
    commands = {
        exporting: [str(folder), "-o", str(tmp_path / "weight")],
        train_dcgan: [*run, "--run", str(folder)],
    }
    for command, words in commands.items():
        capsys.readouterr()
        try:
            command.main(words)
        except SystemExit as left:
            said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
            assert left.code == 2 and len(said) == 1, said
            assert file.name in said[0] or "config.json" in said[0]


def test_a_config_without_a_field_is_one_sentence(begun, tmp_path):
    folder = copied(begun, tmp_path)
    for field in ("family_config", "ships", "labels"):
        words = Run(folder).config()
        del words[field]
        Run(folder).write_config(words)
        with pytest.raises(TrainingError, match=f"config.json lacks {field}"):
            exporting.export(folder, tmp_path / "weight")
        shutil.copy(begun / "config.json", folder)


@pytest.mark.parametrize("state", [[1, 2], {"step": 4}, {"ema": 5, "networks": [], "step": "x"}])
def test_a_checkpoint_of_something_else_is_one_sentence(begun, tmp_path, drawn_folder, capsys, state):
    folder = copied(begun, tmp_path)
    Run(folder).checkpoint_path.with_name("before.pt").unlink(missing_ok=True)
    torch.save(state, Run(folder).checkpoint_path)
    with pytest.raises(TrainingError):
        exporting.export(folder, tmp_path / "weight")
    with pytest.raises(SystemExit):
        train_dcgan.main(["--data", str(drawn_folder), "--run", str(folder), *SMALL, *BEGUN])
    assert capsys.readouterr().err.count("error: ") == 1


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def zero(path: Path) -> None:
    content = path.read_bytes()
    half = len(content) // 2
    path.write_bytes(content[:half] + bytes(4096) + content[half + 4096 :])


@pytest.mark.parametrize("spoil", [flip, zero])
def test_a_spoiled_checkpoint_is_noticed_and_the_one_before_it_taken(tmp_path, capsys, spoil):
    run = Run(tmp_path)
    for step in (1, 2, 3):
        run.save_checkpoint({"step": step, "x": torch.full((9000,), float(step))})
    assert sorted(path.name for path in run.checkpoint_path.parent.iterdir()) == ["before.pt", "state.pt"]
    assert run.load_checkpoint()["step"] == 3 and capsys.readouterr().err == ""
    spoil(run.checkpoint_path)
    assert run.load_checkpoint()["x"].tolist() == [2.0] * 9000
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "it was damaged since it was written" in said and "of step 2" in said
    run.save_checkpoint({"step": 4, "x": torch.ones(9000)})
    assert run.load_checkpoint()["step"] == 4
    spoil(run.checkpoint_path)
    run.checkpoint_path.with_name("before.pt").unlink()
    with pytest.raises(TrainingError, match=r"cannot be read \(it was damaged since it was written\); delete it"):
        run.load_checkpoint()


def test_a_checkpoint_of_an_earlier_version_has_no_checksum_and_is_gone_on_from(tmp_path):
    run = Run(tmp_path)
    run.checkpoint_path.parent.mkdir()
    torch.save({"step": 7}, run.checkpoint_path)
    assert run.load_checkpoint() == {"step": 7}


def test_without_second_names_on_the_disk_the_one_before_is_a_copy(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError("no such names here")

    monkeypatch.setattr(Path, "hardlink_to", refuse)
    for step in (1, 2):
        Run(tmp_path).save_checkpoint({"step": step})
    Run(tmp_path).checkpoint_path.write_bytes(b"")
    assert Run(tmp_path).load_checkpoint() == {"step": 1}


def test_what_killed_writes_left_is_swept_at_the_next_start(begun, tmp_path, drawn_folder):
    folder = copied(begun, tmp_path)
    left = [folder / ".config.json.x1", folder / "checkpoint/.state.pt.x2", folder / "grids/.000000064.png.x3"]
    for orphan in left:
        orphan.write_bytes(b"half")
    mine = folder / ".notes"
    mine.touch()
    train_dcgan.main(["--data", str(drawn_folder), "--run", str(folder), *SMALL, *BEGUN])
    assert not any(orphan.exists() for orphan in left) and mine.exists()


def hung_up(folder: Path, data: Path, steps: int, deaf: bool = False) -> None:
    """Train in a process of its own, and close its terminal after three rows."""
    terminal = folder.with_name("terminal")
    os.mkfifo(terminal)
    reading = os.open(terminal, os.O_RDONLY | os.O_NONBLOCK)
    command = ["-m", "training.train_dcgan", "--data", str(data), "--run", str(folder), *SMALL]
    process = forked([*command, "--steps", str(steps), "--save-every", "900"], terminal, deaf=deaf)
    while process.is_alive() and len(Run(folder).rows()) < 3:
        time.sleep(0.01)
    os.close(reading)
    os.kill(process.pid, signal.SIGHUP)
    process.join(120)
    assert process.exitcode is not None


def test_a_closed_terminal_saves_and_leaves(tmp_path, drawn_folder):
    hung_up(tmp_path / "run", drawn_folder, 20_000)
    step = Run(tmp_path / "run").load_checkpoint()["step"]
    assert 3 <= step < 20_000


def test_under_nohup_a_closed_terminal_changes_nothing(tmp_path, drawn_folder):
    hung_up(tmp_path / "run", drawn_folder, 30, deaf=True)
    assert Run(tmp_path / "run").load_checkpoint()["step"] == 30
