"""The field's routes that describe this server: node classes, models, system, features."""

import os
import platform
import sys

import psutil
from aiohttp import web

from nodegraph import __version__
from nodegraph.server.compat.features import FEATURES, INTERFACE_VERSION
from nodegraph.server.replies import json_response
from nodegraph.server.state import CATALOG, DISPATCHER

routes = web.RouteTableDef()


@routes.get("/object_info")
async def get_object_info(request: web.Request) -> web.Response:
    """Every node class, with its file lists as they are now."""
    return json_response(await request.app[CATALOG].describe())


@routes.get("/object_info/{node_class}")
async def get_one_object_info(request: web.Request) -> web.Response:
    """One node class, or an empty object."""
    return json_response(await request.app[CATALOG].describe([request.match_info["node_class"]]))


@routes.get("/models")
async def get_models(request: web.Request) -> web.Response:
    """The kinds of model folders."""
    return json_response(list(request.app[CATALOG].models.keys()))


@routes.get("/models/{folder}")
async def get_model_files(request: web.Request) -> web.Response:
    """The files of one kind."""
    models, folder = request.app[CATALOG].models, request.match_info["folder"]
    if folder not in set(models.keys()):
        raise web.HTTPNotFound
    return json_response(list(models.list(folder)))


@routes.get("/experiment/models")
async def get_model_folders(request: web.Request) -> web.Response:
    """The kinds of model folders and where they are."""
    models = request.app[CATALOG].models
    kinds = set(models.keys()) - {"configs", "custom_nodes"}
    return json_response([{"name": key, "folders": [str(path) for path in models.paths(key)]} for key in sorted(kinds)])


@routes.get("/embeddings")
async def get_embeddings(request: web.Request) -> web.Response:
    """The names by which prompts call embeddings."""
    return json_response([os.path.splitext(name)[0] for name in request.app[CATALOG].models.list("embeddings")])


@routes.get("/extensions")
async def get_extensions(request: web.Request) -> web.Response:
    """Scripts that packs add to the field's editor: none, this server has its own."""
    return json_response([])


@routes.get("/features")
async def get_features(request: web.Request) -> web.Response:
    """What this server can do."""
    return json_response(FEATURES)


@routes.get("/system_stats")
async def get_system_stats(request: web.Request) -> web.Response:
    """The computer, its devices as the worker last saw them, and versions."""
    dispatcher = request.app[DISPATCHER]
    memory = psutil.virtual_memory()
    system = {
        "os": sys.platform,
        "ram_total": memory.total,
        "ram_free": memory.available,
        "comfyui_version": INTERFACE_VERSION,
        "nodegraph_version": __version__,
        "python_version": f"{platform.python_version()} ({platform.python_implementation()})",
        "pytorch_version": dispatcher.torch_version,
        "embedded_python": False,
        "argv": ["nodegraph"],
    }
    devices = [
        {
            "name": device.name,
            "type": device.type,
            "index": device.index,
            "vram_total": device.memory_total,
            "vram_free": device.memory_free,
            "torch_vram_total": device.torch_memory_total,
            "torch_vram_free": device.torch_memory_free,
        }
        for device in dispatcher.devices
    ]
    return json_response({"system": system, "devices": devices})
