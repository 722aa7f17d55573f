"""A Hub of one's own on loopback: the few endpoints that reading data sets and uploading need."""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote, urlparse

Files = dict[str, bytes]


class SmallHub(ThreadingHTTPServer):
    """repos: (kind, "user/name") -> path -> content, where kind is models, datasets or spaces.

    `licences` are what a repository's front matter says; `refuse` makes every write fail with this status;
    `served` lists the files that were fetched.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos: dict[tuple[str, str], Files] = {}
        self.licences: dict[str, str] = {}
        self.made: list[dict] = []
        self.served: list[str] = []
        self.refuse = 0
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def commit(self, key: tuple[str, str]) -> str:
        return hashlib.sha1(repr(sorted(self.repos[key].items())).encode()).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    server: SmallHub
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = unquote(urlparse(self.path).path).strip("/").split("/")
        if parts[0] == "api":
            return self.describe((parts[1], "/".join(parts[2:4])), parts[4:])
        key = (
            (parts[0], "/".join(parts[1:3])) if parts[0] in ("datasets", "spaces") else ("models", "/".join(parts[:2]))
        )
        rest = parts[3:] if key[0] != "models" else parts[2:]
        content = self.server.repos[key].get("/".join(rest[2:]))
        if content is None:
            return self.answer(404, b"{}", {"X-Error-Code": "EntryNotFound"})
        if self.command == "GET":
            self.server.served.append("/".join(rest[2:]))
        etag = hashlib.sha1(content).hexdigest()
        return self.answer(200, content, {"X-Repo-Commit": self.server.commit(key), "ETag": f'"{etag}"'})

    do_HEAD = do_GET

    def describe(self, key: tuple[str, str], rest: list[str]) -> None:
        if key not in self.server.repos:
            return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
        if len(rest) > 1 and rest[1] not in ("main", self.server.commit(key)):
            return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
        files = self.server.repos[key]
        if rest[:1] == ["tree"]:
            return self.say(
                [
                    {"type": "file", "path": p, "size": len(c), "oid": hashlib.sha1(c).hexdigest()}
                    for p, c in files.items()
                ]
            )
        return self.say(
            {
                "id": key[1],
                "sha": self.server.commit(key),
                "private": False,
                "tags": [],
                "siblings": [{"rfilename": path} for path in files],
                "cardData": {"license": self.server.licences.get(key[1])},
            }
        )

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)) or self.chunks()
        parts = unquote(urlparse(self.path).path).strip("/").split("/")
        if self.server.refuse:
            return self.answer(self.server.refuse, b'{"error": "no"}', {})
        if parts == ["api", "validate-yaml"]:
            return self.say({"errors": [], "warnings": []})
        if parts == ["api", "repos", "create"]:
            return self.create(json.loads(body))
        key = (parts[1], "/".join(parts[2:4]))
        if parts[4] == "preupload":
            paths = [file["path"] for file in json.loads(body)["files"]]
            return self.say({"files": [{"path": p, "uploadMode": "regular", "shouldIgnore": False} for p in paths]})
        for line in map(json.loads, body.splitlines()):
            if line["key"] == "file":
                self.server.repos[key][line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        sha = self.server.commit(key)
        return self.say({"commitOid": sha, "commitUrl": f"{self.server.url}/{key[1]}/commit/{sha}", "success": True})

    def create(self, wish: dict) -> None:
        name = f"{wish['organization']}/{wish['name']}"
        self.server.made.append(wish)
        self.server.repos.setdefault((f"{wish.get('type', 'model')}s", name), {})
        self.say({"url": f"{self.server.url}/{name}"})

    def chunks(self) -> bytes:
        out = b""
        while size := int(self.rfile.readline() or b"0", 16):
            out += self.rfile.read(size)
            self.rfile.readline()
        return out

    def say(self, words: object) -> None:
        self.answer(200, json.dumps(words).encode(), {"Content-Type": "application/json"})

    def answer(self, status: int, content: bytes, headers: dict) -> None:
        self.send_response(status)
        for key, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass
