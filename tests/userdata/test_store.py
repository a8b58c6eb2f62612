"""Files are whole, confined and counted; what workflows were is kept; kills and full disks lose nothing."""

import errno
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from userdata.saver import is_whole

from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.userdata.conditions import Condition, ConditionError
from nodegraph.userdata.folder import Folder, Limits, OccupiedError, ReadError, TooLargeError
from nodegraph.userdata.retention import DAY, Rule
from nodegraph.userdata.store import UserFiles
from nodegraph.userdata.versions import VersionsError
from nodegraph.write import SaveError

FLOW = "workflows/a.json"


class Clock:
    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


Open = Callable[..., UserFiles]


@pytest.fixture
def opened(tmp_path: Path, clock: Clock) -> Iterator[Open]:
    """Opens the files of one home, again and again."""
    present: list[UserFiles] = []

    def open_files(limits: Limits | None = None, rule: Rule | None = None) -> UserFiles:
        while present:
            present.pop().close()
        present.append(
            UserFiles(tmp_path / "default", tmp_path / "versions.sqlite", limits=limits, rule=rule, clock=clock)
        )
        return present[0]

    yield open_files
    while present:
        present.pop().close()


@pytest.fixture
def files(opened: Open) -> UserFiles:
    return opened()


def former(files: UserFiles, name: str = FLOW) -> list[bytes]:
    """The former contents of a file, the latest first."""
    return [files.read_version(name, version.version) for version in files.versions(name)]


# ---- names ----


@pytest.mark.parametrize(
    "name", ["../jobs.sqlite", "/etc/passwd", "a/../../x", "C:/x", "a\0b", "\ud800", "NUL", "x" * 300, "..", "a/.."]
)
def test_no_name_leads_out(files: UserFiles, tmp_path: Path, name: str) -> None:
    (tmp_path / "jobs.sqlite").write_bytes(b"internal")
    for attempt in (
        lambda: files.read(name),
        lambda: files.write(name, b"x"),
        lambda: files.delete(name, recurse=True),
        lambda: files.list(name),
        lambda: files.make_folder(name),
        lambda: files.move(name, "b"),
        lambda: files.versions(name),
        lambda: files.read_version(name, 1),
        lambda: files.restore(name, 1),
    ):
        with pytest.raises(UnsafePathError):
            attempt()
    files.write("b", b"")
    with pytest.raises(UnsafePathError):
        files.move("b", name)
    assert (tmp_path / "jobs.sqlite").read_bytes() == b"internal"
    assert [entry.path for entry in files.list(recurse=True)] == ["b"]


def test_links_do_not_lead_out_and_are_not_shown(files: UserFiles, tmp_path: Path) -> None:
    files.write("inside.txt", b"in")
    (tmp_path / "secret").write_bytes(b"secret")
    root = tmp_path / "default"
    (root / "out").symlink_to(tmp_path)
    (root / "file").symlink_to(tmp_path / "secret")
    (root / "loop").symlink_to(root)
    (root / "link").symlink_to(root / "inside.txt")
    for name in ("out/secret", "file"):
        with pytest.raises(UnsafePathError):
            files.read(name)
        with pytest.raises(UnsafePathError):
            files.write(name, b"x")
        with pytest.raises(UnsafePathError):
            files.delete(name)
    assert [entry.path for entry in files.list(recurse=True)] == ["inside.txt", "link", "loop"]
    assert files.read("link").body == b"in"
    assert (tmp_path / "secret").read_bytes() == b"secret"


def test_the_folder_itself_stays(files: UserFiles) -> None:
    files.write("a", b"")
    for name in ("", ".", "./"):
        with pytest.raises(UnsafePathError):
            files.delete(name, recurse=True)
        with pytest.raises(UnsafePathError):
            files.move(name, "b")
        with pytest.raises(OccupiedError):
            files.write(name, b"")
    assert files.read("a").body == b""


