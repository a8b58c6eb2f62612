"""Nodes that need a credential: one that minds it, and others that quote it wherever a node can."""

import hashlib
import logging
import sys
from typing import Annotated, Any
from urllib.parse import quote

from nodegraph.errors import UserError
from nodegraph.execution.results import Blocked, Shown
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Credential
from nodegraph.packs.secret import Secret
from nodegraph.packs.types import Image

Key = Annotated[Secret, Credential()]


class RefusedError(UserError):
    """The service did not take the key."""


@node("AskService", category="test", output=True)
def ask(*, key: Key, question: str | None = None) -> Shown:
    """Say what the service would answer to whoever has the key."""
    proof = hashlib.sha256(key.reveal().encode()).hexdigest()
    return Shown({"text": [f"{question}: {proof}", f"{key} {key!r}"]})


@node("AskPerhaps", category="test", output=True)
def ask_perhaps(*, key: Annotated[Secret | None, Credential()] = None) -> Shown:
    """Say whether a key was given."""
    return Shown({"text": ["without" if key is None else key.name]})


@node("AskEach", category="test", output=True, takes_lists=True)
def ask_each(*, key: list[Key], number: list[int]) -> Shown:
    """Say how often the key was needed."""
    return Shown({"text": [f"{key[0].name} {len(number)}"]})


@node("SignPicture", category="test")
def sign(*, image: Image, key: Key) -> Image:
    """A picture that depends on the key."""
    return image * (len(key.reveal()) / 1000)


@node("QuoteShown", category="test", output=True, idempotent=False)
def quote_shown(context: Context, *, key: Key) -> Shown:
    """Show the key, print it and log it."""
    text = key.reveal()
    print("the key is", text)  # noqa: T201
    sys.stdout.flush()
    print(f"at https://example.org/?key={quote(text, safe='')}", file=sys.stderr)  # noqa: T201
    logging.getLogger("service").warning("used %s", text)
    try:
        raise OSError(f"401 for {text}")
    except OSError:
        logging.getLogger("service").exception("refused")
    return Shown({"text": [text, {"nested": [f"a {text} b"]}]})


@node("QuoteFailure", category="test", output=True, idempotent=False)
def quote_failure(*, key: Key, mine: bool = True) -> Shown:
    """Fail with the key in the message."""
    text = key.reveal()
    if mine:
        raise RefusedError(f"The service refused {text!r}.")
    raise RuntimeError(f"401 at https://example.org/?key={quote(text)}")


@node("QuoteBlocked", category="test", output=True, idempotent=False)
def quote_blocked(*, key: Key) -> Blocked | Shown:
    """Block with the key in the message."""
    return Blocked(f"not with {key.reveal()}")


@node("GiveAway", category="test", idempotent=False)
def give_away(*, key: Key) -> Any:
    """Return the credential itself."""
    return key


@node("TakeAny", category="test", output=True)
def take_any(*, value: Any) -> Shown:
    """Show what a value reads like."""
    return Shown({"text": [str(value)]})
