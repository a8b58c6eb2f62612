"""Jobs and the queue over HTTP, on a real server with a real worker."""

import asyncio
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from http_api import Api
from live_server import LiveServer, chain, one, steps

from nodegraph.execution.events import JobFinished, Outcome
from nodegraph.server.api_v1.results import durations
from nodegraph.server.events import JobRemoved, JobRequeued, JobTaken, ServerEvent
from nodegraph.server.queue_room import QueueLimits
from nodegraph.server.state import STORE


async def test_a_job_from_its_request_to_its_story(api: Api) -> None:
    prompt = chain(1, value=0.611)
    await api.end(await api.submit(prompt))
    job = await api.submit(prompt, extra_data={"note": "mine"}, priority=3)
    view = await api.end(job)
    assert (view["state"], view["priority"], view["attempts"]) == ("done", 3, 1)
    assert set(view["cached"]) >= {"s", "i0", "m"}
    assert view["result"]["files"]
    story = [event["type"] for event in view["milestones"]]
    assert story == ["job_queued", "job_taken", "job_started", "nodes_cached", "job_finished"]
    asked = await api.call("GET", f"/jobs/{job}/request")
    assert asked["outputs"] == ["o"]
    assert asked["prompt"]["i0"]["inputs"] == {"mask": ["s", 0]}
    assert asked["extra_data"]["note"] == "mine"
    for path in ("/jobs/none", "/jobs/none/request"):
        assert (await api.call("GET", path, expect=404))["error"]["type"] == "not_found"


async def test_what_cannot_run_is_refused_with_its_problems(api: Api) -> None:
    answer = await api.call("POST", "/jobs", {"prompt": one("TestSteps", count="many")}, expect=400)
    assert answer["node_errors"]["n"]["errors"]
    for body in ({"prompt": chain(1), "priority": 101}, {"prompt": chain(1), "number": 1e13}, {}):
        await api.call("POST", "/jobs", body, expect=400)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"prompts": {}}, "unknown field `prompts`"),
        ({"client_id": "me"}, "unknown field `client_id`"),
        ({"webhook": {"url": "https://hooks.example", "sercet": "x" * 8}}, "unknown field `sercet` - at `$.webhook`"),
    ],
)
async def test_fields_that_are_not_known_are_refused_by_name(
    api: Api, session: aiohttp.ClientSession, more: dict[str, Any], told: str
) -> None:
    answer = await api.call("POST", "/jobs", {"prompt": chain(1), **more}, expect=400)
    assert answer["error"]["type"] == "invalid_request"
    assert told in answer["error"]["message"]
    async with session.ws_connect(f"{api.url}/api/v1/ws") as socket:
        await socket.send_json({"type": "submit", "prompt": chain(1), **more})
        assert (await socket.receive_json())["type"] == "hello"
        answer = await socket.receive_json()
        assert answer["type"] == "error"
        assert told in answer["message"]


async def test_a_class_that_nobody_knows_leaves_the_other_outputs_to_run(api: Api) -> None:
    unknown = {"x": {"class_type": "OfSomePack", "inputs": {"image": ["i0", 0]}}}
    accepted = await api.call("POST", "/jobs", {"prompt": chain(1) | unknown}, expect=201)
    (problem,) = accepted["problems"]["x"]["errors"]
    assert problem["type"] == "missing_node_type"
    assert (await api.end(accepted["job"]))["state"] == "done"
    refused = await api.call("POST", "/jobs", {"prompt": unknown}, expect=400)
    assert refused["error"]["type"] == "missing_node_type"


async def test_lists_are_pages(paused: Api) -> None:
    jobs = [await paused.submit(chain(1)) for _ in range(5)]
    first = await paused.call("GET", "/jobs?limit=3&state=queued")
    second = await paused.call("GET", f"/jobs?limit=3&state=queued&before={first['next']}")
    assert [view["job"] for view in first["jobs"] + second["jobs"]] == jobs[::-1]
    assert "next" not in second
    assert "milestones" not in first["jobs"][0]
    for query in ("limit=0", "limit=501", "state=lost", "before=x"):
        await paused.call("GET", f"/jobs?{query}", expect=400)


