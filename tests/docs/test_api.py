"""docs/api.md names every operation and every kind of error; nothing that is not there."""

import re
import time
from pathlib import Path
from typing import Any

from nodegraph.server.api_v1.routes import tables
from nodegraph.server.api_v1.schemas import markdown
from nodegraph.server.replies import STATUSES
from nodegraph.server.webhooks.post import signature

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_table_has_all_operations() -> None:
    rows = []
    for operation in (operation for table in tables() for operation in table.table):
        summary = markdown((operation.call.__doc__ or "").strip().partition("\n")[0]).removesuffix(".")
        rows.append(f"| `{operation.method} {operation.resource}` | `{operation.name}` | {summary} |")
    found = re.findall(r"^\| `[A-Z]+ /.*$", PAGE, re.MULTILINE)
    assert found == rows, "docs/api.md must have:\n" + "\n".join(rows)


def test_every_kind_of_error_is_listed_with_its_status() -> None:
    listed = {
        (int(status), kind)
        for status, kinds in re.findall(r"^\| (\d{3}) \| (.*?) \|", PAGE, re.MULTILINE)
        for kind in re.findall(r"`(\w+)`", kinds)
    }
    assert set(STATUSES.values()) <= listed


def test_what_tells_genuine_calls_of_webhooks_does() -> None:
    """The code in docs/webhooks.md is run."""
    page = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    now = int(time.time())
    assert names["is_genuine"](signature("secret", b"{}", now), b"{}", "secret")
    assert not names["is_genuine"](signature("secret", b"{}", now), b"{ }", "secret")
    assert not names["is_genuine"](signature("secret", b"{}", now - 1000), b"{}", "secret")
