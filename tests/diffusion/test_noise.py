import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.noise import (
    NoNoise,
    RandomNoise,
    brownian_noise,
    generator,
    independent_noise,
    prepare_noise,
)

SEEDS = st.integers(0, 2**64 - 1)


def zeros(batch: int) -> torch.Tensor:
    return torch.zeros(batch, 4, 3, 5)


@given(SEEDS)
def test_the_stream_of_manual_seed(seed: int) -> None:
    torch.manual_seed(seed)
    assert torch.equal(prepare_noise(zeros(2), seed), torch.randn(2, 4, 3, 5))


@given(SEEDS)
def test_global_random_state_is_left_alone(seed: int) -> None:
    before = torch.get_rng_state()
    x, sigmas = zeros(1), [10.0, 1.0, 0.1, 0.0]
    prepare_noise(x, seed, batch_index=[0, 2])
    independent_noise(x, sigmas, seed)(10.0, 1.0)
    brownian_noise(x, sigmas, seed)(10.0, 1.0)
    assert torch.equal(torch.get_rng_state(), before)


@given(SEEDS, st.lists(st.integers(0, 5), min_size=1, max_size=4))
def test_an_item_taken_out_of_a_batch_keeps_its_noise(seed: int, index: list[int]) -> None:
    whole = prepare_noise(zeros(6), seed, batch_index=range(6))
    assert torch.equal(prepare_noise(zeros(len(index)), seed, batch_index=index), whole[index])


def test_without_an_index_the_batch_is_one_draw() -> None:
    assert not torch.equal(prepare_noise(zeros(2), 7)[0], prepare_noise(zeros(2), 7)[1])


def test_noise_values() -> None:
    assert torch.equal(RandomNoise(3).generate(zeros(1)), prepare_noise(zeros(1), 3))
    assert not NoNoise(3).generate(zeros(1)).any()


@given(SEEDS)
def test_step_noise_on_the_cpu_is_of_the_next_seed(seed: int) -> None:
    x = zeros(1)
    stream = generator(seed + 1)
    noise = independent_noise(x, [1.0, 0.0], seed)
    for _ in range(2):
        assert torch.equal(noise(1.0, 0.5), torch.randn(x.shape, generator=stream))


def test_brownian_increments_add_up() -> None:
    sigmas = [10.0, 4.0, 1.0, 0.1, 0.0]
    x = zeros(1)
    coarse, fine = brownian_noise(x, sigmas, 5), brownian_noise(x, sigmas, 5)
    whole = coarse(10.0, 1.0) * math.sqrt(9)
    parts = fine(10.0, 4.0) * math.sqrt(6) + fine(4.0, 1.0) * math.sqrt(3)
    torch.testing.assert_close(whole, parts)


def test_brownian_noise_has_unit_variance_and_depends_on_the_seed() -> None:
    x = torch.zeros(20_000)
    first = brownian_noise(x, [10.0, 1.0, 0.0], 5)(10.0, 3.0)
    assert float(first.std()) == pytest.approx(1.0, rel=0.03)
    assert not torch.equal(first, brownian_noise(x, [10.0, 1.0, 0.0], 6)(10.0, 3.0))


def test_brownian_ends_are_inside_the_tree(recwarn: pytest.WarningsRecorder) -> None:
    top, bottom = 14.614641189575195, 0.029167158529162407
    noise = brownian_noise(zeros(1), [top, bottom, 0.0], 1)
    noise(top, bottom)
    assert not recwarn.list
