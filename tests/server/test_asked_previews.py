"""Previews of a prompt that says whether it wants them, whatever the server is set to."""

from collections.abc import Iterator

import aiohttp
import pytest
from live_server import FieldClient, LiveServer, steps


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One at its defaults, with which clients that know no metadata get no previews."""
    live = LiveServer(tmp_path_factory.mktemp("home"), preview_method="default")
    yield live
    live.stop()


@pytest.mark.parametrize(
    ("method", "pictures"), [("auto", 2), ("latent2rgb", 2), ("none", 0), ("default", 0), (None, 0)]
)
async def test_a_prompt_may_ask(
    plain_server: LiveServer, session: aiohttp.ClientSession, method: str | None, pictures: int
) -> None:
    client = await FieldClient(session, plain_server.url).connect()
    asked = {} if method is None else {"extra_data": {"preview_method": method}}
    types = await client.finish((await client.post(steps(2, pause=0), **asked))["prompt_id"])
    assert types.count("picture") == pictures
    await client.socket.close()


async def test_a_prompt_may_want_none(client: FieldClient) -> None:
    prompt_id = (await client.post(steps(2, pause=0), extra_data={"preview_method": "none"}))["prompt_id"]
    assert "picture" not in await client.finish(prompt_id)
