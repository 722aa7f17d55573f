"""What the page lets in: one server, spoken to as a browser, another website and a hostile program would."""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pytest
import tiny

import page
from gan_models.loading import Shelf
from gan_models.recipe import Recipe, stamp
from gan_models.translate import TranslateOptions
from page.parts import gate, sessions
from page.parts.requests import Asked

TYPE = {"Content-Type": "application/json"}


class Site:
    """A page that listens on a port of this machine, and everything that it wrote for visitors."""

    def __init__(self, blocks: Any, weights: Path) -> None:
        self.blocks, self.port, self.weights = blocks, blocks.server_port, weights

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, str]:
        """The status and the text of an answer; `body` is sent as JSON, or as it is where it is bytes."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        own = TYPE if method == "POST" else {}
        try:
            link.request(method, path, content, {**own, **{key.replace("_", "-"): v for key, v in headers.items()}})
            answer = link.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            link.close()

    def call(self, name: str, *data: Any, session: str | None = "tests", **headers: str) -> tuple[int, Any]:
        """What a named endpoint answers: its data, or its error's sentence."""
        words = {"data": list(data), "session_hash": session}
        status, text = self.ask("POST", f"/gradio_api/run/{name}", words, **headers)
        said = json.loads(text)
        return status, said["data"] if status == 200 else said


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One page on tiny weights of every task."""
    folder = tmp_path_factory.mktemp("gate")
    tiny.make_shelf(folder / "weights")
    tiny.make_upscaler(folder / "weights", tiny.SWIFT)
    for name in (tiny.SKETCH, tiny.COLORIZE):
        tiny.make_translator(folder / "weights", name)
    tiny.make_repairer(folder / "weights")
    tiny.make_puppet(folder / "weights")
    tiny.make_sounds(folder / "weights")
    blocks = page.build(Shelf([folder / "weights"]), page.Options(runs=folder / "runs"))
    blocks.launch(**page.launch_arguments(public=["atelier.example"]), prevent_thread_lock=True, quiet=True)
    yield Site(blocks, folder / "weights")
    blocks.close()


def test_other_names_are_refused_so_that_no_bent_name_reads_answers(site: Site) -> None:
    for name in ("127.0.0.1", "localhost", f"localhost:{site.port}", "[::1]", "atelier.example", "ATELIER.example:443"):
        assert site.ask("GET", "/config", Host=name)[0] == 200, name
    for name in (
        "evil.example",
        "127.0.0.1.evil.example",
        "192.168.1.5",
        "localhost.evil.example:7860",
        "",
        "[::",
        "a,b",
    ):
        status, said = site.ask("GET", "/config", Host=name)
        assert status == 421 and "--public-host" in said, name
    assert site.ask("GET", "/", X_Forwarded_Host="evil.example")[0] == 421
    assert site.ask("GET", "/", X_Forwarded_Host="atelier.example")[0] == 200


def test_other_websites_are_refused(site: Site) -> None:
    own = f"http://127.0.0.1:{site.port}"
    for origin, fine in (
        (own, True),
        ("https://atelier.example", True),
        ("https://evil.example", False),
        ("http://127.0.0.1:1", False),
        ("null", False),
        ("http://localhost:3000", False),
        ("file://atelier.example", False),
        ("http://[", False),
    ):
        status, said = site.call("models", Origin=origin)
        assert (status == 200) is fine, (origin, said)
        assert fine or (status == 403 and "website" in said["error"])


def test_links_lead_to_the_page_and_pictures_elsewhere_to_nothing(site: Site) -> None:
    far = {"Sec_Fetch_Site": "cross-site"}
    assert site.ask("GET", "/", Sec_Fetch_Mode="navigate", **far)[0] == 200
    assert site.ask("GET", "/gradio_api/info", Sec_Fetch_Mode="no-cors", **far)[0] == 403
    assert site.ask("GET", "/gradio_api/info", Sec_Fetch_Mode="navigate", **far)[0] == 403
    assert site.ask("GET", "/gradio_api/info", Sec_Fetch_Site="same-origin")[0] == 200


def test_a_form_of_another_website_is_no_request(site: Site) -> None:
    words = json.dumps({"data": [], "session_hash": "x"}).encode()
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        status, said = site.ask("POST", "/gradio_api/run/models", words, Content_Type=kind)
        assert status == 415 and "application/json" in said, kind


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/gradio_api/upload"),
        ("GET", "/gradio_api/proxy=http://127.0.0.1:1/x"),
        ("HEAD", "/gradio_api/proxy=https://x.hf.space/x"),
        ("GET", "/proxy=http://127.0.0.1:1/x"),
        ("GET", "/gradio_api/file=http://127.0.0.1:1/x"),
        ("GET", "/gradio_api/file=https%3A//example.org/x"),
        ("GET", "/gradio_api/file/http://127.0.0.1:1/x"),
        ("GET", "/gradio_api/file=/etc/passwd"),
        ("GET", "/gradio_api/file=app.py"),
        ("GET", "/gradio_api/file=%00"),
        ("GET", "/gradio_api/upload_progress?upload_id=1"),
        ("GET", "/gradio_api/deep_link?session_hash=x"),
        ("GET", "/gradio_api/custom_component/x/client/x/x"),
        ("GET", "/gradio_api/dev/reload"),
        ("POST", "/gradio_api/vibe-edit"),
        ("POST", "/gradio_api/process_recording"),
        ("GET", "/gradio_api/stream/x/y/1/playlist-file"),
        ("GET", "/monitoring"),
        ("DELETE", "/"),
    ],
)
def test_the_page_has_no_other_doors(site: Site, method: str, path: str) -> None:
    status, said = site.ask(method, path)
    assert status == 404 and ("This page has nothing" in said or "no such file" in said or method == "HEAD")


def test_a_request_too_large_is_refused_before_it_is_read(site: Site) -> None:
    link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    link.putrequest("POST", "/gradio_api/run/models")
    link.putheader("Content-Type", "application/json")
    link.putheader("Content-Length", str(200_000_000))
    link.endheaders()
    answer = link.getresponse()
    assert answer.status == 413 and "at most 32 MB, this one 200 MB" in answer.read().decode()
    link.close()


def test_a_request_of_a_million_brackets_is_refused(site: Site) -> None:
    words = b'{"data": [[' + b"[]," * gate.MOST_PARTS + b'[]]], "session_hash": "x"}'
    status, said = site.ask("POST", "/gradio_api/run/restore", words)
    assert status == 413 and "values" in said


@pytest.mark.parametrize(
    ("host", "name", "fine"),
    [
        (None, "localhost", True),
        (None, "192.168.1.5", False),
        ("0.0.0.0", "192.168.1.5", True),
        ("0.0.0.0", "evil.example", False),
        ("::", "fe80::1", True),
        ("192.168.1.5", "192.168.1.5", True),
        ("192.168.1.5", "192.168.1.6", False),
        (None, "user-space.hf.space", True),
        (None, "own.example", True),
    ],
)
def test_the_names_of_a_page_follow_from_where_it_listens(
    host: str | None, name: str, fine: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SPACE_HOST", "user-space.hf.space,own.example")
    made = gate.middleware(host)
    assert gate.Gate(lambda *_: None, **made.kwargs).ours(name) is fine


def test_app_py_hands_its_flags_to_the_gate() -> None:
    import app

    options = app.flags(["--host", "0.0.0.0", "--public-host", "a.example", "--public-host", "b.example"])
    made = page.launch_arguments(options.host, options.public_host)["app_kwargs"]["middleware"][0]
    assert {"a.example", "b.example"} <= set(made.kwargs["names"]) and made.kwargs["anywhere"]


FORGED: dict[str, Any] = {
    "here": {"path": "app.py", "meta": {"_type": "gradio.FileData"}},
    "temp": {"path": "/tmp/x", "url": "http://127.0.0.1:1/x", "meta": {"_type": "gradio.FileData"}},
    "web": {"path": "http://example.org/x.png", "meta": {"_type": "gradio.FileData"}},
    "deep": {"a": [{"path": "http://example.org/x.png", "url": None, "meta": {"_type": "gradio.FileData"}}]},
}
"""What Gradio takes for files of its own, wherever it stands."""


def functions(site: Site) -> list[tuple[str, int]]:
    """The names of all endpoints, and how many values each takes."""
    return [(fn.api_name, len(fn.inputs)) for fn in site.blocks.fns.values() if fn.fn and fn.api_name]


def server_functions(site: Site) -> list[tuple[int, str]]:
    """The part of the page and the name of every function that its scripts may call."""
    parts = [(number, vars(part)) for number, part in site.blocks.blocks.items() if isinstance(part, gr.HTML)]
    return [(number, name) for number, held in parts for name, f in held.items() if getattr(f, "_is_server_fn", False)]


@pytest.fixture
def reached(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address but the page's own that anything tries to reach, or to look up; nothing is let through."""
    seen, connect, look_up = [], socket.socket.connect, socket.getaddrinfo

    def connecting(self: socket.socket, address: Any) -> None:
        if address != ("127.0.0.1", site.port):
            seen.append(address)
            raise OSError("nothing is reached in this test")
        connect(self, address)

    def looking(host: Any, port: Any, *rest: Any, **more: Any) -> list:
        if port != site.port:
            seen.append((host, port))
            raise OSError("nothing is looked up in this test")
        return look_up(host, port, *rest, **more)

    monkeypatch.setattr(socket.socket, "connect", connecting)
    monkeypatch.setattr(socket.socket, "connect_ex", connecting)
    monkeypatch.setattr(socket, "getaddrinfo", looking)
    return seen


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_no_request_names_a_file_or_an_address(site: Site, reached: list[Any], forged: dict) -> None:
    for name, count in functions(site):
        for place in range(count):
            data = [None] * count
            data[place] = forged
            status, said = site.call(name, *data)
            assert status == 400 and "names a file of this computer" in said["error"], (name, place, said)
    assert len(server_functions(site)) > 30
    for number, name in server_functions(site):
        words = {"data": {"weight": forged}, "component_id": number, "fn_name": name, "session_hash": "x"}
        assert "names a file" in json.loads(site.ask("POST", "/gradio_api/component_server", words)[1])["error"]
    assert reached == []


