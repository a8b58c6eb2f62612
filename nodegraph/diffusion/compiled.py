"""A network compiled by torch, where it is called and not before.

What is compiled depends on shapes and types alone: on the size of pictures, how many go through the network at once
and the length of prompts, and neither on noise levels nor on the weights, which are inputs of the compiled code. Calls
with hooks (patches inside the network) go to the network as it is: hooks may change from call to call.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

import torch
from torch import Tensor, nn

from nodegraph.diffusion.hooks import UNCHANGED, HookChain
from nodegraph.errors import UserError

N = TypeVar("N")


class CompileError(UserError):
    """The compiler of a backend failed, or is not there."""


@dataclass(frozen=True, slots=True)
class TorchCompile:
    """An option of a model: its network is compiled by a backend of torch, by name or (as torch takes them) itself."""

    backend: str | Callable[..., Any]


@dataclass(frozen=True, eq=False)
class CompiledNetwork:
    """A network as it is and compiled: see :class:`~nodegraph.diffusion.model.Network`."""

    network: nn.Module
    compiled: Callable[..., Any]
    backend: str | Callable[..., Any]

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor, *, hooks: HookChain = UNCHANGED) -> Tensor:
        """Raises CompileError where the backend fails."""
        if hooks:
            return cast(Tensor, self.network(x, timesteps, context, hooks=hooks))
        try:
            # A copy: what a backend with CUDA graphs returns is memory that its next call overwrites.
            return cast(Tensor, self.compiled(x, timesteps, context)).clone()
        except RuntimeError as error:
            # Imported by whoever compiles, and by nobody else: it takes seconds.
            from torch._dynamo.exc import TorchDynamoException

            if not isinstance(error, TorchDynamoException):
                raise
            if isinstance(inner := getattr(error, "inner_exception", None), torch.OutOfMemoryError):
                raise inner from None
            raise CompileError(_told(self.backend, error)) from error


def compiled(network: N, options: Iterable[object]) -> N:
    """The network of a model, compiled if its options say so; of several the last. No module, no change."""
    found = [option for option in options if isinstance(option, TorchCompile)]
    if not found or not isinstance(network, nn.Module):
        return network
    backend = found[-1].backend
    return cast(N, CompiledNetwork(network, torch.compile(network, backend=backend), backend))


def _told(backend: str | Callable[..., Any], error: Exception) -> str:
    name = backend if isinstance(backend, str) else getattr(backend, "__name__", type(backend).__name__)
    reason = str(error).strip().splitlines()[0][:300]
    return (
        f"The network could not be compiled by the backend {name}: {reason} For the CPU, inductor needs a C++ compiler "
        "(on Debian and Ubuntu: apt install g++), for CUDA a version of Triton that fits torch. Install it, choose "
        "another backend, or take TorchCompileModel out."
    )
