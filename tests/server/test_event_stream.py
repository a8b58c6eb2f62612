"""The event stream of a real server: coming back, clients that read too slowly or not at all, connections that died."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

import aiohttp
import psutil
import pytest
from live_server import SLOW_PACK, FieldClient, LiveServer, chain, one, steps

from nodegraph.server import sockets
from nodegraph.server.outlet import BACKLOG_LIMIT
from nodegraph.server.sockets import SOCKETS

SERVE = (
    "import sys; from pathlib import Path\n"
    "from nodegraph.settings import Settings\n"
    "from nodegraph.server.run import serve\n"
    "serve(Settings.under(Path(sys.argv[1]), port=0, device='cpu', precision='fp32'), packs=[Path(sys.argv[2])])"
)


@pytest.fixture
def process(tmp_path: Path) -> Iterator[tuple[psutil.Process, str]]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-c", SERVE, str(tmp_path), str(SLOW_PACK)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            line = server.stdout.readline()
            assert line.startswith("nodegraph listens on "), line
            yield psutil.Process(server.pid), line.split()[-1].rstrip("/")
        finally:
            server.terminate()


@asynccontextmanager
async def subscribed(
    session: aiohttp.ClientSession, url: str, **wishes: Any
) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A socket whose subscription has been confirmed; what came before that is passed over."""
    socket = await session.ws_connect(f"{url}/api/v1/ws", max_msg_size=0)
    try:
        await socket.send_json({"type": "subscribe", **wishes})
        while (await socket.receive_json(timeout=60))["type"] != "subscribed":
            pass
        yield socket
    finally:
        await socket.close()


def echo(megabytes: float, index: int) -> dict[str, dict[str, Any]]:
    """A graph that sends so much to whoever listens."""
    return one("TestEcho", text=f"{index} " + "x" * int(megabytes * 1e6))


async def test_who_connects_again_in_the_midst_of_a_run_misses_nothing(
    server: LiveServer, session: aiohttp.ClientSession
) -> None:
    numbers: list[int] = []
    ended = False
    async with session.ws_connect(f"{server.url}/api/v1/ws") as submitter:
        start = (await submitter.receive_json(timeout=60))["last"]
        await submitter.send_json({"type": "submit", "prompt": steps(100), "events": False})
        last = start
        while not ended:
            async with subscribed(session, server.url, after=last, previews=True) as socket:
                for _ in range(17):
                    message = await socket.receive_json(timeout=60)
                    assert message["type"] == "event"
                    if message["number"]:
                        last = message["number"]
                        numbers.append(last)
                    ended = ended or message["event"]["type"] == "job_finished"
                    if ended:
                        break
    assert len(numbers) > 100
    assert numbers == list(range(start + 1, start + 1 + len(numbers)))


