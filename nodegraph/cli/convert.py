"""``nodegraph convert``: a workflow in the other of the field's formats."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from nodegraph.cli.options import folder_options, settings_from


@click.command()
@click.argument("file", metavar="WORKFLOW.json|IMAGE.png", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--to",
    "format",
    type=click.Choice(["api", "canvas"]),
    default="api",
    show_default=True,
    help="api: what is queued; canvas: what an editor opens.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of printing.")
@click.option(
    "--settle",
    is_flag=True,
    help="Take one alternative of each choice {a|b} by chance, and fill in dates, as queueing does.",
)
@folder_options
def convert(file: Path, format: str, output: Path | None, settle: bool, home: Path, **given: Any) -> None:
    """Print a workflow in the API format or the canvas format.

    The file is in API or canvas format, or a picture that was saved with its workflow.
    """
    from nodegraph.cli import packs
    from nodegraph.cli.workflow_file import queueing_now, read_document
    from nodegraph.graph import formats

    specs = {name: node.spec for name, node in packs.load(settings_from(home, **given)).nodes.items()}
    converted = formats.convert(
        read_document(file), specs, formats.Format(format), queueing=queueing_now() if settle else None
    )
    for notice in converted.warnings:
        click.echo(f"Warning: {notice.message}", err=True)
    if output is None:
        click.echo(_as_json(converted.workflow, sys.stdout.encoding))
    else:
        try:
            output.write_text(_as_json(converted.workflow, "utf-8") + "\n", encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{output} cannot be written: {error.strerror or error}.") from error


def _as_json(workflow: object, encoding: str) -> str:
    """JSON for people to read; with escapes where ``encoding`` cannot hold a character, such as half of an emoji."""
    text = json.dumps(workflow, indent=2, ensure_ascii=False)
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return json.dumps(workflow, indent=2)
    return text
