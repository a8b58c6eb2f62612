"""What is written to last is on the disk when the call returns: contents before names, names before the answer."""

import errno
import os
from pathlib import Path

import pytest

from nodegraph.userdata.store import UserFiles
from nodegraph.write import SaveError, is_partial, make_folder, sync_folder, write_file, write_temporary


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was synced and renamed, in order: folders by their names."""
    seen: list[str] = []
    sync, replace = os.fsync, os.replace

    def fsync(descriptor: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        seen.append(f"sync {path.name}" if path.is_dir() else "sync a file")
        sync(descriptor)

    def rename(source: Path, target: Path) -> None:
        seen.append(f"rename to {Path(target).name}")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", rename)
    return seen


needs_proc = pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")


@needs_proc
def test_the_content_is_synced_before_the_name_and_the_name_before_the_answer(tmp_path: Path, calls: list[str]) -> None:
    write_file(tmp_path / "a" / "b" / "file", b"x", replace=True)
    assert calls == ["sync a", f"sync {tmp_path.name}", "sync a file", "rename to file", "sync b"]
    calls.clear()
    write_file(tmp_path / "a" / "file", b"x", replace=True, durable=False)
    assert calls == ["rename to file"]


@needs_proc
def test_the_user_s_moves_and_deletions_are_synced_in_both_folders(tmp_path: Path, calls: list[str]) -> None:
    files = UserFiles(tmp_path / "default", tmp_path / "versions.sqlite")
    files.write("a/file", b"x")
    files.make_folder("b")
    calls.clear()
    files.move("a/file", "b/other")
    assert calls[0] == "rename to other"
    assert {"sync a", "sync b"} <= set(calls)
    calls.clear()
    files.delete("b/other")
    assert "sync b" in calls
    files.close()


def test_a_file_system_that_cannot_sync_folders_is_used_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(code: int) -> None:
        def fsync(descriptor: int) -> None:
            raise OSError(code, os.strerror(code))

        monkeypatch.setattr(os, "fsync", fsync)

    refuse(errno.EINVAL)
    make_folder(tmp_path / "a" / "b")
    sync_folder(tmp_path)
    refuse(errno.EIO)
    with pytest.raises(OSError, match="Input/output"):
        sync_folder(tmp_path)


def test_unfinished_files_are_told_by_their_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    replace = os.replace

    def rename(source: Path, target: Path) -> None:
        seen.append(Path(source).name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", rename)
    write_file(tmp_path / "a", b"", replace=True)
    assert [is_partial(name) for name in seen] == [True]
    for name in ("a", ".partial", ".0123.partial", f"x.{'0' * 16}.partial", f".{'0' * 16}.partial.json"):
        assert not is_partial(name)


def test_a_temporary_file_replaces_none_and_leaves_no_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_temporary(tmp_path / "temp" / "a", b"one")
    with pytest.raises(FileExistsError):
        write_temporary(tmp_path / "temp" / "a", b"two")
    assert (tmp_path / "temp" / "a").read_bytes() == b"one"

    with Path("/dev/full").open("wb", buffering=0) as full:

        def open_full(path: Path, mode: str) -> object:
            assert mode == "xb"
            path.touch()
            return full

        monkeypatch.setattr(Path, "open", open_full)
        with pytest.raises(SaveError, match="disk is full"):
            write_temporary(tmp_path / "temp" / "b", b"three")
    assert [path.name for path in (tmp_path / "temp").iterdir()] == ["a"]
