"""The split of a step into going down too far and adding noise back, shared by the ancestral samplers.

References: Song et al. 2021, "Denoising Diffusion Implicit Models", eq. 16, in the variance-exploding frame, where
σ(η) there is up·1/√(1 + t²). For flows: the field's rule, which takes the share of the noise level that is replaced
as proportional to η.
"""

import math


def ancestral_split(sigma: float, sigma_next: float, *, eta: float = 1.0) -> tuple[float, float]:
    """(down, up) with down² + up² = sigma_next²: step to ``down``, then add noise of standard deviation ``up``.

    η = 0 adds none, also where levels rise; η = 1 adds as much as the DDPM posterior has.
    """
    if eta == 0:
        return sigma_next, 0.0
    up = min(sigma_next, eta * math.sqrt(sigma_next**2 * (sigma**2 - sigma_next**2) / sigma**2))
    return math.sqrt(max(sigma_next**2 - up**2, 0.0)), up


def flow_ancestral_split(sigma: float, sigma_next: float, *, eta: float = 1.0) -> tuple[float, float, float]:
    """(down, scale, up): step to ``down``, multiply by ``scale``, add noise of standard deviation ``up``.

    down = t·(1 + (t/s − 1)·η). The scale gives the picture the share 1 − t that it has at t, the noise makes up what
    is then missing of t². At t = 0 there is nothing to add.
    """
    down = sigma_next * (1.0 + (sigma_next / sigma - 1.0) * eta)
    scale = (1.0 - sigma_next) / (1.0 - down)
    return down, scale, math.sqrt(max(sigma_next**2 - (down * scale) ** 2, 0.0))
