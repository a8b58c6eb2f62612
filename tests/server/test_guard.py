"""Who may talk to the server."""

import aiohttp
import pytest
from live_server import LiveServer

from nodegraph.server.security import UnsafeHostError, check_listen_address, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1", "[::1]", "app.localhost"])
def test_loopback_hosts_may_be_listened_on(host: str) -> None:
    assert is_loopback(host)
    check_listen_address(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.0.2", "example.org", "localhost.example.org", "", "1270.0.1"]
)
def test_others_are_refused_with_the_reason(host: str) -> None:
    with pytest.raises(UnsafeHostError, match="access tokens"):
        check_listen_address(host)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "SELF"}, 200),
        ({"Origin": "http://127.0.0.1"}, 200),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[evil"}, 403),
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:8188", "Origin": "http://evil.example:8188"}, 403),
        ({"Host": "localhost"}, 200),
    ],
)
@pytest.mark.parametrize("path", ["/queue", "/api/v1/status"])
async def test_hosts_and_origins(
    server: LiveServer, session: aiohttp.ClientSession, headers: dict[str, str], status: int, path: str
) -> None:
    sent = {name: value.replace("SELF", server.url) for name, value in headers.items()}
    async with session.get(server.url + path, headers=sent) as response:
        assert response.status == status


@pytest.mark.parametrize("path", ["/ws", "/api/ws", "/api/v1/ws"])
async def test_pages_of_others_get_no_socket(server: LiveServer, session: aiohttp.ClientSession, path: str) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await session.ws_connect(server.url + path, origin="http://evil.example")
    assert refused.value.status == 403
    socket = await session.ws_connect(server.url + path, origin=server.url)
    await socket.close()


async def test_the_page_is_there_and_may_only_load_its_own(server: LiveServer, session: aiohttp.ClientSession) -> None:
    async with session.get(server.url) as response:
        assert response.status == 200
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        assert "nodegraph" in await response.text()
