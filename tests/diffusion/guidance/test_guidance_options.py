"""Options that change guidance, each against what defines it; every property holds for each item of a batch alone."""

import math
from dataclasses import replace

import pytest
import torch
from torch import Tensor

from nodegraph.diffusion.guidance.epsilon_scaling import EpsilonScaling
from nodegraph.diffusion.guidance.frequency_scaled import FrequencyScaling
from nodegraph.diffusion.guidance.mahiro import Mahiro
from nodegraph.diffusion.guidance.normed import NormedGuidance
from nodegraph.diffusion.guidance.projected import ProjectedGuidance
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.guidance.stages import GuidanceOption, Predicted, begin_stages
from nodegraph.diffusion.guidance.tangential import TangentialDamping
from nodegraph.diffusion.guidance.temporal_rescaling import TemporalRescaling
from nodegraph.diffusion.guidance.zero_star import ZeroStarGuidance

SIGMA = 3.0
OPTIONS: list[GuidanceOption] = [
    EpsilonScaling(1.1),
    FrequencyScaling(0.5, 1.5, 1),
    Mahiro(),
    NormedGuidance(0.9),
    ProjectedGuidance(0.5, 2.0, -0.5),
    RescaledGuidance(0.7),
    TangentialDamping(),
    TemporalRescaling(0.5, 2.0),
    ZeroStarGuidance(),
]


def step(cfg: float = 7.0, *, sigma: float = SIGMA, seed: int = 0) -> Predicted:
    x, cond, uncond = torch.randn(3, 2, 4, 6, 8, generator=torch.Generator().manual_seed(seed))
    return Predicted(x * 4, sigma, cond, uncond, cfg)


def nobody(*question: object, **more: object) -> Tensor:
    raise AssertionError("the network was asked once more")


def plain(given: Predicted) -> Tensor:
    return given.uncond + (given.cond - given.uncond) * given.cfg


def norms(x: Tensor) -> Tensor:
    return x.flatten(1).norm(dim=1)


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: type(option).__name__)
def test_items_of_a_batch_do_not_mix_and_inputs_are_left_alone(option: GuidanceOption) -> None:
    given = step()
    before = given.x.clone(), given.cond.clone(), given.uncond.clone()
    result = begin_stages([option], nobody)(given)
    for index in range(2):
        alone = replace(
            given,
            x=given.x[index : index + 1],
            cond=given.cond[index : index + 1],
            uncond=given.uncond[index : index + 1],
        )
        torch.testing.assert_close(
            begin_stages([option], nobody)(alone), result[index : index + 1], rtol=1e-4, atol=1e-4
        )
    assert all(torch.equal(*pair) for pair in zip((given.x, given.cond, given.uncond), before, strict=True))
    assert not torch.allclose(result, plain(given))


def test_what_is_no_option_of_guidance_is_passed_over() -> None:
    given = step()
    torch.testing.assert_close(begin_stages(["another option"], nobody)(given), plain(given))
    assert not begin_stages(["another option"], nobody)


def test_at_cfg_1_the_negative_leaves_no_trace() -> None:
    given = replace(step(1.0), uncond=torch.full_like(step().uncond, 1e4))
    assert torch.equal(begin_stages((), nobody)(given), given.cond)


def test_rescaled_guidance_at_its_limits() -> None:
    given = step()
    none, full = (begin_stages([RescaledGuidance(multiplier)], nobody)(given) for multiplier in (0.0, 1.0))
    torch.testing.assert_close(none, plain(given), rtol=1e-3, atol=1e-3)

    def spread(picture: Tensor) -> Tensor:
        v = (given.x / (SIGMA**2 + 1) - picture) * math.sqrt(SIGMA**2 + 1) / SIGMA
        return v.std(dim=(1, 2, 3))

    torch.testing.assert_close(spread(full), spread(given.cond), rtol=1e-3, atol=1e-3)


def test_projected_guidance_without_limits_adds_the_whole_difference_to_the_positive() -> None:
    given = step()
    result = begin_stages([ProjectedGuidance(1.0, 0.0, 0.0)], nobody)(given)
    expected = given.cond + (given.cond - given.uncond) * given.cfg
    torch.testing.assert_close(result, expected, rtol=1e-4, atol=1e-4)


def test_projected_guidance_with_eta_0_is_perpendicular_to_the_positive_and_not_too_long() -> None:
    given = step()
    added = begin_stages([ProjectedGuidance(0.0, 2.0, 0.0)], nobody)(given) - given.cond
    assert float((added * given.cond).flatten(1).sum(dim=1).abs().max()) < 1e-2
    assert float(norms(added).max()) <= 2.0 * given.cfg * (1 + 1e-5)


