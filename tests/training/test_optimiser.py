"""Muon's steps have the length they should in every direction, and both kinds of step go downhill."""

from copy import deepcopy

import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from nodegraph.training.optimiser import Muon, Optimiser, orthogonalised


@settings(max_examples=20)
@given(st.integers(2, 48), st.integers(2, 48), st.integers(0, 2**31), st.floats(1e-4, 1e4))
def test_all_directions_of_a_matrix_come_out_alike(rows: int, columns: int, seed: int, size: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    # Singular values over a range the iteration is made for: a hundredth of the greatest and up.
    u, _ = torch.linalg.qr(torch.randn(rows, min(rows, columns), generator=generator))
    v, _ = torch.linalg.qr(torch.randn(columns, min(rows, columns), generator=generator))
    spectrum = torch.logspace(0, -1.5, min(rows, columns))
    values = torch.linalg.svdvals(orthogonalised(size * u @ torch.diag(spectrum) @ v.T))
    assert 0.6 < float(values.min()) <= float(values.max()) < 1.3


def test_a_step_keeps_the_shape_of_a_kernel_and_has_the_length_of_its_rate() -> None:
    kernel = nn.Parameter(torch.zeros(8, 4, 3, 3))
    muon = Muon([kernel], lr=0.1)
    kernel.grad = torch.randn(kernel.shape, generator=torch.Generator().manual_seed(0))
    muon.step()
    values = torch.linalg.svdvals(kernel.detach().flatten(1))
    assert 0.05 < float(values.min()) <= float(values.max()) < 0.13


def test_matrices_inside_are_muons_and_edges_and_vectors_adams() -> None:
    network = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 4))
    optimiser = Optimiser(network, edges=[network[0]], muon_rate=0.5, adam_rate=0.001)
    before = {name: parameter.detach().clone() for name, parameter in network.named_parameters()}
    network(torch.randn(16, 4, generator=torch.Generator().manual_seed(0))).square().sum().backward()
    optimiser.step(1.0)
    moved = {name: float((p.detach() - before[name]).abs().max()) for name, p in network.named_parameters()}
    assert moved["1.weight"] > 0.1
    assert all(0 < moved[name] < 0.002 for name in ("0.weight", "0.bias", "1.bias"))
    assert all(parameter.grad is None for parameter in network.parameters())


def test_what_is_locked_stays() -> None:
    network = nn.Linear(4, 4)
    network.weight.requires_grad_(False)
    before = network.weight.clone()
    optimiser = Optimiser(network, edges=[], muon_rate=0.1, adam_rate=0.1)
    network(torch.ones(2, 4)).sum().backward()
    optimiser.step(1.0)
    assert torch.equal(network.weight, before)
    assert network.bias.abs().sum() > 0


def test_a_restored_optimiser_takes_the_same_step() -> None:
    def run(state: list[dict[str, object]] | None, weights: torch.Tensor | None) -> tuple[nn.Linear, Optimiser]:
        network = nn.Linear(6, 5, bias=False)
        nn.init.zeros_(network.weight)
        if weights is not None:
            network.weight.data.copy_(weights)
        optimiser = Optimiser(network, edges=[], muon_rate=0.1, adam_rate=0.1)
        if state is not None:
            optimiser.restore(state)
        return network, optimiser

    def step(network: nn.Linear, optimiser: Optimiser, seed: int) -> None:
        x = torch.randn(8, 6, generator=torch.Generator().manual_seed(seed))
        (network(x) - x[:, :5]).square().mean().backward()
        optimiser.step(1.0)

    network, optimiser = run(None, None)
    step(network, optimiser, 0)
    other, resumed = run(deepcopy(optimiser.state()), network.weight.detach())
    step(network, optimiser, 1)
    step(other, resumed, 1)
    assert torch.equal(network.weight, other.weight)
