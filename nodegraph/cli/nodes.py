"""``nodegraph nodes``: what node classes there are, and the whole signature of one."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

import click

from nodegraph.cli.options import folder_options, settings_from
from nodegraph.errors import UserError
from nodegraph.graph.spec import Choices, CredentialList, FileList, InputSpec, NodeSpec


@click.command()
@click.argument("class_id", metavar="[CLASS]", required=False)
@folder_options
def nodes(class_id: str | None, home: Path, **given: Any) -> None:
    """List the node classes, or show the inputs and outputs of one."""
    from nodegraph.cli import packs

    specs = {name: node.spec for name, node in packs.load(settings_from(home, **given)).nodes.items()}
    lines = _listed(specs.values()) if class_id is None else _described(_named(class_id, specs))
    click.echo("\n".join(lines))


def _named(class_id: str, specs: Mapping[str, NodeSpec]) -> NodeSpec:
    if class_id in specs:
        return specs[class_id]
    close = difflib.get_close_matches(class_id, specs, n=3, cutoff=0.4)
    advice = f"Did you mean {' or '.join(close)}?" if close else "List them all with: nodegraph nodes"
    raise UserError(f"There is no node class {class_id!r}. {advice}")


def _listed(specs: Iterable[NodeSpec]) -> Iterator[str]:
    """One line a class under a heading for each category."""
    for category, members in groupby(sorted(specs, key=lambda s: (s.category, s.class_id)), lambda s: s.category):
        yield click.style(category, bold=True)
        yield from (f"  {spec.class_id:32}{_display_name(spec)}".rstrip() for spec in members)


def _described(spec: NodeSpec) -> Iterator[str]:
    yield f"{spec.class_id}  {_display_name(spec)}".rstrip()
    yield f"category {spec.category}, pack {spec.pack}"
    if spec.description:
        yield f"\n{spec.description}"
    yield "\nInputs" if spec.inputs else "\nNo inputs"
    yield from (f"  {i.name:24}{_input(i)}".rstrip() for i in spec.inputs)
    yield "\nOutputs" if spec.outputs else "\nNo outputs"
    yield from (f"  {o.name:24}{o.type}{' (list)' * o.is_list}" for o in spec.outputs)


def _display_name(spec: NodeSpec) -> str:
    return "" if spec.display_name in ("", spec.class_id) else spec.display_name


def _input(declared: InputSpec) -> str:
    """``INT = 20, 1 to 10000, optional: how many``"""
    facts = [declared.type]
    if declared.has_default:
        facts[0] += f" = {declared.default!r}"
    if declared.minimum is not None or declared.maximum is not None:
        facts.append(f"{_bound(declared.minimum)} to {_bound(declared.maximum)}")
    if isinstance(declared.choices, FileList):
        facts.append(f"a {'folder' if declared.choices.folders else 'file'} in {declared.choices.folder}")
    elif isinstance(declared.choices, CredentialList):
        facts.append("a credential")
    elif isinstance(declared.choices, Choices):
        facts.append("one of " + ", ".join(str(option) for option in declared.choices.options))
    facts += [word for word in ("optional", "lazy", "multiline") if getattr(declared, word)]
    return ", ".join(facts) + (f": {declared.tooltip}" if declared.tooltip else "")


def _bound(limit: float | None) -> str:
    return "any" if limit is None else str(limit)
