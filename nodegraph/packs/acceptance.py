"""What the built-in nodes take at all: numbers that are numbers, pictures and latents that are not empty.

Looked at once before each call, so that nodes need not: what is wrong is said of the input, by its name. Whether values
hold NaN is asked of what nodes give away, not here. Nodes of other packs may give these types a wider meaning.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.graph.sockets import FLOAT, IMAGE, INT, LATENT, MASK
from nodegraph.graph.spec import NodeSpec

Check = Callable[[str, Any], None]
"""``check(name, value)`` raises :class:`UnfitInputError`."""


class UnfitInputError(UserError):
    """A value that no built-in node takes for an input of that type."""


def checks_of(spec: NodeSpec) -> tuple[tuple[str, Check], ...]:
    """The inputs of a node that are looked at, and how."""
    found = ((declared.name, _CHECKS.get(declared.type)) for declared in spec.inputs)
    kept = ((name, check) for name, check in found if check is not None)
    if spec.takes_lists:
        return tuple((name, _of_each(check)) for name, check in kept)
    return tuple(kept)


def check_inputs(checks: Sequence[tuple[str, Check]], inputs: Mapping[str, Any]) -> None:
    """Raises :class:`UnfitInputError` for the first that does not fit. What was not given is passed over."""
    for name, check in checks:
        value = inputs.get(name)
        if value is not None:
            check(name, value)


def _of_each(check: Check) -> Check:
    def each(name: str, values: Any) -> None:
        for value in values if isinstance(values, list) else [values]:
            check(name, value)

    return each


def _number(name: str, value: Any) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise UnfitInputError(f"{name} is {value}, which is no finite number. Look at what calculated it.")


def _picture(name: str, value: Any) -> None:
    _tensor(name, value, "batch, height, width and channels", (4,))


def _mask(name: str, value: Any) -> None:
    _tensor(name, value, "batch, height and width", (2, 3, 4))


def _latent(name: str, value: Any) -> None:
    samples = value.get("samples") if isinstance(value, Mapping) else None
    if not isinstance(samples, Tensor) or not samples.is_floating_point():
        held = type(value).__name__ if samples is None else str(getattr(samples, "dtype", type(samples).__name__))
        raise UnfitInputError(f"{name} is no latent: expected samples of floating-point numbers, found {held}.")
    _tensor(name, samples, "batch, channels, height and width", (4,))
    places = value.get("batch_index")
    if places is not None and (len(places) != len(samples) or min(places) < 0):
        raise UnfitInputError(
            f"The batch_index of {name} is {list(places)[:8]}; expected a place from 0 on for each of its "
            f"{len(samples)} items."
        )


def _tensor(name: str, value: Any, axes: str, dimensions: tuple[int, ...]) -> None:
    if not isinstance(value, Tensor):
        raise UnfitInputError(f"{name} is a {type(value).__name__}; expected a tensor of {axes}.")
    if value.ndim not in dimensions:
        raise UnfitInputError(f"{name} has the shape {tuple(value.shape)}; expected {axes}.")
    if value.numel() == 0:
        raise UnfitInputError(
            f"{name} is empty: its shape is {tuple(value.shape)}, expected {axes}, none of them 0. The node that made "
            "it had nothing to give."
        )


_CHECKS: Mapping[str, Check] = {FLOAT: _number, INT: _number, IMAGE: _picture, MASK: _mask, LATENT: _latent}
