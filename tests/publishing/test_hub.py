"""Giving a folder to the Hub: the real client talks to a small server here that keeps what it is sent."""

import base64
import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

import zoo
from zoo.publishing import hub

FOLDER = Path(__file__).parents[1] / "pretrained" / "voxploer"
TOKEN = "hf_of_these_tests"


class Hub(ThreadingHTTPServer):
    """Speaks as much of the Hub's protocol as it takes to make a repository and to commit files to it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.files: dict[str, bytes] = {}
        self.objects: dict[str, bytes] = {}
        """Large files (Git LFS) by their hash."""
        self.summary = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answer(BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            self.answer(401, {"error": "Invalid username or password."})
        elif self.path == "/api/repos/create":
            self.answer(200, {"url": f"{self.server.address}/{json.loads(body)['organization']}/mine"})
        elif self.path == "/api/validate-yaml":
            self.answer(200, {"errors": [], "warnings": []})
        elif self.path == "/api/models/me/mine/preupload/main":
            names = [file["path"] for file in json.loads(body)["files"]]
            modes = {name: "lfs" if name.endswith((".safetensors", ".png")) else "regular" for name in names}
            files = [{"path": name, "uploadMode": modes[name], "shouldIgnore": False} for name in names]
            self.answer(200, {"files": files})
        elif self.path == "/me/mine.git/info/lfs/objects/batch":
            self.answer(200, {"transfer": "basic", "objects": [self.place(o) for o in json.loads(body)["objects"]]})
        elif self.path == "/api/models/me/mine/commit/main":
            self.commit([json.loads(line) for line in body.splitlines()])
        else:
            self.answer(404, {"error": f"there is no {self.path}"})

    def do_PUT(self) -> None:
        self.server.objects[self.path.split("/")[-1]] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, {})

    def place(self, wanted: dict[str, Any]) -> dict[str, Any]:
        return wanted | {"actions": {"upload": {"href": f"{self.server.address}/objects/{wanted['oid']}"}}}

    def commit(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            value = line["value"]
            if line["key"] == "header":
                self.server.summary = value["summary"]
            elif line["key"] == "file":
                self.server.files[value["path"]] = base64.b64decode(value["content"])
            elif line["key"] == "lfsFile":
                self.server.files[value["path"]] = self.server.objects[value["oid"]]
        address = f"{self.server.address}/me/mine/commit/c0ffee"
        self.answer(200, {"success": True, "commitUrl": address, "commitOid": "c0ffee"})

    def answer(self, code: int, value: dict[str, Any]) -> None:
        text = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: Any) -> None:
        pass


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    # Its own protocol for large files, of which a server would be a project of its own.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
    with Hub() as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def problem(hub_id: str = "me/mine") -> str:
    with pytest.raises(zoo.ZooError) as caught:
        hub.push(FOLDER, hub_id)
    [only] = caught.value.problems
    assert only.startswith(f"{FOLDER} is written, but not pushed (")
    assert only.endswith(f"). Later: hf upload {hub_id} {FOLDER}")
    return only


def test_the_files_that_arrive_are_those_of_the_folder(server: Hub) -> None:
    hub.check_hub("me/mine")
    address = hub.push(FOLDER, "me/mine")
    files = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*") if path.is_file()}
    assert server.files == files
    assert server.summary == "Published by zoo"
    assert address.startswith(f"{server.address}/me/mine")


def test_a_refused_token(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_another")
    assert "401" in problem()
    assert not server.files


def test_a_hub_that_knows_no_such_repository(server: Hub) -> None:
    assert "404" in problem("me/another")


def test_a_hub_that_is_not_there(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", f"http://127.0.0.1:{free.getsockname()[1]}")
        assert "onnect" in problem()


def test_a_hub_that_answers_something_else(server: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Answer, "answer", lambda self, code, value: self.send_error(200, "OK"))
    problem()


@pytest.mark.parametrize("hub_id", ["a/b/c", "", "me/", "../mine", "me/a b", "me/--x", "me/" + "x" * 200])
def test_a_bad_name_is_told_before_anything_is_written(server: Hub, hub_id: str) -> None:
    with pytest.raises(zoo.ZooError, match="^--push-to "):
        hub.check_hub(hub_id)
