"""Sets made from their public sources: crop, size, quality, and the same bytes every time."""

import io
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_models.errors import TrainingError
from training.data import load_set
from training.data.known import BY_NAME, BY_SHA256
from training.data.sentences import SENTENCE, with_sentences
from training.prepare import MADE, PREPARATIONS, main, prepare


def photo(path: Path, width: int, height: int, seed: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    small = Image.fromarray(rng.integers(0, 256, (6, 8, 3), dtype=np.uint8))
    small.resize((width, height), Image.Resampling.BICUBIC).save(path, quality=95)


def opened(path: Path) -> dict[str, Image.Image]:
    with zipfile.ZipFile(path) as archive:
        return {name: Image.open(io.BytesIO(archive.read(name))) for name in archive.namelist()}


def test_cats_become_128_px_squares(tmp_path):
    for n in (2, 10, 1):
        photo(tmp_path / "afhq" / "train" / "cat" / f"flickr_cat_{n:06d}.jpg", 512, 512, n)
    photo(tmp_path / "afhq" / "train" / "dog" / "flickr_dog_000001.jpg", 512, 512)
    out = tmp_path / "afhq-cat-128.zip"
    sha256 = prepare("afhq-cat-128", tmp_path / "afhq", out)
    pictures = opened(out)
    assert list(pictures) == [f"train/flickr_cat_{n:06d}.jpg" for n in (1, 2, 10)]
    assert {p.size for p in pictures.values()} == {(128, 128)}
    expected = Image.open(tmp_path / "afhq/train/cat/flickr_cat_000001.jpg").resize(
        (128, 128), Image.Resampling.LANCZOS
    )
    assert np.abs(np.asarray(pictures["train/flickr_cat_000001.jpg"]).astype(int) - np.asarray(expected)).mean() < 2
    assert load_set(out).sha256 == sha256


def test_the_zip_is_the_same_bytes_wherever_and_whenever_it_is_made(tmp_path):
    hashes = set()
    for place in ("here", "there"):
        for n in (3, 1, 2) if place == "here" else (1, 2, 3):
            photo(tmp_path / place / "train" / "cat" / f"{n}.jpg", 300, 200, n)
        hashes.add(prepare("afhq-cat-128", tmp_path / place, tmp_path / f"{place}.zip"))
    assert len(hashes) == 1
    assert (tmp_path / "here.zip").read_bytes() == (tmp_path / "there.zip").read_bytes()


def test_clothes_keep_their_shape_and_their_classes(tmp_path):
    for split in ("train", "validation", "test"):
        photo(tmp_path / split / "hat" / "a.jpg", 400, 533)
        photo(tmp_path / split / "dress" / "b.jpg", 533, 400)
    prepare("clothing-144", tmp_path, tmp_path / "out.zip")
    pictures = opened(tmp_path / "out.zip")
    assert pictures["train/hat/a.jpg"].size == (144, 192)
    assert pictures["test/dress/b.jpg"].size == (192, 144)
    assert load_set(tmp_path / "out.zip", size=32).classes == ("dress", "hat")


def test_facades_are_pairs_in_the_order_of_their_numbers(tmp_path):
    for split in ("train", "test"):
        for n in (1, 2, 10):
            photo(tmp_path / f"{split}A" / f"{n}_A.jpg", 256, 256, n)
            photo(tmp_path / f"{split}B" / f"{n}_B.jpg", 256, 256, 100 + n)
    prepare("facades-128", tmp_path, tmp_path / "out.zip")
    pictures = opened(tmp_path / "out.zip")
    assert list(pictures) == [f"{split}/{n}.jpg" for split in ("train", "test") for n in (1, 2, 10)]
    right = np.asarray(pictures["train/2.jpg"])[:, 128:].astype(int)
    label = Image.open(tmp_path / "trainB" / "2_B.jpg").resize((128, 128), Image.Resampling.LANCZOS)
    assert np.abs(right - np.asarray(label)).mean() < 2


def test_photographs_go_as_they_are(tmp_path):
    photo(tmp_path / "train" / "1.jpg", 48, 32)
    photo(tmp_path / "val" / "2.jpg", 48, 32)
    prepare("photos-bsds300", tmp_path, tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("train/1.jpg") == (tmp_path / "train" / "1.jpg").read_bytes()


def packed(folder: Path, package: str, files: dict[str, bytes]) -> None:
    """A package as `npm pack` fetches it."""
    with tarfile.open(folder / f"{package}.tgz", "w:gz") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))


