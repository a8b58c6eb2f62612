"""Secrets that clients send along with a workflow are kept nowhere, and told to nobody."""

import logging
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from live_server import FieldClient, LiveServer, chain
from PIL import Image

from nodegraph.server.secret_keys import is_secret, without_secrets

SECRET = "sk-very-secret-0123456789"


@pytest.mark.parametrize(
    "name",
    [
        *("auth_token_comfy_org", "api_key_comfy_org", "AUTH_TOKEN", "api-key", "apiKey", "myApiKeyForX", "APIKEY"),
        *("authorization", "Authorization", "cookie", "hf.token", "clientSecret", "db_password", "X-Access-Token"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret(name)


@pytest.mark.parametrize(
    "name",
    [
        *("client_id", "create_time", "extra_pnginfo", "preview_method", "title", "tokens", "max_tokens", "key"),
        *("keyboard", "author", "workflow", "monkey", "authored_by", ""),
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret(name)


def test_documents_keep_what_their_authors_called_so() -> None:
    workflow = {"nodes": [{"id": 1, "properties": {"token": "<lora>"}}]}
    extra = {"extra_pnginfo": {"workflow": workflow, "api_key_x": SECRET}, "a": [{"b": {"token": SECRET, "c": 1}}]}
    assert without_secrets(extra) == {"extra_pnginfo": {"workflow": workflow}, "a": [{"b": {"c": 1}}]}
    assert without_secrets({"extra_pnginfo": "odd"}) == {"extra_pnginfo": "odd"}


@given(st.integers(0, 5000))
def test_what_is_nested_for_ever_is_no_way_round(depth: int) -> None:
    nested: Any = {"token": SECRET}
    for _ in range(depth):
        nested = [nested] if depth % 2 else {"a": nested}
    assert SECRET not in str(without_secrets({"extra": nested}))


EXTRA: dict[str, Any] = {
    "auth_token_comfy_org": SECRET,
    "api_key_comfy_org": SECRET,
    "of_a_service": {"credentials": {"user": SECRET}, "apiKey": SECRET, "name": "kept"},
    "extra_pnginfo": {"workflow": {"id": "kept"}, "api_key_of_another": SECRET},
}


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_a_secret_is_nowhere_after_a_job(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Not in the databases, the history, what clients are told, the log or the picture."""
    caplog.set_level(logging.DEBUG)
    server = LiveServer(tmp_path, log_level="debug")
    graph = chain(1)
    graph["o"] = {"class_type": "SaveImage", "inputs": {"images": ["m", 0], "filename_prefix": "a"}}
    asked = {"prompt": graph, "extra_data": EXTRA}
    told: list[bytes] = []
    async with aiohttp.ClientSession() as session:
        stream = await session.ws_connect(f"{server.url}/api/v1/ws", max_msg_size=0)
        await stream.send_json({"type": "subscribe", "after": 0, "previews": True})
        field = await FieldClient(session, server.url).connect()
        answer = await field.post(graph, extra_data=EXTRA)
        await field.finish(answer["prompt_id"])
        for key in ("the same", "the same"):
            async with session.post(
                f"{server.url}/api/v1/jobs", json=asked, headers={"Idempotency-Key": key}
            ) as response:
                job = (await response.json())["job"]
        # Another secret is no other request: it is no part of it.
        asked = {"prompt": graph, "extra_data": {**EXTRA, "api_key_comfy_org": "renewed"}}
        async with session.post(
            f"{server.url}/api/v1/jobs", json=asked, headers={"Idempotency-Key": "the same"}
        ) as response:
            assert (await response.json())["job"] == job
        for path in (
            f"/api/v1/jobs/{job}/wait?timeout=60",
            f"/api/v1/jobs/{job}/request",
            f"/api/v1/jobs/{job}/result",
            "/api/v1/jobs",
            "/history",
            f"/history/{job}",
            f"/api/jobs/{job}",
            "/queue",
            "/internal/logs",
        ):
            async with session.get(server.url + path) as response:
                assert response.status == 200, path
                told.append(await response.read())
        while True:
            message = await stream.receive(timeout=60)
            text = message.data if isinstance(message.data, bytes) else message.data.encode()
            told.append(text)
            if b"job_finished" in text and job.encode() in text:
                break
        told.append(msgspec.json.encode([message for message in field.seen if isinstance(message, dict)]))
        await field.socket.close()
        await stream.close()
    server.stop()
    told.append(caplog.text.encode())
    assert b'"name":"kept"' in b"".join(told)
    stored = files(tmp_path)
    assert [name for name, content in stored.items() if SECRET.encode() in content] == []
    assert [content for content in told if SECRET.encode() in content] == []
    texts = Image.open(BytesIO(stored["output/a_00001_.png"])).text
    assert msgspec.json.decode(texts["workflow"]) == {"id": "kept"}
    assert SECRET not in str(texts)
