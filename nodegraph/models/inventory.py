"""What models there are, and what each file is: by its header alone, so that a terabyte is listed in a moment."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec

from nodegraph.errors import MissingFileError
from nodegraph.models.identify import PICKLES, SUFFIXES
from nodegraph.models.partial import unfinished
from nodegraph.models.sizes import readable
from nodegraph.weights.describe import look, precision
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import BrokenFileError, Header, read_header

_TITLE_LENGTH = 60

State = Literal["ok", "misplaced", "broken", "pickle", "other", "unfinished"]

_ALSO: dict[str, frozenset[str]] = {
    "checkpoints": frozenset({"vae"}),  # whose autoencoder a VAE loader takes out
    "diffusion_models": frozenset({"checkpoints"}),
}
"""Kinds whose folders are no wrong place for files of another kind."""


class Installed(msgspec.Struct, frozen=True):
    """One file. ``kind``: the folder it is in; ``name``: as graphs call it; ``what``: for people; ``size``: in bytes.

    ``precision`` is that of most of its bytes, empty where it is not known. ``belongs``: the kind of folder it should
    be in, where that is another one.
    """

    kind: str
    name: str
    path: str
    size: int
    what: str
    state: State
    precision: str = ""
    belongs: str = ""


def installed(
    folders: ModelFolders, kinds: Iterable[str], examine: Callable[[str, str, Path], Installed] | None = None
) -> Iterator[Installed]:
    """The files of these kinds, kind by kind and by name, and what has not wholly arrived.

    ``examine`` may remember what :func:`examined` said of a file.
    """
    look_at = examine or examined
    for kind in kinds:
        for name in folders.list(kind):
            with suppress(MissingFileError):  # gone since it was listed
                yield look_at(kind, name, folders.find(kind, name))
        for folder in folders.paths(kind):
            for note, size in unfinished(folder):
                of = f" of {readable(note.size)}" if note.size else ""
                what = f"{readable(size)}{of} from {note.page}; the command that began it goes on with it"
                yield Installed(kind, note.name or "?", str(folder), size, what, "unfinished")


def examined(kind: str, name: str, path: Path) -> Installed:
    """What one file is."""
    try:
        size = path.stat().st_size
        if path.suffix.lower() in PICKLES:
            return Installed(kind, name, str(path), size, "a pickle, which is not opened", "pickle")
        if path.suffix.lower() not in SUFFIXES:
            return Installed(kind, name, str(path), size, "not a file of weights", "other")
        header = read_header(path)
    except BrokenFileError as error:
        return Installed(kind, name, str(path), size, str(error).removeprefix(f"{path} ").removeprefix("is "), "broken")
    except OSError as error:
        return Installed(kind, name, str(path), 0, f"unreadable: {error.strerror or error}", "broken")
    found = look(header)
    right = found.kind in ("", kind) or kind in _ALSO.get(found.kind, ())
    return Installed(
        kind,
        name,
        str(path),
        size,
        found.what + _title(header),
        "ok" if right else "misplaced",
        precision(header),
        "" if right else found.kind,
    )


def _title(header: Header) -> str:
    """What the file calls itself, if it does."""
    words = " ".join(header.metadata.get("modelspec.title", "").split())
    title = "".join(filter(str.isprintable, words))[:_TITLE_LENGTH]
    return f": {title}" if title else ""
