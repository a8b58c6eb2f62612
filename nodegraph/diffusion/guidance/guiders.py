"""What a sampler is led by: a model, the conditionings it is asked with, and how the answers become one prediction.

References: Ho & Salimans 2022, "Classifier-Free Diffusion Guidance", eq. 6; Brooks et al. 2023, "InstructPix2Pix",
eq. 3 (two conditions); Karras et al. 2024, "Guiding a Diffusion Model with a Bad Version of Itself", eq. 3 (two
models).

Shapes: b batch, c latent channels, h w latent cells.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, Literal, Self, TypeVar, cast

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning
from nodegraph.diffusion.guidance.perpendicular import perpendicular_guidance
from nodegraph.diffusion.guidance.stages import Predicted, Stages
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.errors import UserError

M = TypeVar("M")
L = TypeVar("L")


class UnlikeModelsError(UserError):
    """Two models whose predictions are of different latents."""


@dataclass(frozen=True, eq=False)
class Guider(ABC, Generic[M]):
    """A GUIDER: a model (whatever names it) and how it is asked. Of its conditionings the last is the negative."""

    model: M

    @property
    @abstractmethod
    def conditionings(self) -> Mapping[str, Conditioning]:
        """What the network is asked with at each step, by the name it has for people."""

    @abstractmethod
    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        """One prediction from the answers, in the order of the conditionings; everything ``b c h w``."""

    @property
    def follows_first_alone(self) -> bool:
        """Whether the first answer is the prediction, so that the others need not be asked for."""
        return False

    def networks(self, model: DiffusionModel) -> Sequence[DiffusionModel]:
        """Which network each conditioning is put to; ``model`` is that of :attr:`model`."""
        return [model] * len(self.conditionings)

    def with_models(self, load: Callable[[M], L]) -> "Guider[L]":
        """The same with what its models name."""
        changed: Any = self
        return cast("Guider[L]", replace(changed, model=load(self.model)))

    def with_strength(self, cfg: float) -> Self:
        """The same with another ``cfg``, if it has one."""
        changed: Any = self
        return cast(Self, replace(changed, cfg=cfg)) if "cfg" in {field.name for field in fields(self)} else self


@dataclass(frozen=True, eq=False)
class CfgGuider(Guider[M]):
    """Classifier-free guidance. A ``cfg`` of 1 leaves the negative out, for it would cancel."""

    positive: Conditioning
    negative: Conditioning
    cfg: float

    @property
    def conditionings(self) -> Mapping[str, Conditioning]:
        return {"positive": self.positive, "negative": self.negative}

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
    def conditionings(self) -> Mapping[str, Conditioning]:
        return {"conditioning": self.conditioning}

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
    def conditionings(self) -> Mapping[str, Conditioning]:
        return {"cond1": self.first, "cond2": self.second, "negative": self.negative}

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
    def conditionings(self) -> Mapping[str, Conditioning]:
        return {"positive": self.positive, "empty_conditioning": self.empty, "negative": self.negative}

    def combine(self, answers: Sequence[Tensor], x: Tensor, sigma: float, stages: Stages) -> Tensor:
        positive, empty, negative = answers
        result = perpendicular_guidance(positive, negative, empty, cfg=self.cfg, scale=self.negative_scale)
        return stages.finish(result, Predicted(x, sigma, positive, negative, self.cfg))


@dataclass(frozen=True, eq=False)
class DualModelGuider(CfgGuider[M]):
    """Classifier-free guidance whose negative is predicted by another model.

    The other may be a worse one that is asked with the positive too: its mistakes are what is guided away from.
    """

    negative_model: M

    def networks(self, model: DiffusionModel) -> Sequence[DiffusionModel]:
        """Raises UnlikeModelsError where the two do not know the same latents."""
        other = cast(DiffusionModel, self.negative_model)
        if (model.latent.channels, model.latent.scale) != (other.latent.channels, other.latent.scale):
            raise UnlikeModelsError(
                f"model has latents of {model.latent.channels} channels and scale {model.latent.scale:g}, "
                f"model_negative of {other.latent.channels} and {other.latent.scale:g}: their predictions cannot be "
                "compared. Choose two models of one family."
            )
        return model, other

    def with_models(self, load: Callable[[M], L]) -> "Guider[L]":
        changed: Any = self
        loaded = load(self.model)
        other = loaded if self.negative_model == self.model else load(self.negative_model)
        return cast("Guider[L]", replace(changed, model=loaded, negative_model=other))
