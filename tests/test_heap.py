"""What the server has freed is the system's again."""

import platform
import subprocess
import sys

import pytest

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
