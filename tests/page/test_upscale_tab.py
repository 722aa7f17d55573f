"""The Upscale tab's functions, called by name as a program would, and what the server holds meanwhile."""

import base64
import gc
import io
import json
import time
import zipfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import tiny
import torch
from gradio_client import Client
from gradio_client.exceptions import AppError
from PIL import Image
from safetensors.torch import load_file, save_file

from gan_models import recipe
from gan_models.errors import AtelierError, RequestError
from gan_models.loading import Shelf, seal
from gan_models.methods import METHODS
from gan_models.pictures.photo import Photo, open_photo
from gan_models.upscale import Order, upscale
from gan_models.upscaling.upscaler import Upscaler
from gan_models.weight.card import Card
from page.parts import compare, jobs
from page.parts import store as store_module
from page.parts.lanes import Lanes
from page.parts.shared import Shared
from page.parts.store import Held, Store
from page.upscale import UpscaleDesk, crops, offered, settings
from page.upscale.task import Task, enlarge

SOURCE = np.random.default_rng(5).integers(40, 200, (30, 44, 3), dtype=np.uint8)


def file_of(picture: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, kind)
    return buffer.getvalue()


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def seen(uri: str) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2]))).convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def shelf(tiny_weights, tiny_upscalers) -> Shelf:
    return Shelf([tiny_weights, tiny_upscalers])


@pytest.fixture
def desk(shelf, tmp_path, monkeypatch) -> UpscaleDesk:
    # bf16 differs a little with the size of what is computed at once; exactness is what is tested here.
    monkeypatch.setattr(settings, "has_bf16", lambda: False)
    monkeypatch.setattr("page.upscale.get_upload_folder", lambda: str(tmp_path))
    return UpscaleDesk(shelf, Shared(shelf, None, None, Lanes(2), tmp_path))


def chosen(network: str = tiny.SWIFT, scale: float = 4, **more) -> dict:
    return {"network": network, "scale": scale, **more}


def opened(desk: UpscaleDesk, picture: np.ndarray = SOURCE, name: str = "photo.png") -> str:
    return desk.open({"data": text(file_of(picture)), "name": name})["id"]


def finished(desk: UpscaleDesk, ids: list[str], *wanted: dict) -> dict:
    return ended(desk, desk.start({"ids": ids, "settings": list(wanted)}))


def ended(desk: UpscaleDesk, begun: dict) -> dict:
    list(desk.shared.jobs.followed(begun["job"]))
    return desk.poll(begun)


def test_the_networks_are_described_and_twins_named(desk) -> None:
    reply = desk.networks({})
    by_name = {item["name"]: item for item in reply["networks"]}
    assert set(by_name) == set(tiny.UPSCALERS) and reply["first"] == tiny.SWIFT
    assert by_name[tiny.GAN]["twin"] == by_name[tiny.GAN]["faithful"] == tiny.PIXELS
    assert by_name[tiny.PIXELS]["twin"] is None and by_name[tiny.PIXELS]["faithful"] is None
    assert by_name[tiny.SWIFT]["faithful"] == tiny.PIXELS and "x4" in by_name[tiny.SWIFT]["words"]
    assert [item["name"] for item in reply["examples"]] == ["generated", "scene", "damaged"]
    assert all(seen(item["picture"]).size for item in reply["examples"])
    assert [item["network"] for item in reply["examples"]] == [None, None, tiny.RESCUE]
    assert by_name[tiny.RESCUE]["faithful"] == tiny.PIXELS and "badly saved" in by_name[tiny.RESCUE]["subtitle"]
    assert by_name[tiny.GAN]["words"].startswith("sharp, invents detail, x4, ")
    assert {name: by_name[name]["scale"] for name in (tiny.SWIFT, tiny.SWIFT_2)} == {tiny.SWIFT: 4, tiny.SWIFT_2: 2}


def test_an_example_is_there_without_the_network_made_for_it(tmp_path) -> None:
    tiny.make_upscaler(tmp_path, tiny.SWIFT)
    shelf = Shelf([tmp_path])
    reply = UpscaleDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path)).networks({})
    assert [(item["name"], item["network"]) for item in reply["examples"]] == [("scene", None), ("damaged", None)]