def test_a_folder_that_was_never_used_is_empty(files: UserFiles) -> None:
    assert files.list() == []
    assert not files.exists
    with pytest.raises(MissingFileError, match="'workflows'"):
        files.list("workflows")
    files.write(FLOW, b"")
    assert files.exists
    assert [(entry.path, entry.kind) for entry in files.list("workflows")] == [(FLOW, "file")]


def test_what_a_killed_server_was_writing_is_cleared_away_and_never_seen(files: UserFiles, opened: Open) -> None:
    files.write(FLOW, b"{}")
    folder = Path(files._folder.root, "workflows")
    partial = folder / f".{'0' * 16}.partial"
    partial.write_bytes(b"half")
    assert [entry.path for entry in files.list("workflows")] == [FLOW]
    with pytest.raises(UnsafePathError):
        files.read(f"workflows/{partial.name}")
    with pytest.raises(UnsafePathError):
        files.write(f"{partial.name}/a", b"")
    opened()
    assert os.listdir(folder) == ["a.json"]


def test_what_another_program_removes_meanwhile_is_left_out(files: UserFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write("a", b"")
    files.write("b", b"")
    walk = Folder.walk

    def walk_slowly(self: Folder, folder: Path, *, recurse: bool) -> Iterator[Path]:
        for path in walk(self, folder, recurse=recurse):
            if path.name == "a":
                path.unlink()
            yield path

    monkeypatch.setattr(Folder, "walk", walk_slowly)
    assert [entry.path for entry in files.list()] == ["b"]


# ---- limits ----


def test_a_file_that_is_too_large_is_refused(opened: Open) -> None:
    files = opened(Limits(file_bytes=10))
    files.write("a", b"x" * 10)
    with pytest.raises(TooLargeError, match="11 bytes; at most 10"):
        files.write("a", b"x" * 11)
    assert files.read("a").body == b"x" * 10
    Path(files._folder.root, "by-hand").write_bytes(b"x" * 11)
    with pytest.raises(TooLargeError):
        files.read("by-hand")


def test_there_is_a_limit_to_how_many_files_there_are(opened: Open) -> None:
    opened(Limits(entries=4)).write("a", b"")
    files = opened(Limits(entries=4))
    files.write("folder/b", b"")
    files.make_folder("c")
    for refused in (
        lambda: files.write("d", b""),
        lambda: files.make_folder("d"),
        lambda: files.move("folder/b", "folder/deeper/b"),
    ):
        with pytest.raises(TooLargeError, match="at most 4"):
            refused()
    files.write("a", b"more")
    files.delete("folder", recurse=True)
    files.write("e/f", b"")
    with pytest.raises(TooLargeError):
        files.write("d", b"")


# ---- what was ----


def test_overwriting_keeps_what_was_and_equal_contents_are_stored_once(files: UserFiles, tmp_path: Path) -> None:
    for body in (b"one", b"one", b"two", b"one", b"two"):
        files.write(FLOW, body)
        os.utime(tmp_path / "default" / FLOW, (1_700_000_000 + 90 * len(former(files)),) * 2)
    assert former(files) == [b"one", b"two"]
    files.write("workflows/b.json", b"one")
    files.write("workflows/b.json", b"other")
    assert former(files, "workflows/b.json") == [b"one"]
    database = sqlite3.connect(tmp_path / "versions.sqlite")
    assert database.execute("SELECT count(*) FROM content").fetchone() == (2,)
    database.close()


def test_other_files_have_no_versions(files: UserFiles) -> None:
    for name in ("notes.json", "workflows/a.txt", "workflows.json", "sub/workflows/a.json"):
        files.write(name, b"one")
        files.write(name, b"two")
        assert files.versions(name) == []


def test_a_restore_can_be_undone_even_within_a_minute(files: UserFiles) -> None:
    files.write(FLOW, b"one")
    files.write(FLOW, b"two")
    (first,) = files.versions(FLOW)
    files.restore(FLOW, first.version)
    assert files.read(FLOW).body == b"one"
    files.write(FLOW, b"three")
    assert b"two" in former(files)
    restored = next(version for version in files.versions(FLOW) if version.reason == "restored")
    assert files.restore(FLOW, restored.version).file.path == FLOW
    assert files.read(FLOW).body == b"two"
    assert b"three" in former(files)


def test_a_deleted_workflow_can_be_restored_for_a_month(files: UserFiles, clock: Clock, opened: Open) -> None:
    files.write(FLOW, b"one")
    files.delete(FLOW)
    (gone,) = files.deleted()
    assert (gone.path, gone.size, gone.deleted) == (FLOW, 3, clock.now)
    assert files.restore(FLOW, gone.version).created
    assert files.deleted() == []
    files.delete("workflows", recurse=True)
    clock.now += 29 * DAY
    files = opened()
    (gone,) = files.deleted()
    assert files.read_version(FLOW, gone.version) == b"one"
    clock.now += 2 * DAY
    files = opened()
    assert files.deleted()
    clock.now += 31 * DAY
    files = opened()
    assert files.deleted() == []
    with pytest.raises(MissingFileError):
        files.versions(FLOW)


def test_the_month_is_counted_from_when_the_file_is_missed(
    files: UserFiles, clock: Clock, opened: Open, tmp_path: Path
) -> None:
    files.write(FLOW, b"one")
    files.write(FLOW, b"two")
    clock.now += 400 * DAY
    (tmp_path / "default" / "workflows").rename(tmp_path / "elsewhere")
    files = opened()
    assert former(files) == [b"one"]
    (tmp_path / "elsewhere").rename(tmp_path / "default" / "workflows")
    files = opened()
    clock.now += 29 * DAY
    (tmp_path / "default" / FLOW).unlink()
    files = opened()
    clock.now += 29 * DAY
    files = opened()
    assert former(files) == [b"one"]


def test_a_server_that_is_never_restarted_forgets_too(files: UserFiles, clock: Clock) -> None:
    files.write(FLOW, b"one")
    files.delete(FLOW)
    other = "workflows/other.json"
    for _ in range(33):
        clock.now += DAY + 1
        files.write(other, b"%d" % clock.now)
        files.write(other, b"%d+" % clock.now)
    assert files.deleted() == []


def test_versions_follow_a_file_and_a_folder(files: UserFiles) -> None:
    for name in ("workflows/x/a.json", "workflows/x2/a.json"):
        files.write(name, b"one")
        files.write(name, b"two")
    files.move("workflows/x", "workflows/y/z")
    assert former(files, "workflows/y/z/a.json") == [b"one"]
    assert former(files, "workflows/x2/a.json") == [b"one"]
    with pytest.raises(MissingFileError):
        files.versions("workflows/x/a.json")
    files.move("workflows/y/z/a.json", "kept.txt")
    assert former(files, "kept.txt") == [b"one"]
    files.restore("kept.txt", files.versions("kept.txt")[0].version)
    assert former(files, "kept.txt")[0] == b"two"


def test_nothing_is_moved_below_a_file_or_into_itself(files: UserFiles) -> None:
    files.write("a/b", b"one")
    files.write("c", b"two")
    for name, to in (("c", "a/b/c"), ("a", "c/a"), ("a", "a/d"), ("a/b", "a/b/c"), ("c", "a"), ("a", "c")):
        with pytest.raises(OccupiedError):
            files.move(name, to, overwrite=True)
    assert [entry.path for entry in files.list(recurse=True)] == ["a", "a/b", "c"]


def test_what_a_move_replaces_is_kept(files: UserFiles) -> None:
    files.write(FLOW, b"one")
    files.write("notes.txt", b"two")
    with pytest.raises(OccupiedError, match="allow overwriting"):
        files.move("notes.txt", FLOW)
    files.move("notes.txt", FLOW, overwrite=True)
    assert files.read(FLOW).body == b"two"
    (version,) = files.versions(FLOW)
    assert (version.reason, former(files)) == ("moved", [b"one"])


def test_the_rule_bounds_what_is_stored(opened: Open, tmp_path: Path) -> None:
    files = opened(rule=Rule(last=3, hours=0, days=0))
    for number in range(10):
        files.write(FLOW, b"%d" % number)
        os.utime(tmp_path / "default" / FLOW, (1_700_000_000 + number * 60,) * 2)
    assert former(files) == [b"8", b"7", b"6"]
    database = sqlite3.connect(tmp_path / "versions.sqlite")
    assert database.execute("SELECT count(*) FROM content").fetchone() == (3,)
    database.close()


def test_a_database_of_a_newer_version_is_left_alone(opened: Open, tmp_path: Path) -> None:
    opened().close()
    database = sqlite3.connect(tmp_path / "versions.sqlite")
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(VersionsError, match="newer nodegraph"):
        UserFiles(tmp_path / "default", tmp_path / "versions.sqlite")


def test_a_damaged_database_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "versions.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(VersionsError, match="move it away"):
        UserFiles(tmp_path / "default", tmp_path / "versions.sqlite")


# ---- conditions ----


def test_a_failed_condition_changes_nothing(files: UserFiles) -> None:
    etag = files.write(FLOW, b"one").file.etag
    stale = Condition(match=files.write("other", b"stale").file.etag)
    for attempt in (
        lambda: files.write(FLOW, b"two", stale),
        lambda: files.delete(FLOW, stale),
        lambda: files.move(FLOW, "b", condition=stale),
        lambda: files.write(FLOW, b"two", Condition(none_match="*")),
    ):
        with pytest.raises(ConditionError) as caught:
            attempt()
        assert caught.value.etag == etag
    assert files.read(FLOW).body == b"one"
    assert files.versions(FLOW) == []
    files.move(FLOW, "b", condition=Condition(match=etag))
    files.delete("b", Condition(match=etag))


# ---- disks ----


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS])
def test_a_disk_that_refuses_leaves_the_file_as_it_was(
    files: UserFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    files.write(FLOW, b"one")

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", refuse)
        with pytest.raises(SaveError, match=r"a\.json"):
            files.write(FLOW, b"two")
        patch.setattr(os, "replace", refuse)
        with pytest.raises(SaveError, match=r"a\.json"):
            files.move(FLOW, "workflows/b.json")
        patch.setattr(Path, "unlink", refuse)
        with pytest.raises(SaveError, match=r"a\.json"):
            files.delete(FLOW)
        patch.setattr(Path, "open", refuse)
        with pytest.raises(ReadError, match=r"a\.json"):
            files.read(FLOW)
    assert files.read(FLOW).body == b"one"
    with pytest.raises(MissingFileError):
        files.versions("workflows/b.json")
    files.write(FLOW, b"two")
    assert former(files)[0] == b"one"


def test_without_room_for_the_former_content_nothing_is_overwritten(files: UserFiles, tmp_path: Path) -> None:
    files.write(FLOW, os.urandom(100_000))
    before = files.read(FLOW)
    connection = files._versions._connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    for attempt in (lambda: files.write(FLOW, b"two"), lambda: files.delete("workflows", recurse=True)):
        with pytest.raises(VersionsError, match="full"):
            attempt()
    assert files.read(FLOW) == before
    connection.execute("PRAGMA max_page_count = 1000000")
    files.write(FLOW, b"two")
    assert former(files) == [before.body]


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_a_kill_at_any_instant_leaves_whole_files(tmp_path: Path) -> None:
    seed = random.randrange(1 << 32)
    chance = random.Random(seed)
    last = -1
    for _ in range(6):
        program = [sys.executable, str(Path(__file__).with_name("saver.py")), str(tmp_path)]
        with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as saver:
            assert saver.stdout is not None
            for line in saver.stdout:
                last = int(line)
                if chance.random() < 0.1:
                    saver.send_signal(signal.SIGKILL)
                    break
            rest = saver.stdout.read().split()
        last = int(rest[-1]) if rest else last
        files = UserFiles(tmp_path / "default", tmp_path / "versions.sqlite")
        content = files.read(FLOW).body
        assert is_whole(content), seed
        assert int(content.partition(b"\n")[0]) in (last, last + 1), seed
        assert all(map(is_whole, former(files))), seed
        assert os.listdir(tmp_path / "default" / "workflows") == ["a.json"], seed
        files.close()
