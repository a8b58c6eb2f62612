"""Files between the server and this program's folders: what to upload, and where a download is kept."""

from os import PathLike
from pathlib import Path

from nodegraph.client.errors import ClientError
from nodegraph.paths import confined
from nodegraph.server.api_v1.messages import OutputFile
from nodegraph.write import write_file


class FileThereError(ClientError, FileExistsError):
    """A file of that name is there already."""


class UnreadableError(ClientError):
    """A file to be uploaded cannot be read."""


def save(file: OutputFile, content: bytes, folder: str | PathLike[str], *, overwrite: bool) -> Path:
    """Write the content of ``file`` below ``folder``, under the name the server gave it, and nowhere else.

    It is there whole or not at all. Raises :class:`FileThereError`, :class:`~nodegraph.errors.UnsafePathError`, and
    :class:`~nodegraph.write.SaveError`.
    """
    path = confined(Path(folder), f"{file.subfolder}/{file.filename}" if file.subfolder else file.filename)
    try:
        write_file(path, content, replace=overwrite)
    except FileExistsError as error:
        raise FileThereError(f"{path} is there already. Say overwrite=True, or choose another folder.") from error
    return path


def content_of(path: str | PathLike[str]) -> bytes:
    """A file to be uploaded. Raises :class:`UnreadableError`."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UnreadableError(f"{Path(path)} cannot be read: {error.strerror or error}.") from error


def named_content(picture: str | PathLike[str] | bytes, name: str | None) -> tuple[str, bytes]:
    """The name and the content of a picture to be uploaded, which is a file or the content itself."""
    if isinstance(picture, bytes):
        return name or "picture", picture
    return name or Path(picture).name, content_of(picture)