def test_every_upscaler_s_method_has_a_purpose_and_a_story() -> None:
    methods = {method for _, method, _ in tiny.UPSCALERS.values()} | {"rrdb"}
    assert methods == {name for name, method in METHODS.items() if method.purpose}


def test_a_scale_above_the_networks_own_is_made_and_said(desk) -> None:
    ident = opened(desk)
    words = [desk.plan({"ids": [ident], "settings": [chosen(tiny.SWIFT_2, scale)]})["beyond"] for scale in (2, 3.5)]
    assert words[0] == "" and words[1].startswith("tiny-swift-2 enlarges 2 times; from there to 3.5 times")
    assert desk.crop({"id": ident, "settings": chosen(tiny.SWIFT_2, 3.5)})["width"] == 154
    assert finished(desk, [ident], chosen(tiny.SWIFT_2, 3.5))["state"] == "done"


def test_the_tab_needs_a_network(shelf, tiny_weights, tiny_upscalers, desk) -> None:
    assert offered(shelf, desk.shared) and not offered(Shelf([tiny_weights]), desk.shared)


@pytest.mark.parametrize("point", [(0, 0), (1, 1), (0.4, 0.7)])
def test_a_part_is_what_the_whole_shows_there(desk, shelf, point) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (190, 230, 3), dtype=np.uint8)
    ident = opened(desk, picture)
    reply = desk.crop({"id": ident, "x": point[0], "y": point[1], "settings": chosen(), "trust": "residual"})
    top, left, height, width = reply["box"]
    assert (height, width) == (160, 160) and reply["width"] == 640
    box = np.s_[4 * top : 4 * (top + height), 4 * left : 4 * (left + width)]
    whole = upscale(Upscaler.of(shelf.get(tiny.SWIFT)), Photo(picture), Order(4)).colour[box]
    part = crops.enlarged(desk.upscaler(settings.Settings(tiny.SWIFT)), Photo(picture), Order(4), reply["box"])
    assert np.abs(part.colour.astype(int) - whole).max() <= 1
    plain = np.asarray(Image.fromarray(picture).resize((920, 760), Image.Resampling.BICUBIC))[box]
    left_side = crops.bicubic(Photo(picture), Order(4), *(4 * side for side in reply["box"]))
    assert np.abs(left_side.colour.astype(int) - plain).max() <= 1
    assert reply["levels"] > 0 and reply["map"].startswith("data:image/png")


@pytest.mark.parametrize("scale", [1.25, 2.5, 3.75])
def test_a_part_lies_where_it_lies_in_the_whole_at_scales_between(desk, shelf, scale) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (232, 264, 3), dtype=np.uint8)
    whole = upscale(Upscaler.of(shelf.get(tiny.SWIFT)), Photo(picture), Order(scale)).colour.astype(int)
    box = crops.around(Photo(picture), 0.6, 0.55)
    part = crops.enlarged(desk.upscaler(settings.Settings(tiny.SWIFT)), Photo(picture), Order(scale), box)
    top, left = (round(side * scale) for side in box[:2])
    there = whole[top : top + part.height, left : left + part.width]
    assert np.abs(part.colour - there).mean() < 0.5


def test_the_whole_is_made_shown_compared_and_saved(desk, shelf) -> None:
    ident = opened(desk)
    told = finished(desk, [ident], chosen(), chosen(tiny.PIXELS, fidelity=None, colour_lock=False))
    assert (told["state"], told["pictures"]) == ("done", 2) and told["rate"] > 0
    request = {"id": ident, "settings": chosen(), "against": tiny.PIXELS, "trust": "twin", "faithful": tiny.PIXELS}
    shown = desk.show(request)
    assert (shown["width"], shown["height"], shown["full"]) == (176, 120, True)
    result = upscale(Upscaler.of(shelf.get(tiny.SWIFT)), Photo(SOURCE), Order(4)).colour
    assert np.array_equal(seen(shown["after"]), result)
    twin = upscale(Upscaler.of(shelf.get(tiny.PIXELS)), Photo(SOURCE), Order(4)).colour
    assert shown["levels"] == pytest.approx(np.abs(result.astype(int) - twin).mean(), abs=0.01)
    glass = desk.lens({"id": ident, "settings": chosen(), "against": "bicubic", "x": 0.5, "y": 0.5, "side": 64})
    assert np.array_equal(seen(glass["after"]), result[28:92, 56:120])
    plain = np.asarray(Image.fromarray(SOURCE).resize((176, 120), Image.Resampling.BICUBIC)).astype(int)
    assert np.abs(seen(glass["before"]) - plain[28:92, 56:120]).max() <= 1
    saved = desk.save({"ids": [ident], "settings": chosen(), "kind": "png"})
    content = Path(saved["path"]).read_bytes()
    assert saved["name"] == "photo-tiny-swift-x4.png" and np.array_equal(open_photo(content).colour, result)
    assert recipe.read(content).arguments["source"] == open_photo(file_of(SOURCE)).sha256


