"""The field's routes for users, settings and files, under both prefixes, against a real server."""

import uuid
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from live_server import LiveServer
from yarl import URL

from nodegraph.userdata.conditions import etag_of

Session = aiohttp.ClientSession


class Field:
    """A client of the field, which sends a file's path as one segment."""

    def __init__(self, session: Session, url: str) -> None:
        self.session = session
        self.url = url
        self.folder = f"workflows/{uuid.uuid4().hex}"

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any, Any]:
        """Status, body (JSON, or the bytes of a file) and headers."""
        async with self.session.request(method, URL(self.url + path, encoded=True), **more) as response:
            is_file = "Content-Disposition" in response.headers
            body: Any = await response.read()
            return response.status, (await response.json() if body and not is_file else body), response.headers

    def file(self, name: str) -> str:
        return f"/userdata/{self.folder}%2F{name}".replace("workflows/", "workflows%2F")


@pytest.fixture(params=["", "/api"])
async def field(request: pytest.FixtureRequest, server: LiveServer, session: Session) -> Field:
    return Field(session, server.url + request.param)


async def test_there_is_one_user(field: Field) -> None:
    await field.call("POST", "/settings", json={"a": 1})
    assert (await field.call("GET", "/users"))[:2] == (200, {"storage": "server", "migrated": True})
    for body in ({"username": "default"}, {"username": ""}, {"username": "someone"}, {}, {"username": 1}):
        assert (await field.call("POST", "/users", json=body))[0] == 400


async def test_nothing_is_migrated_before_something_is_stored(tmp_path: Path, session: Session) -> None:
    live = LiveServer(tmp_path)
    try:
        field = Field(session, live.url)
        assert (await field.call("GET", "/users"))[1] == {"storage": "server", "migrated": False}
        assert (await field.call("GET", "/settings"))[1] == {}
        assert (await field.call("GET", "/userdata?dir=workflows"))[0] == 404
        assert (await field.call("GET", "/v2/userdata"))[1] == []
        await field.call("POST", "/settings/a", json=True)
        assert (await field.call("GET", "/users"))[1] == {"storage": "server", "migrated": True}
    finally:
        live.stop()


async def test_settings_are_merged_key_by_key(field: Field, server: LiveServer) -> None:
    first, second = f"Comfy.{uuid.uuid4().hex}", f"Comfy.{uuid.uuid4().hex}"
    assert (await field.call("POST", "/settings", json={first: {"x": 1}, second: 2}))[0] == 200
    assert (await field.call("POST", f"/settings/{first}", json={"y": [None]}))[0] == 200
    assert (await field.call("GET", f"/settings/{first}"))[:2] == (200, {"y": [None]})
    assert (await field.call("GET", "/settings/not.set"))[:2] == (200, None)
    settings = (await field.call("GET", "/settings"))[1]
    assert (settings[first], settings[second]) == ({"y": [None]}, 2)
    assert first in (server.home / "user/default/comfy.settings.json").read_text()
    for body in (b"[1]", b"{", b'"a"'):
        assert (await field.call("POST", "/settings", data=body))[0] == 400
    assert (await field.call("POST", "/settings/a", data=b"{"))[0] == 400


async def test_files_are_written_read_and_deleted(field: Field, server: LiveServer) -> None:
    path = f"{field.folder}/ä b.json"
    assert (await field.call("POST", field.file("%C3%A4%20b.json"), data=b"{}"))[:2] == (200, path)
    assert (server.home / "user/default" / path).read_bytes() == b"{}"
    status, info, headers = await field.call("POST", field.file("%C3%A4%20b.json?full_info=true"), data=b"[1]")
    assert (status, headers["ETag"]) == (200, etag_of(b"[1]"))
    assert info.keys() == {"path", "size", "modified", "created"}
    assert (info["path"], info["size"]) == (path, 3)
    written = (server.home / "user/default" / path).stat()
    assert info["modified"] == round(written.st_mtime_ns / 1e6)  # milliseconds
    status, refused, _ = await field.call("POST", field.file("%C3%A4%20b.json?overwrite=false"), data=b"x")
    assert (status, refused["error"]["type"]) == (409, "occupied")
    status, body, headers = await field.call("GET", field.file("%C3%A4%20b.json"))
    assert (status, body, headers["ETag"]) == (200, b"[1]", etag_of(b"[1]"))
    known = {"If-None-Match": headers["ETag"]}
    assert (await field.call("GET", field.file("%C3%A4%20b.json"), headers=known))[0] == 304
    stale = {"If-Match": etag_of(b"stale")}
    assert (await field.call("POST", field.file("%C3%A4%20b.json"), data=b"x", headers=stale))[0] == 412
    assert (await field.call("DELETE", field.file("%C3%A4%20b.json"), headers=stale))[0] == 412
    assert (await field.call("DELETE", field.file("%C3%A4%20b.json")))[:2] == (204, b"")
    assert (await field.call("DELETE", field.file("%C3%A4%20b.json")))[0] == 404
    assert (await field.call("GET", field.file("%C3%A4%20b.json")))[0] == 404
    assert (await field.call("POST", field.file("new.json?overwrite=false"), data=b"x"))[0] == 200


