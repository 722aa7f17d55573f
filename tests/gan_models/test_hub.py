import hashlib
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
import tiny

from gan_models import hub
from gan_models.errors import WeightError
from gan_models.latents import Point
from gan_models.loading import Shelf, load
from gan_models.sample import sample


class HubServer(ThreadingHTTPServer):
    """The few endpoints of the Hub that a download needs, for repositories given as folders."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), HubHandler)
        self.repos: dict[str, Path] = {}
        self.served: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def commit(self, repo: str) -> str:
        content = b"".join(path.read_bytes() for path in sorted(self.repos[repo].iterdir()))
        return hashlib.sha1(content).hexdigest()


class HubHandler(BaseHTTPRequestHandler):
    server: HubServer
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET(body=False)

    def do_GET(self, body: bool = True) -> None:
        parts = unquote(urlparse(self.path).path).strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self.answer_api("/".join(parts[2:4]), parts[4:])
        elif len(parts) == 5 and parts[2] == "resolve":
            self.answer_file("/".join(parts[:2]), parts[3], parts[4], body)
        else:
            self.answer(404, b"{}", {"X-Error-Code": "EntryNotFound"})

    def answer_api(self, repo: str, rest: list[str]) -> None:
        if repo not in self.server.repos:
            return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        files = sorted(path for path in self.server.repos[repo].iterdir())
        if len(rest) > 1 and rest[1] not in ("main", self.server.commit(repo)):
            return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        if rest[:1] == ["tree"]:
            words = [
                {
                    "type": "file",
                    "path": p.name,
                    "size": p.stat().st_size,
                    "oid": hashlib.sha1(p.read_bytes()).hexdigest(),
                }
                for p in files
            ]
        else:
            siblings = [{"rfilename": path.name} for path in files]
            words = {
                "id": repo,
                "sha": self.server.commit(repo),
                "siblings": siblings,
                "tags": [],
                "private": False,
            }
        return self.answer(200, json.dumps(words).encode(), {"Content-Type": "application/json"})

    def answer_file(self, repo: str, revision: str, name: str, body: bool) -> None:
        content = (self.server.repos[repo] / name).read_bytes()
        if body:
            self.server.served.append(name)
        etag = hashlib.sha1(content).hexdigest()
        headers = {"X-Repo-Commit": self.server.commit(repo), "ETag": f'"{etag}"'}
        self.answer(200, content, headers, body)

    def answer(self, status: int, content: bytes, headers: dict, body: bool = True) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tiny_weights: Path):
    with HubServer() as server:
        server.repos["anna/tiny"] = Path(shutil.copytree(tiny_weights / tiny.COLOUR, tmp_path / "repo"))
        (server.repos["anna/tiny"] / "README.md").write_text("not asked for")
        (server.repos["anna/tiny"] / "huge.bin").write_bytes(b"not asked for either")
        # In this order: the client keeps the endpoint that it finds when it is first imported.
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "cache"))
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        yield server
        server.shutdown()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("user/repo", True),
        ("user/repo@main", True),
        ("user/repo.v2@refs/pr/1", True),
        ("repo", False),
        ("../repo", False),
        ("user/..", False),
        ("user/repo/more", False),
        ("user/repo@../x", False),
        ("https://x/y", False),
    ],
)
def test_names_of_repositories(name: str, right: bool) -> None:
    assert hub.is_repo(name) is right


def test_a_weight_comes_from_the_hub(server: HubServer, tiny_weights: Path) -> None:
    model = load("anna/tiny")
    assert model.name == tiny.COLOUR
    expected = sample(load(tiny_weights / tiny.COLOUR), [Point(seed=1)])
    assert (sample(model, [Point(seed=1)]) == expected).all()
    assert server.served[0] == "card.json"
    assert "README.md" not in server.served and "huge.bin" not in server.served


def test_a_revision_can_be_named(server: HubServer) -> None:
    commit = server.commit("anna/tiny")
    assert load(f"anna/tiny@{commit}").folder.name == commit
    with pytest.raises(WeightError, match="no revision 'old'"):
        load("anna/tiny@old")


def test_the_cache_serves_when_the_hub_is_gone(server: HubServer, monkeypatch) -> None:
    load("anna/tiny")
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    assert load("anna/tiny").name == tiny.COLOUR
    with pytest.raises(WeightError, match="not in the local cache and the Hub cannot be reached"):
        load("anna/other")


def test_without_any_network_there_is_one_sentence() -> None:
    with pytest.raises(WeightError, match="cannot be reached") as caught:
        load("anna/never-seen")
    assert "\n" not in str(caught.value)


def test_an_unknown_repository_has_a_sentence(server: HubServer) -> None:
    with pytest.raises(WeightError, match="no public repository bob/none"):
        load("bob/none")


def test_a_repository_without_a_card_has_a_sentence(server: HubServer) -> None:
    (server.repos["anna/tiny"] / "card.json").unlink()
    with pytest.raises(WeightError, match="card.json"):
        load("anna/tiny")


def test_a_changed_file_on_the_hub_is_refused(server: HubServer) -> None:
    (server.repos["anna/tiny"] / "generator.safetensors").write_bytes(b"something else")
    with pytest.raises(WeightError, match=r"generator\.safetensors of tiny-colour has 14 bytes"):
        load("anna/tiny")


def test_a_shelf_takes_models_from_the_hub_and_stays_up_without(
    server: HubServer, tiny_weights: Path
) -> None:
    shelf = Shelf([tiny_weights / tiny.VANILLA], hub=["anna/tiny", "bob/none", "nonsense"])
    assert [card.name for card in shelf.cards()] == [tiny.VANILLA, tiny.COLOUR]
    assert "no public repository" in shelf.refused["bob/none"]
    assert "user/repo" in shelf.refused["nonsense"]
    assert shelf.get(tiny.COLOUR).name == tiny.COLOUR
