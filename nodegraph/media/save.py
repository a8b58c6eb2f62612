"""Names of saved files: ``prefix_00001_.png``, counted up within their folder. Never replaces a file.

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
from nodegraph.write import write_file
from nodegraph.paths import confined

_BATCH_NUMBER = "%batch_num%"


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
) -> list[SavedFile]:
    """Save each of ``contents`` as ``{prefix}_{counter:05}_{suffix}`` below a folder, in order.

    The counter starts one above the largest in use for that prefix. ``width`` and ``height`` are what the tokens stand
    for, ``now`` the time (local, of this call, if None). Files in temp may be lost in a power cut; others may not.

    Raises:
        UnsafePathError: the prefix leads out of the folder.
        SaveError: the disk is full, or refuses.
    """
    plain = expand_tokens(prefix, width=width, height=height, now=now or datetime.now()).replace("\\", "/")
    parent, _, name = plain.rpartition("/")
    root = folders.folder(kind)
    confined(root, f"{plain}_")  # the whole of it: an absolute prefix may have no parent
    folder = confined(root, parent)
    subfolder = "" if str(PurePosixPath(parent)) == "." else PurePosixPath(parent).as_posix()
    counter = _largest_counter(folder, name) + 1
    saved = []
    for batch_number, content in enumerate(contents):
        numbered = name.replace(_BATCH_NUMBER, str(batch_number))
        while True:
            filename = f"{numbered}_{counter:05}_{suffix}"
            counter += 1
            try:
                write_file(confined(folder, filename), content, replace=False, durable=kind != "temp")
            except FileExistsError:
                continue
            break
        saved.append(SavedFile(filename, subfolder, kind))
    return saved


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
    pattern = re.compile(
        re.escape(name).replace(re.escape(_BATCH_NUMBER), "[0-9]+") + "_([0-9]+)_",
        re.IGNORECASE if os.name == "nt" else 0,
    )
    if not folder.is_dir():
        return 0
    return max((int(match[1]) for entry in os.scandir(folder) if (match := pattern.match(entry.name))), default=0)
