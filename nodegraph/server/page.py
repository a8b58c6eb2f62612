"""The page at ``/``: the built editor, or how to build it."""

import mimetypes
from pathlib import Path

from aiohttp import web

import nodegraph

_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; font-src 'self' data:; "
    "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
)

_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>nodegraph</title>
<body style="font: 16px/1.5 system-ui; max-width: 40em; margin: 4em auto; padding: 0 1em">
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

    async def index(request: web.Request) -> web.StreamResponse:
        headers = {"Cache-Control": "no-store, must-revalidate", "Content-Security-Policy": _POLICY}
        file = folder / "index.html"
        if file.is_file():
            return web.FileResponse(file, headers=headers)
        return web.Response(text=_NOT_BUILT, content_type="text/html", headers=headers)

    async def asset(request: web.Request) -> web.StreamResponse:
        return _file(folder / request.match_info["name"])

    app.router.add_get("/", index)
    if folder.is_dir():
        for entry in sorted(folder.iterdir()):
            if entry.is_dir():
                app.router.add_static(f"/{entry.name}", entry)
            elif entry.name != "index.html":
                app.router.add_get(f"/{{name:{_escaped(entry.name)}}}", asset)


def _file(path: Path) -> web.FileResponse:
    mime = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return web.FileResponse(path, headers={"Content-Type": mime, "X-Content-Type-Options": "nosniff"})


def _escaped(name: str) -> str:
    return name.replace(".", r"\.")
