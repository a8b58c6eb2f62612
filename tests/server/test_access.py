"""Access tokens: who is let in, as whom, and how far they may go."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest
from live_server import LiveServer

from nodegraph.access.identity import Scope


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that asks for tokens."""
    live = LiveServer(tmp_path_factory.mktemp("home"), require_token=True)
    yield live
    live.stop()


@pytest.fixture(scope="module")
def secrets(guarded: LiveServer) -> dict[Scope, str]:
    """A token of each scope, made while the server runs."""
    return guarded.make_tokens()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as open_session:
        yield open_session


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


@pytest.mark.parametrize("path", ["/queue", "/api/queue", "/api/v1/jobs", "/view?filename=a.png", "/ws", "/nowhere"])
async def test_without_a_token_nothing_is_told(guarded: LiveServer, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(guarded.url + path) as response:
        assert response.status == 401
        assert response.headers["WWW-Authenticate"] == 'Bearer realm="nodegraph"'
        assert (await response.json())["error"]["type"] == "unauthorized"


@pytest.mark.parametrize("shown", ["Bearer ng_wrong", "Bearer ", "Bearer", "Basic ???", "Basic eDp5", "Digest x"])
async def test_what_is_no_token_lets_nobody_in(guarded: LiveServer, session: aiohttp.ClientSession, shown: str) -> None:
    async with session.get(f"{guarded.url}/queue", headers={"Authorization": shown}) as response:
        assert response.status == 401


@pytest.mark.parametrize("path", ["/", "/api/v1/session"])
async def test_the_page_is_for_everybody(guarded: LiveServer, session: aiohttp.ClientSession, path: str) -> None:
    async with session.get(guarded.url + path) as response:
        assert response.status == 200


async def test_scopes(guarded: LiveServer, session: aiohttp.ClientSession, secrets: dict[Scope, str]) -> None:
    asked = [("GET", "/api/v1/jobs"), ("POST", "/interrupt"), ("POST", "/api/v1/queue/resume"), ("POST", "/free")]
    for scope, statuses in {
        Scope.READ: [200, 403, 403, 403],
        Scope.RUN: [200, 200, 403, 403],
        Scope.ADMIN: [200, 200, 200, 200],
    }.items():
        for (method, path), status in zip(asked, statuses, strict=True):
            async with session.request(method, guarded.url + path, headers=bearer(secrets[scope])) as response:
                assert response.status == status, (scope, path)


async def test_a_password_is_a_token_too(
    guarded: LiveServer, session: aiohttp.ClientSession, secrets: dict[Scope, str]
) -> None:
    auth = aiohttp.BasicAuth("anybody", secrets[Scope.READ])
    async with session.get(f"{guarded.url}/queue", auth=auth) as response:
        assert response.status == 200


async def test_a_browser_signs_in_and_out(
    guarded: LiveServer, session: aiohttp.ClientSession, secrets: dict[Scope, str]
) -> None:
    url = f"{guarded.url}/api/v1/session"
    async with session.post(url, json={"token": "ng_wrong"}) as response:
        assert response.status == 401
    async with session.post(url, json={"token": f" {secrets[Scope.RUN]}\n"}) as response:
        assert response.status == 200
        cookie = response.headers["Set-Cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert secrets[Scope.RUN] not in cookie
    async with session.get(url) as response:
        assert await response.json() == {"tokens_required": True, "name": "run", "scope": "run", "session": True}
    socket = await session.ws_connect(f"{guarded.url}/api/v1/ws")
    await socket.close()
    async with session.delete(url) as response:
        assert response.status == 204
    async with session.get(f"{guarded.url}/queue") as response:
        assert response.status == 401


async def test_a_revoked_token_and_its_sessions_are_good_for_nothing(
    guarded: LiveServer, session: aiohttp.ClientSession, secrets: dict[Scope, str]
) -> None:
    admin, tokens = bearer(secrets[Scope.ADMIN]), f"{guarded.url}/api/v1/access-tokens"
    async with session.post(tokens, json={"name": "short-lived"}, headers=admin) as response:
        assert response.status == 201
        made = await response.json()
        assert made["token"]["scope"] == "run"
    async with session.post(f"{guarded.url}/api/v1/session", json={"token": made["secret"]}) as response:
        assert response.status == 200
    async with session.get(tokens, headers=admin) as response:
        text = await response.text()
        assert "short-lived" in text
        assert made["secret"] not in text
    async with session.delete(f"{tokens}/short-lived", headers=admin) as response:
        assert response.status == 204
    for headers in (bearer(made["secret"]), {}):
        async with session.get(f"{guarded.url}/queue", headers=headers) as response:
            assert response.status == 401


async def test_a_server_of_this_computer_knows_who_shows_a_token(
    server: LiveServer, session: aiohttp.ClientSession
) -> None:
    for headers, status in ({}, 200), (bearer("of-another-service"), 200), (bearer("ng_wrong"), 401):
        async with session.get(f"{server.url}/queue", headers=headers) as response:
            assert response.status == status


async def test_who_tries_many_tokens_has_to_wait(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    live = LiveServer(tmp_path, require_token=True)
    try:
        for _ in range(100):
            async with session.get(f"{live.url}/queue", headers=bearer("ng_guess")) as response:
                if response.status == 429:
                    break
                assert response.status == 401
        assert response.status == 429
        assert int(response.headers["Retry-After"]) >= 1
    finally:
        live.stop()