@pytest.mark.parametrize("place", ["source", "ground", "strokes", "edges"])
def test_a_forged_recipe_hands_out_no_file(site: Site, reached: list[Any], place: str) -> None:
    model = Shelf([site.weights]).get(tiny.SKETCH)
    words = {
        "strokes": [],
        **asdict(TranslateOptions()),
        place: FORGED["here"] | {"path": str(Path("app.py").resolve())},
    }
    forged = stamp(np.zeros((8, 8, 3), np.uint8), Recipe(model.name, model.sha256, "translate", words))
    status, said = site.call("translate_open", {"data": base64.b64encode(forged).decode(), "name": "a.png"})
    assert status == 500 and "should not have" not in said["error"] and "file=" not in json.dumps(said)
    assert site.ask("GET", f"/gradio_api/file={Path('app.py').resolve()}")[0] == 404
    assert reached == []


def test_no_name_of_a_route_makes_the_page_reach_out(site: Site, reached: list[Any]) -> None:
    for path in ("proxy=http://1.2.3.4/", "file=http://1.2.3.4/x.png", "file=//1.2.3.4/x", "file/http://1.2.3.4/x"):
        for prefix in ("", "/gradio_api"):
            for method in ("GET", "HEAD"):
                assert site.ask(method, f"{prefix}/{path}")[0] == 404
    assert site.ask("GET", "/?deep_link=http://1.2.3.4/&__theme=http://1.2.3.4")[0] == 200
    assert reached == []


