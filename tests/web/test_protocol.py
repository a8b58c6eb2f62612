"""The page's types of the wire are those of the server: the committed file is what the OpenAPI document makes."""

import os
import sys
from pathlib import Path

import pytest
from support.frontend import ROOT, build_step

SCHEMA = ROOT / "web" / "src" / "protocol" / "schema.ts"


def test_the_generated_types_are_up_to_date(monkeypatch: pytest.MonkeyPatch) -> None:
    hook = build_step()
    # `nodegraph`, which prints the document, is installed beside this interpreter.
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    try:
        hook.npm("run", "types", "--", "--check")
    except hook.FrontEndError as stale:
        pytest.fail(f"Run `npm run types` in web/ and commit {SCHEMA.name}.\n{stale}")