def test_several_pictures_become_a_zip(desk) -> None:
    ids = [opened(desk, SOURCE[: 20 + n], "same.png") for n in range(3)]
    assert finished(desk, ids, chosen(tiny.SWIFT_2, 2))["state"] == "done"
    begun = desk.save({"ids": ids, "settings": chosen(tiny.SWIFT_2, 2), "kind": "jpeg"})
    saved = ended(desk, begun)
    assert (saved["done"], saved["total"], saved["bytes"]) == (3, 3, Path(saved["path"]).stat().st_size)
    with zipfile.ZipFile(saved["path"]) as archive:
        sizes = [Image.open(io.BytesIO(archive.read(name))).size for name in archive.namelist()]
    assert sizes == [(88, 40), (88, 42), (88, 44)]


def test_a_reference_gives_scores(desk) -> None:
    truth = np.random.default_rng(2).integers(0, 256, (121, 178, 3), dtype=np.uint8)
    ident = opened(desk)
    finished(desk, [ident], chosen())
    request = {"id": ident, "settings": chosen(), "against": "bicubic"}
    found = desk.reference({**request, "data": text(file_of(truth))})["scores"]
    assert 3 < found["after"]["psnr"] < 20 and found["before"]["psnr"] != found["after"]["psnr"]
    [made] = desk.store.get(ident).results.values()
    assert desk.reference({**request, "data": text(file_of(made.colour))})["scores"]["after"] == {
        "psnr": None,
        "psnr_rgb": None,
        "ssim": pytest.approx(1),
    }
    with pytest.raises(RequestError, match="80 x 60 pixels and the result 176 x 120"):
        desk.reference({**request, "data": text(file_of(truth[:60, :80]))})


def test_the_estimate_asks_before_large_results(desk) -> None:
    small = desk.plan({"ids": [opened(desk)], "settings": [chosen()]})
    assert (small["width"], small["height"], small["large"], small["seams"]) == (176, 120, False, "")
    large = opened(desk, np.zeros((1700, 1700, 3), np.uint8))
    plan = desk.plan({"ids": [large], "settings": [chosen()]})
    assert plan["large"] and plan["megapixels"] == pytest.approx(46.24) and plan["seconds"] > small["seconds"]
    assert finished(desk, [large], chosen())["error"].startswith("The result would have 46 megapixels")


def test_the_estimate_counts_all_that_has_to_be_made_and_nothing_that_is_there(desk) -> None:
    ident = opened(desk, np.zeros((200, 200, 3), np.uint8))
    one, other = (desk.plan({"ids": [ident], "settings": [chosen(name)]}) for name in (tiny.SWIFT, tiny.PIXELS))
    both = desk.plan({"ids": [ident], "settings": [chosen(), chosen(tiny.PIXELS), chosen("bicubic")]})
    assert both["seconds"] == pytest.approx(one["seconds"] + other["seconds"])
    assert both["tiles"] == one["tiles"] + other["tiles"] and both["megapixels"] == one["megapixels"]
    finished(desk, [ident], chosen())
    rest = desk.plan({"ids": [ident], "settings": [chosen(), chosen(tiny.PIXELS)]})
    assert rest["seconds"] == pytest.approx(other["seconds"]) and rest["megapixels"] == one["megapixels"]


