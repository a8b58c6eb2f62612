"""What is uploaded: hostile pictures, clients that leave, several at once. And what is served of it."""

import asyncio
import contextlib
import json
import os
import shutil
import struct
import threading
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_server import FieldClient, LiveServer
from PIL import Image
from test_compat_files import png, upload, view

from nodegraph.media.folders import DataFolders
from nodegraph.server import files
from nodegraph.server.files import UploadError, check_image, keep
from nodegraph.server.folders import FolderError, data_folders, sweep_partials
from nodegraph.settings import Settings


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def with_chunk(kind: bytes, data: bytes) -> bytes:
    """A small PNG with a chunk more."""
    whole = png()
    return whole[:33] + chunk(kind, data) + whole[33:]


def huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def animation(format: str, count: int, side: int, **options: object) -> bytes:
    buffer = BytesIO()
    frames = [Image.new("L", (side, side), index * 83 % 256) for index in range(count)]
    more = {"save_all": True, "append_images": frames[1:]} if count > 1 else {}
    frames[0].save(buffer, format, **more, **options)
    return buffer.getvalue()


def looping_tiff() -> bytes:
    """Its first directory names itself as the next."""
    content = bytearray(animation("TIFF", 1, 4))
    first = int(struct.unpack_from("<I", content, 4)[0])
    entries = struct.unpack_from("<H", content, first)[0]
    struct.pack_into("<I", content, first + 2 + 12 * entries, first)
    return bytes(content)


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\nshowpage\n"

HOSTILE: dict[str, Callable[[], bytes]] = {
    "more pixels than anyone has": huge_png,
    "text that inflates": lambda: with_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(20_000_000))),
    "international text that inflates": lambda: with_chunk(b"iTXt", b"k\0\1\0\0\0" + zlib.compress(bytes(20_000_000))),
    "a profile that inflates": lambda: with_chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(200_000_000))),
    "SVG": lambda: SVG,
    "HTML": lambda: b"<!doctype html><script>alert(1)</script>",
    "EPS, which runs another program": lambda: EPS,
    "nothing": lambda: b"",
    "half a JPEG": lambda: animation("JPEG", 1, 64)[:300],
    "half a WebP": lambda: animation("WEBP", 3, 64, lossless=True)[:-40],
    "a GIF whose last frame is cut": lambda: animation("GIF", 3, 64)[:-60],
}


@pytest.mark.parametrize("kind", HOSTILE)
async def test_hostile_pictures_are_refused(client: FieldClient, server: LiveServer, kind: str) -> None:
    status, body = await upload(client, HOSTILE[kind](), "hostile.png")
    if kind.startswith("a profile"):  # Pillow does not inflate it: it is as harmless as it is useless
        assert status in (200, 400)
    else:
        assert status == 400, body
        assert "'hostile.png'" in body["error"]["message"]
        assert not (server.home / "input/hostile.png").exists()
    assert not list((server.home / "temp").glob(".upload-*"))


def test_frames_count_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "PIXEL_LIMIT", 16 * 16 * 10)
    monkeypatch.setattr(files, "_FRAME_LIMIT", 20)
    path = tmp_path / "picture"
    for format in ("GIF", "WEBP", "TIFF", "PNG"):
        path.write_bytes(
            animation(format, 9, 16)
        )  # an animated PNG may show one picture more to those who know no better
        check_image(path, "picture")
        path.write_bytes(animation(format, 11, 16))
        with pytest.raises(UploadError, match="2560 pixels in all"):
            check_image(path, "picture")
        path.write_bytes(animation(format, 21, 4))
        with pytest.raises(UploadError, match="20 frames"):
            check_image(path, "picture")


def test_a_picture_whose_frames_never_end_is_an_end(tmp_path: Path) -> None:
    path = tmp_path / "loop.tif"
    path.write_bytes(looping_tiff())
    with contextlib.suppress(UploadError):
        check_image(path, "loop.tif")  # one frame and no more is as good as an error


