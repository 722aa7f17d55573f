"""What the colour network learns from, on four tiny zips in the shape of the real ones."""

import io
import zipfile

import numpy as np
import pytest
import torch
from PIL import Image

from training.data import ImageSet
from training.measures import sets


def jpeg(colour: tuple[int, int, int], width: int, height: int, right: tuple[int, int, int] | None = None) -> bytes:
    picture = np.full((height, width, 3), colour, np.uint8)
    picture[:, width // 2 :] = right or colour
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=95)
    return out.getvalue()


@pytest.fixture
def root(tmp_path, monkeypatch):
    """Red coats, green hats, white facades beside black label maps, blue landscapes, cats in gray."""
    files: dict[str, dict[str, bytes]] = {name: {} for name in (sets.CLOTHING, sets.FACADES, sets.LANDSCAPES)}
    for split in ("train", "validation", "test"):
        for i in range(3):
            files[sets.CLOTHING][f"{split}/coat/{i}.jpg"] = jpeg((250, 0, 0), 70, 90)
            files[sets.CLOTHING][f"{split}/hat/{i}.jpg"] = jpeg((0, 250, 0), 70, 90)
    for split in ("train", "test"):
        files[sets.FACADES] |= {f"{split}/{i}.jpg": jpeg((255,) * 3, 256, 128, (0,) * 3) for i in range(2)}
    for split in ("train", "val"):
        files[sets.LANDSCAPES] |= {f"{split}/{i}.jpg": jpeg((0, 0, 250), 120, 80) for i in range(2)}
    files[sets.LANDSCAPES]["train/broken.jpg"] = b"no picture"
    files[sets.CATS] = {f"train/cat_{i:02}.jpg": jpeg((12 * i,) * 3, 128, 128) for i in range(20)}
    for name, content in files.items():
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for file, data in content.items():
                archive.writestr(file, data)
    drawn = ImageSet("avatars", torch.randint(0, 256, (12, 3, 64, 64), dtype=torch.uint8), sha256="a" * 64)
    load_set = sets.load_set
    monkeypatch.setattr(sets, "load_set", lambda name, **k: drawn if name == "avatars" else load_set(name, **k))
    return tmp_path


def test_photographs_get_their_classes_and_their_crops(root):
    found = sets.labelled("photos", root)
    assert found.classes == ("coat", "hat", "facade", "landscape", "cat")
    assert (found.size, found.channels) == (64, 3)
    # validation counts as test; each landscape is cut twice, the broken one left out
    assert found.labels.bincount().tolist() == [3, 3, 2, 4, 18]
    assert found.test_labels.bincount().tolist() == [6, 6, 2, 4, 2]
    facades = found.images[found.labels == 2]
    assert facades.min() > 240, "the label map must not be in the picture"
    assert found.sources.keys() == {sets.CLOTHING, sets.CATS, sets.FACADES, sets.LANDSCAPES}


def test_real_images_are_cut_in_two_that_share_none(root):
    real = sets.labelled("photos", root).real
    assert real.keys() == {"afhq-cat-128", "avatars"}
    cats = real["afhq-cat-128"]
    assert len(cats.reference) + len(cats.other) == 20 and len(cats.other) <= 10
    one, two = ({x.numpy().tobytes() for x in part} for part in (cats.reference, cats.other))
    assert not one & two
