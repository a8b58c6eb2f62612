"""Options of a model that replace its noise levels and what its network's answer means.

Plain data: a model's handle carries them, and they are applied when its network is loaded.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, Protocol, runtime_checkable

from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise_levels import AngleLevels, DiscreteLevels, LogLevels, zero_terminal_snr
from nodegraph.diffusion.predictions import Consistency, Edm, Eps, Picture, PictureToPicture, Prediction, Velocity
from nodegraph.errors import UserError


class SamplingOptionError(UserError):
    """Noise levels that cannot be, or a kind of prediction that no network here has."""


@runtime_checkable
class SamplingOption(Protocol):
    """An option that changes a model's sampling."""

    def resampled(self, sampling: ModelSampling) -> ModelSampling:
        """The sampling with this option. Raises SamplingOptionError where its values make none."""


def resampled(sampling: ModelSampling, options: Iterable[object]) -> ModelSampling:
    """The sampling of a model with its options, in their order."""
    for option in options:
        if isinstance(option, SamplingOption):
            sampling = option.resampled(sampling)
    return sampling


@dataclass(frozen=True, slots=True)
class DiscreteSampling:
    """The levels of a training with discrete timesteps; ``zsnr`` leaves nothing of the picture at the top."""

    kind: Literal["eps", "v_prediction", "lcm", "x0", "img_to_img"]
    zsnr: bool = False

    def resampled(self, sampling: ModelSampling) -> ModelSampling:
        """As in :class:`SamplingOption`; a consistency model knows every twentieth level only."""
        levels = sampling.levels if isinstance(sampling.levels, DiscreteLevels) else DiscreteLevels()
        if self.zsnr:
            levels = DiscreteLevels(zero_terminal_snr(levels.sigmas))
        kinds: dict[str, Prediction] = {
            "eps": Eps(),
            "v_prediction": Velocity(),
            "lcm": Consistency(),
            "x0": Picture(),
            "img_to_img": PictureToPicture(),
        }
        return replace(
            sampling, prediction=kinds[self.kind], levels=levels.distilled() if self.kind == "lcm" else levels
        )


@dataclass(frozen=True, slots=True)
class ContinuousSampling:
    """Any level between two. ``angle`` is a velocity too, of a network that is told the angle of the level."""

    kind: Literal["v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow", "angle"]
    sigma_max: float
    sigma_min: float

    def resampled(self, sampling: ModelSampling) -> ModelSampling:
        """As in :class:`SamplingOption`."""
        if not 0 < self.sigma_min < self.sigma_max:
            raise SamplingOptionError(
                f"sigma_min is {self.sigma_min:g} and sigma_max {self.sigma_max:g}; the noise levels of a model lie "
                "between two numbers above 0, of which sigma_max is the greater."
            )
        kinds: dict[str, Prediction] = {"v_prediction": Velocity(), "angle": Velocity(), "edm": Edm(), "eps": Eps()}
        if self.kind not in kinds:
            raise SamplingOptionError(
                f"{self.kind} belongs to a family of models that cannot be loaded here; choose one of "
                f"{', '.join(kind for kind in kinds if kind != 'angle')}."
            )
        levels = (AngleLevels if self.kind == "angle" else LogLevels)(self.sigma_min, self.sigma_max)
        return replace(sampling, prediction=kinds[self.kind], levels=levels)


@dataclass(frozen=True, slots=True)
class NoiseScale:
    """Noise of another strength where it is mixed with pictures: at the start, under masks, by AddNoise and LCM."""

    scale: float

    def resampled(self, sampling: ModelSampling) -> ModelSampling:
        """As in :class:`SamplingOption`; of several the last holds."""
        return replace(sampling, noise_scale=self.scale)
