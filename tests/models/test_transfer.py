"""Fetching over a real connection, which breaks, resumes, lies and refuses as those of the world do."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from models.file_server import FileServer, Served, serving

from nodegraph.models.errors import ModelError, NoRoomError, TransferError, WrongContentError
from nodegraph.models.partial import Partial, unfinished
from nodegraph.models.remote import Remote
from nodegraph.models.transfer import fetch

BODY = bytes(range(256)) * 1000
SHA256 = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def server() -> Iterator[FileServer]:
    with serving() as server:
        yield server


class Fetching:
    """One file of the server, and what has arrived of it."""

    def __init__(self, server: FileServer, folder: Path, served: Served, **known: object) -> None:
        self.served = server.files["/file"] = served
        url = f"{server.url}/file"
        self.remote = Remote(url=url, page=url, **known)  # type: ignore[arg-type]
        self.part = Partial(folder, url, url)
        self.seen: list[tuple[int, int | None]] = []

    def run(self, timeout: float = 10) -> bytes:
        with self.part.held():
            fetch(
                self.remote,
                self.part,
                show=lambda done, total: self.seen.append((done, total)),
                check_start=lambda path: None,
                pause=0.001,
                timeout=httpx2.Timeout(timeout),
            )
            return self.part.path.read_bytes()


def test_a_file_arrives_whole_and_tells_how_far_it_is(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY), sha256=SHA256)
    assert fetching.run() == BODY
    assert fetching.seen[0] == (0, len(BODY))
    assert fetching.seen[-1] == (len(BODY), len(BODY))


def test_a_connection_that_breaks_is_made_again_from_there(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, cut_after=100_000))
    assert fetching.run() == BODY
    assert server.asked("Range") == ["", "bytes=100000-", "bytes=200000-"]
    assert server.asked("If-Range") == ["", '"v1"', '"v1"']


def test_what_arrived_before_is_not_fetched_again(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY))

    def interrupt(done: int, total: int | None) -> None:
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), fetching.part.held():
        fetch(fetching.remote, fetching.part, show=interrupt, check_start=lambda path: None)
    ((note, size),) = unfinished(tmp_path)
    assert (note.page, note.size) == (fetching.remote.page, len(BODY))
    assert 0 < size < len(BODY)
    assert fetching.run() == BODY
    assert server.asked("Range")[-1] == f"bytes={size}-"


def test_a_file_that_was_replaced_meanwhile_is_fetched_from_its_beginning(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(b"old" * 1000))
    fetching.served.cut_after, fetching.served.ranges = 1000, False
    with pytest.raises(TransferError):
        fetching.run()
    server.files["/file"] = Served(BODY, etag='"v2"')
    assert fetching.run() == BODY
    assert server.asked("If-Range")[-1] == '"v1"'


def test_without_a_mark_of_the_version_nothing_is_pieced_together(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, etag="", cut_after=100_000, cuts_left=1))
    assert fetching.run() == BODY
    assert server.asked("Range") == ["", ""]


def test_a_digest_is_mark_enough(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, etag="", cut_after=100_000, cuts_left=1), sha256=SHA256)
    assert fetching.run() == BODY
    assert server.asked("Range") == ["", "bytes=100000-"]


def test_a_server_that_knows_no_ranges_sends_all_again(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, ranges=False, cut_after=100_000, cuts_left=1))
    assert fetching.run() == BODY


def test_a_server_that_tells_no_size_is_believed_when_it_ends(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, announce=False))
    assert fetching.run() == BODY
    assert fetching.seen[-1] == (len(BODY), None)


def test_a_connection_that_never_lasts_is_given_up_and_the_part_kept(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, cut_after=1000, ranges=False))
    with pytest.raises(TransferError, match=r"broke: .* run the same command again"):
        fetching.run()
    assert fetching.part.size == 1000
    assert len(server.requests) == 6


def test_another_content_than_meant_is_thrown_away(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY), sha256="0" * 64)
    with pytest.raises(WrongContentError, match=f"its SHA-256 is {SHA256}, not 000"):
        fetching.run()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_a_mirror_of_hugging_face_counts(server: FileServer, tmp_path: Path) -> None:
    server.files["/cdn"] = Served(BODY)
    detour = Served(status=302, headers={"Location": "/cdn", "X-Linked-ETag": f'"{"0" * 64}"'})
    with pytest.raises(WrongContentError, match="thrown away"):
        Fetching(server, tmp_path, detour).run()


def test_another_size_than_announced_is_not_waited_for(server: FileServer, tmp_path: Path) -> None:
    with pytest.raises(WrongContentError, match="was said to have 5 bytes, but 256,000 are sent"):
        Fetching(server, tmp_path, Served(BODY), size=5).run()


def test_no_room_is_noticed_before_anything_is_written(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY, announce=False), size=10**18)
    with pytest.raises(NoRoomError, match="are still to come"):
        fetching.run()
    assert fetching.part.size == 0


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "Log in there"),
        (403, "Log in there"),
        (404, "There is no file at .* Check the address"),
        (407, "HTTPS_PROXY=http://NAME:PASSWORD@PROXY:PORT"),
        (418, "answered with status 418"),
        (429, "Try again in 7 seconds"),
        (503, "has trouble of its own .* Try again later"),
    ],
)
def test_every_refusal_says_what_to_do(server: FileServer, tmp_path: Path, status: int, said: str) -> None:
    fetching = Fetching(server, tmp_path, Served(b"no", status=status, headers={"Retry-After": "7"}))
    with pytest.raises(TransferError, match=said) as refusal:
        fetching.run()
    assert status == 404 or "nodegraph models add PATH_OF_IT" in str(refusal.value)
    assert len(server.requests) == 1
    assert list(tmp_path.iterdir()) == []


def test_two_do_not_fetch_the_same_file_at_once(server: FileServer, tmp_path: Path) -> None:
    fetching = Fetching(server, tmp_path, Served(BODY))
    with fetching.part.held(), pytest.raises(ModelError, match="by another nodegraph already"):
        fetching.run()


def test_a_folder_that_cannot_be_is_told(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ModelError, match="Nothing can be written in"):
        Fetching(server, tmp_path / "file", Served(BODY)).run()
