"""CLIP's tokenizer, built from the byte-pair merges that ship with the package: nothing is downloaded.

The vocabulary follows from the merges (Radford et al. 2021; github.com/openai/CLIP): the 256 bytes, the same bytes at
the end of a word, one token for each merge, then the two special tokens.
"""

import gzip
from importlib.resources import files

START = 49406
END = 49407
VOCABULARY_SIZE = 49408

_END_OF_WORD = "</w>"


class Tokenizer:
    """Text to token ids, without start, end and padding."""

    def __init__(self) -> None:
        # Importing transformers takes seconds: only those who tokenize wait for it.
        from transformers.models.clip.tokenization_clip import CLIPTokenizer

        packed = files("nodegraph.diffusion").joinpath("data/clip_bpe_merges.txt.gz").read_bytes()
        merges = [tuple(line.split(" ")) for line in gzip.decompress(packed).decode().splitlines()]
        letters = _byte_letters()
        words = [
            *letters,
            *(letter + _END_OF_WORD for letter in letters),
            *(first + second for first, second in merges),
        ]
        vocabulary = {word: number for number, word in enumerate([*words, "<|startoftext|>", "<|endoftext|>"])}
        assert len(vocabulary) == VOCABULARY_SIZE
        self._clip = CLIPTokenizer(vocab=vocabulary, merges=merges)  # type: ignore[arg-type]  # pairs is what it takes

    def __call__(self, text: str) -> list[int]:
        """The ids of ``text``, which may be of any length; case and runs of white space do not matter."""
        ids: list[int] = self._clip(text, add_special_tokens=False)["input_ids"]
        return ids


def _byte_letters() -> list[str]:
    """One printable character for each byte, in the vocabulary's order: those that print first, as themselves."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = 256 - len(printable)
    return [chr(code) for code in [*printable, *range(256, 256 + others)]]