def a_glossy() -> bytes:
    glossy = io.BytesIO()
    Image.new("RGBA", (256, 256), (255, 0, 0, 128)).save(glossy, "WEBP", lossless=True)
    return glossy.getvalue()


def emoji_packages(folder: Path, names: list[str]) -> None:
    """Red flat ones and half as red glossy ones, beside them another skin and a flag."""
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 31"><circle cx="16" cy="15" r="9" fill="red"/></svg>'
    for package, kind, content in (("flat", "svg", svg.encode()), ("3d", "webp", a_glossy())):
        files = {f"assets/{name}.{kind}": content for name in (*names, f"{names[0]}-1f3fb", "1f1e6-1f1fa")}
        packed(folder, f"lobehub-fluent-emoji-{package}-1.1.0", files)


def test_emoji_become_pairs_of_flat_and_glossy_of_each_but_the_held_out_four(tmp_path):
    names = [f"{head:04x}" for head in range(0x1F400, 0x1F40B)]
    emoji_packages(tmp_path, names)
    prepare("emoji-128", tmp_path, out := tmp_path / "emoji-128.zip")
    pictures = opened(out)
    kept = [name for name in pictures if name.startswith("test/")]
    assert len(kept) == 2 and len(pictures) == 2 + 4 * (len(names) - 2)
    plain = np.asarray(pictures[kept[0]])
    assert plain.shape == (128, 256, 3) and plain[0, 0].tolist() == [255, 255, 255]
    assert plain[64, 64].tolist() == [255, 0, 0] and np.abs(plain[64, 192] - [255, 127, 127]).max() <= 1
    hue = [np.asarray(pictures[f"train/{names[-1]}-{part}.png"])[64, 64] for part in (1, 2, 3, 4)]
    assert (hue[0] == hue[2]).all() and (hue[1] == hue[3]).all() and (hue[0] != hue[1]).any()


def test_no_kind_of_emoji_is_both_flat_and_glossy_where_there_are_no_pairs(tmp_path):
    names = [f"{head:04x}" for head in range(0x1F400, 0x1F40B)]
    emoji_packages(tmp_path, [*names, f"{names[0]}-200d-2640"])
    found = {}
    for kind in ("flat", "glossy"):
        prepare(f"{kind}-emoji", tmp_path, out := tmp_path / f"{kind}.zip")
        found[kind] = {Path(name).stem: (name, np.asarray(picture)) for name, picture in opened(out).items()}
    assert found["flat"].keys() == {*names[::2], f"{names[0]}-200d-2640"} and found["glossy"].keys() == {*names[1::2]}
    tested = {name for name, _ in found["flat"].values() if name.startswith("test/")}
    assert tested == {f"test/{names[0]}.png", f"test/{names[0]}-200d-2640.png"}
    assert found["flat"][names[2]][1][32, 32].tolist() == [255, 0, 0]
    assert found["glossy"][names[1]][1].shape == (64, 64, 3)


EMOJI = {
    "1F98A": ("fox", ["animal", "once"], 3, 34),
    "1F9A6": ("Otter’s “T-shirt”", ["animal", "fishing"], 3, 34),
    "1F980": ("crab", ["animal", "no fox"], 3, 34),
    "1F636": ("face without mouth", ["silent", "crab", "blue"], 0, 4),
    "1F535": ("blue circle", [], 8, 96),
    "1F170-FE0F": ("A button", ["letter"], 8, 95),
    "1F550": ("one o’clock", ["clock"], 5, 58),
    "1F3F4-E0067": ("flag: England", ["flag"], 9, 99),
    "1F1E6-1F1FA": ("flag: Australia", ["flag"], 9, 98),
}
"""By code points what emojibase says of some: label, tags, group and subgroup."""


