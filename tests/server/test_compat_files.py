"""The field's routes for files and for what the server is, against a real server."""

import errno
import os
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from live_server import FieldClient, LiveServer
from PIL import Image
from PIL.PngImagePlugin import PngInfo


def png(color: str = "red", *, size: tuple[int, int] = (4, 3), mode: str = "RGBA", text: str = "") -> bytes:
    buffer, info = BytesIO(), PngInfo()
    if text:
        info.add_text("workflow", text)
    Image.new(mode, size, color).save(buffer, "png", pnginfo=info)
    return buffer.getvalue()


async def upload(
    client: FieldClient, content: bytes, name: str, path: str = "/upload/image", **fields: str
) -> tuple[int, Any]:
    form = aiohttp.FormData({**fields}, quote_fields=False)
    form.add_field("image", content, filename=name)
    async with client.session.post(client.url + path, data=form) as response:
        return response.status, await response.json()


async def view(client: FieldClient, **params: str) -> tuple[int, bytes, aiohttp.ClientResponse]:
    async with client.session.get(f"{client.url}/view", params=params) as response:
        return response.status, await response.read(), response


async def test_an_upload_is_kept_and_served(client: FieldClient, server: LiveServer) -> None:
    status, stored = await upload(client, png(), "first.png", subfolder="mine")
    assert (status, stored) == (200, {"name": "first.png", "subfolder": "mine", "type": "input"})
    assert (server.home / "input/mine/first.png").read_bytes() == png()
    status, body, response = await view(client, filename="first.png", subfolder="mine", type="input")
    assert (status, body) == (200, png())
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == 'filename="first.png"'
    assert (await view(client, filename="first.png [input]", subfolder="mine"))[0] == 200


async def test_names_that_collide(client: FieldClient) -> None:
    assert (await upload(client, png("red"), "twin.png"))[1]["name"] == "twin.png"
    assert (await upload(client, png("red"), "twin.png"))[1]["name"] == "twin.png"
    assert (await upload(client, png("blue"), "twin.png"))[1]["name"] == "twin (1).png"
    assert (await upload(client, png("lime"), "twin.png"))[1]["name"] == "twin (2).png"
    assert (await upload(client, png("blue"), "twin.png", overwrite="true"))[1]["name"] == "twin.png"
    assert (await view(client, filename="twin.png", type="input"))[1] == png("blue")


@pytest.mark.parametrize("content", [b"", b"<html>", png()[:40], b"GIF89a"])
async def test_only_whole_pictures_are_taken(client: FieldClient, server: LiveServer, content: bytes) -> None:
    status, body = await upload(client, content, "evil.png")
    assert status == 400
    assert "'evil.png' is not a picture" in body["error"]["message"]
    assert not (server.home / "input/evil.png").exists()
    assert not list((server.home / "temp").glob(".upload-*"))


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"subfolder": "../outside"}, "a.png"),
        ({"subfolder": "/tmp"}, "a.png"),
        ({"type": "user"}, "a.png"),
        ({"type": "models"}, "a.png"),
        ({}, ".."),
        ({}, "x" * 300 + ".png"),
        ({"subfolder": "y" * 300}, "a.png"),
    ],
)
async def test_uploads_stay_inside(client: FieldClient, fields: dict[str, str], name: str) -> None:
    assert (await upload(client, png(), name, **fields))[0] == 400


async def test_directories_in_an_uploaded_name_are_dropped(client: FieldClient, server: LiveServer) -> None:
    assert (await upload(client, png(), "../../up.png"))[1]["name"] == "up.png"
    assert (server.home / "input/up.png").is_file()


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, 404),
        ({"filename": ""}, 400),
        ({"filename": "/etc/passwd"}, 400),
        ({"filename": "../user/jobs.sqlite"}, 400),
        ({"filename": "a.png", "type": "user"}, 400),
        ({"filename": "jobs.sqlite", "subfolder": "../user"}, 403),
        ({"filename": "passwd", "subfolder": "/etc"}, 403),
        ({"filename": "a\0.png"}, 403),
        ({"filename": "nowhere.png"}, 404),
        ({"filename": "x" * 3000}, 403),
        ({"filename": "loop.png", "type": "input", "subfolder": "link"}, 403),
    ],
)
async def test_views_stay_inside(
    client: FieldClient, server: LiveServer, params: dict[str, str], expected: int
) -> None:
    link = server.home / "input/link"
    if not link.is_symlink():
        link.symlink_to(server.home / "user")
    assert (await view(client, **params))[0] == expected


@pytest.mark.parametrize("name", ["page.html", "code.js", "style.css", "drawing.svg", "feed.xml", "x.xhtml"])
async def test_active_content_leaves_as_an_attachment(client: FieldClient, server: LiveServer, name: str) -> None:
    (server.home / "output" / name).write_text("<script>alert(1)</script>")
    status, _, response = await view(client, filename=name)
    assert status == 200
    assert response.headers["Content-Type"] == "application/octet-stream"
    assert response.headers["Content-Disposition"].startswith("attachment")
    assert response.headers["X-Content-Type-Options"] == "nosniff"


