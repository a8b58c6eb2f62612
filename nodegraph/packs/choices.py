"""Which files a :class:`FileList` stands for at this moment. Imports no torch, and keeps nothing: folders change."""

from collections.abc import Sequence
from dataclasses import dataclass

from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.graph.spec import FileList
from nodegraph.media.folders import IMAGE_EXTENSIONS, DataFolders
from nodegraph.weights.folders import ALIASES, ModelFolders
from nodegraph.weights.known import command_for

_DATA_FOLDERS = ("input", "output", "temp")


@dataclass(frozen=True)
class FileChoices:
    """The files a user may choose, from the folders of models and of data."""

    models: ModelFolders
    data: DataFolders

    def names(self, listing: FileList) -> Sequence[str]:
        """The files that may be chosen from a list. Raises MissingFileError for a folder that does not exist."""
        if listing.folder in _DATA_FOLDERS:
            extensions = listing.extensions or (IMAGE_EXTENSIONS if listing.upload == "image" else ())
            return self.data.list(listing.folder, extensions)
        names = self.models.list(listing.folder)
        return [name for name in names if name.lower().endswith(listing.extensions)] if listing.extensions else names

    def place(self, listing: FileList) -> str:
        """The folder that a file of a list belongs in. Raises MissingFileError for a folder that does not exist."""
        if listing.folder in _DATA_FOLDERS:
            return str(self.data.folder(listing.folder))
        return str(self.models.paths(listing.folder)[0])

    def bring(self, listing: FileList, name: str) -> str:
        """The command that brings a file that is missing; empty for pictures, which are the user's own."""
        return "" if listing.folder in _DATA_FOLDERS else command_for(ALIASES.get(listing.folder, listing.folder), name)

    def has(self, listing: FileList, name: str) -> bool:
        """Whether a name that is not listed stands for a file all the same: in a subfolder, or with ``[output]``."""
        if listing.folder not in _DATA_FOLDERS:
            return False
        try:
            self.data.annotated(name)
        except (MissingFileError, UnsafePathError):
            return False
        return True
