"""What axe-core finds wrong with what a page shows."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"

COME_TO_REST = """async () => {
    const ends = (one) => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity;
    const moving = () => document.getAnimations().filter(ends);
    while (moving().length > 0) await Promise.allSettled(moving().map((one) => one.finished));
}"""


def violations(page: Page) -> list[str]:
    """What axe-core finds, once nothing moves: a colour in passing is not the colour."""
    page.evaluate(COME_TO_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]
