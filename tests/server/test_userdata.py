"""The user's files and settings over ``/api/v1``, against a real server."""

import asyncio
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from live_server import LiveServer
from yarl import URL

from nodegraph.userdata.conditions import etag_of
from nodegraph.userdata.folder import Limits

Session = aiohttp.ClientSession


class Files:
    """The operations on files, in a folder of one test's own."""

    def __init__(self, session: Session, url: str) -> None:
        self.session = session
        self.base = f"{url}/api/v1"
        self.folder = f"workflows/{uuid.uuid4().hex}"

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any, Any]:
        """Status, body (JSON where it is) and headers."""
        async with self.session.request(method, self.base + path, **more) as response:
            body: Any = await response.read()
            if body and response.content_type == "application/json" and "Content-Disposition" not in response.headers:
                body = await response.json()
            return response.status, body, response.headers

    def file(self, name: str) -> str:
        return f"/userdata/files/{self.folder}/{name}"

    async def put(self, name: str, body: bytes, **headers: str) -> tuple[int, Any, Any]:
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return await self.call("PUT", self.file(name), data=body, headers=named)

    async def get(self, name: str) -> Any:
        status, body, _ = await self.call("GET", self.file(name))
        return body if status == 200 else status


@pytest.fixture
async def files(server: LiveServer, session: Session) -> Files:
    return Files(session, server.url)


async def test_a_file_is_stored_read_and_deleted(files: Files, server: LiveServer) -> None:
    status, stored, headers = await files.put("a b.json", b"{}")
    assert status == 201
    assert stored["path"] == f"{files.folder}/a b.json"
    assert stored["etag"] == headers["ETag"] == etag_of(b"{}")
    assert (await files.put("a b.json", b"[1]"))[0] == 200
    status, body, headers = await files.call("GET", files.file("a%20b.json"))
    assert (status, body, headers["ETag"]) == (200, b"[1]", etag_of(b"[1]"))
    assert headers["X-Content-Type-Options"] == "nosniff"
    status, body, _ = await files.call("GET", files.file("a b.json"), headers={"If-None-Match": etag_of(b"[1]")})
    assert (status, body) == (304, b"")
    assert (server.home / "user/default" / files.folder / "a b.json").read_bytes() == b"[1]"
    assert (await files.call("DELETE", files.file("a b.json")))[0] == 204
    assert await files.get("a b.json") == 404


async def test_a_stale_change_is_refused_and_told_what_is_there(files: Files) -> None:
    _, first, _ = await files.put("a.json", b"1", If_None_Match="*")
    status, refused, _ = await files.put("a.json", b"2", If_None_Match="*")
    assert status == 412
    assert refused["error"]["type"] == "precondition_failed"
    assert refused["error"]["extra_info"] == {"etag": first["etag"]}
    _, second, _ = await files.put("a.json", b"2", If_Match=first["etag"])
    assert (await files.put("a.json", b"3", If_Match=first["etag"]))[0] == 412
    stale = {"If-Match": first["etag"]}
    move = {"from": f"{files.folder}/a.json", "to": f"{files.folder}/b.json"}
    assert (await files.call("DELETE", files.file("a.json"), headers=stale))[0] == 412
    assert (await files.call("POST", "/userdata/move", json=move, headers=stale))[0] == 412
    assert await files.get("a.json") == b"2"
    fresh = {"If-Match": second["etag"]}
    assert (await files.call("POST", "/userdata/move", json=move, headers=fresh))[0] == 200
    status, refused, _ = await files.put("a.json", b"3", If_Match=first["etag"])
    assert (status, refused["error"]["extra_info"]) == (412, {"etag": None})


async def test_of_many_that_change_what_they_read_one_wins(files: Files) -> None:
    _, first, _ = await files.put("a.json", b"start")
    bodies = [b"%d" % number for number in range(20)]
    answers = await asyncio.gather(*(files.put("a.json", body, If_Match=first["etag"]) for body in bodies))
    assert sorted(status for status, _, _ in answers) == [200] + [412] * 19
    winner = next(body for body, (status, _, _) in zip(bodies, answers, strict=True) if status == 200)
    assert await files.get("a.json") == winner


async def test_folders_are_made_listed_moved_and_deleted(files: Files) -> None:
    folder = files.folder
    status, made, _ = await files.call("POST", "/userdata/folders", json={"path": f"{folder}/x/y"})
    assert (status, made["path"], made["kind"]) == (200, f"{folder}/x/y", "folder")
    await files.put("x/b.json", b"12")
    _, listing, _ = await files.call("GET", f"/userdata?path={folder}&recurse=true")
    assert [(entry["path"], entry["kind"], entry["size"]) for entry in listing["entries"]] == [
        (f"{folder}/x", "folder", 0),
        (f"{folder}/x/b.json", "file", 2),
        (f"{folder}/x/y", "folder", 0),
    ]
    _, listing, _ = await files.call("GET", "/userdata", params={"path": folder})
    assert [entry["path"] for entry in listing["entries"]] == [f"{folder}/x"]
    assert (await files.call("GET", f"/userdata?path={folder}/none"))[0] == 404
    move = {"from": f"{folder}/x", "to": f"{folder}/z"}
    assert (await files.call("POST", "/userdata/move", json=move))[0] == 200
    assert (await files.call("POST", "/userdata/move", json=move))[0] == 404
    assert await files.get("z/b.json") == b"12"
    status, refused, _ = await files.call("DELETE", files.file("z"))
    assert (status, refused["error"]["type"]) == (409, "occupied")
    assert (await files.call("DELETE", files.file("z?recurse=true")))[0] == 204
    assert await files.get("z/b.json") == 404
    assert (await files.put("x", b""))[0] == 201
    assert (await files.put("x/below", b""))[0] == 409
    assert (await files.call("POST", "/userdata/folders", json={"path": f"{folder}/x"}))[0] == 409


