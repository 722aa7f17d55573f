"""The README's table of weights is what the cards say."""

from dataclasses import replace
from pathlib import Path

import pytest
import tiny

from gan_models.weight.card import Card, Measure, Stage
from training.table import BEGIN, END, Options, distance, made, main, table, update, written


def test_the_readme_says_what_the_cards_say():
    assert update(Options(check=True)), "run python -m training.table"


def test_a_row_has_what_a_reader_asks_for(tiny_weights):
    card = Card.read(tiny_weights / tiny.CONDITIONAL)
    row = table([card]).splitlines()[-1]
    for words in (
        "**tiny-conditional**",
        "noise, 28 px, 3 classes",
        "100 pictures",
        "CC0-1.0",
        "not free",
        "640 images",
    ):
        assert words in row
    assert len({line.count(" | ") for line in table([card, card]).splitlines()[1:]}) == 1


def test_a_graphics_card_of_any_stage_is_named(tiny_weights):
    card = Card.read(tiny_weights / tiny.CONDITIONAL)
    threads = "2 threads of a processor"
    for behind, own, said in (
        ((), threads, ""),
        ((), "a card", "<br>on a card"),
        ((Stage("", 1, 1, "a card"), Stage()), threads, "3 stages<br>partly on a card"),
    ):
        cell = made(replace(card.making, hardware=own, before=behind), "images")
        assert cell.endswith(said) and ("card" in cell) == ("card" in said) and "threads" not in cell


def test_the_table_stands_between_its_markers(tiny_weights, tmp_path, capsys):
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n")
    arguments = ["--weights", str(tiny_weights), "--readme", str(readme)]
    with pytest.raises(SystemExit) as stop:
        main([*arguments, "--check"])
    assert stop.value.code == 2
    assert "run python -m training.table" in capsys.readouterr().err
    assert "old" in readme.read_text()
    main(arguments)
    text = readme.read_text()
    assert text.startswith(f"before\n{BEGIN}\n|") and text.endswith(f"|\n{END}\nafter\n")
    assert "old" not in text and text.count("tiny-colour**") == 1
    main([*arguments, "--check"])
    assert "was up to date" in capsys.readouterr().out


def test_without_markers_there_is_one_line(tmp_path, capsys):
    (tmp_path / "README.md").write_text("nothing")
    with pytest.raises(SystemExit):
        main(["--weights", str(tmp_path), "--readme", str(tmp_path / "README.md")])
    assert "lacks the lines" in capsys.readouterr().err
    assert written(f"{BEGIN}\n{END}", []) == f"{BEGIN}\n{END}"


def test_a_distance_is_never_without_its_features():
    measures = (
        Measure("precision", 0.9, n=10, features="mnist"),
        Measure("Fréchet distance", 1.23456, 0.0123, 0.025, 10_000, "mnist"),
    )
    assert distance(measures) == "1.23 ± 0.012<br>mnist, n 10,000; real 0.025"
    assert distance(()) == "-"
    repaired = Measure("distance in features, 25% out", 0.0712, 0.004, 0.1, 40, "squeezenet")
    assert distance((repaired,)) == "features 0.071 off<br>n 40; OpenCV 0.100"


@pytest.mark.parametrize(
    "name, said",
    [("cats", "cats, 28 px,"), ("cats, 28 px", "cats, 28 px,"), ("cats, 128 px", "cats, 128 px, drawn at 28 px,")],
)
def test_a_row_says_the_side_that_is_drawn(tiny_weights, name, said):
    card = Card.read(tiny_weights / tiny.CONDITIONAL)
    assert f"| {said} 3 classes<br>" in table([replace(card, data=replace(card.data, name=name))])


def test_every_shipped_weight_has_a_card():
    weights = Path(__file__).parents[2] / "weights"
    for folder in weights.iterdir():
        if (folder / "generator.safetensors").exists():
            assert Card.read(folder).name == folder.name
