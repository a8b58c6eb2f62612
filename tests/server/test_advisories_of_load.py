"""What was published against servers of this kind, tried here: content that takes all the room and time there is.

One test for each advisory, as in ``test_advisories.py``. None looks at a clock: what is endless never comes to its end.
"""

import asyncio
import gzip
import json
import logging
import struct
from io import BytesIO

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer, chain
from PIL import Image
from test_advisories import Attacker
from test_advisories_of_content import least, loaded

from nodegraph.server.files import UPLOAD_LIMIT


@pytest.fixture
def attacker(session: aiohttp.ClientSession, server: LiveServer) -> Attacker:
    return Attacker(session, server)


def saved(format: str = "PNG", *, side: int = 8) -> bytes:
    buffer = BytesIO()
    Image.new("RGB", (side, side)).save(buffer, format)
    return buffer.getvalue()


async def still_works(attacker: Attacker) -> None:
    """A job runs to its end."""
    api = Api(attacker.session, attacker.url)
    assert (await api.end(await api.submit(chain(1))))["state"] == "done"


async def test_cve_2024_10821_a_boundary_that_does_not_end(attacker: Attacker) -> None:
    form = b'--x\r\nContent-Disposition: form-data; name="image"; filename="a.png"\r\n\r\n' + saved()
    for tail in (
        b"\r\n--x--" + b"-" * 4_000_000,
        b"\r\n--x" + b"-" * 4_000_001,
        b"\r\n--" * 1_000_000,
        b"\r" * 4_000_000,
    ):
        for path in ("/upload/image", "/upload/mask"):
            headers = {"Content-Type": "multipart/form-data; boundary=x"}
            status, _, _ = await attacker.send("POST", path, data=form + tail, headers=headers)
            assert status == 400
    await still_works(attacker)


async def test_cve_2024_11043_names_without_end(attacker: Attacker) -> None:
    name = "x" * 1_000_000
    for path, body in {
        "/api/v1/jobs": {"prompt": chain(1), "job": name},
        "/api/v1/userdata/folders": {"path": name},
        "/api/v1/userdata/move": {"from": "a.json", "to": f"workflows/{name}.json"},
    }.items():
        await attacker.refused("POST", path, json=body)
    assert (await attacker.upload(saved(), f"{name}.png"))[0] == 400


async def test_cve_2026_111985_the_length_of_a_header(attacker: Attacker) -> None:
    folder = attacker.home / "models/checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    header = json.dumps({"a": {"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 60]}}).encode()
    for content in (
        struct.pack("<Q", (1 << 64) - 1),
        struct.pack("<Q", 99_999_999) + b"{}",
        struct.pack("<Q", 0),
        struct.pack("<Q", 200_000) + b"[" * 200_000,
        struct.pack("<Q", len(header)) + header,
    ):
        (folder / "long.safetensors").write_bytes(content)
        await attacker.refused("GET", "/view_metadata/checkpoints?filename=long.safetensors")
        await attacker.failed_job(loaded("long.safetensors"))
    (folder / "long.safetensors").unlink()


async def test_cve_2025_69223_bodies_that_inflate(attacker: Attacker) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    for path in (
        "/prompt",
        "/api/v1/jobs",
        "/upload/image",
        "/api/v1/uploads?name=a.png",
        "/userdata/a.txt",
        "/settings",
    ):
        for coding in ("gzip", "deflate", "br", "zstd"):
            headers = {"Content-Encoding": coding, "Content-Type": "application/json"}
            status, _, _ = await attacker.send("POST", path, data=bomb, headers=headers)
            assert status == 415, (path, coding)


async def test_cve_2026_34517_a_field_that_is_a_file(attacker: Attacker) -> None:
    field = b'--x\r\nContent-Disposition: form-data; name="subfolder"\r\n\r\n' + bytes(1_000_000) + b"\r\n--x--\r\n"
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    assert (await attacker.send("POST", "/upload/image", data=field, headers=headers))[0] == 413
    assert least("aiohttp") >= (3, 14, 4)


