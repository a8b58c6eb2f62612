"""The field's queue and socket, against a real server with a real worker."""

import asyncio
import json
import os
import signal
import uuid
from pathlib import Path

import aiohttp
import pytest
from live_server import FieldClient, LiveServer, chain, one, steps


async def test_messages_come_in_the_order_of_the_field(client: FieldClient) -> None:
    prompt_id = (await client.post(chain(2, value=0.5)))["prompt_id"]
    types = [type for type in await client.finish(prompt_id) if type != "progress_state"]
    assert types[:2] == ["status", "status"]
    assert types[2:4] == ["execution_start", "execution_cached"]
    assert types[4:-3] == ["executing"] * 5 + ["executed"]
    assert types[-3:] == ["execution_success", "status", "executing"]
    nodes = [m["data"]["node"] for m in client.seen if isinstance(m, dict) and m["type"] == "executing"]
    assert nodes == ["s", "i0", "i1", "m", "o", None]
    assert all(
        m["data"]["prompt_id"] == prompt_id for m in client.seen if isinstance(m, dict) and m["type"] != "status"
    )


async def test_the_last_progress_state_has_every_node_finished(client: FieldClient) -> None:
    prompt_id = (await client.post(chain(2, value=0.51)))["prompt_id"]
    await client.finish(prompt_id)
    states = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "progress_state"]
    assert {state["state"] for state in states[-1]["nodes"].values()} == {"finished"}
    assert list(states[-1]["nodes"]) == ["s", "i0", "i1", "m", "o"]


async def test_history_is_complete_when_executing_null_arrives(client: FieldClient) -> None:
    prompt = chain(1, value=0.52)
    workflow = {"extra_pnginfo": {"workflow": {"nodes": []}}, "api_key_comfy_org": "secret"}
    prompt_id = (await client.post(prompt, extra_data=workflow))["prompt_id"]
    await client.finish(prompt_id)
    item = (await client.get(f"/history/{prompt_id}"))[prompt_id]
    _, stored_id, stored_prompt, extra, targets = item["prompt"]
    assert (stored_id, targets) == (prompt_id, ["o"])
    assert stored_prompt["i0"]["inputs"] == {"mask": ["s", 0]}
    assert extra["client_id"] == client.id
    assert extra["extra_pnginfo"] == workflow["extra_pnginfo"]
    assert "api_key_comfy_org" not in extra
    assert item["status"]["status_str"] == "success"
    assert item["status"]["completed"] is True
    told = [event for event, _ in item["status"]["messages"]]
    assert told == ["execution_start", "execution_cached", "execution_success"]
    assert item["meta"]["o"] == {"node_id": "o", "display_node": "o", "parent_node": None, "real_node_id": "o"}
    (image,) = item["outputs"]["o"]["images"]
    async with client.session.get(f"{client.url}/view", params=image) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "image/png"
        assert (await response.read()).startswith(b"\x89PNG")


async def test_a_cached_prompt_names_its_cached_nodes_and_shows_its_outputs_again(client: FieldClient) -> None:
    graph = chain(3, value=0.53)
    await client.finish((await client.post(graph))["prompt_id"])
    client.seen.clear()
    prompt_id = (await client.post(graph))["prompt_id"]
    types = await client.finish(prompt_id)
    cached = next(m["data"]["nodes"] for m in client.seen if isinstance(m, dict) and m["type"] == "execution_cached")
    assert set(cached) >= {"s", "i0", "i1", "i2", "m"}
    assert types.count("executed") == 1
    assert (await client.get(f"/history/{prompt_id}"))[prompt_id]["outputs"]["o"]["images"]


async def test_steps_bring_progress_and_previews(client: FieldClient) -> None:
    prompt_id = (await client.post(steps(3)))["prompt_id"]
    types = await client.finish(prompt_id)
    assert [type for type in types if type in ("progress", "picture")] == ["progress", "picture"] * 3
    pictures = [m for m in client.seen if isinstance(m, bytes)]
    assert pictures[0] == b"\0\0\0\x01\0\0\0\x01picture 1"
    progress = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "progress"]
    assert progress[0] == {"value": 1, "max": 3, "prompt_id": prompt_id, "node": "n"}


async def test_who_knows_metadata_gets_it_with_the_preview_and_before_the_progress(client: FieldClient) -> None:
    await client.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
    assert (await client.until("feature_flags"))["supports_preview_metadata"] is True
    prompt_id = (await client.post(steps(2)))["prompt_id"]
    types = await client.finish(prompt_id)
    assert [type for type in types if type in ("progress", "picture")] == ["picture", "progress"] * 2
    picture = next(m for m in client.seen if isinstance(m, bytes))
    length = int.from_bytes(picture[4:8], "big")
    described = json.loads(picture[8 : 8 + length])
    assert picture[:4] == b"\0\0\0\x04"
    assert described["node_id"] == "n"
    assert described["prompt_id"] == prompt_id
    assert described["image_type"] == "image/jpeg"
    assert picture[8 + length :] == b"picture 1"


