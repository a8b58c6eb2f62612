"""Clients of a server that asks for access tokens, over http and https."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from server.live_server import LiveServer, chain

from nodegraph.access.identity import Scope
from nodegraph.access.rates import Rates
from nodegraph.client import (
    AsyncClient,
    Client,
    NotAllowedError,
    ServerGoneError,
    TooManyRequestsError,
    UnauthorizedError,
)
from nodegraph.execution.events import Outcome
from nodegraph.server.gatekeeper import GATEKEEPER


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


def test_who_asks_too_often_waits_as_long_as_told(
    guarded: LiveServer, secrets: dict[Scope, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    gatekeeper = guarded.app[GATEKEEPER]
    monkeypatch.setattr(gatekeeper, "_requests", Rates(rate=0.5, burst=1))
    with Client(guarded.url, token=secrets[Scope.READ], patience=0) as client:
        client.queue()
        with pytest.raises(TooManyRequestsError, match="too many requests") as refused:
            client.queue()
        assert refused.value.retry_after is not None
        assert refused.value.retry_after >= 1
    with Client(guarded.url, token=secrets[Scope.READ]) as patient:
        assert patient.queue().running == []
    with Client(guarded.url, token=secrets[Scope.ADMIN], patience=0) as admin:
        for _ in range(10):
            admin.queue()


def test_over_https_what_is_trusted_is_asked_and_nobody_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, "-keyout", key, "-out", certificate, *named]
    subprocess.run(command, check=True, capture_output=True)
    server = LiveServer(tmp_path / "home", tls_cert=certificate, tls_key=key)
    try:
        with Client(server.url, patience=0) as stranger, pytest.raises(ServerGoneError, match=r"(?i)certificate"):
            stranger.queue()
        monkeypatch.setenv("SSL_CERT_FILE", certificate)
        with Client(server.url) as client:
            assert client.queue().queued == []
            assert client.run(chain(1), timeout=120).outcome is Outcome.DONE  # which is heard of over a WebSocket
    finally:
        server.stop()