def test_stopping_ends_at_the_next_tile(desk) -> None:
    ident = opened(desk, np.zeros((1200, 1200, 3), np.uint8))
    job = desk.start({"ids": [ident], "settings": [chosen()]})["job"]
    desk.stop({"job": job})
    for _ in range(600):
        if (told := desk.poll({"job": job}))["state"] != "running":
            break
        time.sleep(0.02)
    assert told["state"] == "stopped" and told["done"] < told["total"]
    assert not desk.store.get(ident).results


def test_a_job_nobody_asks_about_is_given_up(desk, monkeypatch) -> None:
    monkeypatch.setattr(jobs, "UNHEARD", 0.0)
    ident = opened(desk, np.zeros((600, 600, 3), np.uint8))
    name = desk.start({"ids": [ident], "settings": [chosen()]})["job"]
    job = desk.shared.jobs._jobs[name]
    deadline = time.monotonic() + 30
    while job.state == "running" and time.monotonic() < deadline:
        time.sleep(0.02)
    assert job.state == "stopped"


def test_a_live_picture_waits_for_one_tile_at_most(shelf, desk, monkeypatch, tmp_path) -> None:
    """On one worker: between the wish and its turn ends no more than the step that is under way."""
    lanes, steps_made = Lanes(1), []
    long = lanes.long

    @contextmanager
    def counted():
        with long():
            yield
            steps_made.append(1)

    monkeypatch.setattr(lanes, "long", counted)
    desk = UpscaleDesk(shelf, Shared(shelf, None, None, lanes, tmp_path))
    ident = opened(desk, np.zeros((800, 800, 3), np.uint8))
    job = desk.start({"ids": [ident], "settings": [chosen(scale=3.5, colour_lock=True)]})["job"]
    waits, steps_seen = [], 0
    while desk.poll({"job": job})["state"] == "running":
        before = len(steps_made)
        with lanes.live():
            steps_seen = len(steps_made)
        waits.append(steps_seen - before)
        time.sleep(0.005)
    assert max(waits) <= 1 and steps_seen > 9, "tiles, bands and the lock"


def test_pictures_are_forgotten_when_their_page_is_gone(monkeypatch, tmp_path) -> None:
    store = Store()
    old, new = store.put(Photo(SOURCE), "old"), store.put(Photo(SOURCE), "new")
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "file.png").write_bytes(b"")
    store.get(old).files.append(tmp_path / "x" / "file.png")
    store._pictures[old].heard -= 2 * store_module.AWAY
    assert store.keep([new, old]) == [], "heard of in time"
    store._pictures[old].heard -= 2 * store_module.AWAY
    store.keep([new])
    assert store.keep([new, old]) == [old], "the page may open it again"
    assert not (tmp_path / "x").exists()
    with pytest.raises(RequestError, match="no longer held"):
        store.get(old)
    monkeypatch.setattr(store_module, "MOST_HELD", 1)
    third = store.put(Photo(SOURCE), "third")
    assert store.get(third).name == "third"
    with pytest.raises(RequestError, match="no longer held"):
        store.get(new)


def test_a_stopped_server_leaves_no_files(tmp_path) -> None:
    path = tmp_path / "x" / "file.png"
    path.parent.mkdir()
    path.write_bytes(b"")
    store = Store()
    store._pictures["id"] = Held(Photo(SOURCE), "photo.png", files=[path])
    del store
    gc.collect()
    assert not path.parent.exists()


def test_the_last_picture_goes_too_without_another_visitor(monkeypatch) -> None:
    monkeypatch.setattr(store_module, "SWEPT", 0.01)
    monkeypatch.setattr(store_module, "AWAY", 0.05)
    store = Store()
    for _ in range(2):  # the watch ends with the last picture, and begins anew
        ident = store.put(Photo(SOURCE), "alone")
        deadline = time.monotonic() + 10
        while store._watched and time.monotonic() < deadline:
            time.sleep(0.01)
        with pytest.raises(RequestError, match="no longer held"):
            store.get(ident)


def test_what_is_held_counts_alpha_too() -> None:
    alpha = np.zeros(SOURCE.shape[:2], np.uint8)
    assert Held(Photo(SOURCE, alpha), "x", {"key": Photo(SOURCE)}).bytes == 2 * SOURCE.nbytes + alpha.nbytes


