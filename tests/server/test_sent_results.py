"""Nodes that send what they made over the field's socket, pictures and text: to the client that asked alone."""

import json
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from typing import Any

import aiohttp
import pytest
from live_server import FieldClient, Graph, LiveServer
from PIL import Image


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One at its defaults, with which plain clients get no previews."""
    live = LiveServer(tmp_path_factory.mktemp("home"), packs=(), preview_method="default")
    yield live
    live.stop()


@pytest.fixture
async def asking(plain_server: LiveServer, session: aiohttp.ClientSession) -> AsyncIterator[FieldClient]:
    connected = await FieldClient(session, plain_server.url).connect()
    yield connected
    await connected.socket.close()


def sent(count: int, *, color: int = 0x008080) -> Graph:
    """A graph that sends ``count`` pictures of 24 x 16."""
    return {
        "i": {"class_type": "EmptyImage", "inputs": {"width": 24, "height": 16, "batch_size": count, "color": color}},
        "s": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["i", 0]}},
        "p": {"class_type": "PreviewImage", "inputs": {"images": ["i", 0]}},
    }


def by_node(seen: list[dict[str, Any] | bytes]) -> dict[str, list[bytes]]:
    """The binary messages that came while each node was the current one, as scripts collect them."""
    current, found = "", {}
    for message in seen:
        if isinstance(message, bytes):
            found.setdefault(current, []).append(message)
        elif message["type"] == "executing":
            current = message["data"]["node"] or ""
    return found


async def test_pictures_come_while_their_node_is_the_current_one_and_every_time(asking: FieldClient) -> None:
    for _ in range(2):
        asking.seen.clear()
        prompt_id = (await asking.post(sent(3)))["prompt_id"]
        types = await asking.finish(prompt_id)
        pictures = by_node(asking.seen)["s"]
        assert len(pictures) == types.count("picture") == 3
        assert {picture[:8] for picture in pictures} == {b"\0\0\0\x01\0\0\0\x02"}
        with Image.open(BytesIO(pictures[0][8:])) as opened:
            assert (opened.format, opened.size, opened.getpixel((0, 0))) == ("PNG", (24, 16), (0, 128, 128))
        told = [m["data"]["node"] for m in asking.seen if isinstance(m, dict) and m["type"] == "executed"]
        assert "s" not in told
        assert list((await asking.get(f"/history/{prompt_id}"))[prompt_id]["outputs"]) == ["p"]


async def test_nobody_else_gets_them(asking: FieldClient, session: aiohttp.ClientSession) -> None:
    other = await FieldClient(session, asking.url).connect()
    await asking.finish((await asking.post(sent(2, color=1)))["prompt_id"])
    own = (await other.post(sent(1, color=2)))["prompt_id"]
    assert (await other.finish(own)).count("picture") == 1
    await other.socket.close()


async def test_who_knows_metadata_gets_it_with_the_picture(asking: FieldClient) -> None:
    await asking.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
    prompt_id = (await asking.post(sent(1, color=3)))["prompt_id"]
    await asking.finish(prompt_id)
    (picture,) = by_node(asking.seen)["s"]
    assert picture[:4] == b"\0\0\0\x04"
    length = int.from_bytes(picture[4:8], "big")
    described = json.loads(picture[8 : 8 + length])
    assert described == {
        "node_id": "s",
        "prompt_id": prompt_id,
        "display_node_id": "s",
        "parent_node_id": None,
        "real_node_id": "s",
        "image_type": "image/png",
    }
    assert picture[8 + length :].startswith(b"\x89PNG")


async def test_text_of_a_node_comes_with_its_id(asking: FieldClient, session: aiohttp.ClientSession) -> None:
    other = await FieldClient(session, asking.url).connect()
    graph = sent(1, color=4)
    graph["sïze"] = {"class_type": "GetImageSize", "inputs": {"image": ["i", 0]}}
    sides = {"width": ["sïze", 0], "height": ["sïze", 1]}
    graph["more"] = {"class_type": "EmptyImage", "inputs": {**sides, "batch_size": 1, "color": 4}}
    graph["p"]["inputs"]["images"] = ["more", 0]
    await asking.finish((await asking.post(graph))["prompt_id"])
    name = "sïze".encode()
    assert by_node(asking.seen)["sïze"] == [b"\0\0\0\x03" + len(name).to_bytes(4, "big") + name + b"24 x 16"]
    assert (await other.finish((await other.post(sent(1, color=5)))["prompt_id"])).count("picture") == 1
    await other.socket.close()


async def test_a_picture_larger_than_what_may_wait_for_a_client_arrives_whole(asking: FieldClient) -> None:
    """Noise of 2400 x 2400 is 17 MB as PNG; a picture of a camera is no less."""
    buffer = BytesIO()
    Image.effect_noise((2400, 2400), 200).save(buffer, "BMP")
    form = aiohttp.FormData()
    form.add_field("image", buffer.getvalue(), filename="large.bmp")
    async with asking.session.post(f"{asking.url}/upload/image", data=form) as response:
        assert response.status == 200, await response.text()
    graph = {
        "l": {"class_type": "LoadImage", "inputs": {"image": "large.bmp"}},
        "s": {"class_type": "SaveImageWebsocket", "inputs": {"images": ["l", 0]}},
    }
    await asking.finish((await asking.post(graph))["prompt_id"])
    (picture,) = by_node(asking.seen)["s"]
    assert picture.endswith(b"IEND\xaeB`\x82")
