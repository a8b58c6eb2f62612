"""A second network over the same weights, for what changes a few of its parts and leaves the first as it is."""

import copy
from typing import TypeVar

from torch import nn

M = TypeVar("M", bound=nn.Module)


def sharing_weights(network: M) -> M:
    """A copy of a network's modules whose parameters and buffers are the very same tensors."""
    shared = {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())}
    return copy.deepcopy(network, shared)
