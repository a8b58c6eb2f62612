"""Files that an attempt saved without living to say so: the record of the job names them all the same.

So what lies in the output folder and what the history names agree, whatever killed the worker or the server. What was
saved is read from the job's journal of reserved names, which is there until the job has ended. Blocks.
"""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import msgspec

from nodegraph.errors import UnsafePathError
from nodegraph.media import reservations
from nodegraph.media.folders import IMAGE_EXTENSIONS, DataFolders
from nodegraph.media.owners import OwnerFolders
from nodegraph.media.reservations import Reserved
from nodegraph.server.records import Record, ShownBy, Ticket


def with_remains(record: Record, ticket: Ticket, folders: OwnerFolders) -> Record:
    """``record`` with the files of a job that it does not name yet, under the nodes that saved them."""
    files = folders.of(ticket.owner)
    named = set(_named(record.outputs))
    outputs = {node: dict(ui) for node, ui in record.outputs.items()}
    shown_by = dict(record.shown_by)
    for lines in reservations.saved(folders.own.user, ticket.job):
        last = lines[-1]
        if last.file in named or not _is_there(lines, files):
            continue
        ui = outputs.setdefault(last.node, {})
        kind = "images" if PurePosixPath(last.filename).suffix.lower() in IMAGE_EXTENSIONS else "files"
        ui[kind] = [*ui.get(kind, ()), {"filename": last.filename, "subfolder": last.subfolder, "type": last.type}]
        shown_by.setdefault(last.node, ShownBy(last.node))
    return msgspec.structs.replace(record, outputs=outputs, shown_by=shown_by)


def _named(outputs: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, str]]:
    """Every file that nodes have shown, as :attr:`Reserved.file` says it."""
    for ui in outputs.values():
        for values in ui.values():
            for value in values if isinstance(values, list | tuple) else ():
                if isinstance(value, dict) and "filename" in value:
                    yield str(value.get("type")), str(value.get("subfolder")), str(value["filename"])


def _is_there(lines: list[Reserved], folders: DataFolders) -> bool:
    """Whether the file was written, and is still what the job wrote."""
    last = lines[-1]
    try:
        content = folders.resolve(last.type, last.subfolder, last.filename).read_bytes()
    except (OSError, UnsafePathError):
        return False
    return reservations.digest_of(content) in {line.digest for line in lines}