async def test_lists_are_searched_by_title_prompt_and_file(paused: Api) -> None:
    by_title = await paused.submit(chain(1), extra_data={"title": "Owl, 100% „böse“"})
    by_class = await paused.submit(steps(3))

    async def found(query: dict[str, str]) -> list[str]:
        return [view["job"] for view in (await paused.call("GET", f"/jobs?{urlencode(query)}"))["jobs"]]

    assert await found({"q": "owl 100%"}) == [by_title]
    assert await found({"q": "„böse“"}) == [by_title]
    assert await found({"q": "o_l"}) == []
    assert by_class in await found({"q": "teststeps", "state": "queued"})
    assert by_class not in await found({"q": "teststeps", "ended": "true"})
    assert await found({"q": "teststeps owl"}) == []
    view = await paused.call("GET", f"/jobs/{by_title}")
    assert view["title"] == "Owl, 100% „böse“"
    queued = (await paused.call("GET", "/queue"))["queued"]
    assert [entry.get("title") for entry in queued] == ["Owl, 100% „böse“", None]
    await paused.call("POST", "/queue/resume")
    ended = await paused.end(by_title)
    (file,) = ended["result"]["files"]
    assert by_title in await found({"q": file["filename"], "ended": "true"})


async def test_a_job_may_run_to_any_node(api: Api) -> None:
    job = await api.submit(chain(2, value=0.613), targets=["i0"])
    view = await api.end(job)
    assert view["state"] == "done"
    assert sorted(view["seconds"]) == ["i0", "s"]
    assert "files" not in view["result"]


async def test_a_key_makes_one_job_by_every_door(paused: Api, server: LiveServer) -> None:
    body = {"prompt": chain(1, value=0.612)}
    answers = await asyncio.gather(
        *(paused.session.post(f"{server.url}/api/v1/jobs", json=body, headers={"Idempotency-Key": "k1"}) for _ in "123")
    )
    assert sorted(answer.status for answer in answers) == [200, 200, 201]
    (job,) = {(await answer.json())["job"] for answer in answers}
    assert await paused.waiting() == [job]
    headers = {"Idempotency-Key": "k1"}
    async with paused.session.post(f"{server.url}/prompt", json={**body, "client_id": "x"}, headers=headers) as answer:
        assert answer.status == 200
        assert (await answer.json())["prompt_id"] == job
    for url in (f"{server.url}/prompt", f"{server.url}/api/v1/jobs"):
        async with paused.session.post(url, json={"prompt": chain(2)}, headers=headers) as answer:
            assert answer.status == 409
            assert (await answer.json())["error"]["type"] == "key_used"
        for bad in ("", "x" * 201):
            async with paused.session.post(url, json=body, headers={"Idempotency-Key": bad}) as answer:
                assert answer.status == 400
    async with paused.session.ws_connect(f"{server.url}/api/v1/ws") as socket:
        assert (await socket.receive_json())["type"] == "hello"
        await socket.send_json({"type": "submit", "key": "k1", "id": 1, **body})
        accepted = await socket.receive_json()
        assert (accepted["type"], accepted["job"], accepted["existed"]) == ("accepted", job, True)
        await paused.call("POST", "/queue/resume")
        while (message := await socket.receive_json(timeout=60))["type"] != "result":
            assert message["type"] == "event"
        assert message["job"] == job
        await socket.send_json({"type": "submit", "key": "k1", "id": 2, **body})
        assert [(await socket.receive_json(timeout=60))["type"] for _ in range(2)] == ["accepted", "result"]
        await socket.send_json({"type": "submit", "key": "k1", "id": 3, "prompt": chain(2)})
        assert (await socket.receive_json(timeout=60))["error"]["type"] == "key_used"
    assert (await paused.call("POST", "/jobs", body, key="k1"))["existed"]


async def test_a_full_queue_is_told_by_every_door(paused: Api, server: LiveServer) -> None:
    store = server.app[STORE]
    limits, store.room.limits = store.room.limits, QueueLimits(2)
    try:
        body = {"prompt": chain(1)}
        await paused.call("POST", "/jobs", body, key="first", expect=201)
        await paused.submit(chain(1))
        for path in ("/prompt", "/api/v1/jobs"):
            async with paused.session.post(server.url + path, json=body) as answer:
                assert answer.status == 429
                assert int(answer.headers["Retry-After"]) > 0
                assert "2 jobs wait" in (await answer.json())["error"]["message"]
        async with paused.session.ws_connect(f"{server.url}/api/v1/ws") as socket:
            await socket.receive_json()
            await socket.send_json({"type": "submit", **body})
            rejected = await socket.receive_json()
            assert (rejected["type"], rejected["error"]["type"]) == ("rejected", "queue_full")
        assert (await paused.call("POST", "/jobs", body, key="first"))["existed"]
        assert (await paused.call("GET", "/queue"))["limit"] == 2
    finally:
        store.room.limits = limits


