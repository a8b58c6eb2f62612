"""The Brownian tree beside torchsde's, which the field draws from: no bit may differ."""

import math
import warnings
from itertools import pairwise

import pytest
import torch
import torchsde
from hypothesis import given, settings
from hypothesis import strategies as st

from nodegraph.diffusion.brownian_tree import BrownianTree
from nodegraph.diffusion.noise import brownian_noise, device_brownian_noise

CPU = torch.device("cpu")
SEEDS = st.integers(0, 2**64 - 1)
SHAPES = st.sampled_from([(1, 4, 8, 8), (2, 3, 5, 7), (3,), (1, 1, 1, 1), (2, 4, 4, 4)])
DTYPES = st.sampled_from([torch.float32, torch.float64])
TIMES = st.one_of(st.floats(0, 20), st.floats(0, 1e-3), st.floats(0, 2000)).map(lambda time: round(time, 6))
ENDS = st.lists(TIMES, min_size=2, max_size=2, unique=True).map(sorted)
QUERIES = st.lists(st.lists(TIMES, min_size=2, max_size=2).map(sorted), min_size=1, max_size=6)


@given(SEEDS, SHAPES, DTYPES, ENDS, QUERIES)
def test_the_path_is_that_of_torchsde(
    seed: int, shape: tuple[int, ...], dtype: torch.dtype, ends: list[float], queries: list[list[float]]
) -> None:
    """Also for times outside the tree, of which torchsde warns, and whatever was asked before."""
    first, last = ends
    theirs = torchsde.BrownianTree(t0=first, w0=torch.zeros(shape, dtype=dtype), t1=last, entropy=seed)
    ours = BrownianTree(shape, t0=first, t1=last, seed=seed, device=CPU, dtype=dtype)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for start, end in [*queries, (first, last), *queries]:
            assert torch.equal(ours(start, end), theirs(start, end))


@settings(max_examples=25)
@given(SEEDS, st.lists(TIMES.filter(lambda sigma: sigma > 0), min_size=2, max_size=8, unique=True))
def test_the_levels_of_a_run_one_after_the_other(seed: int, sigmas: list[float]) -> None:
    sigmas = sorted(sigmas, reverse=True)
    x = torch.zeros(1, 4, 4, 4)
    theirs = torchsde.BrownianTree(t0=sigmas[-1], w0=x, t1=sigmas[0], entropy=seed)
    for source in (brownian_noise, device_brownian_noise):
        noise = source(x, [*sigmas, 0.0], seed)
        for sigma, sigma_next in pairwise(sigmas):
            expected = theirs(sigma_next, sigma) * (-1.0 / math.sqrt(sigma - sigma_next))
            torch.testing.assert_close(noise(sigma, sigma_next), expected, rtol=0, atol=0)


def test_a_run_of_one_step_has_a_tree_too() -> None:
    brownian_noise(torch.zeros(1, 4, 4, 4), [5.0, 0.0], 1)


def test_a_path_is_the_same_whatever_was_asked_before() -> None:
    asked, fresh = (BrownianTree((2, 3), t0=0.0, t1=8.0, seed=5, device=CPU, dtype=torch.float32) for _ in range(2))
    for start, end in [(7.0, 8.0), (0.1, 7.0), (0.1, 0.2), (3.0, 3.0)]:
        asked(start, end)
    assert torch.equal(asked(1.25, 6.5), fresh(1.25, 6.5))
    assert not asked(3.0, 3.0).any()


def test_a_query_draws_only_what_the_last_has_not(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = BrownianTree((2, 3), t0=0.03, t1=14.6, seed=5, device=CPU, dtype=torch.float32)
    draws = []
    monkeypatch.setattr(tree, "_normal", lambda *place: draws.append(place) or torch.zeros(2, 3))
    counts = []
    for start, end in [(13.1, 14.6), (11.7, 13.1), (11.7, 13.1), (10.5, 11.7)]:
        draws.clear()
        tree(start, end)
        counts.append(len(draws))
    assert max(counts) < 26
    assert counts[2] == 0
    # Two ends, of which the last query knew one and the first levels of the other.
    assert counts[3] < 24
