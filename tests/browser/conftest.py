"""A real server with a small checkpoint, and a real browser that looks at it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from editor_page import EditorPage
from page_server import CHECKPOINT, Server
from playwright.sync_api import Browser, Page, expect, sync_playwright
from running import have_idle
from support import tiny_checkpoint
from support.frontend import build_page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--headless=new"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Closed before the tests of other folders: while it is open, an event loop runs on this thread."""
    if CHROMIUM is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("NODEGRAPH_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    build_page()  # the page under test is that of the present sources
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that has a checkpoint and serves every test that leaves it running."""
    server = Server(tmp_path_factory.mktemp("home"))
    checkpoints = server.home / "models" / "checkpoints"
    tiny_checkpoint.write(checkpoints / CHECKPOINT)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[Server]:
    """One without any model, which a test may stop and start."""
    server = Server(tmp_path, starter=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab. A test fails if the page it shows throws."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: print(f"{message.type}: {message.text}"))  # noqa: T201
    page.set_default_timeout(60_000)
    yield page
    context.close()
    assert not errors


@pytest.fixture
def editor(page: Page, server: Server) -> EditorPage:
    return EditorPage(page, server)


@pytest.fixture
def idle_after(editor: EditorPage) -> Iterator[None]:
    """What this test queued is nothing to the next."""
    yield
    have_idle(editor.server)