async def test_jobs_run_in_the_order_they_were_given(paused: Api, server: LiveServer) -> None:
    a, b, c, d, e = [await paused.submit(chain(1, value=0.62 + n / 100)) for n in range(5)]
    async with paused.session.ws_connect(f"{server.url}/api/v1/ws") as socket:
        await socket.receive_json()
        await socket.send_json({"type": "subscribe"})
        await socket.receive_json()
        view = await paused.call("PATCH", f"/jobs/{d}", {"before": a})
        assert (view["number"], view["milestones"][-1]["type"]) == (-1 + (await _number(paused, a)), "job_moved")
        told = (await socket.receive_json(timeout=60))["event"]
        assert (told["type"], told["job"], told["number"]) == ("job_moved", d, view["number"])
    await paused.call("PATCH", f"/jobs/{a}", {"back": True})
    await paused.call("PATCH", f"/jobs/{c}", {"priority": 7})
    await paused.call("PATCH", f"/jobs/{b}", {"after": c})
    assert await paused.waiting() == [c, b, d, e, a]
    await paused.call("PATCH", f"/jobs/{a}", {"before": "no such job"}, expect=409)
    await paused.call("PATCH", "/jobs/none", {"front": True}, expect=404)
    await paused.call("PATCH", f"/jobs/{a}", {}, expect=400)
    await paused.call("POST", "/queue/resume")
    ends = [(await paused.end(job))["finished"] for job in (c, b, d, e, a)]
    assert ends == sorted(ends)
    await paused.call("PATCH", f"/jobs/{a}", {"front": True}, expect=409)


async def _number(api: Api, job: str) -> float:
    number: float = (await api.call("GET", f"/jobs/{job}"))["number"]
    return number


async def test_cancel_delete_and_clear(paused: Api) -> None:
    a, b = [await paused.submit(chain(1)) for _ in range(2)]
    assert await paused.call("POST", f"/jobs/{a}/cancel") == {"job": a, "found": True}
    assert await paused.call("POST", f"/jobs/{a}/cancel") == {"job": a, "found": False}
    await paused.call("POST", "/jobs/none/cancel", expect=404)
    assert (await paused.call("GET", f"/jobs/{a}"))["state"] == "cancelled"
    await paused.call("DELETE", f"/jobs/{b}", expect=409)
    await paused.call("DELETE", f"/jobs/{a}", expect=204)
    await paused.call("DELETE", f"/jobs/{a}", expect=404)
    assert (await paused.call("POST", "/queue/clear"))["jobs"] == [b]
    assert await paused.waiting() == []


async def test_a_running_job_is_cancelled(api: Api) -> None:
    job = await api.submit(steps(100_000))
    async with asyncio.timeout(60):
        while (await api.call("GET", f"/jobs/{job}"))["state"] != "running":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
    await api.call("DELETE", f"/jobs/{job}", expect=409)
    await api.call("POST", f"/jobs/{job}/retry", expect=409)
    assert (await api.call("POST", f"/jobs/{job}/cancel"))["found"]
    assert (await api.end(job))["state"] == "cancelled"


async def test_a_failed_job_is_repeated_from_what_it_had(api: Api) -> None:
    prompt = {
        "why": {"class_type": "PrimitiveString", "inputs": {"value": "no"}},
        "bad": {"class_type": "TestFail", "inputs": {"message": ["why", 0]}},
    }
    first = await api.end(await api.submit(prompt, priority=2))
    assert first["state"] == "failed"
    answer = await api.call("POST", f"/jobs/{first['job']}/retry", key="again", expect=201)
    assert (answer["retry_of"], answer["priority"]) == (first["job"], 2)
    assert answer["job"] != first["job"]
    again = await api.call("POST", f"/jobs/{first['job']}/retry", key="again")
    assert (again["job"], again["existed"]) == (answer["job"], True)
    second = await api.end(answer["job"])
    assert (second["state"], second["retry_of"]) == ("failed", first["job"])
    assert list(first["seconds"]) == second["cached"] == ["why"]
    assert "seconds" not in second
    asked = [await api.call("GET", f"/jobs/{job}/request") for job in (first["job"], second["job"])]
    for request in asked:
        del request["extra_data"]["create_time"]
    assert asked[0] == asked[1]
    await api.call("POST", "/jobs/none/retry", expect=404)


