"""The folders of pictures and latents: input, output, temp, and the user's own. Says where a file is, or may be.

Writes nothing (see :mod:`nodegraph.media.save`) and opens nothing. Imports no torch.
"""

import os
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.paths import confined, is_usable_name
from nodegraph.settings import Settings

FolderKind = Literal["input", "output", "temp", "user"]

IMAGE_EXTENSIONS = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".apng", ".mpo")
"""What is offered as an image; the file itself decides whether it is one."""

IMAGE_FORMATS = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")
"""What is read as an image. Pillow knows more, some of which is read by starting another program."""

_ANNOTATION = re.compile(r"^(?P<name>.*) \[(?P<kind>input|output|temp)\]$", re.DOTALL)
_SHOWN_WHEN_MISSING = 10


@dataclass(frozen=True, slots=True)
class DataFolders:
    """Where pictures are read from and written to."""

    input: Path
    output: Path
    temp: Path
    user: Path

    @classmethod
    def of(cls, settings: Settings) -> "DataFolders":
        """The folders that ``settings`` name, whether they exist or not."""
        named = (settings.input_dir, settings.output_dir, settings.temp_dir, settings.user_dir)
        return cls(*map(Path, named))

    def folder(self, kind: str) -> Path:
        """The folder of that kind. Raises :class:`UnsafePathError` for a kind that does not exist."""
        if kind not in get_args(FolderKind):
            raise UnsafePathError(
                f"There is no folder of type {kind!r}; choose one of {', '.join(get_args(FolderKind))}."
            )
        path: Path = getattr(self, kind)
        return path

    def resolve(self, kind: str, subfolder: str, filename: str) -> Path:
        """The real path of a file, which need not exist, confined to its folder: see :func:`confined`."""
        return confined(self.folder(kind), f"{subfolder}/{filename}" if subfolder else filename)

    def find(self, kind: str, name: str) -> Path:
        """The file ``name`` of that folder. Raises :class:`MissingFileError`, which lists what is there."""
        path = self.resolve(kind, "", name)
        if path.is_file():
            return path
        raise MissingFileError(f"{name!r} is not in the {kind} folder {self.folder(kind)}. {self._present(kind)}")

    def annotated(self, name: str, unmarked: str = "input") -> Path:
        """The file a LoadImage value names: ``a.png``, ``sub/a.png``, or with ``[input]``, ``[output]``, ``[temp]``.

        The suffix follows a space; without one the folder ``unmarked`` is meant. Raises :class:`MissingFileError`.
        """
        kind, plain = split_annotation(name, unmarked)
        return self.find(kind, plain)

    def annotated_folder(self, name: str) -> tuple[str, str]:
        """The kind and the name of a folder within input: ``set``, or with ``[output]`` within another.

        Raises :class:`MissingFileError`, which lists what folders are there.
        """
        kind, plain = split_annotation(name)
        if self.resolve(kind, "", plain).is_dir() and plain.strip("/\\. "):
            return kind, plain
        there = ", ".join(self.subfolders(kind)[:_SHOWN_WHEN_MISSING]) or "none"
        raise MissingFileError(
            f"There is no folder {plain!r} in the {kind} folder {self.folder(kind)}. Folders there: {there}."
        )

    def list(self, kind: str, extensions: Collection[str] = (), subfolder: str = "") -> list[str]:
        """Names of the files directly in the folder that may be opened, sorted; of these extensions (lower case)."""
        return [
            entry.name
            for entry in self._entries(kind, subfolder)
            if (not extensions or os.path.splitext(entry.name)[1].lower() in extensions)
            and os.path.isfile(entry)  # entry.is_file() raises for a link that leads to itself
        ]

    def subfolders(self, kind: str) -> Sequence[str]:
        """Names of the folders directly in the folder that may be opened, sorted."""
        return [entry.name for entry in self._entries(kind, "") if os.path.isdir(entry)]

    def _entries(self, kind: str, subfolder: str) -> Sequence[os.DirEntry[str]]:
        """What a folder holds and may be offered, sorted by name: nothing hidden, no link that leads out."""
        folder = self.resolve(kind, "", subfolder)
        if not folder.is_dir():
            return []
        with os.scandir(folder) as entries:
            usable = [
                entry
                for entry in entries
                if not entry.name.startswith(".")
                and is_usable_name(entry.name)
                and not (entry.is_symlink() and self._leads_out(kind, subfolder, entry.name))
            ]
        return sorted(usable, key=lambda entry: entry.name)

    def _leads_out(self, kind: str, subfolder: str, name: str) -> bool:
        try:
            self.resolve(kind, subfolder, name)
        except UnsafePathError:
            return True
        return False

    def _present(self, kind: str) -> str:
        names = self.list(kind)
        if not names:
            return "That folder is empty: put the file there, or upload it."
        more = f" and {len(names) - _SHOWN_WHEN_MISSING} more" if len(names) > _SHOWN_WHEN_MISSING else ""
        return f"There are: {', '.join(names[:_SHOWN_WHEN_MISSING])}{more}."


def split_annotation(name: str, unmarked: str = "input") -> tuple[str, str]:
    """``"a.png [output]"`` as ``("output", "a.png")``; without a suffix the kind is ``unmarked``."""
    match = _ANNOTATION.match(name)
    return (unmarked, name) if match is None else (match["kind"], match["name"])
