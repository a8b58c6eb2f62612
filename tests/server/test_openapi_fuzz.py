"""Requests made up from the OpenAPI document, sent to a live server: each is answered as the document says, and none
with a defect. Operations that clear or delete are no exception, so this server is used for nothing else.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from live_server import LiveServer, chain
from schemathesis.checks import positive_data_acceptance
from test_compat_files import png

from nodegraph.server.api_v1.routes import description

schema = schemathesis.openapi.from_dict(description().document).exclude(path_regex="events$")
"""Without the streams that never end: see ``test_streams.py``."""

LONGEST_LINE = 8000
"""Bytes of an address that are not too many; above, aiohttp answers in plain text before it looks at the rest."""

KNOWN_JOBS = ("one", "two", "three")
KNOWN = {"job": KNOWN_JOBS, "index": ("0",), "node": ("SolidMask", "TestEcho"), "folder": ("checkpoints", "vae")}
"""Parts of paths that name what is there."""


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("fuzzed"))
    yield live
    assert live.worker_pid is not None
    live.stop()


@schema.hook
def flatmap_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> Any:
    """Made-up names are of nothing; now and then, use one of something."""
    known = {name: KNOWN[name] for name in path_parameters or {} if name in KNOWN}
    if not path_parameters or not known:
        return st.just(path_parameters)
    there = st.fixed_dictionaries({name: st.sampled_from(values) for name, values in known.items()})
    return st.just(path_parameters) | there.map(lambda names: {**path_parameters, **names})


@schema.hook
def map_query(context: schemathesis.HookContext, query: dict[str, Any] | None) -> Any:
    """A queue that was paused keeps whoever waits for a job of it waiting: not for long here."""
    return {**query, "timeout": 0.1} if query and isinstance(query.get("timeout"), int | float) else query


@schema.hook
def flatmap_body(context: schemathesis.HookContext, body: Any) -> Any:
    """No made-up prompt can run, and no made-up picture can be looked at; now and then, make it one that can."""
    if isinstance(body, bytes) and context.operation.path == "/api/v1/uploads":
        return st.sampled_from([body, png(), png()[:-20]])
    if not isinstance(body, dict) or not isinstance(body.get("prompt"), dict):
        return st.just(body)
    left_out = [name for name in ("workflow", "targets") if name in body]
    if any(body[name] is not None for name in left_out):  # What was made wrong must stay wrong.
        return st.just(body)
    return st.sampled_from([body, {**body, "prompt": chain(1)}])


def check(case: schemathesis.Case, server: LiveServer) -> None:
    """Send it, and compare the answer with the document.

    A workflow of the right shape may still be one that cannot run: that such data is refused is no failure.
    """
    if case.path_parameters.get("job") in KNOWN_JOBS:  # It may have been deleted by the last.
        make = {"prompt": chain(1), "job": case.path_parameters["job"]}
        assert requests.post(f"{server.url}/api/v1/jobs", json=make, timeout=60).status_code in (201, 409)
    response = case.call(base_url=server.url, timeout=60, allow_redirects=False)
    if len(response.request.url or "") > LONGEST_LINE:
        assert response.status_code == 400
    else:
        case.validate_response(response, excluded_checks=[positive_data_acceptance])


def ask(server: LiveServer, operation: str, path: Mapping[str, str] | None = None, **more: Any) -> Any:
    """A request that must be granted."""
    case = schema.find_operation_by_id(operation).Case(path_parameters=dict(path or {}), **more)
    response = case.call(base_url=server.url, timeout=60)
    assert response.status_code < 300, response.text
    case.validate_response(response)
    return response.json() if response.content else None


def test_good_answers_are_as_documented(fuzzed: LiveServer) -> None:
    """Made-up requests seldom get one."""
    one, two = {"job": "a"}, {"job": "b"}
    ask(fuzzed, "pause_queue")
    for job in (one, two):
        ask(fuzzed, "post_job", body={"prompt": chain(2), **job})
    moved = ask(fuzzed, "move_job", two, body={"front": True})
    assert moved["state"] == "queued"
    assert [job["job"] for job in ask(fuzzed, "get_queue")["queued"]] == ["b", "a"]
    assert ask(fuzzed, "cancel_job", one)["found"]
    ask(fuzzed, "resume_queue")
    again = ask(fuzzed, "retry_job", one)
    while ask(fuzzed, "get_job", {"job": again["job"]})["state"] != "done":
        time.sleep(0.02)
    assert len(ask(fuzzed, "list_jobs", query={"state": "cancelled", "limit": 1})["jobs"]) == 1
    ended = {"job": again["job"]}
    assert ask(fuzzed, "get_job", ended)["result"]["files"]
    assert ask(fuzzed, "get_job_status", ended)["state"] == "done"
    assert ask(fuzzed, "wait_for_job", ended, query={"timeout": 0})["state"] == "done"
    assert ask(fuzzed, "get_job_result", ended, query={"inline": True})["files"][0]["content"]
    assert len(ask(fuzzed, "list_job_files", ended)["files"]) == 1
    assert ask(fuzzed, "get_job_request", ended)
    sought = {"ended": True, "shown": True, "since": 1, "until": 1e11, "order": "oldest", "q": "SolidMask"}
    assert [job["job"] for job in ask(fuzzed, "list_jobs", query=sought)["jobs"]] == ["b", again["job"]]
    told = {"url": "https://hooks.example/told"}
    ask(fuzzed, "post_job", body={"prompt": chain(2), "job": "c", "webhook": told})
    assert ask(fuzzed, "get_webhook", {"job": "c"})["url"] == told["url"]
    assert ask(fuzzed, "list_nodes")
    assert ask(fuzzed, "get_node", {"node": "SolidMask"})
    assert ask(fuzzed, "list_model_folders")
    assert ask(fuzzed, "list_models", {"folder": "checkpoints"}) is not None
    picture = {"body": png(), "media_type": "application/octet-stream", "query": {"name": "fuzzed.png"}}
    uploads = [ask(fuzzed, "upload_file", **picture) for _ in range(2)]
    assert [upload["existed"] for upload in uploads] == [False, True]
    ask(fuzzed, "delete_job", one)
    workflow = ask(fuzzed, "convert_workflow", body={"prompt": chain(1), "to": "canvas"})["workflow"]
    place = {"path": "workflows/a.json"}
    for content in (workflow, {}):
        ask(
            fuzzed, "put_userdata_file", place, body=json.dumps(content).encode(), media_type="application/octet-stream"
        )
    version = ask(fuzzed, "list_versions", place)["versions"][0]["version"]
    ask(fuzzed, "restore_version", body={**place, "version": version})
    assert ask(fuzzed, "get_userdata_file", place) == workflow
    ask(fuzzed, "delete_userdata_file", place)
    ask(fuzzed, "get_example", {"name": ask(fuzzed, "list_examples")[0]})


@schema.parametrize()
@settings(max_examples=10, derandomize=True, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented(case: schemathesis.Case, fuzzed: LiveServer) -> None:
    check(case, fuzzed)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented_at_length(case: schemathesis.Case, fuzzed: LiveServer) -> None:
    check(case, fuzzed)
