"""What a LoRA and its relatives add to a weight: the formulas, from the tensors of a file to a difference ΔW.

References: Hu et al. 2021, "LoRA", eq. 3; Yeh et al. 2023, "Navigating Text-To-Image Customization: From LyCORIS
Fine-Tuning to Model Evaluation" (LoCon, LoHa, LoKr; §3 and appendix); Hyeon-Woo et al. 2021, "FedPara", proposition 3
(LoHa of convolutions); Liu et al. 2024, "DoRA: Weight-Decomposed Low-Rank Adaptation", eq. 5.

Shapes: o i outputs and inputs of a layer, r rank, x y its kernel (none for a linear layer).
"""

from collections.abc import Mapping

import torch
from einops import einsum
from torch import Tensor

Parts = Mapping[str, Tensor]
"""The tensors for one weight, by their roles (see :mod:`nodegraph.weights.lora`)."""


def delta(parts: Parts, weight: Tensor) -> Tensor:
    """The difference at strength 1 to a float32 ``weight`` (``o i x y``, ``o i`` or ``o``), of its shape.

    With a ``dora_scale`` m it depends on the weight: m·V/‖V‖ − W with V = W + ΔW, the norm taken along every axis on
    which m has length 1.

    Raises:
        KeyError: a tensor is lacking.
        RuntimeError: the shapes do not fit together, or not the weight.
    """
    parts = {role: part.to(weight.device, torch.float32, non_blocking=True) for role, part in parts.items()}
    change = _difference(parts)
    if change.shape[0] != weight.shape[0]:
        raise RuntimeError(f"{change.shape[0]} outputs for a weight of {weight.shape[0]}")
    change = change.reshape(weight.shape)
    if "dora_scale" not in parts:
        return change
    magnitude = parts["dora_scale"]
    magnitude = magnitude.reshape(*magnitude.shape[: weight.ndim], *[1] * (weight.ndim - magnitude.ndim))
    axes = [axis for axis in range(weight.ndim) if magnitude.shape[axis] == 1]
    directed = weight + change
    norm: Tensor = torch.linalg.vector_norm(directed, dim=axes, keepdim=True)
    decomposed = directed * (magnitude / norm)
    if decomposed.shape != weight.shape:
        raise RuntimeError(f"a dora_scale of shape {list(magnitude.shape)} for a weight of {list(weight.shape)}")
    return decomposed - weight


def _difference(parts: Parts) -> Tensor:
    if "diff" in parts:
        return parts["diff"]
    if "hada_w1_a" in parts:
        return _hadamard(parts) * _scale(parts, parts["hada_w1_b"])
    if "lokr_w1" in parts or "lokr_w1_a" in parts:
        # Where both factors are whole there is no rank to divide by.
        ranked = parts.get("lokr_w2_b", parts.get("lokr_w1_b"))
        return _kronecker(parts) * (1.0 if ranked is None else _scale(parts, ranked))
    # Scaled before the product, where it is small.
    return _low_rank({**parts, "up": parts["up"] * _scale(parts, parts["down"])})


def _scale(parts: Parts, down: Tensor) -> Tensor | float:
    """α/r, or 1 without an α; ``down`` is ``r …``."""
    return parts["alpha"].reshape(()) / down.shape[0] if "alpha" in parts else 1.0


def _low_rank(parts: Parts) -> Tensor:
    """B·A; a convolution's kernel is in A, or in a tensor between the two (``mid``, ``r r x y``)."""
    up, down = parts["up"], parts["down"]
    if "mid" in parts:
        return _core(parts["mid"], up.flatten(1).T, down.flatten(1))
    return (up.flatten(1) @ down.flatten(1)).reshape(up.shape[0], *down.shape[1:])


def _hadamard(parts: Parts) -> Tensor:
    """(B₁·A₁) ⊙ (B₂·A₂); with a core tensor t each factor is built around it."""
    factors = []
    for number in (1, 2):
        a, b = parts[f"hada_w{number}_a"], parts[f"hada_w{number}_b"]
        factors.append(_core(parts[f"hada_t{number}"], a, b) if f"hada_t{number}" in parts else a @ b.flatten(1))
    return factors[0] * factors[1]


def _kronecker(parts: Parts) -> Tensor:
    """C ⊗ D, each of them whole or a product of two."""
    first = parts["lokr_w1"] if "lokr_w1" in parts else parts["lokr_w1_a"] @ parts["lokr_w1_b"]
    if "lokr_w2" in parts:
        second = parts["lokr_w2"]
    elif "lokr_t2" in parts:
        second = _core(parts["lokr_t2"], parts["lokr_w2_a"], parts["lokr_w2_b"])
    else:
        a, b = parts["lokr_w2_a"], parts["lokr_w2_b"]
        second = (a @ b.flatten(1)).reshape(a.shape[0], *b.shape[1:])
    return torch.kron(first.reshape(*first.shape, *[1] * (second.ndim - first.ndim)), second)


def _core(core: Tensor, outputs: Tensor, inputs: Tensor) -> Tensor:
    """A convolution from its core: ``p q x y``, ``p o``, ``q i`` -> ``o i x y``."""
    return einsum(core, outputs, inputs, "p q x y, p o, q i -> o i x y")
