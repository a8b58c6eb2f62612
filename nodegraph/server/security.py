"""Who may talk to the server: pages and programs of this computer, and nobody else.

A browser will send requests to a loopback address from any page it shows, and DNS rebinding gives a foreign page a name
that resolves here. So the ``Host`` must be a name of this computer, and an ``Origin``, where there is one, must be the
very server it talks to. Reaching further than loopback needs access tokens, which do not exist yet.
"""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from nodegraph.errors import UserError


class UnsafeHostError(UserError):
    """An address to listen on that others could reach."""


def is_loopback(host: str) -> bool:
    """Whether this host name or address always means this computer."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return bool((mapped or address).is_loopback)


def check_listen_address(host: str) -> None:
    """Raise :class:`UnsafeHostError` if others could reach a server that listens on ``host``."""
    if not is_loopback(host):
        raise UnsafeHostError(
            f"nodegraph does not listen on {host!r}: other computers could reach it, run workflows and read files, and "
            "there are no access tokens yet to keep them out. Use 127.0.0.1 (the default), ::1 or localhost; to work "
            "from another computer, forward the port: ssh -L 8188:127.0.0.1:8188 USER@THIS-COMPUTER."
        )


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse with 403 what does not come from this computer's own pages and programs. WebSockets included."""
    if not is_loopback(_host(request.host)):
        raise web.HTTPForbidden(text=f"403: Forbidden. This server is not called {request.host!r}.")
    origin = request.headers.get("Origin")
    if origin is not None and not _same_place(origin, request.host):
        raise web.HTTPForbidden(text="403: Forbidden. Pages of another origin may not use this server.")
    return await handler(request)


def _host(netloc: str) -> str:
    try:
        return urlsplit(f"//{netloc}").hostname or ""
    except ValueError:
        return ""


def _same_place(origin: str, host: str) -> bool:
    """Whether an Origin names the server a request was sent to. A port counts when both sides have one."""
    try:
        theirs, ours = urlsplit(origin), urlsplit(f"//{host}")
        ports = {theirs.port, ours.port} - {None}
    except ValueError:
        return False
    return theirs.hostname is not None and theirs.hostname == ours.hostname and len(ports) <= 1
