"""docs/editor.md names a test for every feature, and every test of the editor in a browser proves one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/editor.md").read_text()


def browser_tests() -> set[str]:
    return {
        f"{path.name}::{function.name}"
        for path in (ROOT / "tests/browser").glob("test_editor_*.py")
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef) and function.name.startswith("test_")
    }


def named() -> list[tuple[str, set[str]]]:
    """The features, each with the tests that stand beside it."""
    files: dict[str, str] = dict(re.findall(r"^`(\w+)` is (test_\w+\.py)", PAGE, re.MULTILINE))
    features = PAGE.partition("## Canvas")[2]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", features, re.MULTILINE)
    return [
        (feature, {f"{files[file]}::test_{name}" for file, name in re.findall(r"`(\w+):(\w+)`", tests)})
        for feature, tests in rows
        if feature.strip("- ") and feature != "Feature"
    ]


def test_every_feature_has_a_test_that_exists() -> None:
    rows = named()
    assert len(rows) > 60
    there = browser_tests()
    for feature, tests in rows:
        assert tests, f"no test beside {feature!r}"
        assert tests <= there, f"{feature!r} names {tests - there}"


def test_every_test_of_the_editor_stands_beside_a_feature() -> None:
    told = set().union(*(tests for _, tests in named()))
    assert browser_tests() - told == set()
