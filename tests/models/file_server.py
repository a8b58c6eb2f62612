"""A real HTTP server on this computer that serves files as model sites do, and fails as they do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


@dataclass
class Served:
    """What one path answers.

    ``cut_after``: the connection breaks after so many bytes of each answer's body. ``stall_after``: nothing more comes
    after so many, and the connection stays.
    """

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    ranges: bool = True
    etag: str = '"v1"'
    cut_after: int | None = None
    cuts_left: int = 1_000_000
    stall_after: int | None = None
    announce: bool = True
    token: str = ""


@dataclass
class FileServer:
    """``requests``: method, path and headers of everything that was asked."""

    url: str
    files: dict[str, Served] = field(default_factory=dict)
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    def asked(self, header: str, method: str = "GET") -> list[str]:
        """What each request of a method had in a header; empty where it had none."""
        return [headers.get(header, "") for sent, _, headers in self.requests if sent == method]


class _Handler(BaseHTTPRequestHandler):
    server: "_Server"
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, *, with_body: bool) -> None:
        told = self.server.told
        told.requests.append((self.command, self.path, dict(self.headers)))
        served = told.files.get(self.path) or told.files.get(urlsplit(self.path).path)
        if served is None:
            self.send_error(404)
            return
        if served.token and self.headers.get("Authorization") != f"Bearer {served.token}":
            self.send_error(401)
            return
        start, status = self._start(served)
        body = served.body[start:] if status in (200, 206) else served.body if served.status != 200 else b""
        self.send_response(status)
        for name, value in served.headers.items():
            self.send_header(name, value)
        if served.etag:
            self.send_header("ETag", served.etag)
        if status == 206:
            self.send_header("Content-Range", f"bytes {start}-{len(served.body) - 1}/{len(served.body)}")
        if served.announce:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        if not with_body:
            return
        if served.cut_after is not None and served.cuts_left > 0 and len(body) > served.cut_after:
            served.cuts_left -= 1
            self.wfile.write(body[: served.cut_after])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
            return
        self.wfile.write(body[: served.stall_after])
        if served.stall_after is not None:
            self.wfile.flush()
            self.server.ended.wait(60)
            self.close_connection = True

    def _start(self, served: Served) -> tuple[int, int]:
        wanted = self.headers.get("Range", "")
        condition = self.headers.get("If-Range")
        if served.status != 200 or not wanted or not served.ranges or (condition and condition != served.etag):
            return 0, served.status
        start = int(wanted.removeprefix("bytes=").rstrip("-"))
        return (start, 206) if start < len(served.body) else (0, 416)

    def log_message(self, *_: Any) -> None:
        """Nothing: what was asked is in ``requests``."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    told: FileServer
    ended: threading.Event

    def handle_error(self, *_: Any) -> None:
        """A client that goes away is nothing to report."""


@contextmanager
def serving() -> Iterator[FileServer]:
    """A server for as long as the block runs."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.told = FileServer(f"http://127.0.0.1:{server.server_address[1]}")
        server.ended = threading.Event()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.told
        finally:
            server.ended.set()
            server.shutdown()
            thread.join()
