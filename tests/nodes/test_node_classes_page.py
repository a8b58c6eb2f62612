"""docs/node-classes.md is what the list of the field's classes and the built-in pack make of it."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import pytest

from nodegraph.packs.declare import NodeDefinition

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("node_classes", ROOT / ".ci" / "node_classes.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh(maker: ModuleType, definitions: Mapping[str, NodeDefinition]) -> None:
    made = maker.page(maker.LIST.read_text(encoding="utf-8"), definitions.keys())
    assert made == maker.PAGE.read_text(encoding="utf-8"), "Make it again: python .ci/node_classes.py"


def test_no_class_is_listed_twice(maker: ModuleType) -> None:
    named = [name for group in maker.groups(maker.LIST.read_text(encoding="utf-8")) for name in group.classes]
    assert len(named) == len(set(named)) > 500


def test_what_is_not_here_has_a_reason(maker: ModuleType) -> None:
    made = maker.page("# comment\n[One | too new]\nA\nB\n\n[Two | video]\nC\n", {"A", "Z"})
    assert "1 of 3" in made
    assert "| One | 1 | 2 |\n| Two | 0 | 1 |\n" in made
    assert "| `A` | yes | |\n| `B` | no | too new |\n" in made
    assert "| `C` | no | video |\n" in made
    assert made.endswith("## Only here\n\n`Z`\n")
