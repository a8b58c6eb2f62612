import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy_model import prompt, toy_model

from nodegraph.diffusion.conditioning import Conditioning, ConditioningError, fit_mask, to_batch
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance import RescaledGuidance, guide, rescaled_guidance
from nodegraph.diffusion.model import DiffusionModel

SHAPE = (2, 4, 8, 16)
X = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
# A level of the table, so that the toy network reads it back exactly.
SIGMA = float(toy_model().sampling.levels.sigmas[400])


def denoise(
    positive: Conditioning, negative: Conditioning, cfg: float = 1.0, model: DiffusionModel | None = None
) -> torch.Tensor:
    guided = guide(model or toy_model(), gate=open_gate, positive=positive, negative=negative, cfg=cfg, shape=SHAPE)
    return guided(X, SIGMA)


def expect(actual: torch.Tensor, expected: torch.Tensor | float) -> None:
    torch.testing.assert_close(actual, torch.as_tensor(expected).expand_as(actual), rtol=1e-4, atol=1e-4)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(0, 12))
def test_guidance_exaggerates_the_difference(cond: float, uncond: float, cfg: float) -> None:
    expect(denoise(prompt(cond), prompt(uncond), cfg), uncond + (cond - uncond) * cfg)


def test_both_go_through_the_network_in_one_call() -> None:
    model = toy_model()
    denoise(prompt(1.0), prompt(0.0), 7.0, model)
    assert model.network.calls == [((4, 4, 8, 16), (4, 3, 6))]


