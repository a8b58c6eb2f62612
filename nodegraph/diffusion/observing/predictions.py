"""What the network said at each call of a run about the first item, kept to be looked at.

The run's result is the same as without; a cfg of 1 costs the negative's prediction too, since it is to be seen.

Shapes: b batch, c latent channels, h w latent cells.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from torch import Tensor

from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import Guider, M
from nodegraph.diffusion.guidance.stages import Ask, GuidanceOption, Predicted, Stage
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.samplers.step import Step


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """At ``sigma``, ``x`` was seen as the noise over the picture ``cond``, over ``uncond``, and over ``guided``.

    All ``1 c h w``, on the network's device: the first item of the batch.
    """

    x: Tensor
    sigma: float
    cond: Tensor
    uncond: Tensor
    guided: Tensor


@dataclass(frozen=True, eq=False)
class PredictionLog(GuidanceOption, Stage):
    """An option that writes down every guided prediction. Goes onto a loaded network, never onto a handle."""

    seen: list[Seen] = field(default_factory=list)

    def begin(self, ask: Ask) -> Stage:
        return self

    def after(self, result: Tensor, step: Predicted) -> Tensor:
        # Copies: a view would hold the whole batch.
        x, cond, uncond, guided = (tensor[:1].clone() for tensor in (step.x, step.cond, step.uncond, result))
        self.seen.append(Seen(x, step.sigma, cond, uncond, guided))
        return result

    def firsts(self, steps: Iterator[Step]) -> Iterator[Step]:
        """The steps of a run, of each of which only the first prediction is kept: that of where it began.

        A step for which the network was not asked, because a cache knew the answer, leaves none.
        """
        before = len(self.seen)
        for step in steps:
            del self.seen[before + 1 :]
            before = len(self.seen)
            yield step

    def watching(self, model: DiffusionModel) -> DiffusionModel:
        """The model, whose predictions are written down from here on, as the last thing that is done to them."""
        return replace(model, options=(*model.options, self))


def predict_once(guider: Guider[M], model: DiffusionModel, x: Tensor, sigma: float, *, gate: Gate) -> Seen:
    """What a guider makes of the first item of x (``b c h w``, in the network's scale, at level σ).

    Raises:
        ConditioningError: a conditioning does not fit the latent or the network.
    """
    log = PredictionLog()
    guide(guider, log.watching(model), gate=gate, shape=x.shape)(x, sigma)
    return log.seen[-1]


def predicted_noise(sampling: ModelSampling, x: Tensor, picture: Tensor, sigma: float) -> Tensor:
    """The noise n that x is, if ``picture`` is behind it: x = α·x0 + σ·n (Ho et al. 2020, eq. 4, in these scales)."""
    return (x - sampling.prediction.alpha(sigma) * picture) / sigma
