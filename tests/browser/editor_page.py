"""The editor as a person meets it: nodes, sockets and widgets by their names, and the file that a save leaves."""

import json
from pathlib import Path
from typing import Any

from page_server import Server
from playwright.sync_api import FloatRect, Locator, Page, Response, expect

Canvas = dict[str, Any]
Spot = tuple[float, float]


class EditorPage:
    """A tab of the browser with a workflow of the user's in it. Reads nothing but the screen and the server's files."""

    def __init__(self, page: Page, server: Server) -> None:
        self.page = page
        self.server = server
        self.path = ""

    def open(self, workflow: Canvas | str, name: str = "flow.json") -> None:
        """Put the workflow among the user's, and come to the page with it."""
        self.path = name
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(workflow if isinstance(workflow, str) else json.dumps(workflow), encoding="utf-8")
        self.page.goto(f"{self.server.url}?open={name}")
        self.ready()
        tabs = self.page.get_by_role("navigation", name="Open workflows")
        expect(tabs.get_by_role("button", name=Path(name).stem, exact=True)).to_be_visible()

    def visit(self) -> None:
        """Come to the page as anybody does, and wait for what it begins with."""
        self.page.goto(self.server.url)
        self.ready()
        expect(self.page.locator("[data-node]").first).to_be_visible()

    def ready(self) -> None:
        """Wait until the server has told its classes: names of widgets come from there."""
        expect(self.page.get_by_role("button", name="Server: ")).to_have_attribute(
            "aria-label", "Server: Connected, CPU"
        )
        expect(self.canvas).to_be_visible()

    @property
    def file(self) -> Path:
        return self.server.home / "user" / "default" / "workflows" / self.path

    def saved(self) -> Canvas:
        """Save by key, and read what the server has then."""
        with self.page.expect_response(self.is_save) as answer:
            self.page.keyboard.press("Control+s")
        assert answer.value.ok, answer.value.text()
        saved: Canvas = json.loads(self.file.read_text(encoding="utf-8"))
        return saved

    def is_save(self, answer: Response) -> bool:
        """Settings are written by PUT too."""
        return answer.request.method == "PUT" and "/userdata/" in answer.url

    def drop(self, name: str, content: bytes) -> None:
        """Drag a file over the canvas and let it go."""
        transfer = self.page.evaluate_handle(
            """([name, bytes]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], name));
                return transfer;
            }""",
            [name, list(content)],
        )
        for event in ("dragenter", "dragover", "drop"):
            self.canvas.dispatch_event(event, {"dataTransfer": transfer})

    def queue(self) -> None:
        self.page.get_by_role("button", name="Queue", exact=True).first.click()

    # ---- what is on the canvas ----

    @property
    def canvas(self) -> Locator:
        return self.page.locator("[data-canvas]")

    def node(self, title: str) -> Locator:
        """By the title that it shows; the first of several."""
        return self.page.locator(f'[data-node][aria-label^="{title}"]').first

    def widget(self, title: str, name: str) -> Locator:
        return self.node(title).locator(f'[data-name="{name}"]')

    def socket(self, title: str, side: str, name: str) -> Spot:
        """The middle of a socket's dot. ``side``: inputs or outputs."""
        row = box(self.node(title).locator(f'[data-side="{side}"][data-socket="{name}"]'))
        frame = box(self.node(title))
        return (frame["x"] if side == "inputs" else frame["x"] + frame["width"]), row["y"] + row["height"] / 2

    def title(self, title: str) -> Spot:
        """A place on the node's title bar at which nothing else lies."""
        frame = box(self.node(title))
        return frame["x"] + frame["width"] * 0.6, frame["y"] + 12

    def empty(self) -> Spot:
        """A place of the canvas at which no node lies: its lower left corner."""
        frame = box(self.canvas)
        return frame["x"] + 40, frame["y"] + frame["height"] - 40

    # ---- what the hand does ----

    def drag(self, start: Spot, end: Spot, *, button: str = "left", steps: int = 8) -> None:
        mouse = self.page.mouse
        mouse.move(*start)
        mouse.down(button=button)  # type: ignore[arg-type]
        mouse.move(*end, steps=steps)
        mouse.up(button=button)  # type: ignore[arg-type]

    def click(self, spot: Spot, **options: Any) -> None:
        self.page.mouse.click(*spot, **options)


def box(found: Locator) -> FloatRect:
    frame = found.bounding_box()
    assert frame is not None
    return frame


def named(workflow: Canvas, title: str) -> dict[str, Any]:
    """The node of a saved file that has this title or class."""
    (found,) = [node for node in workflow["nodes"] if title in (node.get("title"), node["type"])]
    return found  # type: ignore[no-any-return]


def pick_in_menu(page: Page, *names: str) -> None:
    """In the menu that is open; all but the last open a menu of their own."""
    for name in names:
        page.get_by_role("menuitem", name=name, exact=False).or_(
            page.get_by_role("menuitemcheckbox", name=name, exact=False)
        ).first.click()


def menu_of(editor: EditorPage, title: str) -> None:
    editor.click(editor.title(title), button="right")
    expect(editor.page.get_by_role("menu")).to_be_visible()
