from collections.abc import AsyncIterator, Iterator

import aiohttp
import pytest
from http_api import Api
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


@pytest.fixture
async def api(server: LiveServer, session: aiohttp.ClientSession) -> AsyncIterator[Api]:
    routes = Api(session, server.url)
    yield routes
    await routes.call("POST", "/queue/clear")
    await routes.call("POST", "/queue/resume")


@pytest.fixture
async def paused(api: Api) -> Api:
    """With a queue that is paused and in which nothing waits or runs."""
    await api.call("POST", "/queue/clear")
    view = await api.call("POST", "/queue/pause", {})
    assert view["paused"]
    assert not view["held"]
    for entry in view["running"]:
        await api.end(entry["job"])
    return api
