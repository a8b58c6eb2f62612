"""The loop of training: what it learns, that it stops in time, and that an interrupted run goes on."""

import itertools
import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from nodegraph.training import stage as loop
from nodegraph.training.optimiser import Optimiser
from nodegraph.training.stage import Budget, Record, read_record, restore_average, train

TRUTH = torch.tensor([[1.0, -2.0, 3.0], [0.5, 0.0, -1.0]])


@dataclass
class Line:
    """Learns a matrix; can be told to fall over after some steps."""

    falls_after: int | None = None
    name: str = "line"
    network: nn.Linear = field(default_factory=lambda: nn.Linear(3, 2, bias=False))
    steps: int = 0

    def optimiser(self) -> Optimiser:
        return Optimiser(self.network, edges=[self.network], muon_rate=0.0, adam_rate=0.05)

    def loss(self, rng: np.random.Generator, progress: float) -> Tensor:
        if self.steps == self.falls_after:
            raise KeyboardInterrupt
        self.steps += 1
        assert 0 <= progress <= 1
        x = torch.from_numpy(rng.normal(size=(16, 3)).astype(np.float32))
        return (self.network(x) - x @ TRUTH.T).square().mean()

    def test(self) -> dict[str, float]:
        return {"error": float((self.network.weight - TRUTH).abs().max())}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock on which every step takes a hundredth of a second."""
    ticks = itertools.count()
    monkeypatch.setattr(loop, "monotonic", lambda: next(ticks) / 100)


@pytest.fixture
def each_step_saved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop, "_SAVE_EVERY", 0.0)


def test_learns_within_its_minutes_and_leaves_a_log(tmp_path: Path) -> None:
    stage, lines = Line(), list[str]()
    train(stage, minutes=0.1, folder=tmp_path, report=lines.append)
    assert stage.test()["error"] < 0.05
    assert not stage.network.weight.requires_grad
    log = [json.loads(line) for line in (tmp_path / "line.jsonl").read_text().splitlines()]
    assert [entry["step"] for entry in log[:3]] == [10, 20, 30]
    assert log[-1]["loss"] < log[0]["loss"] / 10
    assert "done" in lines[-1]
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.usefixtures("each_step_saved")
def test_an_interrupted_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        train(Line(falls_after=7), minutes=0.1, folder=tmp_path)
    state = torch.load(tmp_path / "line.pt", weights_only=True)
    assert state["steps"] == 7
    assert 0 < state["spent"] < 0.1
    stage = Line()
    train(stage, minutes=0.1, folder=tmp_path)
    final = torch.load(tmp_path / "line.pt", weights_only=True)
    assert final["steps"] == 7 + stage.steps
    assert stage.test()["error"] < 0.05


def test_a_stage_whose_minutes_are_spent_is_done_at_once(tmp_path: Path) -> None:
    train(Line(), minutes=0.01, folder=tmp_path)
    before = (tmp_path / "line.pt").stat()
    again = Line()
    train(again, minutes=0.01001, folder=tmp_path)
    assert again.steps == 0
    assert (tmp_path / "line.pt").stat() == before
    kept = nn.Linear(3, 2, bias=False)
    restore_average(kept, tmp_path / "line.pt")
    assert torch.equal(again.network.weight, kept.weight)


def test_a_checkpoint_says_how_it_came_to_be(tmp_path: Path) -> None:
    stage = Line()
    train(stage, minutes=0.01, folder=tmp_path, upon={"before": 12})
    record = read_record(tmp_path / "line.pt")
    assert record == Record(record.minutes, stage.steps, "cpu", {"before": 12})
    assert 0.01 <= record.minutes < 0.011


def test_the_rate_rises_and_then_falls_with_the_minutes() -> None:
    rates = [Budget(10.0, spent=spent, steps=1000).rate for spent in np.linspace(0, 10, 11)]
    assert rates[0] == 1.0
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0.02)
    assert Budget(10.0).rate == pytest.approx(1 / 20)
