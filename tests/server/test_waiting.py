"""How a job stands, and waiting for its end, on a real server with a real worker."""

import asyncio
from pathlib import Path

import aiohttp
from http_api import Api
from live_server import LiveServer, chain, one, steps

from nodegraph.server.api_v1.audience import AUDIENCE


async def test_a_status_tells_all_states_apart(paused: Api) -> None:
    first, second = await paused.submit(chain(1, value=0.312)), await paused.submit(chain(1, value=0.312))
    assert (await paused.call("GET", f"/jobs/{first}/status"))["ahead"] == 0
    status = await paused.call("GET", f"/jobs/{second}/status")
    assert (status["state"], status["ahead"], status["job"]) == ("queued", 1, second)
    await paused.call("POST", f"/jobs/{second}/cancel")
    assert (await paused.call("GET", f"/jobs/{second}/status"))["state"] == "cancelled"
    failing = await paused.submit(one("TestFail", message="out of luck"))
    slow = await paused.submit(steps(1000))
    await paused.call("POST", "/queue/resume")
    await paused.end(first)
    status = await paused.call("GET", f"/jobs/{first}/status")
    assert status["state"] == "done"
    assert status["created"] <= status["started"] <= status["finished"]
    await paused.end(failing)
    failed = await paused.call("GET", f"/jobs/{failing}/status")
    assert failed["state"] == "failed"
    assert "out of luck" in failed["error"]
    await paused.until(slow, "running")
    assert "ahead" not in await paused.call("GET", f"/jobs/{slow}/status")
    await paused.call("POST", f"/jobs/{slow}/cancel")
    assert await paused.call("GET", "/jobs/no%20such/status") == {"job": "no such", "state": "unknown"}


async def test_waiting_ends_with_the_job(paused: Api) -> None:
    job, other = await paused.submit(chain(1, value=0.313)), await paused.submit(chain(1))
    waiting = [asyncio.create_task(paused.call("GET", f"/jobs/{job}/wait?timeout=100")) for _ in range(3)]
    gone = asyncio.create_task(paused.call("GET", f"/jobs/{other}/wait?timeout=100"))
    early = await paused.call("GET", f"/jobs/{job}/wait?timeout=0.05")
    assert early["state"] == "queued"
    await paused.call("POST", f"/jobs/{other}/cancel")
    assert (await gone)["state"] == "cancelled"
    assert not any(task.done() for task in waiting)
    await paused.call("POST", "/queue/resume")
    for view in await asyncio.gather(*waiting):
        assert view["state"] == "done"
        assert view["result"]["files"]
    assert (await paused.call("GET", f"/jobs/{job}/wait?timeout=100"))["state"] == "done"


async def test_nobody_waits_for_what_is_not_there(api: Api) -> None:
    await api.call("GET", "/jobs/none/wait?timeout=100", expect=404)
    for timeout in ("-1", "601", "soon", "null"):
        answer = await api.call("GET", f"/jobs/none/wait?timeout={timeout}", expect=400)
        assert "timeout" in answer["error"]["message"]


async def test_a_server_that_stops_lets_nobody_wait(tmp_path: Path) -> None:
    live = LiveServer(tmp_path)
    async with aiohttp.ClientSession() as session:
        api = Api(session, live.url)
        await api.call("POST", "/queue/pause", {})
        job = await api.submit(chain(1))
        waiting = asyncio.create_task(api.call("GET", f"/jobs/{job}/wait?timeout=600"))
        async with asyncio.timeout(30):
            while True:
                if job in live.app[AUDIENCE]._followers:
                    break
                await asyncio.sleep(0.01)
        await asyncio.to_thread(live.stop)
        assert (await waiting)["state"] == "queued"
