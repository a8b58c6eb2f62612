"""What ``nodegraph serve`` says and does when others can reach it: a real process, its output and its answers."""

import asyncio
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import pytest
from click.testing import CliRunner, Result

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.cli.main import cli

START = 120.0
"""Seconds a server may take to start on a busy machine."""

ONCE = "Access token, shown only this once: "


class Started(NamedTuple):
    """A server that listens."""

    url: str
    said: list[str]
    """What followed on standard output, up to the end of the block only."""


@asynccontextmanager
async def started(home: Path, *options: str, **variables: str) -> AsyncIterator[Started]:
    """``nodegraph serve`` on all addresses, until the block ends; then everything it said is there."""
    command = [sys.executable, "-m", "nodegraph", "serve", "--home", str(home), "--port", "0", *options]
    environment = {**os.environ, "NODEGRAPH_DEVICE": "cpu", "NODEGRAPH_PRECISION": "fp32", **variables}
    with (home.parent / "stderr.log").open("a") as log:
        pipes: Any = {"stdout": subprocess.PIPE, "stderr": log}
        process = await asyncio.to_thread(subprocess.Popen, command, env=environment, text=True, **pipes)
    assert process.stdout is not None
    try:
        line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), START)
        assert line.startswith("nodegraph listens on "), (home.parent / "stderr.log").read_text()
        server = Started(line.split()[-1].rstrip("/").replace("0.0.0.0", "127.0.0.1"), [])
        yield server
    finally:
        process.send_signal(signal.SIGTERM)
        rest = await asyncio.wait_for(asyncio.to_thread(process.stdout.read), 60)
        process.stdout.close()
        await asyncio.to_thread(process.wait)
    server.said.extend(rest.splitlines())


def book_of(home: Path) -> TokenBook:
    return TokenBook.of(home / "user")


async def until(condition: Callable[[], object]) -> None:
    """Return when it holds: another process brings it about, which tells nobody."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def files_with(secret: str, folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file() and secret.encode() in file.read_bytes()]


async def test_the_first_token_is_shown_once_and_kept_nowhere(tmp_path: Path) -> None:
    home = tmp_path / "home"
    async with started(home, "--host", "0.0.0.0") as first, aiohttp.ClientSession() as session:
        async with session.get(f"{first.url}/queue") as response:
            assert response.status == 401
        await until(lambda: book_of(home).all())
    (shown,) = (line.removeprefix(ONCE) for line in first.said if line.startswith(ONCE))
    assert any("WARNING" in line and "--tls-cert" in line for line in first.said)
    async with (
        started(home, "--host", "0.0.0.0") as second,
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {shown}"}) as session,
        session.get(f"{second.url}/queue") as response,
    ):
        assert response.status == 200
    assert not any("Access token" in line or shown in line for line in second.said)
    assert files_with(shown, tmp_path) == []


async def test_without_tokens_there_is_a_warning(tmp_path: Path) -> None:
    async with (
        started(tmp_path / "home", NODEGRAPH_INSECURE="1", NODEGRAPH_HOST="0.0.0.0") as server,
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/queue") as response,
    ):
        assert response.status == 200
    assert any(line.startswith("WARNING: --insecure") for line in server.said)
    assert not any("Access token" in line for line in server.said)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of 127.0.0.1, signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    named = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    command = ["openssl", "req", "-x509", *kind, "-keyout", str(key), "-out", str(certificate), *named]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


async def test_over_tls_all_of_it_works_and_the_page_opens_signed_in(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    home, opened = tmp_path / "home", tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}.part && mv {opened}.part {opened}\n')
    browser.chmod(0o755)
    tls = ["--tls-cert", str(certificate[0]), "--tls-key", str(certificate[1])]
    trusting = ssl.create_default_context(cafile=str(certificate[0]))
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        started(home, "--host", "0.0.0.0", "--open", *tls, BROWSER=f"{browser} %s") as server,
        aiohttp.ClientSession(cookie_jar=jar, connector=aiohttp.TCPConnector(ssl=trusting)) as session,
    ):
        assert server.url.startswith("https://")
        await until(opened.exists)
        address, _, code = opened.read_text().strip().partition("/#token=")
        assert address == server.url
        for status in 200, 401:  # it is good for one browser
            async with session.post(f"{server.url}/api/v1/session", json={"token": code}) as response:
                assert response.status == status
                if status == 200:
                    assert "; Secure" in response.headers["Set-Cookie"]
                    assert (await response.json())["scope"] == "admin"
        socket = await session.ws_connect(f"{server.url}/api/v1/ws")
        assert (await socket.receive_json())["type"] == "hello"
        await socket.close()
    (shown,) = (line.removeprefix(ONCE) for line in server.said if line.startswith(ONCE))
    assert shown not in opened.read_text()
    assert not any("--tls-cert" in line or code in line for line in server.said)


def serve(home: Path, *options: str) -> Result:
    return CliRunner().invoke(cli, ["serve", "--home", str(home), "--port", "0", *options])


def test_what_is_no_certificate_is_said_before_anything_starts(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    (tmp_path / "no.pem").write_text("nothing")
    chosen: Sequence[tuple[Sequence[str], str]] = (
        (["--tls-cert", str(tmp_path / "no.pem")], "cannot be used"),
        (["--tls-cert", str(certificate[0])], "cannot be used"),
        (["--tls-key", str(certificate[1])], "--tls-key needs --tls-cert too"),
        (["--tls-cert", str(tmp_path / "missing.pem")], "does not exist"),
    )
    for options, message in chosen:
        result = serve(tmp_path / "home", *options)
        assert result.exit_code in (1, 2)
        assert message in result.output
    assert not (tmp_path / "home").exists()


def examined(home: Path, *options: str) -> str:
    return CliRunner().invoke(cli, ["doctor", "--home", str(home), "--port", "0", "--device", "cpu", *options]).output


def test_the_doctor_says_what_is_risky(tmp_path: Path) -> None:
    assert "this computer only, without a token" in examined(tmp_path)
    assert "asked for a token" in examined(tmp_path, "--require-token")
    assert "TLS             off" in examined(tmp_path, "--host", "0.0.0.0")
    assert "Leave out --insecure" in examined(tmp_path, "--host", "0.0.0.0", "--insecure")
    book = book_of(tmp_path)
    book.make("somebody", Scope.RUN)
    assert "chmod 600" not in examined(tmp_path)
    (tmp_path / "user" / "access.sqlite").chmod(0o644)
    assert "access.sqlite can be read by others" in examined(tmp_path)
    book.close()