async def test_versions_are_listed_read_and_restored(files: Files) -> None:
    await files.put("a.json", b"one")
    await files.put("a.json", b"two")
    _, listing, _ = await files.call("GET", f"/userdata/versions/{files.folder}/a.json")
    (one,) = listing["versions"]
    assert (one["reason"], one["size"]) == ("overwritten", 3)
    status, body, headers = await files.call("GET", files.file(f"a.json?version={one['version']}"))
    assert (status, body, headers["ETag"]) == (200, b"one", etag_of(b"one"))
    restore = {"path": f"{files.folder}/a.json", "version": one["version"]}
    stale = {"If-Match": etag_of(b"stale")}
    assert (await files.call("POST", "/userdata/restore", json=restore, headers=stale))[0] == 412
    status, restored, _ = await files.call("POST", "/userdata/restore", json=restore)
    assert (status, restored["etag"]) == (200, etag_of(b"one"))
    await files.call("DELETE", files.file("a.json"))
    _, listing, _ = await files.call("GET", "/userdata/deleted")
    (gone,) = [gone for gone in listing["files"] if gone["path"] == f"{files.folder}/a.json"]
    restore["version"] = gone["version"]
    assert (await files.call("POST", "/userdata/restore", json=restore))[0] == 201
    assert await files.get("a.json") == b"one"
    assert (await files.call("GET", files.file("a.json?version=1000000")))[0] == 404
    assert (await files.call("GET", files.file("a.json?version=0")))[0] == 400
    assert (await files.call("GET", f"/userdata/versions/{files.folder}/none.json"))[0] == 404


@pytest.mark.parametrize("name", ["../jobs.sqlite", "..%2F..%2Fjobs.sqlite", "../../../versions.sqlite", "a%00", "NUL"])
async def test_the_server_s_own_files_cannot_be_reached(files: Files, server: LiveServer, name: str) -> None:
    before = sorted(path.name for path in (server.home / "user").iterdir())
    url = f"{files.base}/userdata/files/{name}"
    for method in ("GET", "PUT", "DELETE"):
        async with files.session.request(method, URL(url, encoded=True), data=b"x") as response:
            assert response.status in (403, 404, 405), method
    decoded = name.replace("%2F", "/").replace("%00", "\0")
    for path, body in (
        ("/userdata/folders", {"path": decoded}),
        ("/userdata/move", {"from": decoded, "to": "stolen"}),
        ("/userdata/restore", {"path": decoded, "version": 1}),
    ):
        assert (await files.call("POST", path, json=body))[0] == 403, path
    assert (await files.call("GET", "/userdata", params={"path": decoded}))[0] == 403
    assert sorted(path.name for path in (server.home / "user").iterdir()) == before


async def test_what_is_too_large_is_413(files: Files) -> None:
    status, refused, _ = await files.put("large.json", bytes(Limits().file_bytes + 1))
    assert (status, refused["error"]["type"]) == (413, "too_large")
    assert await files.get("large.json") == 404


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "code.js", "none", "x.xhtml"])
async def test_nothing_stored_is_served_as_something_a_browser_runs(files: Files, name: str) -> None:
    await files.put(name, b"<script>alert(1)</script>")
    status, _, headers = await files.call("GET", files.file(name))
    assert status == 200
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"].startswith("attachment")
    assert headers["X-Content-Type-Options"] == "nosniff"


async def test_settings_are_patched(files: Files) -> None:
    key = files.folder
    status, all_settings, headers = await files.call("PATCH", "/settings", json={key: {"a": 1, "b": 2}})
    assert (status, all_settings[key]) == (200, {"a": 1, "b": 2})
    etag = headers["ETag"]
    assert (await files.call("GET", "/settings"))[2]["ETag"] == etag
    match = {"If-Match": etag}
    _, all_settings, headers = await files.call("PATCH", "/settings", json={key: {"a": None}}, headers=match)
    assert all_settings[key] == {"b": 2}
    status, refused, _ = await files.call("PATCH", "/settings", json={key: None}, headers=match)
    assert (status, refused["error"]["extra_info"]) == (412, {"etag": headers["ETag"]})
    _, all_settings, _ = await files.call("PATCH", "/settings", json={key: None})
    assert key not in all_settings
    assert (await files.call("PATCH", "/settings", json=[1]))[0] == 400


@pytest.mark.parametrize("place", ["comfy.settings.json", "comfy.settings.damaged.json"])
async def test_a_folder_in_the_place_of_settings_is_a_conflict(files: Files, place: str) -> None:
    settings = "/userdata/files/comfy.settings.json"
    await files.call("DELETE", settings)
    assert (await files.call("POST", "/userdata/folders", json={"path": place}))[0] == 200
    if place != "comfy.settings.json":
        await files.call("PUT", settings, data=b"no object, so it would be set aside")
        assert (await files.call("GET", "/settings"))[0] == 409
    assert (await files.call("PATCH", "/settings", json={"a": 1}))[0] == 409
    assert (await files.call("DELETE", f"/userdata/files/{place}"))[0] == 204
    assert (await files.call("PATCH", "/settings", json={"a": 1}))[1] == {"a": 1}


async def test_the_folder_of_workflows_is_empty_before_there_is_any(tmp_path: Path, session: Session) -> None:
    live = LiveServer(tmp_path)
    try:
        files = Files(session, live.url)
        assert (await files.call("GET", "/userdata?path=workflows&recurse=true"))[:2] == (200, {"entries": []})
        assert (await files.call("GET", "/userdata?path=elsewhere"))[0] == 404
    finally:
        live.stop()
