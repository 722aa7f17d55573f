"""Sentences for visitors name files, and never where this computer keeps them."""

import pytest

from page.parts.errors import names_only


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("/home/me/weights/cat has no card.json; give", "cat has no card.json; give"),
        ("Of '/srv/a/b.pth' (in /srv/a) nothing", "Of 'b.pth' (in a) nothing"),
        (r"C:\Users\me\cat.png is not a file", "cat.png is not a file"),
        ("see https://huggingface.co/user/repo or user/repo:sub/file.pth", None),
        ("a and/or b, 1/2, ./runs/x, <b>x</b>", None),
    ],
)
def test_of_a_path_only_its_name_is_said(said: str, shown: str | None) -> None:
    assert names_only(said) == (said if shown is None else shown)
