"""A node that takes its time on every machine, for the tests of the editor."""

import time

import torch

from nodegraph.packs.declare import node
from nodegraph.packs.types import Image


@node("TestSlow", category="test")
def slow(*, seconds: float) -> Image:
    """A grey picture."""
    time.sleep(seconds)
    return torch.full((1, 64, 64, 3), 0.5)