async def test_lists_are_narrowed_down(paused: Api) -> None:
    start = time.time()
    shown = await paused.submit(chain(1, value=0.634), extra_data={"title": 'The "first" one'})
    await paused.call("POST", "/queue/resume")
    await paused.end(shown)
    await paused.call("POST", "/queue/pause", {})
    gone = await paused.submit(chain(1), extra_data={"title": "The second"})
    await paused.call("POST", f"/jobs/{gone}/cancel")
    between = time.time()
    waiting = await paused.submit(chain(1), extra_data={"client_id": "me", "title": "Another one"})

    async def found(*query: tuple[str, object]) -> list[str]:
        asked = urlencode([("since", start), *query])
        return [view["job"] for view in (await paused.call("GET", f"/jobs?{asked}"))["jobs"]]

    assert await found() == [waiting, gone, shown]
    assert await found(("order", "oldest")) == [shown, gone, waiting]
    assert await found(("state", "done"), ("state", "queued")) == [waiting, shown]
    assert await found(("ended", "true")) == [gone, shown]
    assert await found(("since", between)) == [waiting]
    assert await found(("until", between)) == [gone, shown]
    assert await found(("client", "me")) == [waiting]
    assert await found(("title", 'e "first"')) == [shown]
    assert await found(("title", "one"), ("state", "queued")) == [waiting]
    assert await found(("shown", "true")) == [shown]
    for query in ("order=random", "since=yesterday", "state=done&state=lost", "after=x", f"title={'x' * 201}"):
        answer = await paused.call("GET", f"/jobs?{query}", expect=400)
        assert query.partition("=")[0] in answer["error"]["message"]


async def test_the_oldest_first_are_pages_too(paused: Api) -> None:
    jobs = [await paused.submit(chain(1)) for _ in range(5)]
    query, heard = "limit=2&state=queued&order=oldest", list[str]()
    place = ""
    while True:
        listed = await paused.call("GET", f"/jobs?{query}{place}")
        heard += [view["job"] for view in listed["jobs"]]
        if "next" not in listed:
            break
        place = f"&after={listed['next']}"
    assert heard == jobs


async def test_a_job_says_how_long_it_waited_and_ran_and_where_results_were_kept(paused: Api) -> None:
    prompt = chain(1, value=0.635)
    job = await paused.submit(prompt)
    assert (await paused.call("GET", f"/jobs/{job}"))["waited"] > 0
    await paused.call("POST", "/queue/resume")
    view = await paused.end(job)
    assert view["waited"] + view["ran"] == pytest.approx(view["finished"] - view["created"])
    assert view["ran"] > sum(view["seconds"].values())
    assert "kept" not in view
    again = await paused.end(await paused.submit(prompt))
    assert again["kept"] == dict.fromkeys(again["cached"], "ram")
    assert again["cached"]


def test_time_is_counted_over_all_attempts() -> None:
    story: list[ServerEvent] = [
        JobTaken(job="j", attempt=1, at=13.0),
        JobRequeued(job="j", reason="lost", at=20.0),
        JobTaken(job="j", attempt=2, at=21.0),
    ]
    assert durations([], created=10.0, now=12.0) == (2.0, 0.0)
    assert durations(story, created=10.0, now=25.0) == (4.0, 11.0)
    end = JobFinished(job="j", outcome=Outcome.DONE, at=22.0)
    assert durations([*story, end], created=10.0, now=99.0) == (4.0, 8.0)
    assert durations([JobRemoved(job="j", at=11.0)], created=10.0, now=99.0) == (1.0, 0.0)
    assert durations([JobTaken(job="j", attempt=1, at=5.0)], created=10.0, now=5.5) == (0.0, 0.5), "clocks are set back"
