"""The example workflows that come with nodegraph: which there are, and their files as they are."""

from pathlib import Path

from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.packs.locate import PACKAGE
from nodegraph.server.replies import json_response

routes = web.RouteTableDef()


def example_workflows() -> dict[str, Path]:
    """Name -> file, the smallest first: inside the installed package, or beside it in a working copy."""
    installed = PACKAGE / "_workflows"
    folder = installed if installed.is_dir() else PACKAGE.parent / "workflows"
    return {path.stem: path for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_size)}


@routes.get("/api/v1/examples")
async def get_examples(request: web.Request) -> web.Response:
    """The names of the examples."""
    return json_response(list(example_workflows()))


@routes.get("/api/v1/examples/{name}")
async def get_example(request: web.Request) -> web.FileResponse:
    """One of them, in canvas format."""
    name = request.match_info["name"]
    file = example_workflows().get(name)
    if file is None:
        raise MissingFileError(f"There is no example {name!r}.")
    return web.FileResponse(file, headers={"Content-Type": "application/json"})
