"""From a picture back to the noise that it comes from: walking over levels that rise."""

from collections.abc import Callable

import pytest
import torch
from gaussian_pictures import GAUSSIAN, GAUSSIAN_FLOW, exact, levels
from torch import Tensor
from toy_model import prompt, toy_model

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.sample import SamplingError, sample
from nodegraph.diffusion.samplers.registry import SAMPLERS

RISING = [name for name, sampler in SAMPLERS.items() if sampler.rises]


def exact_flow(x: Tensor, sigma: float, sigma_next: float) -> Tensor:
    """A flow is exploding noise of strength σ/(1 − σ) on pictures that are 1 − σ as strong."""
    return exact(x / (1 - sigma), sigma / (1 - sigma), sigma_next / (1 - sigma_next)) * (1 - sigma_next)


@pytest.mark.parametrize("name", RISING)
@pytest.mark.parametrize(
    ("denoise", "solution", "high"), [(GAUSSIAN, exact, 10.0), (GAUSSIAN_FLOW, exact_flow, 0.9)], ids=["noise", "flow"]
)
def test_the_noise_is_found(
    name: str, denoise: Denoiser, solution: Callable[[Tensor, float, float], Tensor], high: float
) -> None:
    picture = torch.tensor([-3.0, 0.5, 2.0], dtype=torch.float64)
    noise = solution(picture, 0.02, high)

    def error(steps: int) -> float:
        x = picture
        for step in SAMPLERS[name].run(denoise, x, levels(0.02, high, steps), seed=0):
            x = step.x
        return float((x - noise).abs().max() / noise.abs().max())

    assert error(160) < max(0.7 * error(40), 1e-3)
    assert error(160) < 0.05


@pytest.mark.parametrize("name", sorted(set(SAMPLERS) - set(RISING)))
def test_who_only_walks_to_pictures_says_so(name: str) -> None:
    latent = torch.zeros(1, 4, 4, 6)
    said = f"sigmas rise, from 0.1 to 3, but {name} only walks from noise.* too walk: {', '.join(RISING)}\\."
    with pytest.raises(SamplingError, match=said):
        sample(
            toy_model(),
            gate=open_gate,
            noise=latent,
            latent=latent,
            guider=CfgGuider(None, prompt(0.5), prompt(0.0), 1.0),
            sampler=SAMPLERS[name],
            sigmas=torch.tensor([0.1, 1.0, 3.0]),
            seeds=[0],
        )
