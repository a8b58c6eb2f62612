"""Health, readiness and metrics, on a real server with a real worker."""

import asyncio
from pathlib import Path
from unittest.mock import patch

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer, chain, one
from prometheus_client.parser import text_string_to_metric_families

from nodegraph.server.database import StoreError
from nodegraph.server.state import STORE


async def samples(api: Api) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """What is measured, by name and labels."""
    async with api.session.get(f"{api.url}/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        text = await response.text()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_what_happens_is_counted(api: Api) -> None:
    before = await samples(api)
    done = await api.submit(chain(3, value=0.901))
    await api.end(done)
    await api.end(await api.submit(chain(3, value=0.901)))
    await api.end(await api.submit(one("TestFail", message="counted")))
    await api.call("POST", "/queue/pause", {})
    gone = await api.submit(chain(1))
    waiting = await samples(api)
    await api.call("POST", f"/jobs/{gone}/cancel")
    after = await samples(api)

    def more(name: str, **labels: str) -> float:
        key = f"nodegraph_{name}", tuple(sorted(labels.items()))
        return after[key] - before.get(key, 0.0)

    assert more("jobs_submitted_total") == 4
    assert more("jobs_ended_total", outcome="done") == 2
    assert more("jobs_ended_total", outcome="failed") == 1
    assert more("jobs_ended_total", outcome="cancelled") == 1
    assert more("job_wait_seconds_count") == 3
    assert more("job_run_seconds_count") == 3
    assert more("job_run_seconds_sum") > 0
    assert more("nodes_run_total") >= 6
    assert more("nodes_cached_total", kept="ram") > 0
    assert more("http_request_seconds_count", method="POST", route="/api/v1/jobs", status="201") == 4
    assert waiting["nodegraph_queue_length", ()] == 1
    assert (waiting["nodegraph_queue_paused", ()], waiting["nodegraph_worker_ready", ()]) == (1, 1)
    assert after["nodegraph_queue_length", ()] == 0
    assert after["nodegraph_history_bytes", ()] > 1000
    assert after["nodegraph_event_log_bytes", ()] > after["nodegraph_event_log_events", ()] > 10
    assert after["process_open_fds", ()] > 3


async def test_results_that_are_kept_have_a_size(server: LiveServer, api: Api) -> None:
    async def kept(tier: str) -> float:
        return (await samples(api))["nodegraph_results_bytes", (("kept", tier),)]

    before = await kept("disk")
    a_result(server)
    assert await kept("disk") >= before + 1234
    await api.end(await api.submit(chain(3, value=0.902)))
    async with asyncio.timeout(60):  # the worker says it when it has nothing else to do
        while True:
            if await kept("ram") > 0:
                break
            await asyncio.sleep(0.02)


def a_result(server: LiveServer) -> None:
    """As the worker would write it."""
    folder = Path(server.settings.user_dir, "cache", "other")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "a.result").write_bytes(bytes(1234))


async def test_a_thousand_addresses_are_one_series(api: Api) -> None:
    for number in range(3):
        await api.call("GET", f"/jobs/nobody{number}", expect=404)
        async with api.session.get(f"{api.url}/nothing{number}") as response:
            assert response.status == 404
    named = [dict(labels) for name, labels in await samples(api) if name == "nodegraph_http_request_seconds_count"]
    assert {"method": "GET", "route": "/api/v1/jobs/{job}", "status": "404"} in named
    assert not any("nobody" in one["route"] or "nothing" in one["route"] for one in named)


async def test_a_server_that_can_run_jobs_is_ready(server: LiveServer, api: Api) -> None:
    await api.end(await api.submit(chain(1)))
    for path, body in (("/healthz", {"status": "ok"}), ("/readyz", {"ready": True, "reasons": []})):
        async with api.session.get(api.url + path) as response:
            assert (response.status, await response.json()) == (200, body)
    broken = StoreError("The disk is full.")
    with patch.object(type(server.app[STORE]), "check_writable", side_effect=broken):
        async with api.session.get(f"{api.url}/readyz") as response:
            assert (response.status, await response.json()) == (503, {"ready": False, "reasons": ["The disk is full."]})
        async with api.session.get(f"{api.url}/healthz") as response:
            assert response.status == 200


async def test_a_server_without_a_worker_is_alive_and_not_ready(tmp_path: Path) -> None:
    broken = tmp_path / "broken_pack.py"
    broken.write_text("import os\nos._exit(3)\n")
    live = LiveServer(tmp_path / "home", packs=(broken,))
    async with aiohttp.ClientSession() as session:
        async with session.get(f"{live.url}/healthz") as response:
            assert response.status == 200
        async with session.get(f"{live.url}/readyz") as response:
            answer = await response.json()
            assert (response.status, answer["ready"], len(answer["reasons"])) == (503, False, 1)
    live.stop()


@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/readyz"])
async def test_pages_of_others_may_not_look(api: Api, path: str) -> None:
    async with api.session.get(api.url + path, headers={"Origin": "https://elsewhere.example"}) as response:
        assert response.status == 403
