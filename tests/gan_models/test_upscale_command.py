"""The command that enlarges: files and folders, twins, and what it says."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny
from PIL import Image

from gan_models import remake, upscale
from gan_models.pictures.images import open_picture
from gan_models.upscale import steps
from gan_models.upscaling.upscaler import open_upscaler

PICTURE = np.random.default_rng(0).integers(0, 256, (45, 61, 3), dtype=np.uint8)


def test_the_command_enlarges_files_and_folders_and_never_overwrites(tiny_upscalers, tmp_path, capsys) -> None:
    (tmp_path / "in" / "deep").mkdir(parents=True)
    for name in ("a.png", "deep/b.jpg"):
        Image.fromarray(PICTURE).save(tmp_path / "in" / name)
    (tmp_path / "in" / "notes.txt").write_text("no picture")
    network = ["--network", str(tiny_upscalers / tiny.SWIFT), "--precision", "fp32"]
    upscale.main([str(tmp_path / "in"), "-o", str(tmp_path / "out"), "--scale", "2", *network])
    told = capsys.readouterr().err
    assert told.startswith("by tiny-swift, licence: CC0-1.0\n") and "a.png: 0.01 megapixels, about 0." in told
    assert told.index("about") < told.index("tiles"), "before it begins"
    made = [tmp_path / "out" / "a.png", tmp_path / "out" / "deep" / "b.png"]
    assert [open_picture(path).shape for path in made] == [(90, 122, 3)] * 2
    before = made[0].read_bytes()
    with pytest.raises(SystemExit) as stopped:
        upscale.main([str(tmp_path / "in" / "a.png"), "-o", str(made[0]), *network])
    assert stopped.value.code == 2 and "pass --overwrite" in capsys.readouterr().err
    assert made[0].read_bytes() == before
    again = tmp_path / "again.png"
    source = str(tmp_path / "in" / "a.png")
    remake.main([str(made[0]), "--weights", str(tiny_upscalers), "--source", source, "-o", str(again)])
    assert again.read_bytes() == before
    with pytest.raises(SystemExit):
        remake.main([str(made[0]), "--weights", str(tiny_upscalers), "-o", str(tmp_path / "without-source.png")])
    assert "give that file with --source" in capsys.readouterr().err


def test_the_command_says_what_a_scale_above_the_networks_own_is(tiny_upscalers, tmp_path, capsys) -> None:
    Image.new("RGB", (4, 4)).save(tmp_path / "a.png")
    words = [str(tmp_path / "a.png"), "-o", str(tmp_path / "x.png"), "--network", str(tiny_upscalers / tiny.SWIFT_2)]
    upscale.main(words)
    assert "\ntiny-swift-2 enlarges 2 times; from there to 4 times" in capsys.readouterr().err
    assert open_picture(tmp_path / "x.png").shape == (16, 16, 3)
    upscale.main([*words, "--scale", "2", "--overwrite"])
    assert "from there" not in capsys.readouterr().err


def test_one_rule_says_what_a_picture_is(tiny_upscalers, tmp_path, capsys) -> None:
    folder = tmp_path / "in"
    (folder / ".thumbs").mkdir(parents=True)
    for name, kind in {"a.jfif": "JPEG", "b.JPG": "JPEG", "c.jpe": "JPEG", "d.pbm": "PPM", "e.dib": "BMP"}.items():
        Image.new("1" if kind == "PPM" else "RGB", (4, 4)).save(folder / name, kind)
    for junk in ("._b.jpg", ".thumbs/t.jpg", "__MACOSX/._b.jpg", "@eaDir/b.jpg", "x.png/notes.txt", "notes.txt"):
        (folder / junk).parent.mkdir(exist_ok=True)
        (folder / junk).write_bytes(b"\0\5\x16\7")
    upscale.main([str(folder), "-o", str(tmp_path / "out"), "--network", str(tiny_upscalers / tiny.SWIFT)])
    made = sorted(path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*"))
    assert made == ["a.png", "b.png", "c.png", "d.png", "e.png"]
    assert "2 other files are left out (.txt)" in capsys.readouterr().err


def test_what_of_a_picture_is_left_out_is_said(tiny_upscalers, tmp_path, capsys) -> None:
    frames = [Image.new("RGB", (4, 4), (level, 0, 0)) for level in (10, 90)]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    (tmp_path / "b.heic").write_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200))
    with pytest.raises(SystemExit):
        upscale.main([str(tmp_path), "-o", str(tmp_path / "o"), "--network", str(tiny_upscalers / tiny.SWIFT)])
    said = capsys.readouterr().err
    assert "a.gif: it holds 2 pictures" in said and "b.heic is HEIC" in said
    assert "BytesIO" not in said and "Unidentified" not in said


def test_results_inside_the_input_are_not_enlarged_again(tiny_upscalers, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (4, 4)).save("a.png")
    for _ in range(2):
        upscale.main([".", "-o", "large", "--network", str(tiny_upscalers / tiny.SWIFT), "--overwrite"])
    assert [path.name for path in Path("large").rglob("*")] == ["a.png"]


@pytest.mark.parametrize("out", [".", "in"])
def test_results_may_go_above_or_beside_their_pictures(out, tiny_upscalers, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Image.new("RGB", (4, 4)).save("in/a.jpg")
    upscale.main(["in", "-o", out, "--network", str(tiny_upscalers / tiny.SWIFT)])
    assert open_picture(Path(out) / "a.png").shape == (16, 16, 3)


def test_what_the_format_cannot_hold_is_said_before_it_is_made(tiny_upscalers, tmp_path, monkeypatch, capsys) -> None:
    monkeypatch.setattr(upscale, "steps", lambda *_, **__: pytest.fail("made in vain"))
    Image.new("RGB", (4100, 1)).save(tmp_path / "wide.png")
    network = ["--network", str(tiny_upscalers / tiny.SWIFT)]
    with pytest.raises(SystemExit):
        upscale.main([str(tmp_path / "wide.png"), "-o", str(tmp_path / "out"), "--format", "webp", *network])
    assert "wide.png: WEBP ends at 16,383 pixels a side, this has 16,400; take PNG." in capsys.readouterr().err


def test_ctrl_c_is_a_line_and_keeps_what_is_made(tiny_upscalers, tmp_path, monkeypatch, capsys) -> None:
    def stopped(upscaler, photo, *rest, **more):
        if photo.width == 5:
            raise KeyboardInterrupt
        return steps(upscaler, photo, *rest, **more)

    monkeypatch.setattr(upscale, "steps", stopped)
    monkeypatch.chdir(tmp_path)
    for width in (4, 5):
        Image.new("RGB", (width, 4)).save(f"{width}.png")
    with pytest.raises(SystemExit) as left:
        upscale.main(["4.png", "5.png", "-o", "out", "--network", str(tiny_upscalers / tiny.SWIFT)])
    assert left.value.code == 130 and "stopped by Ctrl-C" in capsys.readouterr().err.splitlines()[-1]
    assert [path.name for path in Path("out").iterdir()] == ["4.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["no.png", "-o", "x.png"], "no.png is not a file"),
        (["a.png", "b.png", "-o", "x.png"], "one file and there are 2 pictures"),
        (["a.png", "-o", "x.png", "--scale", "9"], "1 to 4 times as large, got 9.0"),
        (["a.png", "-o", "x.png", "--tile", "-3"], "at least 1 pixel a side"),
        (["a.png", "-o", "x.png", "--fidelity", "0.5"], "has no faithful twin"),
        (["empty", "-o", "out"], "There is no picture in empty"),
        (["a.png", "-o", "out", "--network", "nothing-x9"], "There is no weight 'nothing-x9'"),
        (["a.png", "-o", "x.png", "--device", "toaster"], "The device 'toaster' cannot be used here"),
        (["a.png", "-o", "x.tif"], "x.tif would be .tif; pictures are written as png, jpeg, webp"),
        (["a.png", "-o", "notes.txt"], "notes.txt is a file that is no picture"),
        (["a.png", "-o", "notes.txt/deep/x.png"], "notes.txt/deep/x.png cannot be written (Not a directory)"),
        (["a.png", "-o", ""], "the path is empty"),
        (["", "-o", "x.png"], "the path is empty"),
    ],
)
def test_mistakes_on_the_command_line_are_sentences(arguments, message, tiny_upscalers, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "notes.txt").write_text("kept")
    for name in ("a.png", "b.png"):
        Image.new("RGB", (4, 4)).save(name)
    more = [] if "--network" in arguments else ["--network", str(tiny_upscalers / tiny.SWIFT)]
    with pytest.raises(SystemExit) as stopped:
        upscale.main([*arguments, *more])
    assert stopped.value.code == 2 and message in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()


def test_twins_are_mixed_by_the_command(tiny_upscalers, tmp_path) -> None:
    network = open_upscaler(str(tiny_upscalers / tiny.GAN), fidelity=0.5)
    assert network.more["fidelity"] == 0.5 and network.more["twin"]["weight"] == tiny.PIXELS


def test_a_twin_is_found_whatever_its_folder_is_called(tiny_upscalers, tmp_path) -> None:
    for name, folder in ((tiny.GAN, "one"), (tiny.PIXELS, "other")):
        shutil.copytree(tiny_upscalers / name, tmp_path / folder)
    assert open_upscaler(str(tmp_path / "one"), fidelity=1.0).more["twin"]["weight"] == tiny.PIXELS
