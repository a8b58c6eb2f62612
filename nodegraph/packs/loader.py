"""Loading packs: importing their files by path and collecting the nodes they declare.

One file that fails costs its own nodes only. Knows nothing of servers, and nothing of what nodes compute.
"""

import importlib
import importlib.util
import re
import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from nodegraph.packs.declare import ATTRIBUTE, NodeDefinition
from nodegraph.packs.digest import digest_of_pack
from nodegraph.packs.locate import BUILTIN, builtin_pack, node_files
from nodegraph.worker.protocol import PackFailure


@dataclass(frozen=True, slots=True)
class LoadedPacks:
    """Every node class by id, and what could not be loaded."""

    nodes: Mapping[str, NodeDefinition]
    failures: list[PackFailure]


def load_packs(packs: Iterable[Path] = ()) -> LoadedPacks:
    """Load the built-in pack, then ``packs`` in their order. What is loaded first keeps its class ids.

    Loading again replaces the modules loaded before.
    """
    nodes: dict[str, NodeDefinition] = {}
    failures: list[PackFailure] = []
    taken: dict[str, Path] = {}
    for pack in (builtin_pack(), *packs):
        builtin = not taken
        module_name = BUILTIN if builtin else "nodegraph_pack_" + re.sub(r"\W", "_", pack.stem)
        if module_name in taken:
            failures.append(_failure(pack, f"There is a pack of that name already: {taken[module_name]}. Rename one."))
            continue
        taken[module_name] = pack
        name = BUILTIN if builtin else pack.stem
        module = "nodes" if builtin else f"custom_nodes.{pack.stem}"
        digest = digest_of_pack(pack)  # before the code is read: an edit meanwhile must not pass for what was loaded
        for source, found in _load(pack, module_name, failures):
            for definition in found:
                class_id = definition.spec.class_id
                first = nodes.get(class_id)
                if first is not None:
                    failures.append(_failure(source, _duplicate(class_id, first, definition)))
                    continue
                nodes[class_id] = definition.within(pack=name, module=module, source=digest)
    return LoadedPacks(nodes, failures)


def _load(pack: Path, module_name: str, failures: list[PackFailure]) -> Iterator[tuple[Path, list[NodeDefinition]]]:
    """Each file of the pack with the nodes it declares."""
    for stale in [name for name in sys.modules if name == module_name or name.startswith(module_name + ".")]:
        del sys.modules[stale]
    importlib.invalidate_caches()  # files may have been added since
    if pack.is_dir() and not _run(pack / "__init__.py", module_name, pack, failures):
        return
    for path in node_files(pack):
        name = f"{module_name}.{path.stem}" if pack.is_dir() else module_name
        if name in sys.modules or _run(path, name, None, failures):  # another file of the pack may have imported it
            yield path, _declared(sys.modules[name])


def _run(path: Path, name: str, package: Path | None, failures: list[PackFailure]) -> bool:
    """Import a file under a module name; a package need not have an ``__init__.py``. False if it failed."""
    try:
        if package is not None and not path.is_file():
            module = ModuleType(name)
            module.__path__ = [str(package)]
            sys.modules[name] = module
            return True
        spec = importlib.util.spec_from_file_location(
            name, path, submodule_search_locations=[str(package)] if package is not None else None
        )
        assert spec is not None, path
        assert spec.loader is not None, path
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    except Exception as error:
        sys.modules.pop(name, None)
        failures.append(_failure(path, f"{type(error).__name__}: {error}", traceback.format_exception(error)))
        return False
    return True


def _declared(module: ModuleType) -> list[NodeDefinition]:
    """The nodes whose functions were written in this module, in the order of their declaration."""
    return [
        definition
        for value in list(vars(module).values())
        if isinstance(definition := getattr(value, ATTRIBUTE, None), NodeDefinition)
        and definition.function.__module__ == module.__name__
    ]


def _duplicate(class_id: str, first: NodeDefinition, second: NodeDefinition) -> str:
    here, there = (f"{d.function.__module__}.{d.function.__qualname__}" for d in (first, second))
    return (
        f"The class id {class_id!r} is declared by {here} and again by {there}; the first is used. Rename the second."
    )


def _failure(path: Path, message: str, trace: Iterable[str] = ()) -> PackFailure:
    return PackFailure(str(path), f"{path}: {message}", list(trace))
