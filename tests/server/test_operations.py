"""Typed operations on an application of their own: what handlers are given, and what is answered."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from nodegraph.errors import MissingFileError
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.replies import errors_as_answers

operations = Operations("Test")

GREETING = web.AppKey("greeting", str)


class Search(msgspec.Struct):
    text: str = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=500)] = 10
    least: int | None = None
    all: bool = False
    tags: list[str] = []


class Conditions(msgspec.Struct):
    match: str | None = msgspec.field(default=None, name="If-Match")


class Box(msgspec.Struct):
    name: str
    size: int = 1


class Options(msgspec.Struct):
    running: bool = False


@operations.get("/api/v1/search")
async def search(app: web.Application, query: Search) -> dict[str, Any]:
    """Find."""
    return {"greeting": app[GREETING], **msgspec.to_builtins(query)}


@operations.put("/api/v1/boxes/{shelf}/{path:.+}", errors=(404,), status=(200, 201), sends=("ETag",))
async def put_box(shelf: str, path: str, body: Box, headers: Conditions) -> Reply[Box]:
    """Put a box."""
    if shelf == "none":
        raise MissingFileError("There is no such shelf.")
    if shelf == "broken":
        raise RuntimeError("secret of the house")
    return Reply(Box(f"{shelf}|{path}|{body.name}|{headers.match}", body.size), 201, {"ETag": '"1"'})


@operations.post("/api/v1/pause")
async def pause(body: Options) -> None:
    """Nothing comes back."""
    assert isinstance(body.running, bool)


@operations.put("/api/v1/raw", produces="text/plain")
async def put_raw(request: web.Request, body: bytes) -> web.Response:
    """Bytes as they came."""
    return web.Response(text=f"{request.method} {len(body)}")


@pytest.fixture
async def client() -> AsyncIterator[TestClient[web.Request, web.Application]]:
    app = web.Application(middlewares=[errors_as_answers], client_max_size=1000)
    app[GREETING] = "hello"
    operations.register(app)
    async with TestClient(TestServer(app)) as running:
        yield running


Client = TestClient[web.Request, web.Application]


async def refusal(response: Any) -> tuple[int, str, str]:
    body = await response.json()
    assert body.keys() == {"error", "node_errors"}
    return response.status, body["error"]["type"], body["error"]["message"]


async def test_a_query_becomes_a_struct(client: Client) -> None:
    response = await client.get("/api/v1/search?text=%C3%A9&limit=20&all=true&tags=a&tags=b&other=1")
    assert await response.json() == {
        "greeting": "hello",
        "text": "é",
        "limit": 20,
        "least": None,
        "all": True,
        "tags": ["a", "b"],
    }
    assert await (await client.get("/api/v1/search")).json() == {"greeting": "hello", **msgspec.to_builtins(Search())}


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "$.limit"), ("limit=x", "$.limit"), ("all=perhaps", "$.all"), ("least=null", "'least'")],
)
async def test_a_query_that_does_not_fit_is_refused_by_name(client: Client, query: str, field: str) -> None:
    status, kind, message = await refusal(await client.get(f"/api/v1/search?{query}"))
    assert (status, kind) == (400, "invalid_request")
    assert field in message


async def test_path_body_and_headers_are_read_status_and_headers_sent(client: Client) -> None:
    response = await client.put("/api/v1/boxes/a/b/c%2Fd%20e", json={"name": "n"}, headers={"if-match": "x"})
    assert response.status == 201
    assert response.headers["ETag"] == '"1"'
    assert await response.json() == {"name": "a|b/c/d e|n|x", "size": 1}


async def test_a_rest_of_the_path_is_any_text(client: Client) -> None:
    response = await client.put(URL("/api/v1/boxes/a/b%0Ac%0D%E2%80%A8/%00", encoded=True), json={"name": "n"})
    assert (await response.json())["name"] == "a|b\nc\r\u2028/\0|n|None"


async def test_nothing_is_204_and_an_empty_body_is_an_empty_object(client: Client) -> None:
    response = await client.post("/api/v1/pause")
    assert response.status == 204
    assert await response.read() == b""
    status, _, message = await refusal(await client.put("/api/v1/boxes/a/b"))
    assert status == 400
    assert "missing required field `name`" in message


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b'{"name": 1}',
        b"[]",
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b"[" * 900,
        b'{"name":"","size":1e9999}',
    ],
)
async def test_a_body_that_does_not_fit_is_refused(client: Client, body: bytes) -> None:
    response = await client.put("/api/v1/boxes/a/b", data=body, headers={"Content-Type": "application/json"})
    assert (await refusal(response))[:2] == (400, "invalid_request")


async def test_raw_bodies_come_as_they_are(client: Client) -> None:
    response = await client.put("/api/v1/raw", data=b"\x00\xff")
    assert await response.text() == "PUT 2"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"])
async def test_another_content_type_is_refused(client: Client, kind: str) -> None:
    response = await client.post("/api/v1/pause", data=b"{}", headers={"Content-Type": kind})
    assert (await refusal(response))[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
async def test_every_kind_of_json_is_read(client: Client, kind: str) -> None:
    response = await client.post("/api/v1/pause", data=b'{"running": true}', headers={"Content-Type": kind})
    assert response.status == 204


async def test_errors_have_one_shape(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    box = {"name": "n"}
    assert await refusal(await client.put("/api/v1/boxes/none/b", json=box)) == (
        404,
        "not_found",
        "There is no such shelf.",
    )
    assert await refusal(await client.get("/api/v1/none")) == (404, "not_found", "GET /api/v1/none: Not Found")
    response = await client.delete("/api/v1/raw")
    assert (await refusal(response))[:2] == (405, "method_not_allowed")
    assert response.headers["Allow"] == "PUT"
    assert (await refusal(await client.put("/api/v1/raw", data=b"x" * 2000)))[0] == 413
    status, kind, message = await refusal(await client.put("/api/v1/boxes/broken/b", json=box))
    assert (status, kind) == (500, "server_error")
    assert "secret" not in message
    assert "secret of the house" in caplog.text


@pytest.mark.parametrize(
    "request_line",
    [
        b"GET /api/v1/search?text=\xff HTTP/1.1",
        b"GET /api/v1/search?text=%FF HTTP/1.1",
        b"GET /api/v1/search?text=%00 HTTP/1.1",
        b"GET /api/v1/\xff HTTP/1.1",
        b"GET /api/v1/%ff HTTP/1.1",
        b"PUT /api/v1/boxes/a/\xff HTTP/1.1\r\nContent-Length: 12\r\nIf-Match: x",
        b"PUT /api/v1/boxes/a/%C3%28 HTTP/1.1\r\nContent-Length: 12",
        b"PUT /api/v1/boxes/a/b HTTP/1.1\r\nContent-Length: 12\r\nIf-Match: \xff",
    ],
)
async def test_bytes_that_are_no_text_do_no_harm_wherever_they_stand(client: Client, request_line: bytes) -> None:
    reader, writer = await asyncio.open_connection(client.host, client.port)
    writer.write(request_line + b'\r\nHost: localhost\r\nConnection: close\r\n\r\n{"name":"n"}')
    answer = await reader.read()
    writer.close()
    assert int(answer.split()[1]) < 500, answer


def test_a_table_knows_what_it_serves() -> None:
    by_name = {operation.name: operation for operation in operations.table}
    box = by_name["put_box"]
    assert box.path_names == ["shelf", "path"]
    assert box.gives is Box
    assert box.errors == {400, 401, 403, 404, 413, 415, 429, 500}
    assert by_name["pause"].statuses == (204,)
    assert by_name["put_raw"].errors == {400, 401, 403, 413, 415, 429, 500}
    assert by_name["search"].tag == "Test"
