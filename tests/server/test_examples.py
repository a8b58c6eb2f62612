"""The example workflows over HTTP, and that every one of them is a workflow."""

import json
from pathlib import Path

import pytest
from live_server import FieldClient

from nodegraph.graph.canvas.convert import to_api
from nodegraph.packs.loader import load_packs
from nodegraph.packs.locate import builtin_pack
from nodegraph.server.api_v1 import examples
from nodegraph.server.api_v1.examples import example_workflows


async def test_the_examples_are_listed_and_served_as_they_are(client: FieldClient) -> None:
    async with client.session.get(f"{client.url}/api/v1/examples") as response:
        names = await response.json()
    assert names[0] == "text-to-image"  # the simplest
    assert names == list(example_workflows())
    for name in names:
        async with client.session.get(f"{client.url}/api/v1/examples/{name}") as response:
            assert response.content_type == "application/json"
            assert await response.read() == example_workflows()[name].read_bytes()


@pytest.mark.parametrize("of_it", ["", "/thumbnail"])
@pytest.mark.parametrize("name", ["none-such", "..%2Fpyproject", "text-to-image.json", "..%2Fdocs%2Fscreenshot"])
async def test_nothing_else_is(client: FieldClient, name: str, of_it: str) -> None:
    async with client.session.get(f"{client.url}/api/v1/examples/{name}{of_it}") as response:
        assert response.status == 404


async def test_a_thumbnail_is_asked_for_again_but_sent_once(
    client: FieldClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "_workflows"
    folder.mkdir()
    for name in ("drawn.json", "drawn.webp", "bare.json"):
        (folder / name).write_bytes(name.encode())
    monkeypatch.setattr(examples, "PACKAGE", tmp_path)
    url = f"{client.url}/api/v1/examples/drawn/thumbnail"
    async with client.session.get(url) as response:
        assert response.status == 200
        assert response.content_type == "image/webp"
        assert response.headers["Cache-Control"] == "no-cache"
        assert await response.read() == b"drawn.webp"
    async with client.session.get(url, headers={"If-None-Match": response.headers["ETag"]}) as response:
        assert response.status == 304
    async with client.session.get(f"{client.url}/api/v1/examples/bare/thumbnail") as response:
        assert response.status == 204


@pytest.mark.parametrize("name", sorted(example_workflows()))
def test_each_example_converts_without_a_remark(name: str) -> None:
    nodes = load_packs([builtin_pack()]).nodes
    specs = {class_id: node.spec for class_id, node in nodes.items()}
    converted = to_api(json.loads(example_workflows()[name].read_text()), specs)
    assert converted.warnings == []
    assert all(node["class_type"] in specs for node in converted.prompt.values())
