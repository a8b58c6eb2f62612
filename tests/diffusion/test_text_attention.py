"""A text encoder with multiplied attention, against one whose weights were multiplied."""

import copy

import pytest
import torch
from torch import Tensor, nn

from nodegraph.diffusion.text_attention import AttentionFactors, multiplied
from nodegraph.diffusion.text_encoder import TextEncoderConfig, build_network

TOKENS = torch.tensor([[5, 1, 2, 3, 6]])


@pytest.fixture(scope="module")
def network() -> nn.Module:
    torch.manual_seed(0)
    config = TextEncoderConfig(width=16, layers=2, heads=2, inner_width=32, positions=8)
    made = build_network(config, vocabulary=8, start=5, end=6).requires_grad_(False).eval()
    for name, weight in made.named_parameters():
        if name.endswith("bias"):
            nn.init.normal_(weight)
    return made


def hidden(network: nn.Module) -> Tensor:
    result: Tensor = network(input_ids=TOKENS).last_hidden_state
    return result


def test_weights_and_biases_are_multiplied_in_effect_and_shared_in_fact(network: nn.Module) -> None:
    factors = {"q_proj": 1.5, "k_proj": 0.7, "v_proj": 2.0, "out_proj": 0.5}
    expected = copy.deepcopy(network)
    for name, layer in expected.named_modules():
        factor = factors.get(name.rpartition(".")[2])
        if isinstance(layer, nn.Linear) and factor is not None:
            layer.weight *= factor
            layer.bias *= factor
    before = hidden(network)
    changed = multiplied(network, [AttentionFactors(*factors.values())])
    torch.testing.assert_close(hidden(changed), hidden(expected))
    assert not torch.allclose(hidden(changed), before)
    assert torch.equal(hidden(network), before)
    assert {id(weight) for weight in changed.parameters()} == {id(weight) for weight in network.parameters()}


def test_factors_follow_each_other(network: nn.Module) -> None:
    twice = multiplied(network, [AttentionFactors(2.0, 1.0, 3.0, 1.0), AttentionFactors(1.0, 0.5, 1.0, 1.0)])
    torch.testing.assert_close(hidden(twice), hidden(multiplied(network, [AttentionFactors(1.0, 1.0, 3.0, 1.0)])))
    assert multiplied(network, []) is network
