"""The page's message types against the server's: a field one side does not know fails here, not in a browser."""

import re
from typing import get_args

import msgspec
import pytest
from support.frontend import ROOT

from nodegraph.execution.events import Failure
from nodegraph.graph.problems import NodeProblems, Problem
from nodegraph.server.api_v1 import messages
from nodegraph.server.events import ServerEvent

PROTOCOL = ROOT / "web" / "src" / "protocol"

STRUCTS: dict[str, type[msgspec.Struct]] = {
    struct.__name__: struct
    for struct in (
        *get_args(ServerEvent),
        *get_args(messages.ServerMessage),
        *get_args(messages.ClientMessage),
        Failure,
        Problem,
        NodeProblems,
        messages.OutputFile,
        messages.JobView,
        messages.ServerStatus,
    )
}


def interfaces() -> dict[str, dict[str, str]]:
    """Name → field → its type, of every interface; an optional field's name ends in ``?``."""
    text = "".join((PROTOCOL / name).read_text() for name in ("events.ts", "messages.ts"))
    found = re.findall(r"^export interface (\w+) \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    return {name: dict(re.findall(r"^  (\w+\??): (.*);$", body, re.MULTILINE)) for name, body in found}


@pytest.mark.parametrize("name", sorted(interfaces()))
def test_every_field_is_one_the_server_has(name: str) -> None:
    struct = STRUCTS[name]
    fields = interfaces()[name]
    tag = struct.__struct_config__.tag
    assert fields.pop("type", None) == (f'"{tag}"' if tag else "string" if "type" in struct.__struct_fields__ else None)
    assert {field.removesuffix("?") for field in fields} <= set(struct.__struct_fields__)


def test_every_event_is_known_to_the_page() -> None:
    assert {struct.__name__ for struct in get_args(ServerEvent)} <= interfaces().keys()


@pytest.mark.parametrize("name", sorted(interfaces()))
def test_what_may_be_left_out_is_optional(name: str) -> None:
    struct = STRUCTS[name]
    if not struct.__struct_config__.omit_defaults:
        return
    defaults = {field.name for field in msgspec.structs.fields(struct) if not field.required}
    assert not defaults & interfaces()[name].keys()
