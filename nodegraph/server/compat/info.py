"""The field's routes that describe this server: node classes, system, features."""

import platform
import sys

import psutil
from aiohttp import web

from nodegraph import __version__
from nodegraph.server.compat.features import FEATURES, INTERFACE_VERSION
from nodegraph.server.gatekeeper import identity_of
from nodegraph.server.replies import json_response
from nodegraph.server.state import CATALOG, DISPATCHER

routes = web.RouteTableDef()


@routes.get("/object_info")
async def get_object_info(request: web.Request) -> web.Response:
    """Every node class, with its file lists as they are now for whoever asks."""
    return json_response(await request.app[CATALOG].describe(identity_of(request).owner))


@routes.get("/object_info/{node_class}")
async def get_one_object_info(request: web.Request) -> web.Response:
    """One node class, or an empty object."""
    owner, wanted = identity_of(request).owner, [request.match_info["node_class"]]
    return json_response(await request.app[CATALOG].describe(owner, wanted))


@routes.get("/features")
async def get_features(request: web.Request) -> web.Response:
    """What this server can do."""
    return json_response(FEATURES)


@routes.get("/system_stats")
async def get_system_stats(request: web.Request) -> web.Response:
    """The computer, its devices as the worker last saw them, and versions. Waits until they are known: clients take
    the first device without looking whether there is one."""
    dispatcher = request.app[DISPATCHER]
    await dispatcher.described.wait()
    memory = psutil.virtual_memory()
    system = {
        "os": sys.platform,
        "ram_total": memory.total,
        "ram_free": memory.available,
        "comfyui_version": INTERFACE_VERSION,
        "required_frontend_version": None,
        "installed_templates_version": None,
        "required_templates_version": None,
        "comfy_package_versions": [],
        "deploy_environment": "local",
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
