"""What a look at a folder of pictures finds before any training begins."""

import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from training import look


def save(path, size=(40, 30), seed=0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    noise = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), dtype=np.uint8)
    Image.fromarray(noise).resize(size).save(path)


def test_a_look_counts_sizes_classes_what_is_odd_and_what_is_nearly_the_same(tmp_path, capsys):
    for number in range(4):
        save(tmp_path / "oak" / f"{number}.png", seed=number)
        save(tmp_path / "elm" / f"{number}.png", size=(80, 60), seed=10 + number)
    save(tmp_path / "elm" / "copy.jpg", size=(80, 60), seed=10)
    save(tmp_path / "elm" / "tiny.png", size=(1, 1))
    (tmp_path / "oak" / "torn.png").write_bytes(b"no picture")
    (tmp_path / "notes.pdf").write_bytes(b"%PDF")
    look.main([str(tmp_path), "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["count"] == 10 and found["classes"] == {"elm": 6, "oak": 4} and found["channels"] == 3
    assert found["sizes"] == [[1, 1], [80, 60], [80, 60]] and found["near"] == 2 and found["pairs"] == 0
    assert found["unreadable"] == 1 and found["skipped"][0].startswith("oak/torn.png")
    assert found["sheet"].startswith("data:image/jpeg;base64,") and found["sides"] == ["elm", "oak"]
    assert any("1 .pdf" in words for words in found["told"]) and any("10 pictures are few" in w for w in found["told"])
    look.main([str(tmp_path)])
    assert "classes: elm (6), oak (4)" in capsys.readouterr().out


def test_a_look_knows_pairs_and_says_in_a_sentence_what_is_no_set(tmp_path, capsys):
    for number in range(3):
        save(tmp_path / "pairs" / f"{number}.png", size=(64, 32), seed=number)
    assert look.look(tmp_path / "pairs").pairs == 3
    with zipfile.ZipFile(tmp_path / "empty.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    for name, words in (("empty.zip", "holds no pictures"), ("none", "does not exist"), (" ", "an empty word")):
        with pytest.raises(SystemExit):
            look.main([str(tmp_path / name) if name.strip() else " "])
        assert words in capsys.readouterr().err
