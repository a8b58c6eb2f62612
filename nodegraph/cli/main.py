"""The ``nodegraph`` command: its subcommands, and how errors end it. Knows no subcommand's work.

Nothing here or in a command module imports torch or aiohttp before the command that needs it runs, so that
``nodegraph --help`` is immediate.
"""

import click

from nodegraph import __version__
from nodegraph.cli.convert import convert
from nodegraph.cli.credentials import credentials
from nodegraph.cli.doctor import doctor
from nodegraph.cli.evaluate_starter import evaluate_starter
from nodegraph.cli.models import models
from nodegraph.cli.nodes import nodes
from nodegraph.cli.openapi import openapi
from nodegraph.cli.run import STOPPED, run
from nodegraph.cli.serve import serve
from nodegraph.cli.tokens import tokens
from nodegraph.cli.train_starter import train_starter
from nodegraph.errors import UserError


class _Commands(click.Group):
    """Serves and opens the page when no subcommand is named; shows a user error as one readable message."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or ["serve", "--open"])

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UserError as error:
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            raise click.exceptions.Exit(STOPPED) from None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="nodegraph")
def cli() -> None:
    """Image generation with diffusion models as a graph of nodes.

    Without a command, nodegraph serves on 127.0.0.1:8188 and opens the page.
    """


for _command in (
    serve,
    run,
    nodes,
    models,
    tokens,
    credentials,
    convert,
    doctor,
    openapi,
    train_starter,
    evaluate_starter,
):
    cli.add_command(_command)


def main() -> None:
    """Entry point of the installed command."""
    cli.main(prog_name="nodegraph")