def test_the_api_lists_what_is_meant_for_people_in_words(site: Site) -> None:
    status, text = site.ask("GET", "/gradio_api/info")
    shown = json.loads(text)["named_endpoints"]
    assert set(shown) == {
        "/models", "/describe", "/sample", "/render", "/coordinates", "/breed", "/save_png", "/archive", "/restore",
        "/judge", "/read_words", "/attention",
        "/interpolate_film", "/upscale", "/upscale_networks", "/translate", "/translate_tasks", "/repair",
        "/training_command",
        "/edit", "/edit_models", "/edit_describe", "/edit_render", "/edit_styles", "/edit_maps", "/edit_restore",
        "/edit_drag", "/edit_project", "/edit_tune", "/edit_steer",
        "/sound", "/sound_render", "/tune",
        "/learn_lessons", "/learn_run", "/play_game", "/play_models", "/pose_person", "/dance_person",
    }  # fmt: skip
    for name, endpoint in shown.items():
        assert endpoint["description"], name
        assert all(value["python_type"]["type"] for value in endpoint["parameters"]), name
    assert "api" in json.loads(site.ask("GET", "/config")[1])["footer_links"]


def test_sessions_are_forgotten_when_their_page_closes_and_never_too_many(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = site.blocks.app.state_holder.session_data
    link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=10)
    link.request("GET", "/gradio_api/heartbeat/visitor")
    assert link.getresponse().read(5) == b"data:"
    site.call("models_show", "", session="visitor")
    assert "visitor" in held
    link.sock.close()
    link.close()
    for _ in range(100):
        if "visitor" not in held:
            break
        time.sleep(0.05)
    assert "visitor" not in held
    assert site.blocks.app.state_holder.capacity == sessions.MOST
    site.call("interpolate_look", None, [], session="program")
    assert not held["program"].config_values, "every component of the page is kept again with every session"
    assert site.call("interpolate_look", None, [], session=None)[0] == 200
    monkeypatch.setattr(site.blocks.app.state_holder, "capacity", 4)
    held.clear()
    for number in range(6):
        site.call("translate_keep", {"ids": []}, session=f"program {number}")
    assert len(held) == 4


