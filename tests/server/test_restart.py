"""What survives the end of the server. Each test has a server of its own."""

import asyncio
import errno
import json
import os
import signal
import socket as sockets
import sqlite3
import subprocess
import sys
from pathlib import Path

import aiohttp
import pytest
from live_server import SLOW_PACK, FieldClient, LiveServer, chain, steps

from nodegraph.server.database import StoreError
from nodegraph.server.folders import FolderError, empty_temp
from nodegraph.server.run import ListenError, serve
from nodegraph.settings import Settings

PROMPT = json.dumps({"prompt": chain(1)})

SERVE = (
    "import sys; from pathlib import Path\n"
    "from nodegraph.settings import Settings\n"
    "from nodegraph.server.run import serve\n"
    "serve(Settings.under(Path(sys.argv[1]), port=0, device='cpu', precision='fp32'), packs=[Path(sys.argv[2])])"
)


def start_process(home: Path) -> tuple[subprocess.Popen[str], str]:
    """A server in a process of its own, and its address."""
    command = [sys.executable, "-c", SERVE, str(home), str(SLOW_PACK)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("nodegraph listens on "), line
    return process, line.split()[-1].rstrip("/")


async def test_a_killed_server_loses_no_job(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    process, url = start_process(tmp_path)
    try:
        client = await FieldClient(session, url).connect()
        running = (await client.post(steps(400)))["prompt_id"]
        await client.until("progress")
        waiting = [(await client.post(chain(1, value=n / 10)))["prompt_id"] for n in range(3)]
    finally:
        process.kill()
        process.wait()
    process, url = start_process(tmp_path)
    try:
        client = await FieldClient(session, url).connect()
        order = [item[1] for kind in ("queue_running", "queue_pending") for item in (await client.get("/queue"))[kind]]
        assert order == [running, *waiting]
        after = (await client.post(chain(1, value=0.9)))["prompt_id"]
        await client.finish(after)
        assert list(await client.get("/history")) == [running, *waiting, after]
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
    finally:
        process.kill()
        process.wait()


async def test_a_clean_stop_is_no_attempt_and_ends_the_worker(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    server = LiveServer(tmp_path)
    client = await FieldClient(session, server.url).connect()
    await client.post(steps(100_000))
    await client.until("progress")
    worker = server.worker_pid
    await asyncio.to_thread(server.stop)
    with pytest.raises(ProcessLookupError):
        os.kill(worker, 0)
    rows = sqlite3.connect(tmp_path / "user/jobs.sqlite").execute("SELECT state, attempts FROM jobs").fetchall()
    assert rows == [("queued", 0)]


async def test_a_worker_that_cannot_start_is_a_503_with_the_reason(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    server = LiveServer(tmp_path, device="nowhere")
    try:
        for answer in (session.get(f"{server.url}/object_info"), session.post(f"{server.url}/prompt", data=PROMPT)):
            async with answer as response:
                assert response.status == 503
                error = (await response.json())["error"]
                assert error["type"] == "worker_unavailable"
                assert "nowhere" in error["message"]
    finally:
        await asyncio.to_thread(server.stop)


async def test_node_classes_are_known_the_second_time_before_any_worker(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    for device, ready in (("cpu", True), ("cuda:99", False)):  # no worker ever starts on the second
        server = LiveServer(tmp_path, device=device)
        try:
            async with session.get(f"{server.url}/object_info/SolidMask") as response:
                assert (await response.json())["SolidMask"]["name"] == "SolidMask"
            async with session.get(f"{server.url}/api/v1/status") as response:
                assert (await response.json())["worker_ready"] is ready
        finally:
            await asyncio.to_thread(server.stop)


def test_a_taken_port_is_said_clearly(tmp_path: Path) -> None:
    with sockets.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenError, match="--port"):
        serve(Settings.under(tmp_path, port=taken.getsockname()[1]))


def test_a_temporary_folder_with_files_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    empty_temp(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
    ours = tmp_path / "ours"
    ours.mkdir()
    empty_temp(ours)
    (ours / "preview.png").touch()
    (ours / "deep").mkdir()
    empty_temp(ours)
    assert [entry.name for entry in ours.iterdir()] == [".nodegraph-temp"]


def test_a_temporary_folder_that_cannot_be_written_to_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, *_: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(FolderError, match=rf"{tmp_path} cannot be written to: Read-only.*--temp-dir"):
        empty_temp(tmp_path)


def test_two_servers_do_not_share_a_user_folder(tmp_path: Path) -> None:
    server = LiveServer(tmp_path)
    try:
        with pytest.raises(StoreError, match="Another nodegraph server"):
            LiveServer(tmp_path)
    finally:
        server.stop()
