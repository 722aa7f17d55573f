"""The command line of the page: what cannot be listened on is a sentence."""

import pytest

import app


@pytest.mark.parametrize("port", ["0", "99999", "-1", "1e4", "", "8080.5"])
def test_a_port_that_is_none_is_refused_before_anything_is_loaded(port, capsys):
    with pytest.raises(SystemExit) as left:
        app.flags(["--port", port])
    said = capsys.readouterr().err
    assert left.value.code == 2 and "is no port; give a whole number from 1 to 65535" in said


def test_an_address_of_ipv6_stands_in_brackets():
    given = ("::1", "[::1]", "127.0.0.1", "localhost")
    assert [app.flags(["--host", text]).host for text in given] == ["[::1]", "[::1]", "127.0.0.1", "localhost"]


def test_an_empty_argument_is_no_folder(capsys):
    for words in (["--weights", ""], ["--runs", ""], ["--model", ""]):
        with pytest.raises(SystemExit):
            app.flags(words)
        assert "an argument is empty" in capsys.readouterr().err
