"""Stage 2: text and pictures meet in one space, by contrast (CLIP, Radford et al. 2021, §2.3 and figure 3).

Of all pairs of a picture and a caption in a batch, the right ones are to be most alike. The text encoder goes on to
guide the diffusion network, and is trained further with it; the image encoder is then fitted to it anew, the text
encoder locked (as in LiT, Zhai et al. 2022, with the other tower).

Shapes: b pictures or captions, n positions, d width, p width of the common space.
"""

# torch types what a module returns as Any.
# mypy: disable-error-code="no-any-return"

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from nodegraph.diffusion import image_encoder
from nodegraph.diffusion.text_encoder import build_network
from nodegraph.diffusion.tokenizer import END, START
from nodegraph.training.autoencoder import pixels
from nodegraph.training.captions import caption, full_caption
from nodegraph.training.dataset import Dataset
from nodegraph.training.optimiser import Optimiser
from nodegraph.training.recipe import IMAGE_ENCODER, TEXT_ENCODER
from nodegraph.training.vocabulary import Vocabulary

if TYPE_CHECKING:
    from transformers.models.clip.modeling_clip import CLIPTextModel

CAPTION_LENGTH = 32
"""Positions a caption needs in training: the longest has 30."""

_FIRST_SCALE = float(np.log(1 / 0.07))
GREATEST_SCALE = float(np.log(100))
"""Where the logarithm of the scale ends (§2.5)."""

_BATCH = 128
_STRANGERS = 0.1


def build_text_encoder(vocabulary: Vocabulary) -> "CLIPTextModel":
    """The text encoder with a row for each token of the vocabulary, and one of zeros, never trained, for all others."""
    network = build_network(
        TEXT_ENCODER,
        vocabulary=vocabulary.unknown + 1,
        start=vocabulary.number(START),
        end=vocabulary.number(END),
    )
    table = network.embeddings.token_embedding
    table.padding_idx = vocabulary.unknown  # torch's word for a row without gradient
    nn.init.zeros_(table.weight[vocabulary.unknown])
    return network


class Clip(nn.Module):
    """Both encoders and their ways into the common space."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__()
        self.text_model = build_text_encoder(vocabulary)
        self.vision_model = image_encoder.build_network(IMAGE_ENCODER)
        self.text_projection = nn.Linear(TEXT_ENCODER.width, IMAGE_ENCODER.projection, bias=False)
        self.visual_projection = nn.Linear(IMAGE_ENCODER.width, IMAGE_ENCODER.projection, bias=False)
        self.logit_scale = nn.Parameter(torch.tensor(_FIRST_SCALE))

    def encode_text(self, tokens: Tensor) -> Tensor:
        """Compact numbers ``b n`` -> ``b p`` of length 1."""
        return F.normalize(self.text_projection(self.text_model(input_ids=tokens).pooler_output), dim=-1)

    def encode_image(self, x: Tensor) -> Tensor:
        """Pixels ``b 3 h w`` of −1 … 1 -> ``b p`` of length 1."""
        return F.normalize(self.visual_projection(self.vision_model(image_encoder.whitened(x)).pooler_output), dim=-1)


@dataclass
class ClipStage:
    """Contrast in both directions; ``name`` tells the first time from the one with the text encoder locked."""

    data: Dataset
    test_data: Dataset
    vocabulary: Vocabulary
    device: torch.device
    name: str = "clip"
    lock_text: bool = False
    network: Clip = field(init=False)

    def __post_init__(self) -> None:
        self.network = Clip(self.vocabulary).to(self.device)

    def optimiser(self) -> Optimiser:
        clip = self.network
        clip.text_model.requires_grad_(not self.lock_text)
        edges = (clip.text_model.embeddings, clip.vision_model.embeddings)
        return Optimiser(clip, edges=edges, muon_rate=0.01, adam_rate=1e-3)

    def loss(self, rng: np.random.Generator, progress: float) -> Tensor:
        chosen = np.sort(rng.integers(self.data.count, size=_BATCH))
        captions = [caption(self.data.scene(int(index)), rng) for index in chosen]
        tokens = self.vocabulary.encode(captions, length=CAPTION_LENGTH, rng=rng, strangers=_STRANGERS)
        images = self.network.encode_image(pixels(self.data.pictures[chosen], self.device))
        texts = self.network.encode_text(tokens.to(self.device))
        scale = self.network.logit_scale.clamp(max=GREATEST_SCALE).exp()
        alike = scale * images @ texts.T
        # A caption as short as "red" fits many pictures: none of those that share it is wrong.
        same = torch.from_numpy(np.equal.outer(captions, captions)).to(self.device)
        right = same.float() / same.sum(dim=1, keepdim=True)
        return (F.cross_entropy(alike, right) + F.cross_entropy(alike.T, right)) / 2

    def test(self) -> dict[str, float]:
        count = self.test_data.count
        with torch.no_grad():
            images = self.network.encode_image(pixels(self.test_data.pictures[:count], self.device))
            captions = [full_caption(self.test_data.scene(index)) for index in range(count)]
            tokens = self.vocabulary.encode(captions, length=CAPTION_LENGTH)
            alike = images @ self.network.encode_text(tokens.to(self.device)).T
        own = torch.arange(count, device=self.device)
        return {"caption found": (alike.argmax(dim=1) == own).float().mean().item()}
