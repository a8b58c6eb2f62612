"""The node classes a command line can name: the built-in pack and the packs of the user's folders."""

import click

from nodegraph.packs.loader import LoadedPacks, load_packs
from nodegraph.packs.locate import user_packs
from nodegraph.settings import Settings


def load(settings: Settings) -> LoadedPacks:
    """Load every pack; one that fails is reported on standard error and the others are used."""
    packs = load_packs(user_packs(settings))
    for failure in packs.failures:
        click.echo(f"Not loaded: {failure.message}", err=True)
    return packs