def test_results_that_cannot_be_held_together_are_refused_before_they_are_made(desk, monkeypatch) -> None:
    ids = [opened(desk), opened(desk)]
    monkeypatch.setattr(store_module, "MOST_HELD", 3 * 16 * SOURCE.nbytes // 2)
    with pytest.raises(RequestError, match="enlarge fewer pictures at once"):
        desk.start({"ids": ids, "settings": [chosen()]})
    assert finished(desk, ids[:1], chosen())["state"] == "done"


def test_a_network_that_was_replaced_makes_its_own_results(tmp_path) -> None:
    tiny.make_upscalers(tmp_path)
    shelf = Shelf([tmp_path])
    desk = UpscaleDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path))
    ident = opened(desk)
    finished(desk, [ident], chosen())
    before = seen(desk.show({"id": ident, "settings": chosen()})["after"])
    tensors = load_file(tmp_path / tiny.SWIFT / "generator.safetensors")
    save_file({name: 2 * t for name, t in tensors.items()}, tmp_path / tiny.SWIFT / "generator.safetensors")
    seal(tmp_path / tiny.SWIFT, Card.read(tmp_path / tiny.SWIFT))
    shelf.cards()
    with pytest.raises(RequestError, match="not there yet"):
        desk.show({"id": ident, "settings": chosen()})
    finished(desk, [ident], chosen())
    assert np.abs(seen(desk.show({"id": ident, "settings": chosen()})["after"]) - before).mean() > 1


@pytest.mark.parametrize("name", ["漢" * 90 + ".png", "a" * 300, "/odd/cat #1?.jpeg"])
def test_any_name_of_a_file_can_be_saved_under(desk, name) -> None:
    ident = opened(desk, name=name)
    finished(desk, [ident], chosen())
    made = desk.save({"ids": [ident], "settings": chosen()})
    assert Path(made["path"]).is_file() and made["name"][:4] == Path(name).name[:4]


def test_a_job_that_fails_says_why() -> None:
    def broken():
        yield from ()
        raise RequestError("no such thing")

    held = jobs.Jobs()
    ident = held.start(partial(enlarge, [Task(Held(Photo(SOURCE), "x"), "key", 1, broken)]))
    list(held.followed(ident))
    told = held.get(ident).told()
    assert (told["state"], told["error"]) == ("failed", "no such thing")


def test_jobs_are_forgotten_with_their_pages() -> None:
    held = jobs.Jobs()
    old, new = (held.start(lambda job: {"number": job.total}, total=n) for n in (1, 2))
    for ident in (old, new):
        list(held.followed(ident))
    assert held.get(new).told()["number"] == held.get(new).told()["number"] == 2, (
        "where an answer is lost it comes again"
    )
    held.get(old).heard -= 2 * jobs.AWAY
    held.start(lambda job: {})
    with pytest.raises(RequestError, match="over and forgotten"):
        held.get(old)
    assert held.get(new).state == "done"


@pytest.mark.parametrize(
    ("call", "request_", "message"),
    [
        ("open", {"data": "%%%"}, "arrives as base64 text"),
        ("open", {"data": text(b"no picture")}, "cannot be read as a picture"),
        ("open", {"example": "nothing"}, "no example 'nothing'"),
        ("crop", {"id": "unknown", "settings": chosen()}, "no longer held"),
        ("poll", {"job": "unknown"}, "over and forgotten"),
        ("plan", {"ids": [], "settings": [chosen()]}, "One to 32 pictures"),
        ("plan", {"ids": ["x"], "settings": [chosen(scale=7)]}, "1 to 4 times as large, got 7"),
        ("plan", {"ids": ["x"], "settings": [{"network": 3}]}, "Settings name a network"),
        ("plan", {"ids": ["x"], "settings": [{"network": "a", "odd": 1}]}, "Settings are network"),
        ("plan", {"ids": ["x"], "settings": chosen()}, "Settings are a list that begins with"),
        ("start", {"ids": ["x"], "settings": [chosen("bicubic")]}, "Settings are a list that begins with"),
        ("save", {"ids": ["x"], "settings": chosen(), "kind": "bmp"}, "saved as png, jpeg, webp, got 'bmp'"),
    ],
)
def test_wrong_requests_have_a_sentence(desk, call, request_, message) -> None:
    with pytest.raises(AtelierError, match=message):
        getattr(desk, call)(request_)


