"""CLIP's tokenizer, built from the byte-pair merges that ship with the package: nothing is downloaded.

The vocabulary follows from the merges (Radford et al. 2021; github.com/openai/CLIP): the 256 bytes, the same bytes at
the end of a word, one token for each merge, then the two special tokens.
"""

import gzip
from importlib.resources import files
from itertools import groupby
from operator import itemgetter

START = 49406
END = 49407
VOCABULARY_SIZE = 49408

_END_OF_WORD = "</w>"
_SPECIAL = ("<|startoftext|>", "<|endoftext|>")
_WORD = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""What merges never cross."""


class Tokenizer:
    """Text to token ids, without start, end and padding."""

    def __init__(self) -> None:
        # Not everybody who knows the numbers above tokenizes.
        from tokenizers import Regex, normalizers, pre_tokenizers
        from tokenizers import Tokenizer as Pipeline
        from tokenizers.models import BPE

        packed = files("nodegraph.diffusion").joinpath("data/clip_bpe_merges.txt.gz").read_bytes()
        merges: list[tuple[str, str]] = []
        for line in gzip.decompress(packed).decode().splitlines():
            first, second = line.split(" ")
            merges.append((first, second))
        letters = _byte_letters()
        words = [
            *letters,
            *(letter + _END_OF_WORD for letter in letters),
            *(first + second for first, second in merges),
            *_SPECIAL,
        ]
        vocabulary = {word: number for number, word in enumerate(words)}
        assert len(vocabulary) == VOCABULARY_SIZE
        bpe = BPE(vocab=vocabulary, merges=merges, end_of_word_suffix=_END_OF_WORD, unk_token=_SPECIAL[1])
        pipeline = Pipeline(bpe)
        spaces = normalizers.Replace(Regex(r"\s+"), " ")
        pipeline.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])
        pipeline.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(Regex(_WORD), behavior="removed", invert=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
        pipeline.add_special_tokens(list(_SPECIAL))  # written out in a text, they stand for themselves
        self._pipeline = pipeline

    def __call__(self, text: str) -> list[int]:
        """The ids of ``text``, which may be of any length; case and runs of white space do not matter."""
        return list(self._pipeline.encode(text, add_special_tokens=False).ids)

    def words(self, text: str) -> list[tuple[str, int]]:
        """The words of ``text`` as they are written, each with how many of its ids are the word's."""
        encoded = self._pipeline.encode(text, add_special_tokens=False)
        places = [(encoded.token_to_word(place), place) for place in range(len(encoded.ids))]
        groups = [[place for _, place in group] for _, group in groupby(places, key=itemgetter(0))]
        spans = [(encoded.offsets[group[0]][0], encoded.offsets[group[-1]][1]) for group in groups]
        return [(text[start:end], len(group)) for (start, end), group in zip(spans, groups, strict=True)]


def _byte_letters() -> list[str]:
    """One printable character for each byte, in the vocabulary's order: those that print first, as themselves."""
    printable = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    others = 256 - len(printable)
    return [chr(code) for code in [*printable, *range(256, 256 + others)]]
