"""Pictures that arrive in pieces for a training, and everything else that may arrive in their place."""

import base64
import io
import os
import zipfile

import pytest
from PIL import Image

from gan_models.errors import RequestError
from page.training import uploads
from page.training.uploads import Uploads, inside


def png(side: int = 8) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (side, side), "teal").save(content, "PNG")
    return content.getvalue()


def piece(name: str, content: bytes, at: int = 0) -> dict:
    return {"name": name, "data": base64.b64encode(content).decode(), "at": at}


def packed(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, held in files.items():
            archive.writestr(name, held)
    return content.getvalue()


def names(folder) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_pieces_become_a_folder_with_its_classes_and_without_what_is_no_picture(tmp_path):
    got, whole = Uploads(tmp_path), png(64)
    ident, _ = got.put(None, [piece("leaves/oak/1.png", whole[:50]), piece("leaves/notes.pdf", b"%PDF")])
    _, files = got.put(ident, [piece("leaves/oak/1.png", whole[50:], 50), piece("../../a/.b/2.png", b"x")])
    assert files == 1
    folder = got.pictures(ident)
    assert names(folder) == ["1.png"] and (folder / "1.png").read_bytes() == whole
    got.take(ident, tmp_path / "leaves" / "data" / "leaves")
    assert names(tmp_path / "leaves" / "data") == ["leaves/1.png"] and names(got.folder) == []
    with pytest.raises(RequestError, match="no longer here"):
        got.pictures(ident)
    two, _ = got.put(None, [piece("world/horses/1.png", whole), piece("world/zebras/1.png", whole)])
    assert names(got.pictures(two)) == ["horses/1.png", "zebras/1.png"], "two sets, not one that holds folders"


def test_a_zip_is_unpacked_and_nothing_of_it_lands_outside(tmp_path):
    inner = packed(**{"deep.png": png()})
    held = {
        "../../out.png": png(),
        "cats/1.png": png(),
        "__MACOSX/cats/._1.png": b"x",
        "nested.zip": inner,
        "a.txt": b"",
    }
    got = Uploads(tmp_path)
    ident, _ = got.put(None, [piece("cats.zip", packed(**held))])
    assert names(got.pictures(ident)) == ["cats/1.png", "out.png"] and not (tmp_path / "out.png").exists()


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("notes.pdf", b"%PDF", "None of these files is a picture"),
        ("cats.zip", packed(**{"a.txt": b"x"}), "None of these files is a picture"),
        (
            "cats.zip",
            packed(**{"inner.zip": packed(**{"1.png": png()})}),
            "holds no picture but zips, which stay closed",
        ),
        ("cats.zip", b"PK no zip", "cats.zip cannot be unpacked"),
        ("bomb.zip", packed(**{"a.png": bytes(3_000_000)}), "cannot be unpacked .a picture in it has more than 2 MB"),
        ("many.zip", packed(**{f"{n}.png": b"x" for n in range(30)}), "more than 20 pictures"),
    ],
)
def test_what_is_no_set_of_pictures_is_said(tmp_path, monkeypatch, file, content, sentence):
    monkeypatch.setattr(uploads, "MOST_PICTURE", 2_000_000)
    monkeypatch.setattr(uploads, "MOST_FILES", 20)
    got = Uploads(tmp_path)
    ident, _ = got.put(None, [piece(file, content)])
    with pytest.raises(RequestError, match=sentence):
        got.pictures(ident)


def test_too_much_a_full_disk_and_pieces_out_of_turn_are_said(tmp_path, monkeypatch):
    got = Uploads(tmp_path)
    ident, _ = got.put(None, [piece("a.png", b"12345")])
    with pytest.raises(RequestError, match="a.png came out of turn"):
        got.put(ident, [piece("a.png", b"6", 99)])
    monkeypatch.setattr(uploads, "MOST_BYTES", 7)
    with pytest.raises(RequestError, match="more than .* GB"):
        got.put(ident, [piece("b.png", b"12345")])
    monkeypatch.setattr(uploads, "MOST_BYTES", 10**9)
    monkeypatch.setattr(uploads, "ROOM", 10**18)
    with pytest.raises(RequestError, match="GB left .* make room first"):
        got.put(ident, [piece("c.png", b"1")])


def test_an_upload_whose_browser_was_closed_goes_with_the_next(tmp_path):
    got = Uploads(tmp_path)
    left, _ = got.put(None, [piece("a.png", png())])
    for path in (got.folder / left, got.folder / left / "pictures"):
        os.utime(path, (1, 1))
    kept, _ = got.put(None, [piece("b.png", png())])
    assert names(got.folder) == [f"{kept}/pictures/b.png"]


def test_names_stay_inside_and_fit_any_disk():
    assert inside("C:\\a\\..\\b:c.png") == "a/b_c.png" and inside("/../x.jpg") == "x.jpg" and inside(".x/y.png") == ""
    assert inside("@eaDir/x.png") == "" and len(inside("é" * 300 + ".jpeg").encode()) < 200 and inside("..") == ""
