"""Which names a :data:`Listing` stands for at this moment. Imports no torch, and keeps nothing: folders change."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nodegraph.access.credentials import command_for as command_for_credential
from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.graph.spec import CredentialList, FileList, Listing
from nodegraph.media.folders import IMAGE_EXTENSIONS, DataFolders
from nodegraph.weights.folders import ALIASES, ModelFolders
from nodegraph.weights.known import command_for

_DATA_FOLDERS = ("input", "output", "temp")


@dataclass(frozen=True)
class FileChoices:
    """The files a user may choose, from the folders of models and of data, and the ``credentials`` they may name."""

    models: ModelFolders
    data: DataFolders
    credentials: Callable[[], Sequence[str]] = tuple

    def names(self, listing: Listing) -> Sequence[str]:
        """What may be chosen from a list. Raises MissingFileError for a folder that does not exist."""
        if isinstance(listing, CredentialList):
            return self.credentials()
        if listing.folder in _DATA_FOLDERS and listing.folders:
            return self.data.subfolders(listing.folder)
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

    def bring(self, listing: Listing, name: str) -> str:
        """The command that brings what is missing; empty for pictures, which are the user's own."""
        if isinstance(listing, CredentialList):
            return command_for_credential(name)
        return "" if listing.folder in _DATA_FOLDERS else command_for(ALIASES.get(listing.folder, listing.folder), name)

    def has(self, listing: FileList, name: str) -> bool:
        """Whether a name that is not listed stands for a file all the same: in a subfolder, or with ``[output]``."""
        if listing.folder not in _DATA_FOLDERS:
            return False
        try:
            if listing.folders:
                self.data.annotated_folder(name)
            else:
                self.data.annotated(name, listing.folder)
        except (MissingFileError, UnsafePathError):
            return False
        return True
