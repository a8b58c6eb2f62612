"""What is in the model folders, as last looked at: a file is opened again only once it has changed. Knows no HTTP."""

import threading
from pathlib import Path

from nodegraph.models.inventory import Installed, examined, installed
from nodegraph.weights.folders import ALIASES, ModelFolders

_State = tuple[int, int]
"""When a file was changed, and its size."""


class ModelLists:
    """May be used by several threads."""

    def __init__(self, folders: ModelFolders) -> None:
        self._folders = folders
        self._known: dict[str, dict[Path, tuple[_State, Installed]]] = {}
        self._lock = threading.Lock()

    def count(self) -> dict[str, int]:
        """How many files each kind has. Blocks."""
        kinds = self._folders.keys()
        return {kind: len(self._folders.list(kind)) for kind in kinds}

    def of(self, key: str) -> list[Installed]:
        """The files of a kind, by name, and what has not wholly arrived. Blocks.

        Raises:
            MissingFileError: there is no such kind.
        """
        kind = ALIASES.get(key, key)
        with self._lock:
            known = self._known.get(kind, {})
        seen: dict[Path, tuple[_State, Installed]] = {}

        def examine(kind: str, name: str, path: Path) -> Installed:
            try:
                status = path.stat()
            except OSError:
                return examined(kind, name, path)
            state = status.st_mtime_ns, status.st_size
            before = known.get(path)
            model = before[1] if before is not None and before[0] == state else examined(kind, name, path)
            seen[path] = state, model
            return model

        found = list(installed(self._folders, [kind], examine))
        with self._lock:
            self._known[kind] = seen
        return found
