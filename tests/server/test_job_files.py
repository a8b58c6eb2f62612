"""What came of a job, as files and in one answer; and uploads. On a real server with a real worker."""

import asyncio
import base64
import hashlib
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer, chain, one
from PIL import Image

from nodegraph.server.api_v1 import job_files


def saved(value: float) -> dict[str, Any]:
    graph = chain(1, value=value)
    graph["o"] = {"class_type": "SaveImage", "inputs": {"images": ["m", 0], "filename_prefix": "files/grey"}}
    return graph


def png(colour: str = "red", size: int = 8) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (size, size), colour).save(buffer, "PNG")
    return buffer.getvalue()


async def content(api: Api, path: str, *, expect: int = 200, **headers: str) -> tuple[bytes, Any]:
    async with api.session.get(api.url + path, headers=headers) as response:
        assert response.status == expect, await response.text()
        return await response.read(), response.headers


async def upload(api: Api, body: bytes, *, expect: int = 201, **query: str) -> Any:
    url = f"{api.url}/api/v1/uploads?{urlencode(query)}"
    async with api.session.post(url, data=body, headers={"Content-Type": "application/octet-stream"}) as response:
        assert response.status == expect, await response.text()
        return await response.json()


async def test_the_files_of_a_job(api: Api) -> None:
    job = await api.submit(saved(0.518), job="my own/name ü")
    path = "/jobs/my%20own%2Fname%20%C3%BC"
    await api.call("GET", f"{path}/wait?timeout=100")
    (file,) = (await api.call("GET", f"{path}/files"))["files"]
    assert (file["node"], file["type"], file["subfolder"], file["media_type"]) == ("o", "output", "files", "image/png")
    body, headers = await content(api, file["url"])
    assert len(body) == file["size"]
    assert headers["Content-Type"] == "image/png"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert Image.open(BytesIO(body)).size == (8, 8)
    part, _ = await content(api, file["url"], expect=206, Range="bytes=0-3")
    assert part == body[:4]
    await content(api, file["url"], expect=304, **{"If-None-Match": headers["ETag"]})
    result = await api.call("GET", f"{path}/result")
    assert (result["job"], result["outcome"], result["files"]) == (job, "done", [file])
    inline = await api.call("GET", f"{path}/result?inline=true")
    assert base64.b64decode(inline["files"][0]["content"]) == body
    for index in ("1", "-1", "00", "x"):
        await api.call("GET", f"{path}/files/{index}", expect=404)


async def test_a_file_that_is_gone_is_said_to_be(server: LiveServer, api: Api) -> None:
    job = await api.submit(saved(0.519))
    await api.end(job)
    (file,) = (await api.call("GET", f"/jobs/{job}/files"))["files"]
    (Path(server.settings.output_dir) / "files" / file["filename"]).unlink()
    (gone,) = (await api.call("GET", f"/jobs/{job}/result?inline=true"))["files"]
    assert "size" not in gone
    assert "content" not in gone
    answer = await api.call("GET", f"/jobs/{job}/files/0", expect=404)
    assert file["filename"] in answer["error"]["message"]


async def test_what_has_failed_has_a_result_and_what_waits_has_none(paused: Api) -> None:
    failing, waiting = await paused.submit(one("TestFail", message="alas")), await paused.submit(chain(1))
    for path in ("result", "files", "files/0"):
        assert (await paused.call("GET", f"/jobs/{waiting}/{path}", expect=409))["error"]["type"] == "not_ended"
        await paused.call("GET", f"/jobs/none/{path}", expect=404)
    await paused.call("POST", "/queue/resume")
    await paused.end(failing)
    result = await paused.call("GET", f"/jobs/{failing}/result")
    assert result["outcome"] == "failed"
    assert "alas" in result["error"]["message"]


