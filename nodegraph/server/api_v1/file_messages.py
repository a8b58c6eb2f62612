"""What travels about the files of jobs and uploads. Types only."""

from typing import Annotated, Any, Literal

import msgspec

from nodegraph.execution.events import Failure, Outcome


class JobFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that a node saved or shows. ``url`` is where to fetch it, relative to the server; ``size`` is in bytes,
    and missing if the file is gone. ``content`` comes only where it is asked for."""

    index: int
    node: str
    kind: str
    filename: str
    subfolder: str
    type: str
    media_type: str
    url: str
    size: int | None = None
    content: bytes | None = None


class JobFiles(msgspec.Struct, frozen=True):
    """The files of a job, in the order of its nodes."""

    files: list[JobFile]


class JobResult(msgspec.Struct, frozen=True, omit_defaults=True):
    """What came of a job that has ended. ``outputs`` is all that its nodes show, by node."""

    job: str
    outcome: Outcome
    files: list[JobFile] = []
    outputs: dict[str, Any] = {}
    error: Failure | None = None


class ResultQuery(msgspec.Struct, frozen=True):
    """`inline`: with the content of the files, in base64."""

    inline: bool = False


class UploadQuery(msgspec.Struct, frozen=True):
    """`name`: of the file, with its suffix; a form may leave it to its file. `subfolder`: of the folder `type`.
    `overwrite`: another file of that name gives way; else this one is given another name."""

    name: Annotated[str, msgspec.Meta(max_length=255)] = ""
    subfolder: Annotated[str, msgspec.Meta(max_length=2048)] = ""
    type: Literal["input", "temp"] = "input"
    overwrite: bool = False


class Uploaded(msgspec.Struct, frozen=True):
    """A picture in the server's folder ``type``. ``existed``: it was there already, with this content and name.
    ``value`` is what a LoadImage node takes."""

    name: str
    subfolder: str
    type: str
    value: str
    size: int
    sha256: str
    existed: bool
    media_type: str

    def __str__(self) -> str:
        return self.value
