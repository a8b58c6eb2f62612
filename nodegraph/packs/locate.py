"""Where packs are, and which files they consist of. Reads no code. Imports no torch.

A pack is a folder of ``.py`` files or a single one. Files and folders whose names begin with ``_`` or ``.`` hold no
nodes of their own; the pack's other files may import them.
"""

from collections.abc import Iterable
from pathlib import Path

from nodegraph.settings import Settings
from nodegraph.weights.folders import ModelFolders

BUILTIN = "nodegraph_builtin"
"""The name of the built-in pack, and of its module."""

PACKAGE = Path(__file__).resolve().parent.parent
"""The folder of nodegraph itself."""


def builtin_pack() -> Path:
    """The built-in pack: inside the installed package, or beside it in a working copy."""
    installed = PACKAGE / "_builtin"
    return installed if installed.is_dir() else PACKAGE.parent / "nodes"


def user_packs(settings: Settings) -> list[Path]:
    """The packs a user has put beside their models, and in the folders of ``extra_model_paths``."""
    return packs_in(ModelFolders.of(settings).pack_folders)


def packs_in(folders: Iterable[Path]) -> list[Path]:
    """The packs found directly in ``folders``, sorted by name within each.

    Left out: ``__pycache__``, hidden names, and names that end in ``.disabled``.
    """
    found = []
    for folder in folders:
        if not folder.is_dir():
            continue
        for entry in sorted(folder.iterdir()):
            if entry.name.startswith((".", "_")) or entry.name.endswith(".disabled"):
                continue
            if entry.suffix == ".py" or (entry.is_dir() and any(entry.glob("*.py"))):
                found.append(entry)
    return found


def node_files(pack: Path) -> list[Path]:
    """The files of a pack that may declare nodes, in the order in which they are loaded."""
    if pack.is_file():
        return [pack]
    return sorted(path for path in pack.glob("*.py") if not path.name.startswith(("_", ".")))


def source_files(pack: Path) -> list[Path]:
    """Every source file of a pack, those it only imports included."""
    if pack.is_file():
        return [pack]
    return sorted(path for path in pack.rglob("*.py") if "__pycache__" not in path.parts)


def package_sources() -> list[Path]:
    """The source files of nodegraph itself, which every node computes with (the built-in pack not included)."""
    builtin = builtin_pack()
    return [path for path in source_files(PACKAGE) if not path.is_relative_to(builtin)]
