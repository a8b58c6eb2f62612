"""What travels of access tokens and sessions."""

from typing import Annotated

import msgspec

from nodegraph.access.identity import Scope

TokenName = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class SignIn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person types in: an access token."""

    token: str


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Who a browser is here. ``scope`` is null where it has to sign in first; ``tokens_required``: others have to."""

    tokens_required: bool
    name: str | None = None
    scope: Scope | None = None
    session: bool = False
    """Whether it can be ended by signing out."""


class TokenView(msgspec.Struct, frozen=True):
    """An access token, but for the token itself. Times are Unix seconds."""

    id: str
    name: str
    scope: Scope
    created: float
    used: float | None


class TokenList(msgspec.Struct, frozen=True):
    """The oldest first."""

    tokens: list[TokenView]


class NewToken(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a new token is to be called, and what it allows."""

    name: TokenName
    scope: Scope = Scope.RUN


class MadeToken(msgspec.Struct, frozen=True):
    """A new token. ``secret`` is how it reads; it cannot be asked for again."""

    token: TokenView
    secret: str
