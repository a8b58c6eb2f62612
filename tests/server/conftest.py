from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from live_server import FieldClient, LiveServer


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("home"))
    yield live
    live.stop()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as open_session:
        yield open_session


@pytest.fixture
async def client(server: LiveServer, session: aiohttp.ClientSession) -> AsyncIterator[FieldClient]:
    connected = await FieldClient(session, server.url).connect()
    yield connected
    await connected.socket.close()