def test_a_browser_asks_once_for_gradio_s_scripts_and_is_told_that_ours_are_as_they_were(site: Site) -> None:
    def headers(path: str, **own: str) -> tuple[int, Any]:
        link = http.client.HTTPConnection("127.0.0.1", site.port, timeout=60)
        link.request("GET", path, headers={name.replace("_", "-"): value for name, value in own.items()})
        answer = link.getresponse()
        answer.read()
        link.close()
        return answer.status, answer.headers

    named = re.search(r"/assets/index-[\w-]+\.js", site.ask("GET", "/")[1])
    assert named and "immutable" in headers(named[0])[1]["Cache-Control"]
    assert headers("/assets/no-Such12345678.js")[1]["Cache-Control"] is None
    status, first = headers("/scripts/sample/wall.js")
    assert (status, first["Cache-Control"]) == (200, "no-cache")
    assert headers("/scripts/sample/wall.js", If_None_Match=first["ETag"])[0] == 304
    assert headers("/scripts/sample/wall.js", If_None_Match='"another"')[0] == 200


ODD: dict[str, Any] = {
    "nothing": None, "true": True, "minus": -1, "share": 0.5, "huge": 10**300, "empty": "", "digits": "9" * 5000,
    "long": "a" * 100_000, "words": ["a", None], "object": {"seed": []}, "nested": [[[[[]]]]],
}  # fmt: skip
"""Arguments that nobody meant."""
FAIR: dict[str, Any] = {
    "weight": tiny.SKETCH, "point": {"seed": 1}, "points": [{"seed": 1}], "parents": [{"seed": 1}], "count": 1,
    "settings": [{"network": tiny.SWIFT, "scale": 2}], "strokes": [], "seeds": [0], "items": [], "kind": "png",
    "hit": {"seed": 1, "label": 0}, "hits": [{"seed": 1, "label": 0}],
}  # fmt: skip
"""What a request holds beside the field that is odd."""


