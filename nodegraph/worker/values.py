"""What a worker does with values whatever node made them: weigh them for the cache, refuse what must not go on.

Knows the field's value types by their socket names, and nothing of nodes. Hot path: both happen once for each node.
"""

import math
import sys
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from typing import Any

import torch
from torch import Tensor

from nodegraph.errors import NonFiniteError, UserError
from nodegraph.execution.cache import Result
from nodegraph.graph.sockets import CONDITIONING, IMAGE, LATENT, MASK
from nodegraph.graph.spec import NodeSpec
from nodegraph.packs.secret import Secret

_CHECKED = frozenset({CONDITIONING, IMAGE, LATENT, MASK})

_ENTRY = 240
"""Bytes that a result takes in the cache beside what it holds, measured: its key, its places in tables."""

_TENSOR = 500
"""Bytes that a tensor takes beside its numbers, measured: of very small ones, that is most."""


def size_of(result: Result) -> int:
    """Bytes that a cached result keeps in memory. Storage that several tensors share counts once."""
    return _ENTRY + _weigh((result.values, result.shown), set())


def _weigh(value: Any, seen: set[int]) -> int:
    """Bytes of ``value`` and of all it holds, but for the containers and storages in ``seen``, which it adds to."""
    if isinstance(value, Tensor):
        storage = value.untyped_storage()  # a view keeps all of it
        return _TENSOR + (0 if _is_known(storage.data_ptr(), seen) else storage.nbytes())
    size = sys.getsizeof(value)
    if isinstance(value, (list, tuple, set, frozenset)):
        return 0 if _is_known(id(value), seen) else size + sum(_weigh(item, seen) for item in value)
    if isinstance(value, dict):
        if _is_known(id(value), seen):
            return 0
        return size + sum(_weigh(key, seen) + _weigh(item, seen) for key, item in value.items())
    if is_dataclass(value) and not isinstance(value, type):
        return size + sum(_weigh(getattr(value, field.name), seen) for field in fields(value))
    return size


def _is_known(identity: int, seen: set[int]) -> bool:
    if identity in seen:
        return True
    seen.add(identity)
    return False


class SecretOutputError(UserError):
    """A node gives away the secret of a credential, which would be kept with its results."""


def check_values(spec: NodeSpec, values: Sequence[list[Any]]) -> None:
    """Raise an error if what a node made must not go on: :class:`NonFiniteError`, :class:`SecretOutputError`."""
    check_finite(spec, values)
    for output, items in zip(spec.outputs, values, strict=True):
        if any(isinstance(item, Secret) for item in items):
            raise SecretOutputError(
                f"{spec.display_name} ({spec.class_id}) gives a credential out of its output {output.name!r}. A node "
                "keeps it to itself, and returns what was made with it."
            )


def check_finite(spec: NodeSpec, values: Sequence[list[Any]]) -> None:
    """Raise :class:`NonFiniteError` if what a node made holds NaN or infinity, in a type where neither means anything.

    ``values`` are the items of each output. Saved as a picture, NaN would be black: an error is the better answer.
    """
    for output, items in zip(spec.outputs, values, strict=True):
        if output.type in _CHECKED and not all(_is_finite(item) for item in items):
            raise NonFiniteError(
                f"{spec.display_name} ({spec.class_id}) computed values that are not numbers (NaN or infinity) in its "
                f"output {output.name!r}, so nothing after it was run and nothing was saved. Most often the precision "
                "is too low for the model: start nodegraph with --precision fp32. Otherwise look at extreme settings "
                "of this node (cfg, denoise, strength), or at a damaged model or input file."
            )


def _is_finite(item: Any) -> bool:
    if isinstance(item, dict):
        return _is_finite(item.get("samples"))
    if isinstance(item, list | tuple):  # a conditioning: pairs of an embedding and what goes with it
        return all(map(_is_finite, item))
    if not isinstance(item, Tensor) or not item.is_floating_point():
        return True
    # NaN and infinity survive a sum, which needs no memory; only a sum that overflowed by itself needs the closer look.
    return math.isfinite(item.sum().item()) or bool(torch.isfinite(item).all())
