"""docs/sampling.md's table is what the samplers do."""

import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_table_is_what_is_measured() -> None:
    rows = runpy.run_path(str(ROOT / "tests/diffusion/convergence.py"))["rows"]()
    told = {}
    for line in (ROOT / "docs/sampling.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) == 6:
            told[cells[0].split("`")[1]] = tuple(float(cell) for cell in cells[1:])
    assert list(told) == list(rows)
    for name, measured in rows.items():
        assert told[name] == pytest.approx(measured, rel=0.06, abs=0.06), (
            f"{name}: run python tests/diffusion/convergence.py and put its rows into docs/sampling.md"
        )
        assert told[name][1:4] == pytest.approx(measured[1:4], rel=0.06)
