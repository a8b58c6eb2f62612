import pytest
import torch
from transformers import CLIPTextModel

from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.text_encoder import ClipLayerError, TextEncoder, TextEncoderConfig, build_network
from nodegraph.diffusion.tokenizer import END, START, Tokenizer

CAT = [320, 1125, 539, 320, 2368]


@pytest.fixture(scope="module")
def network() -> CLIPTextModel:
    torch.manual_seed(0)
    network = build_network(TextEncoderConfig(width=32, layers=3, heads=2, inner_width=64)).requires_grad_(False)
    for name, parameter in network.named_parameters():
        # As initialised every position would look nearly alike.
        torch.nn.init.normal_(parameter, 1.0 if "norm" in name and name.endswith("weight") else 0.0, 0.3)
    return network.eval()


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer()


@pytest.fixture
def encoder(network: CLIPTextModel, tokenizer: Tokenizer) -> TextEncoder:
    return TextEncoder(network, tokenizer)


def ids(*tokens: int) -> torch.Tensor:
    return torch.tensor([[START, *tokens, *[END] * (76 - len(tokens))]])


def test_token_ids_are_clips(tokenizer: Tokenizer) -> None:
    assert tokenizer("a photo of a cat") == CAT
    assert tokenizer("  A  PHOTO of\na Cat ") == CAT
    assert tokenizer("") == []
    assert tokenizer("it's 24") == [*tokenizer("it"), *tokenizer("'s"), *tokenizer("2"), *tokenizer("4")]


def test_every_byte_has_a_token(tokenizer: Tokenizer) -> None:
    ids = [token for code in range(0x80, 0x2000) for token in tokenizer(chr(code))]
    assert max(ids) < START


def test_agrees_with_transformers(encoder: TextEncoder, network: CLIPTextModel) -> None:
    conditioning, pooled = encoder.encode("a photo of a cat", gate=open_gate)
    expected = network(input_ids=ids(*CAT))
    assert conditioning.shape == (1, 77, 32)
    torch.testing.assert_close(conditioning, expected.last_hidden_state, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(pooled, expected.pooler_output, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(pooled[0], conditioning[0, 6], rtol=1e-5, atol=1e-5)


def test_clip_skip_normalises_the_earlier_layer(encoder: TextEncoder, network: CLIPTextModel) -> None:
    conditioning, pooled = encoder.encode("a photo of a cat", gate=open_gate, last_layer=-2)
    answer = network(input_ids=ids(*CAT), output_hidden_states=True)
    torch.testing.assert_close(conditioning, network.final_layer_norm(answer.hidden_states[-2]))
    torch.testing.assert_close(pooled, answer.pooler_output)
    last, _ = encoder.encode("a photo of a cat", gate=open_gate, last_layer=-1)
    torch.testing.assert_close(last, encoder.encode("a photo of a cat", gate=open_gate)[0])
    assert not torch.allclose(conditioning, last)


@pytest.mark.parametrize("layer", [0, 1, -4])
def test_a_layer_that_is_not_there_is_named(encoder: TextEncoder, layer: int) -> None:
    with pytest.raises(ClipLayerError, match=r"has 3 layers"):
        encoder.encode("a", gate=open_gate, last_layer=layer)


def test_weights_move_a_position_away_from_the_empty_prompt(encoder: TextEncoder) -> None:
    plain, pooled = encoder.encode("a photo of a cat", gate=open_gate)
    empty, _ = encoder.encode("", gate=open_gate)
    weighted, weighted_pooled = encoder.encode("a photo of (a cat:1.5)", gate=open_gate)
    expected = plain.clone()
    expected[:, 4:6] = empty[:, 4:6] + 1.5 * (plain - empty)[:, 4:6]
    torch.testing.assert_close(weighted, expected, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(weighted_pooled, pooled)


def test_long_prompts_are_encoded_in_chunks(encoder: TextEncoder) -> None:
    words = "cat " * 100
    conditioning, pooled = encoder.encode(words, gate=open_gate)
    assert conditioning.shape == (1, 154, 32)
    first, first_pooled = encoder.encode("cat " * 75, gate=open_gate)
    second, _ = encoder.encode("cat " * 25, gate=open_gate)
    torch.testing.assert_close(conditioning, torch.cat((first, second), dim=1), rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(pooled, first_pooled, rtol=1e-5, atol=1e-5)


def test_one_prompt_is_one_network_call(encoder: TextEncoder) -> None:
    calls = 0

    def counting(call):
        nonlocal calls
        calls += 1
        return call()

    encoder.encode("(cat:1.2) " * 100, gate=counting)
    assert calls == 1
