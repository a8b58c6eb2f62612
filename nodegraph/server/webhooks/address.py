"""Which addresses a webhook may have: of the internet, or a host that the operator named. Sends nothing.

A webhook's address comes from a client, and the server stands where the client may not: inside of a private network, or
on a machine whose own services answer to nobody else. So what a name resolves to is looked at when the connection is
made, and the connection is made to just that: a name that resolves elsewhere the next moment gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from nodegraph.errors import UserError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class WebhookAddressError(UserError):
    """A webhook's address is none, or one that this server does not call."""


def check_url(url: str, allowed: Collection[str]) -> None:
    """Raise :class:`WebhookAddressError` for what can be seen to be wrong without resolving the name."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise WebhookAddressError(f"webhook.url {url!r} is no address: {error}.") from error
    if parts.scheme not in ("http", "https") or not host:
        raise WebhookAddressError(f"webhook.url {url!r} must begin with https:// or http:// and name a host.")
    if not url.isascii() or any(sign <= " " for sign in url):
        raise WebhookAddressError(f"webhook.url {url!r} has characters that must be percent-encoded.")
    if parts.username is not None or parts.fragment:
        raise WebhookAddressError("webhook.url must have no user name, no password and no fragment in it.")
    if host not in allowed and (literal := _literal(host)) is not None:
        _check(host, literal)


def without_query(url: str) -> str:
    """The address as it may be shown: a query may hold what is nobody's business."""
    return urlsplit(url)._replace(query="", fragment="").geturl()


class PublicResolver(AbstractResolver):
    """Resolves names to addresses of the internet, and raises :class:`WebhookAddressError` for all others."""

    def __init__(self, allowed: Collection[str]) -> None:
        self._allowed = allowed
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """What to connect to."""
        found = await self._system.resolve(host, port, family)
        if host not in self._allowed:
            for one in found:
                _check(host, ipaddress.ip_address(one["host"].partition("%")[0]))
        return found

    async def close(self) -> None:
        """Nothing is kept."""
        await self._system.close()


def _literal(host: str) -> _Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _check(host: str, address: _Address) -> None:
    for meant in _meant(address):
        if not meant.is_global or meant.is_multicast:
            raise WebhookAddressError(
                f"webhook.url names {host!r}, which is {meant}: an address of this computer or of a private network. "
                "If it is meant to be called, start the server with --allow-webhook HOST."
            )


def _meant(address: _Address) -> list[_Address]:
    """The address, and any that it carries inside of it."""
    meant: list[_Address] = [address]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            meant = [address.ipv4_mapped]
        if address.sixtofour is not None:
            meant.append(address.sixtofour)
        if address.teredo is not None:
            meant += address.teredo
        if address in _NAT64:
            meant.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    return meant
