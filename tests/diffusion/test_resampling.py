import pytest
import torch

from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise_levels import AngleLevels, LogLevels
from nodegraph.diffusion.predictions import Consistency, Eps, Velocity
from nodegraph.diffusion.resampling import (
    ContinuousSampling,
    DiscreteSampling,
    NoiseScale,
    SamplingOptionError,
    resampled,
)

SAMPLING = ModelSampling()


def test_the_last_option_holds() -> None:
    options = [DiscreteSampling("v_prediction"), "another option", DiscreteSampling("eps", zsnr=True)]
    changed = resampled(SAMPLING, options)
    assert isinstance(changed.prediction, Eps)
    assert changed.levels.sigma_max > 4000
    assert resampled(SAMPLING, []) is SAMPLING


def test_a_consistency_model_knows_fifty_levels() -> None:
    changed = DiscreteSampling("lcm").resampled(SAMPLING)
    assert isinstance(changed.prediction, Consistency)
    assert len(changed.levels.sigmas) == 50
    assert changed.levels.timestep(changed.levels.sigma_max) == 999


@pytest.mark.parametrize(("kind", "levels"), [("v_prediction", LogLevels), ("angle", AngleLevels)])
def test_continuous_levels_lie_between_the_ends(kind: str, levels: type[LogLevels]) -> None:
    changed = ContinuousSampling(kind, 120.0, 0.002).resampled(SAMPLING)
    assert type(changed.levels) is levels
    assert isinstance(changed.prediction, Velocity)
    assert (changed.levels.sigma_min, changed.levels.sigma_max) == (0.002, 120.0)
    assert torch.equal(changed.levels.sigmas, levels(0.002, 120.0).sigmas)


def test_ends_that_cross_and_families_that_are_not_here_are_refused() -> None:
    with pytest.raises(SamplingOptionError, match="sigma_min is 3"):
        ContinuousSampling("eps", 2.0, 3.0).resampled(SAMPLING)
    with pytest.raises(SamplingOptionError, match=r"cosmos_rflow.*v_prediction, edm, eps"):
        ContinuousSampling("cosmos_rflow", 80.0, 0.002).resampled(SAMPLING)


def test_noise_is_scaled_where_it_is_mixed_with_a_picture() -> None:
    scaled = resampled(SAMPLING, [NoiseScale(5.0), NoiseScale(2.0)])  # the last holds
    picture, noise = torch.randn(2, 1, 4, 3, 3, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(scaled.add_noise(picture, noise, 3.0), SAMPLING.add_noise(picture, noise * 2, 3.0))
    for sigma in (3.0, SAMPLING.levels.sigma_max):
        torch.testing.assert_close(scaled.start(picture, noise, sigma), SAMPLING.start(picture, noise * 2, sigma))
    assert scaled.levels is SAMPLING.levels
