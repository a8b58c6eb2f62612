"""The loop every stage of training shares: a budget of minutes, averaged weights, checkpoints to go on from, a log.

A stage says what its network is and what its loss is; the loop knows nothing else of it. The learning rate follows the
share of the budget that is spent, not the number of steps, so that a slow machine gets the best model its minutes buy.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Protocol

import numpy as np
import torch
from torch import Tensor, nn

from nodegraph.training.optimiser import Optimiser, rate_factor

_AVERAGE_OVER = 1000
_SAVE_EVERY = 120.0
_TEST_EVERY = 60.0
_LOG_EVERY = 10
_AS_GOOD_AS_SPENT = 0.99


class Stage(Protocol):
    """One thing to be learnt."""

    name: str

    @property
    def network(self) -> nn.Module:
        """What learns, and what is kept."""

    def optimiser(self) -> Optimiser:
        """For the network's parameters."""

    def loss(self, rng: np.random.Generator, progress: float) -> Tensor:
        """The loss of one batch by chance; ``progress`` is the share of the budget spent, 0 … 1."""

    def test(self) -> dict[str, float]:
        """Figures of merit of the network as it is, on what it was not trained on."""


@dataclass
class Budget:
    """``minutes`` on the clock, ``spent`` of them already, in ``steps``."""

    minutes: float
    spent: float = 0.0
    steps: int = 0

    @property
    def progress(self) -> float:
        """Share spent, 0 … 1."""
        return min(1.0, self.spent / self.minutes)

    @property
    def rate(self) -> float:
        """Factor of the learning rates at the next step."""
        return rate_factor(self.steps, self.progress)


@dataclass(frozen=True)
class Record:
    """How a stage's checkpoint came to be. ``upon``: the stages it was built upon, and the steps they had then."""

    minutes: float
    steps: int
    device: str
    upon: Mapping[str, int]


@dataclass
class Average:
    """Moving average of a network's weights: what is kept of a run is less noisy than any one step of it."""

    network: nn.Module
    weights: dict[str, Tensor] = field(init=False)

    def __post_init__(self) -> None:
        self.weights = {name: tensor.detach().clone() for name, tensor in self.network.state_dict().items()}

    @torch.no_grad()
    def update(self, steps: int) -> None:
        """Take in the weights after ``steps`` steps; early on the average reaches back less far."""
        share = max(1 / _AVERAGE_OVER, 10 / (10 + steps))
        for name, tensor in self.network.state_dict().items():
            kept = self.weights[name]
            if kept.is_floating_point():
                kept.lerp_(tensor, share)
            else:
                kept.copy_(tensor)


def train(
    stage: Stage,
    *,
    minutes: float,
    folder: Path,
    upon: Mapping[str, int] | None = None,
    seed: int = 0,
    report: Callable[[str], None] = lambda line: None,
) -> None:
    """Train until the budget is spent, going on from the stage's checkpoint in ``folder``; ends with averaged weights.

    Writes ``NAME.pt`` every two minutes and at the end, and a line of ``NAME.jsonl`` every ten steps. ``upon`` is kept
    in the checkpoint for :func:`read_record`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path, log = folder / f"{stage.name}.pt", folder / f"{stage.name}.jsonl"
    network, optimiser, budget = stage.network.train(), stage.optimiser(), Budget(minutes)
    average = Average(network)
    if path.exists():
        _restore(path, network, optimiser, average, budget)
    begun, built_upon = budget.steps, dict(upon or {})
    # A few steps more would change nothing but make what was built upon this stage out of date.
    finished = budget.progress > _AS_GOOD_AS_SPENT
    # Every stretch of a run that was interrupted draws numbers of its own.
    rng = np.random.default_rng((seed, budget.steps))
    torch.manual_seed(int(rng.integers(1 << 62)))
    last = saved = tested = monotonic()
    losses: list[float] = []
    while not finished:
        loss = stage.loss(rng, budget.progress)
        loss.backward()  # type: ignore[no-untyped-call]  # torch's own
        optimiser.step(budget.rate)
        budget.steps += 1
        average.update(budget.steps)
        losses.append(loss.item())
        now = monotonic()
        budget.spent, last = budget.spent + (now - last) / 60, now
        finished = budget.spent >= budget.minutes
        if budget.steps % _LOG_EVERY == 0 or finished:
            line: dict[str, float] = {
                "step": budget.steps,
                "minutes": round(budget.spent, 3),
                "loss": round(float(np.mean(losses)), 5),
            }
            losses.clear()
            if now - tested > _TEST_EVERY or finished:
                line |= _tested(stage, average)
                tested = monotonic()
                report(f"{stage.name}: {_said(line)}")
            with log.open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(line) + "\n")
        if now - saved > _SAVE_EVERY:
            _save(path, network, optimiser, average, budget, built_upon)
            saved = monotonic()
    if budget.steps > begun:  # a stage that was done before keeps its file, and what was made from it stays valid
        _save(path, network, optimiser, average, budget, built_upon)
    network.load_state_dict(average.weights)
    network.eval().requires_grad_(False)
    report(f"{stage.name}: done, {budget.steps} steps in {budget.spent:.1f} minutes")


def restore_average(network: nn.Module, path: Path) -> None:
    """Give ``network`` the averaged weights of a stage's checkpoint, ready for use."""
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True)["average"])
    network.eval().requires_grad_(False)


def read_record(path: Path) -> Record:
    """What a stage's checkpoint says of itself."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    return Record(state["spent"], state["steps"], state["device"], state["upon"])


def _tested(stage: Stage, average: Average) -> dict[str, float]:
    """Figures of the averaged weights, which are what is kept."""
    network = stage.network
    current = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    network.load_state_dict(average.weights)
    network.eval()
    with torch.no_grad():
        figures = stage.test()
    network.load_state_dict(current)
    network.train()
    return {name: round(figure, 4) for name, figure in figures.items()}


def _said(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {figure:g}" for name, figure in figures.items())


def _save(
    path: Path,
    network: nn.Module,
    optimiser: Optimiser,
    average: Average,
    budget: Budget,
    upon: Mapping[str, int],
) -> None:
    unfinished = path.with_suffix(".partial")
    state = {
        "network": network.state_dict(),
        "average": average.weights,
        "optimiser": optimiser.state(),
        "spent": budget.spent,
        "steps": budget.steps,
        "device": next(network.parameters()).device.type,
        "upon": dict(upon),
    }
    torch.save(state, unfinished)
    unfinished.replace(path)


def _restore(path: Path, network: nn.Module, optimiser: Optimiser, average: Average, budget: Budget) -> None:
    device = next(network.parameters()).device
    state = torch.load(path, map_location=device, weights_only=True)
    network.load_state_dict(state["network"])
    average.weights = state["average"]
    optimiser.restore(state["optimiser"])
    budget.spent, budget.steps = state["spent"], state["steps"]