@pytest.mark.filterwarnings("ignore::UserWarning")  # what Pillow says of them
@given(
    format=st.sampled_from(["PNG", "GIF", "WEBP", "TIFF", "JPEG", "BMP", "AVIF"]),
    damage=st.lists(st.tuples(st.integers(0, 600), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6),
    cut=st.integers(0, 100),
)
def test_damaged_pictures_are_taken_or_refused_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, format: str, damage: list[tuple[int, bytes]], cut: int
) -> None:
    content = bytearray(_samples(format))
    for place, value in damage:
        content[place % len(content) : place % len(content) + len(value)] = value
    path = tmp_path_factory.getbasetemp() / f"damaged-{os.getpid()}"
    path.write_bytes(bytes(content[: len(content) - cut % len(content)]))
    with contextlib.suppress(UploadError):
        check_image(path, "damaged")


def _samples(format: str) -> bytes:
    return animation(format, 3 if format in ("GIF", "WEBP", "TIFF") else 1, 8)


@pytest.mark.parametrize("path", ["/upload/image", "/upload/mask"])
async def test_a_client_that_leaves_leaves_nothing(server: LiveServer, path: str) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    temp = server.home / "temp"
    head = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n'
    for sent in (b"", head, head + png()[:30], head + bytes(3_000_000)):
        _, writer = await asyncio.open_connection(host, int(port))
        request = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 9000000\r\n"
        writer.write(f"{request}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode() + sent)
        await writer.drain()
        if b"\0" in sent or sent.endswith(png()[:30]):
            await _until(lambda: bool(list(temp.glob(".upload-*"))))
        writer.transport.abort()
        await _until(lambda: not list(temp.glob(".upload-*")))


async def _until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while True:
            if true():
                return
            await asyncio.sleep(0.01)


async def test_uploads_of_one_name_at_once_are_all_kept(client: FieldClient, server: LiveServer) -> None:
    colours = ["red", "lime", "blue", "cyan", "red", "lime", "blue", "cyan"]
    answers = await asyncio.gather(*(upload(client, png(colour), "crowd.png") for colour in colours))
    names = [stored["name"] for status, stored in answers if status == 200]
    assert len(names) == len(colours)
    assert len(set(names)) == 4  # the same content shares a name, other content never does
    for colour, name in zip(colours, names, strict=True):
        assert (server.home / "input" / name).read_bytes() == png(colour)


def test_nobody_ever_sees_half_an_upload(tmp_path: Path) -> None:
    whole, seen, stop = bytes(1_000_000), set(), threading.Event()

    def look() -> None:
        while not stop.is_set():
            for path in tmp_path.glob("a*.png"):
                seen.add(path.stat().st_size)

    watcher = threading.Thread(target=look)
    watcher.start()
    for index in range(50):
        temporary = tmp_path / f".upload-{index}"
        temporary.write_bytes(whole)
        keep(temporary, tmp_path / f"a{index}.png", overwrite=index % 2 == 0)
    stop.set()
    watcher.join()
    assert seen <= {len(whole)}


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inodes of what was synced."""
    found: set[int] = set()
    real = os.fsync

    def fsync(descriptor: int) -> None:
        found.add(os.fstat(descriptor).st_ino)
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    return found


@pytest.mark.parametrize("overwrite", [False, True])
def test_an_upload_and_its_name_are_on_the_disk(tmp_path: Path, synced: set[int], overwrite: bool) -> None:
    (tmp_path / ".upload-1").write_bytes(png())
    keep(tmp_path / ".upload-1", tmp_path / "input/sub/a.png", overwrite=overwrite)
    for name in ("input/sub/a.png", "input/sub", "input"):
        assert (tmp_path / name).stat().st_ino in synced, name


async def test_an_upload_may_be_read_by_whom_other_files_may(client: FieldClient, server: LiveServer) -> None:
    await upload(client, png(), "shared.png")
    other = server.home / "input/other.png"
    other.touch()
    assert (server.home / "input/shared.png").stat().st_mode == other.stat().st_mode


def test_an_upload_is_moved_to_another_disk_as_a_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, synced: set[int]
) -> None:
    real_link, real_replace = os.link, os.replace

    def same_folder_only(real: Callable[[Path, Path], None]) -> Callable[[Path, Path], None]:
        def move(source: Path, destination: Path) -> None:
            if Path(source).parent != Path(destination).parent:
                raise OSError(18, "Invalid cross-device link")
            real(source, destination)

        return move

    monkeypatch.setattr(os, "link", same_folder_only(real_link))
    monkeypatch.setattr(os, "replace", same_folder_only(real_replace))
    (tmp_path / "temp").mkdir()
    for overwrite, expected in ((False, "a.png"), (False, "a (1).png"), (True, "a.png")):
        source = tmp_path / "temp/.upload-1"
        source.write_bytes(b"%d" % overwrite + expected.encode())
        assert keep(source, tmp_path / "input/a.png", overwrite=overwrite).name == expected
        assert (tmp_path / "input" / expected).stat().st_ino in synced
    assert sorted(path.name for path in (tmp_path / "input").iterdir()) == ["a (1).png", "a.png"]


async def test_a_form_of_endless_parts_or_bytes_is_refused(client: FieldClient) -> None:
    form = aiohttp.FormData()
    for index in range(100):
        form.add_field(f"field{index}", "x", content_type="text/plain")
    async with client.session.post(f"{client.url}/upload/image", data=form) as response:
        assert response.status == 400
        assert "more than 32 parts" in await response.text()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(files.UPLOAD_LIMIT + 1)}
    async with client.session.post(f"{client.url}/upload/image", headers=headers, data=b"") as response:
        assert response.status == 413


async def test_a_form_means_the_same_however_the_network_cuts_it(server: LiveServer) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    folder, name = "in a folder whose name takes more than one packet", "cut.png"
    form = (
        b'--x\r\nContent-Disposition: form-data; name="subfolder"\r\n\r\n' + folder.encode() + b"\r\n"
        b'--x\r\nContent-Disposition: form-data; name="image"; filename="cut.png"\r\n\r\n' + png() + b"\r\n--x--\r\n"
    )
    head = f"POST /upload/image HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(form)}\r\n"
    reader, writer = await asyncio.open_connection(host, int(port))
    cut = form.index(b"whose")
    for piece in (f"{head}Content-Type: multipart/form-data; boundary=x\r\n\r\n".encode(), form[:cut], form[cut:]):
        writer.write(piece)
        await asyncio.sleep(0.2)
    answer = await reader.read()
    writer.close()
    assert json.loads(answer.partition(b"\r\n\r\n")[2]) == {"name": name, "subfolder": folder, "type": "input"}


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"type": "temp"}, ".nodegraph-temp"),
        ({}, ".hidden.png"),
        ({"subfolder": ".git"}, "a.png"),
        ({"subfolder": "a\\.b"}, "a.png"),
    ],
)
async def test_hidden_names_are_not_for_uploads(client: FieldClient, fields: dict[str, str], name: str) -> None:
    status, body = await upload(client, png(), name, **fields)
    assert (status, body["error"]["type"]) == (400, "invalid_request")
    assert "begin with a dot" in body["error"]["message"]


async def test_names_that_cannot_be_stored_are_the_clients_affair(client: FieldClient, server: LiveServer) -> None:
    await upload(client, png(), "file.png")
    assert (await upload(client, png(), "a.png", subfolder="file.png"))[0] == 400
    (server.home / "input/folder.png").mkdir()
    assert (await upload(client, png(), "folder.png", overwrite="true"))[0] == 400
    assert (await upload(client, png(), "folder.png"))[1]["name"] == "folder (1).png"
    await upload(client, png(), "y" * 250 + ".png")
    assert (await upload(client, png("blue"), "y" * 250 + ".png"))[0] == 400


# ---- out ----


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.PNG", "image/png"),
        ("a.jpeg", "image/jpeg"),
        ("a.webp", "image/webp"),
        ("a.mp4", "video/mp4"),
        ("a.flac", "audio/flac"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.json", "application/json"),
        *((f"a.{ending}", None) for ending in ("svg", "html", "htm", "xhtml", "xml", "xsl", "mht", "js", "mjs", "css")),
        *((f"a.{ending}", None) for ending in ("pdf", "swf", "wasm", "glb", "safetensors", "unknown", "png.html")),
        ("a", None),
    ],
)
async def test_only_inert_types_are_shown(client: FieldClient, server: LiveServer, name: str, mime: str | None) -> None:
    (server.home / "output" / name).write_bytes(SVG)
    status, body, response = await view(client, filename=name)
    assert (status, body) == (200, SVG)
    assert response.headers["Content-Type"] == (mime or "application/octet-stream")
    assert response.headers["Content-Disposition"].startswith("attachment") is (mime is None)
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_no_packed_file_stands_in_for_another(client: FieldClient, server: LiveServer) -> None:
    (server.home / "output/plain.png").write_bytes(png())
    (server.home / "output/plain.png.gz").write_bytes(b"not that one")
    headers = {"Accept-Encoding": "gzip, br"}
    async with client.session.get(f"{client.url}/view?filename=plain.png", headers=headers) as response:
        assert await response.read() == png()


async def test_a_part_of_a_file_may_be_asked_for(client: FieldClient, server: LiveServer) -> None:
    (server.home / "output/film.mp4").write_bytes(bytes(range(100)))
    url = f"{client.url}/view?filename=film.mp4"
    async with client.session.get(url, headers={"Range": "bytes=10-19"}) as response:
        assert (response.status, await response.read()) == (206, bytes(range(10, 20)))
        assert "sandbox" in response.headers["Content-Security-Policy"]


async def test_a_preview_of_a_wide_picture_fits_its_format(client: FieldClient, server: LiveServer) -> None:
    Image.new("RGB", (20_000, 10)).save(server.home / "output/wide.png")
    status, body, _ = await view(client, filename="wide.png", preview="webp")
    assert status == 200
    assert Image.open(BytesIO(body)).size[0] == 16383


# ---- folders ----


@pytest.mark.parametrize(
    ("folder", "place"),
    [
        ("user", "output/user"),
        ("user", "input"),
        ("input", "temp/input"),
        ("output", "temp"),
        ("user", "temp/x"),
        ("output", "user/owners/x"),
        ("temp", "user/owners"),
    ],
)
def test_folders_that_would_give_away_or_delete_others_are_refused(tmp_path: Path, folder: str, place: str) -> None:
    settings = Settings.under(tmp_path, **{f"{folder}_dir": str(tmp_path / place)})
    with pytest.raises(FolderError, match=rf"The {folder} folder .* lies in"):
        data_folders(settings)


def test_a_link_does_not_hide_where_a_folder_lies(tmp_path: Path) -> None:
    (tmp_path / "output/user").mkdir(parents=True)
    (tmp_path / "user").symlink_to(tmp_path / "output/user")
    with pytest.raises(FolderError, match="The user folder"):
        data_folders(Settings.under(tmp_path))


def test_unfinished_files_of_a_killed_server_are_swept(tmp_path: Path) -> None:
    folders = DataFolders.of(Settings.under(tmp_path))
    deep = folders.output / "sub"
    deep.mkdir(parents=True)
    old, young, other = deep / ".0123456789abcdef.partial", deep / ".fedcba9876543210.partial", deep / "a.partial"
    for path in (old, young, other):
        path.touch()
    os.utime(old, (0, 0))
    os.utime(other, (0, 0))
    sweep_partials([folders.output, folders.input])
    assert sorted(deep.iterdir()) == sorted([young, other])
    shutil.rmtree(deep)
