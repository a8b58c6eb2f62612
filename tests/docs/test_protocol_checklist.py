"""docs/protocol-checklist.md: every test that it names is there, and every row has one or says why not."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (ROOT / "docs/protocol-checklist.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| What |")
]


def test_every_row_has_a_test_or_is_absent() -> None:
    assert len(ROWS) > 70
    without = [row[0] for row in ROWS if "::" not in row[-1] and "**absent**" not in row[1]]
    assert without == []


def test_every_test_is_there() -> None:
    named = {tuple(pair) for row in ROWS for pair in re.findall(r"`(test_\w+\.py)::(test_\w+)`", row[-1])}
    sources = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}
    missing = [f"{file}::{name}" for file, name in sorted(named) if f"def {name}(" not in sources.get(file, "")]
    assert missing == []