async def test_files_are_listed(field: Field) -> None:
    await field.call("POST", field.file("b.json"), data=b"12")
    await field.call("POST", field.file("sub%2Fa.json"), data=b"1")
    where = f"/userdata?dir={field.folder}"
    assert (await field.call("GET", where))[:2] == (200, ["b.json"])
    assert (await field.call("GET", f"{where}/&recurse=true"))[1] == ["b.json", "sub/a.json"]
    split = (await field.call("GET", f"{where}&recurse=true&split=true"))[1]
    assert split == [["b.json", "b.json"], ["sub/a.json", "sub", "a.json"]]
    full = (await field.call("GET", f"{where}&recurse=true&split=true&full_info=true"))[1]
    assert [(info["path"], info["size"]) for info in full] == [("b.json", 2), ("sub/a.json", 1)]
    assert all(info.keys() == {"path", "size", "modified", "created"} for info in full)
    entries = (await field.call("GET", f"/v2/userdata?path={field.folder}"))[1]
    assert [(entry["name"], entry["path"], entry["type"]) for entry in entries] == [
        ("b.json", f"{field.folder}/b.json", "file"),
        ("sub", f"{field.folder}/sub", "directory"),
    ]
    assert all(entry.keys() == {"name", "path", "type", "size", "modified"} for entry in entries)


async def test_folders_that_cannot_be_listed(field: Field) -> None:
    for query, expected in (("", 400), ("?dir=", 400), ("?dir=none", 404), ("?dir=..", 403), ("?dir=/etc", 403)):
        assert (await field.call("GET", f"/userdata{query}"))[0] == expected, query
    for query, expected in (("?path=none", 404), ("?path=../..", 403), ("", 200)):
        assert (await field.call("GET", f"/v2/userdata{query}"))[0] == expected, query


async def test_files_are_moved(field: Field) -> None:
    for name in ("a.json", "b.json"):
        await field.call("POST", field.file(name), data=name.encode())

    def move(name: str, to: str, query: str = "") -> str:
        return f"{field.file(name)}/move/{field.file(to).removeprefix('/userdata/')}{query}"

    assert (await field.call("POST", move("a.json", "b.json", "?overwrite=false")))[0] == 409
    assert (await field.call("POST", move("none", "c.json")))[0] == 404
    assert (await field.call("POST", move("a.json", "c%2Fd.json")))[:2] == (200, f"{field.folder}/c/d.json")
    status, info, _ = await field.call("POST", move("c%2Fd.json", "b.json", "?full_info=true"))
    assert (status, info["path"], info["size"]) == (200, f"{field.folder}/b.json", 6)
    assert (await field.call("GET", field.file("b.json")))[1] == b"a.json"
    assert (await field.call("POST", f"{field.file('b.json')}/move/..%2Fb.json"))[0] == 403


@pytest.mark.parametrize("name", ["..%2Fjobs.sqlite", "%2Fetc%2Fpasswd", "a%00", "..%2F..%2Fuser%2Fjobs.sqlite"])
async def test_no_file_outside_is_reached(field: Field, server: LiveServer, name: str) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert (await field.call(method, f"/userdata/{name}", data=b"x"))[0] == 403, method
    assert (server.home / "user/jobs.sqlite").read_bytes().startswith(b"SQLite")


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "none"])
async def test_active_content_leaves_as_an_attachment(field: Field, name: str) -> None:
    await field.call("POST", field.file(name), data=b"<script>alert(1)</script>")
    _, _, headers = await field.call("GET", field.file(name))
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"
