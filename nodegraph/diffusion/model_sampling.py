"""A model's noise levels together with what its network's answer means: all that sampling must know of a network.

Knows no network, sampler or schedule.
"""

import math
from dataclasses import dataclass, field

from torch import Tensor

from nodegraph.diffusion.noise_levels import DiscreteLevels, NoiseLevels
from nodegraph.diffusion.predictions import Eps, Prediction


@dataclass(frozen=True, eq=False)
class ModelSampling:
    """Levels and prediction of a model; the defaults are those of Stable Diffusion 1.x.

    All noise that is mixed with a picture is multiplied by ``noise_scale`` first.
    """

    prediction: Prediction = field(default_factory=Eps)
    levels: NoiseLevels = field(default_factory=DiscreteLevels)
    noise_scale: float = 1.0

    @property
    def flow(self) -> bool:
        """Whether noise and picture are mixed along a straight line (see :mod:`~nodegraph.diffusion.predictions`)."""
        return self.prediction.flow

    def timestep(self, sigma: float) -> float:
        """What the network is told at level σ."""
        return self.levels.timestep(sigma)

    def percent_to_sigma(self, percent: float) -> float:
        """As :meth:`NoiseLevels.percent_to_sigma`."""
        return self.levels.percent_to_sigma(percent)

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """The network's input."""
        return self.prediction.scale_input(x, sigma)

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """The predicted picture x0, from the (unscaled) x and the network's answer to ``timestep``."""
        return self.prediction.denoised(x, output, sigma, timestep)

    def add_noise(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """A latent brought to noise level σ."""
        return self.prediction.add_noise(latent, self._scaled(noise), sigma)

    def start(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """Where a sampler starts at level σ (see :meth:`Prediction.start`)."""
        top = self.levels.sigma_max
        at_top = sigma > top or math.isclose(sigma, top, rel_tol=1e-5)
        return self.prediction.start(latent, self._scaled(noise), sigma, at_top=at_top)

    def finish(self, x: Tensor, sigma: float) -> Tensor:
        """The latent that a walk ending at level σ leaves."""
        return self.prediction.finish(x, sigma)

    def half_log_snr(self, sigma: float) -> float:
        """λ = ln(α/σ): −ln σ, or for a flow ln((1 − σ)/σ)."""
        return math.log(self.prediction.alpha(sigma) / sigma)

    def _scaled(self, noise: Tensor) -> Tensor:
        return noise if self.noise_scale == 1.0 else noise * self.noise_scale
