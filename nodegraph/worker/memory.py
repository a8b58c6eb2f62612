"""Device memory: how much there is, and what to do and say when a node finds there is not enough."""

from collections.abc import Callable, Mapping
from typing import Any

import psutil
import torch

from nodegraph.errors import UserError
from nodegraph.execution.implementation import Implementation
from nodegraph.graph.spec import NodeSpec
from nodegraph.worker.protocol import DeviceReport


class OutOfMemoryError(UserError):
    """A node needed more memory than the device has free. Loaded models have been dropped, so the next run has more."""


def device_reports(device: torch.device) -> list[DeviceReport]:
    """The device that is computed on, as one report; CPU and MPS share the computer's memory."""
    if device.type == "cuda":
        free, total = torch.cuda.mem_get_info(device)
        reserved = torch.cuda.memory_reserved(device)
        unused = reserved - torch.cuda.memory_allocated(device)
        name = f"{device} {torch.cuda.get_device_name(device)}"
        return [DeviceReport(name, "cuda", device.index, total, free + unused, reserved, unused)]
    memory = psutil.virtual_memory()
    total, free = memory.total, memory.available
    return [DeviceReport(str(device), device.type, device.index, total, free, total, free)]


class MemoryGuard:
    """A node class whose calls, when they run out of memory, free what can be freed and fail with advice.

    An :class:`~nodegraph.execution.implementation.Implementation` around another. ``free`` drops loaded weights.
    """

    def __init__(self, inner: Implementation, *, device: torch.device, free: Callable[[], None]) -> None:
        self._inner = inner
        self._device = device
        self._free = free
        self.spec: NodeSpec = inner.spec
        self.fingerprint = inner.fingerprint
        self.wanted = inner.wanted

    def call(self, context: Any, inputs: Mapping[str, Any]) -> Any:
        """As the inner one. Raises :class:`OutOfMemoryError`."""
        try:
            return self._inner.call(context, inputs)
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            reason = str(error)
        # Outside of the handler, whose traceback holds on to the tensors of the calls that failed.
        self._free()
        raise OutOfMemoryError(_advice(self.spec, self._device, reason))


def guarded(
    implementations: Mapping[str, Implementation], *, device: torch.device, free: Callable[[], None]
) -> dict[str, Implementation]:
    """Every class with a :class:`MemoryGuard` around it."""
    return {id: MemoryGuard(inner, device=device, free=free) for id, inner in implementations.items()}


def _is_out_of_memory(error: Exception) -> bool:
    """The CPU's allocator raises a plain RuntimeError, known by its text only."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "can't allocate memory" in str(error)


def _advice(spec: NodeSpec, device: torch.device, reason: str) -> str:
    where = "The computer" if device.type == "cpu" else f"The device {device}"
    first_line = next(iter(reason.splitlines()), "no more is known")
    return (
        f"{where} ran out of memory in {spec.display_name} ({spec.class_id}): {first_line}. The loaded models were "
        "dropped from memory; run again, and if it fails again use a smaller picture, a smaller batch, or a lower "
        "--precision, or close other programs that use the device."
    )
