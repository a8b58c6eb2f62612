"""The status of answers for which no other test asks, under both prefixes; and that each of them says what is wrong."""

import pytest
from live_server import FieldClient


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/view", 404),
        ("/view?filename=none.png", 404),
        ("/view?filename=", 400),
        ("/view?filename=none.png&type=odd", 400),
        ("/view?filename=/none.png", 400),
        ("/view?filename=../none.png", 400),
        ("/view?filename=none.png&subfolder=../..", 403),
        ("/models/nowhere", 404),
        ("/view_metadata/checkpoints?filename=none.safetensors", 404),
        ("/userdata", 400),
        ("/userdata?dir=../jobs", 403),
        ("/userdata?dir=none", 404),
        ("/userdata/none.json", 404),
        ("/history?max_items=many", 400),
    ],
)
async def test_what_is_not_there_or_not_allowed(client: FieldClient, prefix: str, path: str, status: int) -> None:
    async with client.session.get(client.url + prefix + path) as response:
        assert response.status == status
        assert (await response.json())["error"]["message"]


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize(
    ("path", "answer"),
    [("/history/none", {}), ("/object_info/Nothing", {}), ("/settings/none", None), ("/embeddings", [])],
)
async def test_what_is_not_there_but_no_mistake(client: FieldClient, prefix: str, path: str, answer: object) -> None:
    assert await client.get(prefix + path) == answer


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/queue", {"delete": ["unknown"]}),
        ("/queue", {"clear": True}),
        ("/history", {"delete": ["unknown"]}),
        ("/interrupt", {}),
        ("/interrupt", {"prompt_id": "unknown"}),
        ("/free", {"unload_models": True, "free_memory": False}),
    ],
)
async def test_what_is_done_is_answered_with_nothing(client: FieldClient, prefix: str, path: str, body: object) -> None:
    assert await client.call(prefix + path, body) == (200, None)


async def test_addresses_and_methods_that_are_not_there(client: FieldClient) -> None:
    async with client.session.get(f"{client.url}/nowhere") as response:
        assert (response.status, response.content_type, await response.text()) == (404, "text/plain", "404: Not Found")
    async with client.session.put(f"{client.url}/prompt") as response:
        assert response.status == 405
