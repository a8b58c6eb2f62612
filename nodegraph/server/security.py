"""Which requests are answered at all: those that name this server, and of pages those of its own or of allowed ones.

A browser will send requests to a loopback address from any page it shows, and DNS rebinding gives a foreign page a name
that resolves here. So the ``Host`` must be a name of this computer (or one that was allowed), and a request that a page
caused must come from a page of this very server (or of an allowed origin). Who asks, and how far they may go, is for
:mod:`nodegraph.server.gatekeeper`. What is promised is written down in docs/security.md.
"""

import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from nodegraph.errors import UserError
from nodegraph.server.gatekeeper import admit
from nodegraph.settings import Settings

INERT = "default-src 'none'; frame-ancestors 'none'; sandbox"
"""The policy of every answer that does not bring its own: whatever it holds, a browser runs none of it."""

_HEADERS = {
    "Content-Security-Policy": INERT,
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, PATCH, DELETE",
    "Access-Control-Allow-Headers": (
        "Authorization, Comfy-User, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Range"
    ),
    "Access-Control-Max-Age": "600",
}
_EXPOSED = "Content-Disposition, ETag, Location, Retry-After"

_HOST = r"(\[[0-9a-f:.]+\]|[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_])?\.?)"
_NAME = re.compile(_HOST)
_NETLOC = re.compile(rf"{_HOST}(?::(\d{{1,5}}))?")
_ORIGIN = re.compile(rf"([a-z][a-z0-9+.-]*)://{_HOST}(?::(\d{{1,5}}))?")
_PORTS = {"http": 80, "https": 443}


class AccessError(UserError):
    """A host or origin to be allowed that is none."""


class ForeignRequestError(UserError):
    """A request that does not come from this computer's own pages and programs."""


def is_loopback(host: str) -> bool:
    """Whether this host name or address always means this computer."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    address = _address(name)
    mapped = getattr(address, "ipv4_mapped", None)
    return address is not None and (mapped or address).is_loopback


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """What ``host`` says in numbers; None if it is a name."""
    try:
        return ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return None


def only_for_this_computer(host: str) -> bool:
    """Whether nobody on another computer can reach a server that listens on ``host``."""
    return is_loopback(host) and all(map(is_loopback, _addresses(host)))


def needs_tokens(settings: Settings) -> bool:
    """Whether nobody may use the server without an access token."""
    return settings.require_token or not (settings.insecure or only_for_this_computer(settings.host))


@dataclass(frozen=True, slots=True)
class Access:
    """The names this server goes by and the origins whose pages may use it, besides those of this computer.

    ``by_address``: it may be called by any numeric address, since other computers reach it. No foreign page can have
    such a name made to lead here.
    """

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()
    by_address: bool = False

    @classmethod
    def of(cls, settings: Settings) -> "Access":
        """What ``settings`` allow. Raises :class:`AccessError` for what is no host or no origin."""
        names = {_allowed_host(host) for host in settings.allow_hosts}
        reachable = not only_for_this_computer(settings.host)
        if reachable and _address(settings.host) is None:
            names.add(_allowed_host(settings.host))
        return cls(frozenset(names), frozenset(_allowed_origin(origin) for origin in settings.allow_origins), reachable)

    def check(self, method: str, host: str, headers: Mapping[str, str]) -> None:
        """Raise :class:`ForeignRequestError` unless a request may be answered."""
        netloc = _NETLOC.fullmatch(host.lower())
        if netloc is None or not self._is_ours(netloc[1]):
            raise ForeignRequestError(
                f"This server is not called {host!r}. If that is its name, or that of a proxy before it, start "
                "nodegraph with --allow-host NAME."
            )
        origin = headers.get("Origin")
        if origin is not None:
            if not (self.allows(origin) or _same_origin(origin, netloc)):
                raise ForeignRequestError(
                    f"Pages of another origin ({origin}) may not use this server. If that page is yours, start "
                    "nodegraph with --allow-origin URL."
                )
        elif headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin") and not _follows_a_link(
            method, headers
        ):
            raise ForeignRequestError("Pages of another origin may only link to this server, not embed or call it.")

    def _is_ours(self, name: str) -> bool:
        return is_loopback(name) or name.rstrip(".") in self.hosts or (self.by_address and _address(name) is not None)

    def allows(self, origin: str) -> bool:
        """Whether pages of this origin were allowed by name."""
        return origin.lower() in self.origins


def guard(access: Access) -> Middleware:
    """What stands before every route, WebSockets and files included.

    Raises :class:`ForeignRequestError`, and what :func:`~nodegraph.server.gatekeeper.admit` raises.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = request.host if "Host" in request.headers else ""  # aiohttp would ask the system for a name
        access.check(request.method, host, request.headers)
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if asks and access.allows(request.headers.get("Origin", "")):
            return web.Response(status=204, headers=_PREFLIGHT)
        await admit(request)
        return await handler(request)

    return check


def safe_headers(access: Access) -> Callable[[web.Request, web.StreamResponse], Awaitable[None]]:
    """What is said with every answer: that it is inert unless it says otherwise, and whose pages may read it.

    For ``on_response_prepare``, which errors pass as well.
    """

    async def add(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        if access.origins:
            response.headers.add("Vary", "Origin")
        origin = request.headers.get("Origin")
        if origin is not None and access.allows(origin):
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = _EXPOSED

    return add


def _same_origin(origin: str, ours: re.Match[str]) -> bool:
    """Whether an Origin names the server a request was sent to. A port that is left out is that of the scheme."""
    theirs = _ORIGIN.fullmatch(origin.lower())
    if theirs is None or theirs[1] not in _PORTS:
        return False
    usual = _PORTS[theirs[1]]
    return theirs[2] == ours[1] and int(theirs[3] or usual) == int(ours[2] or usual)


def _follows_a_link(method: str, headers: Mapping[str, str]) -> bool:
    """Whether a person followed a link: a page of its own is opened, which nobody else can look into."""
    return (
        method in ("GET", "HEAD")
        and headers.get("Sec-Fetch-Mode") == "navigate"
        and headers.get("Sec-Fetch-Dest") == "document"
    )


def _addresses(host: str) -> set[str]:
    """What a loopback name stands for on this computer; nothing if it stands for nothing."""
    try:
        return {str(place[0]) for *_, place in socket.getaddrinfo(host.strip("[]"), None)}
    except OSError:
        return set()


def _allowed_host(host: str) -> str:
    name = host.lower()
    if not _NAME.fullmatch(name):
        raise AccessError(
            f"{host!r} cannot be allowed as a host: give its name alone, such as graph.example.org, without http://, "
            "port or wildcard."
        )
    return name.rstrip(".")


def _allowed_origin(origin: str) -> str:
    name = origin.lower().removesuffix("/")
    parts = _ORIGIN.fullmatch(name)
    if parts is None:
        raise AccessError(
            f"{origin!r} cannot be allowed as an origin: give the scheme, host and port of the page and no more, such "
            "as https://graph.example.org or http://localhost:3000. There is no wildcard."
        )
    scheme, host, port = parts.groups()
    return f"{scheme}://{host}" + (f":{port}" if port and int(port) != _PORTS.get(scheme) else "")
