"""Signing in and out in a browser, and access tokens, over HTTP."""

from aiohttp import web

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import Token
from nodegraph.server.api_v1.access_messages import MadeToken, NewToken, SessionView, SignIn, TokenList, TokenView
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.gatekeeper import COOKIE, GATEKEEPER, UnauthorizedError, session_cookie

operations = Operations("Access")


@operations.get("/api/v1/session", scope=None)
async def get_session(app: web.Application, request: web.Request) -> SessionView:
    """Who the server takes this browser for, and whether it has to sign in."""
    gatekeeper = app[GATEKEEPER]
    try:
        identity = gatekeeper.identify(request)
    except UnauthorizedError:
        return SessionView(tokens_required=True)
    return SessionView(
        tokens_required=gatekeeper.required,
        name=identity.name,
        scope=identity.scope,
        session=gatekeeper.book.in_session(request.cookies.get(COOKIE, "")) is not None,
    )


@operations.post("/api/v1/session", scope=None, sends=("Set-Cookie",))
async def sign_in(app: web.Application, request: web.Request, body: SignIn) -> Reply[SessionView]:
    """Exchange an access token for a cookie, which no script can read and no other site can cause to be sent."""
    gatekeeper = app[GATEKEEPER]
    token = gatekeeper.sign_in(body.token.strip(), request.remote or "")
    cookie = session_cookie(gatekeeper.book.begin_session(token), secure=request.secure)
    view = SessionView(tokens_required=gatekeeper.required, name=token.name, scope=token.scope, session=True)
    return Reply(view, headers={"Set-Cookie": cookie})


@operations.delete("/api/v1/session", scope=None, sends=("Set-Cookie",))
async def sign_out(app: web.Application, request: web.Request) -> Reply[None]:
    """End the session of this browser."""
    if secret := request.cookies.get(COOKIE):
        app[GATEKEEPER].book.end_session(secret)
    return Reply(None, headers={"Set-Cookie": session_cookie("", secure=request.secure)})


@operations.get("/api/v1/access-tokens", scope=Scope.ADMIN)
async def list_access_tokens(app: web.Application) -> TokenList:
    """The access tokens there are. What they read is not known to the server."""
    return TokenList([_view(token) for token in app[GATEKEEPER].book.all()])


@operations.post("/api/v1/access-tokens", status=201, scope=Scope.ADMIN)
async def make_access_token(app: web.Application, body: NewToken) -> MadeToken:
    """Make an access token. Only this answer says how it reads."""
    token, secret = app[GATEKEEPER].book.make(body.name, body.scope)
    return MadeToken(_view(token), secret)


@operations.delete("/api/v1/access-tokens/{token}", errors=(404,), scope=Scope.ADMIN)
async def revoke_access_token(app: web.Application, token: str) -> None:
    """Let an access token, by its name or id, and the browsers signed in with it be good for nothing from now on.

    Its jobs and files stay.
    """
    app[GATEKEEPER].book.revoke(token)


def _view(token: Token) -> TokenView:
    return TokenView(*token)
