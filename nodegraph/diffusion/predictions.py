"""What a network's answer means, and how noise and picture are mixed in what it is shown.

A prediction belongs to a training: it says how a noisy latent is made from picture and noise, how it is scaled for
the network, and how the picture x0 follows from the answer. Knows no tables of noise levels and no samplers.

Two ways to mix are in use: x = x0 + σ·n ("exploding", Karras et al. 2022) and x = (1 − σ)·x0 + σ·n ("flow", Lipman
et al. 2023, "Flow Matching for Generative Modeling"; Liu et al. 2023, "Flow Straight and Fast").

Shapes: everything is ``b c h w``; a noise level is one number for the whole batch.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar, Literal

from torch import Tensor


class Prediction(ABC):
    """How to read a network. The methods here are those of the exploding mix; :class:`Flow` has its own."""

    flow: ClassVar[bool] = False

    @abstractmethod
    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """The predicted picture x0 from the (unscaled) x and the network's answer at σ, or what it was told of σ."""

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """The network's input: x brought to unit variance, x/√(σ² + 1)."""
        return x * (1.0 / math.sqrt(sigma**2 + 1.0))

    def add_noise(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """A latent brought to noise level σ."""
        return latent + noise * sigma

    def start(self, latent: Tensor, noise: Tensor, sigma: float, *, at_top: bool) -> Tensor:
        """Where a sampler starts at level σ: as :meth:`add_noise`, except at the top of the table or above.

        There the noise alone has the standard deviation √(1 + σ²), as if the picture's unit variance were in it:
        networks are trained to start from inputs of unit variance.
        """
        return latent + noise * (math.sqrt(1.0 + sigma**2) if at_top else sigma)

    def finish(self, x: Tensor, sigma: float) -> Tensor:
        """The latent that a walk ending at level σ leaves."""
        return x

    def alpha(self, sigma: float) -> float:
        """The picture's share of a latent at level σ."""
        return 1.0


class Eps(Prediction):
    """The network predicts the noise n (Ho et al. 2020, eq. 11)."""

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """x − σ·ε."""
        return x - sigma * output


@dataclass(frozen=True, slots=True)
class Velocity(Prediction):
    """The network predicts v = αn − βx0 (Salimans & Ho 2022, appendix D), for data of that spread (σ_data)."""

    spread: float = 1.0

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """x/√(σ² + σ_data²)."""
        return x * (1.0 / math.sqrt(sigma**2 + self.spread**2))

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """x·σ_data²/(σ² + σ_data²) − v·σ·σ_data/√(σ² + σ_data²)."""
        total = sigma**2 + self.spread**2
        return x * (self.spread**2 / total) - output * (sigma * self.spread / math.sqrt(total))


@dataclass(frozen=True, slots=True)
class Edm(Velocity):
    """The preconditioning of Karras et al. 2022 (table 1): as :class:`Velocity` with the other sign."""

    spread: float = 0.5

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """c_skip·x + c_out·F, c_skip = σ_data²/(σ² + σ_data²) and c_out = σ·σ_data/√(σ² + σ_data²)."""
        return Velocity.denoised(self, x, -output, sigma, timestep)


class Picture(Prediction):
    """The network predicts the picture itself."""

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        return output


class PictureToPicture(Picture):
    """As :class:`Picture`, for a network that is shown latents as they are."""

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        return x


@dataclass(frozen=True, slots=True)
class Consistency(Prediction):
    """A latent consistency model: eps-prediction under the condition that it is the identity at timestep 0.

    Luo et al. 2023, "Latent Consistency Models", eq. 9, with c_skip = σ_d²/(s² + σ_d²), c_out = s/√(s² + σ_d²) and
    s = 10·t.
    """

    spread: float = 0.5
    scale: float = 10.0

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """c_skip·x + c_out·(x − σ·ε)."""
        scaled = timestep * self.scale
        total = scaled**2 + self.spread**2
        return x * (self.spread**2 / total) + (x - sigma * output) * (scaled / math.sqrt(total))


class Flow(Prediction):
    """The network predicts the velocity n − x0 of a straight path from picture to noise (Liu et al. 2023)."""

    flow: ClassVar[bool] = True

    def scale_input(self, x: Tensor, sigma: float) -> Tensor:
        """x as it is: its variance is near 1 all along the path."""
        return x

    def denoised(self, x: Tensor, output: Tensor, sigma: float, timestep: float) -> Tensor:
        """x − σ·v."""
        return x - sigma * output

    def add_noise(self, latent: Tensor, noise: Tensor, sigma: float) -> Tensor:
        """(1 − σ)·x0 + σ·n."""
        return latent * (1.0 - sigma) + noise * sigma

    def start(self, latent: Tensor, noise: Tensor, sigma: float, *, at_top: bool) -> Tensor:
        """As :meth:`add_noise`."""
        return self.add_noise(latent, noise, sigma)

    def finish(self, x: Tensor, sigma: float) -> Tensor:
        """x/(1 − σ), so that adding noise up to σ again gives x back but for the noise. At σ = 1, x as it is."""
        return x / (1.0 - sigma) if 0.0 < sigma < 1.0 else x

    def alpha(self, sigma: float) -> float:
        return 1.0 - sigma


PredictionName = Literal["eps", "v"]
"""How a checkpoint may say what its network predicts."""

PREDICTIONS: Mapping[PredictionName, Prediction] = MappingProxyType({"eps": Eps(), "v": Velocity()})
