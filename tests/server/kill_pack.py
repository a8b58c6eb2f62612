"""Nodes for the kill suite: one that takes its time, one that takes its worker along."""

import os
import signal
import time

from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.types import Image


@node("KillWait", category="test")
def wait(context: Context, *, images: Image, seconds: float = 0.1) -> Image:
    """Two of the same picture, after a while."""
    for _ in range(10):
        context.gate(lambda: time.sleep(seconds / 10))
    return images.repeat(2, 1, 1, 1)


@node("KillWorker", category="test", output=True)
def kill_worker(*, images: Image) -> None:
    """Die, every time."""
    os.kill(os.getpid(), signal.SIGKILL)
