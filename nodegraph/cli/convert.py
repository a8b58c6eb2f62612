"""``nodegraph convert``: the API format of what an editor saved."""

import json
from pathlib import Path
from typing import Any

import click

from nodegraph.cli.options import folder_options, settings_from


@click.command()
@click.argument("file", metavar="CANVAS.json", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder_options
def convert(file: Path, home: Path, **given: Any) -> None:
    """Print the API format of a canvas file, or of the workflow in a picture."""
    from nodegraph.cli import packs
    from nodegraph.cli.workflow_file import read_workflow

    specs = {name: node.spec for name, node in packs.load(settings_from(home, **given)).nodes.items()}
    workflow = read_workflow(file, specs)
    for warning in workflow.warnings:
        click.echo(f"Warning: {warning}", err=True)
    click.echo(json.dumps(workflow.prompt, indent=2, ensure_ascii=False))
