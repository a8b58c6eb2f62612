"""docs/formats.md names every kind of notice, the limits there are, and an answer as the server gives it."""

import json
import re
from pathlib import Path

import msgspec

from nodegraph.graph.canvas.draw import MOST_OUTPUTS
from nodegraph.graph.canvas.report import NoticeKind
from nodegraph.graph.canvas.scopes import DEEPEST, LARGEST
from nodegraph.server.api_v1.convert import ConvertAnswer

PAGE = (Path(__file__).parents[2] / "docs" / "formats.md").read_text(encoding="utf-8")


def test_every_kind_of_notice_is_explained() -> None:
    table = PAGE.partition("| `kind` |")[2].partition("\n\n")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) == set(NoticeKind)


def test_the_answer_is_one() -> None:
    (written,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    answer = msgspec.json.decode(written, type=ConvertAnswer)
    assert json.loads(msgspec.json.encode(answer)) == json.loads(written)


def test_the_limits_are_those_of_the_code() -> None:
    assert f"at any depth to {DEEPEST}" in PAGE
    assert f"more than {LARGEST:,} nodes, links and ports" in PAGE
    assert f"beyond the {MOST_OUTPUTS}th" in PAGE
