"""The page that ComfyUI publishes, served with ``--page``, works with this server: downloaded for this test only."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from page_server import Server, text_to_image
from playwright.sync_api import Page, Response, WebSocket, expect
from support import tiny_checkpoint
from support.third_party import python_packages

CHECKPOINT = "v1-5-pruned-emaonly-fp16.safetensors"
ABSENT = {
    "/user.css",
    "/api/userdata/user.css",
    "/api/userdata",
    "/api/userdata/comfy.templates.json",
    "/templates/index_logo.json",
    "/templates/fuse_options.json",
}
"""What the page asks for and can do without: files of the user, who has none yet, and of a package of templates."""

NODES = """() => (window.app?.graph?._nodes ?? []).map((node) => node.type)"""
SHOWS = """(type) => window.app.graph._nodes.some((node) => node.type === type && node.imgs?.[0]?.naturalWidth > 0)"""
SMALL = """() => {
    const values = { width: 64, height: 64, steps: 3 };
    for (const node of window.app.graph._nodes)
        for (const widget of node.widgets ?? [])
            if (widget.name in values) widget.value = values[widget.name];
}"""


@contextmanager
def serving(home: Path, cache: Path, version: str) -> Iterator[Server]:
    """A server with that version of the page, and the checkpoint of its old default graph."""
    packages = python_packages(cache, Path(__file__).parent / f"published-page/{version}.txt")
    tiny_checkpoint.write(home / "models/checkpoints" / CHECKPOINT)
    settings = home / "user/default/comfy.settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"Comfy.TutorialCompleted": True}))  # else it begins with an empty graph
    server = Server(home, "--page", str(packages / "comfyui_frontend_package/static"))
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def cache(request: pytest.FixtureRequest) -> Path:
    return request.config.cache.mkdir("third-party")


class Watched:
    """What a tab was answered, and what its socket heard."""

    def __init__(self, page: Page) -> None:
        self.refused: set[str] = set()
        self.heard: list[str] = []
        page.on("response", self._response)
        page.on("websocket", self._socket)

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.refused.add(urlsplit(response.url).path)

    def _socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._frame)

    def _frame(self, frame: str | bytes) -> None:
        self.heard.append(json.loads(frame)["type"] if isinstance(frame, str) else f"event {frame[3]}")


def run_and_see(page: Page, server: Server, watched: Watched) -> None:
    """Press Run; the preview comes on the wire and to the sampler, the picture to the node that saves it."""
    page.evaluate(SMALL)
    with page.expect_response(lambda response: urlsplit(response.url).path == "/api/view") as shown:
        page.get_by_role("button", name="Run", exact=True).first.click()
        page.wait_for_function(SHOWS, arg="KSampler")
        page.get_by_role("button", name="Fit View").first.click()
    assert (shown.value.status, shown.value.headers["content-type"]) == (200, "image/png")
    page.wait_for_function(SHOWS, arg="SaveImage")
    assert {"progress", "progress_state", "executed", "execution_success", "event 4"} <= set(watched.heard)
    (saved,) = (server.home / "output").glob("*.png")
    assert saved.stat().st_size > 1000
    assert watched.refused <= ABSENT


def test_it_runs_its_default_graph(page: Page, tmp_path: Path, cache: Path) -> None:
    with serving(tmp_path, cache, "1.42.15") as server:
        watched = Watched(page)
        page.goto(server.url)
        expect(page.get_by_role("button", name="Run", exact=True).first).to_be_visible()
        page.wait_for_function(f"({NODES})().length === 7")
        assert set(page.evaluate(NODES)) == {
            "CheckpointLoaderSimple",
            "CLIPTextEncode",
            "EmptyLatentImage",
            "KSampler",
            "VAEDecode",
            "SaveImage",
        }
        run_and_see(page, server, watched)


def test_the_newest_starts_and_runs_a_workflow_file(page: Page, tmp_path: Path, cache: Path) -> None:
    """Its default graph loads too, but is one of a model whose nodes are not here."""
    with serving(tmp_path, cache, "1.58.1") as server:
        watched = Watched(page)
        page.goto(server.url)
        expect(page.get_by_role("button", name="Run", exact=True).first).to_be_visible()
        page.wait_for_function(f"({NODES})().includes('KSampler')")
        workflow = json.dumps(text_to_image(seed=5, checkpoint=CHECKPOINT))
        page.evaluate(
            "(text) => window.app.handleFile(new File([text], 'w.json', {type: 'application/json'}))", workflow
        )
        page.wait_for_function(f"({NODES})().includes('CheckpointLoaderSimple')")
        run_and_see(page, server, watched)
