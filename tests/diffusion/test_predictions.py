"""Every kind of prediction, read back: the answer of a perfect network gives the picture."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise_levels import FlowLevels
from nodegraph.diffusion.predictions import (
    Consistency,
    Edm,
    Eps,
    Flow,
    Picture,
    PictureToPicture,
    Prediction,
    Velocity,
)

SAMPLING = ModelSampling()


@given(st.floats(0.03, 14.6), st.integers(0, 2**32))
def test_the_answer_of_a_perfect_network_gives_the_picture(sigma: float, seed: int) -> None:
    stream = torch.Generator().manual_seed(seed)
    x0, noise = torch.randn(2, 1, 4, 3, 3, generator=stream, dtype=torch.float64)
    total, edm_total = math.hypot(1, sigma), math.hypot(0.5, sigma)
    answers: list[tuple[Prediction, torch.Tensor]] = [
        (Eps(), noise),
        (Velocity(), (noise - sigma * x0) / total),  # Salimans & Ho 2022, appendix D: α = 1/√(1 + σ²), β = ασ
        # Karras et al. 2022, eq. 8: F = (x0 − c_skip·x)/c_out
        (Edm(), (x0 - 0.25 / edm_total**2 * (x0 + sigma * noise)) / (sigma * 0.5 / edm_total)),
        (Picture(), x0),
        (PictureToPicture(), x0),
        (Flow(), noise - x0),
    ]
    for prediction, answer in answers:
        level = sigma / 15 if prediction.flow else sigma
        x = prediction.add_noise(x0, noise, level)
        torch.testing.assert_close(prediction.denoised(x, answer, level, 500.0), x0, msg=str(prediction))


@given(st.floats(0.05, 14.6))
def test_networks_are_shown_inputs_of_unit_variance(sigma: float) -> None:
    noise = torch.randn(20_000, generator=torch.Generator().manual_seed(0))
    data = torch.randn(20_000, generator=torch.Generator().manual_seed(1))
    for prediction, spread in ((Eps(), 1.0), (Velocity(), 1.0), (Edm(), 0.5)):
        shown = prediction.scale_input(prediction.add_noise(data * spread, noise, sigma), sigma)
        assert float(shown.std()) == pytest.approx(1.0, abs=0.03)


def test_a_consistency_model_is_the_identity_at_timestep_0() -> None:
    x, output = torch.randn(2, 1, 4, 2, 2, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(Consistency().denoised(x, output, 3.0, 0.0), x)
    torch.testing.assert_close(Consistency().denoised(x, output, 3.0, 999.0), x - 3 * output, atol=1e-3, rtol=1e-3)


def test_start_at_the_top_has_the_variance_of_a_noised_picture() -> None:
    latent, noise = torch.zeros(1, 4, 2, 2), torch.ones(1, 4, 2, 2)
    top = SAMPLING.levels.sigma_max
    assert float(SAMPLING.start(latent, noise, top).mean()) == pytest.approx(math.sqrt(1 + top**2))
    assert float(SAMPLING.start(latent, noise, top / 2).mean()) == pytest.approx(top / 2)


def test_a_flow_starts_as_a_mixture_and_ends_without_the_share_of_noise() -> None:
    flow = ModelSampling(Flow(), FlowLevels(3.0))
    latent, noise = torch.full((1, 4, 2, 2), 2.0), torch.ones(1, 4, 2, 2)
    assert float(flow.start(latent, noise, 1.0).mean()) == 1.0
    assert float(flow.start(latent, noise, 0.25).mean()) == pytest.approx(1.75)
    assert float(flow.finish(latent, 0.5).mean()) == 4.0
    assert float(flow.finish(latent, 0.0).mean()) == 2.0
    assert float(flow.finish(latent, 1.0).mean()) == 2.0
