"""The few tokens that captions are made of, and captions as numbers for the text encoder that is trained on them.

CLIP's tokenizer knows 49,408 tokens, of which captions use some two hundred. Only their rows of the table are trained
and stored; all others share one row of zeros, so that a word the model was never taught says nothing, rather than
something at random.
"""

from collections.abc import Iterable, Sequence

import numpy as np
import torch
from torch import Tensor

from nodegraph.diffusion.tokenizer import END, START, VOCABULARY_SIZE, Tokenizer
from nodegraph.training.captions import caption, full_caption
from nodegraph.training.scenes import sample_scene

_CAPTIONS_READ = 4_000


class Vocabulary:
    """Compact numbers 0 … r−1 for the tokens in ``rows``, in their order, and r for every other."""

    def __init__(self, rows: Iterable[int]) -> None:
        self.rows = torch.tensor(sorted({*rows, START, END}))
        self.unknown = len(self.rows)
        self._tokenizer = Tokenizer()
        self._compact = torch.full((VOCABULARY_SIZE,), self.unknown)
        self._compact[self.rows] = torch.arange(len(self.rows))
        self._ids: dict[str, list[int]] = {}

    @classmethod
    def of_captions(cls) -> "Vocabulary":
        """The tokens of a great many captions: all that ever occur, but for the rarest turns."""
        tokenizer, rng = Tokenizer(), np.random.default_rng(0)
        words: set[str] = set()
        for _ in range(_CAPTIONS_READ):
            scene = sample_scene(rng)
            words.update(full_caption(scene).split(), caption(scene, rng).split())
        return cls(token for word in sorted(words) for token in tokenizer(word))

    def number(self, token: int) -> int:
        """The compact number of one token."""
        return int(self._compact[token])

    def encode(
        self, captions: Sequence[str], *, length: int, rng: np.random.Generator | None = None, strangers: float = 0.0
    ) -> Tensor:
        """Captions -> compact numbers ``b length``: start, tokens, then ends to the last position.

        ``strangers`` is the share of captions into which one or two unknown tokens are put, anywhere.
        """
        batch = torch.full((len(captions), length), self.number(END))
        for row, text in zip(batch, captions, strict=True):
            tokens = [self.number(token) for token in self._tokens(text)]
            if rng is not None and tokens and rng.random() < strangers:
                for _ in range(int(rng.integers(1, 3))):
                    tokens.insert(int(rng.integers(len(tokens) + 1)), self.unknown)
            tokens = [self.number(START), *tokens][: length - 1]
            row[: len(tokens)] = torch.tensor(tokens)
        return batch

    def _tokens(self, text: str) -> list[int]:
        # Captions repeat words in ever new order: what a word is cut into need be found out once only.
        return [token for word in text.split() for token in self._word(word)]

    def _word(self, word: str) -> list[int]:
        if word not in self._ids:
            self._ids[word] = self._tokenizer(word)
        return self._ids[word]
