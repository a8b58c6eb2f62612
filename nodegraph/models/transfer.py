"""Fetching one file over HTTP: from where it stopped, as often as the connection breaks, and checked when it is whole.

Knows neither models nor their folders.
"""

import errno
import hashlib
import shutil
import time
from collections.abc import Callable
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2

from nodegraph.models import failures
from nodegraph.models.errors import ModelError, NoRoomError, WrongContentError, unwritable
from nodegraph.models.partial import Note, Partial
from nodegraph.models.remote import Remote
from nodegraph.models.sizes import readable

Show = Callable[[int, int | None], None]
"""Told the bytes there are and, if known, the bytes there will be."""

_PATIENCE = 5
"""Attempts in a row that may bring nothing, once something has arrived."""
_FIRST_PAUSE = 1.0
_TIMEOUT = httpx2.Timeout(60, connect=20)
_START = 16
_FULL = {errno.ENOSPC, errno.EDQUOT}


def fetch(
    remote: Remote,
    part: Partial,
    *,
    show: Show,
    check_start: Callable[[Path], None],
    pause: float = _FIRST_PAUSE,
    timeout: httpx2.Timeout = _TIMEOUT,
) -> Note:
    """Have ``part`` hold the whole file, which has the digest that ``remote`` names, if it names one.

    ``check_start`` is given the part as soon as it has its first bytes, to raise if there is no use in the rest.
    ``pause``: seconds before the first repetition, each further one waits twice as long.

    Raises TransferError, NoRoomError and ModelError with the part kept, WrongContentError with the part thrown away.
    """
    try:
        client = httpx2.Client(follow_redirects=True, timeout=timeout)
    except (ImportError, httpx2.InvalidURL, ValueError) as error:  # a proxy that is named wrongly, or is of SOCKS
        raise failures.explained(error, remote.url, remote.page) from error
    with client:
        _receive_all(client, remote, part, show, check_start, pause)
    note = part.read_note()
    _check_digest(part, remote, note)
    return note


def _receive_all(
    client: httpx2.Client,
    remote: Remote,
    part: Partial,
    show: Show,
    check_start: Callable[[Path], None],
    pause: float,
) -> None:
    vain, arrived = 0, False
    while True:
        before = part.size
        try:
            _receive(client, remote, part, show, check_start)
            return
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            gained = part.size > before
            arrived, vain = arrived or gained, 0 if gained else vain + 1
            again = arrived and isinstance(error, httpx2.TransportError) and vain < _PATIENCE
            if not again:
                raise failures.explained(error, remote.url, remote.page) from error
            time.sleep(pause * 2**vain)


def _receive(
    client: httpx2.Client, remote: Remote, part: Partial, show: Show, check_start: Callable[[Path], None]
) -> None:
    """Ask for what is missing and write what comes. Returns when the part is whole."""
    note = part.read_note()
    if not (note.validator or remote.sha256):
        part.forget()  # nothing would tell that the rest is of another file
    have = part.size
    if have and have == (remote.size or note.size):
        show(have, have)
        return
    headers = {**remote.headers, "Accept-Encoding": "identity"}
    if have:
        headers["Range"] = f"bytes={have}-"
        if not remote.sha256:
            headers["If-Range"] = note.validator
    with client.stream("GET", remote.url, headers=headers) as answer:
        if answer.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and have:
            part.forget()  # it is longer than the file is now
            _receive(client, remote, part, show, check_start)
            return
        if answer.status_code not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
            raise failures.refused(answer.status_code, remote.page, answer.headers.get("Retry-After"))
        _refuse_unencrypted_detour(answer, remote)
        start = _start(answer)
        if start not in (0, have):
            part.forget()
            raise httpx2.RemoteProtocolError(f"bytes from {have} were asked for, those from {start} came")
        total = _total(answer)
        if remote.size is not None and total is not None and total != remote.size:
            part.forget()
            raise WrongContentError(
                f"{remote.page} was said to have {remote.size:,} bytes, but {total:,} are sent: something between here "
                f"and there answers in its place. {failures.by_hand(remote.page)}"
            )
        size = total if total is not None else remote.size
        _check_room(part.path.parent, (size or 0) - start)
        part.write_note(_note(answer, remote, size))
        _write(answer, part, start, size, show, check_start)
    if size is not None and part.size != size:
        raise httpx2.RemoteProtocolError(f"{part.size:,} of {size:,} bytes came")


