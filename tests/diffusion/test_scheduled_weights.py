"""Strengths by keyframes, over the way and over noise levels, and how many networks are made for them."""

from collections.abc import Hashable
from dataclasses import dataclass, replace

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
    WeightSchedule,
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


@dataclass(frozen=True)
class Planned:
    """Something that is predicted with a hook's weights between two noise levels."""

    schedule: WeightSchedule
    start: float = 10.0
    end: float = 0.0

    def in_force(self, sigma: float) -> Weights | None:
        return self.schedule.at(sigma) if self.end <= sigma <= self.start else None


class Networks:
    """Makes networks for a switch, and knows which are still there."""

    def __init__(self) -> None:
        self.made: list[Weights] = []
        self.held: list[Weights] = []
        self.read: list[Hashable] = []

    def switch(self, *planned: Planned) -> NetworkSwitch["Made"]:
        switch = NetworkSwitch(lambda weights: Made(weights, self), self.read.append)
        switch.expect(planned)
        return switch


class Made:
    def __init__(self, weights: Weights, networks: Networks) -> None:
        networks.made.append(weights)
        networks.held.append(weights)
        self.weights, self.networks = weights, networks

    def __del__(self) -> None:
        self.networks.held.remove(self.weights)


def test_a_network_is_made_only_when_a_strength_changes() -> None:
    constant, changing = (
        Planned(weight_schedule((each,), sigma_of)) for each in (hook("a"), hook("b", (0, 1), (0.5, 2)))
    )
    networks = Networks()
    switch = networks.switch(constant, changing)
    for sigma in (10.0, 8.0, 5.0, 2.0):
        for planned in (constant, changing):
            network = switch(planned.schedule, sigma)
            assert network is not None
            assert network.weights == planned.schedule.at(sigma)
            del network
        assert len(networks.held) == 2
    assert networks.made == [(("a", 2.0),), (("b", 2.0),), (("b", 4.0),)]
    assert switch(UNSCHEDULED, 1.0) is None


def test_a_network_is_let_go_where_nothing_is_predicted_with_it() -> None:
    first = Planned(weight_schedule((hook("a"),), sigma_of), start=10.0, end=6.0)
    second = Planned(weight_schedule((hook("b"),), sigma_of), start=5.0, end=3.0)
    networks = Networks()
    switch = networks.switch(first, second)
    for sigma, planned in ((10.0, first), (7.0, first), (5.0, second)):
        switch(planned.schedule, sigma)
        assert networks.held == [planned.schedule.at(sigma)]
    assert switch(UNSCHEDULED, 1.0) is None
    assert networks.held == []


def test_what_comes_to_the_same_weights_shares_a_network() -> None:
    one, other = hook("a"), hook("b")
    networks = Networks()
    planned = [Planned(weight_schedule(hooks, sigma_of)) for hooks in ((one, other), (other, one))]
    switch = networks.switch(*planned)
    assert switch(planned[0].schedule, 5.0) is switch(planned[1].schedule, 5.0)
    assert len(networks.made) == 1


def test_what_a_change_needs_is_read_once_before_it_is_asked_for() -> None:
    unused = hook("unused", (0.0, 0.0))
    networks = Networks()
    switch = networks.switch(*(Planned(weight_schedule(hooks, sigma_of)) for hooks in ((hook("a"), unused), ())))
    assert networks.read == ["a"]
    switch.expect([Planned(weight_schedule((hook("a"), unused), sigma_of))])
    assert (networks.read, networks.made) == (["a"], [])


def test_hooks_alike_of_two_origins_add_up() -> None:
    two = combined_hooks(*((replace(hook("a"), origin=origin),) for origin in ("1", "2", "1")))
    assert strengths(*two, at=(5.0,)) == [(("a", 4.0),)]
    assert encoder_ranges(two, scheduled=False) == [EncoderRange(0.0, 1.0, (("a", 1.0),))]


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
