"""docs/protocol.md names every message and event there is, and no other."""

import re
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from nodegraph.server.api_v1.messages import ClientMessage, ServerMessage
from nodegraph.server.events import ServerEvent
from nodegraph.worker.protocol import Command, Report, Start

PAGE = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")


def tags(*types: Any) -> set[str]:
    return {str(msgspec.inspect.type_info(kind).tag) for kind in types}


@pytest.mark.parametrize(
    ("table", "known"),
    [
        ("Client sends", tags(*get_args(ClientMessage))),
        ("Server sends", tags(*get_args(ServerMessage))),
        ("Event", tags(*get_args(ServerEvent))),
        ("To the worker", tags(Start, *get_args(Command))),
        ("From the worker", tags(*get_args(Report))),
    ],
)
def test_each_table_is_complete(table: str, known: set[str]) -> None:
    rows = re.search(rf"^\| {table} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert rows, table
    first_column = [row.split("|")[1] for row in rows[1].splitlines()]
    assert {name for cell in first_column for name in re.findall(r"`(\w+)`", cell)} == known
