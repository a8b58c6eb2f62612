"""What the server has freed is the system's again."""

import platform
import subprocess
import sys

import pytest

from nodegraph import heap

HOLES = """
import psutil
from nodegraph.heap import give_back_large_blocks

give_back_large_blocks()
process = psutil.Process()
b"x" * (30 << 20)  # after this, glibc would have blocks of 30 MB lie in the heap
before = process.memory_full_info().uss
stays, goes = [], []
for _ in range(100):
    goes.append(b"x" * (1 << 20))
    stays.append(b"x" * 2000)
goes.clear()
print(process.memory_full_info().uss - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of other C libraries nothing is known")
def test_large_blocks_leave_no_holes() -> None:
    run = subprocess.run([sys.executable, "-c", HOLES], capture_output=True, text=True, check=True)
    assert int(run.stdout) < 10 << 20


PINNED = """
import psutil
from nodegraph.heap import give_back_holes

process = psutil.Process()
blocks = [bytearray(60_000) for _ in range(1000)]  # small enough for the heap
stays = blocks[::10] + blocks[-1:]
del blocks
before = process.memory_full_info().uss
give_back_holes()
print(before - process.memory_full_info().uss)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="of other C libraries nothing is known")
def test_holes_are_given_back() -> None:
    run = subprocess.run([sys.executable, "-c", PINNED], capture_output=True, text=True, check=True)
    assert int(run.stdout) > 30 << 20


def test_a_sweeper_does_not_sweep_after_each_job(monkeypatch: pytest.MonkeyPatch) -> None:
    now, swept = [0.0], []
    monkeypatch.setattr(heap.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(heap, "give_back_holes", lambda: swept.append(now[0]))
    sweeper = heap.Sweeper()
    for second in range(35):
        now[0] = float(second)
        sweeper.good_moment()
    assert swept == [10.0, 20.0, 30.0]
