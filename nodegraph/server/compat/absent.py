"""The field's routes for what this server has none of: an empty answer is what their callers expect then."""

from aiohttp import web

from nodegraph.errors import MissingFileError
from nodegraph.server.replies import json_response

routes = web.RouteTableDef()


@routes.get("/extensions")
async def get_extensions(request: web.Request) -> web.Response:
    """Scripts that packs add to the field's page."""
    return json_response([])


@routes.get("/i18n")
async def get_translations(request: web.Request) -> web.Response:
    """Translations that packs bring, by language."""
    return json_response({})


@routes.get("/workflow_templates")
async def get_pack_templates(request: web.Request) -> web.Response:
    """Example workflows that packs bring, by pack."""
    return json_response({})


@routes.get("/templates/index.json")
async def get_templates(request: web.Request) -> web.Response:
    """The field's own example workflows, by category. Those of this server are ``/api/v1/examples``."""
    return json_response([])


@routes.get("/node_replacements")
async def get_node_replacements(request: web.Request) -> web.Response:
    """Classes that others have taken the place of."""
    return json_response({})


@routes.get("/global_subgraphs")
async def get_subgraphs(request: web.Request) -> web.Response:
    """Subgraphs that are offered like node classes, by id."""
    return json_response({})


@routes.get("/global_subgraphs/{id}")
async def get_subgraph(request: web.Request) -> web.Response:
    """One of these."""
    raise MissingFileError(f"There is no subgraph {request.match_info['id']!r}.")
