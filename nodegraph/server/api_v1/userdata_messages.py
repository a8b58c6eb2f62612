"""What the operations on the user's files and settings take. What they give are the structs of ``userdata`` itself."""

from typing import Annotated, Any

import msgspec

from nodegraph.userdata.conditions import Condition
from nodegraph.userdata.entries import Gone, UserEntry
from nodegraph.userdata.retention import Version

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=2048)]
"""A path relative to the user's folder, with ``/`` between folders."""

VersionNumber = Annotated[int, msgspec.Meta(ge=1, le=(1 << 63) - 1)]


class Conditions(msgspec.Struct, frozen=True):
    """`If-Match`: only if the file has one of these ETags. `If-None-Match: *`: only if there is no such file."""

    match: str | None = msgspec.field(default=None, name="If-Match")
    none_match: str | None = msgspec.field(default=None, name="If-None-Match")

    @property
    def condition(self) -> Condition:
        """In the terms of the store."""
        return Condition(self.match, self.none_match)


class IfMatch(msgspec.Struct, frozen=True):
    """`If-Match`: only if the file has one of these ETags."""

    match: str | None = msgspec.field(default=None, name="If-Match")

    @property
    def condition(self) -> Condition:
        """In the terms of the store."""
        return Condition(self.match)


class IfNoneMatch(msgspec.Struct, frozen=True):
    """`If-None-Match`: 304 if the content still has one of these ETags."""

    none_match: str | None = msgspec.field(default=None, name="If-None-Match")

    @property
    def condition(self) -> Condition:
        """In the terms of the store."""
        return Condition(none_match=self.none_match)


class ListQuery(msgspec.Struct, frozen=True):
    """`path`: the folder, empty for the topmost. `recurse`: what is in the folders below it, too."""

    path: Annotated[str, msgspec.Meta(max_length=2048)] = ""
    recurse: bool = False


class UserListing(msgspec.Struct, frozen=True):
    """What a folder holds, sorted by path."""

    entries: list[UserEntry]


class ReadQuery(msgspec.Struct, frozen=True):
    """`version`: a former content in place of the present one."""

    version: VersionNumber | None = None


class DeleteQuery(msgspec.Struct, frozen=True):
    """`recurse`: a folder together with what is in it."""

    recurse: bool = False


class FileMove(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file or folder that gets another name. `overwrite`: a file that has it already gives way."""

    source: Name = msgspec.field(name="from")
    to: Name
    overwrite: bool = False


class NewFolder(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A folder to make, with those above it."""

    path: Name


class Restore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A former content that is to be the present one."""

    path: Name
    version: VersionNumber


class VersionList(msgspec.Struct, frozen=True):
    """The former contents of a file, the latest first."""

    versions: list[Version]


class DeletedList(msgspec.Struct, frozen=True):
    """Files that are gone and can be restored, the latest first."""

    files: list[Gone]


Settings = dict[str, Any]
