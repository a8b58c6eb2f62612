"""The example workflows that come with nodegraph: which there are, their files as they are, and what each paints."""

from pathlib import Path

from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.packs.locate import PACKAGE
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.userdata_messages import IfNoneMatch
from nodegraph.server.files import headers_of
from nodegraph.userdata.conditions import etag_of

operations = Operations("Examples")

_LESSONS = (
    "text-to-image",
    "batch-of-seeds",
    "negative-prompt",
    "prompt-weights",
    "image-to-image",
    "inpainting",
    "hires-fix",
    "learn-noise",
    "learn-steps",
    "learn-attention",
    "learn-schedules",
    "learn-between",
    "learn-autoencoder",
    "learn-clip",
)
"""Each builds on those before it; the page opens with the first."""


def example_workflows() -> dict[str, Path]:
    """Name -> file, in the order of the lessons: inside the installed package, or beside it in a working copy.

    The picture of an example lies beside it, with the suffix ``.webp``.
    """
    installed = PACKAGE / "_workflows"
    folder = installed if installed.is_dir() else PACKAGE.parent / "workflows"
    found = {path.stem: path for path in sorted(folder.glob("*.json"))}
    return {name: found[name] for name in sorted(found, key=_place)}


@operations.get("/api/v1/examples")
async def list_examples(app: web.Application) -> list[str]:
    """The names of the example workflows, the simplest first."""
    return list(example_workflows())


@operations.get("/api/v1/examples/{name}", errors=(404,), produces="application/json")
async def get_example(app: web.Application, name: str) -> web.Response:
    """An example workflow, in canvas format."""
    return web.Response(body=_file(name).read_bytes(), content_type="application/json")


@operations.get(
    "/api/v1/examples/{name}/thumbnail",
    status=(200, 204, 304),
    errors=(404,),
    produces="image/webp",
    sends=("ETag",),
)
async def get_example_thumbnail(app: web.Application, name: str, headers: IfNoneMatch) -> web.Response:
    """A small picture of what an example workflow paints, made by that workflow.

    It may be kept, but must be asked for again: another version of nodegraph may bring another one. An example that
    has none is answered with 204: browsers take a 404 for a mistake of the page's.
    """
    file = _file(name).with_suffix(".webp")
    if not file.is_file():
        return web.Response(status=204, headers={"Cache-Control": "no-cache"})
    body = file.read_bytes()
    caching = {"ETag": etag_of(body), "Cache-Control": "no-cache"}
    if headers.condition.is_known(caching["ETag"]):
        return web.Response(status=304, headers=caching)
    return web.Response(body=body, headers={**headers_of(file.name), **caching})


def _file(name: str) -> Path:
    file = example_workflows().get(name)
    if file is None:
        raise MissingFileError(f"There is no example {name!r}.")
    return file


def _place(name: str) -> tuple[int, str]:
    return (_LESSONS.index(name) if name in _LESSONS else len(_LESSONS), name)
