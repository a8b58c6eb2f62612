"""What identifies the content of a file that a node reads: part of its cache key, so that a new file is a new result.

Pictures are told apart by their content, since they are small and often uploaded again under the same name; models and
folders of pictures by size and time of change, since reading gigabytes is what the cache is there to avoid.
Imports no torch.
"""

from functools import lru_cache
from hashlib import file_digest, sha256
from pathlib import Path
from typing import get_args

from nodegraph.graph.spec import FileList
from nodegraph.media.folders import DataFolders, FolderKind
from nodegraph.media.owners import OwnerFolders
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.header import weight_file

_REMEMBERED = 4096


class FileFingerprints:
    """Fingerprints of the files of these folders; the digest of a file that has not changed is remembered."""

    def __init__(self, files: OwnerFolders, models: ModelFolders) -> None:
        self._files = files
        self._models = models
        self._digest = lru_cache(maxsize=_REMEMBERED)(_digest)

    def __call__(self, owner: str, listing: FileList, name: str) -> str:
        """The fingerprint of the file that ``name`` means in ``listing`` to its owner. Raises what finding it does."""
        if name in listing.extra:
            return ""
        if listing.folder not in get_args(FolderKind):
            return weight_file(self._models.find(listing.folder, name)).fingerprint
        files = self._files.of(owner)
        if listing.folders:
            return _state(files, *files.annotated_folder(name))
        path = files.annotated(name, listing.folder)
        status = path.stat()
        return self._digest(path, status.st_size, status.st_mtime_ns, status.st_ino)


def _state(files: DataFolders, kind: str, folder: str) -> str:
    """A digest of the names, sizes and times of all files directly in a folder, of which there may be thousands."""
    digest = sha256()
    for name in files.list(kind, subfolder=folder):
        try:
            status = files.resolve(kind, folder, name).stat()
        except FileNotFoundError:  # deleted since it was listed
            continue
        digest.update(f"{name}\0{status.st_size}\0{status.st_mtime_ns}\0".encode())
    return digest.hexdigest()


def _digest(path: Path, size: int, modified: int, inode: int) -> str:
    """The digest of the content; all but the path only say for which state of the file it holds."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
