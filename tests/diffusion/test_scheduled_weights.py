"""Strengths by keyframes, over the way and over noise levels, and how many networks are made for them."""

import pytest
from toy_model import prompt, toy_model

from nodegraph.diffusion.conditioning import ConditioningError, prepare_regions
from nodegraph.diffusion.scheduled_weights import (
    UNSCHEDULED,
    EncoderRange,
    Keyframe,
    NetworkSwitch,
    WeightHook,
    Weights,
    combined_hooks,
    encoder_ranges,
    weight_schedule,
    with_added,
)


def sigma_of(percent: float) -> float:
    """Noise levels that fall from 10 to 0."""
    return 10.0 * (1.0 - percent)


def hook(change: str = "a", *keyframes: tuple[float, float], strength: float = 2.0) -> WeightHook:
    return WeightHook(change, strength, 0.5, tuple(Keyframe(*keyframe) for keyframe in keyframes))


def strengths(*hooks: WeightHook, at: tuple[float, ...]) -> list[Weights]:
    schedule = weight_schedule(hooks, sigma_of)
    return [schedule.at(sigma) for sigma in at]


def test_without_keyframes_a_strength_holds_everywhere() -> None:
    assert strengths(hook(), at=(1e9, 5.0, 0.0)) == [(("a", 2.0),)] * 3
    assert strengths(at=(5.0,)) == [()]


def test_a_keyframe_holds_from_its_start_to_the_next() -> None:
    halves = hook("a", (0.0, 1.0), (0.5, 0.25))
    assert strengths(halves, at=(10.0, 5.1)) == [(("a", 2.0),)] * 2
    assert strengths(halves, at=(5.0, 0.0)) == [(("a", 0.5),)] * 2


def test_before_the_first_keyframe_its_strength_holds_already() -> None:
    assert strengths(hook("a", (0.6, 0.5)), at=(10.0, 0.0)) == [(("a", 1.0),)] * 2


def test_of_keyframes_with_one_start_the_later_given_holds() -> None:
    frames = with_added((Keyframe(0.5, 1.0), Keyframe(0.7, 3.0)), Keyframe(0.5, 2.0), Keyframe(0.0, 0.0))
    assert [frame.strength for frame in frames] == [0.0, 1.0, 2.0, 3.0]
    assert WeightHook("a", 1.0, 1.0, frames).multiplier(0.5) == 2.0


def test_changes_without_strength_are_none() -> None:
    late = hook("late", (0.0, 0.0), (0.5, 1.0))
    assert strengths(hook(), late, at=(10.0, 5.0)) == [(("a", 2.0),), (("a", 2.0), ("late", 2.0))]
    assert strengths(hook(strength=0.0), at=(5.0,)) == [()]


def test_the_same_hook_come_by_two_ways_counts_once() -> None:
    assert combined_hooks((hook("a"), hook("b")), None, (hook("a"), hook("a", strength=1.0))) == (
        hook("a"),
        hook("b"),
        hook("a", strength=1.0),
    )


def test_a_prompt_is_encoded_once_for_each_range_with_other_strengths() -> None:
    late = hook("late", (0.0, 0.0), (0.25, 0.0), (0.5, 1.0), (1.0, 9.0))
    assert encoder_ranges((), scheduled=True) == [EncoderRange(0.0, 1.0, ())]
    assert encoder_ranges((hook(), late), scheduled=False) == [EncoderRange(0.0, 1.0, (("a", 0.5),))]
    assert encoder_ranges((hook(), late), scheduled=True) == [
        EncoderRange(0.0, 0.5, (("a", 0.5),)),
        EncoderRange(0.5, 1.0, (("a", 0.5), ("late", 0.5))),
    ]
    assert encoder_ranges((late,), scheduled=True)[1].options == {"clip_start_percent": 0.5, "clip_end_percent": 1.0}


def test_a_network_is_made_only_when_a_strength_changes_and_one_is_kept_of_each_schedule() -> None:
    made: list[Weights] = []
    let_go: list[Weights] = []

    class Made:
        def __init__(self, weights: Weights) -> None:
            made.append(weights)
            self.weights = weights

        def __del__(self) -> None:
            let_go.append(self.weights)

    switch = NetworkSwitch(Made)
    constant, changing = (weight_schedule((each,), sigma_of) for each in (hook("a"), hook("b", (0, 1), (0.5, 2))))
    for sigma in (10.0, 8.0, 5.0, 2.0):
        for schedule in (constant, changing):
            network = switch(schedule, sigma)
            assert network is not None
            assert network.weights == schedule.at(sigma)
    assert made == [(("a", 2.0),), (("b", 2.0),), (("b", 4.0),)]
    assert let_go == [(("b", 2.0),)]
    assert switch(UNSCHEDULED, 1.0) is None


def test_parts_of_the_way_on_which_a_prompt_was_encoded_do_not_overlap() -> None:
    model = toy_model()
    border = model.sampling.percent_to_sigma(0.5)
    before, after = prepare_regions(
        [
            *prompt(1.0, clip_start_percent=0.0, clip_end_percent=0.5),
            *prompt(2.0, clip_start_percent=0.5, clip_end_percent=1.0, start_percent=0.25, end_percent=0.75),
        ],
        model,
        (1, 4, 8, 8),
    )
    assert (before.in_force(border), after.in_force(border)) == (None, ())
    assert (before.in_force(border * 1.001), after.in_force(border * 1.001)) == ((), None)
    assert before.in_force(model.sampling.percent_to_sigma(0.0)) == ()
    assert after.in_force(model.sampling.percent_to_sigma(0.75) * 0.99) is None


def test_a_model_whose_weights_cannot_be_changed_refuses_hooks() -> None:
    with pytest.raises(ConditioningError, match="hooks"):
        prepare_regions(prompt(1.0, hooks=(hook(),)), toy_model(), (1, 4, 8, 8))
