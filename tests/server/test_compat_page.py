"""What the field's own page asks besides running: what there is none of, the log, the folders, other methods."""

import logging
import os
import uuid

import pytest
from live_server import FieldClient, LiveServer

from nodegraph.server.compat.log_lines import LINES


@pytest.mark.parametrize("prefix", ["", "/api"])
@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/extensions", []),
        ("/i18n", {}),
        ("/workflow_templates", {}),
        ("/templates/index.json", []),
        ("/node_replacements", {}),
        ("/global_subgraphs", {}),
    ],
)
async def test_what_there_is_none_of_is_empty(client: FieldClient, prefix: str, path: str, answer: object) -> None:
    assert await client.get(prefix + path) == answer


async def test_one_of_no_subgraphs_is_404(client: FieldClient) -> None:
    async with client.session.get(f"{client.url}/global_subgraphs/a") as response:
        assert response.status == 404


@pytest.mark.parametrize("prefix", ["", "/api"])
async def test_what_the_server_is(client: FieldClient, prefix: str) -> None:
    stats = await client.get(f"{prefix}/system_stats")
    assert stats["system"].keys() >= {
        "os",
        "ram_total",
        "ram_free",
        "comfyui_version",
        "required_frontend_version",
        "installed_templates_version",
        "required_templates_version",
        "comfy_package_versions",
        "deploy_environment",
        "python_version",
        "pytorch_version",
        "embedded_python",
        "argv",
    }
    assert stats["devices"][0].keys() == {
        "name",
        "type",
        "index",
        "vram_total",
        "vram_free",
        "torch_vram_total",
        "torch_vram_free",
    }
    features = await client.get(f"{prefix}/features")
    assert features["max_upload_size"] == 100 * 1024 * 1024
    assert features["extension"] == {"manager": {"supports_v4": False}}
    assert (features["assets"], features["node_replacements"], features["supports_model_type_tags"]) == (
        False,
        True,
        False,
    )


@pytest.mark.parametrize("path", ["/", "/prompt", "/api/prompt", "/api/jobs", "/view", "/nowhere"])
async def test_options_is_200_and_empty(client: FieldClient, path: str) -> None:
    async with client.session.options(client.url + path) as response:
        assert (response.status, await response.read()) == (200, b"")


async def test_options_of_another_page_is_still_refused(client: FieldClient) -> None:
    async with client.session.options(f"{client.url}/prompt", headers={"Origin": "http://evil.example"}) as response:
        assert response.status == 403


async def test_the_log_is_read_and_followed(client: FieldClient, server: LiveServer) -> None:
    first, second = f"said {uuid.uuid4().hex}", f"said {uuid.uuid4().hex}"
    log = logging.getLogger("nodegraph.test")
    log.warning(first)
    raw = await client.get("/internal/logs/raw")
    assert raw["size"].keys() == {"cols", "rows"}
    (entry,) = [entry for entry in raw["entries"] if first in entry["m"]]
    assert entry["m"] == f"WARNING nodegraph.test: {first}\n"
    async with client.session.get(f"{client.url}/internal/logs") as response:
        assert response.content_type == "text/plain"
        assert f"{entry['t']} - {entry['m']}" in await response.text()

    async def follow(enabled: object) -> int:
        body = {"clientId": client.id, "enabled": enabled}
        async with client.session.patch(f"{client.url}/internal/logs/subscribe", json=body) as response:
            return response.status

    assert await follow("yes") == 400
    assert await follow(True) == 200
    log.warning(second)
    told = await client.until("logs")
    assert [entry["m"] for entry in told["entries"]] == [f"WARNING nodegraph.test: {second}\n"]
    assert await follow(False) == 200
    for number in range(LINES):
        log.warning("%d", number)
    entries = (await client.get("/internal/logs/raw"))["entries"]
    assert len(entries) == LINES
    assert entries[-1]["m"] == f"WARNING nodegraph.test: {LINES - 1}\n"
    client.seen.clear()
    await client.finish((await client.post({"o": {"class_type": "TestEcho", "inputs": {"text": "x"}}}))["prompt_id"])
    assert "logs" not in {message["type"] for message in client.seen if isinstance(message, dict)}


async def test_folders_and_their_files(client: FieldClient, server: LiveServer) -> None:
    assert (await client.get("/internal/folder_paths"))["vae"] == [str(server.home / "models/vae")]
    for age, name in enumerate(("newest.txt", "middle.txt", "oldest.txt")):
        path = server.home / "output" / name
        path.write_text(name)
        os.utime(path, (4e9 - age, 4e9 - age))
    assert (await client.get("/internal/files/output"))[:3] == ["newest.txt", "middle.txt", "oldest.txt"]
    async with client.session.get(f"{client.url}/internal/files/user") as response:
        assert response.status == 400
    async with client.session.get(f"{client.url}/api/internal/logs/raw") as response:
        assert response.status == 404  # these have one address
