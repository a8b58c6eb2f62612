"""docs/models.md says what is in the list of well-known models, and what the list of installed ones has."""

import re
from pathlib import Path
from typing import get_args

import msgspec

from nodegraph.models.inventory import Installed, State
from nodegraph.models.sizes import readable
from nodegraph.weights.known import KNOWN

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")


def test_the_page_has_a_row_for_every_well_known_model() -> None:
    rows = [
        f"| `{model.name}` | `{model.file}` | `{model.repository}` | {model.licence} | {readable(model.size)} |"
        for model in KNOWN
    ]
    assert "\n".join(rows) in PAGE


def test_the_page_names_every_key_and_state_of_the_list() -> None:
    listing = PAGE[PAGE.index("## The list") :]
    named = set(re.findall(r"`(\w+)`", listing))
    assert {field.name for field in msgspec.structs.fields(Installed)} <= named
    assert set(get_args(State)) <= named
