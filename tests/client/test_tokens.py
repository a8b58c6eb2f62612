"""Clients of a server that asks for access tokens, over http and https."""

from collections.abc import Iterator

import pytest
from server.live_server import LiveServer, chain

from nodegraph.access.identity import Scope
from nodegraph.client import AsyncClient, Client, NotAllowedError, UnauthorizedError
from nodegraph.execution.events import Outcome


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("home"), require_token=True)
    yield live
    live.stop()


@pytest.fixture(scope="module")
def secrets(guarded: LiveServer) -> dict[Scope, str]:
    return guarded.make_tokens()


def test_a_token_lets_in_http_and_sockets(guarded: LiveServer, secrets: dict[Scope, str]) -> None:
    with Client(guarded.url, token=secrets[Scope.RUN]) as client:
        assert client.run(chain(1), timeout=120).outcome is Outcome.DONE


async def test_the_same_with_asyncio(guarded: LiveServer, secrets: dict[Scope, str]) -> None:
    async with AsyncClient(guarded.url, token=secrets[Scope.RUN]) as client:
        assert (await client.run(chain(1), timeout=120)).outcome is Outcome.DONE


def test_the_environment_may_have_the_token(
    guarded: LiveServer, secrets: dict[Scope, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NODEGRAPH_TOKEN", secrets[Scope.READ])
    with Client(guarded.url) as client:
        assert client.queue().running == []
        with pytest.raises(NotAllowedError, match="needs the scope 'run'"):
            client.submit(chain(1))
    with Client(guarded.url, token="") as client, pytest.raises(UnauthorizedError, match="needs an access token"):
        client.queue()


def test_a_token_may_be_the_password_in_an_address(guarded: LiveServer, secrets: dict[Scope, str]) -> None:
    with Client(guarded.url.replace("://", f"://anybody:{secrets[Scope.RUN]}@")) as client:
        assert client.run(chain(1), timeout=120).outcome is Outcome.DONE


def test_who_is_turned_away_does_not_try_on_and_on(guarded: LiveServer) -> None:
    with Client(guarded.url, token="ng_wrong") as client, pytest.raises(UnauthorizedError, match="not known here"):
        next(iter(client.events()))
