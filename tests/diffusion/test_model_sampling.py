import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model_sampling import ModelSampling

SAMPLING = ModelSampling()


def test_table_of_stable_diffusion() -> None:
    beta_0 = 0.00085
    assert len(SAMPLING.sigmas) == 1000
    assert pytest.approx(math.sqrt(beta_0 / (1 - beta_0)), rel=1e-6) == SAMPLING.sigma_min
    assert pytest.approx(14.614642, abs=1e-5) == SAMPLING.sigma_max
    assert bool((SAMPLING.sigmas.diff() > 0).all())


@given(st.integers(0, 999))
def test_timestep_inverts_sigma(timestep: int) -> None:
    assert SAMPLING.timestep(float(SAMPLING.sigma(timestep))) == timestep


@given(st.floats(0, 999), st.floats(0, 999))
def test_sigma_rises_with_the_timestep(one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert float(SAMPLING.sigma(low)) <= float(SAMPLING.sigma(high)) * (1 + 1e-5)


@pytest.mark.parametrize(("timestep", "nearest"), [(832.5, 833), (499.5, 500), (166.5, 166)])
def test_levels_halfway_between_timesteps_round_as_in_the_field(timestep: float, nearest: int) -> None:
    assert SAMPLING.timestep(float(SAMPLING.sigma(timestep))) == nearest


def test_percent() -> None:
    assert SAMPLING.percent_to_sigma(0.0) > 1e8
    assert SAMPLING.percent_to_sigma(1.0) == 0.0
    assert SAMPLING.percent_to_sigma(0.5) == pytest.approx(float(SAMPLING.sigma(499.5)))


@given(st.floats(0.03, 14.6), st.integers(0, 2**32))
def test_v_prediction_equals_eps_prediction_of_the_same_picture(sigma: float, seed: int) -> None:
    stream = torch.Generator().manual_seed(seed)
    x0, noise = torch.randn(2, 1, 4, 3, 3, generator=stream, dtype=torch.float64)
    x = x0 + sigma * noise
    alpha, spread = 1 / math.sqrt(1 + sigma**2), sigma / math.sqrt(1 + sigma**2)
    velocity = alpha * noise - spread * x0  # Salimans & Ho 2022, appendix D
    from_eps = ModelSampling("eps").denoised(x, noise, sigma)
    from_v = ModelSampling("v").denoised(x, velocity, sigma)
    torch.testing.assert_close(from_eps, x0)
    torch.testing.assert_close(from_v, x0)


def test_start_at_the_top_has_the_variance_of_a_noised_picture() -> None:
    latent, noise = torch.zeros(1, 4, 2, 2), torch.ones(1, 4, 2, 2)
    top = SAMPLING.sigma_max
    assert float(SAMPLING.start(latent, noise, top).mean()) == pytest.approx(math.sqrt(1 + top**2))
    assert float(SAMPLING.start(latent, noise, top / 2).mean()) == pytest.approx(top / 2)


def test_preview_is_a_small_picture() -> None:
    picture = SD15.preview(torch.zeros(2, 4, 5, 7))
    assert picture.shape == (5, 7, 3)
    assert picture.dtype == torch.uint8
    assert bool((picture == 127).all())
    red = torch.zeros(1, 4, 1, 1)
    red[:, 0] = 1.0
    assert SD15.preview(red).flatten().tolist() == [int((f + 1) / 2 * 255) for f in (0.3512, 0.2297, 0.3227)]


def test_latent_scale_round_trip() -> None:
    samples = torch.randn(1, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(SD15.process_out(SD15.process_in(samples)), samples)
    assert float(SD15.process_in(torch.ones(1))) == pytest.approx(0.18215)