async def test_forms_that_cannot_be_read_are_400(client: FieldClient) -> None:
    for kind in ("multipart/form-data", "multipart/form-data; boundary=x", "application/json"):
        headers = {"Content-Type": kind}
        async with client.session.post(f"{client.url}/upload/image", data=b"nothing", headers=headers) as response:
            assert response.status == 400, kind


async def test_a_damaged_name_or_mask_is_400(client: FieldClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a\0.png"\r\n\r\nabc\r\n--x--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    async with client.session.post(f"{client.url}/upload/image", data=body, headers=headers) as response:
        assert response.status == 400
    await upload(client, png(size=(64, 64)), "whole.png")
    original = '{"filename": "whole.png", "type": "input"}'
    half = png(size=(64, 64))[:60]
    status, answer = await upload(client, half, "m.png", path="/upload/mask", original_ref=original)
    assert status == 400
    assert "the mask" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("call", "overwrite"), [("fsync", "false"), ("link", "false"), ("replace", "true"), ("fsync", "true")]
)
async def test_a_full_disk_is_said_and_leaves_nothing(
    client: FieldClient, server: LiveServer, monkeypatch: pytest.MonkeyPatch, call: str, overwrite: str
) -> None:
    def full(path: object, *_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, call, full)
    status, body = await upload(client, png(), "late.png", overwrite=overwrite)
    assert status == 507
    assert "No space left" in body["error"]["message"]
    assert not (server.home / "input/late.png").exists()
    assert not list((server.home / "temp").glob(".upload-*"))


async def test_a_damaged_picture_has_no_preview(client: FieldClient, server: LiveServer) -> None:
    (server.home / "output/half.jpg").write_bytes(png()[:45])
    assert (await view(client, filename="half.jpg", preview="webp"))[0] == 400
    assert (await view(client, filename="half.jpg", channel="rgb"))[0] == 400


async def test_previews_and_channels(client: FieldClient, server: LiveServer) -> None:
    Image.new("RGBA", (4, 3), (255, 0, 0, 128)).save(server.home / "output/half.png")

    async def shown(**params: str) -> Image.Image:
        status, body, _ = await view(client, filename="half.png", **params)
        assert status == 200
        return Image.open(BytesIO(body))

    assert (await shown(preview="webp;50")).format == "WEBP"
    assert max((await shown(preview="webp;50", side="2")).size) == 2
    assert (await shown(preview="jpeg;80", channel="rgb")).format == "JPEG"
    assert (await shown(preview="jpeg")).format == "WEBP"  # it would lose the alpha
    assert (await shown(preview="tiff")).format == "WEBP"
    plain = await shown(channel="rgb")
    assert (plain.mode, plain.getpixel((0, 0))) == ("RGB", (255, 0, 0))
    alpha = await shown(channel="a")
    assert alpha.getpixel((0, 0)) == (0, 0, 0, 128)


async def test_a_mask_is_painted_into_a_copy(client: FieldClient, server: LiveServer) -> None:
    await upload(client, png("red", text="{}"), "original.png")
    drawn = BytesIO()
    Image.new("RGBA", (4, 3), (9, 9, 9, 77)).save(drawn, "png")
    reference = '{"filename": "original.png", "type": "input"}'
    status, stored = await upload(client, drawn.getvalue(), "masked.png", "/upload/mask", original_ref=reference)
    assert status == 200
    with Image.open(server.home / "input" / stored["name"]) as masked:
        assert masked.getpixel((0, 0)) == (255, 0, 0, 77)
        assert masked.info["workflow"] == "{}"
    assert (await upload(client, drawn.getvalue(), "x.png", "/upload/mask", original_ref="?"))[0] == 400


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_both_prefixes_answer(client: FieldClient, prefix: str) -> None:
    everything = await client.get(f"{prefix}/object_info")
    assert everything["SolidMask"]["input"]["required"]["width"][0] == "INT"
    assert everything["TestSteps"]["output_node"] is True
    assert await client.get(f"{prefix}/object_info/SolidMask") == {"SolidMask": everything["SolidMask"]}
    assert await client.get(f"{prefix}/object_info/Nowhere") == {}
    assert "checkpoints" in await client.get(f"{prefix}/models")
    assert await client.get(f"{prefix}/models/loras") == []
    assert await client.get(f"{prefix}/embeddings") == []
    assert await client.get(f"{prefix}/extensions") == []
    assert (await client.get(f"{prefix}/features"))["supports_preview_metadata"] is True
    stats = await client.get(f"{prefix}/system_stats")
    assert stats["system"]["pytorch_version"].startswith("2.")
    assert stats["devices"][0]["type"] == "cpu"
    async with client.session.get(f"{client.url}{prefix}/models/nowhere") as response:
        assert response.status == 404


async def test_new_files_are_offered_at_once(client: FieldClient, server: LiveServer) -> None:
    await upload(client, png(), "offered.png")
    options = (await client.get("/object_info/LoadImage"))["LoadImage"]["input"]["required"]["image"][0]
    assert "offered.png" in options
    folder = server.home / "models/checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "new.safetensors").touch()
    info = (await client.get("/object_info/CheckpointLoaderSimple"))["CheckpointLoaderSimple"]
    assert "new.safetensors" in info["input"]["required"]["ckpt_name"][0]
    assert "new.safetensors" in await client.get("/models/checkpoints")
