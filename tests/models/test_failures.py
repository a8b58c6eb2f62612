"""What nets and proxies do to a request: real failures on this computer, and what the user is told of each."""

import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from huggingface_hub import close_session

from nodegraph.models.errors import ModelError, TransferError
from nodegraph.models.failures import explained
from nodegraph.models.hub import locate
from nodegraph.models.partial import Partial
from nodegraph.models.remote import Remote
from nodegraph.models.target import HubFile
from nodegraph.models.transfer import fetch

PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _straight(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*PROXIES, *map(str.lower, PROXIES), "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)


@contextmanager
def answering(reply: bytes | None, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """The port of something that answers every connection with these bytes and closes it; None: with silence."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                connection.recv(65536)
                if reply is None:
                    stop.wait(10)
                else:
                    connection.sendall(reply)
                connection.close()
            except OSError:
                continue

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            stop.set()
            thread.join()


def refused_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def failure(url: str, tmp_path: Path, timeout: float = 5) -> str:
    """What the user is told when a file cannot be fetched from ``url``."""
    part = Partial(tmp_path, url, url)
    with pytest.raises(TransferError) as told, part.held():
        fetch(
            Remote(url=url, page=url),
            part,
            show=lambda done, total: None,
            check_start=lambda path: None,
            pause=0.001,
            timeout=httpx2.Timeout(timeout),
        )
    assert f"Or download {url} with a browser" in str(told.value)
    assert "nodegraph models add PATH" in str(told.value)
    return str(told.value)


def test_a_server_that_refuses(tmp_path: Path) -> None:
    told = failure(f"http://127.0.0.1:{refused_port()}/x", tmp_path)
    assert told.startswith(
        "127.0.0.1 refuses connections. Check that this computer is online; behind a proxy, set HTTPS_"
    )


def test_a_name_that_nobody_knows(tmp_path: Path) -> None:
    told = failure("https://no-such-host.invalid/x", tmp_path)
    assert told.startswith("The name of no-such-host.invalid cannot be looked up. Check that this computer is online")


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with answering(None) as port:
        told = failure(f"http://127.0.0.1:{port}/x", tmp_path, timeout=0.2)
    assert "127.0.0.1, asked directly, did not answer in time" in told


def test_a_server_that_hangs_up(tmp_path: Path) -> None:
    with answering(b"") as port:
        told = failure(f"http://127.0.0.1:{port}/x", tmp_path)
    assert "The connection to 127.0.0.1 broke" in told


def test_a_proxy_that_wants_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reply = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    with answering(reply) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        told = failure("https://example.com/x", tmp_path)
        assert f"The proxy 127.0.0.1:{port} does not connect to example.com" in told
        assert "HTTPS_PROXY=http://NAME:PASSWORD@PROXY:PORT" in told
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        assert "HTTPS_PROXY=http://NAME:PASSWORD@PROXY:PORT" in failure("http://example.com/x", tmp_path)


def test_a_proxy_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = refused_port()
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:secret@127.0.0.1:{port}")
    told = failure("https://example.com/x", tmp_path)
    assert told.startswith(f"127.0.0.1:{port} refuses connections. Check that this computer is online, and that HTTPS_")
    assert "secret" not in told


def test_a_proxy_of_a_kind_that_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "nonsense://127.0.0.1:1")
    assert "example.com cannot be asked" in failure("https://example.com/x", tmp_path)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for ``localhost`` that nobody but itself has signed, with its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl here to make a certificate with")
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    options = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=localhost"
    names = ("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", public)
    subprocess.run([openssl, *options.split(), *names], check=True, capture_output=True)
    both = tmp_path / "certificate.pem"
    both.write_bytes(key.read_bytes() + public.read_bytes())
    return both


def test_encryption_that_cannot_be_trusted(tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with answering(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", tls) as port:
        told = failure(f"https://localhost:{port}/x", tmp_path)
        assert "The encrypted connection to localhost cannot be trusted: self-signed certificate" in told
        assert "SSL_CERT_FILE=/PATH/OF/IT.pem" in told
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        with pytest.raises(AssertionError, match="There is no file at"):
            failure(f"https://localhost:{port}/x", tmp_path)


def test_encryption_is_not_given_up_on_the_way(
    tmp_path: Path, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad") as plain:
        detour = f"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:{plain}/x\r\nContent-Length: 0\r\n\r\n"
        with answering(detour.encode(), tls) as port:
            url = f"https://localhost:{port}/x"
            part = Partial(tmp_path, url, url)
            with pytest.raises(ModelError, match=r"leads to 127\.0\.0\.1 without encryption"), part.held():
                fetch(Remote(url, url), part, show=lambda done, total: None, check_start=lambda path: None)
    assert part.size == 0


def test_a_way_in_circles(tmp_path: Path) -> None:
    with answering(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n") as port:
        assert "around in circles" in failure(f"http://127.0.0.1:{port}/x", tmp_path)


def test_hugging_face_that_cannot_be_reached_names_mirrors_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{refused_port()}")
    close_session()
    with pytest.raises(TransferError, match=r"HTTPS_PROXY names the right proxy.* HF_ENDPOINT=https://MIRROR"):
        locate(HubFile("owner/repo", "x.safetensors"))
    close_session()


def test_being_told_to_stay_offline_is_told() -> None:
    look = (
        "from nodegraph.models.hub import locate; from nodegraph.models.target import HubFile\n"
        "try: locate(HubFile('owner/repo', 'x.safetensors'))\n"
        "except ValueError as error: print(type(error).__name__, error)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", look], env={"HF_HUB_OFFLINE": "1"}, capture_output=True, text=True, check=True
    )
    assert answer.stdout.startswith("TransferError HF_HUB_OFFLINE is set")


def test_what_nobody_foresaw_is_told_too() -> None:
    assert str(explained(httpx2.InvalidURL("no port"), "https://h:x/", "https://h/")).startswith(
        "h cannot be asked: no port. Check the address."
    )
