"""``/api/v1/settings``: what the user has set, of whatever page."""

from aiohttp import web

from nodegraph.access.identity import Identity
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.userdata_messages import IfMatch, Settings
from nodegraph.server.state import USER_FILES
from nodegraph.userdata.settings import patch_settings, read_settings

operations = Operations("Settings")


@operations.get("/api/v1/settings", errors=(404, 409, 413, 507), sends=("ETag",))
async def get_settings(app: web.Application, who: Identity) -> Reply[Settings]:
    """All settings, as one object."""
    settings = await app[USER_FILES].run(who.owner, read_settings)
    return Reply(settings.values, headers={"ETag": settings.etag})


@operations.patch("/api/v1/settings", errors=(404, 409, 412, 413, 507), sends=("ETag",))
async def change_settings(app: web.Application, who: Identity, body: Settings, headers: IfMatch) -> Reply[Settings]:
    """Change settings by a JSON merge patch (RFC 7396): objects are merged, null removes.

    The answer has all settings. `If-Match` makes sure that they were not changed since they were read.
    """
    settings = await app[USER_FILES].run(who.owner, lambda files: patch_settings(files, body, headers.condition))
    return Reply(settings.values, headers={"ETag": settings.etag})
