"""Results as files come back as they were, bit for bit; what is not plain is not written."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from nodegraph.execution.cache import Result
from nodegraph.execution.results import Blocked
from nodegraph.weights.handles import Model, WeightFile
from nodegraph.worker import result_files
from nodegraph.worker.result_files import pack, unpack

FLOATS = (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.float8_e4m3fn, torch.float8_e5m2)
INTEGERS = (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)


def bits(tensor: Tensor) -> Tensor:
    # Not contiguous(), for which an empty tensor may have any strides.
    flat = tensor.new_empty(tensor.numel()).copy_(tensor.reshape(-1))
    return flat.view(torch.uint8)


def alike(one: Any, other: Any) -> bool:
    """Equal in type and in every bit, all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Tensor):
        return one.dtype == other.dtype and one.shape == other.shape and torch.equal(bits(one), bits(other))
    if isinstance(one, dict):
        return alike(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float):
        return one.hex() == other.hex()
    return bool(one == other)


def back(*values: Any) -> list[Any]:
    """The values of one output, written and read."""
    packed = pack(Result((list(values),)))
    assert packed is not None
    return unpack(packed.encode()).values[0]


@st.composite
def tensors(draw: st.DrawFn) -> Tensor:
    """Of any type and any bits; perhaps a part of another, transposed, or repeated without memory of its own."""
    dtype = draw(st.sampled_from((*FLOATS, *INTEGERS, torch.bool)))
    shape = draw(st.lists(st.integers(0, 4), max_size=4))
    size = math.prod(shape) * dtype.itemsize
    raw = torch.tensor(list(draw(st.binary(min_size=size, max_size=size))), dtype=torch.uint8)
    raw = raw % 2 if dtype is torch.bool else raw
    tensor = (raw.view(dtype) if size else torch.empty(0, dtype=dtype)).reshape(shape)
    if shape:
        tensor = tensor.permute(draw(st.permutations(range(len(shape)))))
        if draw(st.booleans()):
            tensor = tensor[draw(st.integers(0, 2)) :: draw(st.integers(1, 2))]
    return tensor.expand(3, *tensor.shape) if draw(st.booleans()) else tensor


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())) | tensors(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(max_size=3) | st.integers() | st.booleans() | st.none(), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(values=st.lists(st.lists(plain, max_size=2), max_size=3))
def test_plain_data_and_tensors_come_back_bit_for_bit(values: list[list[Any]]) -> None:
    packed = pack(Result(tuple(values)))
    assert packed is not None
    assert alike(unpack(packed.encode()).values, tuple(values))


@given(shape=st.lists(st.integers(2, 5), min_size=1, max_size=5), data=st.data())
def test_a_dense_tensor_lies_in_memory_as_it_did(shape: list[int], data: st.DataObject) -> None:
    tensor = torch.rand(shape).permute(data.draw(st.permutations(range(len(shape)))))
    (restored,) = back(tensor)
    assert restored.stride() == tensor.stride()


def test_what_is_computed_without_gradients_is_written_from_another_thread() -> None:
    with torch.inference_mode():
        packed = pack(Result(([torch.rand(1, 3, 4, 4).movedim(1, -1)],)))
    assert packed is not None
    assert unpack(packed.encode()).values[0][0].shape == (1, 4, 4, 3)


def test_tensors_that_share_memory() -> None:
    whole = torch.arange(12.0).reshape(3, 4)
    same, twin, row, column = back(whole, whole, whole[1], whole[:, 2])
    assert same is twin or same.data_ptr() == twin.data_ptr()
    assert torch.equal(row, whole[1])
    assert torch.equal(column, whole[:, 2])


def test_a_negated_view_is_written_with_its_sign() -> None:
    view = torch.tensor([1 + 2j, 3 - 4j]).conj().imag
    assert view.is_neg()
    assert torch.equal(back(view)[0], torch.tensor([-2.0, 4.0]))


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    "value",
    [
        Model(WeightFile("a", "b")),
        Blocked(),
        object(),
        {1, 2},
        b"bytes",
        torch.float32,
        torch.nn.Parameter(torch.zeros(1)),
        torch.zeros(1, requires_grad=True),
        torch.zeros(1, dtype=torch.complex64),
        torch.zeros(2, 2).to_sparse(),
        torch.zeros(1, device="meta"),
        LOOP,
        10**5000,
        {(Blocked(),): 1},
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_result_with_anything_else_in_it_is_not_written(value: Any) -> None:
    for around in (value, [value], (1, value), {"a": {"b": value}}):
        assert pack(Result(([torch.zeros(1)], [around]))) is None


def test_the_size_counts_what_a_repeated_tensor_takes_as_a_file() -> None:
    packed = pack(Result(([torch.zeros(1).expand(1000, 1000)],)))
    assert packed is not None
    assert 4_000_000 <= packed.size < 4_001_000


@pytest.mark.parametrize("content", [b"", b"no file of ours", b"\x10\0\0\0\0\0\0\0" + b"{" * 16, bytes(64)])
def test_content_of_another_kind_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it is no result"):
        unpack(content)


def test_a_safetensors_file_of_another_kind_is_refused() -> None:
    packed = pack(Result(([torch.zeros(2)],)))
    assert packed is not None
    for wrong in ('[[{"tensor": 1, "order": [0]}]]', '[[{"tensor": 0, "order": []}]]', "3", "{", '[[{"code": "x"}]]'):
        content = result_files.PackedResult(wrong, packed.tensors).encode()
        with pytest.raises(ValueError):  # noqa: PT011
            unpack(content)
