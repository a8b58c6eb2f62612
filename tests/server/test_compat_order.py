"""The order of all messages about one prompt, for each way it can go, and what is there to be read when they end."""

from typing import Any

import pytest
from live_server import FieldClient, Graph, chain, one, steps

BEGIN = ["status 1", "status 1", "execution_start", "execution_cached"]
END = ["status 0", "executing None"]


def told(seen: list[dict[str, Any] | bytes]) -> list[str]:
    """Each message in a word or two. How often a state that goes on is told depends on the speed of the machine."""
    words = []
    for message in seen:
        if isinstance(message, bytes):
            words.append("picture")
            continue
        data, words_of = message["data"], [message["type"]]
        if message["type"] == "status":
            words_of.append(str(data["status"]["exec_info"]["queue_remaining"]))
        elif message["type"] in ("executing", "executed", "progress"):
            words_of.append(str(data["node"]))
        elif message["type"] == "progress_state":
            words_of += sorted({state["state"] for state in data["nodes"].values()})
        words.append(" ".join(words_of))
    going_on = "progress_state running"
    return [word for at, word in enumerate(words) if word != going_on or going_on not in words[:at]]


async def run(client: FieldClient, graph: Graph) -> list[str]:
    client.seen.clear()
    await client.finish((await client.post(graph))["prompt_id"])
    return told(client.seen)


async def test_a_run_that_succeeds(client: FieldClient) -> None:
    words = await run(client, steps(1, pause=0))
    assert words == [
        *BEGIN,
        "progress_state running",
        "executing n",
        "progress n",
        "picture",
        "executed n",
        "progress_state finished",
        "execution_success",
        *END,
    ]


async def test_who_knows_metadata_has_the_picture_before_the_progress(client: FieldClient) -> None:
    await client.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
    await client.until("feature_flags")
    words = await run(client, steps(1, pause=0))
    assert words[len(BEGIN) : -len(END)] == [
        "progress_state running",
        "executing n",
        "picture",
        "progress n",
        "executed n",
        "progress_state finished",
        "execution_success",
    ]


async def test_a_run_of_which_all_is_there_shows_its_outputs_again(client: FieldClient) -> None:
    graph = chain(1, value=0.91)
    await run(client, graph)
    assert await run(client, graph) == [*BEGIN, "executed o", "execution_success", *END]
    cached = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "execution_cached"]
    assert set(cached[0]["nodes"]) == set(graph)


async def test_a_run_that_fails(client: FieldClient) -> None:
    words = await run(client, one("TestFail", message="x"))
    assert words == [
        *BEGIN,
        "progress_state running",
        "executing n",
        "progress_state error",
        "execution_error",
        *END,
    ]


async def test_a_run_that_is_interrupted(client: FieldClient) -> None:
    prompt_id = (await client.post(steps(10_000)))["prompt_id"]
    await client.until("progress")
    await client.call("/interrupt", None)
    await client.finish(prompt_id)
    words = told(client.seen)
    assert words[: len(BEGIN)] == BEGIN
    assert words[-3:] == ["execution_interrupted", *END]


@pytest.mark.parametrize(
    ("graph", "last", "keys"),
    [
        (steps(1, pause=0), "execution_success", {"prompt_id", "timestamp"}),
        (
            one("TestFail", message="y"),
            "execution_error",
            {
                "prompt_id",
                "node_id",
                "node_type",
                "executed",
                "exception_message",
                "exception_type",
                "traceback",
                "current_inputs",
                "current_outputs",
                "timestamp",
            },
        ),
    ],
)
async def test_history_has_the_end_before_it_is_told(
    client: FieldClient, graph: Graph, last: str, keys: set[str]
) -> None:
    prompt_id = (await client.post(graph))["prompt_id"]
    await client.finish(prompt_id)
    item = (await client.get(f"/history/{prompt_id}"))[prompt_id]
    event, data = item["status"]["messages"][-1]
    assert (event, data.keys()) == (last, keys)
    assert {"type": event, "data": data} in client.seen
    assert [name for name, _ in item["status"]["messages"]] == ["execution_start", "execution_cached", last]


async def test_an_output_that_was_blocked_is_told_and_the_others_run(client: FieldClient) -> None:
    graph = {
        "b": {"class_type": "TestBlock", "inputs": {"message": "no vase today"}},
        "n": {"class_type": "TestEcho", "inputs": {"text": ["b", 0]}},
        "other": {"class_type": "TestEcho", "inputs": {"text": "goes on"}},
    }
    words = await run(client, graph)
    assert "executed other" in words
    assert words[-3:] == ["execution_success", *END]
    (error,) = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "execution_error"]
    assert (error["node_id"], error["exception_type"]) == ("n", "ExecutionBlocked")
    assert error["exception_message"] == "no vase today\n"


async def test_a_node_inside_another_is_shown_as_that_one(client: FieldClient) -> None:
    await run(client, one("TestEchoInside", text="inside"))
    began = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "executing"]
    assert [(data["node"], data.get("display_node")) for data in began[:2]] == [("n", "n"), ("n.inside", "n")]
    (shown,) = [m["data"] for m in client.seen if isinstance(m, dict) and m["type"] == "executed"]
    assert (shown["node"], shown["display_node"], shown["output"]) == ("n.inside", "n", {"text": ["inside"]})
    states = [m["data"]["nodes"] for m in client.seen if isinstance(m, dict) and m["type"] == "progress_state"]
    assert states[-1]["n.inside"].items() >= {"display_node_id": "n", "parent_node_id": "n"}.items()
