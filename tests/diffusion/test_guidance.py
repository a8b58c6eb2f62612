from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from toy_model import prompt, toy_model

from nodegraph.diffusion.conditioning import Conditioning, ConditioningError, fit_mask, to_batch
from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import (
    BasicGuider,
    CfgGuider,
    DualCfgGuider,
    DualModelGuider,
    Guider,
    PerpNegGuider,
    UnlikeModelsError,
)
from nodegraph.diffusion.guidance.network_answers import prepare_questions
from nodegraph.diffusion.guidance.normed import NormedGuidance
from nodegraph.diffusion.guidance.perpendicular import PerpendicularNegative
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.guidance.strength_override import StrengthOverride
from nodegraph.diffusion.model import DiffusionModel

SHAPE = (2, 4, 8, 16)
X = torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))
# A level of the table, so that the toy network reads it back exactly.
SIGMA = float(toy_model().sampling.levels.sigmas[400])


def denoise(
    positive: Conditioning, negative: Conditioning, cfg: float = 1.0, model: DiffusionModel | None = None
) -> torch.Tensor:
    return led(CfgGuider(None, positive, negative, cfg), model)(X, SIGMA)


def led(guider: Guider[None], model: DiffusionModel | None = None, shape: Sequence[int] = SHAPE) -> Denoiser:
    return guide(guider, model or toy_model(), gate=open_gate, shape=shape)


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

    guided = led(CfgGuider(None, prompt(1.0), prompt(0.5), 2.0), replace(model, network=small_device))
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
    guided = led(BasicGuider(None, [*prompt(0.0), *prompt(1.0, area=(8, 4, 4, 8))]), shape=shape)
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


def left_half(value: float = 1.0) -> torch.Tensor:
    mask = torch.zeros(1, 8, 16)
    mask[..., :8] = value
    return mask


def test_a_default_entry_fills_what_the_others_leave() -> None:
    both = [*prompt(1.0, mask=left_half()), *prompt(0.5, default=True)]
    expect(denoise(both, prompt(0.0)), torch.tensor([1.0] * 8 + [0.5] * 8))
    soft = [*prompt(1.0, mask=left_half(0.25)), *prompt(0.0, default=True)]
    expect(denoise(soft, prompt(0.0)), torch.tensor([0.25] * 8 + [0.0] * 8))


def test_a_default_entry_with_nothing_to_fill_is_not_asked() -> None:
    model = toy_model()
    expect(denoise([*prompt(1.0), *prompt(0.5, default=True)], prompt(0.0), model=model), 1.0)
    assert model.network.calls == [((2, 4, 8, 16), (2, 3, 6))]


def test_a_default_entry_fills_all_while_no_other_is_in_force() -> None:
    both = [*prompt(1.0, end_percent=0.1), *prompt(0.5, default=True)]
    expect(denoise(both, prompt(0.0)), 0.5)


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
    guided = led(BasicGuider(None, [*early, *late]), model)
    table = model.sampling.levels.sigmas
    expect(guided(X, float(table[900])), 1.0)
    expect(guided(X, float(table[100])), -1.0)


def test_an_option_of_the_model_changes_guidance_and_asks_for_the_negative_at_cfg_1_too() -> None:
    model = toy_model(NormedGuidance(0.5), RescaledGuidance(0.0))
    expect(denoise(prompt(1.0), prompt(0.0), 7.0, model), 0.5)
    expect(denoise(prompt(1.0), prompt(0.0), 1.0, model), 0.5)
    assert model.network.calls == [((4, 4, 8, 16), (4, 3, 6))] * 2


def test_of_options_that_combine_the_last_holds() -> None:
    mask = torch.zeros(1, 8, 16)
    mask[..., :4] = 1.0
    uneven = [*prompt(0.0), *prompt(5.0, mask=mask)]
    weak, strong = RescaledGuidance(0.2), RescaledGuidance(0.7)
    one, other, both = (
        denoise(uneven, prompt(0.2), 7.0, toy_model(*options)) for options in ([strong], [weak], [weak, strong])
    )
    assert torch.equal(both, one)
    assert not torch.allclose(both, other)


def test_a_basic_guider_follows_its_prompt_with_one_answer() -> None:
    model = toy_model()
    guided = led(BasicGuider(None, prompt(0.75)), model)
    expect(guided(X, SIGMA), 0.75)
    denoised, avoided = guided.both(X, SIGMA)
    assert torch.equal(denoised, avoided)
    assert {shapes[0][0] for shapes in model.network.calls} == {2}


def test_both_tells_what_the_negative_alone_predicts() -> None:
    for cfg in (1.0, 7.0):
        denoised, avoided = led(CfgGuider(None, prompt(1.0), prompt(0.25), cfg)).both(X, SIGMA)
        expect(denoised, 0.25 + 0.75 * cfg)
        expect(avoided, 0.25)


@given(st.floats(-2, 2), st.floats(-2, 2), st.floats(-2, 2), st.floats(0, 12), st.floats(0, 12))
def test_two_prompts_have_a_strength_each(
    first: float, second: float, negative: float, cfg: float, other: float
) -> None:
    prompts = prompt(first), prompt(second), prompt(negative)
    regular, nested = (
        led(DualCfgGuider(None, *prompts, cfg, other, style))(X, SIGMA) for style in ("regular", "nested")
    )
    tolerance = {"rtol": 1e-3, "atol": 1e-3 * (1 + cfg) * (1 + other)}
    expected = negative + (second - negative) * other + (first - second) * cfg
    torch.testing.assert_close(regular, torch.full_like(regular, expected), **tolerance)
    expected = negative + (second + (first - second) * cfg - negative) * other
    torch.testing.assert_close(nested, torch.full_like(nested, expected), **tolerance)


