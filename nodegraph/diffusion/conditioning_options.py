"""Saying something of all entries of a conditioning: where, when and with which weights they hold.

What is noted here, :mod:`~nodegraph.diffusion.conditioning` reads.
"""

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.scheduled_weights import Hooks, combined_hooks


def with_options(conditioning: Conditioning, changes: Mapping[str, Any]) -> list[tuple[Tensor, Mapping[str, Any]]]:
    """A conditioning with something else said of all its entries."""
    return [(context, {**options, **changes}) for context, options in conditioning]


def with_hooks(conditioning: Conditioning, hooks: Hooks) -> list[tuple[Tensor, Mapping[str, Any]]]:
    """A conditioning that is predicted with these changes of weights besides those it has."""
    return [
        (context, {**options, "hooks": combined_hooks(options.get("hooks"), hooks)})
        for context, options in conditioning
    ]


def within_mask(
    conditioning: Conditioning, mask: Tensor, *, strength: float, bounds: bool
) -> list[tuple[Tensor, Mapping[str, Any]]]:
    """A conditioning that holds inside a mask (``h w``, ``b h w``). With ``bounds`` the network sees only it."""
    batched = mask if mask.ndim == 3 else mask[None]
    return with_options(conditioning, {"mask": batched, "mask_strength": strength, "set_area_to_bounds": bounds})
