"""A workflow that names a model which is not there is answered with the command that brings it, at every door."""

import aiohttp
import pytest
from live_server import LiveServer

PROMPT = {
    "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "v1-5-pruned-emaonly.safetensors"}},
    "2": {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}},
    "3": {"class_type": "VAEDecode", "inputs": {"samples": ["2", 0], "vae": ["1", 2]}},
    "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
}


@pytest.mark.parametrize("door", ["/prompt", "/api/prompt", "/api/v1/jobs"])
async def test_a_missing_model_is_answered_with_the_command(
    server: LiveServer, session: aiohttp.ClientSession, door: str
) -> None:
    async with session.post(server.url + door, json={"prompt": PROMPT}) as answer:
        assert answer.status == 400
        refusal = await answer.json()
    (problem,) = refusal["node_errors"]["1"]["errors"]
    assert problem["type"] == "value_not_in_list"
    assert problem["extra_info"]["received_value"] == "v1-5-pruned-emaonly.safetensors"
    assert problem["extra_info"]["command"] == "nodegraph models add sd-1.5"
    assert "nodegraph models add sd-1.5" in problem["details"]
    assert "nodegraph models add sd-1.5" in refusal["error"]["details"]