async def test_a_failing_node_is_named(client: FieldClient) -> None:
    prompt_id = (await client.post(one("TestFail", message="broken vase")))["prompt_id"]
    await client.finish(prompt_id)
    error = next(m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "execution_error")
    assert error["node_id"] == "n"
    assert error["node_type"] == "TestFail"
    assert error["exception_type"] == "RuntimeError"
    assert error["exception_message"] == "broken vase\n"
    status = (await client.get(f"/history/{prompt_id}"))[prompt_id]["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)
    assert status["messages"][-1] == ["execution_error", error]


async def test_what_cannot_run_is_refused_with_every_problem(client: FieldClient) -> None:
    graph = chain(1)
    graph["s"]["inputs"]["value"] = 7
    del graph["i0"]["inputs"]["mask"]
    status, body = await client.call("/prompt", {"prompt": graph})
    assert status == 400
    assert body["error"]["type"] == "prompt_outputs_failed_validation"
    assert body["node_errors"]["i0"]["errors"][0]["type"] == "required_input_missing"
    assert body["node_errors"]["i0"]["dependent_outputs"] == ["o"]


@pytest.mark.parametrize(
    ("body", "type"),
    [
        ({}, "no_prompt"),
        ({"prompt": {"a": {"inputs": {}}}}, "invalid_prompt"),
        ({"prompt": {"a": {"class_type": "Nowhere", "inputs": {}}}}, "missing_node_type"),
        ({"prompt": chain(1) | {"a": {"class_type": "Nowhere", "inputs": {}}}}, "missing_node_type"),
        ({"prompt": {}}, "prompt_no_outputs"),
        ({"prompt": chain(1), "partial_execution_targets": []}, "prompt_no_outputs"),
        ({"prompt": chain(1), "prompt_id": "Not-A-UUID"}, "invalid_prompt_id"),
        ({"prompt": chain(1), "number": "soon"}, "invalid_prompt"),
    ],
)
async def test_refusals_have_the_type_of_the_field(client: FieldClient, body: object, type: str) -> None:
    status, answer = await client.call("/prompt", body)
    assert (status, answer["error"]["type"]) == (400, type)


@pytest.mark.parametrize("body", [b"{", b"[1]", b"\xff", b'{"prompt": NaN}', b"[" * 100_000])
async def test_malformed_json_is_a_clear_400(client: FieldClient, body: bytes) -> None:
    async with client.session.post(f"{client.url}/prompt", data=body) as response:
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_json"


async def test_an_id_may_be_chosen_but_not_twice(client: FieldClient) -> None:
    chosen = str(uuid.uuid4())
    assert (await client.post(chain(1), prompt_id=chosen))["prompt_id"] == chosen
    status, body = await client.call("/prompt", {"prompt": chain(1), "prompt_id": chosen})
    assert (status, body["error"]["type"]) == (400, "invalid_prompt_id")
    await client.finish(chosen)


async def test_valid_outputs_run_although_others_are_dropped(client: FieldClient) -> None:
    graph = chain(1, value=0.6) | {"bad": {"class_type": "PreviewImage", "inputs": {}}}
    answer = await client.post(graph)
    assert list(answer["node_errors"]) == ["bad"]
    await client.finish(answer["prompt_id"])
    assert (await client.get(f"/history/{answer['prompt_id']}"))[answer["prompt_id"]]["prompt"][4] == ["o"]


async def test_history_keeps_the_whole_prompt_though_only_part_of_it_runs(client: FieldClient) -> None:
    prompt = chain(0, value=0.53)
    prompt["aside"] = {"class_type": "SolidMask", "inputs": {"width": "64"}, "_meta": {"title": "for later"}}
    prompt["s"]["inputs"]["width"] = "8"
    prompt_id = (await client.post(prompt))["prompt_id"]
    assert "executing" in await client.finish(prompt_id)
    stored = (await client.get(f"/history/{prompt_id}"))[prompt_id]["prompt"][2]
    assert list(stored) == ["s", "m", "o", "aside"]
    assert stored["aside"] == prompt["aside"]
    assert stored["s"]["inputs"]["width"] == 8


async def test_interrupt_stops_a_run_between_two_network_calls(client: FieldClient) -> None:
    prompt_id = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    await client.call("/interrupt", {"prompt_id": str(uuid.uuid4())})  # another job: nothing happens
    await client.until("progress")
    await client.call("/interrupt", {})
    told = await client.until("execution_interrupted")
    assert (told["prompt_id"], told["node_id"], told["node_type"]) == (prompt_id, "n", "TestSteps")
    await client.finish(prompt_id)
    status = (await client.get(f"/history/{prompt_id}"))[prompt_id]["status"]
    assert (status["status_str"], status["completed"]) == ("error", False)
    assert status["messages"][-1][0] == "execution_interrupted"


async def test_a_second_interrupt_replaces_the_worker(client: FieldClient, server: LiveServer) -> None:
    prompt_id = (await client.post(one("TestStubborn", seconds=60.0)))["prompt_id"]
    await client.until("executing", node="n")
    before = server.worker_pid
    await client.call("/interrupt", {})
    await asyncio.sleep(0.2)
    assert server.worker_pid == before
    await client.call("/interrupt", {})
    told = await client.until("execution_interrupted")
    assert (told["prompt_id"], told["node_id"]) == (prompt_id, "n")
    follower = (await client.post(chain(1, value=0.7)))["prompt_id"]
    assert "execution_success" in await client.finish(follower)
    assert server.worker_pid != before


async def test_a_killed_worker_costs_one_attempt(client: FieldClient, server: LiveServer) -> None:
    prompt_id = (await client.post(steps(60, pause=0.02)))["prompt_id"]
    await client.until("progress")
    os.kill(server.worker_pid, signal.SIGKILL)
    types = await client.finish(prompt_id)
    assert types.count("execution_start") == 2
    assert types.count("execution_success") == 1


async def test_a_job_that_kills_its_worker_twice_fails_with_the_reason(client: FieldClient, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    marker.write_text("die\ndie again\n")
    prompt_id = (await client.post(one("TestDie", marker=str(marker))))["prompt_id"]
    types = await client.finish(prompt_id)
    assert types.count("execution_error") == 1
    error = next(m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "execution_error")
    assert "2 times" in error["exception_message"]
    assert "SIGKILL" in error["exception_message"]
    assert error["node_id"] == "n"


async def test_queue_shows_deletes_and_clears(client: FieldClient) -> None:
    running = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    first, second, third = [(await client.post(chain(1)))["prompt_id"] for _ in range(3)]
    front = (await client.post(chain(1), front=True))["prompt_id"]
    queue = await client.get("/queue")
    assert [item[1] for item in queue["queue_running"]] == [running]
    assert [item[1] for item in queue["queue_pending"]] == [front, first, second, third]
    assert (await client.get("/prompt"))["exec_info"]["queue_remaining"] == 5
    await client.call("/queue", {"delete": [second, "unknown", running]})
    assert [item[1] for item in (await client.get("/queue"))["queue_pending"]] == [front, first, third]
    await client.call("/queue", {"clear": True})
    queue = await client.get("/queue")
    assert queue["queue_pending"] == []
    assert [item[1] for item in queue["queue_running"]] == [running]
    await client.call("/interrupt", {})
    await client.finish(running)
    assert await client.get(f"/history/{second}") == {}


async def test_history_pages_and_forgets(client: FieldClient) -> None:
    await client.call("/history", {"clear": True})
    assert await client.get("/history") == {}
    ids = []
    for index in range(4):
        ids.append((await client.post(chain(0, value=index / 10)))["prompt_id"])
        await client.finish(ids[-1])
    assert list(await client.get("/history")) == ids
    assert list(await client.get("/history?max_items=2")) == ids[2:]
    assert list(await client.get("/history?max_items=2&offset=1")) == ids[1:3]
    assert await client.get("/history?max_items=2&offset=9") == {}
    await client.call("/history", {"delete": [ids[0]]})
    assert list(await client.get("/api/history")) == ids[1:]


async def test_messages_for_one_client_stay_with_it(
    client: FieldClient, server: LiveServer, session: aiohttp.ClientSession
) -> None:
    other = await FieldClient(session, server.url).connect()
    prompt_id = (await client.post(chain(1, value=0.8)))["prompt_id"]
    await client.finish(prompt_id)
    nameless = (await client.call("/prompt", {"prompt": steps(1)}))[1]["prompt_id"]
    await other.until("progress", prompt_id=nameless)
    types = {m["type"] for m in other.seen if isinstance(m, dict)}
    assert types <= {"status", "progress", "progress_state"}
    await other.socket.close()


async def test_who_connects_again_takes_over_and_is_told_the_current_node(
    client: FieldClient, server: LiveServer, session: aiohttp.ClientSession
) -> None:
    prompt_id = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    again = FieldClient(session, server.url)
    again.id = client.id
    await again.connect()
    assert (await again.until("executing"))["node"] == "n"
    await client.socket.close()
    await again.call("/interrupt", {})
    await again.finish(prompt_id)
    await again.socket.close()
