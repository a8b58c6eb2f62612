"""Areas in percent, strengths, ranges, pairs and defaults: what the nodes note at the entries of a conditioning."""

from collections.abc import Callable, Mapping
from typing import Any

import torch

from nodegraph.diffusion.scheduled_weights import WeightHook

Nodes = Mapping[str, Callable[..., Any]]


def conditioning(fill: float = 1.0, **options: Any) -> list[tuple[torch.Tensor, dict[str, Any]]]:
    return [(torch.full((1, 2, 3), fill), options)]


def test_areas_in_percent_and_strengths(nodes: Nodes) -> None:
    given = conditioning()
    ((_, area),) = nodes["ConditioningSetAreaPercentage"](
        conditioning=given, width=0.5, height=0.25, x=0.1, y=0.2, strength=3.0
    )
    assert area == {"area": ("percentage", 0.25, 0.5, 0.2, 0.1), "strength": 3.0, "set_area_to_bounds": False}
    ((_, stronger),) = nodes["ConditioningSetAreaStrength"](conditioning=[(given[0][0], area)], strength=0.5)
    assert stronger == {**area, "strength": 0.5}
    assert given[0][1] == {}


def test_a_range_knows_what_is_before_and_after_it(nodes: Nodes) -> None:
    ranges = nodes["ConditioningTimestepsRange"](start_percent=0.25, end_percent=0.75)
    assert tuple(ranges) == ((0.25, 0.75), (0.0, 0.25), (0.75, 1.0))


def test_properties_are_noted_where_they_are_given(nodes: Nodes) -> None:
    given = conditioning(start_percent=0.5)
    untouched = nodes["ConditioningSetProperties"](cond_NEW=given, strength=2.0, set_cond_area="default")
    assert untouched == given
    mask = torch.ones(4, 4)
    ((_, options),) = nodes["ConditioningSetProperties"](
        cond_NEW=given, strength=2.0, set_cond_area="mask bounds", mask=mask, timesteps=(0.1, 0.9)
    )
    assert options["mask"].shape == (1, 4, 4)
    assert (options["mask_strength"], options["set_area_to_bounds"]) == (2.0, True)
    assert (options["start_percent"], options["end_percent"]) == (0.1, 0.9)


def test_combined_entries_follow_those_that_were_there(nodes: Nodes) -> None:
    old, new = conditioning(1.0), conditioning(2.0)
    first, second = nodes["ConditioningSetPropertiesAndCombine"](
        cond=old, cond_NEW=new, strength=1.0, set_cond_area="default", timesteps=(0.0, 0.5)
    )
    assert first is old[0]
    assert second[1] == {"start_percent": 0.0, "end_percent": 0.5}
    first, second = nodes["ConditioningSetDefaultCombine"](cond=old, cond_DEFAULT=new)
    assert first is old[0]
    assert second[1] == {"default": True}


def test_pairs_are_their_halves(nodes: Nodes) -> None:
    one, two, three, four = (conditioning(float(fill)) for fill in range(4))
    joined = nodes["PairConditioningCombine"](positive_A=one, negative_A=two, positive_B=three, negative_B=four)
    assert tuple(joined) == ([*one, *three], [*two, *four])

    said = {"strength": 0.5, "set_cond_area": "default", "mask": torch.ones(1, 2, 2), "timesteps": (0.2, 0.4)}
    alone = nodes["ConditioningSetProperties"]
    pair = nodes["PairConditioningSetProperties"](positive_NEW=one, negative_NEW=two, **said)
    assert tuple(pair) == (alone(cond_NEW=one, **said), alone(cond_NEW=two, **said))
    beside = nodes["PairConditioningSetPropertiesAndCombine"](
        positive=three, negative=four, positive_NEW=one, negative_NEW=two, **said
    )
    assert tuple(beside) == ([*three, *pair.positive], [*four, *pair.negative])

    default = nodes["ConditioningSetDefaultCombine"]
    filled = nodes["PairConditioningSetDefaultCombine"](
        positive=one, negative=two, positive_DEFAULT=three, negative_DEFAULT=four
    )
    assert tuple(filled) == (default(cond=one, cond_DEFAULT=three), default(cond=two, cond_DEFAULT=four))


def test_hooks_are_added_to_those_that_are_there(nodes: Nodes) -> None:
    one, two = (WeightHook(change, 1.0, 1.0) for change in "ab")
    ((_, options),) = nodes["ConditioningSetProperties"](
        cond_NEW=conditioning(hooks=(one,)), set_cond_area="default", hooks=(two, one)
    )
    assert options["hooks"] == (one, two)
    _, (_, options) = nodes["ConditioningSetDefaultCombine"](
        cond=conditioning(), cond_DEFAULT=conditioning(), hooks=(two,)
    )
    assert options == {"default": True, "hooks": (two,)}