async def test_too_much_is_not_sent_in_one_answer(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await api.submit(saved(0.52))
    await api.end(job)
    monkeypatch.setattr(job_files, "INLINE_LIMIT", 10)
    answer = await api.call("GET", f"/jobs/{job}/result?inline=true", expect=413)
    assert "takes 10" in answer["error"]["message"]


async def test_an_upload_can_be_used(api: Api) -> None:
    body = png("blue")
    first = await upload(api, body, name="a b.png", subfolder="up", sort="passed over")
    assert (first["name"], first["value"], first["existed"]) == ("a b.png", "up/a b.png", False)
    assert first["sha256"] == hashlib.sha256(body).hexdigest()
    assert (first["size"], first["media_type"]) == (len(body), "image/png")
    again = await upload(api, body, name="a b.png", subfolder="up", expect=200)
    assert again == {**first, "existed": True}
    other = await upload(api, png("green"), name="a b.png", subfolder="up")
    assert other["name"] == "a b (1).png"
    replaced = await upload(api, png("green"), name="a b.png", subfolder="up", overwrite="true")
    assert replaced["name"] == "a b.png"
    temporary = await upload(api, body, name="t.png", type="temp")
    graph = {
        "l": {"class_type": "LoadImage", "inputs": {"image": temporary["value"]}},
        "o": {"class_type": "PreviewImage", "inputs": {"images": ["l", 0]}},
    }
    view = await api.end(await api.submit(graph))
    assert view["state"] == "done"


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ({"name": "a.png"}, b"no picture"),
        ({"name": "a.png"}, b""),
        ({"name": "a.png"}, png()[:40]),
        ({}, png()),
        ({"name": ""}, png()),
        ({"name": "../a.png"}, png()),
        ({"name": ".a.png"}, png()),
        ({"name": "a.png", "subfolder": "../x"}, png()),
        ({"name": "a.png", "subfolder": "/etc"}, png()),
        ({"name": "a.png", "subfolder": "b/.c"}, png()),
        ({"name": "a.png", "type": "output"}, png()),
        ({"name": "a.png", "type": "user"}, png()),
        ({"name": "a.png", "overwrite": "perhaps"}, png()),
        ({"name": "x" * 256}, png()),
        ({"name": "a\x00.png"}, png()),
    ],
    ids=str,
)
async def test_what_is_no_upload_is_refused(api: Api, query: dict[str, str], body: bytes) -> None:
    answer = await upload(api, body, expect=400, **query)
    assert answer["error"]["message"]


async def post_form(api: Api, query: str = "", *, expect: int = 201, name: str = "f.png", **fields: str) -> Any:
    form = aiohttp.FormData()
    form.add_field("file", png("yellow"), filename=name)
    for field, value in fields.items():
        form.add_field(field, value)
    async with api.session.post(f"{api.url}/api/v1/uploads{query}", data=form) as response:
        assert response.status == expect, await response.text()
        return await response.json()


async def test_an_upload_may_be_a_form(api: Api) -> None:
    assert (await post_form(api))["value"] == "f.png"
    assert (await post_form(api, subfolder="by form", overwrite="true"))["value"] == "by form/f.png"
    assert (await post_form(api, "?subfolder=query", subfolder="field", name="g.png"))["value"] == "query/g.png"


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"folder": "x"}, "'folder'"),
        ({"type": "output"}, "$.type"),
        ({"overwrite": "perhaps"}, "$.overwrite"),
        ({"subfolder": "../x"}, "../x"),
    ],
)
async def test_a_form_that_does_not_fit_is_refused_by_name(
    server: LiveServer, api: Api, fields: dict[str, str], told: str
) -> None:
    answer = await post_form(api, expect=400, **fields)
    assert told in answer["error"]["message"]
    assert unfinished(Path(server.settings.temp_dir)) == []


async def test_a_form_needs_its_file(api: Api) -> None:
    with aiohttp.MultipartWriter("form-data") as form:
        form.append("a.png").set_content_disposition("form-data", name="name")
    async with api.session.post(f"{api.url}/api/v1/uploads", data=form) as response:
        assert response.status == 400
        assert "no file in its field 'file'" in (await response.json())["error"]["message"]


async def test_a_compressed_or_a_huge_upload_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{api.url}/api/v1/uploads?name=a.png"
    async with api.session.post(url, data=b"x", headers={"Content-Encoding": "gzip"}) as response:
        assert response.status == 415
    monkeypatch.setattr("nodegraph.server.files.UPLOAD_LIMIT", 10)
    async with api.session.post(url, data=png()) as response:
        assert response.status == 413


def unfinished(folder: Path) -> list[Path]:
    return list(folder.glob(".upload-*"))


async def test_an_upload_that_breaks_off_leaves_nothing(server: LiveServer, api: Api) -> None:
    host, port = api.url.removeprefix("http://").split(":")
    _, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /api/v1/uploads?name=broken.png HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: 1000\r\n\r\n"
    writer.write(head.encode() + png())
    await writer.drain()
    temp = Path(server.settings.temp_dir)
    async with asyncio.timeout(30):
        while True:
            if unfinished(temp):
                break
            await asyncio.sleep(0.01)
        writer.close()
        while True:
            if not unfinished(temp):
                break
            await asyncio.sleep(0.01)
    assert not (Path(server.settings.input_dir) / "broken.png").exists()
