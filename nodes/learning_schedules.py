"""For learning by looking: how the noise falls from step to step."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from nodegraph.diffusion.sample import SCHEDULERS, scheduled_sigmas
from nodegraph.errors import UserError
from nodegraph.media.figures.plot import Curve, Scale, draw_plot
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Growing, Multiline, Range, Tooltip
from nodegraph.packs.types import Image, Model, Sigmas

CATEGORY = "learn/schedules"

Shown = Annotated[
    Literal["both", "linear", "logarithmic"],
    Tooltip("An even scale shows the beginning, a logarithmic one the end; 0 is on the even one only."),
]
_SCALES: Mapping[str, Sequence[Scale]] = {
    "both": ("linear", "logarithmic"),
    "linear": ("linear",),
    "logarithmic": ("logarithmic",),
}


class NothingToPlotError(UserError):
    """No noise levels above 0, or no schedulers."""


@node("LearnPlotSchedulers", category=CATEGORY, display_name="Plot Schedulers", aliases=("teach", "sigmas", "chart"))
def plot_schedulers(
    ctx: Context,
    *,
    model: Annotated[Model, Tooltip("Whose noise levels are scheduled.")],
    schedulers: Annotated[
        str, Multiline(), Tooltip("Names of schedulers, with commas or line breaks between them; empty for all.")
    ] = "normal, karras, exponential, simple",
    steps: Annotated[int, Range(1, 1000)] = 20,
    denoise: Annotated[float, Range(0.0, 1.0, step=0.01), Tooltip("Below 1, the last part of a longer one.")] = 1.0,
    scale: Shown = "both",
) -> Image:
    """The noise levels of several schedulers in one picture."""
    levels = ctx.diffusion(model).sampling.levels
    named = [name.strip() for name in schedulers.replace(",", "\n").splitlines() if name.strip()] or list(SCHEDULERS)
    curves = [
        Curve(name, scheduled_sigmas(levels, name, steps, denoise=denoise).tolist()) for name in dict.fromkeys(named)
    ]
    return draw_plot(_checked(curves), scales=_SCALES[scale], value="sigma")


@node("LearnPlotSigmas", category=CATEGORY, display_name="Plot Sigmas", aliases=("teach", "schedule", "chart"))
def plot_sigmas(
    *,
    sigmas: Annotated[Mapping[str, Sigmas], Growing("sigmas", maximum=20)],
    labels: Annotated[str, Multiline(), Tooltip("What each is called, a line for each.")] = "",
    scale: Shown = "both",
) -> Image:
    """Lists of noise levels in one picture."""
    names = [line.strip() for line in labels.splitlines()]
    names += [f"sigmas {number}" for number in range(len(names), len(sigmas))]
    curves = [Curve(name, levels.tolist()) for name, levels in zip(names, sigmas.values(), strict=False)]
    return draw_plot(_checked(curves), scales=_SCALES[scale], value="sigma")


def _checked(curves: Sequence[Curve]) -> Sequence[Curve]:
    for curve in curves:
        if not any(value > 0 for value in curve.values):
            raise NothingToPlotError(f"{curve.label} has no noise level above 0 to be plotted; link one that has some.")
    return curves
