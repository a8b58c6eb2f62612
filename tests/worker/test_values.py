"""Weighing values for the cache, and refusing those that are not finite."""

from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.errors import NonFiniteError
from nodegraph.execution.cache import Result
from nodegraph.graph.spec import NodeSpec, OutputSpec
from nodegraph.worker.values import check_finite, size_of

SMALL = 2000
"""More than containers around a few tensors take."""


@dataclass(frozen=True)
class Holder:
    inside: torch.Tensor


@pytest.mark.parametrize(
    "wrap",
    [
        lambda t: t,
        lambda t: {"samples": t, "batch_index": [0]},
        lambda t: [(t, {"strength": 1.0})],
        lambda t: ({"a": {"b": (t,)}},),
        Holder,
    ],
)
def test_tensors_are_found_wherever_they_are(wrap) -> None:  # type: ignore[no-untyped-def]
    size = size_of(Result(([wrap(torch.zeros(1000, 100))],)))
    assert 400_000 <= size < 400_000 + SMALL


def test_a_view_weighs_what_it_keeps_alive_and_sharing_is_free() -> None:
    whole = torch.zeros(1000, 100)
    assert size_of(Result(([whole[:1]],))) >= 400_000
    assert size_of(Result(([whole, whole[3:], whole.T],))) < 400_000 + SMALL
    assert size_of(Result(([torch.zeros(1).expand(1000, 1000)],))) < SMALL


def test_a_tensor_of_no_size_takes_room_too() -> None:
    """A process with very many of these in its cache grew by 1200 bytes for each."""
    assert 1000 < size_of(Result(([torch.zeros(1, 8, 8)],))) < 1400
    assert 1700 < size_of(Result(([torch.zeros(1, 8, 8)], [torch.zeros(1, 8, 8)]))) < 2300


def test_something_that_holds_itself() -> None:
    loop: list[object] = [torch.zeros(1000)]
    loop.append(loop)
    assert size_of(Result(([loop],))) < 4000 + SMALL


def spec(type: str) -> NodeSpec:
    return NodeSpec("Maker", "Maker of things", "", (), (OutputSpec("made", type),))


@given(
    shape=st.lists(st.integers(1, 5), min_size=3, max_size=4),
    bad=st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    dtype=st.sampled_from([torch.float32, torch.float16, torch.bfloat16]),
    data=st.data(),
)
def test_one_bad_value_is_found_anywhere(shape: list[int], bad: float, dtype: torch.dtype, data: st.DataObject) -> None:
    tensor = torch.zeros(shape, dtype=dtype)
    check_finite(spec("IMAGE"), [[tensor]])
    tensor.view(-1)[data.draw(st.integers(0, tensor.numel() - 1))] = bad
    for type, value in (("IMAGE", tensor), ("MASK", tensor), ("LATENT", {"samples": tensor})):
        with pytest.raises(NonFiniteError, match=r"Maker of things \(Maker\).*'made'.*--precision fp32"):
            check_finite(spec(type), [[torch.zeros(1), value] if type != "LATENT" else [value]])
    check_finite(spec("SIGMAS"), [[tensor]])  # a type in which infinity may mean something


def test_an_embedding_that_is_not_finite_names_the_node_that_made_it() -> None:
    whole, broken = torch.zeros(1, 77, 8), torch.full((1, 77, 8), torch.nan)
    check_finite(spec("CONDITIONING"), [[[(whole, {"pooled_output": whole})]]])
    with pytest.raises(NonFiniteError, match="Maker"):
        check_finite(spec("CONDITIONING"), [[[(whole, {}), (broken, {})]]])


def test_opposite_infinities_do_not_hide_each_other() -> None:
    with pytest.raises(NonFiniteError):
        check_finite(spec("IMAGE"), [[torch.tensor([float("inf"), float("-inf")])]])


def test_large_finite_values_pass() -> None:
    check_finite(spec("LATENT"), [[{"samples": torch.full((1, 4, 8, 8), 6e4, dtype=torch.float16)}]])


def test_other_things_pass() -> None:
    check_finite(spec("IMAGE"), [["no tensor", None, torch.arange(3)]])
