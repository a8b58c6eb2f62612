"""From a prompt to conditioning: CLIP's text transformer under the field's rules for weights, length and clip skip.

The network is transformers' ``CLIPTextModel``. Knows neither files nor what the conditioning will condition.

Shapes: k chunks of a prompt, s = 77 positions of a chunk, n = k·s positions, d width of the encoder.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.prompt import WeightedToken
from nodegraph.diffusion.prompt_tokens import Word, chunks_of, words_of
from nodegraph.diffusion.tokenizer import END, START, VOCABULARY_SIZE, Tokenizer
from nodegraph.errors import UserError

if TYPE_CHECKING:
    from transformers.models.clip.modeling_clip import CLIPTextModel


class ClipLayerError(UserError):
    """A layer was asked for that the text encoder does not have."""


@dataclass(frozen=True, kw_only=True)
class TextEncoderConfig:
    """Everything that shapes the network; the defaults are CLIP ViT-L/14, the encoder of SD 1.x."""

    width: int = 768
    layers: int = 12
    heads: int = 12
    inner_width: int = 3072
    positions: int = 77
    activation: str = "quick_gelu"


def build_network(
    config: TextEncoderConfig, *, vocabulary: int = VOCABULARY_SIZE, start: int = START, end: int = END
) -> "CLIPTextModel":
    """The transformer, with whatever weights the device of the context gives it (none on ``meta``).

    ``vocabulary`` is the number of tokens, ``start`` and ``end`` those around a prompt: CLIP's, unless said otherwise.
    """
    # Importing transformers takes seconds: only those who load a text encoder wait for it.
    from transformers.models.clip.configuration_clip import CLIPTextConfig
    from transformers.models.clip.modeling_clip import CLIPTextModel

    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=vocabulary,
            hidden_size=config.width,
            num_hidden_layers=config.layers,
            num_attention_heads=config.heads,
            intermediate_size=config.inner_width,
            max_position_embeddings=config.positions,
            hidden_act=config.activation,
            bos_token_id=start,
            eos_token_id=end,
            pad_token_id=end,
        )
    )


class TextEncoder:
    """Tokenizer and network together."""

    def __init__(self, network: "CLIPTextModel", tokenizer: Tokenizer) -> None:
        self._network = network
        self._tokenizer = tokenizer

    @property
    def network(self) -> "CLIPTextModel":
        """The transformer alone."""
        return self._network

    def with_network(self, network: "CLIPTextModel") -> "TextEncoder":
        """The same tokenizer with another transformer."""
        return TextEncoder(network, self._tokenizer)

    def encode(self, text: str, *, gate: Gate, last_layer: int | None = None) -> tuple[Tensor, Tensor]:
        """Encode a prompt of any length: (conditioning ``1 n d``, pooled ``1 d``), float32 on the CPU.

        The prompt is encoded in chunks of 77 positions that are laid end to end; ``pooled`` is the first chunk's. Each
        position is weighted about what an empty prompt gives there: z' = z₀ + w (z − z₀).

        ``last_layer`` counts from the end (−1, the default, is the last); the final layer norm applies to earlier
        layers too. Raises ClipLayerError if there is no such layer.
        """
        layer = -1 if last_layer is None else last_layer
        layers = self._network.config.num_hidden_layers
        if not -layers <= layer <= -1:
            raise ClipLayerError(
                f"clip layer {layer} does not exist: this text encoder has {layers} layers, "
                f"-1 (the last) to -{layers} (the first)"
            )
        chunks = self._chunks(text)
        weights = torch.tensor([[token.weight for token in chunk] for chunk in chunks])
        weighted = bool((weights != 1.0).any())
        batch = [*chunks, *self._chunks("")] if weighted else chunks
        ids = torch.tensor([[token.id for token in chunk] for chunk in batch])
        hidden, pooled = gate(partial(self._forward, ids, layer))
        if weighted:
            hidden, empty = hidden[:-1], hidden[-1:]
            hidden = empty + rearrange(weights, "k s -> k s 1") * (hidden - empty)
        return rearrange(hidden, "k s d -> 1 (k s) d"), pooled[:1]

    def words(self, text: str) -> list[Word]:
        """The words of a prompt, with the positions n at which :meth:`encode` has them."""
        return words_of(text, self._tokenizer, length=self._network.config.max_position_embeddings)

    def _chunks(self, text: str) -> list[list[WeightedToken]]:
        return chunks_of(text, self._tokenizer, length=self._network.config.max_position_embeddings)

    def _forward(self, ids: Tensor, layer: int) -> tuple[Tensor, Tensor]:
        """Token ids ``k s`` -> (normalised hidden states ``k s d`` behind ``layer``, pooled ``k d``)."""
        network = self._network
        answer = network(input_ids=ids.to(network.device), output_hidden_states=layer != -1)
        hidden = answer.last_hidden_state
        if layer != -1:
            hidden = network.final_layer_norm(answer.hidden_states[layer])
        return hidden.float().cpu(), answer.pooler_output.float().cpu()
