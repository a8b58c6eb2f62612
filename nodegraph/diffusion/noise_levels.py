"""Which noise levels a model knows, and what its network is told of each.

A network is told a timestep, schedules walk over noise levels σ: this is the map between them, and the table of
levels that some schedules pick from. Everything lives on the host, so that a sampler never waits for the device to
learn a level. Knows neither networks nor what they predict.

References: Ho et al. 2020, "Denoising Diffusion Probabilistic Models" (β, ᾱ); Karras et al. 2022, "Elucidating the
Design Space of Diffusion-Based Generative Models" (c_noise in its table 1); Esser et al. 2024, "Scaling Rectified
Flow Transformers for High-Resolution Image Synthesis" (the shift, eq. 23).
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

ALWAYS = 999_999_999.9
"""The noise level of percent 0: above every level a schedule can hold."""

LAST_ALPHA_BAR = 4.8973451890853435e-08
"""What stands for ᾱ = 0 at the end of a table with zero terminal signal, whose level would be infinite."""


def scaled_linear_sigmas(beta_start: float = 0.00085, beta_end: float = 0.012, timesteps: int = 1000) -> Tensor:
    """σ of each training timestep, ascending float64 ``t``, for βs linear in their square root (Stable Diffusion).

    σ = √((1 − ᾱ)/ᾱ) with ᾱ = ∏(1 − β).
    """
    betas = np.linspace(math.sqrt(beta_start), math.sqrt(beta_end), timesteps, dtype=np.float64) ** 2
    alphas_bar = np.cumprod(1.0 - betas)
    return torch.from_numpy(np.sqrt((1.0 - alphas_bar) / alphas_bar))


def zero_terminal_snr(sigmas: Tensor) -> Tensor:
    """A table (``t``, ascending) stretched so that nothing of the picture is left at its top.

    √ᾱ is shifted to 0 at the last timestep and scaled to keep its first value (Lin et al. 2024, "Common Diffusion
    Noise Schedules and Sample Steps are Flawed", algorithm 1).
    """
    signal = (1.0 / (sigmas.double() ** 2 + 1.0)).sqrt()
    first, last = signal[0].clone(), signal[-1].clone()
    alphas_bar = ((signal - last) * (first / (first - last))) ** 2
    alphas_bar[-1] = LAST_ALPHA_BAR
    return ((1.0 - alphas_bar) / alphas_bar).sqrt()


class NoiseLevels(ABC):
    """A table ``sigmas`` (``t``, ascending float32) and the map between levels and timesteps."""

    sigmas: Tensor

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    @abstractmethod
    def sigma(self, timestep: float | Tensor) -> Tensor:
        """σ at a real-valued timestep, or at each of a 1-D tensor of them, float32."""

    @abstractmethod
    def timestep(self, sigma: float) -> float:
        """What the network is told at level σ."""

    def percent_to_sigma(self, percent: float) -> float:
        """The noise level at a fraction of the way from pure noise (0) to the picture (1).

        The ends are exclusive of the table: 0 is above, 1 below every level, so a range of 0…1 is always active.
        """
        if percent <= 0.0:
            return ALWAYS
        if percent >= 1.0:
            return 0.0
        return self._at(1.0 - percent)

    @abstractmethod
    def _at(self, share: float) -> float:
        """The level at a share (exclusive 0…1) of the way from the bottom of the table to its top."""


@dataclass(frozen=True, eq=False)
class DiscreteLevels(NoiseLevels):
    """One level for each timestep of a training; between them log σ is linear in the timestep.

    ``stride``: every so many timesteps of the training have an entry, the last of each stride. A distilled network
    (Luo et al. 2023, "Latent Consistency Models", §4.3: skipping steps) knows those only.
    """

    sigmas: Tensor = field(default_factory=scaled_linear_sigmas)
    stride: int = 1
    _log_sigmas: Tensor = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # A level halfway between two timesteps rounds to the one that the last bit of the logarithm says. Taking it
        # before rounding the table, and computing in float32 from there on, says the same as the field.
        object.__setattr__(self, "_log_sigmas", self.sigmas.log().float())
        object.__setattr__(self, "sigmas", self.sigmas.float())

    def sigma(self, timestep: float | Tensor) -> Tensor:
        """As in :class:`NoiseLevels`; clamped to the table."""
        entry = (torch.as_tensor(timestep, dtype=torch.float32) - (self.stride - 1)) / self.stride
        entry = entry.clamp(0, len(self.sigmas) - 1)
        low, high = entry.floor().long(), entry.ceil().long()
        weight = entry.frac()
        return torch.exp((1 - weight) * self._log_sigmas[low] + weight * self._log_sigmas[high])

    def timestep(self, sigma: float) -> float:
        """The timestep whose log σ is nearest."""
        log_sigma = torch.tensor(sigma, dtype=torch.float32).log()
        nearest = int((log_sigma - self._log_sigmas).abs().argmin())
        return nearest * self.stride + self.stride - 1

    def _at(self, share: float) -> float:
        return float(self.sigma(share * (len(self.sigmas) * self.stride - 1)))

    def distilled(self, entries: int = 50) -> "DiscreteLevels":
        """The same levels, of which ``entries`` at even distances are known, the top one among them."""
        stride = len(self.sigmas) // entries
        return DiscreteLevels(self._log_sigmas.double().exp()[stride - 1 :: stride], stride)


@dataclass(frozen=True, eq=False)
class LogLevels(NoiseLevels):
    """Any level between two; the network is told ¼·ln σ (Karras et al. 2022, c_noise)."""

    low: float = 0.002
    high: float = 120.0
    sigmas: Tensor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sigmas", torch.linspace(math.log(self.low), math.log(self.high), 1000).exp())

    @property
    def sigma_min(self) -> float:
        return self.low

    @property
    def sigma_max(self) -> float:
        return self.high

    def sigma(self, timestep: float | Tensor) -> Tensor:
        return torch.exp(torch.as_tensor(timestep, dtype=torch.float32) / 0.25)

    def timestep(self, sigma: float) -> float:
        return 0.25 * math.log(sigma)

    def _at(self, share: float) -> float:
        return math.exp(math.log(self.low) + share * math.log(self.high / self.low))


@dataclass(frozen=True, eq=False)
class AngleLevels(LogLevels):
    """As :class:`LogLevels`, but the network is told the angle (2/π)·arctan σ, 0 … 1 (Salimans & Ho 2022, φ)."""

    def sigma(self, timestep: float | Tensor) -> Tensor:
        return torch.tan(torch.as_tensor(timestep, dtype=torch.float32) * (math.pi / 2))

    def timestep(self, sigma: float) -> float:
        return math.atan(sigma) * (2 / math.pi)


@dataclass(frozen=True, eq=False)
class FlowLevels(NoiseLevels):
    """Levels of a flow, 0 … 1, shifted towards noise: σ = a·u/(1 + (a − 1)·u) (Esser et al. 2024, eq. 23).

    u is the share of the way, of which ``timestep`` in :meth:`sigma` is ``multiplier`` times; the network is told
    ``multiplier``·σ. With a shift, the one is not the inverse of the other. The table has a thousand entries.
    """

    shift: float = 1.0
    multiplier: float = 1000.0
    sigmas: Tensor = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "sigmas", self._shifted(torch.arange(1, 1001) / 1000))

    def sigma(self, timestep: float | Tensor) -> Tensor:
        return self._shifted(torch.as_tensor(timestep, dtype=torch.float32) / self.multiplier)

    def timestep(self, sigma: float) -> float:
        return sigma * self.multiplier

    def percent_to_sigma(self, percent: float) -> float:
        """As in :class:`NoiseLevels`, but the top is 1: no level of a flow is above it."""
        return 1.0 if percent <= 0.0 else super().percent_to_sigma(percent)

    def _at(self, share: float) -> float:
        return float(self._shifted(torch.tensor(share)))

    def _shifted(self, u: Tensor) -> Tensor:
        return self.shift * u / (1 + (self.shift - 1) * u)