def test_momentum_adds_former_guidance_until_the_level_rises_again() -> None:
    stages = begin_stages([ProjectedGuidance(1.0, 0.0, -0.5)], nobody)
    first, second, third = step(sigma=3.0), step(sigma=2.0, seed=1), step(sigma=3.0, seed=2)

    def added(given: Predicted) -> Tensor:
        return (stages(given) - given.cond) / given.cfg

    once, twice, again = added(first), added(second), added(third)
    torch.testing.assert_close(once, first.cond - first.uncond, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(twice, second.cond - second.uncond - 0.5 * once, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(again, third.cond - third.uncond, rtol=1e-4, atol=1e-4)


def test_a_run_does_not_remember_another() -> None:
    option = ProjectedGuidance(1.0, 0.0, -0.5)
    results = []
    for _ in range(2):
        stages = begin_stages([option], nobody)
        stages(step(sigma=3.0))
        results.append(stages(step(sigma=2.0, seed=1)))
    assert torch.equal(*results)


def test_projected_guidance_at_cfg_0_is_the_negative() -> None:
    given = step(0.0)
    torch.testing.assert_close(begin_stages([ProjectedGuidance()], nobody)(given), given.uncond)


def test_tangential_damping_leaves_a_negative_that_is_parallel_to_the_positive() -> None:
    given = step()
    parallel = replace(given, uncond=given.x - 0.5 * (given.x - given.cond))
    torch.testing.assert_close(
        begin_stages([TangentialDamping()], nobody)(parallel), plain(parallel), rtol=1e-3, atol=1e-3
    )


def test_tangential_damping_shortens_the_noise_of_the_negative() -> None:
    given = step()
    (stage,) = begin_stages([TangentialDamping()], nobody).stages
    damped = stage.before(given)
    assert bool((norms(given.x - damped.uncond) <= norms(given.x - given.uncond) * (1 + 1e-5)).all())
    assert torch.equal(damped.cond, given.cond)


def test_tangential_damping_is_the_projection_onto_the_first_singular_vector() -> None:
    given = step()
    (stage,) = begin_stages([TangentialDamping()], nobody).stages
    damped = stage.before(given)
    for x, cond, uncond, result in zip(given.x, given.cond, given.uncond, damped.uncond, strict=True):
        rows = torch.stack([(x - uncond).flatten(), (x - cond).flatten()])
        shared = torch.linalg.svd(rows, full_matrices=False).Vh[0]
        torch.testing.assert_close((x - result).flatten(), (rows[0] @ shared) * shared, rtol=1e-4, atol=1e-4)


def test_zero_star_guides_against_the_negative_scaled_to_the_positive() -> None:
    given = step()
    noises = given.x - given.cond, given.x - given.uncond
    scale = (noises[0] * noises[1]).flatten(1).sum(1) / noises[1].square().flatten(1).sum(1)
    scaled = replace(given, uncond=given.uncond * scale.reshape(-1, 1, 1, 1))
    torch.testing.assert_close(begin_stages([ZeroStarGuidance()], nobody)(given), plain(scaled), rtol=1e-4, atol=1e-4)


def test_normed_guidance_is_nowhere_longer_than_the_positive() -> None:
    given = step()
    result = begin_stages([NormedGuidance(1.0)], nobody)(given)
    assert bool((result.norm(dim=1) <= given.cond.norm(dim=1) * (1 + 1e-4)).all())
    torch.testing.assert_close(begin_stages([NormedGuidance(0.5)], nobody)(given), result * 0.5)


def test_mahiro_is_plain_guidance_where_there_is_nothing_to_lean_to() -> None:
    given = step()
    same = replace(given, uncond=given.cond)  # plain guidance is cond; the lean is cond·cfg
    result = begin_stages([Mahiro()], nobody)(same)
    assert bool((norms(result) >= norms(given.cond) * (1 - 1e-5)).all())
    # Similarity 1 gives a share of 4 of 4 to the guidance.
    torch.testing.assert_close(result, given.cond, rtol=1e-3, atol=1e-3)


def test_epsilon_scaling_divides_the_noise() -> None:
    given = step()
    result = begin_stages([EpsilonScaling(1.25)], nobody)(given)
    torch.testing.assert_close((given.x - result) * 1.25, given.x - plain(given), rtol=1e-4, atol=1e-4)


def test_frequencies_of_the_guidance_are_weighed_by_themselves() -> None:
    given = step()
    waves = torch.cos(torch.pi * torch.arange(8.0)).expand(2, 4, 6, 8)  # the highest frequency along x
    coarse = replace(given, cond=given.uncond + 1.0)
    fine = replace(given, cond=given.uncond + waves)
    weighed = begin_stages([FrequencyScaling(0.5, 2.0, 2)], nobody)
    torch.testing.assert_close(weighed(coarse) - given.uncond, torch.full_like(waves, 0.5 * given.cfg))
    torch.testing.assert_close(weighed(fine) - given.uncond, waves * 2.0 * given.cfg, rtol=1e-4, atol=1e-4)
    small = begin_stages([FrequencyScaling(1.0, 9.0, 20)], nobody)  # nothing is high in so small a latent
    torch.testing.assert_close(small(fine), plain(fine), rtol=1e-4, atol=1e-4)


def test_temporal_rescaling_scales_the_noise_late_and_by_k_at_most() -> None:
    def factor(sigma: float, k: float = 0.5) -> float:
        given = step(sigma=sigma)
        noise = given.x - begin_stages([TemporalRescaling(k, 2.0)], nobody)(given)
        return float((noise / (given.x - plain(given))).median())

    assert factor(1e4) == pytest.approx(1.0, abs=1e-4)
    assert factor(1e-4) == pytest.approx(0.5, abs=1e-3)
    assert factor(2.0) == pytest.approx(2.0 / 3.0, rel=1e-3)  # (1 + 1)/(1/k + 1)
    assert factor(2.0, 1.0) == pytest.approx(1.0, abs=1e-4)
