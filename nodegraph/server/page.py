"""The page at ``/``: the built editor, or how to build it."""

import asyncio
import secrets
from pathlib import Path

from aiohttp import web

import nodegraph
from nodegraph.errors import MissingFileError
from nodegraph.paths import confined
from nodegraph.server.gatekeeper import declare

NONCE = "NODEGRAPH_NONCE"
"""Stands in the built page (see web/vite.config.ts) where each answer has a word of its own, new every time.

It lets the page's own style elements in, and nobody else's: Mantine writes its colours into one.
"""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
"""What the page is made of. Not asked of the system, whose list is not the same on every computer."""

_NOT_BUILT = f"""<!doctype html>
<html lang="en"><meta charset="utf-8"><title>nodegraph</title>
<style nonce="{NONCE}">
body {{ font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em }}
</style>
<h1>nodegraph is running</h1>
<p>Its page has not been built. In a working copy, install the package again, which builds it:</p>
<pre>pip install -e .</pre>
<p>The API answers all the same:
<a href="/object_info">/object_info</a>, <a href="/api/v1/status">/api/v1/status</a>.</p>
"""


def built_page() -> Path:
    """The folder of the built page; it may be missing."""
    return Path(nodegraph.__file__).parent / "_web"


def add_to(app: web.Application, folder: Path) -> None:
    """Serve the page in ``folder`` from ``app``."""

    async def index(request: web.Request) -> web.Response:
        return await asyncio.to_thread(_index, folder / "index.html")

    async def asset(request: web.Request) -> web.FileResponse:
        path = confined(folder, request.path.removeprefix("/"))
        if not path.is_file():
            raise MissingFileError(f"The page has no file {request.path!r}.")
        headers = {"Content-Type": _TYPES.get(path.suffix, "application/octet-stream")}
        return web.FileResponse(path, headers={**headers, "Content-Security-Policy": _policy("")})

    for handler in (index, asset):
        declare(app, handler, None)  # they hold nothing of anybody; the page asks people to sign in
    app.router.add_get("/", index)
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                app.router.add_get(f"/{entry.name}/{{path:.+}}", asset)
            elif entry.name != "index.html":
                app.router.add_get(f"/{entry.name}", asset)


def _index(file: Path) -> web.Response:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        text = _NOT_BUILT
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Cache-Control": "no-store, must-revalidate",
        "Content-Security-Policy": _policy(nonce),
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return web.Response(text=text.replace(NONCE, nonce), content_type="text/html", charset="utf-8", headers=headers)


def _policy(nonce: str) -> str:
    return _POLICY.format(nonce=nonce)
