"""The cache on disk: what is kept over restarts, what is dropped, and what is never trusted."""

import json
import logging
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from disk import LONG, Text, key, opened, pack, text

from nodegraph.execution import disk_cache
from nodegraph.execution.cache import Result
from nodegraph.execution.events import Kept


def filled(folder: Path, *numbers: int, size: int = 10, **more: Any) -> None:
    """Have a process keep these results, and end."""
    cache = opened(folder, **more)
    for number in numbers:
        cache.put(key(number), text(number, size), LONG)
    cache.close()


def there(folder: Path, *numbers: int, **more: Any) -> list[int]:
    """Which of these results a process finds that starts now."""
    cache = opened(folder, **more)
    return [number for number in numbers if cache.get(key(number)) is not None]


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def aged(path: Path, seconds: float) -> None:
    """Have a file look as if last used so long ago."""
    used = path.stat().st_mtime - seconds
    os.utime(path, (used, used))


def named(folder: Path, number: int) -> Path:
    (path,) = folder.rglob(f"{key(number).hex()}.result")
    return path


def test_a_result_is_there_after_a_restart(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    cache = opened(tmp_path)
    assert cache.kept(key(1)) is Kept.DISK
    assert cache.get(key(1)) == text(1)
    assert cache.kept(key(2)) is None
    assert cache.get(key(2)) is None


def test_it_is_there_in_the_same_process_as_soon_as_it_is_written(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(key(1), text(1), LONG)
    cache.close()
    assert cache.get(key(1)) == text(1)


def test_only_what_took_long_is_kept(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(key(1), text(1), 0.19)
    cache.put(key(2), text(2), 0.21)
    cache.put(key(3), text(3))
    cache.close()
    assert there(tmp_path, 1, 2, 3) == [2]


def test_what_takes_longer_to_read_than_to_compute_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_cache, "_READ", 100.0)
    cache = opened(tmp_path)
    cache.put(key(1), text(1, 90), LONG)
    cache.put(key(2), text(2, 110), LONG)
    cache.close()
    assert there(tmp_path, 1, 2) == [1]


def test_what_cannot_be_written_is_not_kept(tmp_path: Path) -> None:
    cache = opened(tmp_path)
    cache.put(key(1), Result(([object()],)), LONG)
    cache.close()
    assert files(tmp_path) == []


def test_results_of_another_configuration_are_not_seen(tmp_path: Path) -> None:
    filled(tmp_path, 1, configuration="old torch")
    assert there(tmp_path, 1, configuration="new torch") == []
    assert there(tmp_path, 1, configuration="old torch") == [1]


def test_only_their_owner_may_look_into_the_folder(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    filled(folder, 1)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    folder.chmod(0o755)
    filled(folder, 2)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


# ---- damage ----


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:3],
        lambda data: data[:-1],
        lambda data: data + b" ",
        lambda data: bytes(len(data)),
        lambda data: data[:-3] + bytes([data[-3] ^ 1]) + data[-2:],
    ],
    ids=["empty", "short", "torn", "longer", "holes", "a bit"],
)
def test_a_damaged_file_is_a_miss_and_removed(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    filled(tmp_path, 1, 2)
    path = named(tmp_path, 1)
    path.write_bytes(damage(path.read_bytes()))
    cache = opened(tmp_path)
    assert cache.get(key(1)) is None
    assert cache.kept(key(1)) is None
    assert not path.exists()
    assert cache.get(key(2)) == text(2)


def test_what_was_removed_for_damage_is_written_again(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    named(tmp_path, 1).write_bytes(b"")
    cache = opened(tmp_path)
    assert cache.get(key(1)) is None
    cache.put(key(1), text(1), LONG)
    cache.close()
    assert there(tmp_path, 1) == [1]


def test_whole_content_that_cannot_be_read_is_a_miss_and_removed(tmp_path: Path) -> None:
    def refuse(content: bytes) -> Result:
        raise ValueError("not mine")

    filled(tmp_path, 1)
    assert opened(tmp_path, unpack=refuse).get(key(1)) is None
    assert files(tmp_path) == []


def test_a_file_that_vanishes_is_a_miss(tmp_path: Path) -> None:
    filled(tmp_path, 1, 2)
    cache = opened(tmp_path)
    for path in files(tmp_path):
        path.unlink()
    assert cache.kept(key(1)) is None
    assert cache.get(key(2)) is None


def test_something_else_under_the_name_of_a_result_is_a_miss(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    path = named(tmp_path, 1)
    path.unlink()
    path.mkdir()
    assert there(tmp_path, 1) == []


# ---- bounds ----


def test_the_least_recently_used_goes_first_and_the_limit_holds(tmp_path: Path) -> None:
    filled(tmp_path, *range(10), size=500, limit=10_000)
    for number in range(10):
        aged(named(tmp_path, number), 100 - number)
    cache = opened(tmp_path, 10_000)
    assert cache.get(key(0)) is not None
    assert cache.kept(key(1)) is Kept.DISK
    for number in range(10, 25):
        cache.put(key(number), text(number, 500), LONG)
    cache.close()
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 10_000
    left = there(tmp_path, *range(25))
    assert {0, 1} <= set(left)
    assert not {2, 3, 4, 5, 6, 7} & set(left)


def test_a_smaller_limit_and_other_configurations_count(tmp_path: Path) -> None:
    filled(tmp_path, *range(10), size=500, configuration="former")
    former = next(tmp_path.iterdir())
    for path in files(tmp_path):
        aged(path, 100)
    filled(tmp_path, 11, size=50, limit=1000)
    assert there(tmp_path, 11) == [11]
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 1000
    filled(tmp_path, *range(12, 30), size=50, limit=1000)
    assert not former.exists()


def test_a_result_larger_than_a_part_of_the_limit_is_not_kept(tmp_path: Path) -> None:
    filled(tmp_path, 1, size=2000, limit=10_000)
    filled(tmp_path, 2, size=500, limit=10_000)
    assert there(tmp_path, 1, 2) == [2]


def test_two_processes_share_the_folder_and_the_limit(tmp_path: Path) -> None:
    one, other = opened(tmp_path, 10_000), opened(tmp_path, 10_000)
    for number in range(0, 60, 2):
        one.put(key(number), text(number, 500), LONG)
        other.put(key(number + 1), text(number + 1, 500), LONG)
    one.close()
    other.close()
    assert sum(path.stat().st_size for path in files(tmp_path)) <= 11_000
    assert there(tmp_path, 58, 59)  # of one that was ahead all may have gone for the other's
    for number in range(60):
        for cache in (one, other):
            assert cache.get(key(number)) in (None, text(number, 500))


def test_what_is_not_ours_is_neither_counted_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "holiday.png").write_bytes(bytes(100_000))
    aged(tmp_path / "holiday.png", 1000)
    filled(tmp_path, *range(40), size=500, limit=10_000)
    assert (tmp_path / "holiday.png").exists()
    assert there(tmp_path, 39) == [39]


def test_what_a_killed_process_left_unfinished_goes_with_its_age(tmp_path: Path) -> None:
    filled(tmp_path, 1, size=500)
    partial = named(tmp_path, 1).with_name(".0123456789abcdef.partial")
    partial.write_bytes(bytes(9_000))
    aged(partial, 1000)
    filled(tmp_path, 2, size=500, limit=10_000)
    assert not partial.exists()
    assert there(tmp_path, 1, 2) == [1, 2]


def test_some_of_the_disk_is_left_to_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(tmp_path, 1)
    monkeypatch.setattr(disk_cache, "_LEFT_FREE", 1 << 60)
    filled(tmp_path, 2)
    assert there(tmp_path, 1, 2) == []


def test_a_disk_that_cannot_be_written_to_is_told_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        filled(tmp_path / "cache", 1, 2, 3)
    assert len(caplog.records) == 1
    assert "no more results are kept on disk" in caplog.text
    assert there(tmp_path / "cache", 1) == []


# ---- the thread that writes ----


class Slow(NamedTuple):
    """A result whose writing waits until it may go on."""

    go: threading.Event
    size: int

    def encode(self) -> bytes:
        assert self.go.wait(60)
        return json.dumps([["slow"]]).encode()


def test_what_cannot_be_kept_up_with_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(disk_cache, "_BACKLOG", 1000)
    go = threading.Event()
    cache = opened(tmp_path, pack=lambda result: Slow(go, 400))
    for number in range(5):
        cache.put(key(number), text(number), LONG)
        cache.put(key(0), text(0), LONG)  # is waiting already
    go.set()
    cache.close()
    assert there(tmp_path, *range(5)) == [0, 1]


def test_a_result_that_fails_to_be_written_costs_only_itself(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Bad(Text):
        def encode(self) -> bytes:
            raise MemoryError

    cache = opened(tmp_path, pack=lambda result: Bad(b"") if result == text(1) else pack(result))
    cache.put(key(1), text(1), LONG)
    cache.put(key(2), text(2), LONG)
    cache.close()
    assert "could not be kept on disk" in caplog.text
    assert there(tmp_path, 1, 2) == [2]


def test_all_of_a_configuration_is_forgotten(tmp_path: Path) -> None:
    filled(tmp_path, 1, configuration="another")
    cache = opened(tmp_path)
    cache.put(key(2), text(2), LONG)
    cache.clear()
    assert cache.kept(key(2)) is None
    assert there(tmp_path, 2) == []
    assert there(tmp_path, 1, configuration="another") == [1]
    cache.put(key(3), text(3), LONG)
    cache.close()
    assert there(tmp_path, 3) == [3]
