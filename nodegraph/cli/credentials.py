"""``nodegraph credentials``: secrets that workflows name and never hold."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nodegraph.cli.options import folder_options, settings_from

if TYPE_CHECKING:
    from nodegraph.access.credentials import CredentialBook


@click.group()
def credentials() -> None:
    """Store, list and remove secrets that nodes and webhooks need. A running server knows at once."""


@credentials.command("list")
@folder_options
def list_credentials(home: Path, **given: Any) -> None:
    """List the names of the credentials, and whose they are besides admins'."""
    user = _user(home, given)
    found = _book(user).all()
    if not found:
        click.echo("There are no credentials. To store one: nodegraph credentials add NAME")
    names = _token_names(user) if any(credential.owners for credential in found) else {}
    for credential in found:
        others = ", ".join(names.get(owner, f"{owner} (revoked)") for owner in credential.owners)
        day = time.strftime("%Y-%m-%d", time.localtime(credential.made))
        click.echo(f"{credential.name:24}stored {day}" + (f", also for {others}" if others else ""))


@credentials.command()
@click.argument("name")
@click.option("--for", "tokens", multiple=True, metavar="TOKEN_NAME", help="An access token that may use it, too.")
@folder_options
def add(name: str, tokens: tuple[str, ...], home: Path, **given: Any) -> None:
    """Store a secret as NAME, in place of an earlier one.

    The secret is asked for, or read from standard input if that is no terminal. The server's own person and admins may
    use it, and whoever --for names. It is kept in the user folder, readable by its owner only, and not encrypted.
    """
    user = _user(home, given)
    owners = _owners(user, tokens)
    _book(user).store(name, _secret(), owners)
    click.echo(f"{name} is stored.")


@credentials.command()
@click.argument("name")
@folder_options
def remove(name: str, home: Path, **given: Any) -> None:
    """Forget the credential NAME. Workflows that name it no longer run."""
    _book(_user(home, given)).remove(name)
    click.echo(f"{name} is removed.")


def _secret() -> str:
    """From whoever types it, unseen, or from what is piped in; the line's end that a pipe brings is no part of it."""
    if sys.stdin.isatty():
        typed: str = click.prompt("Secret", hide_input=True, confirmation_prompt=True)
        return typed
    return sys.stdin.read().removesuffix("\n").removesuffix("\r")


def _owners(user: Path, tokens: tuple[str, ...]) -> list[str]:
    """The ids of the access tokens of these names. Raises MissingFileError for one that is not there."""
    if not tokens:
        return []
    from nodegraph.errors import MissingFileError

    ids = {name: id for id, name in _token_names(user).items()}
    unknown = [name for name in tokens if name not in ids]
    if unknown:
        raise MissingFileError(f"There is no token {unknown[0]!r}. List them with: nodegraph tokens list")
    return [ids[name] for name in tokens]


def _token_names(user: Path) -> dict[str, str]:
    """The names of access tokens by their ids."""
    from nodegraph.access.tokens import TokenBook

    book = TokenBook.of(user)
    try:
        return {token.id: token.name for token in book.all()}
    finally:
        book.close()


def _book(user: Path) -> "CredentialBook":
    from nodegraph.access.credentials import CredentialBook

    return CredentialBook.of(user)


def _user(home: Path, given: dict[str, Any]) -> Path:
    return Path(settings_from(home, **given).user_dir)
