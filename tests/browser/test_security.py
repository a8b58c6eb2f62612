"""What a browser makes of the server's answers: the page works under its policy, and no uploaded file ever runs."""

import http.server
import json
import threading
from collections.abc import Iterator

import pytest
from editor_page import EditorPage
from page_server import Server, text_to_image
from PIL import Image
from playwright.sync_api import ConsoleMessage, Page, expect

SCRIPT = "<script>document.title = 'it ran'; fetch('/queue').then(() => { document.title = 'it ran' })</script>"
FILES = {
    "page.html": f"<!doctype html><title>inert</title>{SCRIPT}",
    "drawing.svg": f'<svg xmlns="http://www.w3.org/2000/svg"><script>{SCRIPT[8:-9]}</script></svg>',
    "feed.xhtml": f'<html xmlns="http://www.w3.org/1999/xhtml"><head>{SCRIPT}</head></html>',
    "guess": f"<!doctype html>{SCRIPT}",
    "text.txt": f"<!doctype html>{SCRIPT}",
    "data.json": f"<!doctype html>{SCRIPT}",
    "picture.png": f"<!doctype html>{SCRIPT}",
}


@pytest.fixture
def elsewhere() -> Iterator[str]:
    """Another server on this computer, whose pages are those of nobody we know."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>elsewhere</title>")

        def log_message(self, format: str, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{other.server_address[1]}/"
        other.shutdown()
        thread.join()


def test_the_page_works_under_its_policy(editor: EditorPage) -> None:
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"{message.text} {message.location}")

    page = editor.page
    page.on("console", hear)
    editor.visit()
    editor.drop("portrait.json", json.dumps(text_to_image(seed=77)).encode())
    expect(editor.node("Sampler")).to_be_visible()
    editor.queue()
    expect(editor.node("Save").locator("[data-picture]")).to_be_visible()
    opened = page.get_by_role("dialog").or_(page.get_by_role("search"))
    for key in ("Control+k", "?", "Control+f"):
        page.keyboard.press(key)
        expect(opened).to_be_visible()
        page.keyboard.press("Escape")
        expect(opened).to_be_hidden()
    policy = page.request.get(editor.server.url).headers["content-security-policy"]
    assert "unsafe" not in policy
    # The kit's colours, which it writes into a style element, are there.
    colour = "getComputedStyle(document.documentElement).getPropertyValue('--mantine-color-blue-6').trim()"
    assert page.evaluate(colour).startswith("#")
    assert complaints == []


def test_no_script_comes_in_by_the_page_itself(editor: EditorPage) -> None:
    editor.visit()
    page = editor.page
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.textContent = "document.title = 'it ran'";
            document.body.append(script);
            const image = document.createElement("img");
            image.setAttribute("onerror", "document.title = 'it ran'");
            image.src = "/nowhere.png";
            document.body.append(image);
        }"""
    )
    page.wait_for_timeout(300)
    assert page.title() != "it ran"


@pytest.mark.parametrize("name", FILES)
def test_a_file_from_a_user_never_runs(page: Page, server: Server, name: str) -> None:
    (server.home / "output" / name).write_text(FILES[name])
    ran: list[str] = []
    page.on("request", lambda request: ran.append(request.url) if request.url.endswith("/queue") else None)
    EditorPage(page, server).visit()
    ran.clear()
    page.evaluate("url => { window.location = url }", f"/view?filename={name}")
    page.wait_for_timeout(500)
    assert page.title() != "it ran"
    assert not [url for url in ran if url.endswith("/queue")]


def test_a_picture_of_a_user_is_shown_when_opened_by_itself(page: Page, server: Server) -> None:
    Image.new("RGB", (30, 20), "teal").save(server.home / "output/alone.png")
    page.goto(f"{server.url}view?filename=alone.png")
    size = page.evaluate("[document.images[0].naturalWidth, document.images[0].naturalHeight]")
    assert size == [30, 20]


def test_a_page_of_elsewhere_can_neither_read_nor_embed_nor_send(page: Page, server: Server, elsewhere: str) -> None:
    Image.new("RGB", (30, 20), "teal").save(server.home / "output/private.png")
    page.goto(elsewhere)
    picture = f"{server.url}view?filename=private.png"
    assert (
        page.evaluate(
            """url => new Promise(resolve => {
            const image = new Image();
            image.onload = () => resolve("loaded");
            image.onerror = () => resolve("refused");
            image.src = url;
        })""",
            picture,
        )
        == "refused"
    )
    send = "([url, options]) => fetch(url, options).then(answer => answer.status, () => 'refused')"
    assert page.evaluate(send, [picture, {}]) == "refused"
    refused = page.request.post(f"{server.url}interrupt", headers={"Origin": elsewhere.rstrip("/")})
    assert refused.status == 403
    page.evaluate(send, [f"{server.url}api/v1/queue/pause", {"method": "POST", "mode": "no-cors"}])
    assert page.request.get(f"{server.url}api/v1/queue").json()["paused"] is False
    socket = """url => new Promise(resolve => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
    })"""
    assert page.evaluate(socket, f"{server.url.replace('http', 'ws')}ws") == "refused"
    framed = """url => new Promise(resolve => {
        const frame = document.createElement("iframe");
        frame.onload = () => { try { resolve(frame.contentDocument ? "ours" : "closed") } catch { resolve("closed") } };
        frame.src = url;
        document.body.append(frame);
    })"""
    assert page.evaluate(framed, server.url) == "closed"


def test_a_link_from_elsewhere_opens_the_page(page: Page, server: Server, elsewhere: str) -> None:
    page.goto(elsewhere)
    page.evaluate("url => { window.location = url }", server.url)
    EditorPage(page, server).ready()
