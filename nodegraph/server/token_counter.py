"""Counts the tokens of prompts, as encoding them will. The tokenizer is made when it is first needed."""

import threading
from collections.abc import Sequence

from nodegraph.diffusion.prompt_tokens import TokenCount, count_tokens
from nodegraph.diffusion.tokenizer import Tokenizer


class TokenCounter:
    """One tokenizer for all who ask. May be used on any thread."""

    def __init__(self) -> None:
        self._tokenizer: Tokenizer | None = None
        self._making = threading.Lock()

    def count(self, texts: Sequence[str]) -> list[TokenCount]:
        """The counts of ``texts``, in their order. Blocks."""
        with self._making:
            tokenizer = self._tokenizer = self._tokenizer or Tokenizer()
        return [count_tokens(text, tokenizer) for text in texts]
