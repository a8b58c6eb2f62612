"""Prints constraints.txt: the version of every distribution that nodegraph, its tests and its build need, as installed
in the environment that runs this. After all tests have passed there:

    .venv/bin/python .ci/pin.py > constraints.txt
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

HEADER = """\
# What was tested: every distribution that nodegraph, its tests and its build need. Written by .ci/pin.py.
# torch has no local version here: 2.13.0 is met by the builds for CPU, CUDA and ROCm alike.
"""


def closure(requirements: list[str]) -> dict[str, str]:
    """Name and version of what ``requirements`` need here, transitively."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    while waiting:
        requirement, extra = waiting.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        for wanted in requirement.extras | {""}:
            if (name, wanted) not in seen:
                seen.add((name, wanted))
                installed = distribution(name)
                found[name] = installed.version.split("+")[0]
                waiting += [(Requirement(text), wanted) for text in installed.requires or []]
    return found


def main() -> None:
    project = tomllib.loads(Path(__file__).parent.parent.joinpath("pyproject.toml").read_text())
    needed = [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *chain.from_iterable(project["project"]["optional-dependencies"].values()),
    ]
    try:
        pins = closure(needed)
        pins.pop(project["project"]["name"], None)  # an extra may name another extra
    except PackageNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed here. Install nodegraph with its tests and its build requirements.")
    sys.stdout.write(HEADER + "".join(f"{name}=={version}\n" for name, version in sorted(pins.items())))


if __name__ == "__main__":
    main()
