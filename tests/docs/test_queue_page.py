"""docs/queue.md names every operation of jobs and the queue, every state, and the limits there are."""

import re
from pathlib import Path

from nodegraph.server.api_v1 import jobs, queue
from nodegraph.server.records import JobState
from nodegraph.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs/queue.md").read_text()


def test_every_operation_is_named() -> None:
    told = set(re.findall(r"`([A-Z]+) (/api/v1/[^`?]*)", PAGE))
    told |= {("POST", "/api/v1/queue/resume"), ("POST", "/api/v1/queue/clear")}  # told in short, after pause
    assert "`POST /api/v1/queue/pause`, `/resume`, `/clear`" in PAGE
    there = {(operation.method, operation.path) for table in (jobs, queue) for operation in table.operations.table}
    assert told == there


def test_every_state_is_named() -> None:
    table = PAGE.partition("| State |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", table)) == set(JobState)


def test_the_limits_are_the_usual_ones(tmp_path: Path) -> None:
    usual = Settings.under(tmp_path)
    assert f"jobs that may wait, {usual.queue_limit:,}." in PAGE
    assert f"jobs of one access token that may wait, {usual.queue_limit_per_token:,}," in PAGE
    assert f"ended jobs that are kept of each owner, {usual.history_limit:,}." in PAGE
    assert usual.history_days is None
