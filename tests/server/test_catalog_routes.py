"""Node classes and models over HTTP, on a real server with a real worker."""

from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import msgspec
import pytest
from http_api import Api
from live_server import LiveServer
from support import tiny_checkpoint

from nodegraph.graph.spec import FileList, NodeSpec
from nodegraph.server import model_lists
from nodegraph.server.model_lists import ModelLists
from nodegraph.weights.folders import ModelFolders


async def test_node_classes_are_told_as_they_are(api: Api) -> None:
    nodes = {node["class_id"]: node for node in (await api.call("GET", "/nodes"))["nodes"]}
    assert list(nodes) == sorted(nodes)
    sampler = msgspec.convert(nodes["KSampler"], NodeSpec)
    steps = sampler.input("steps")
    assert steps is not None
    assert (steps.type, steps.minimum) == ("INT", 1)
    loader = msgspec.convert(nodes["CheckpointLoaderSimple"], NodeSpec)
    assert isinstance(loader.inputs[0].choices, FileList)
    assert loader.inputs[0].choices.folder == "checkpoints"
    assert await api.call("GET", "/nodes/KSampler") == nodes["KSampler"]
    assert "TestEcho" in nodes, "those of packs too"
    answer = await api.call("GET", "/nodes/K%2FSampler", expect=404)
    assert "K/Sampler" in answer["error"]["message"]


async def test_what_has_not_changed_is_not_sent_again(api: Api) -> None:
    for path in ("/nodes", "/nodes/KSampler"):
        async with api.session.get(f"{api.url}/api/v1{path}") as response:
            etag = response.headers["ETag"]
        async with api.session.get(f"{api.url}/api/v1{path}", headers={"If-None-Match": etag}) as response:
            assert response.status == 304
            assert await response.read() == b""
        async with api.session.get(f"{api.url}/api/v1{path}", headers={"If-None-Match": '"x"'}) as response:
            assert response.status == 200


@pytest.fixture
def models(server: LiveServer) -> Iterator[Path]:
    """The folder of models, with some in it that other tests do not find."""
    folder = Path(server.settings.models_dir)
    tiny_checkpoint.write(folder / "checkpoints" / "sub" / "tiny.safetensors")
    others = {folder / "loras" / "broken.safetensors": b"no", folder / "vae" / "old.ckpt": b"pickle"}
    for path, content in others.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    yield folder
    for path in (*others, folder / "checkpoints" / "sub" / "tiny.safetensors"):
        path.unlink()


async def test_models_are_listed_with_what_they_are(models: Path, api: Api) -> None:
    counts = {folder["name"]: folder["files"] for folder in (await api.call("GET", "/models"))["folders"]}
    assert counts["loras"] == 1
    assert counts["clip_vision"] == 0
    listed = (await api.call("GET", "/models/checkpoints"))["models"]
    tiny = next(model for model in listed if model["name"] == "sub/tiny.safetensors")
    assert (tiny["state"], tiny["precision"]) == ("ok", "fp16")
    assert "Stable Diffusion 1" in tiny["what"]
    assert tiny["size"] > 1000
    assert [model["state"] for model in (await api.call("GET", "/models/loras"))["models"]] == ["broken"]
    assert [model["state"] for model in (await api.call("GET", "/models/vae"))["models"]] == ["pickle"]
    assert str(models) not in str(listed), "where the files lie is nobody's business"
    answer = await api.call("GET", "/models/lauras", expect=404)
    assert "loras" in answer["error"]["message"]


def test_a_file_is_opened_again_only_when_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints" / "tiny.safetensors"
    tiny_checkpoint.write(path)
    lists = ModelLists(ModelFolders(tmp_path))
    with patch.object(model_lists, "examined", wraps=model_lists.examined) as examined:
        first = lists.of("checkpoints")
        assert lists.of("checkpoints") == first
        assert examined.call_count == 1
        path.write_bytes(b"no")
        (broken,) = lists.of("checkpoints")
        assert (broken.state, examined.call_count) == ("broken", 2)
        path.unlink()
        assert lists.of("checkpoints") == []


def test_older_names_of_folders_are_known(tmp_path: Path) -> None:
    assert ModelLists(ModelFolders(tmp_path)).of("unet") == []