async def test_a_number_of_an_earlier_life_of_the_server_is_a_gap(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    first = LiveServer(tmp_path)
    async with session.ws_connect(f"{first.url}/api/v1/ws") as socket:
        await socket.send_json({"type": "submit", "prompt": chain(1)})
        while (await socket.receive_json(timeout=60))["type"] != "result":
            pass
        await socket.send_json({"type": "subscribe"})
        last = (await socket.receive_json(timeout=60))["after"]
    await asyncio.to_thread(first.stop)
    second = LiveServer(tmp_path)
    try:
        async with session.ws_connect(f"{second.url}/api/v1/ws") as socket:
            begin = (await socket.receive_json(timeout=60))["last"]
            assert begin > last
            await socket.send_json({"type": "subscribe", "after": last})
            gap = await socket.receive_json(timeout=60)
            assert gap == {"type": "gap", "after": last, "next": begin + 1}
            assert (await socket.receive_json(timeout=60))["after"] == begin
    finally:
        await asyncio.to_thread(second.stop)


async def test_a_hundred_clients_that_never_read_cost_neither_time_nor_memory(
    process: tuple[psutil.Process, str], session: aiohttp.ClientSession
) -> None:
    server, url = process
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as deaf:
        sockets_ = [await deaf.ws_connect(f"{url}/api/v1/ws", max_msg_size=0) for _ in range(100)]
        for socket in sockets_:
            await socket.send_json({"type": "subscribe", "previews": True})
        client = await FieldClient(session, url).connect()
        await client.finish((await client.post(steps(5)))["prompt_id"])
        before = server.memory_info().rss
        for index in range(20):
            await client.finish((await client.post(echo(0.5, index)))["prompt_id"])
            await client.finish((await client.post(steps(2, pause=0)))["prompt_id"])
            client.seen.clear()
        # 10 MB were sent to each. If they waited for those who do not read, that would be 1 GB.
        assert server.memory_info().rss - before < 300e6
        for socket in sockets_:
            socket._response.close()  # a goodbye would have to be waited for
    await client.socket.close()


async def test_a_slow_subscriber_stays_and_is_told_what_it_missed(
    server: LiveServer, session: aiohttp.ClientSession
) -> None:
    async with subscribed(session, server.url) as slow:
        client = await FieldClient(session, server.url).connect()
        for index in range(2 * BACKLOG_LIMIT // 1_000_000):
            prompt_id = (await client.post(echo(1.0, index)))["prompt_id"]
            await client.finish(prompt_id)
            client.seen.clear()
        await client.socket.close()
        gaps, finished = [], set()
        while prompt_id not in finished:
            message = await slow.receive_json(timeout=60)
            if message["type"] == "gap":
                gaps.append(message)
            elif message["event"]["type"] == "job_finished":
                finished.add(message["event"]["job"])
        assert len(gaps) == 1
        assert gaps[0]["next"] > gaps[0]["after"] + 1


async def test_who_submits_and_does_not_read_is_disconnected(
    server: LiveServer, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(f"{server.url}/api/v1/ws", max_msg_size=0) as deaf:

        async def submit(count: int) -> None:
            for index in range(count):
                await deaf.send_json({"type": "submit", "prompt": echo(1.0, index)})

        with pytest.raises(ConnectionError):
            await submit(20 * BACKLOG_LIMIT // 1_000_000)
        client = await FieldClient(session, server.url).connect()
        await client.finish((await client.post(chain(1, value=0.77)))["prompt_id"])
        await client.socket.close()


async def test_a_connection_that_died_is_noticed_though_nothing_says_so(
    server: LiveServer, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "HEARTBEAT", 2.0)
    async with aiohttp.ClientSession() as other, asyncio.timeout(100):
        answering = await other.ws_connect(f"{server.url}/api/v1/ws")
        await answering.receive_json()
        reading = asyncio.create_task(answering.receive())
        field = FieldClient(other, server.url)
        field.socket = await other.ws_connect(f"{server.url}/ws?clientId={field.id}", autoping=False)
        await field.next()  # the server knows it by now
        known = set(server.app[SOCKETS])
        dead = await other.ws_connect(f"{server.url}/api/v1/ws", autoping=False)
        heard = [(await dead.receive()).type]
        served = WeakSet(set(server.app[SOCKETS]) - known)
        heard += [(await dead.receive()).type for _ in range(2)]
        assert heard == [aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.PING, aiohttp.WSMsgType.CLOSED]
        assert not reading.done()
        await field.finish((await field.post(steps(1)))["prompt_id"])  # was not even asked: it would have said so
        while served:  # the server lets go of it
            await field.finish((await field.post(steps(20)))["prompt_id"])
        await field.socket.close()


async def test_the_server_ends_though_nobody_reads(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    server = LiveServer(tmp_path)
    for path in ("/api/v1/ws", "/ws"):
        for _ in range(20):
            socket = await session.ws_connect(server.url + path)
            await socket.send_json({"type": "subscribe", "previews": True})
    client = await FieldClient(session, server.url).connect()
    for index in range(10):
        await client.finish((await client.post(echo(1.0, index)))["prompt_id"])
    await asyncio.to_thread(server.stop)
