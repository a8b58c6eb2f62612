"""Why a file could not be fetched, and what to do about it: for everything that a net, a proxy or a server can do.

Knows exceptions and statuses of HTTP; sends nothing.
"""

import re
import socket
import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx2

from nodegraph.models.errors import TransferError

_CONNECTION = "Check that this computer is online"
_NO_PROXY_SET = "behind a proxy, set HTTPS_PROXY=http://PROXY:PORT"
_CERTIFICATE = (
    "A proxy or virus scanner that looks into encrypted traffic shows a certificate of its own: get that as a .pem "
    "file from whoever runs it, and set SSL_CERT_FILE=/PATH/OF/IT.pem"
)
_PROXY_LOGIN = "Name yourself to the proxy: HTTPS_PROXY=http://NAME:PASSWORD@PROXY:PORT"
_LATER = "Try again later"
_WANTS_LOGIN = re.compile(r"\b407\b")


def explained(error: Exception, url: str, page: str) -> TransferError:
    """What kept a request to ``url`` from being answered, or its answer from arriving whole."""
    host = urlsplit(url).hostname or url
    what, fix = _reason(error, host, _proxy_of(url))
    return TransferError(f"{what}. {fix}. {by_hand(page)}")


def refused(status: int, page: str, retry_after: str | None = None) -> TransferError:
    """What a status other than success means for who wants the file that ``page`` shows."""
    host = urlsplit(page).hostname or page
    if status in (401, 403):
        what = f"{host} does not give {page} to everybody (status {status})"
        fix = "Log in there and accept its terms if it has any; if it has tokens, give the address with yours"
    elif status in (404, 410):
        return TransferError(f"There is no file at {page} (status {status}). Check the address.")
    elif status == 407:
        what, fix = "The proxy wants to know who you are (status 407)", _PROXY_LOGIN
    elif status == 429:
        when = f" in {retry_after} seconds" if retry_after and retry_after.isdecimal() else " later"
        what, fix = f"{host} has been asked too often (status 429)", f"Try again{when}"
    elif status >= 500:
        what, fix = f"{host} has trouble of its own (status {status})", _LATER
    else:
        what, fix = f"{host} answered with status {status} instead of the file", "Check the address"
    return TransferError(f"{what}. {fix}. {by_hand(page)}")


def by_hand(page: str) -> str:
    """The way that is always left."""
    return f"Or download {page} with a browser, here or on another computer, and run: nodegraph models add PATH_OF_IT"


def _reason(error: Exception, host: str, proxy: str) -> tuple[str, str]:
    """What went wrong, and what to do; both without a full stop."""
    via = f"through the proxy {proxy}" if proxy else "directly"
    check = f"{_CONNECTION}, and that HTTPS_PROXY names the right proxy" if proxy else f"{_CONNECTION}; {_NO_PROXY_SET}"
    causes = list(_causes(error))
    untrusted = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
    if isinstance(error, httpx2.ProxyError):
        fix = _PROXY_LOGIN if _WANTS_LOGIN.search(str(error)) else "Check HTTPS_PROXY"
        return f"The proxy {proxy} does not connect to {host}: {error}", fix
    if untrusted is not None:
        reason = getattr(untrusted, "verify_message", "") or untrusted.reason or untrusted
        return f"The encrypted connection to {host} cannot be trusted: {reason}", _CERTIFICATE
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return f"The name of {proxy or host} cannot be looked up", check
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"{proxy or host} refuses connections", check
    if isinstance(error, httpx2.TimeoutException):
        return f"{host}, asked {via}, did not answer in time", f"{check}, and try again"
    if isinstance(error, httpx2.ConnectError):
        return f"{host} cannot be reached {via}: {error}", check
    if isinstance(error, httpx2.TransportError) and not isinstance(error, httpx2.UnsupportedProtocol):
        return f"The connection to {host} broke: {error}", "What has arrived is kept: run the same command again"
    if isinstance(error, httpx2.TooManyRedirects):
        return f"{host} sends the request around in circles", "Check the address"
    return f"{host} cannot be asked: {error}", "Check the address"


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _proxy_of(url: str) -> str:
    """The proxy that a request to ``url`` goes through, without name and password; empty if it goes straight."""
    parts = urlsplit(url)
    proxies = getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all") or ""
    if not proxy or proxy_bypass(parts.hostname or ""):
        return ""
    return urlsplit(proxy if "://" in proxy else f"//{proxy}").netloc.rpartition("@")[2]