async def test_cve_2025_69228_many_files_in_one_form(attacker: Attacker) -> None:
    """Together they may not be larger than one may; of those that come, none is left behind."""
    form = aiohttp.FormData()
    for _ in range(3):
        form.add_field("image", bytes(UPLOAD_LIMIT // 3 + 1000), filename="a.png")
    async with attacker.session.post(f"{attacker.url}/upload/image", data=form) as response:
        assert response.status in (400, 413)
    assert not list((attacker.home / "temp").glob(".upload-*"))


async def chunked(attacker: Attacker, path: str, body: bytes, trailers: bytes = b"") -> bytes:
    """Send a body in chunks of our own; the answer, as far as one comes while somebody would wait."""
    host, port = attacker.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    try:
        async with asyncio.timeout(10):
            writer.write(head.encode() + body + b"0\r\n" + trailers + b"\r\n")
            await writer.drain()
            return await reader.read()
    except (ConnectionError, TimeoutError):
        return b""
    finally:
        writer.transport.abort()


async def test_cve_2025_69229_a_body_in_very_many_chunks(attacker: Attacker) -> None:
    answer = await chunked(attacker, "/prompt", b"1\r\n \r\n" * 300_000)
    assert answer.startswith(b"HTTP/1.1 400"), answer[:200]
    await still_works(attacker)


async def test_cve_2026_22815_headers_and_trailers_without_end(attacker: Attacker) -> None:
    lines = b"".join(b"X-%d: %s\r\n" % (index, b"x" * 1000) for index in range(20_000))
    answer = await chunked(attacker, "/prompt", b"2\r\n{}\r\n", trailers=lines)
    assert b" 200 " not in answer[:20]
    host, port = attacker.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    answer = b""
    try:
        async with asyncio.timeout(10):
            writer.write(b"GET /queue HTTP/1.1\r\nHost: localhost\r\n" + lines + b"\r\n")
            await writer.drain()
            answer = await reader.read()
    except (ConnectionError, TimeoutError):
        pass
    writer.transport.abort()
    assert b" 200 " not in answer[:20]
    await still_works(attacker)


async def test_cve_2025_69230_cookies_that_fill_the_log(attacker: Attacker, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    cookies = ";".join(f"bad[{index}]=x" for index in range(400))
    for path in ("/", "/queue", "/api/v1/status"):
        status, _, _ = await attacker.send("GET", path, headers={"Cookie": cookies})
        assert status == 200
    assert len([record for record in caplog.records if "ookie" in record.getMessage()]) < 10


# ---- pictures ----


async def is_no_picture(attacker: Attacker, content: bytes) -> None:
    """By whatever name, it is not taken."""
    for name in ("a.png", "a.psd", "a.gif"):
        assert (await attacker.upload(content, name))[0] == 400
        await attacker.refused("POST", f"/api/v1/uploads?name={name}", data=content)


async def test_cve_2021_27921_a_size_inside_of_blp(attacker: Attacker) -> None:
    await is_no_picture(attacker, b"BLP2" + struct.pack("<IBBBBII", 1, 1, 0, 0, 0, 60_000, 60_000) + bytes(2000))


async def test_cve_2021_27922_a_size_inside_of_icns(attacker: Attacker) -> None:
    await is_no_picture(attacker, saved("ICNS", side=32))


async def test_cve_2021_27923_a_size_inside_of_ico(attacker: Attacker) -> None:
    await is_no_picture(attacker, saved("ICO", side=32))


async def test_cve_2022_45198_a_gif_that_inflates(attacker: Attacker) -> None:
    content = bytearray(saved("GIF"))
    struct.pack_into("<HH", content, 6, 0xFFFF, 0xFFFF)  # the size of the whole
    await is_no_picture(attacker, bytes(content))


async def test_cve_2022_45199_a_tiff_of_very_many_samples(attacker: Attacker) -> None:
    content = bytearray(saved("TIFF"))
    first = int(struct.unpack_from("<I", content, 4)[0])
    (count,) = struct.unpack_from("<H", content, first)
    for entry in range(first + 2, first + 2 + 12 * count, 12):
        if struct.unpack_from("<H", content, entry)[0] == 277:  # SamplesPerPixel
            struct.pack_into("<HII", content, entry + 2, 4, 1, 0x7FFFFFFF)
            break
    else:
        raise AssertionError("Pillow wrote no such tag")
    await is_no_picture(attacker, bytes(content))


async def test_cve_2026_25990_tiles_of_a_psd(attacker: Attacker) -> None:
    psd = b"8BPS" + struct.pack(">HIHHIIHH", 1, 0, 0, 3, 8, 8, 8, 3) + bytes(12) + bytes(2000)
    with Image.open(BytesIO(psd)) as image:
        assert image.format == "PSD"
    await is_no_picture(attacker, psd)


async def test_cve_2026_40192_a_fits_that_inflates(attacker: Attacker) -> None:
    lines = ("SIMPLE  =                    T", "BITPIX  =                    8", "NAXIS   =                    2")
    more = ("NAXIS1  =                    8", "NAXIS2  =                    8", "END")
    fits = b"".join(line.ljust(80).encode() for line in (*lines, *more)).ljust(2880) + bytes(2880)
    with Image.open(BytesIO(fits)) as image:
        assert image.format == "FITS"
    await is_no_picture(attacker, fits)


def test_ghsa_5x8w_8jj5_q52h_no_pillow_whose_jpeg_decoder_overflows() -> None:
    """Of the formats that are taken; which nothing but the library can put right."""
    assert least("pillow") >= (13,)
