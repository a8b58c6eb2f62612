"""The page at ``/``: the built editor, how to build it, or another page that was chosen in its place."""

import asyncio
import re
import secrets
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from aiohttp import web

import nodegraph
from nodegraph.errors import MissingFileError, UserError
from nodegraph.paths import confined
from nodegraph.server.gatekeeper import declare
from nodegraph.settings import Settings

NONCE = "NODEGRAPH_NONCE"
"""Stands in the built page (see web/vite.config.ts) where each answer has a word of its own, new every time.

It lets the page's own style elements in, and nobody else's: Mantine writes its colours into one.
"""

_OWN_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; font-src 'self' data:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_OTHER_POLICY = (
    "default-src 'none'; script-src 'self' 'unsafe-eval' {scripts}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
    "manifest-src 'self'; worker-src 'self' blob:; base-uri 'self'; form-action 'none'; frame-ancestors 'none'"
)
"""Of a page that was not made for ours: it may style itself, run WebAssembly and the scripts that stand in its
``index.html`` word for word (by their digests, ``{scripts}``), and reach no other server."""

_TYPES = {
    ".css": "text/css",
    ".ico": "image/x-icon",
    ".jpg": "image/jpeg",
    ".js": "text/javascript",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/plain; charset=utf-8",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webm": "video/webm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}
"""What a page is made of. Not asked of the system, whose list is not the same on every computer."""

_CACHED = {False: {"Cache-Control": "no-cache"}, True: {"Cache-Control": "public, max-age=86400"}}
"""How long browsers keep a file of the page: pictures (True) for a day, all else only while it is the same here."""

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


_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\bsrc\b)[^>]*>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


class PageError(UserError):
    """A folder that was chosen to be the page and is none."""


class Page(NamedTuple):
    """A folder with an ``index.html`` and what it needs, and what a browser may do with it."""

    folder: Path
    policy: str

    @classmethod
    def of(cls, settings: Settings) -> "Page":
        """The page that ``settings`` name, or the built one, which may be missing. Raises :class:`PageError`."""
        if settings.page_dir is None:
            return cls(Path(nodegraph.__file__).parent / "_web", _OWN_POLICY)
        folder = Path(settings.page_dir)
        if not (folder / "index.html").is_file():
            raise PageError(
                f"{folder} holds no page: it has no index.html. Give --page the folder in which that file lies, or "
                "leave it out to get nodegraph's own page."
            )
        text = (folder / "index.html").read_text(encoding="utf-8", errors="replace")
        return cls(folder, _OTHER_POLICY.replace("{scripts}", " ".join(map(_source, _INLINE_SCRIPT.findall(text)))))

    def headers(self, nonce: str = "") -> dict[str, str]:
        """What is said with the files of this page."""
        return {"Content-Security-Policy": self.policy.format(nonce=nonce)}


def _source(script: str) -> str:
    """How a policy names a script that stands in a page."""
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"


def add_to(app: web.Application, page: Page) -> None:
    """Serve ``page`` from ``app``."""
    folder = page.folder

    async def index(request: web.Request) -> web.Response:
        return await asyncio.to_thread(_index, page)

    async def asset(request: web.Request) -> web.FileResponse:
        path = confined(folder, request.path.removeprefix("/"))
        if not path.is_file():
            raise MissingFileError(f"The page has no file {request.path!r}.")
        mime = _TYPES.get(path.suffix, "application/octet-stream")
        headers = {"Content-Type": mime, **_CACHED[mime.startswith("image/")], **page.headers()}
        return web.FileResponse(path, headers=headers)

    for handler in (index, asset):
        declare(app, handler, None)  # they hold nothing of anybody; the page asks people to sign in
    app.router.add_get("/", index)
    if page.policy == _OWN_POLICY:
        app.router.add_get("/docs", index)  # the same program, which shows the description of the interface there
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                app.router.add_get(f"/{entry.name}/{{path:.+}}", asset)
            elif entry.name != "index.html":
                app.router.add_get(f"/{entry.name}", asset)


def _index(page: Page) -> web.Response:
    try:
        text = (page.folder / "index.html").read_text(encoding="utf-8")
    except FileNotFoundError:
        text = _NOT_BUILT
    nonce = secrets.token_urlsafe(16)
    headers = {
        "Cache-Control": "no-store, must-revalidate",
        "Cross-Origin-Opener-Policy": "same-origin",
        **page.headers(nonce),
    }
    return web.Response(text=text.replace(NONCE, nonce), content_type="text/html", charset="utf-8", headers=headers)
