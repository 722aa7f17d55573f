"""What the page lets in: one server, spoken to as a browser, another website and a hostile program would."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest
import tiny

import page
from gan_models.loading import Shelf
from page.parts import gate

TYPE = {"Content-Type": "application/json"}


class Site:
    """A page that listens on a port of this machine, and everything that it wrote for visitors."""

    def __init__(self, blocks: Any, port: int) -> None:
        self.blocks, self.port = blocks, port

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
    blocks = page.build(Shelf([folder / "weights"]), page.Options(runs=folder / "runs"))
    blocks.launch(**page.launch_arguments(public=["atelier.example"]), prevent_thread_lock=True, quiet=True)
    yield Site(blocks, blocks.server_port)
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
