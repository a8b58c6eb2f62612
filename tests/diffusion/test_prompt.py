import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.diffusion.prompt import WeightedToken, pack_chunks, parse_weights
from nodegraph.diffusion.prompt_tokens import chunks_of, words_of
from nodegraph.diffusion.tokenizer import Tokenizer


@pytest.mark.parametrize(
    ("prompt", "runs"),
    [
        ("", []),
        ("a cat", [("a cat", 1.0)]),
        ("a (cat)", [("a ", 1.0), ("cat", 1.1)]),
        ("((cat))", [("cat", 1.1 * 1.1)]),
        ("(cat:1.3)", [("cat", 1.3)]),
        ("(a (cat:0.5))", [("a ", 1.1), ("cat", 0.5)]),
        ("((a) cat:2)", [("a", 2.2), (" cat", 2.0)]),
        ("(ratio 16:9:1.5)", [("ratio 16:9", 1.5)]),
        ("(cat:big)", [("cat:big", 1.1)]),
        ("(cat:nan)", [("cat:nan", 1.1)]),
        ("(cat:-1)", [("cat", -1.0)]),
        (r"a \(cat\)", [("a (cat)", 1.0)]),
        (r"(a \(b\) c:1.2)", [("a (b) c", 1.2)]),
        ("a (cat", [("a (cat", 1.0)]),
        ("a) cat", [("a) cat", 1.0)]),
        ("[cat] {a|b} BREAK", [("[cat] {a|b} BREAK", 1.0)]),
        ("()", []),
        ("(a)) (b:2)", [("a", 1.1), (") ", 1.0), ("b", 2.0)]),
        ("(a) (b (c)", [("a", 1.1), (" (b (c)", 1.0)]),
        ("(a(b) :3)", [("a", 3.0), ("b", 3.3), (" ", 3.0)]),
    ],
)
def test_weights(prompt: str, runs: list[tuple[str, float]]) -> None:
    assert [(run.text, pytest.approx(run.weight)) for run in parse_weights(prompt)] == runs


@given(st.text(alphabet="ab():\\.1 "))
def test_any_text_parses_and_keeps_its_letters(prompt: str) -> None:
    runs = parse_weights(prompt)
    letters = "".join(run.text for run in runs)
    assert [c for c in letters if c in "ab"] == [c for c in prompt if c in "ab"]


def test_nesting_may_be_deep() -> None:
    assert parse_weights("(" * 5000 + "a" + ":2)" * 5000) == [("a", 2.0)]


def test_without_parentheses_nothing_changes() -> None:
    assert parse_weights("x" * 10_000) == [("x" * 10_000, 1.0)]


def tokens(number: int, start: int = 1000) -> list[WeightedToken]:
    return [WeightedToken(start + index, 1.2) for index in range(number)]


def pack(*groups: list[WeightedToken]) -> list[list[WeightedToken]]:
    return pack_chunks(groups, start=1, end=2, padding=3)


def content(chunk: list[WeightedToken]) -> list[WeightedToken]:
    return [token for token in chunk if token.id >= 1000]


def test_empty_prompt_is_one_chunk() -> None:
    assert pack() == [[(1, 1.0), (2, 1.0), *[(3, 1.0)] * 75]]
    assert pack([]) == pack()


def test_a_full_chunk_is_not_followed_by_an_empty_one() -> None:
    assert len(pack(tokens(75))) == 1
    assert len(pack(tokens(76))) == 2


def test_a_long_group_is_cut_at_the_end_of_a_chunk() -> None:
    first, second = pack(tokens(70), tokens(8, 2000))
    assert content(first) == tokens(70) + tokens(8, 2000)[:5]
    assert content(second) == tokens(8, 2000)[5:]


def test_a_short_group_moves_whole() -> None:
    first, second = pack(tokens(70), tokens(7, 2000))
    assert content(first) == tokens(70)
    assert first[71:] == [(2, 1.0), *[(3, 1.0)] * 5]
    assert content(second) == tokens(7, 2000)


@given(st.lists(st.integers(0, 200), max_size=8))
def test_packing_keeps_every_token_in_order(sizes: list[int]) -> None:
    groups = [tokens(size, 1000 * (index + 1)) for index, size in enumerate(sizes)]
    chunks = pack(*groups)
    assert all(len(chunk) == 77 for chunk in chunks)
    assert [token for chunk in chunks for token in content(chunk)] == [token for group in groups for token in group]
    assert all(token.weight == 1.0 for chunk in chunks for token in chunk if token.id < 1000)


def test_words_are_found_at_the_positions_of_their_tokens() -> None:
    tokenizer = Tokenizer()
    words = words_of("A (red umbrellaphone:1.2), in the café", tokenizer)
    assert [word.text for word in words] == ["A", "red", "umbrellaphone", "in", "the", "café"]
    assert [word.positions for word in words] == [(1,), (2,), (3, 4, 5), (7,), (8,), (9,)]
    ids = [token.id for chunk in chunks_of("A (red umbrellaphone:1.2), in the café", tokenizer) for token in chunk]
    assert [ids[place] for place in words[2].positions] == tokenizer("umbrellaphone")


def test_words_of_a_later_chunk_are_found_behind_the_padding_of_the_first() -> None:
    tokenizer = Tokenizer()
    prompt = "ball " * 75 + "(red umbrellaphone)"
    ids = [token.id for chunk in chunks_of(prompt, tokenizer) for token in chunk]
    last = words_of(prompt, tokenizer)[-1]
    assert last.text == "umbrellaphone"
    assert last.positions[0] > 77
    assert [ids[place] for place in last.positions] == tokenizer("umbrellaphone")
