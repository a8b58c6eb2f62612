"""Requests made up from the OpenAPI document, sent to a live server: each is answered as the document says, and none
with a defect. Operations that clear or delete are no exception, so this server is used for nothing else.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from live_server import LiveServer, chain
from schemathesis.checks import positive_data_acceptance

from nodegraph.server.api_v1.routes import description

schema = schemathesis.openapi.from_dict(description().document)

KNOWN_JOBS = ("one", "two", "three")


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("fuzzed"))
    for job in KNOWN_JOBS:
        asked = requests.post(f"{live.url}/api/v1/jobs", json={"prompt": chain(1), "job": job}, timeout=60)
        assert asked.status_code == 201, asked.text
    yield live
    assert live.worker_pid is not None
    live.stop()


@schema.hook
def flatmap_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> Any:
    """Made-up names are of nothing; now and then, use one of something."""
    if not path_parameters or "job" not in path_parameters:
        return st.just(path_parameters)
    return st.sampled_from([path_parameters, *({**path_parameters, "job": job} for job in KNOWN_JOBS)])


@schema.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """No made-up prompt can run; let those that are objects be one that can."""
    if isinstance(body, dict) and isinstance(body.get("prompt"), dict) and len(body["prompt"]) % 2:
        return {**{key: value for key, value in body.items() if key != "workflow"}, "prompt": chain(1)}
    return body


def check(case: schemathesis.Case, server: LiveServer) -> None:
    """A workflow of the right shape may still be one that cannot run: that 400 is no failure."""
    case.call_and_validate(
        base_url=server.url, excluded_checks=[positive_data_acceptance], timeout=60, allow_redirects=False
    )


@schema.parametrize()
@settings(max_examples=10, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented(case: schemathesis.Case, fuzzed: LiveServer) -> None:
    check(case, fuzzed)


@pytest.mark.slow
@schema.parametrize()
@settings(max_examples=500, suppress_health_check=list(HealthCheck))
def test_answers_are_as_documented_at_length(case: schemathesis.Case, fuzzed: LiveServer) -> None:
    check(case, fuzzed)
