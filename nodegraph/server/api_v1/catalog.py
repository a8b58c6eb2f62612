"""``/api/v1/nodes`` and ``/api/v1/models``: what workflows are made of, and which files their nodes may name."""

import asyncio
from typing import TypeVar

import msgspec
from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.graph.spec import NodeSpec
from nodegraph.server.api_v1.catalog_messages import Model, ModelFolder, ModelFolderList, ModelList, NodeList
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.userdata_messages import IfNoneMatch
from nodegraph.server.state import CATALOG, MODELS
from nodegraph.userdata.conditions import etag_of

T = TypeVar("T")

operations = Operations("Nodes and models")


@operations.get("/api/v1/nodes", status=(200, 304), errors=(503,), sends=("ETag",))
async def list_nodes(app: web.Application, headers: IfNoneMatch) -> Reply[NodeList]:
    """The node classes there are, each with its inputs and outputs.

    They change only when the server starts, or its packs do. Choices that are files are given as their folder: see
    `list_models`.
    """
    specs = await app[CATALOG].specs()
    listed = NodeList([specs[name] for name in sorted(specs)])
    return _unless_known(listed, headers)


@operations.get("/api/v1/nodes/{node}", status=(200, 304), errors=(404, 503), sends=("ETag",))
async def get_node(app: web.Application, node: str, headers: IfNoneMatch) -> Reply[NodeSpec]:
    """One node class."""
    spec = (await app[CATALOG].specs()).get(node)
    if spec is None:
        raise MissingFileError(f"There is no node class {node!r}.")
    return _unless_known(spec, headers)


@operations.get("/api/v1/models")
async def list_model_folders(app: web.Application) -> ModelFolderList:
    """The folders of models, one for each kind."""
    counts = await asyncio.to_thread(app[MODELS].count)
    return ModelFolderList([ModelFolder(kind, count) for kind, count in sorted(counts.items())])


@operations.get("/api/v1/models/{folder}", errors=(404,))
async def list_models(app: web.Application, folder: str) -> ModelList:
    """The files in a folder of models, and what each is.

    What a file is, its header tells; it is read once, and again when the file has changed.
    """
    found = await asyncio.to_thread(app[MODELS].of, folder)
    return ModelList([Model(one.name, one.size, one.what, one.state, one.precision, one.belongs) for one in found])


def _unless_known(value: T, headers: IfNoneMatch) -> Reply[T]:
    caching = {"ETag": etag_of(msgspec.json.encode(value)), "Cache-Control": "no-cache"}
    return Reply(None, 304, caching) if headers.condition.is_known(caching["ETag"]) else Reply(value, headers=caching)
