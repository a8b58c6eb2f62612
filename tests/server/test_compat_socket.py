"""The field's socket apart from what it tells of prompts: greeting, flags, and what becomes of other messages."""

import uuid

import aiohttp
from live_server import FieldClient, LiveServer, chain, steps


async def test_the_greeting_has_the_id(server: LiveServer, session: aiohttp.ClientSession) -> None:
    for path in ("/ws", "/api/ws"):
        async with session.ws_connect(f"{server.url}{path}?clientId=mine") as socket:
            greeting = await socket.receive_json()
            assert greeting["type"] == "status"
            assert greeting["data"]["sid"] == "mine"
            assert greeting["data"]["status"]["exec_info"]["queue_remaining"] >= 0
        async with session.ws_connect(f"{server.url}{path}") as socket:
            made_up = (await socket.receive_json())["data"]["sid"]
            assert uuid.UUID(made_up).hex == made_up


async def test_flags_count_in_the_first_message_only(client: FieldClient) -> None:
    await client.socket.send_json({"type": "hello", "data": {}})
    await client.socket.send_json({"type": "feature_flags", "data": {"supports_preview_metadata": True}})
    await client.finish((await client.post(steps(1, pause=0)))["prompt_id"])
    assert "feature_flags" not in {message["type"] for message in client.seen if isinstance(message, dict)}
    (picture,) = [message for message in client.seen if isinstance(message, bytes)]
    assert picture[:4] == b"\0\0\0\x01"


async def test_flags_are_answered_with_the_features(client: FieldClient) -> None:
    await client.socket.send_json({"type": "feature_flags", "data": {}})
    assert await client.until("feature_flags") == await client.get("/features")


async def test_what_else_a_client_says_is_passed_over(client: FieldClient) -> None:
    for text in ("", "{", "[]", "null", '{"type": 1}', '{"type": "feature_flags", "data": 7}', "[" * 100_000):
        await client.socket.send_str(text)
    await client.socket.send_bytes(b"\0" * 100)
    assert "execution_success" in await client.finish((await client.post(chain(0, value=0.33)))["prompt_id"])


async def test_nothing_is_kept_for_who_is_away(client: FieldClient, server: LiveServer) -> None:
    away = FieldClient(client.session, server.url)
    prompt_id = (await away.post(steps(1, pause=0)))["prompt_id"]
    own = (await client.post(chain(0, value=0.34)))["prompt_id"]
    await client.finish(own)
    assert prompt_id in await client.get("/history")
    await away.connect()
    own = (await client.post(chain(0, value=0.35)))["prompt_id"]
    await client.finish(own)
    assert (await away.until("status", status={"exec_info": {"queue_remaining": 0}})) is not None
    assert {message["type"] for message in away.seen if isinstance(message, dict)} == {"status"}
    await away.socket.close()