def test_emoji_get_sentences_of_their_labels_and_of_tags_that_are_known(tmp_path):
    kinds = {"34": "animal-mammal", "4": "face-neutral", "96": "geometric", "95": "alphanum", "58": "time"}
    kinds |= {"98": "country-flag", "99": "subdivision-flag"}
    rows = [
        {"hexcode": name, "label": label, "tags": tags, "group": group, "subgroup": kind}
        for name, (label, tags, group, kind) in EMOJI.items()
    ]
    rows = [{"hexcode": "1F1E6", "label": "regional indicator A"}, *rows]
    names = [*map(str.lower, EMOJI), "1f98a-1f3fb", "1f400"]
    packed(tmp_path, "lobehub-fluent-emoji-3d-1.1.0", {f"assets/{name}.webp": a_glossy() for name in names})
    with pytest.raises(TrainingError, match="holds no emojibase-data: fetch it there by `npm pack emojibase-data`"):
        prepare("emoji-words", tmp_path, tmp_path / "out.zip")
    groups = {"subgroups": kinds, "groups": {"8": "symbols"}}
    said = {"en/data.json": rows, "en-gb/data.json": [], "meta/groups.json": groups}
    packed(tmp_path, "emojibase-data-17.0.0", {name: json.dumps(what).encode() for name, what in said.items()})
    hashes = {prepare("emoji-words", tmp_path, tmp_path / name) for name in ("one.zip", "two.zip")}
    data = with_sentences(load_set(tmp_path / "one.zip"), tmp_path / "one.zip")
    assert hashes == {data.sha256} and data.images[0, :, 0, 0].tolist() == [255, 127, 127]
    kept = [f"{number:04}-{name}.png" for number, name in enumerate(("1f98a", "1f9a6", "1f980", "1f636", "1f535"))]
    assert list(data.names) == kept and data.size == 64
    texts = [data.attributes[SENTENCE].classes[row].split("\n") for row in data.attributes[SENTENCE].labels]
    words = [{*" ".join(one).split()} for one in texts]
    assert [one[0] for one in texts] == ["fox", "otter's shirt", "crab", texts[3][0], "blue circle"]
    assert any(sorted(text.split()) == ["animal", "mammal"] for text in texts[0]), "tags by themselves"
    assert words[0] == {"fox", "animal", "mammal"}, "a tag of one emoji is not known"
    assert words[2] == {"crab", "animal", "mammal"} and words[3] == {"crab", "blue"}, "nothing is denied"


def test_every_recipe_has_a_licence_and_a_hash():
    assert {*PREPARATIONS, *MADE} == set(BY_SHA256.values())
    assert {*PREPARATIONS, *MADE} <= set(BY_NAME)


def test_the_command_line_says_what_it_made(tmp_path, capsys):
    photo(tmp_path / "train" / "cat" / "1.jpg", 200, 200)
    main(["afhq-cat-128", "--from", str(tmp_path), "-o", str(tmp_path / "made" / "cats.zip")])
    out = capsys.readouterr().out
    assert "sha256" in out and "CC BY-NC 4.0" in out and "not the very bytes" in out
    assert list((tmp_path / "made").iterdir()) == [tmp_path / "made" / "cats.zip"]


def test_the_help_says_how_each_set_is_cut(capsys):
    with pytest.raises(SystemExit):
        main(["--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name, recipe in PREPARATIONS.items():
        assert f"{name}: " in said and " ".join(recipe.source.split()) in said
    assert "afhq-cat-128: the square in the middle, 128 px, JPEG of quality 85, 4:4:4. From AFHQ v1" in said
    assert "clothing-144: the whole picture, its short side 144 px, JPEG of quality 78" in said


@pytest.mark.parametrize("name, text", [("nope", "no recipe for 'nope'"), ("facades-128", "holds none of trainA")])
def test_wrong_names_and_sources_are_one_line(tmp_path, capsys, name, text):
    with pytest.raises(SystemExit) as stop:
        main([name, "--from", str(tmp_path), "-o", str(tmp_path / "x.zip")])
    error = capsys.readouterr().err
    assert stop.value.code == 2
    assert text in error and error.count("\n") == 1


def test_a_broken_source_leaves_no_zip(tmp_path, capsys):
    photo(tmp_path / "train" / "cat" / "1.jpg", 200, 200)
    (tmp_path / "train" / "cat" / "2.jpg").write_bytes(b"broken")
    with pytest.raises(SystemExit):
        main(["afhq-cat-128", "--from", str(tmp_path), "-o", str(tmp_path / "out" / "x.zip")])
    assert "2.jpg cannot be used" in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []
