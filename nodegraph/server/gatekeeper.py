"""Who sent a request, by what it shows: a token, a browser's session, or nothing, which is enough on this computer.

A program sends its token as ``Authorization: Bearer TOKEN``, or as the password of ``Basic``, for clients that only
know addresses like ``http://any:TOKEN@host``. A browser exchanges it once for a cookie that no script can read and no
other site can cause to be sent (see :mod:`nodegraph.server.api_v1.access`). What each route needs is written down where
the route is added; where nothing is, looking needs ``read`` and all else ``run``.
"""

import base64
import binascii
import math
import time
from collections.abc import Callable, MutableMapping

from aiohttp import web

from nodegraph.access.codes import OneTimeCodes
from nodegraph.access.identity import PERSON_HERE, Identity, Scope
from nodegraph.access.rates import Rates
from nodegraph.access.tokens import PREFIX, SESSION_LIFE, Token, TokenBook
from nodegraph.errors import UserError

COOKIE = "nodegraph_session"

_SCOPES: web.AppKey[MutableMapping[object, Scope | None]] = web.AppKey("scopes")

_IDENTITY = web.RequestKey("identity", Identity)


class UnauthorizedError(UserError):
    """A request that shows no token, or none that is good."""


class TooManyRequestsError(UserError):
    """Somebody asks more often than they may."""

    def __init__(self, message: str, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = max(1, math.ceil(retry_after))
        """Seconds."""


class Gatekeeper:
    """For one event loop. ``required``: a request without a token is turned away."""

    def __init__(self, book: TokenBook, *, required: bool, now: Callable[[], float] = time.monotonic) -> None:
        self.book = book
        self.required = required
        self._now = now
        self._codes = OneTimeCodes()
        # For what a busy program does; a person at the page comes nowhere near it.
        self._requests = Rates(rate=50, burst=500)
        # A token cannot be guessed. This keeps the log short, and says that something is wrong.
        self._failures = Rates(rate=1 / 3, burst=20)

    def identify(self, request: web.Request) -> Identity:
        """Who this is.

        Raises:
            UnauthorizedError: they show nothing, and something is required; or a token that is not good.
            TooManyRequestsError: they ask more often than they may.
        """
        shown = self._shown(request)
        if shown is not None:
            return self._known(self._exchange(self.book.find(shown), request.remote or ""))
        token = self._signed_in(request)
        if token is not None:
            return self._known(token)
        if self.required:
            raise UnauthorizedError(
                "This server needs an access token. Send it as 'Authorization: Bearer TOKEN', or sign in on the page. "
                "Who runs the server makes one with: nodegraph tokens add NAME."
            )
        return PERSON_HERE

    def is_still(self, identity: Identity, request: web.Request) -> bool:
        """Whether what a request showed when it came still says that this is who sent it. Does not count as another."""
        shown = self._shown(request)
        token = self._signed_in(request) if shown is None else self.book.find(shown)
        if token is None:
            return identity is PERSON_HERE and shown is None and not self.required
        return token.identity == identity

    def sign_in(self, secret: str, address: str) -> Token:
        """The token that reads so, or that this one-time code stands for. Raises as :meth:`identify` does."""
        token = self.book.find(secret)
        if token is None and (id := self._codes.take(secret, self._now())):
            token = next((token for token in self.book.all() if token.id == id), None)
        return self._exchange(token, address)

    def one_time_code(self) -> str | None:
        """What a browser can sign in with once, within a minute, as an admin. None if no admin has a token."""
        admins = [token for token in self.book.all() if token.scope is Scope.ADMIN]
        return self._codes.make(admins[0].id, self._now()) if admins else None

    def _exchange(self, token: Token | None, address: str) -> Token:
        if token is None:
            if wait := self._failures.take(address, self._now()):
                raise TooManyRequestsError("Too many requests with tokens that are not good came from here.", wait)
            raise UnauthorizedError("This access token is not known here: it was revoked, or is not complete.")
        return token

    def _shown(self, request: web.Request) -> str | None:
        """The token that a request shows, good or not.

        A server that needs none is not troubled by what a client sends for somebody else's sake.
        """
        shown = _authorization(request)
        return shown if shown is not None and (self.required or shown.startswith(PREFIX)) else None

    def _signed_in(self, request: web.Request) -> Token | None:
        cookie = request.cookies.get(COOKIE)
        return None if cookie is None else self.book.in_session(cookie)

    def _known(self, token: Token) -> Identity:
        if token.scope is not Scope.ADMIN and (wait := self._requests.take(token.id, self._now())):
            raise TooManyRequestsError(f"The token {token.name!r} sends too many requests.", wait)
        return token.identity


GATEKEEPER = web.AppKey("gatekeeper", Gatekeeper)


async def admit(request: web.Request) -> None:
    """Have the request know who sent it; see :func:`identity_of`.

    Raises:
        UnauthorizedError, TooManyRequestsError: see :meth:`Gatekeeper.identify`.
        NotAllowedError: it needs a scope that they have not.
    """
    needed = _needed(request)
    if needed is not None:
        identity = request.app[GATEKEEPER].identify(request)
        identity.require(needed)
        request[_IDENTITY] = identity


def declare(app: web.Application, handler: object, scope: Scope | None) -> None:
    """Say what the route of ``handler`` needs; None: nothing, it is there for everybody."""
    app.setdefault(_SCOPES, {})[handler] = scope


def usual_scope(method: str) -> Scope:
    """What a route needs that is not said to need anything else."""
    return Scope.READ if method in ("GET", "HEAD", "OPTIONS") else Scope.RUN


def identity_of(request: web.Request) -> Identity:
    """Who sent the request. Not to be asked by routes that are there for everybody."""
    return request[_IDENTITY]


def session_cookie(secret: str, *, secure: bool) -> str:
    """The header that has a browser show ``secret`` from now on; an empty one ends that. ``secure``: over TLS only."""
    life = int(SESSION_LIFE) if secret else 0
    return f"{COOKIE}={secret}; HttpOnly; Max-Age={life}; Path=/; SameSite=Strict" + ("; Secure" if secure else "")


def _needed(request: web.Request) -> Scope | None:
    return request.app.get(_SCOPES, {}).get(request.match_info.route.handler, usual_scope(request.method))


def _authorization(request: web.Request) -> str | None:
    """The token in the ``Authorization`` header, if there is any."""
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    match kind.lower():
        case "bearer":
            return value.strip()
        case "basic":
            try:
                return base64.b64decode(value, validate=True).decode().partition(":")[2]
            except (binascii.Error, UnicodeDecodeError):
                return ""
        case _:
            return None
