"""What is open ends with the right to it, and one client cannot have everything open."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from live_server import LiveServer

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook

LIMIT = 5


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that asks for tokens and lets each open few sockets."""
    live = LiveServer(tmp_path_factory.mktemp("home"), require_token=True, sockets_per_token=LIMIT)
    yield live
    live.stop()


@pytest.fixture
def book(guarded: LiveServer) -> Iterator[TokenBook]:
    """The tokens of the running server, as another process has them: what ``nodegraph tokens`` uses."""
    opened = TokenBook.of(Path(guarded.settings.user_dir))
    yield opened
    opened.close()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as open_session:
        yield open_session


async def close_code(socket: aiohttp.ClientWebSocketResponse) -> int | None:
    """With what the server ends a socket."""
    async with asyncio.timeout(30):
        async for _ in socket:
            pass
    return socket.close_code


@pytest.mark.parametrize("path", ["/ws", "/api/v1/ws"])
async def test_a_socket_ends_when_its_token_is_revoked_and_others_go_on(
    guarded: LiveServer, session: aiohttp.ClientSession, book: TokenBook, path: str
) -> None:
    kept, revoked = (book.make(f"{name} {path}", Scope.RUN)[1] for name in ("kept", "revoked"))
    sockets = [
        await session.ws_connect(guarded.url + path, headers={"Authorization": f"Bearer {secret}"})
        for secret in (kept, revoked)
    ]
    book.revoke(f"revoked {path}")
    assert await close_code(sockets[1]) == aiohttp.WSCloseCode.POLICY_VIOLATION
    await sockets[0].ping()
    assert not sockets[0].closed
    await sockets[0].close()


async def test_an_event_stream_ends_when_its_token_is_revoked(
    guarded: LiveServer, session: aiohttp.ClientSession, book: TokenBook
) -> None:
    _, secret = book.make("of a stream", Scope.READ)
    headers = {"Authorization": f"Bearer {secret}"}
    async with session.get(f"{guarded.url}/api/v1/events", headers=headers) as response:
        assert response.status == 200
        book.revoke("of a stream")
        with pytest.raises(aiohttp.ClientError):
            await asyncio.wait_for(response.content.read(), 30)


async def test_sockets_end_when_their_browser_signs_out(
    guarded: LiveServer, session: aiohttp.ClientSession, book: TokenBook
) -> None:
    _, secret = book.make("of a browser", Scope.RUN)
    url = f"{guarded.url}/api/v1/session"
    async with session.post(url, json={"token": secret}) as response:
        assert response.status == 200
    socket = await session.ws_connect(f"{guarded.url}/api/v1/ws")
    async with session.delete(url) as response:
        assert response.status == 204
    assert await close_code(socket) == aiohttp.WSCloseCode.POLICY_VIOLATION


async def test_who_opens_many_sockets_harms_only_themselves(
    guarded: LiveServer, session: aiohttp.ClientSession, book: TokenBook
) -> None:
    greedy, modest = ({"Authorization": f"Bearer {book.make(name, Scope.READ)[1]}"} for name in ("greedy", "modest"))
    url = f"{guarded.url}/api/v1/ws"
    sockets = [await session.ws_connect(url, headers=greedy) for _ in range(LIMIT)]
    for path in "/api/v1/ws", "/ws", "/api/v1/events":
        async with session.get(guarded.url + path, headers=greedy) as response:
            assert response.status == 429, path
            assert int(response.headers["Retry-After"]) >= 1
            assert (await response.json())["error"]["type"] == "too_many_requests"
    await (await session.ws_connect(url, headers=modest)).close()
    await sockets.pop().close()
    await (await session.ws_connect(url, headers=greedy)).close()
    for socket in sockets:
        await socket.close()


async def test_sockets_of_a_server_without_tokens_last(server: LiveServer, session: aiohttp.ClientSession) -> None:
    from nodegraph.server.lasting import LASTING

    socket = await session.ws_connect(f"{server.url}/api/v1/ws")
    await socket.receive()
    done = asyncio.run_coroutine_threadsafe(server.app[LASTING].end_those_without_right(), server._loop)
    await asyncio.wrap_future(done)
    await socket.ping()
    assert not socket.closed
    await socket.close()
