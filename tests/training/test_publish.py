"""Uploading a weight and the app to a small Hub on loopback, and what a dry run shows."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import tiny
import yaml
from small_hub import SmallHub

from gan_models.latents.point import Point
from gan_models.loading import load
from gan_models.sample import sample
from gan_models.weight.card import Card
from training.publish import front_matter, main, readme, space_files


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with SmallHub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setenv("HF_TOKEN", "hf_test")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        yield server
        server.shutdown()


def test_a_published_weight_comes_back_as_it_was(hub, tiny_weights, capsys):
    main([str(tiny_weights / tiny.COLOUR), "--repo", "anna/tiny"])
    sent = hub.repos["models", "anna/tiny"]
    card = Card.read(tiny_weights / tiny.COLOUR)
    assert set(sent) == {"README.md", "card.json", *card.files}
    assert f"{hub.url}/anna/tiny/commit/" in capsys.readouterr().out
    mine, theirs = load(tiny_weights / tiny.COLOUR), load("anna/tiny")
    assert (sample(mine, [Point(seed=3)]) == sample(theirs, [Point(seed=3)])).all()


def test_the_readme_carries_the_card(tiny_weights):
    card = Card.read(tiny_weights / tiny.CONDITIONAL)
    text = readme(card, "anna/tiny")
    head = yaml.safe_load(text.split("---\n")[1])
    assert head["license"] == "cc0-1.0"
    assert {"gan", "dcgan", "cgan"} <= set(head["tags"])
    index = head["model-index"][0]
    assert index["name"] == card.name
    result = index["results"][0]
    assert result["metrics"][0]["value"] == card.measures[0].value
    assert "mnist, n=1000" in result["metrics"][0]["name"]
    for words in (
        card.making.command,
        card.data.sha256,
        'load("anna/tiny")',
        "label=0",
        "not free for any use",
    ):
        assert words in text


def test_a_licence_without_a_short_name_keeps_its_long_one(tiny_weights):
    card = Card.read(tiny_weights / tiny.COLOUR)
    long = Card(**{**vars(card), "licence": "as its training data: CC BY-NC 4.0", "measures": ()})
    head = yaml.safe_load(front_matter(long))
    assert head["license"] == "other"
    assert head["license_name"] == "as its training data: CC BY-NC 4.0"
    assert "model-index" not in head


def test_a_dry_run_sends_nothing(hub, tiny_weights, capsys):
    main([str(tiny_weights / tiny.COLOUR), "--repo", "anna/tiny", "--space", "anna/app", "--dry-run"])
    out = capsys.readouterr().out
    assert "model anna/tiny: " in out and "generator.safetensors" in out and "model-index" in out
    assert "space anna/app: " in out and "app.py" in out
    assert hub.repos == {} and hub.made == []


def test_a_space_gets_the_app_and_nothing_private(hub, capsys):
    main(["--space", "anna/app"])
    assert hub.made[0]["sdk"] == "gradio"
    sent = hub.repos["spaces", "anna/app"]
    assert {"app.py", "requirements.txt", "README.md", "page/__init__.py", "gan_models/weight/card.py"} <= set(sent)
    assert b"sdk: gradio" in sent["README.md"]
    assert not any(name.startswith(("tests", "runs", ".")) or "__pycache__" in name for name in sent)


def test_a_space_has_all_that_the_page_imports(tmp_path):
    for name, path in space_files().items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, tmp_path / name)
    alone = subprocess.run(
        [
            sys.executable,
            "-c",
            "import app, page, sys; print([m for m in sys.modules if m == 'training.loop.trainer'])",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert alone.returncode == 0, alone.stderr[-2000:]
    assert alone.stdout.strip().endswith("[]")


def refused(arguments: list[str], capsys) -> str:
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert error.count("\n") == 1
    return error


def test_wrong_arguments_are_one_line_each(tiny_weights, tmp_path, capsys):
    folder = str(tiny_weights / tiny.COLOUR)
    assert "say where to" in refused([], capsys)
    assert "say where to" in refused([folder], capsys)
    assert "go together" in refused(["--repo", "anna/tiny"], capsys)
    assert "named user/name, got 'tiny'" in refused([folder, "--repo", "tiny"], capsys)
    assert "card.json" in refused([str(tmp_path), "--repo", "anna/tiny"], capsys)


def test_a_broken_weight_is_never_sent(hub, tiny_weights, tmp_path, capsys):
    folder = Path(shutil.copytree(tiny_weights / tiny.COLOUR, tmp_path / "tiny-colour"))
    (folder / "generator.safetensors").write_bytes(b"changed")
    assert "generator.safetensors" in refused([str(folder), "--repo", "anna/tiny"], capsys)
    assert hub.repos == {}


def test_a_refusal_and_a_missing_network_are_one_line(hub, tiny_weights, capsys, monkeypatch):
    hub.refuse = 403
    folder = str(tiny_weights / tiny.VANILLA)
    assert "hf auth login" in refused([folder, "--repo", "anna/tiny"], capsys)
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert "cannot be reached" in refused([folder, "--repo", "anna/tiny"], capsys)
