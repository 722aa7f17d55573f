"""Own pairs that become a task on the page, as README says."""

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_models.loading import Shelf
from gan_models.pictures.photo import open_photo
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.translate import TranslateDesk, offered


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    """A folder of pairs as somebody has them: labels in one folder, pictures of the same names in another."""
    folder = tmp_path_factory.mktemp("pairs")
    y, x = np.mgrid[:32, :32]
    for number in range(24):
        centre = np.random.default_rng(number).integers(12, 20, 2)
        apart = np.hypot(y - centre[0], x - centre[1])
        inside = (apart < 8)[:, :, None]
        sides = {"A": np.where(inside, (255, 80, 1), (0, 0, 222)), "B": np.where(inside, (90, 60, 40), (150, 180, 220))}
        for name, picture in sides.items():
            (folder / name).mkdir(exist_ok=True)
            Image.fromarray(picture.astype(np.uint8)).save(folder / name / f"{number:02d}.png")
    return folder


WAYS = [((), "labels"), (("--make", "edges", "--hints"), "drawing"), (("--make", "gray", "--hints"), "gray")]


@pytest.mark.parametrize(("make", "source"), WAYS)
def test_own_pairs_become_a_task_while_the_page_is_open(pairs, tmp_path, make, source, monkeypatch) -> None:
    """README's way: a folder, one training command, one export; the card chooses canvas or upload."""
    monkeypatch.setattr("page.translate.get_upload_folder", lambda: str(tmp_path))
    from training import train_pix2pix
    from training.export import export

    shelf = Shelf([tmp_path / "weights"])
    desk = TranslateDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path))
    assert desk.tasks({})["tasks"] == [] and not offered(shelf, desk.shared)
    data = str(pairs / "B") if make else str(pairs)
    small = ["--size", "32", "--width", "8", "--discriminator-width", "8", "--patch", "16", "--batch", "4"]
    train_pix2pix.main(["--data", data, *make, *small, "--steps", "3", "--run", str(tmp_path / "run")])
    export(tmp_path / "run", tmp_path / "weights" / "mine")
    (task,) = desk.tasks({"mark": None})["tasks"]
    assert (task["name"], task["source"], task["hints"]) == ("mine", source, bool(make)) and task["thumbnail"]
    assert offered(shelf, desk.shared)
    if source == "gray":
        content = io.BytesIO()
        Image.new("RGB", (80, 60), "teal").save(content, "PNG")
        ident = desk.open({"data": base64.b64encode(content.getvalue()).decode(), "name": "photo.png"})["id"]
        saved = Path(desk.save({"weight": "mine", "id": ident, "seed": 0})["path"])
        assert open_photo(saved.read_bytes()).colour.shape == (60, 80, 3)
        return
    strokes = desk.example({"weight": "mine", "number": 0})["strokes"]
    sheet = desk.render({"weight": "mine", "strokes": strokes})["sheet"]
    with Image.open(io.BytesIO(base64.b64decode(sheet.rpartition(",")[2]))) as picture:
        assert picture.size == (32, 32)
