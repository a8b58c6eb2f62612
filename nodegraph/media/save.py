"""Names of saved files: ``prefix_00001_.png``, counted up within their folder. Replaces no file unless asked to.

A prefix may name subfolders and hold tokens: ``%width% %height% %year% %month% %day% %hour% %minute% %second%`` and
``%batch_num%``. Knows nothing of what it writes. Imports no torch.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from nodegraph.media.folders import DataFolders, FolderKind
from nodegraph.media.reservations import NodeReservations, digest_of
from nodegraph.paths import confined, relative
from nodegraph.write import write_file, write_temporary

BATCH_NUMBER = "%batch_num%"


@dataclass(frozen=True, slots=True)
class SavedFile:
    """Where a file went, in the terms of the field: a client fetches it with these three."""

    filename: str
    subfolder: str
    type: FolderKind

    def shown(self) -> dict[str, str]:
        """The entry that stands for it in a node's ui."""
        return asdict(self)


def save_numbered(
    folders: DataFolders,
    kind: FolderKind,
    prefix: str,
    suffix: str,
    contents: Iterable[bytes],
    *,
    width: int = 0,
    height: int = 0,
    now: datetime | None = None,
    names: NodeReservations | None = None,
) -> list[SavedFile]:
    """Save each of ``contents`` as ``{prefix}_{counter:05}_{suffix}`` below a folder, in order.

    The counter starts one above the largest in use for that prefix. ``width`` and ``height`` are what the tokens stand
    for, ``now`` the time (local, of this call, if None). Files in temp may be lost in a power cut; others may not.

    With ``names``, what an earlier attempt at the same save has written is replaced, and keeps the name it had then.
    Not so in temp, which is emptied at every start.

    Raises:
        UnsafePathError: the prefix leads out of the folder.
        SaveError: the disk is full, or refuses.
    """
    plain = expand_tokens(prefix, width=width, height=height, now=now or datetime.now()).replace("\\", "/")
    parent, _, name = plain.rpartition("/")
    root = folders.folder(kind)
    relative(f"{plain}_", f"below {root}")  # the whole of it: an absolute prefix may have no parent
    folder = confined(root, parent)
    subfolder = "" if str(PurePosixPath(parent)) == "." else PurePosixPath(parent).as_posix()
    # Names in temp are made up anew for each save: the folder is looked through only if the first one is taken.
    counter = 1 if kind == "temp" else 0
    saved = []
    for batch_number, content in enumerate(contents):
        again = _save_again(folders, kind, suffix, content, names) if names is not None and kind != "temp" else None
        if again is not None:
            saved.append(again)
            continue
        numbered = name.replace(BATCH_NUMBER, str(batch_number))
        while True:
            counter = counter or _largest_counter(folder, name) + 1
            path = folder / f"{numbered}_{counter:05}_{suffix}"
            try:
                if kind == "temp":
                    write_temporary(path, content)
                else:
                    if path.exists():
                        raise FileExistsError
                    if names is not None:
                        names.set(kind, subfolder, path.name, content)
                    write_file(path, content, replace=False)
            except FileExistsError:
                counter = 0 if kind == "temp" and counter == 1 else counter + 1
                continue
            break
        counter += 1
        saved.append(SavedFile(path.name, subfolder, kind))
    return saved


def save_as(folders: DataFolders, kind: FolderKind, subfolder: str, filename: str, content: bytes) -> SavedFile:
    """Save under this very name; a file that is there gives way.

    Raises:
        UnsafePathError: the name leads out of the folder.
        SaveError: the disk is full, or refuses.
    """
    path = folders.resolve(kind, subfolder, filename)
    within = path.relative_to(folders.resolve(kind, "", ""))
    write_file(path, content, replace=True)
    parent = within.parent.as_posix()
    return SavedFile(path.name, "" if parent == "." else parent, kind)


def _save_again(
    folders: DataFolders, kind: FolderKind, suffix: str, content: bytes, names: NodeReservations
) -> SavedFile | None:
    """Save under the name that an earlier attempt reserved; None if there is none, or others have a file there."""
    earlier = names.next()
    if not earlier or earlier[0].type != kind or not earlier[0].filename.endswith(suffix):
        return None
    subfolder, filename = earlier[0].subfolder, earlier[0].filename
    path = folders.resolve(kind, subfolder, filename)
    ours = path.is_file() and digest_of(path.read_bytes()) in {line.digest for line in earlier}
    if not ours and path.exists():
        return None
    names.set(kind, subfolder, filename, content)
    try:
        write_file(path, content, replace=ours)
    except FileExistsError:
        return None
    return SavedFile(filename, subfolder, kind)


def expand_tokens(prefix: str, *, width: int, height: int, now: datetime) -> str:
    """``prefix`` with every token but ``%batch_num%`` replaced; months to seconds have two digits."""
    values = {
        "width": str(width),
        "height": str(height),
        "year": str(now.year),
        **{token: f"{getattr(now, token):02}" for token in ("month", "day", "hour", "minute", "second")},
    }
    return re.sub(r"%(\w+)%", lambda match: values.get(match[1], match[0]), prefix)


def _largest_counter(folder: Path, name: str) -> int:
    """The largest N of the files ``name_N_…`` in a folder, 0 if there are none. Case counts where the system's does."""
    if not folder.is_dir():
        return 0
    start = os.path.normcase(name.partition(BATCH_NUMBER)[0])
    # The temporary folder may hold thousands of files, of which hardly any has a given name.
    similar = [entry for entry in os.listdir(folder) if os.path.normcase(entry).startswith(start)]
    if not similar:
        return 0
    pattern = re.compile(
        re.escape(name).replace(re.escape(BATCH_NUMBER), "[0-9]+") + "_([0-9]+)_",
        re.IGNORECASE if os.name == "nt" else 0,
    )
    return max((int(match[1]) for entry in similar if (match := pattern.match(entry))), default=0)
