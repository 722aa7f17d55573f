"""`hf:<dataset id>` against a small Hub on loopback."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from small_hub import SmallHub

from gan_models.errors import TrainingError
from training.data import load_set


def png(level: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), (level, level, level)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    with SmallHub() as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))
        yield server
        server.shutdown()


def folder_set() -> dict[str, bytes]:
    return {
        "README.md": b"---\nlicense: cc-by-4.0\n---",
        **{f"train/{label}/{n}.png": png(10 * n + len(label)) for label in ("cat", "horse") for n in range(2)},
        "test/cat/9.png": png(200),
        "test/horse/8.png": png(210),
    }


def test_a_folder_of_pictures_with_its_licence(hub):
    hub.repos["datasets", "anna/animals"], hub.licences["anna/animals"] = folder_set(), "cc-by-4.0"
    found = load_set("hf:anna/animals")
    assert found.classes == ("cat", "horse")
    assert found.images[:, 0, 0, 0].tolist() == [3, 13, 5, 15]
    assert (found.name, found.licence, found.free) == ("anna/animals", "cc-by-4.0", True)
    assert found.source.startswith("huggingface.co/datasets/anna/animals@")
    assert load_set("hf:anna/animals", split="test").images[:, 0, 0, 0].tolist() == [200, 210]


def test_a_fetched_set_loads_without_a_network(hub, monkeypatch):
    hub.repos["datasets", "anna/animals"] = folder_set()
    before = load_set("hf:anna/animals")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    after = load_set("hf:anna/animals")
    assert (after.sha256, len(after)) == (before.sha256, 4)
    assert (after.licence, after.free) == ("not stated on the Hub", False)


def test_a_zip_is_read_as_a_zip(hub):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for n in range(3):
            archive.writestr(f"{n}.png", png(n))
    hub.repos["datasets", "anna/zipped"] = {"data.zip": packed.getvalue(), "banner.png": png(99)}
    assert load_set("hf:anna/zipped").images[:, 0, 0, 0].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "files, text",
    [
        ({"notes.txt": b""}, "0 pictures, 0 zips and no Parquet"),
        ({"a.zip": b"1", "b.zip": b"2"}, "2 zips"),
    ],
)
def test_what_is_no_picture_set_is_one_line(hub, files, text):
    hub.repos["datasets", "anna/other"] = files
    with pytest.raises(TrainingError, match=text):
        load_set("hf:anna/other")


def test_unknown_and_out_of_reach_are_one_line_each(hub, monkeypatch):
    with pytest.raises(TrainingError, match="no data set 'anna/none'") as error:
        load_set("hf:anna/none")
    assert "\n" not in str(error.value)
    with pytest.raises(TrainingError, match="no data set 'not a name!'"):
        load_set("hf:not a name!")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(TrainingError, match="cannot be reached") as error:
        load_set("hf:anna/none")
    assert "\n" not in str(error.value)


def test_parquet_names_the_package_it_needs(hub, monkeypatch):
    hub.repos["datasets", "anna/table"] = {"data/train-00000-of-00001.parquet": b"PAR1"}
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(TrainingError, match="pip install pyarrow"):
        load_set("hf:anna/table")


def test_parquet_with_labels(hub):
    pa = pytest.importorskip("pyarrow", reason="Parquet is read only where pyarrow is installed")
    from pyarrow import parquet

    def table(levels: list[int]) -> bytes:
        rows = pa.table(
            {
                "image": [{"bytes": png(level), "path": None} for level in levels],
                "label": [level % 2 for level in levels],
            }
        )
        features = {"image": {"_type": "Image"}, "label": {"_type": "ClassLabel", "names": ["even", "odd"]}}
        about = {b"huggingface": json.dumps({"info": {"features": features}}).encode()}
        out = io.BytesIO()
        parquet.write_table(rows.replace_schema_metadata(about), out)
        return out.getvalue()

    hub.repos["datasets", "anna/table"] = {
        "data/train-00000-of-00002.parquet": table([1, 2]),
        "data/train-00001-of-00002.parquet": table([3]),
        "data/test-00000-of-00001.parquet": table([4, 5, 6]),
    }
    found = load_set("hf:anna/table")
    assert found.classes == ("even", "odd")
    assert sorted(zip(found.images[:, 0, 0, 0].tolist(), found.labels.tolist(), strict=True)) == [
        (1, 1),
        (2, 0),
        (3, 1),
    ]
    assert len(load_set("hf:anna/table", split="test")) == 3
