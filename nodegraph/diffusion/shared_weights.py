"""Another network with the weights of one: its modules can be changed, and no tensor is copied."""

import copy
from typing import TypeVar

from torch import nn

Net = TypeVar("Net", bound=nn.Module)


def copied_around_weights(network: Net) -> Net:
    """A copy with modules of its own, and the parameters and buffers of the original."""
    return copy.deepcopy(network, {id(tensor): tensor for tensor in (*network.parameters(), *network.buffers())})
