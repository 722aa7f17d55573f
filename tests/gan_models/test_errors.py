import pytest

from gan_models.errors import (
    AtelierError,
    PictureError,
    RequestError,
    TrainingError,
    WeightError,
    first_line,
    last_line,
    one_line,
)


@pytest.mark.parametrize("kind", [AtelierError, PictureError, RequestError, TrainingError, WeightError])
def test_command_lines_end_in_one_line_and_code_2(kind: type, capsys) -> None:
    with pytest.raises(SystemExit) as caught, one_line():
        raise kind("first\n  second")
    assert caught.value.code == 2
    assert capsys.readouterr().err == "error: first second\n"


def test_what_the_system_refuses_is_one_line_that_names_the_file(tmp_path, capsys) -> None:
    with pytest.raises(SystemExit) as caught, one_line():
        (tmp_path / "gone" / "x.png").write_bytes(b"")
    error = capsys.readouterr().err
    assert caught.value.code == 2 and error.count("\n") == 1
    assert error.startswith("error: ") and error.endswith(
        "No such file or directory: '" + str(tmp_path / "gone" / "x.png") + "'\n"
    )


def test_control_c_ends_in_one_line_and_code_130(capsys) -> None:
    with pytest.raises(SystemExit) as caught, one_line():
        raise KeyboardInterrupt
    assert caught.value.code == 130
    assert capsys.readouterr().err == "stopped by Ctrl-C\n"


def test_one_line_of_what_others_say() -> None:
    error = RuntimeError("\nError(s) in loading:\n\tsize mismatch\n")
    assert (first_line(error), last_line(error)) == ("Error(s) in loading:", "size mismatch")
    assert first_line(OSError("cannot read <_io.BytesIO object at 0x7f3a>")) == "cannot read the file"
    assert first_line(OSError("  ")) == last_line(OSError()) == "OSError"


def test_other_errors_are_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError), one_line():
        _ = 1 / 0
