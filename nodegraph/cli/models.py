"""``nodegraph models``: what models are installed, and ``nodegraph models add``, which brings more."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource
from tqdm import tqdm

from nodegraph.cli.options import folder_options, settings_from
from nodegraph.weights.known import KNOWN

if TYPE_CHECKING:
    from nodegraph.models.add import Added
    from nodegraph.models.inventory import Installed

_MARKS = {"ok": " ", "misplaced": "!", "broken": "✗", "pickle": "✗", "other": " ", "unfinished": "…"}
_COLOURS = {"misplaced": "yellow", "broken": "red", "pickle": "red", "unfinished": "yellow"}


@click.group(invoke_without_command=True)
@click.option("--kind", help="List one kind only: checkpoints, vae, loras, ...")
@click.option("--json", "as_json", is_flag=True, help="List as JSON, for scripts.")
@folder_options
@click.pass_context
def models(context: click.Context, /, kind: str | None, as_json: bool, home: Path, **given: Any) -> None:
    """List the installed models and what each file is, or add one."""
    if context.invoked_subcommand is not None:
        return
    import msgspec

    from nodegraph.models.inventory import installed
    from nodegraph.weights.folders import ModelFolders

    folders = ModelFolders.of(settings_from(home, **given))
    if kind is not None:
        folders.paths(kind)
    found = list(installed(folders, folders.keys() if kind is None else [kind]))
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(found)).decode())
        return
    click.echo("\n".join(_listed(found)) if found else "No models are installed yet.")
    click.echo("\nTo add one: nodegraph models add NAME, where NAME is one of")
    click.echo("\n".join(_well_known()))
    click.echo("or a URL, OWNER/REPOSITORY/FILE of Hugging Face, or the path of a file.")


@models.command()
@click.argument("target", metavar="NAME|URL|PATH")
@click.option("--kind", help="The kind of model, where the file does not tell: checkpoints, vae, loras, ...")
@click.option("--name", metavar="FILE", help="The name to keep it under; may have subfolders.")
@click.option(
    "--sha256", metavar="DIGEST", default="", callback=lambda _, __, value: _digest(value), help="Of the file."
)
@click.option("--link", is_flag=True, help="Do not copy a file that is on this computer, but link to it.")
@folder_options
@click.pass_context
def add(
    context: click.Context, /, target: str, kind: str | None, name: str | None, sha256: str, link: bool, **given: Any
) -> None:
    """Bring a model into the folder it belongs in.

    NAME is a well-known one (`nodegraph models` lists them) or OWNER/REPOSITORY/FILE.safetensors of Hugging Face; URL
    any https:// address; PATH a file on this computer.

    A download that stops goes on where it stopped when the same command is run again.

    Ends with 0 when the model is there, 1 when it could not be brought, 2 for a wrong command line, 130 after Ctrl+C.
    """
    from nodegraph.models.add import Wishes
    from nodegraph.models.add import add as bring
    from nodegraph.models.target import parse_target
    from nodegraph.weights.folders import ModelFolders

    folders = ModelFolders.of(settings_from(**_with_those_of_the_group(context, given)))
    wishes = Wishes(kind=kind, name=name, sha256=sha256, link=link)
    with _Bar() as bar:
        try:
            added = bring(
                parse_target(target), folders, wishes, show=bar.show, say=lambda text: click.echo(text, err=True)
            )
        except KeyboardInterrupt:
            bar.close()
            click.echo("Stopped. What has arrived is kept: run the same command again to go on.", err=True)
            raise
    click.echo("\n".join(_told(added, kind)))


class _Bar:
    """How far a transfer is, on standard error where that is a terminal."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def __enter__(self) -> "_Bar":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def show(self, done: int, total: int | None) -> None:
        """Take in how many bytes there are."""
        if self._bar is None:
            self._bar = tqdm(total=total, initial=done, unit="B", unit_scale=True, disable=None)
        self._bar.total = total
        self._bar.update(done - self._bar.n)


def _digest(value: str) -> str:
    if value and not re.fullmatch(r"[0-9a-fA-F]{64}", value):
        raise click.BadParameter("a SHA-256 has 64 hexadecimal digits")
    return value.lower()


def _with_those_of_the_group(context: click.Context, given: dict[str, Any]) -> dict[str, Any]:
    """Folders may be named before ``add`` as well as behind it."""
    group = context.parent
    assert group is not None
    return {
        name: group.params[name]
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE
        and group.get_parameter_source(name) is ParameterSource.COMMANDLINE
        else value
        for name, value in given.items()
    }


def _listed(found: "Iterable[Installed]") -> Iterator[str]:
    """One line a file under a heading for each kind."""
    from nodegraph.models.sizes import readable

    for kind, files in groupby(found, lambda file: file.kind):
        yield click.style(kind, bold=True)
        for file in files:
            facts = [file.what, file.precision, readable(file.size)] if file.state != "unfinished" else [file.what]
            line = f"{_MARKS[file.state]} {file.name:44} {', '.join(filter(None, facts))}"
            if file.belongs:
                line += f"; it belongs in {file.belongs}"
            yield click.style(line, fg=_COLOURS.get(file.state))


def _well_known() -> Iterator[str]:
    from nodegraph.models.sizes import readable

    for model in KNOWN:
        yield f"  {model.name:16}{model.about} ({readable(model.size)}, {model.licence})"


def _told(added: "Added", wished: str | None) -> Iterator[str]:
    from nodegraph.models.sizes import readable

    if wished and added.kind != wished:
        yield f"It is {added.look.what}: it was put where such files belong, not in {wished}."
    facts = ", ".join(fact for fact in (added.look.what, added.precision, readable(added.size)) if fact)
    yield f"{added.path}{'' if added.new else ' is there already'}: {facts}"
    yield f"In a graph it is {added.name!r}, of {added.kind}."
