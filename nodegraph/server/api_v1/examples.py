"""The example workflows that come with nodegraph: which there are, and their files as they are."""

from pathlib import Path

from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.packs.locate import PACKAGE
from nodegraph.server.api_v1.operations import Operations

operations = Operations("Examples")


def example_workflows() -> dict[str, Path]:
    """Name -> file, the smallest first: inside the installed package, or beside it in a working copy."""
    installed = PACKAGE / "_workflows"
    folder = installed if installed.is_dir() else PACKAGE.parent / "workflows"
    return {path.stem: path for path in sorted(folder.glob("*.json"), key=lambda path: path.stat().st_size)}


@operations.get("/api/v1/examples")
async def list_examples(app: web.Application) -> list[str]:
    """The names of the example workflows, the smallest first."""
    return list(example_workflows())


@operations.get("/api/v1/examples/{name}", errors=(404,), produces="application/json")
async def get_example(app: web.Application, name: str) -> web.Response:
    """An example workflow, in canvas format."""
    file = example_workflows().get(name)
    if file is None:
        raise MissingFileError(f"There is no example {name!r}.")
    return web.Response(body=file.read_bytes(), content_type="application/json")
