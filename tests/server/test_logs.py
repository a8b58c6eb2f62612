"""What ``nodegraph serve`` logs: lines of both processes that can be told apart by their jobs."""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import pytest
from live_server import one

from nodegraph import logs
from nodegraph.client import Client
from nodegraph.settings import Settings

PACK = """
import logging
from nodegraph.execution.results import Shown
from nodegraph.packs.declare import node

@node("TestLogs", category="test", output=True)
def logs(*, word: str = "") -> Shown:
    logging.getLogger("pack").warning("I run.")
    if word == "fail":
        raise RuntimeError(word)
    return Shown({"text": [word]})
"""


def test_each_line_about_a_job_has_its_id(tmp_path: Path) -> None:
    (tmp_path / "custom_nodes").mkdir()
    (tmp_path / "custom_nodes" / "logging_pack.py").write_text(PACK)
    command = [sys.executable, "-m", "nodegraph", "serve", "--home", str(tmp_path), "--port", "0", "--device", "cpu"]
    server = subprocess.Popen(
        [*command, "--log-format", "json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    address = server.stdout.readline().split()[-1]
    with Client(address, timeout=120) as client:
        done = client.submit(one("TestLogs", word="a secret of mine"))
        assert done.wait(120).state == "done"
        failed = client.submit(one("TestLogs", word="fail"))
        assert failed.wait(120).state == "failed"
    server.terminate()
    _, told = server.communicate(timeout=60)
    assert "secret" not in told
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert all(line.keys() >= {"time", "level", "process", "logger", "message"} for line in lines)
    story = [(line["process"], line["message"]) for line in lines if line.get("job") == done.id]
    assert ("worker", "I run.") in story
    assert [message for process, message in story if process == "server"] == [
        "Queued with priority 0.",
        "Given to the worker, attempt 1.",
        "Ended: done.",
    ]
    assert [line["message"] for line in lines if line.get("job") == failed.id][-1].startswith("Ended: failed: ")


def test_text_is_for_people_and_levels_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Settings.under(tmp_path, log_level="warning"), "server")
    log = logging.getLogger("somewhere")
    log.info("passed over")
    with logs.about("j"):
        log.warning("Look at %s.", "this")
    log.error("Of no job.")
    first, second = capsys.readouterr().err.splitlines()
    assert re.fullmatch(r"\S+ \S+ WARNING server somewhere: Look at this. \[job j\]", first)
    assert second.endswith("ERROR server somewhere: Of no job.")


def test_a_traceback_is_part_of_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(Settings.under(tmp_path, log_format="json"), "worker")
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("x").exception("It failed.")
    (line,) = capsys.readouterr().err.splitlines()
    told = json.loads(line)
    assert (told["process"], told["level"], told["message"]) == ("worker", "error", "It failed.")
    assert told["error"].endswith("two\nlines")
