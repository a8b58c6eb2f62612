"""Who may talk to the server."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from live_server import LiveServer

from nodegraph.cli.main import cli
from nodegraph.server.security import (
    Access,
    AccessError,
    ForeignRequestError,
    is_loopback,
    needs_tokens,
    only_for_this_computer,
)
from nodegraph.settings import Settings

PATHS = ["/", "/queue", "/api/queue", "/api/v1/status", "/api/v1/examples", "/view?filename=a.png", "/nowhere"]
"""The page, the field's routes under both prefixes, our own, files, and what does not exist."""


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]", "app.localhost"])
def test_loopback_hosts_reach_this_computer_only(host: str) -> None:
    assert is_loopback(host)
    assert only_for_this_computer(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "[::]", "0", "192.168.0.2", "example.org", "localhost.example.org", "", "1270.0.1"]
)
def test_all_others_need_tokens_unless_they_are_asked_not_to(host: str, tmp_path: Path) -> None:
    assert not only_for_this_computer(host)
    assert needs_tokens(Settings.under(tmp_path, host=host))
    assert not needs_tokens(Settings.under(tmp_path, host=host, insecure=True))
    assert needs_tokens(Settings.under(tmp_path, host=host, insecure=True, require_token=True))


def test_a_loopback_name_that_leads_elsewhere_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(host: str, *_: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("127.0.0.1", "192.168.0.2")]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert not only_for_this_computer("localhost")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "SELF"}, 200),
        ({"Origin": "http://127.0.0.1"}, 403),  # another program's page, on port 80 of this computer
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "https://127.0.0.1"}, 403),
        ({"Origin": "ftp://127.0.0.1:PORT"}, 403),
        ({"Origin": "http://localhost:PORT"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:PORT@evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:PORT.evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": ""}, 403),
        ({"Origin": "file://"}, 403),
        ({"Origin": "http://[evil"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:8188", "Origin": "http://evil.example:8188"}, 403),  # DNS rebinding
        ({"Host": "evil.example@127.0.0.1"}, 403),
        ({"Host": "127.0.0.1/evil.example"}, 403),
        ({"Host": "127.0.0.1:PORT:80"}, 403),
        ({"Host": "[::1"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "localhost"}, 200),
        ({"Host": "LocalHost.:8188"}, 200),
        ({"Host": "[::1]:8188", "Origin": "http://[::1]:8188"}, 200),
        ({"Host": "localhost", "Origin": "https://localhost"}, 200),  # behind a proxy that speaks TLS
        # Pages of others, where a browser sends no Origin: pictures, scripts, frames, forms with GET.
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "object"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 200),
        ({"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200),
    ],
)
@pytest.mark.parametrize("path", PATHS)
async def test_hosts_and_origins(
    server: LiveServer, session: aiohttp.ClientSession, headers: dict[str, str], status: int, path: str
) -> None:
    port = server.url.rpartition(":")[2]
    sent = {name: value.replace("SELF", server.url).replace("PORT", port) for name, value in headers.items()}
    async with session.get(server.url + path, headers=sent) as response:
        if status == 403:
            assert response.status == 403
        else:
            assert response.status != 403
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Access-Control-Allow-Origin" not in response.headers


@pytest.mark.parametrize("path", ["/prompt", "/interrupt", "/upload/image", "/api/v1/jobs"])
async def test_a_page_of_others_cannot_post_by_pretending_to_be_a_link(
    server: LiveServer, session: aiohttp.ClientSession, path: str
) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    async with session.post(server.url + path, headers=headers, data="{}") as response:
        assert response.status == 403
        if path.startswith("/api/v1"):
            assert (await response.json())["error"]["type"] == "foreign_request"


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/api/v1/ws"])
@pytest.mark.parametrize("origin", ["http://evil.example", "null"])
async def test_pages_of_others_get_no_socket(
    server: LiveServer, session: aiohttp.ClientSession, path: str, origin: str
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(server.url + path, origin=origin)
    assert refused.value.status == 403
    rebound = {"Host": "evil.example:8188"}
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(server.url + path, origin="http://evil.example:8188", headers=rebound)
    assert refused.value.status == 403
    socket = await session.ws_connect(server.url + path, origin=server.url)
    await socket.close()


async def test_the_page_is_there_and_may_only_load_its_own(server: LiveServer, session: aiohttp.ClientSession) -> None:
    async with session.get(server.url) as response:
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert "nodegraph" in await response.text()


async def test_the_word_that_lets_styles_in_is_new_every_time(
    server: LiveServer, session: aiohttp.ClientSession
) -> None:
    words = set()
    for _ in range(3):
        async with session.get(server.url) as response:
            found = re.search("'nonce-([^']{20,})'", response.headers["Content-Security-Policy"])
            text = await response.text()
        assert found is not None
        assert found[1] in text
        assert "NODEGRAPH_NONCE" not in text
        words.add(found[1])
    assert len(words) == 3


async def test_every_answer_is_inert_unless_it_is_the_page(server: LiveServer, session: aiohttp.ClientSession) -> None:
    for path in [*PATHS[1:], "/object_info/SolidMask", "/history", "/upload/image", "/view"]:
        async with session.get(server.url + path) as response:
            assert "sandbox" in response.headers["Content-Security-Policy"], path
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"


# ---- what the operator allows ----

FRIEND = "https://friend.example"


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("open")
    live = LiveServer(home, allow_hosts=("Graph.Example.org",), allow_origins=(FRIEND, "http://localhost:3000/"))
    yield live
    live.stop()


@pytest.fixture
async def visitor(open_server: LiveServer) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(open_server.url) as session:
        yield session


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"Host": "graph.example.org"}, True),
        ({"Host": "graph.example.org.:443", "Origin": "https://graph.example.org."}, True),
        ({"Host": "graph.example.org", "Origin": "https://graph.example.org"}, True),
        ({"Host": "graph.example.org", "Origin": "https://graph.example.org:8443"}, False),
        ({"Host": "sub.graph.example.org"}, False),
        ({"Host": "example.org"}, False),
        ({"Origin": FRIEND}, True),
        ({"Origin": f"{FRIEND}:443"}, False),  # no browser sends it
        ({"Origin": "http://friend.example"}, False),
        ({"Origin": "https://friend.example.evil.example"}, False),
        ({"Origin": "http://localhost:3000"}, True),
        ({"Origin": "http://localhost:3001"}, False),
        ({"Origin": "null"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": FRIEND}, True),
    ],
)
async def test_allowed_hosts_and_origins(
    visitor: aiohttp.ClientSession, headers: dict[str, str], allowed: bool
) -> None:
    async with visitor.get("/api/v1/status", headers=headers) as response:
        assert response.status == (200 if allowed else 403)
        expected = headers["Origin"] if allowed and headers.get("Origin") in (FRIEND, "http://localhost:3000") else None
        assert response.headers.get("Access-Control-Allow-Origin") == expected
        assert response.headers["Vary"] == "Origin"


async def test_preflights_of_allowed_origins_only(visitor: aiohttp.ClientSession) -> None:
    ask = {"Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "if-match"}
    for path in ("/api/v1/status", "/prompt", "/api/prompt"):
        async with visitor.options(path, headers={**ask, "Origin": FRIEND}) as response:
            assert response.status == 204
            assert response.headers["Access-Control-Allow-Origin"] == FRIEND
            assert "PUT" in response.headers["Access-Control-Allow-Methods"]
            allowed = response.headers["Access-Control-Allow-Headers"].split(", ")
            assert {"If-Match", "Last-Event-ID"} <= set(allowed)
        async with visitor.options(path, headers={**ask, "Origin": "https://evil.example"}) as response:
            assert response.status == 403
            assert "Access-Control-Allow-Origin" not in response.headers
        async with visitor.options(path, headers=ask) as response:
            assert response.status == (405 if path.startswith("/api/v1/") else 200)
            assert "Access-Control-Allow-Origin" not in response.headers


async def test_errors_may_be_read_by_allowed_origins_too(visitor: aiohttp.ClientSession) -> None:
    async with visitor.get("/view?filename=gone.png", headers={"Origin": FRIEND}) as response:
        assert response.status == 404
        assert response.headers["Access-Control-Allow-Origin"] == FRIEND


@pytest.mark.parametrize("path", ["/ws", "/api/v1/ws"])
async def test_sockets_of_allowed_origins(visitor: aiohttp.ClientSession, path: str) -> None:
    socket = await visitor.ws_connect(path, origin=FRIEND)
    assert (await socket.receive(timeout=30)).type is aiohttp.WSMsgType.TEXT
    await socket.close()


@pytest.mark.parametrize("host", ["", "*", "*.example.org", "http://a", "a:80", "a/b", "a b", "a@b", ".", "-"])
def test_hosts_that_are_none(tmp_path: Path, host: str) -> None:
    with pytest.raises(AccessError, match="cannot be allowed as a host"):
        Access.of(Settings.under(tmp_path, allow_hosts=(host,)))


@pytest.mark.parametrize(
    "origin", ["", "*", "null", "a", "//a", "https://a/b", "https://*.a", "https://a:x", "https://"]
)
def test_origins_that_are_none(tmp_path: Path, origin: str) -> None:
    with pytest.raises(AccessError, match="cannot be allowed as an origin"):
        Access.of(Settings.under(tmp_path, allow_origins=(origin,)))


@given(host=st.text(max_size=30), origin=st.text(max_size=30))
def test_no_host_and_no_origin_breaks_the_check(host: str, origin: str) -> None:
    access = Access(frozenset({"graph.example.org"}), frozenset({FRIEND}))
    for name in (host, "localhost"):
        try:
            access.check("GET", name, {"Origin": origin})
        except ForeignRequestError:
            continue
        assert origin.lower().removeprefix("http://").removeprefix("https://").startswith(name.lower().rstrip(".")[:1])


async def test_a_request_with_two_hosts_is_no_request(server: LiveServer) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /queue HTTP/1.1\r\nHost: 127.0.0.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n")
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status in (b"400", b"403")


async def test_a_request_that_names_no_host_is_refused(server: LiveServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before HTTP/1.1 it may: that must not ask the system, which may be slow, what this computer is called."""
    monkeypatch.setattr(socket, "getfqdn", lambda *_: "localhost")
    host, port = server.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /queue HTTP/1.0\r\n\r\n")
    status = (await reader.readline()).split()[1]
    writer.close()
    assert status == b"403"


def test_the_command_line_says_what_cannot_be_allowed(tmp_path: Path) -> None:
    for option, message in (
        (["--allow-host", "a.example", "--allow-host", "http://b.example"], "cannot be allowed as a host"),
        (["--allow-origin", "*"], "There is no wildcard"),
    ):
        result = CliRunner().invoke(cli, ["serve", "--home", str(tmp_path), "--port", "0", *option])
        assert result.exit_code == 1
        assert message in result.output
    variables = {"NODEGRAPH_ALLOW_ORIGIN": "https://a.example https://b.example/path"}
    result = CliRunner().invoke(cli, ["serve", "--home", str(tmp_path), "--port", "0"], env=variables)
    assert "'https://b.example/path' cannot be allowed" in result.output
