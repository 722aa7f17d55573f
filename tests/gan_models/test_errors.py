import pytest

from gan_models.errors import AtelierError, PictureError, RequestError, TrainingError, WeightError, one_line


@pytest.mark.parametrize("kind", [AtelierError, PictureError, RequestError, TrainingError, WeightError])
def test_command_lines_end_in_one_line_and_code_2(kind: type, capsys) -> None:
    with pytest.raises(SystemExit) as caught, one_line():
        raise kind("first\n  second")
    assert caught.value.code == 2
    assert capsys.readouterr().err == "error: first second\n"


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), one_line():
        _ = 1 / 0
