"""What a sampler is led by: a model, the conditionings it is asked with, and how the answers become one prediction.

References: Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", eq. 6; Brooks et al. 2023, "InstructPix2Pix",
eq. 3 (two conditions); Armandpour et al. 2023, "Re-imagine the Negative Prompt Algorithm", eq. 7 (the perpendicular
negative).

Shapes: b batch, c latent channels, h w latent cells.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, Literal, TypeVar

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.guidance.network_answers import NetworkAnswers, prepare_questions
from nodegraph.diffusion.guidance.stages import Predicted, Question, Stages, begin_stages
from nodegraph.diffusion.guidance.step_cache import EasyCache, LazyCache, with_cache
from nodegraph.diffusion.hooks import NetworkOption, NetworkPatch
from nodegraph.diffusion.model import DiffusionModel

M = TypeVar("M")


@dataclass(frozen=True, eq=False)
class Guider(ABC, Generic[M]):
    """A GUIDER: a model (whatever names it) and how it is asked. Of its conditionings the last is the negative."""

    model: M

    @property
    @abstractmethod
    def conditionings(self) -> Sequence[Conditioning]:
        """What the network is asked with at each step."""

    @abstractmethod
    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        """One prediction from the answers, in the order of the conditionings; everything ``b c h w``."""

    @property
    def follows_first_alone(self) -> bool:
        """Whether the first answer is the prediction, so that the others need not be asked for."""
        return False


def guide(guider: Guider[M], model: DiffusionModel, *, gate: Gate, shape: Sequence[int]) -> Denoiser:
    """A denoiser for latents of ``shape`` (b, c, h, w), led by a guider; ``model`` is the network of ``guider.model``.

    Options of the model that change guidance (see :mod:`~nodegraph.diffusion.guidance.stages`) are in force.

    Raises:
        ConditioningError: a conditioning does not fit the latent or the network.
    """
    questions = prepare_questions(guider.conditionings, model, shape)
    own = [option.patch(model.sampling) for option in model.options if isinstance(option, NetworkOption)]

    def ask(question: Question, x: Tensor, sigma: float, *, patches: Sequence[NetworkPatch] = ()) -> Tensor:
        asked = questions[:1] if question == "cond" else questions[-1:]
        return NetworkAnswers(model, gate, asked, shape, [*own, *patches])(x, sigma)[0]

    stages = begin_stages(model.options, ask)
    watching = [patch for stage in stages.stages for patch in stage.watch()]
    remember = partial(with_cache, options=model.options, sampling=model.sampling)
    answers_to = remember(NetworkAnswers(model, gate, questions, shape, [*own, *watching]), EasyCache)

    def combined(x: Tensor, sigma: float) -> Sequence[Tensor]:
        answers = answers_to(x, sigma)
        return guider.combine(answers, x, sigma, stages), answers[-1]

    results = remember(combined, LazyCache)

    def both(x: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        result, avoided = results(x, sigma)
        return result, avoided

    def guided(x: Tensor, sigma: float) -> Tensor:
        return both(x, sigma)[0]

    if stages or not guider.follows_first_alone:
        return Denoiser(guided, both, model.sampling)
    first = NetworkAnswers(model, gate, prepare_questions(guider.conditionings[:1], model, shape), shape, own)
    alone = remember(remember(first, EasyCache), LazyCache)
    return Denoiser(lambda x, sigma: alone(x, sigma)[0], both, model.sampling)


@dataclass(frozen=True, eq=False)
class CfgGuider(Guider[M]):
    """Classifier-free guidance. A ``cfg`` of 1 leaves the negative out, for it would cancel."""

    positive: Conditioning
    negative: Conditioning
    cfg: float

    @property
    def conditionings(self) -> Sequence[Conditioning]:
        return self.positive, self.negative

    @property
    def follows_first_alone(self) -> bool:
        return math.isclose(self.cfg, 1.0)

    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        """uncond + (cond − uncond)·cfg."""
        cond, uncond = answers
        return stages(Predicted(x, sigma, cond, uncond, self.cfg))


@dataclass(frozen=True, eq=False)
class BasicGuider(Guider[M]):
    """No guidance: the network's answer to one conditioning."""

    conditioning: Conditioning

    @property
    def conditionings(self) -> Sequence[Conditioning]:
        return (self.conditioning,)

    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        """The answer, as both the positive and the negative."""
        (cond,) = answers
        return stages(Predicted(x, sigma, cond, cond, 1.0))


@dataclass(frozen=True, eq=False)
class DualCfgGuider(Guider[M]):
    """Two conditionings, each with a strength of its own: ``first`` against ``second``, that against the negative.

    ``regular``: negative + (second − negative)·``cfg_negative`` + (first − second)·``cfg``. ``nested``: the first
    guided against the second is what is guided against the negative.
    """

    first: Conditioning
    second: Conditioning
    negative: Conditioning
    cfg: float
    cfg_negative: float
    style: Literal["regular", "nested"] = "regular"

    @property
    def conditionings(self) -> Sequence[Conditioning]:
        return self.first, self.second, self.negative

    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        first, second, negative = answers
        if self.style == "nested":
            inner = stages(Predicted(x, sigma, first, second, self.cfg))
            return stages(Predicted(x, sigma, inner, negative, self.cfg_negative))
        return stages(Predicted(x, sigma, second, negative, self.cfg_negative)) + (first - second) * self.cfg


@dataclass(frozen=True, eq=False)
class PerpNegGuider(Guider[M]):
    """The negative counts only as far as it is perpendicular to the positive, both seen from an empty prompt."""

    positive: Conditioning
    empty: Conditioning
    negative: Conditioning
    cfg: float
    negative_scale: float

    @property
    def conditionings(self) -> Sequence[Conditioning]:
        return self.positive, self.empty, self.negative

    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        """empty + (p − scale·n⊥)·cfg with p = positive − empty, n = negative − empty, n⊥ = n − p·(n·p)/(p·p)."""
        positive, empty, negative = answers
        towards, away = positive - empty, negative - empty
        per_item = tuple(range(1, x.ndim))
        share = (away * towards).sum(dim=per_item, keepdim=True) / towards.square().sum(dim=per_item, keepdim=True)
        perpendicular = away - towards * share.nan_to_num(0.0)
        result = empty + (towards - perpendicular * self.negative_scale) * self.cfg
        return stages.finish(result, Predicted(x, sigma, positive, negative, self.cfg))
