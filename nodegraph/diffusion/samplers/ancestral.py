"""The split of a step into going down too far and adding noise back, shared by the ancestral samplers.

Reference: Song et al. 2021, "Denoising Diffusion Implicit Models", eq. 16, in the variance-exploding frame, where
σ(η) there is up·1/√(1 + t²).
"""

import math


def ancestral_split(sigma: float, sigma_next: float, *, eta: float = 1.0) -> tuple[float, float]:
    """(down, up) with down² + up² = sigma_next²: step to ``down``, then add noise of standard deviation ``up``.

    η = 0 adds none; η = 1 adds as much as the DDPM posterior has.
    """
    up = min(sigma_next, eta * math.sqrt(sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2))
    return math.sqrt(max(sigma_next**2 - up**2, 0.0)), up
