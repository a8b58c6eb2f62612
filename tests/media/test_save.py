"""Files are saved whole or not at all, under names that are never taken."""

import errno
import os
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.errors import UnsafePathError
from nodegraph.media.folders import DataFolders
from nodegraph.media.save import SavedFile, expand_tokens, save_numbered
from nodegraph.write import SaveError, write_file

NOW = datetime(2024, 3, 5, 7, 8, 9)


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(*(tmp_path / name for name in ("input", "output", "temp", "user")))


def test_names_count_up_from_the_largest_in_use(folders: DataFolders) -> None:
    assert save_numbered(folders, "output", "pic", ".png", [b"a", b"b"]) == [
        SavedFile("pic_00001_.png", "", "output"),
        SavedFile("pic_00002_.png", "", "output"),
    ]
    (folders.output / "pic_00041_something.webp").touch()
    (folders.output / "picture_00099_.png").touch()
    (folders.output / "pic_x_.png").touch()
    assert save_numbered(folders, "output", "pic", ".png", [b"c"])[0].filename == "pic_00042_.png"
    (folders.output / "pic_123456_.png").touch()
    assert save_numbered(folders, "output", "pic", ".png", [b"d"])[0].filename == "pic_123457_.png"
    assert (folders.output / "pic_00002_.png").read_bytes() == b"b"


@given(st.lists(st.integers(1, 200), max_size=12), st.integers(1, 4))
def test_new_names_are_new_and_above_all_others(
    tmp_path_factory: pytest.TempPathFactory, used: list[int], n: int
) -> None:
    base = tmp_path_factory.mktemp("save")
    folders = DataFolders(base, base, base, base)
    for number in used:
        (base / f"p_{number:05}_.png").write_bytes(b"old")
    saved = save_numbered(folders, "output", "p", ".png", [b"new"] * n)
    assert [file.filename for file in saved] == [f"p_{max(used, default=0) + i + 1:05}_.png" for i in range(n)]
    assert all((base / f"p_{number:05}_.png").read_bytes() == b"old" for number in used)


def test_prefixes_may_hold_folders_and_tokens(folders: DataFolders) -> None:
    (saved,) = save_numbered(
        folders, "output", "%year%-%month%\\a/%width%x%height%_%unknown%", ".png", [b""], width=512, height=768, now=NOW
    )
    assert saved == SavedFile("512x768_%unknown%_00001_.png", "2024-03/a", "output")
    assert (folders.output / "2024-03" / "a" / saved.filename).is_file()
    assert saved.shown() == {"filename": saved.filename, "subfolder": "2024-03/a", "type": "output"}
    assert expand_tokens("%day%%hour%%minute%%second%", width=0, height=0, now=NOW) == "05070809"


def test_the_batch_number_is_the_place_in_the_batch(folders: DataFolders) -> None:
    def save() -> list[str]:
        return [file.filename for file in save_numbered(folders, "output", "p%batch_num%", ".png", [b"", b""])]

    assert save() == ["p0_00001_.png", "p1_00002_.png"]
    assert save() == ["p0_00003_.png", "p1_00004_.png"]


@pytest.mark.parametrize("prefix", ["../x", "/x", "/a/x", "a/../../x", "C:\\x", "a\0"])
def test_prefixes_cannot_lead_out(folders: DataFolders, prefix: str) -> None:
    with pytest.raises(UnsafePathError):
        save_numbered(folders, "output", prefix, ".png", [b"x"])


def test_two_at_a_time_never_take_the_same_name(folders: DataFolders) -> None:
    names: list[str] = []

    def save(mark: bytes) -> None:
        for _ in range(20):
            names.extend(f.filename for f in save_numbered(folders, "temp", "p", ".png", [mark]))

    threads = [Thread(target=save, args=(bytes([i]),)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(names)) == 80 == len(list(folders.temp.iterdir()))


def test_a_file_in_the_way_stays(tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_file(path, b"one", replace=False)
    with pytest.raises(FileExistsError):
        write_file(path, b"two", replace=False)
    assert path.read_bytes() == b"one"
    write_file(path, b"two", replace=True)
    assert path.read_bytes() == b"two"
    assert os.listdir(tmp_path) == ["a"]


def test_a_full_disk_is_said_so_and_leaves_nothing(folders: DataFolders, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(SaveError) as caught:
        save_numbered(folders, "output", "p", ".png", [b"123"])
    message = str(caught.value)
    assert "full" in message
    assert "p_00001_.png" in message
    assert str(folders.output) in message
    assert list(folders.output.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_device_that_is_really_full_raises_what_is_handled() -> None:
    with pytest.raises(OSError, match="No space") as caught, open("/dev/full", "wb", buffering=0) as file:
        file.write(b"x")
    assert caught.value.errno == errno.ENOSPC


def test_file_systems_without_hard_links_keep_the_promise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    write_file(tmp_path / "a", b"one", replace=False)
    with pytest.raises(FileExistsError):
        write_file(tmp_path / "a", b"two", replace=False)
    assert (tmp_path / "a").read_bytes() == b"one"
    assert os.listdir(tmp_path) == ["a"]


def test_a_file_where_a_folder_should_be_is_explained(folders: DataFolders) -> None:
    folders.output.mkdir()
    (folders.output / "sub").write_text("a file")
    with pytest.raises(SaveError, match=r"sub"):
        save_numbered(folders, "output", "sub/p", ".png", [b"x"])


def test_previews_of_one_name_are_counted_up(folders: DataFolders) -> None:
    folders.temp.mkdir(exist_ok=True)
    (folders.temp / "p_00001_.png").write_bytes(b"")
    (folders.temp / "p_00041_.png").write_bytes(b"")
    saved = save_numbered(folders, "temp", "p", ".png", [b"a", b"b"])
    assert [file.filename for file in saved] == ["p_00042_.png", "p_00043_.png"]
    assert (folders.temp / "p_00043_.png").read_bytes() == b"b"
