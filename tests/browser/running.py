"""What a test does to have workflows run: on the page as a person does, and at the server to see what came of it."""

import json
import re
import time
import urllib.request
from typing import Any

from editor_page import EditorPage
from page_server import Server, Workflow, text_to_image
from playwright.sync_api import Locator, Page, expect


def ask(server: Server, path: str, method: str = "GET", body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.url}api/v1/{path}", data, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


def jobs(server: Server, state: str) -> list[dict[str, Any]]:
    """Latest first."""
    found: list[dict[str, Any]] = ask(server, f"jobs?state={state}")["jobs"]
    return found


def queued(server: Server) -> list[str]:
    return [entry["job"] for entry in ask(server, "queue")["queued"]]


def eventually(check: Any, wanted: Any, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while (found := check()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert found == wanted


def opened(editor: EditorPage, *, seed: int, steps: int = 3, name: str = "flow.json", **more: Workflow) -> None:
    """A workflow of its own, on a server in whose queue nothing waits."""
    ask(editor.server, "queue/clear", "POST")
    ask(editor.server, "queue/resume", "POST")
    editor.open(json.dumps({**text_to_image(seed=seed, steps=steps), **more}), name)
    expect(editor.node("Sampler")).to_be_visible()
    fit(editor)


def fit(editor: EditorPage) -> None:
    """Have all of the workflow in view."""
    editor.page.locator("body").press(".")
    editor.page.evaluate(AT_REST)


# Resolves when no node has moved for some frames: the first may be those before the view sets out.
AT_REST = """() => new Promise((resolve) => {
    const places = () => [...document.querySelectorAll("[data-node]")].map((node) => {
        const { x, y, width, height } = node.getBoundingClientRect();
        return [x, y, width, height];
    }).join(" ");
    let [before, same] = [places(), 0];
    const look = () => {
        const now = places();
        same = now === before ? same + 1 : 0;
        before = now;
        if (same >= 5) resolve();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})"""


def have_idle(server: Server) -> None:
    """Nothing waits, nothing runs, and the queue goes on."""
    ask(server, "queue/clear", "POST")
    ask(server, "queue/resume", "POST")
    for job in ask(server, "queue")["running"]:
        ask(server, f"jobs/{job['job']}/cancel", "POST")
    eventually(lambda: ask(server, "queue")["running"], [])


def queue_button(page: Page) -> Locator:
    return page.get_by_test_id("queue")


def panel(page: Page, name: str) -> Locator:
    page.get_by_role("navigation", name="Panels").get_by_role("button", name=re.compile(f"^{name}")).click()
    return page.get_by_role("complementary", name=name)


def run_once(editor: EditorPage) -> str:
    """Queue, wait for the end; the job."""

    def newest() -> str | None:
        return next((job["job"] for job in jobs(editor.server, "done")), None)

    before = newest()
    queue_button(editor.page).click()
    eventually(lambda: newest() != before, True)
    job = newest()
    assert job is not None
    return job


def pause(editor: EditorPage) -> Locator:
    queue = panel(editor.page, "Queue")
    queue.get_by_role("button", name="Pause the queue").click()
    expect(editor.page.get_by_role("button", name="Queue paused")).to_be_visible()
    fit(editor)
    return queue
