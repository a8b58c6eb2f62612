"""Noise levels of a discrete-time diffusion model, and what its network's answer means.

Everything here is in the variance-exploding frame: x = x0 + σ·n with n ~ N(0, 1). Tables and single values live on
the host, so that a sampler never waits for the device to learn a noise level. Knows no network, sampler or schedule.

References: Ho et al. 2020, "Denoising Diffusion Probabilistic Models" (β, ᾱ); Karras et al. 2022, "Elucidating the
Design Space of Diffusion-Based Generative Models" (the frame, preconditioning in its table 1); Salimans & Ho 2022,
"Progressive Distillation for Fast Sampling of Diffusion Models" (v-prediction, appendix D).
"""

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import torch
from torch import Tensor

Prediction = Literal["eps", "v"]

ALWAYS = 999_999_999.9
"""The noise level of percent 0: above every level a schedule can hold."""


def scaled_linear_sigmas(beta_start: float = 0.00085, beta_end: float = 0.012, timesteps: int = 1000) -> Tensor:
    """σ of each training timestep, ascending float64 ``t``, for βs linear in their square root (Stable Diffusion).

    σ = √((1 − ᾱ)/ᾱ) with ᾱ = ∏(1 − β).
    """
    betas = np.linspace(math.sqrt(beta_start), math.sqrt(beta_end), timesteps, dtype=np.float64) ** 2
    alphas_bar = np.cumprod(1.0 - betas)
    return torch.from_numpy(np.sqrt((1.0 - alphas_bar) / alphas_bar))


@dataclass(frozen=True, eq=False)
class ModelSampling:
    """The σ table of a model (ascending, on the CPU, kept as float32) and its kind of prediction.

    Between table entries log σ is linear in the timestep.
    """

    prediction: Prediction = "eps"
    sigmas: Tensor = field(default_factory=scaled_linear_sigmas)
    _log_sigmas: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A level halfway between two timesteps rounds to the one that the last bit of the logarithm says. Taking it
        # before rounding the table, and computing in float32 from there on, says the same as the field.
        object.__setattr__(self, "_log_sigmas", self.sigmas.log().float())
        object.__setattr__(self, "sigmas", self.sigmas.float())

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    def sigma(self, timestep: float | Tensor) -> Tensor:
        """σ at a real-valued timestep, or at each of a 1-D tensor of them; clamped to the table, float32."""
        t = torch.as_tensor(timestep, dtype=torch.float32).clamp(0, len(self.sigmas) - 1)
        low, high = t.floor().long(), t.ceil().long()
        weight = t.frac()
        return torch.exp((1 - weight) * self._log_sigmas[low] + weight * self._log_sigmas[high])

    def timestep(self, sigma: float) -> int:
        """The timestep whose log σ is nearest: what the network is told."""
        log_sigma = torch.tensor(sigma, dtype=torch.float32).log()
        return int((log_sigma - self._log_sigmas).abs().argmin())

    def percent_to_sigma(self, percent: float) -> float:
        """The noise level at a fraction of the way from pure noise (0) to the picture (1).

        The ends are exclusive of the table: 0 is above, 1 below every level, so a range of 0…1 is always active.
        """
        if percent <= 0.0:
            return ALWAYS
        if percent >= 1.0:
            return 0.0
        return float(self.sigma((1.0 - percent) * (len(self.sigmas) - 1)))

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """The network's input: x brought to unit variance, x/√(σ² + 1)."""
        return x * (1.0 / math.sqrt(sigma**2 + 1.0))

    def denoised(self, x: Tensor, output: Tensor, sigma: float) -> Tensor:
        """The predicted picture x0, from the (unscaled) x and the network's answer.

        eps: x − σ·ε. v: x/(σ² + 1) − v·σ/√(σ² + 1).
        """
        if self.prediction == "eps":
            return x - sigma * output
        return x / (sigma**2 + 1.0) - output * (sigma / math.sqrt(sigma**2 + 1.0))

    def add_noise(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """A latent brought to noise level σ."""
        return latent + noise * sigma

    def start(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """Where a sampler starts at level σ: as :meth:`add_noise`, except at the top of the table or above.

        There the noise alone has the standard deviation √(1 + σ²), as if the picture's unit variance were in it:
        networks are trained to start from inputs of unit variance.
        """
        at_top = sigma > self.sigma_max or math.isclose(sigma, self.sigma_max, rel_tol=1e-5)
        return self.add_noise(latent, noise, math.sqrt(1.0 + sigma**2) if at_top else sigma)
