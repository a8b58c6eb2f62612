"""Tokens over HTTP are those that encoding takes."""

from typing import Any

from live_server import FieldClient

from nodegraph.diffusion.prompt_tokens import chunks_of
from nodegraph.diffusion.tokenizer import END, Tokenizer


async def ask(client: FieldClient, texts: list[str]) -> tuple[int, dict[str, Any]]:
    async with client.session.post(f"{client.url}/api/v1/tokens", json={"texts": texts}) as response:
        return response.status, await response.json()


async def test_prompts_are_counted_in_their_order(client: FieldClient) -> None:
    long = "a red cat, " * 30
    status, answer = await ask(client, ["a photo of a cat", "", "a (photo:1.2) of ((a)) cat", long])
    assert status == 200
    assert answer["counts"] == [
        {"tokens": 5, "chunks": 1},
        {"tokens": 0, "chunks": 1},
        {"tokens": 5, "chunks": 1},
        {"tokens": 120, "chunks": 2},
    ]


async def test_what_is_counted_is_what_is_encoded(client: FieldClient) -> None:
    texts = ["(" + "cat " * 70 + "a:1.3) (photo of an old house:0.8) " + "dog " * 20, "cat " * 75, "cat " * 76]
    _, answer = await ask(client, texts)
    tokenizer = Tokenizer()
    for text, count in zip(texts, answer["counts"], strict=True):
        chunks = chunks_of(text, tokenizer)
        own = sum(token.id != END for chunk in chunks for token in chunk[1:])
        assert count == {"tokens": own, "chunks": len(chunks)}
    assert [count["chunks"] for count in answer["counts"]] == [2, 1, 2]


async def test_no_more_is_taken_than_can_be_counted_soon(client: FieldClient) -> None:
    assert (await ask(client, ["a"] * 65))[0] == 400
    assert (await ask(client, ["a" * 100_001]))[0] == 400