def test_without_memory_for_a_batch_each_goes_by_itself() -> None:
    model = toy_model()
    tried: list[int] = []

    def small_device(x: torch.Tensor, timesteps: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        tried.append(len(x))
        if len(x) > 2:
            raise torch.OutOfMemoryError
        return model.network(x, timesteps, context)

    guided = guide(
        replace(model, network=small_device),
        gate=open_gate,
        positive=prompt(1.0),
        negative=prompt(0.5),
        cfg=2.0,
        shape=SHAPE,
    )
    for _ in range(2):
        expect(guided(X, SIGMA), 1.5)
    assert tried == [4, 2, 2, 2, 2]


def test_cfg_1_leaves_the_negative_out() -> None:
    model = toy_model()
    expect(denoise(prompt(1.0), prompt(5.0), 1.0, model), 1.0)
    assert model.network.calls == [((2, 4, 8, 16), (2, 3, 6))]


def test_contexts_are_repeated_to_a_common_length() -> None:
    model = toy_model()
    expect(denoise(prompt(1.0, tokens=2), prompt(0.0, tokens=3), 2.0, model), 2.0)
    assert model.network.calls == [((4, 4, 8, 16), (4, 6, 6))]


def test_contexts_with_no_modest_common_length_go_separately() -> None:
    model = toy_model()
    expect(denoise(prompt(1.0, tokens=7), prompt(0.0, tokens=11), 2.0, model), 2.0)
    assert len(model.network.calls) == 2


def test_entries_are_averaged_by_strength() -> None:
    both = [*prompt(1.0, strength=3.0), *prompt(0.0, strength=1.0)]
    expect(denoise(both, prompt(0.0)), 0.75)


@given(st.floats(0.1, 10))
def test_the_strength_of_a_single_entry_does_not_matter(strength: float) -> None:
    expect(denoise(prompt(1.0, strength=strength), prompt(0.0)), 1.0)


def test_an_area_fades_into_the_rest() -> None:
    # Right half, 8 by 8: 2 cells of ramp at its left border, none at the picture's edges.
    both = [*prompt(0.0), *prompt(1.0, area=(8, 8, 0, 8))]
    column = torch.tensor([0.0] * 8 + [0.5 / 1.5, 0.5] + [0.5] * 6)
    expect(denoise(both, prompt(0.0)), column)


def test_each_side_of_an_area_fades_by_its_own_length() -> None:
    # 8 high and 4 wide, at no edge of the picture: ramps of 2 rows and of 1 column.
    shape = (1, 4, 16, 16)
    guided = guide(
        toy_model(),
        gate=open_gate,
        positive=[*prompt(0.0), *prompt(1.0, area=(8, 4, 4, 8))],
        negative=prompt(0.0),
        cfg=1.0,
        shape=shape,
    )
    answer = guided(torch.zeros(shape), SIGMA)[0, 0]
    expect(answer[4:12, 9], torch.tensor([0.5 / 1.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5 / 1.5]))
    expect(answer[8, 8:12], 0.5)


def test_an_area_in_percent_is_the_area_in_cells() -> None:
    cells = [*prompt(0.0), *prompt(1.0, area=(4, 8, 2, 4))]
    percent = [*prompt(0.0), *prompt(1.0, area=("percentage", 0.5, 0.5, 0.25, 0.25))]
    expect(denoise(percent, prompt(0.0)), denoise(cells, prompt(0.0)))


def test_outside_all_areas_the_prediction_is_zero() -> None:
    answer = denoise(prompt(1.0, area=(8, 8, 0, 0)), prompt(0.0))
    expect(answer[..., :8], 1.0)
    expect(answer[..., 8:], 0.0)


def test_guidance_in_an_area_compares_predictions_of_that_area() -> None:
    model = toy_model()
    denoise([*prompt(0.0), *prompt(1.0, area=(8, 8, 0, 8))], prompt(0.0), 2.0, model)
    # Two of the whole and two of the area: the negative has its counterpart there.
    assert sorted(shape for shape, _ in model.network.calls) == [(4, 4, 8, 8), (4, 4, 8, 16)]


def test_an_area_has_one_counterpart() -> None:
    model = toy_model()
    denoise([*prompt(0.0, area=(8, 8, 0, 8)), *prompt(1.0, area=(8, 8, 0, 8))], prompt(0.0), 2.0, model)
    assert sorted(shape for shape, _ in model.network.calls) == [(2, 4, 8, 16), (6, 4, 8, 8)]


def test_a_mask_weighs_cell_by_cell() -> None:
    mask = torch.zeros(1, 8, 16)
    mask[..., :4] = 1.0
    both = [*prompt(0.0), *prompt(1.0, mask=mask, mask_strength=1.0)]
    expect(denoise(both, prompt(0.0)), torch.tensor([0.5] * 4 + [0.0] * 12))


def test_a_mask_can_bound_its_area() -> None:
    model = toy_model()
    mask = torch.zeros(1, 64, 128)
    mask[..., 16:48, 32:64] = 1.0
    both = [*prompt(0.0), *prompt(1.0, mask=mask, set_area_to_bounds=True)]
    denoise(both, prompt(0.0), 1.0, model)
    assert ((2, 4, 4, 4), (2, 3, 6)) in model.network.calls


def test_an_empty_mask_that_bounds_its_area_is_left_out() -> None:
    both = [*prompt(0.25), *prompt(1.0, mask=torch.zeros(1, 8, 16), set_area_to_bounds=True)]
    expect(denoise(both, prompt(0.0)), 0.25)


def test_entries_hold_for_their_part_of_the_run() -> None:
    model = toy_model()
    early, late = prompt(1.0, end_percent=0.5), prompt(-1.0, start_percent=0.5)
    guided = guide(model, gate=open_gate, positive=[*early, *late], negative=prompt(0.0), cfg=1.0, shape=SHAPE)
    table = model.sampling.levels.sigmas
    expect(guided(X, float(table[900])), 1.0)
    expect(guided(X, float(table[100])), -1.0)


def test_rescaled_guidance_at_its_limits() -> None:
    stream = torch.Generator().manual_seed(0)
    x, cond, uncond = torch.randn(3, 2, 4, 8, 8, generator=stream)
    plain = rescaled_guidance(x, cond, uncond, SIGMA, cfg=7.0, multiplier=0.0)
    torch.testing.assert_close(plain, uncond + (cond - uncond) * 7.0, rtol=1e-3, atol=1e-3)

    full = rescaled_guidance(x, cond, uncond, SIGMA, cfg=7.0, multiplier=1.0)

    def spread(picture: torch.Tensor) -> torch.Tensor:
        v = (x / (SIGMA**2 + 1) - picture) * math.sqrt(SIGMA**2 + 1) / SIGMA
        return v.std(dim=(1, 2, 3))

    torch.testing.assert_close(spread(full), spread(cond), rtol=1e-3, atol=1e-3)


def test_the_models_option_turns_rescaling_on() -> None:
    mask = torch.zeros(1, 8, 16)
    mask[..., :4] = 1.0
    uneven = [*prompt(0.0), *prompt(5.0, mask=mask)]
    plain = denoise(uneven, prompt(0.2), 7.0, toy_model())
    cond, uncond = denoise(uneven, prompt(0.2)), denoise(prompt(0.2), prompt(0.0))
    for multiplier in (0.0, 0.7):
        expected = rescaled_guidance(X, cond, uncond, SIGMA, cfg=7.0, multiplier=multiplier)
        expect(denoise(uneven, prompt(0.2), 7.0, toy_model(RescaledGuidance(multiplier))), expected)
        assert torch.allclose(plain, expected, rtol=1e-3, atol=1e-3) == (multiplier == 0.0)


@pytest.mark.parametrize(
    ("conditioning", "message"),
    [
        ([], "empty list"),
        ([(torch.zeros(1, 3, 7), {})], "7 wide.*takes 6"),
        ([(torch.zeros(3, 6), {})], "batch, tokens, width"),
        (prompt(1.0, area=(4, 4, 0, 16)), "outside the latent"),
        (prompt(1.0, area=(0, 4, 0, 0)), "outside the latent"),
    ],
)
def test_conditioning_that_does_not_fit_is_refused(conditioning: Conditioning, message: str) -> None:
    with pytest.raises(ConditioningError, match=message):
        denoise(conditioning, prompt(0.0))


@given(st.integers(1, 5), st.integers(1, 9))
def test_batches_are_repeated_in_turn(items: int, batch: int) -> None:
    values = torch.arange(items).reshape(items, 1)
    assert to_batch(values, batch).flatten().tolist() == [i % items for i in range(batch)]


@pytest.mark.parametrize("shape", [(8, 16), (1, 8, 16), (2, 8, 16), (2, 1, 8, 16)])
def test_masks_of_any_rank_fit(shape: tuple[int, ...]) -> None:
    fitted = fit_mask(torch.ones(shape), 4, 4)
    assert fitted.shape[1:] == (1, 4, 4)
    expect(fitted, 1.0)


def test_regions_of_a_batch_of_contexts() -> None:
    contexts = torch.stack([torch.full((3, 6), 1.0), torch.full((3, 6), -1.0)])
    answer = denoise([(contexts, {})], prompt(0.0))
    expect(answer[0], 1.0)
    expect(answer[1], -1.0)
