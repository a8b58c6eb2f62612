"""The losses of all stages, drawn from their logs."""

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nodegraph.errors import UserError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SMOOTHED_OVER = 10


class MissingPlotLibraryError(UserError):
    """matplotlib is not installed."""


def check_plot_library() -> None:
    """Find out before hours of training whether their losses can be drawn. Raises MissingPlotLibraryError."""
    if importlib.util.find_spec("matplotlib") is None:
        raise MissingPlotLibraryError("training draws its losses with matplotlib: pip install 'nodegraph[training]'")


def plot_losses(folder: Path, stages: Sequence[str], path: Path) -> None:
    """One panel for each stage that has a log in ``folder``: loss and test figures over minutes. Needs matplotlib."""
    # Only those who train need it.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    logs = {stage: folder / f"{stage}.jsonl" for stage in stages}
    logs = {stage: log for stage, log in logs.items() if log.exists()}
    figure = Figure(figsize=(4.2 * len(logs), 3.4), layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(1, len(logs), squeeze=False)[0]
    for panel, (stage, log) in zip(panels, logs.items(), strict=True):
        lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
        minutes, losses = (np.array([line[key] for line in lines]) for key in ("minutes", "loss"))
        panel.plot(minutes, losses, color="#9db7d5", linewidth=0.8)
        panel.plot(minutes, _smoothed(losses), color="#1f5fa8", label="loss")
        panel.set(title=stage, xlabel="minutes", ylabel="loss", ylim=(0, 1.2 * float(np.quantile(losses, 0.95))))
        _plot_tests(panel, lines)
    figure.savefig(path, dpi=110)


def _plot_tests(panel: "Axes", lines: Sequence[dict[str, float]]) -> None:
    """The figures of merit on an axis of their own."""
    names = sorted({name for line in lines for name in line} - {"step", "minutes", "loss"})
    names = [name for name in names if not name.startswith("spread")]
    if not names:
        return
    axis = panel.twinx()
    for name, color in zip(names, ("#c2571a", "#6b8e23", "#8a4fa3"), strict=False):
        points = [(line["minutes"], line[name]) for line in lines if name in line]
        axis.plot(*zip(*points, strict=True), color=color, label=name)
    axis.legend(loc="center right", fontsize="small", frameon=False)


def _smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mean of each value and those before it, up to ten."""
    sums = np.cumsum(np.insert(values, 0, 0.0))
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - _SMOOTHED_OVER, 0)
    return (sums[ends] - sums[starts]) / (ends - starts)
