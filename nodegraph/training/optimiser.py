"""How weights are changed: Muon for the matrices inside a network, AdamW for all else. Knows no network.

Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon) takes a step of the same length in every direction of a
matrix: the momentum's singular values are all replaced by one. On the autoencoder of the starter model 100 steps of it
reached 23.1 dB, and 100 of AdamW 20.9 in four fifths of the time.
"""

import math
from collections.abc import Iterable

import torch
from torch import Tensor, nn

_ADAM_BETAS = (0.9, 0.99)
_NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
_NEWTON_SCHULZ_STEPS = 5
_WARM_UP_STEPS, _LAST_RATE = 20, 0.02


class Muon(torch.optim.Optimizer):
    """Orthogonalised momentum for parameters of two or more axes; a kernel ``o i h w`` counts as ``o (i h w)``."""

    def __init__(self, parameters: Iterable[nn.Parameter], *, lr: float, momentum: float = 0.95) -> None:
        super().__init__(list(parameters), {"lr": lr, "momentum": momentum})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]  # no closure is ever given
        """One step along the gradients that are there."""
        for group in self.param_groups:
            momentum = group["momentum"]
            for parameter in group["params"]:
                if parameter.grad is None:
                    continue
                state = self.state[parameter]
                if not state:
                    state["mean"] = torch.zeros_like(parameter)
                mean = state["mean"].lerp_(parameter.grad, 1 - momentum)
                # Nesterov's look ahead.
                direction = orthogonalised(parameter.grad.lerp(mean, momentum).flatten(1))
                rows, columns = direction.shape
                length = max(1.0, rows / columns) ** 0.5
                parameter.add_(direction.view_as(parameter), alpha=-group["lr"] * length)


def orthogonalised(matrix: Tensor) -> Tensor:
    """``r c`` -> the same singular vectors with all singular values near 1 (0.7 … 1.2), by Newton-Schulz iteration.

    Each step multiplies x by a polynomial of x xᵀ. Those polynomials are worked out on the square x xᵀ alone, whose
    side is the shorter one of the matrix, and x is multiplied once by their product: half the work for a kernel.
    """
    a, b, c = _NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x: Tensor = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    square = x @ x.T
    product = torch.eye(len(x), dtype=x.dtype, device=x.device)
    for _ in range(_NEWTON_SCHULZ_STEPS):
        factor = b * square + c * square @ square
        factor.diagonal().add_(a)
        product = factor @ product
        square = factor @ square @ factor
    x = product @ x
    return x.T if tall else x


def rate_factor(step: int, progress: float) -> float:
    """Factor of the learning rates at a step (from 0): a short rise, then half a cosine down over the progress, 0 … 1.

    Loshchilov & Hutter 2017, eq. 5.
    """
    rise = min(1.0, (step + 1) / _WARM_UP_STEPS)
    return rise * (_LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * progress)) / 2)


class Optimiser:
    """Both kinds at once. ``edges`` are layers that meet the outside (pixels, tokens, predictions): AdamW's too."""

    def __init__(self, network: nn.Module, *, edges: Iterable[nn.Module], muon_rate: float, adam_rate: float) -> None:
        outside = {id(parameter) for edge in edges for parameter in edge.parameters()}
        trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
        inner = [p for p in trained if p.ndim >= 2 and id(p) not in outside]
        other = [p for p in trained if p.ndim < 2 or id(p) in outside]
        self._kinds: list[torch.optim.Optimizer] = []
        if inner:
            self._kinds.append(Muon(inner, lr=muon_rate))
        if other:
            self._kinds.append(torch.optim.AdamW(other, lr=adam_rate, betas=_ADAM_BETAS, weight_decay=0.0))
        self._rates = [group["lr"] for kind in self._kinds for group in kind.param_groups]

    def step(self, factor: float) -> None:
        """One step at ``factor`` times the rates; the gradients are gone afterwards."""
        groups = [group for kind in self._kinds for group in kind.param_groups]
        for group, rate in zip(groups, self._rates, strict=True):
            group["lr"] = rate * factor
        for kind in self._kinds:
            kind.step()
            kind.zero_grad()

    def state(self) -> list[dict[str, object]]:
        """What :meth:`restore` takes."""
        return [kind.state_dict() for kind in self._kinds]

    def restore(self, state: list[dict[str, object]]) -> None:
        """Go on where :meth:`state` was taken."""
        for kind, kept in zip(self._kinds, state, strict=True):
            kind.load_state_dict(kept)
