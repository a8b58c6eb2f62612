"""``nodegraph tokens``: who may use a server that others can reach."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nodegraph.cli.options import folder_options, settings_from

if TYPE_CHECKING:
    from nodegraph.access.tokens import TokenBook

_SCOPES = ("read", "run", "admin")


@click.group()
def tokens() -> None:
    """Make, list and revoke access tokens. A running server knows at once."""


@tokens.command("list")
@folder_options
def list_tokens(home: Path, **given: Any) -> None:
    """List the tokens. What they read is stored nowhere."""
    book = _book(home, given)
    if not book.all():
        click.echo("There are no tokens. To make one: nodegraph tokens add NAME")
    for token in book.all():
        used = "never used" if token.used is None else f"used {_day(token.used)}"
        click.echo(f"{token.name:24}{token.scope.value:8}{token.id}  made {_day(token.created)}, {used}")


@tokens.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(_SCOPES), default="run", show_default=True, help="What it allows.")
@folder_options
def add(name: str, scope: str, home: Path, **given: Any) -> None:
    """Make a token called NAME, and print it. It is shown only this once.

    read: look at classes, models, and one's own jobs and files. run: queue, upload and save, too. admin: everything, of
    everybody.
    """
    from nodegraph.access.identity import Scope

    _, secret = _book(home, given).make(name, Scope(scope))
    click.echo(secret)


@tokens.command()
@click.argument("name")
@click.option("--delete-files", is_flag=True, help="Delete its pictures, workflows and settings as well.")
@folder_options
def revoke(name: str, delete_files: bool, home: Path, **given: Any) -> None:
    """Let the token of this NAME (or id) be good for nothing from now on. Its jobs stay, and its files unless told
    otherwise. What an admin's token stored belongs to the server, and always stays."""
    from nodegraph.media.owners import OwnerFolders

    settings = settings_from(home, **given)
    token = _book(home, given).revoke(name)
    click.echo(f"{token.name} is revoked.")
    owner, folders = token.identity.owner, OwnerFolders.of_settings(settings)
    if not owner or owner not in folders.known():
        return
    if delete_files:
        folders.delete(owner)
        click.echo("Its files are deleted.")
    else:
        click.echo(f"Its files stay, in {folders.others / owner}")


def _book(home: Path, given: dict[str, Any]) -> "TokenBook":
    from nodegraph.access.tokens import TokenBook

    return TokenBook.of(Path(settings_from(home, **given).user_dir))


def _day(when: float) -> str:
    return time.strftime("%Y-%m-%d", time.localtime(when))
