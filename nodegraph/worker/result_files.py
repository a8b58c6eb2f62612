"""Results as files: plain data and tensors, and nothing that could run when it is read.

A file is safetensors with the structure around the tensors as JSON in its metadata. Numbers, strings and None stand for
themselves and a list for a list; ``{"tuple": [...]}``, ``{"dict": [[key, value], ...]}``, ``{"tensor": index}``. What
is read back equals what was written bit for bit, with the same strides where a tensor was dense, so that whatever is
computed from it comes out the same too. Everything else (handles, samplers, guiders, blocks, tensors on a device) is
not written: making it again is cheap, or nobody can say what it is.
"""

import json
from dataclasses import dataclass
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from nodegraph.execution.cache import Result

VERSION = 1
"""Of the format."""

_SCALARS = frozenset({bool, int, float, str, type(None)})

_DTYPES = frozenset(
    {
        *(torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2),
        *(torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool),
    }
)

_DEEPEST = 16
"""Levels of nesting; what is deeper may hold itself."""

_HEADER = 8
"""Bytes that say how long the header is: see github.com/huggingface/safetensors."""


class _UnwritableError(Exception):
    """Something in a result is not plain."""


@dataclass(frozen=True, slots=True, eq=False)
class PackedResult:
    """A result taken apart: its structure, and the tensors in it. Holds on to the tensors; copies nothing yet."""

    structure: str
    tensors: tuple[Tensor, ...]

    @property
    def size(self) -> int:
        """Bytes of the file, but for the header."""
        return len(self.structure) + sum(tensor.numel() * tensor.itemsize for tensor in self.tensors)

    def encode(self) -> bytes:
        """The file."""
        storages: set[int] = set()
        named = {}
        for index, tensor in enumerate(self.tensors):
            whole = tensor.resolve_neg().contiguous()
            if whole.untyped_storage().data_ptr() in storages:  # the format has no place for what overlaps
                whole = whole.clone()
            storages.add(whole.untyped_storage().data_ptr())
            named[str(index)] = whole
        return safetensors.torch.save(named, metadata={"values": self.structure})


def pack(result: Result) -> PackedResult | None:
    """A result ready to be written; None if it cannot be."""
    tensors: dict[int, tuple[int, Tensor]] = {}
    try:
        structure = json.dumps([[_plain(item, tensors, 0) for item in items] for items in result.values])
    except (_UnwritableError, ValueError):  # the latter for integers of thousands of digits
        return None
    return PackedResult(structure, tuple(_in_order(tensor) for _, tensor in tensors.values()))


def unpack(content: bytes) -> Result:
    """The result in a file. Raises ``ValueError`` for a file that :func:`pack` did not make."""
    try:
        tensors = safetensors.torch.load(content)
        header = json.loads(content[_HEADER : _HEADER + int.from_bytes(content[:_HEADER], "little")])
        values = json.loads(header["__metadata__"]["values"])
        return Result(tuple([_restored(item, tensors) for item in items] for items in values))
    except (SafetensorError, LookupError, TypeError, RuntimeError) as error:
        raise ValueError(f"it is no result: {error}") from error


def _plain(value: Any, tensors: dict[int, tuple[int, Tensor]], depth: int) -> Any:
    """``value`` as JSON has it; its tensors are added to ``tensors``, by identity. Raises :class:`_UnwritableError`."""
    kind = type(value)  # exactly: what derives from these is more than they are
    if kind in _SCALARS:
        return value
    if depth == _DEEPEST:
        raise _UnwritableError
    if kind is Tensor and _is_plain(value):
        index, _ = tensors.setdefault(id(value), (len(tensors), value))
        return {"tensor": index, "order": _order(value)}
    if kind is list:
        return [_plain(item, tensors, depth + 1) for item in value]
    if kind is tuple:
        return {"tuple": [_plain(item, tensors, depth + 1) for item in value]}
    if kind is dict:
        return {"dict": [[_plain(part, tensors, depth + 1) for part in pair] for pair in value.items()]}
    raise _UnwritableError


def _is_plain(tensor: Tensor) -> bool:
    return (
        tensor.dtype in _DTYPES
        and tensor.layout is torch.strided
        and tensor.device.type == "cpu"
        and not tensor.requires_grad
    )


def _order(tensor: Tensor) -> list[int]:
    """The dimensions as they lie in memory, the outermost first."""
    strides = tensor.stride()
    return sorted(range(len(strides)), key=lambda dimension: -strides[dimension])


def _in_order(tensor: Tensor) -> Tensor:
    """The tensor as it lies in memory: if it is dense, then contiguous."""
    return tensor.permute(_order(tensor))


def _restored(value: Any, tensors: dict[str, Tensor]) -> Any:
    """The inverse of :func:`_plain`."""
    if isinstance(value, list):
        return [_restored(item, tensors) for item in value]
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        order = value["order"]
        return tensors[str(value["tensor"])].permute([order.index(dimension) for dimension in range(len(order))])
    if "tuple" in value:
        return tuple(_restored(item, tensors) for item in value["tuple"])
    return {_restored(key, tensors): _restored(item, tensors) for key, item in value["dict"]}
