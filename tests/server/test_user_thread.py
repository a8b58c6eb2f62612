"""One thread does all work on the user's files, in order, whoever waits for it."""

import asyncio
import os
import threading
from pathlib import Path

import pytest

from nodegraph.errors import UserError
from nodegraph.media.owners import OwnerFolders
from nodegraph.server.user_thread import UserThread, UserThreads
from nodegraph.settings import Settings
from nodegraph.userdata.store import UserFiles


async def test_work_is_done_in_order_on_one_thread_that_is_not_the_loop_s(tmp_path: Path) -> None:
    thread = await UserThread.open(tmp_path)
    seen: list[tuple[int, int]] = []
    await asyncio.gather(
        *(thread.run(lambda _, number=number: seen.append((number, threading.get_ident()))) for number in range(20))
    )
    assert [number for number, _ in seen] == list(range(20))
    assert len({ident for _, ident in seen}) == 1
    assert seen[0][1] != threading.get_ident()
    await thread.close()


async def test_a_client_that_leaves_does_not_undo_or_halve_what_it_asked_for(tmp_path: Path) -> None:
    thread = await UserThread.open(tmp_path)
    begun, go_on = threading.Event(), threading.Event()

    def write(files: UserFiles) -> None:
        begun.set()
        assert go_on.wait(60)
        files.write("a", b"whole")

    asked = asyncio.create_task(thread.run(write))
    assert await asyncio.to_thread(begun.wait, 60)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    go_on.set()
    assert (await thread.run(lambda files: files.read("a"))).body == b"whole"
    await thread.close()


async def test_each_server_sees_what_the_last_one_left(tmp_path: Path) -> None:
    for number in range(3):
        thread = await UserThread.open(tmp_path)
        body = b"%d" % number
        written = await thread.run(lambda files, body=body: files.write("workflows/a.json", body))
        assert written.created == (number == 0)
        await thread.close()
    assert sorted(os.listdir(tmp_path)) == ["default", "versions.sqlite"]


async def test_the_files_of_each_owner_are_opened_once_and_apart(tmp_path: Path) -> None:
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    threads = UserThreads(folders)
    owners = ["", "0a1b2c3d4e5f", "ffffffffffff"]
    opened = await asyncio.gather(*(threads.open(owner) for owner in owners * 3))
    assert len(set(opened)) == 3
    for owner in owners:
        await threads.run(owner, lambda files, owner=owner: files.write("a", owner.encode()))
    for owner in owners:
        assert (await threads.run(owner, lambda files: files.read("a"))).body == owner.encode()
        assert (folders.of(owner).user / "default/a").is_file()
    await threads.close()


async def test_files_that_could_not_be_opened_are_tried_again(tmp_path: Path) -> None:
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    threads = UserThreads(folders)
    in_the_way = folders.of("ffffffffffff").user
    in_the_way.parent.mkdir(parents=True)
    in_the_way.touch()
    with pytest.raises((UserError, OSError)):
        await threads.run("ffffffffffff", UserFiles.list)
    in_the_way.unlink()
    assert await threads.run("ffffffffffff", UserFiles.list) == []
    await threads.close()
