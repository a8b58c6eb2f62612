"""What the server says to requests that no operation takes: always no, always in one shape, never a defect."""

import asyncio
import gzip
import json
from typing import Any

import aiohttp
import pytest
from live_server import LiveServer


async def answer(server: LiveServer, head: bytes, body: bytes = b"") -> tuple[int, bytes, bytes]:
    """Status, headers and body of the answer to a request that no client library would send."""
    port = int(server.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head + b"\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" + body)
    headers, _, content = (await asyncio.wait_for(reader.read(), 60)).partition(b"\r\n\r\n")
    writer.close()
    return int(headers.split()[1]), headers, content


def problem(body: Any) -> str:
    assert body.keys() == {"error", "node_errors"}
    assert body["error"].keys() == {"type", "message", "details", "extra_info"}
    return str(body["error"]["type"])


@pytest.mark.parametrize(
    "path", ["/api/v1/none", "/api/v1", "/api/v1/jobs/a/none", "/api/none", "/api/v1/%00", "/api/v1/%ff"]
)
async def test_what_is_not_there_is_404(server: LiveServer, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(server.url + path) as response:
        assert response.status == 404
        assert problem(await response.json()) == "not_found"


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/v1/status", {"GET", "HEAD"}),
        ("GET", "/api/v1/queue/pause", {"POST"}),
        ("TRACE", "/api/v1/jobs", {"GET", "HEAD", "POST"}),
    ],
)
async def test_another_method_is_405_and_says_which_there_are(
    server: LiveServer, session: aiohttp.ClientSession, method: str, path: str, allowed: set[str]
) -> None:
    async with session.request(method, server.url + path) as response:
        assert response.status == 405
        assert problem(await response.json()) == "method_not_allowed"
        assert set(response.headers["Allow"].split(",")) == allowed


async def test_a_socket_without_its_handshake_is_400(server: LiveServer, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{server.url}/api/v1/ws") as response:
        assert response.status == 400
        assert problem(await response.json()) == "bad_request"


async def test_a_foreign_page_is_told_in_the_same_shape(server: LiveServer, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{server.url}/api/v1/status", headers={"Origin": "http://evil.example"}) as response:
        assert response.status == 403
        problem(await response.json())


@pytest.mark.parametrize(
    "job", ["%00", "%FF", "%C3%28", "a%2Fb", "%2e%2e", "%F0%9F%98%80", "x" * 5000, "%27%3B--", "a%0d%0ab"]
)
@pytest.mark.parametrize("path", ["/api/v1/jobs/", "/api/v1/examples/", "/api/v1/userdata/versions/"])
async def test_names_of_nothing_are_nothing_worse(server: LiveServer, path: str, job: str) -> None:
    status, headers, body = await answer(server, f"GET {path}{job} HTTP/1.1".encode())
    assert status in {400, 403, 404}
    assert b"application/json" in headers
    problem(json.loads(body))


@pytest.mark.parametrize(
    "head",
    [
        b"GET /api/v1/jobs?before=\xff HTTP/1.1",
        b"GET /api/v1/jobs?limit=%00 HTTP/1.1",
        b"GET /api/v1/jobs?state=%FF HTTP/1.1",
        b"GET /api/v1/jobs/\xff HTTP/1.1",
        b"GET /api/v1/status?" + b"x" * 10_000 + b" HTTP/1.1",
        b"GET /api/v1/status HTTP/1.1\r\nX: " + b"x" * 100_000,
        b"GET /api/v1/status HTTP/1.1\r\nbad header",
        b"GET /api/v1/status HTTP/7.7",
        b"\x16\x03\x01",
        b"POST /api/v1/jobs HTTP/1.1\r\nContent-Length: -1",
        b"POST /api/v1/jobs HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 2",
        b"POST /api/v1/jobs HTTP/1.1\r\nContent-Encoding: gzip\r\nContent-Length: 2",
        b"POST /api/v1/jobs HTTP/1.1\r\nIdempotency-Key: \xff\r\nContent-Length: 2",
        b"POST /api/v1/jobs HTTP/1.1\r\nContent-Type: application/json; charset=klingon\r\nContent-Length: 2",
        b"POST /api/v1/jobs HTTP/1.1\r\nContent-Type: \xff\r\nContent-Length: 2",
        b"POST /api/v1/queue/pause HTTP/1.1\r\nContent-Encoding: deflate\r\nContent-Length: 2",
    ],
)
async def test_broken_requests_are_the_client_s_fault(server: LiveServer, head: bytes) -> None:
    status, _, body = await answer(server, head, b"{}")
    assert 400 <= status < 500, body


async def test_a_body_that_stops_midway_harms_nobody(server: LiveServer, session: aiohttp.ClientSession) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", int(server.url.rpartition(":")[2]))
    writer.write(b'POST /api/v1/jobs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n{"prompt":')
    await writer.drain()
    writer.close()
    async with session.get(f"{server.url}/api/v1/status") as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("method", "path", "media"),
    [
        ("PUT", "/api/v1/userdata/files/packed", "application/octet-stream"),
        ("POST", "/userdata/packed", "application/octet-stream"),
        ("PATCH", "/api/v1/settings", "application/json"),
        ("POST", "/api/v1/jobs", "application/json"),
        ("POST", "/api/prompt", "application/json"),
        ("POST", "/upload/image", "multipart/form-data; boundary=x"),
    ],
)
@pytest.mark.parametrize("coding", ["gzip", "Deflate", "br", "identity, gzip", "unknown"])
async def test_nothing_is_inflated(server: LiveServer, method: str, path: str, media: str, coding: str) -> None:
    body = gzip.compress(bytes(10_000_000))
    first = f"{method} {path} HTTP/1.1\r\nContent-Type: {media}\r\nContent-Encoding: {coding}"
    status, _, content = await answer(server, f"{first}\r\nContent-Length: {len(body)}".encode(), body)
    assert (status, problem(json.loads(content))) == (415, "unsupported_media_type")