def test_results_that_are_not_there_are_not_made_up(desk) -> None:
    ident = opened(desk)
    with pytest.raises(RequestError, match="upscale the whole picture first"):
        desk.show({"id": ident, "settings": chosen()})
    with pytest.raises(RequestError, match="has no faithful twin here"):
        desk.upscaler(settings.Settings(tiny.SWIFT, fidelity=0.5))


def test_a_generated_picture_comes_from_anywhere_on_the_page(desk) -> None:
    reply = desk.open({"weight": tiny.COLOUR, "point": {"seed": 3}})
    assert (reply["width"], reply["height"], reply["name"]) == (32, 32, "tiny-colour-seed-3.png")


def test_large_results_are_sent_small(monkeypatch) -> None:
    monkeypatch.setattr(compare, "PREVIEW", 64)
    photo = Photo(np.zeros((100, 300, 3), np.uint8), np.full((100, 300), 128, np.uint8))
    told = compare.view(Photo(SOURCE), photo, photo, None, None)
    assert not told["full"] and seen(told["after"]).shape == (21, 64, 3)
    assert abs(seen(told["after"])[5, 5, 0] - 127) <= 2, "laid over white"


def test_community_checkpoints_stand_beside_the_shelfs(shelf, tmp_path, monkeypatch) -> None:
    pytest.importorskip("einops")
    from gan_models.upscaling.community import import_spandrel

    import_spandrel()
    from spandrel.architectures.Compact import Compact

    torch.save({"params": Compact(num_feat=8, num_conv=2, upscale=2).state_dict()}, tmp_path / "small.pth")
    (tmp_path / "bad.pth").write_bytes(b"nothing")
    names = (str(tmp_path / "small.pth"), str(tmp_path / "bad.pth"))
    desk = UpscaleDesk(shelf, Shared(shelf, None, None, Lanes(1), tmp_path, names))
    reply = desk.networks({})
    assert reply["networks"][-1]["title"] == "small (licence unknown)"
    assert len(reply["refused"]) == 1 and "bad.pth cannot be read" in reply["refused"][0]
    ident = opened(desk)
    assert desk.crop({"id": ident, "settings": chosen("small.pth", 2)})["width"] == 88
    monkeypatch.setattr("page.upscale.get_upload_folder", lambda: str(tmp_path))
    assert finished(desk, [ident], chosen("small.pth", 2))["state"] == "done"
    made = desk.save({"ids": [ident], "settings": chosen("small.pth", 2)})
    assert made["name"] == "photo-small-x2.png" and Path(made["path"]).is_file()
    assert str(tmp_path) not in json.dumps(reply), "not the checkpoint's whole path"
    assert recipe.read(Path(made["path"])).arguments["community"] == "small.pth"


def test_programs_call_it_by_name(shelf, tmp_path, monkeypatch) -> None:
    import page

    blocks = page.build(shelf, page.Options(runs=tmp_path))
    _, url, _ = blocks.launch(**page.launch_arguments(), prevent_thread_lock=True, quiet=True)
    try:
        client = Client(url, verbose=False)
        names = {f"/{function.api_name}" for function in blocks.fns.values()}
        for name in ("networks", "open", "crop", "plan", "start", "poll", "stop", "show", "lens", "reference", "save"):
            assert f"/upscale_{name}" in names
        made = client.predict(text(file_of(SOURCE)), tiny.GAN, 2.5, 0.5, True, "webp", api_name="/upscale")
        content = base64.b64decode(made["data"])
        assert open_photo(content).colour.shape == (75, 110, 3)
        assert recipe.read(content).arguments["fidelity"] == 0.5
        with pytest.raises(AppError, match="There is no weight .*none"):
            client.predict(text(file_of(SOURCE)), "none", api_name="/upscale")
        monkeypatch.setattr("page.upscale.steps", lambda *_, **__: pytest.fail("made in vain"))
        with pytest.raises(AppError, match="saved as png, jpeg, webp, got 'tiff'"):
            client.predict(text(file_of(SOURCE)), tiny.GAN, 2.5, None, True, "tiff", api_name="/upscale")
    finally:
        blocks.close()
