"""The whole queue and the whole history, when they are larger than one would want to hold in memory."""

import asyncio
import json
import socket
from collections.abc import Sequence

import aiohttp
import pytest
from http_api import Api
from live_server import FieldClient, one

from nodegraph.server.compat import long_answers
from nodegraph.server.database import StoreError
from nodegraph.server.job_rows import JobRows
from nodegraph.server.records import AskedJob

LARGE = {"extra_pnginfo": {"workflow": {"text": "x" * 1_500_000}}}


def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(long_answers, "AT_ONCE", 2)
    monkeypatch.setattr(long_answers, "AT_MOST", 100)


async def head_and_body(session: aiohttp.ClientSession, url: str) -> tuple[bool, bytes]:
    """Whether the length was said before, and the body."""
    async with session.get(url) as response:
        assert response.status == 200
        assert response.content_type == "application/json"
        return "Content-Length" in response.headers, await response.read()


async def test_the_history_is_the_same_in_pieces(
    client: FieldClient, session: aiohttp.ClientSession, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await api.end((await client.post(one("TestEcho", text=f"history {number}")))["prompt_id"])
    for query in ("", "?max_items=3", "?offset=1&max_items=4"):
        with monkeypatch.context() as changed:
            changed.setattr(long_answers, "AT_MOST", 1 << 30)
            whole, expected = await head_and_body(session, f"{client.url}/history{query}")
        with monkeypatch.context() as changed:
            small_pieces(changed)
            in_pieces, body = await head_and_body(session, f"{client.url}/history{query}")
            async with session.head(f"{client.url}/history{query}") as response:
                assert (response.status, await response.read()) == (200, b"")
        assert whole
        assert not in_pieces
        assert body == expected
        assert list(json.loads(body)) == list(json.loads(expected))


async def test_the_queue_is_the_same_in_pieces(
    client: FieldClient, session: aiohttp.ClientSession, paused: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [(await client.post(one("TestEcho", text=f"queue {number}")))["prompt_id"] for number in range(5)]
    _, expected = await head_and_body(session, f"{client.url}/queue")
    small_pieces(monkeypatch)
    in_pieces, body = await head_and_body(session, f"{client.url}/queue")
    assert not in_pieces
    assert json.loads(body) == json.loads(expected)
    assert [item[1] for item in json.loads(body)["queue_pending"]] == jobs


async def test_what_cannot_be_read_to_its_end_is_not_taken_for_the_whole(
    client: FieldClient, session: aiohttp.ClientSession, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        await api.end((await client.post(one("TestEcho", text=f"broken {number}")))["prompt_id"])
    small_pieces(monkeypatch)
    read, times = JobRows.of, iter(range(100))

    async def failing(self: JobRows, seqs: Sequence[int]) -> list[AskedJob]:
        if next(times) == 1:
            raise StoreError("The disk is gone.")
        return await read(self, seqs)

    monkeypatch.setattr(JobRows, "of", failing)
    with pytest.raises(aiohttp.ClientPayloadError):
        await head_and_body(session, f"{client.url}/history?max_items=4")


async def test_nothing_is_made_for_who_does_not_read(
    client: FieldClient, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(10):
        posted = await client.post(one("TestEcho", text=f"large {number}"), extra_data=LARGE)
        await api.end(posted["prompt_id"])
    monkeypatch.setattr(long_answers, "AT_ONCE", 1)
    read, made = JobRows.of, 0

    async def counted(self: JobRows, seqs: Sequence[int]) -> list[AskedJob]:
        nonlocal made
        made += 1
        return await read(self, seqs)

    monkeypatch.setattr(JobRows, "of", counted)
    host, port = client.url.removeprefix("http://").split(":")
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.connect((host, int(port)))
        slow.sendall(b"GET /history?max_items=10 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        before = -1
        while made == 0 or made > before:  # until it has stopped
            before = made
            await api.end(await api.submit(one("TestEcho", text=f"beside {made}")))
        assert made < 10
        body = await asyncio.to_thread(lambda: b"".join(iter(lambda: slow.recv(1 << 20), b"")))
    assert made == 10
    assert body.count(b"large ") >= 10
    assert body.endswith(b"0\r\n\r\n")
