"""What comes with the package is in every list that the server gives of models, after what the user has put there."""

from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest
from live_server import LiveServer


@pytest.fixture(scope="module")
def bundled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bundled")
    for name in ("checkpoints/starter.safetensors", "clip_vision/starter-clip.safetensors"):
        (folder / name).parent.mkdir()
        (folder / name).touch()
    return folder


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, bundled: Path) -> Iterator[LiveServer]:
    live = LiveServer(tmp_path_factory.mktemp("home"), bundled_models_dir=str(bundled))
    yield live
    live.stop()


async def test_lists_name_bundled_models(server: LiveServer, session: aiohttp.ClientSession, bundled: Path) -> None:
    async def get(path: str) -> object:
        async with session.get(server.url + path) as answer:
            assert answer.status == 200
            return await answer.json()

    assert await get("/models/checkpoints") == ["starter.safetensors"]
    assert await get("/models/clip_vision") == ["starter-clip.safetensors"]
    info = await get("/object_info/CheckpointLoaderSimple")
    assert isinstance(info, dict)
    combo = info["CheckpointLoaderSimple"]["input"]["required"]["ckpt_name"]
    assert "starter.safetensors" in str(combo)
    folders = await get("/experiment/models")
    assert str(bundled) not in str(folders), "where a client may tell its user to put files"