def spoken(status: int, text: str) -> None:
    """Fails unless an answer is a good one, or a refusal in a sentence that knows what went wrong."""
    assert "should not have" not in text and "Traceback" not in text
    if status != 200:
        assert len(text) < 2000 and status in (400, 404, 413, 422, 500), status
        said = json.loads(text)
        assert said.get("error") or said.get("detail"), text[:300]
    assert text != "Internal Server Error"


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_arguments_are_refused_in_a_sentence(site: Site, odd: Any) -> None:
    for name, count in functions(site):
        for place in range(count):
            data = [FAIR if count == 1 else None] * count
            data[place] = odd
            spoken(*site.ask("POST", f"/gradio_api/run/{name}", {"data": data, "session_hash": "odd"}))
    for name in ("upscale_start", "upscale_open", "translate_render"):
        for field in Asked.__annotations__:
            words = {"data": [{**FAIR, field: odd}], "session_hash": "odd"}
            spoken(*site.ask("POST", f"/gradio_api/run/{name}", words))
    for number, name in server_functions(site):
        for data in (odd, {**FAIR, "frame": odd}, {**FAIR, "ids": odd, "id": odd, "weight": odd}, {"weight": odd}, {}):
            words = {"data": data, "component_id": number, "fn_name": name, "session_hash": "odd"}
            spoken(*site.ask("POST", "/gradio_api/component_server", words))
    assert site.call("sample", tiny.COLOUR, 1, 1, -1, 1.0)[0] == 200, "the page lives"


@pytest.mark.parametrize("field", ["data", "component_id", "fn_name", "session_hash", "fn_index", "event_id"])
def test_odd_requests_to_the_routes_themselves_have_a_sentence(site: Site, field: str) -> None:
    for odd in ODD.values():
        for path, words in (
            ("component_server", {"data": {}, "component_id": 1, "fn_name": "x", "session_hash": "x"}),
            ("run/models", {"data": [], "session_hash": "x"}),
            ("call/models", {"data": []}),
        ):
            spoken(*site.ask("POST", f"/gradio_api/{path}", {**words, field: odd}))
    for body in (b"", b"{", b"[]", b"null", b'{"data": NaN}', b'{"data": ["\\ud800"]}', b"[" * 100_000, b"\xff"):
        status, text = site.ask("POST", "/gradio_api/run/models", body)
        assert status == 400 and "request" in json.loads(text)["error"], body[:20]


def test_plain_arguments_of_programs_are_understood(site: Site) -> None:
    assert site.call("sample", tiny.COLOUR, 0, 1, None, 1.0)[0] == 200
    assert site.call("sample", tiny.CONDITIONAL, 0, 1, "star", 1.0)[0] == 200
    for arguments, sentence in (
        ((tiny.COLOUR, "3", 1, -1, 1.0), "'seed' is a whole number, got '3'."),
        ((tiny.CONDITIONAL, 0, 1, "dress", 1.0), "tiny-conditional has the classes circle, square, star; got 'dress'."),
        (("no'such", 0, 1, -1, 1.0), 'There is no weight "no\'such" on the shelf'),
    ):
        assert sentence in site.call("sample", *arguments)[1]["error"]
    assert "saved as png" in site.call("upscale", "", tiny.SWIFT, 2, None, False, "tiff")[1]["error"]


def test_only_who_has_an_account_comes_in(tmp_path: Path, tiny_weights: Path) -> None:
    import app

    (tmp_path / "accounts").write_text("anna:a:b\n\nben:secret\n")
    options = app.flags(["--auth", str(tmp_path / "accounts")])
    assert options.auth == [("anna", "a:b"), ("ben", "secret")]
    for odd in ("nobody", "anna:", ":x"):
        with pytest.raises(SystemExit):
            app.flags(["--auth", odd])
    blocks = page.build(Shelf([tiny_weights]), page.Options(runs=tmp_path))
    blocks.launch(**page.launch_arguments(), auth=options.auth, prevent_thread_lock=True, quiet=True)
    try:
        locked = Site(blocks, tiny_weights)
        assert locked.call("models")[0] == 401 and locked.ask("GET", "/config")[0] == 401
        form = {"Content_Type": "application/x-www-form-urlencoded"}
        assert locked.ask("POST", "/login", b"username=anna&password=wrong", **form)[0] == 400
        assert locked.ask("POST", "/login", b"username=anna&password=a%3Ab", **form)[0] == 200
        assert locked.ask("POST", "/login", b"x" * 20_000, **form)[0] == 413
    finally:
        blocks.close()
