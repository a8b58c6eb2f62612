"""Multipart forms that bring one file and some short fields. Knows nothing of what either is for."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from nodegraph.errors import UserError
from nodegraph.server import files
from nodegraph.server.replies import check_body

_LIMIT = 32
"""Parts of a form; the field's clients send up to six."""


class Form(NamedTuple):
    """A file and the other fields."""

    temporary: Path
    """Where the file lies for now."""
    filename: str
    """What its sender calls it, without folders."""
    fields: dict[str, str]


@contextlib.asynccontextmanager
async def received(request: web.Request, folder: Path, *, file: str) -> AsyncIterator[Form]:
    """The form that a request brings, whose field ``file`` is written to ``folder``; there it lies within the block.

    Fields may come before and after it; a second file is passed over. Raises
    :class:`~nodegraph.server.files.UploadError` for what is no such form.
    """
    check_body(request)
    if not request.content_type.startswith("multipart/"):
        raise files.UploadError(f"An upload is a multipart form with the picture in its field {file!r}.")
    fields: dict[str, str] = {}
    filename, temporary = "", None
    with contextlib.ExitStack() as undo:
        with _readable():
            async for part in _parts(request):
                if not isinstance(part, BodyPartReader):
                    continue
                if part.name == file and temporary is None:
                    filename = files.base_name(part.filename or "")
                    temporary = await files.receive(part, folder)
                    undo.callback(temporary.unlink, missing_ok=True)
                elif part.name:
                    fields[part.name] = await files.read_field(part)
        if temporary is None or not filename:
            raise files.UploadError(f"The form has no file in its field {file!r}, or the file has no name.")
        yield Form(temporary, filename, fields)


async def _parts(request: web.Request) -> AsyncIterator[object]:
    """The parts of a multipart body."""
    count = 0
    async for part in await request.multipart():
        count += 1
        if count > _LIMIT:
            raise files.UploadError(f"The form has more than {_LIMIT} parts.")
        yield part


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    """What is wrong with a form, be it between its parts or within one, said as the sender's mistake that it is."""
    try:
        yield
    except UserError:
        raise
    except (ValueError, AssertionError, HttpProcessingError) as error:
        raise files.UploadError(f"The form cannot be read: {error}.") from error