def _write(
    answer: httpx2.Response,
    part: Partial,
    start: int,
    size: int | None,
    show: Show,
    check_start: Callable[[Path], None],
) -> None:
    try:
        with part.path.open("ab" if start else "wb") as file:
            done, checked = start, start >= _START
            show(done, size)
            for chunk in answer.iter_bytes():
                file.write(chunk)
                done += len(chunk)
                if not checked and done >= _START:
                    file.flush()
                    check_start(part.path)
                    checked = True
                show(done, size)
    except OSError as error:
        if error.errno in _FULL:
            raise _no_room(part.path.parent, (size or part.size) - part.size) from error
        raise unwritable(error, part.path.parent) from error


def _start(answer: httpx2.Response) -> int:
    """The place in the file of the first byte of an answer; 0 for one that sends all of it again."""
    if answer.status_code == HTTPStatus.OK:
        return 0
    span = answer.headers.get("Content-Range", "").removeprefix("bytes ").partition("-")[0]
    return int(span) if span.isdecimal() else -1


def _total(answer: httpx2.Response) -> int | None:
    """Bytes of the whole file, if the answer tells."""
    if answer.status_code == HTTPStatus.PARTIAL_CONTENT:
        total = answer.headers.get("Content-Range", "").rpartition("/")[2]
        return int(total) if total.isdecimal() else None
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() and "Content-Encoding" not in answer.headers else None


def _note(answer: httpx2.Response, remote: Remote, size: int | None) -> Note:
    etag = answer.headers.get("ETag", "")
    validator = etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified", "")
    if "Content-Encoding" in answer.headers:
        validator = ""  # places in what is written are none in what is sent
    linked = [step.headers.get("X-Linked-ETag", "") for step in (*answer.history, answer)]
    digest = next((tag.strip('"') for tag in linked if len(tag.strip('"')) == hashlib.sha256().digest_size * 2), "")
    return Note(
        page=remote.page,
        name=remote.name or _sent_name(answer),
        size=size,
        validator=validator,
        sha256=remote.sha256 or digest,
    )


def _sent_name(answer: httpx2.Response) -> str:
    """The name an answer proposes, or the last part of the address it came from in the end. Not to be trusted."""
    header = Message()
    header["Content-Disposition"] = answer.headers.get("Content-Disposition", "")
    first, *_ = (*answer.history, answer)
    paths = [unquote(urlsplit(str(step.url)).path).rpartition("/")[2] for step in (answer, first)]
    named = next((name for name in paths if name.endswith(".safetensors")), paths[-1])
    return header.get_filename() or named


def _refuse_unencrypted_detour(answer: httpx2.Response, remote: Remote) -> None:
    """A request that began encrypted does not end in the open, where anybody may answer it."""
    if urlsplit(remote.url).scheme == "https" and answer.url.scheme != "https":
        raise ModelError(
            f"{remote.page} leads to {answer.url.host} without encryption (http://), where anybody on the way may put "
            f"another file in its place. {failures.by_hand(remote.page)}"
        )


def _check_room(folder: Path, needed: int) -> None:
    if needed > shutil.disk_usage(folder).free:
        raise _no_room(folder, needed)


def _no_room(folder: Path, needed: int) -> NoRoomError:
    free = shutil.disk_usage(folder).free
    return NoRoomError(
        f"The disk of {folder.parent} has {readable(free)} free, and {readable(needed)} are still to come. Make room "
        "and run the same command again, which goes on from here; or choose a folder on another disk with --models-dir."
    )


def _check_digest(part: Partial, remote: Remote, note: Note) -> None:
    wanted = (remote.sha256 or note.sha256).lower()
    if not wanted:
        return
    with part.path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != wanted:
        part.forget()
        raise WrongContentError(
            f"What came from {remote.page} is not the file that was meant: its SHA-256 is {found}, not {wanted}. It "
            "was thrown away. Run the command again; if it ends like this every time, the file was replaced at the "
            "other end, or something between here and there changes it."
        )
