"""Makes docs/node-classes.md: which of the field's node classes are here, and why the others are not.

usage: python .ci/node_classes.py

The list of the field's classes is tests/nodes/field_classes.txt; what is here is what the built-in pack declares. Run
it whenever a node is added or taken away: a test compares.
"""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LIST = ROOT / "tests/nodes/field_classes.txt"
PAGE = ROOT / "docs/node-classes.md"

HEAD = """# Node classes

Which of the node classes of ComfyUI are here under the same name, with the same inputs and outputs, so that saved
workflows run: {here} of {all}. Classes that call a service of another company are not counted: none is here. What is
missing can be written as a pack ([nodes.md](nodes.md)).

This page is made by `python .ci/node_classes.py`.

| | Here | Of |
|---|---|---|
"""


class Group(NamedTuple):
    """Classes for one purpose, and why those of them that are not here are not."""

    title: str
    reason: str
    classes: list[str]


def groups(text: str) -> list[Group]:
    """What the list says: a heading ``[title | reason]`` with a class in each line below it."""
    found: list[Group] = []
    for line in text.splitlines():
        if line.startswith("["):
            title, _, reason = line.strip("[]").partition(" | ")
            found.append(Group(title, reason, []))
        elif line and not line.startswith("#"):
            found[-1].classes.append(line)
    return found


def page(text: str, here: Collection[str]) -> str:
    """The page for the list ``text``, given the classes that are here."""
    all_groups = groups(text)
    named = [name for group in all_groups for name in group.classes]
    own = sorted(set(here) - set(named))
    parts = [HEAD.format(here=len(named) - len(set(named) - set(here)), all=len(named))]
    for title, _, classes in all_groups:
        parts.append(f"| {title} | {sum(name in here for name in classes)} | {len(classes)} |\n")
    for title, reason, classes in all_groups:
        parts.append(f"\n## {title}\n\n| Class | | Why not |\n|---|---|---|\n")
        parts += [f"| `{name}` | yes | |\n" if name in here else f"| `{name}` | no | {reason} |\n" for name in classes]
    parts.append("\n## Only here\n\n" + ", ".join(f"`{name}`" for name in own) + "\n" if own else "")
    return "".join(parts)


def main() -> None:
    """Write the page."""
    from nodegraph.packs.loader import load_packs

    PAGE.write_text(page(LIST.read_text(encoding="utf-8"), load_packs().nodes.keys()), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")


if __name__ == "__main__":
    main()
