"""The field's routes for model files, under both prefixes, against a real server."""

import os
from pathlib import Path

import pytest
import torch
from live_server import FieldClient, LiveServer
from PIL import Image
from safetensors.torch import save_file

FOLDER = "models/upscale_models"


@pytest.fixture
def model(server: LiveServer) -> Path:
    path = server.home / FOLDER / "sub/described.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({"a": torch.zeros(2)}, path, metadata={"ss_name": "moss"})
    (path.parent / "bare.safetensors").write_bytes(b"no header")
    return path


async def status_of(client: FieldClient, path: str) -> int:
    async with client.session.get(client.url + path) as response:
        return response.status


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_models_are_described(client: FieldClient, server: LiveServer, model: Path, prefix: str) -> None:
    kinds = {kind["name"]: kind["folders"] for kind in await client.get(f"{prefix}/experiment/models")}
    assert kinds["upscale_models"] == [str(server.home / FOLDER)]
    assert not {"configs", "custom_nodes"} & kinds.keys()
    (found,) = [
        found
        for found in await client.get(f"{prefix}/experiment/models/upscale_models")
        if found["name"] == "sub/described.safetensors"
    ]
    changed = os.stat(model)
    assert found == {
        "name": "sub/described.safetensors",
        "pathIndex": 0,
        "modified": round(changed.st_mtime * 1000),
        "created": round(changed.st_ctime * 1000),
        "size": changed.st_size,
    }
    assert await status_of(client, f"{prefix}/experiment/models/nowhere") == 404


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_a_file_says_what_it_is(client: FieldClient, model: Path, prefix: str) -> None:
    path = f"{prefix}/view_metadata/upscale_models"
    assert await client.get(f"{path}?filename=sub/described.safetensors") == {"ss_name": "moss"}
    for absent in ("sub/none.safetensors", "sub/bare.safetensors", "sub/described.ckpt", ""):
        assert await status_of(client, f"{path}?filename={absent}") == 404, absent
    assert await status_of(client, f"{path}?filename=../checkpoints/a.safetensors") == 403
    assert await status_of(client, f"{prefix}/view_metadata/nowhere?filename=a.safetensors") == 404


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_the_picture_beside_a_model_is_its_preview(client: FieldClient, model: Path, prefix: str) -> None:
    preview = f"{prefix}/experiment/models/preview/upscale_models"
    model.with_suffix(".preview.png").unlink(missing_ok=True)
    assert await status_of(client, f"{preview}/0/sub/described.safetensors") == 404
    Image.new("RGB", (4, 3), "red").save(model.with_suffix(".preview.png"))
    async with client.session.get(f"{client.url}{preview}/0/sub/described.safetensors") as response:
        assert (response.status, response.content_type) == (200, "image/webp")
        assert (await response.read()).startswith(b"RIFF")
    for wrong in ("1/sub/described.safetensors", "x/sub/described.safetensors"):
        assert await status_of(client, f"{preview}/{wrong}") == 404
    assert await status_of(client, f"{preview}/0/..%2Fcheckpoints%2Fa.safetensors") == 403
