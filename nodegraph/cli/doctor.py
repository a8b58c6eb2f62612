"""``nodegraph doctor``: the findings of :mod:`nodegraph.doctor`, printed."""

import sys
from pathlib import Path
from typing import Any

import click

from nodegraph.cli.options import address_options, compute_options, folder_options, settings_from


@click.command()
@address_options
@folder_options
@compute_options
def doctor(home: Path, **given: Any) -> None:
    """Check device, torch build, folders, models and port; print the fix for each problem.

    Ends with 1 if there is a problem, else with 0.
    """
    from nodegraph.doctor import examine

    problems = 0
    for finding in examine(settings_from(home, **given)):
        mark = click.style("fix", fg="yellow") if finding.fix else click.style(" ok", fg="green")
        click.echo(f"{mark}  {finding.subject:16}{finding.found}")
        if finding.fix:
            problems += 1
            click.echo(f"     {'':16}→ {finding.fix}")
    click.echo(f"\n{problems} problem{'s' * (problems != 1)} found." if problems else "\nEverything is in order.")
    sys.exit(1 if problems else 0)
