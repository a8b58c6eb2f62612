"""Noise levels plotted."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.diffusion.schedules import ScheduleError
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


def test_names_of_schedulers_may_be_written_as_one_likes(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any
) -> None:
    def plotted(names: str) -> torch.Tensor:
        image: torch.Tensor = nodes["LearnPlotSchedulers"](starter_ctx, model=starter_parts[0], schedulers=names)
        return image

    assert torch.equal(plotted("normal, karras"), plotted(" normal\n\nkarras, normal "))
    assert plotted("").shape[1] >= plotted("karras").shape[1]
    with pytest.raises(ScheduleError, match="no scheduler 'kerras'"):
        plotted("kerras")


def test_a_list_of_levels_is_called_by_its_line_or_its_number(nodes: Nodes) -> None:
    levels = torch.tensor([3.0, 1.0, 0.0])
    plot = nodes["LearnPlotSigmas"]
    unnamed = plot(sigmas={"a": levels, "b": levels / 2}, labels="mine")
    assert torch.equal(unnamed, plot(sigmas={"a": levels, "b": levels / 2}, labels="mine\nsigmas 1"))
    assert not torch.equal(unnamed, plot(sigmas={"a": levels, "b": levels / 2}, labels="mine\nother"))


def test_levels_without_noise_are_refused_by_name(nodes: Nodes) -> None:
    with pytest.raises(ValueError, match="empty has no noise level above 0"):
        nodes["LearnPlotSigmas"](sigmas={"a": torch.tensor([1.0, 0.0]), "b": torch.zeros(1)}, labels="full\nempty")