def test_a_negative_along_the_positive_has_no_effect_and_one_across_it_has_all() -> None:
    left, right = torch.zeros(1, 8, 16), torch.zeros(1, 8, 16)
    left[..., :8], right[..., 8:] = 1.0, 1.0
    towards, across = ([*prompt(1.0, mask=mask), *prompt(0.0, mask=1 - mask)] for mask in (left, right))
    along = led(PerpNegGuider(None, towards, prompt(0.0), towards, 3.0, 2.0))(X, SIGMA)
    expect(along, 3.0 * left)
    perpendicular = led(PerpNegGuider(None, towards, prompt(0.0), across, 3.0, 2.0))(X, SIGMA)
    expect(perpendicular, 3.0 * left - 6.0 * right)


def test_a_positive_like_the_empty_prompt_is_no_division_by_zero() -> None:
    expect(led(PerpNegGuider(None, prompt(1.0), prompt(1.0), prompt(0.5), 3.0, 1.0))(X, SIGMA), 1.0 + 0.5 * 3.0)


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


def test_as_an_option_of_a_model_the_perpendicular_negative_is_the_guiders() -> None:
    mask = torch.zeros(1, 8, 16)
    mask[..., :8] = 1.0
    towards = [*prompt(1.0, mask=mask), *prompt(0.25, mask=1 - mask)]
    away = prompt(0.75)
    option = PerpendicularNegative(prompt(0.0), 0.5)
    patched = led(CfgGuider(None, towards, away, 3.0), toy_model(option))(X, SIGMA)
    expect(patched, led(PerpNegGuider(None, towards, prompt(0.0), away, 3.0, 0.5))(X, SIGMA))


def test_another_strength_holds_on_a_part_of_the_way_and_leaves_the_negative_out_where_it_is_1() -> None:
    model = toy_model(StrengthOverride(1.0, 0.0, 0.5), StrengthOverride(2.0, 0.4, 0.5))
    guided = led(CfgGuider(None, prompt(1.0), prompt(0.25), 7.0), model)
    early, both, late = (float(model.sampling.levels.sigmas[index]) for index in (900, 550, 100))
    expect(guided(X, early), 1.0)
    assert [shapes[0][0] for shapes in model.network.calls] == [2]
    expect(guided(X, both), 0.25 + 0.75 * 2.0)  # of two the last
    expect(guided(X, late), 0.25 + 0.75 * 7.0)
    expect(guided.both(X, early)[1], 0.25)
    expect(led(BasicGuider(None, prompt(1.0)), model)(X, early), 1.0)


def test_another_model_predicts_the_negative() -> None:
    model, worse = toy_model(), toy_model()

    def darker(x: torch.Tensor, timesteps: torch.Tensor, context: torch.Tensor) -> torch.Tensor:
        return worse.network(x, timesteps, context - 0.5)

    other = replace(worse, network=darker)
    guided = led(DualModelGuider(model, prompt(1.0), prompt(1.0), 3.0, other), model)
    expect(guided(X, SIGMA), 0.5 + 0.5 * 3.0)
    expect(guided.both(X, SIGMA)[1], 0.5)
    expect(led(DualModelGuider(model, prompt(1.0), prompt(0.25), 3.0, model), model)(X, SIGMA), 0.25 + 0.75 * 3.0)
    worse.network.calls.clear()
    expect(led(DualModelGuider(model, prompt(1.0), prompt(1.0), 1.0, other), model)(X, SIGMA), 1.0)
    assert worse.network.calls == []


def test_another_model_predicts_the_counterparts_of_areas_too() -> None:
    model, worse = toy_model(), toy_model()
    both = [*prompt(0.0), *prompt(1.0, area=(8, 8, 0, 8))]
    led(DualModelGuider(model, both, prompt(0.5), 2.0, worse), model)(X, SIGMA)
    for network in (model.network, worse.network):
        assert [called for called, _ in network.calls] == [(2, 4, 8, 16), (2, 4, 8, 8)]


def test_a_counterpart_sees_beside_the_latent_what_its_lender_sees() -> None:
    model = replace(toy_model(), beside="picture")
    shown = torch.arange(8.0 * 16).reshape(1, 1, 8, 16).expand(1, 4, 8, 16)
    _, whole = prepare_questions(
        {"positive": prompt(1.0, area=(4, 8, 2, 4)), "negative": prompt(0.0, concat_latent_image=shown)},
        [model, model],
        SHAPE,
    )
    counterpart = whole[1].beside
    assert counterpart is not None
    assert torch.equal(counterpart, shown[..., 2:6, 4:12].expand(2, 4, 4, 8))


def test_models_of_unlike_latents_do_not_guide_each_other() -> None:
    model = toy_model()
    other = replace(model, latent=replace(model.latent, scale=2.0))
    with pytest.raises(UnlikeModelsError, match="model_negative"):
        led(DualModelGuider(model, prompt(1.0), prompt(1.0), 3.0, other), model)


def test_what_two_models_name_is_loaded_once_if_it_is_the_same() -> None:
    loads: list[str] = []

    def load(name: str) -> int:
        loads.append(name)
        return len(loads)

    same = DualModelGuider("a", prompt(1.0), prompt(0.0), 3.0, "a").with_models(load)
    two = DualModelGuider("a", prompt(1.0), prompt(0.0), 3.0, "b").with_models(load)
    assert (same.model, same.negative_model, two.model, two.negative_model) == (1, 1, 2, 3)
    assert loads == ["a", "a", "b"]
