"""What each room must not know, asserted on the real import graph.

A room knows what its files import, and all that this imports in turn. An import counts wherever it stands, also inside
a function, but not under ``if TYPE_CHECKING``.
"""

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TENSORS = ("torch", "transformers", "safetensors", "einops", "scipy")
HTTP = ("aiohttp", "http", "urllib.request", "nodegraph.server")
FILES = ("pathlib", "os", "io", "shutil", "tempfile", "glob", "mmap", "sqlite3", "aiosqlite")

MUST_NOT_KNOW = {
    "graph": (*TENSORS, *HTTP, *FILES, "numpy", "PIL", "time", "datetime", "random", "secrets"),
    "execution": (*TENSORS, *HTTP, "numpy", "PIL"),
    "diffusion": (*HTTP, *FILES, "nodegraph.graph", "nodegraph.media", "nodegraph.weights", "nodegraph.worker"),
    "weights": (*HTTP, "nodegraph.graph", "nodegraph.worker"),
    "media": (*HTTP, "nodegraph.graph", "nodegraph.worker"),
    "packs": HTTP,
    "values": (*TENSORS, *HTTP, *FILES, "numpy", "PIL", "nodegraph.graph", "nodegraph.execution"),
    "worker": HTTP,
    "userdata": (*TENSORS, *HTTP, "nodegraph.graph", "nodegraph.media", "nodegraph.worker"),
    "training": (*HTTP, "nodegraph.graph", "nodegraph.worker"),
    "models": (*TENSORS, "aiohttp", "nodegraph.graph", "nodegraph.server", "nodegraph.worker"),
    "server": TENSORS,
    "client": (*TENSORS, "aiohttp", "sqlite3", "numpy", "PIL", "nodegraph.worker", "nodegraph.server.app"),
}
"""The second column of the plan of the house: for each room, the modules it must not reach."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def modules() -> dict[str, Path]:
    """The files of the package, by module name. The built-in pack is one of ``nodes/``, not of the package."""
    paths = (ROOT / "nodegraph").rglob("*.py")
    return {module_name(path): path for path in paths if "_builtin" not in path.parts}


def statements(body: list[ast.stmt]) -> Iterator[ast.Import | ast.ImportFrom]:
    """The import statements that can run."""
    pending: list[ast.AST] = list(body)
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield node
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            pending.extend(node.orelse)
        else:
            pending.extend(ast.iter_child_nodes(node))


def imported(source: str) -> set[str]:
    """Every module that ``source`` may import; for ``from a import b``, both ``a`` and ``a.b``."""
    found: set[str] = set()
    for statement in statements(ast.parse(source).body):
        if isinstance(statement, ast.Import):
            found.update(alias.name for alias in statement.names)
        else:
            assert statement.level == 0, f"relative import of {statement.module}"
            assert statement.module is not None
            found.add(statement.module)
            found.update(f"{statement.module}.{alias.name}" for alias in statement.names)
    return found


def with_parents(name: str) -> Iterator[str]:
    """``a.b.c`` runs ``a`` and ``a.b`` too."""
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


@cache
def known_to(room: str) -> dict[str, str]:
    """Everything a room reaches, each with the module that imports it."""
    pending = [name for name in modules() if name == f"nodegraph.{room}" or name.startswith(f"nodegraph.{room}.")]
    importers = dict.fromkeys(pending, "")
    while pending:
        importer = pending.pop()
        for name in imported(modules()[importer].read_text(encoding="utf-8")):
            for module in with_parents(name):
                if module not in importers:
                    importers[module] = importer
                    if module in modules():
                        pending.append(module)
    return importers


@pytest.mark.parametrize("room", MUST_NOT_KNOW)
def test_a_room_does_not_know_what_it_must_not(room: str) -> None:
    reached = known_to(room)
    assert len(reached) > 5
    for forbidden in MUST_NOT_KNOW[room]:
        path = [forbidden]
        while path[-1] in reached and reached[path[-1]]:
            path.append(reached[path[-1]])
        assert forbidden not in reached, f"nodegraph.{room} knows {forbidden}: {' <- '.join(path)}"


def test_the_import_graph_sees_what_is_there() -> None:
    assert {"torch", "nodegraph.diffusion.attention", "nodegraph.errors"} <= known_to("diffusion").keys()
    assert "torch" in known_to("packs")
    lines = (
        "from typing import TYPE_CHECKING",
        "if TYPE_CHECKING:",
        "    import unseen",
        "def f():",
        "    from a.b import c",
    )
    assert imported("\n".join(lines)) == {"typing", "typing.TYPE_CHECKING", "a.b", "a.b.c"}
    assert list(with_parents("a.b.c")) == ["a", "a.b", "a.b.c"]


@pytest.mark.parametrize("path", sorted((ROOT / "nodes").glob("*.py")), ids=lambda path: path.name)
def test_node_files_do_not_know_each_other(path: Path) -> None:
    siblings = {sibling.stem for sibling in path.parent.glob("*.py")}
    for name in imported(path.read_text(encoding="utf-8")):
        top = name.partition(".")[0]
        assert top not in {"nodes", "nodegraph_builtin"}, f"{path.name} imports {name}"
        assert top not in siblings or importlib.util.find_spec(top) is not None, f"{path.name} imports {name}"


@pytest.mark.parametrize("folder", ["nodegraph", "nodes", "tests", "benchmarks"])
def test_nothing_says_import_nodes(folder: str) -> None:
    for path in (ROOT / folder).rglob("*.py"):
        names = imported(path.read_text(encoding="utf-8"))
        assert not [name for name in names if name.partition(".")[0] in {"nodes", "nodegraph_builtin"}], path


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("nodegraph.server.app", ("torch", "transformers", "safetensors")),
        ("nodegraph.graph.validate", ("torch", "aiohttp", "numpy")),
        ("nodegraph.graph.canvas.convert", ("torch", "aiohttp", "numpy")),
        ("nodegraph.execution.engine", ("torch", "aiohttp", "numpy")),
        ("nodegraph.client", ("torch", "aiohttp", "sqlite3", "numpy", "PIL")),
    ],
)
def test_importing_a_module_really_leaves_these_out(module: str, absent: tuple[str, ...]) -> None:
    code = f"import {module}, sys; print(*(name for name in {absent!r} if name in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
