"""A page that is served in place of nodegraph's own: ``nodegraph serve --page FOLDER``."""

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import aiohttp
import pytest
from live_server import LiveServer

from nodegraph.server.app import make_app
from nodegraph.server.page import PageError
from nodegraph.settings import Settings

SCRIPT = "console.log('of the page')"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(
        f"<!doctype html><script type='x'>{SCRIPT}</script><script src='/assets/a.mjs'></script>"
    )
    (folder / "assets/a.mjs").write_text("1")
    (folder / "logo.png").write_bytes(b"png")
    (tmp_path / "secret").write_text("secret")
    (folder / "assets/out").symlink_to(tmp_path / "secret")
    return folder


@pytest.fixture
def other(tmp_path: Path, folder: Path) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path / "home", page_dir=str(folder))
    yield live
    live.stop()


async def test_it_is_served_beside_the_api(other: LiveServer, session: aiohttp.ClientSession) -> None:
    async def get(path: str) -> aiohttp.ClientResponse:
        async with session.get(other.url + path) as response:
            await response.read()
            return response

    index = await get("/")
    assert (index.status, index.content_type) == (200, "text/html")
    assert index.headers["Cache-Control"] == "no-store, must-revalidate"
    module, logo = await get("/assets/a.mjs"), await get("/logo.png")
    assert (module.content_type, module.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    assert (logo.content_type, logo.headers["Cache-Control"]) == ("image/png", "public, max-age=86400")
    assert (await get("/assets/out")).status == 403
    assert (await get("/assets/none.js")).status == 404
    assert (await get("/prompt")).content_type == "application/json"


async def test_it_may_run_its_own_scripts_and_reach_no_other_server(
    other: LiveServer, session: aiohttp.ClientSession
) -> None:
    async with session.get(other.url) as response:
        policy = dict(re.findall(r"([\w-]+) ([^;]+)", response.headers["Content-Security-Policy"]))
    digest = b64encode(sha256(SCRIPT.encode()).digest()).decode()
    assert policy["script-src"].split() == ["'self'", "'unsafe-eval'", f"'sha256-{digest}'"]
    assert policy["connect-src"].split() == ["'self'", "data:", "blob:"]
    assert policy["default-src"] == policy["frame-ancestors"] == "'none'"


def test_a_folder_without_a_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PageError, match=r"has no index\.html\. Give --page"):
        make_app(Settings.under(tmp_path, page_dir=str(tmp_path)))
