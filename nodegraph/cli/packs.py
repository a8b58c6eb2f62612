"""The node classes a command line can name: the built-in pack and the packs of the user's folders."""

import click

from nodegraph.packs.loader import LoadedPacks, load_packs
from nodegraph.packs.locate import packs_in
from nodegraph.settings import Settings
from nodegraph.weights.folders import ModelFolders


def load(settings: Settings) -> LoadedPacks:
    """Load every pack; one that fails is reported on standard error and the others are used."""
    folders = ModelFolders(settings.models_dir, settings.extra_model_paths)
    packs = load_packs(packs_in(folders.paths("custom_nodes")))
    for failure in packs.failures:
        click.echo(f"Not loaded: {failure.message}", err=True)
    return packs
