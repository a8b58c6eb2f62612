"""Clients that others wrote for ComfyUI, driven as their users drive them, against a real server at its defaults."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from live_server import LiveServer
from PIL import Image
from support import tiny_checkpoint
from support.third_party import NpmPackage, node, npm_packages, python_packages
from support.workflows import CHECKPOINT, text_to_image

HERE = Path(__file__).parent / "clients"
NPM = (
    NpmPackage(
        "@stable-canvas/comfyui-client",
        "1.5.9",
        "sha512-20SaRj8CfBms5ucfUHPwX5uhSuWaSjNCNSVFgTQ/cBq0A8myZiyFmP3k9IF1uisshVwOwdFEsdNLIbr3DnszUA==",
    ),
    NpmPackage(
        "@saintno/comfyui-sdk",
        "0.3.1",
        "sha512-Ywj8y/eiGvoj0cqW4/FDA6qhf6OFl7+pbPw2WMMlX1OUn/94rCQgx5Z3EwMZJz6EYbeq8QpeLI8bg7C5qGbitQ==",
    ),
    NpmPackage(
        "comfy-ui-client",
        "0.1.2",
        "sha512-BMOYsDlGiyfC9FgqJXYg4c5wAfYoIwYMf/AF2GkkpL80VGfdNXNuUrg/quRC0dtXz79gEOnuQxFhltZzvHpnFw==",
    ),
    NpmPackage(
        "ws",
        "8.20.0",
        "sha512-sAt8BhgNbzCtgGbt2OxmpuryO63ZoDk/sqaB/znQm94T4fCEsy/yV+7CdC1kJhOU9lboAEU7R3kquuycDoibVA==",
    ),
)


@pytest.fixture(scope="module")
def cache(request: pytest.FixtureRequest) -> Path:
    return request.config.cache.mkdir("third-party")  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def python_path(cache: Path) -> Path:
    return python_packages(cache, HERE / "requirements.txt")


@pytest.fixture(scope="module")
def node_modules(cache: Path) -> Path:
    folder = npm_packages(cache, NPM)
    log = folder / "pino"  # with which comfy-ui-client logs: a dozen packages for lines that nobody reads
    log.mkdir(exist_ok=True)
    (log / "index.js").write_text("module.exports = () => ({ info() {}, debug() {}, error() {} });\n")
    return folder


@pytest.fixture(scope="module")
def plain_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """One with a checkpoint and no options that concern its clients."""
    home = tmp_path_factory.mktemp("home")
    tiny_checkpoint.write(home / "models/checkpoints" / CHECKPOINT)
    live = LiveServer(home, packs=(), preview_method="default")
    yield live
    live.stop()


@pytest.fixture
def arguments(plain_server: LiveServer, tmp_path: Path) -> list[str]:
    """What every driver is given: the address, a workflow, a picture."""
    (tmp_path / "workflow.json").write_text(json.dumps(text_to_image(seed=7)))
    Image.new("RGB", (5, 4), "teal").save(tmp_path / "mine.png")
    return [plain_server.url, str(tmp_path / "workflow.json"), str(tmp_path / "mine.png")]


def run(line: list[str], **environment: str) -> Any:
    """What a driver printed."""
    done = subprocess.run(line, env={**os.environ, **environment}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_comfy_api_simplified(python_path: Path, arguments: list[str], plain_server: LiveServer) -> None:
    told = run([sys.executable, str(HERE / "with_simplified.py"), *arguments], PYTHONPATH=str(python_path))
    ((name, content),) = told["pictures"].items()
    assert bytes.fromhex(content) == (plain_server.home / "output" / name).read_bytes()  # no preview in its place
    assert told["uploaded"] == {"name": "mine.png", "subfolder": "simplified", "type": "input"}
    assert told["queue"] == {"queue_running": [], "queue_pending": []}
    assert (told["class"], told["device"], told["embeddings"]) == (["KSampler"], "cpu", [])


def test_comfy_api_client(python_path: Path, arguments: list[str]) -> None:
    told = run([sys.executable, str(HERE / "with_api_client.py"), *arguments], PYTHONPATH=str(python_path))
    assert (told["size"], told["kept"]) == ([64, 64], [64, 64])
    assert told["uploaded"]["subfolder"] == "api-client"
    assert (told["completed"], told["stats"]) == (True, sys.platform)
    assert (told["embeddings"], told["extensions"]) == ([], [])
    assert not any(told["queue"].values())


def test_stable_canvas(node_modules: Path, arguments: list[str]) -> None:
    told = run([node(), *driver(node_modules, "with_stable_canvas.mjs"), *arguments])
    assert all(size > 1000 for (size,) in told["sizes"])
    assert told["steps"][:3] == [1, 2, 3]
    (kind, mime, size), (file, *_) = told["sent"]
    assert (kind, mime, file) == ("buff", "image/png", "url")
    assert size > 1000
    assert (told["device"], told["samplers"], told["setting"]) == ("cpu", True, 5)
    assert told["classes"] > 40
    assert told["checkpoints"] == told["models"] == [CHECKPOINT]
    assert "loras" in told["folders"]
    assert (told["extensions"], told["embeddings"]) == ([], [])
    assert told["user"]["storage"] == "server"


def test_saintno(node_modules: Path, arguments: list[str], plain_server: LiveServer) -> None:
    told = run([node(), *driver(node_modules, "with_saintno.mjs"), *arguments])
    (image,) = told["images"]
    assert told["size"] == (plain_server.home / "output" / image["filename"]).stat().st_size
    assert told["steps"][-1] == 3
    assert (told["histories"], told["device"], told["classes"]) == (1, "cpu", ["KSampler"])
    assert told["checkpoints"] == [CHECKPOINT]
    assert told["uploaded"]["filename"] == "sdk.png"
    assert told["note"] == {"a": 1}


def test_comfy_ui_client(node_modules: Path, arguments: list[str], plain_server: LiveServer) -> None:
    told = run([node(), *driver(node_modules, "with_comfy_ui_client.mjs"), *arguments])
    assert told["sizes"] == [(plain_server.home / "output" / name).stat().st_size for name in told["files"]]
    assert len(told["files"]) == 1
    assert told["uploaded"] == {"name": "ui-client.png", "subfolder": "", "type": "input"}
    assert told["kept"] == (plain_server.home / "input/ui-client.png").stat().st_size
    assert (told["device"], told["remaining"], told["classes"]) == ("cpu", 0, ["KSampler"])
    assert not any(told["queue"].values())
    assert (told["histories"], told["embeddings"], told["extensions"]) == (True, [], [])


def test_comfyui_workflow_client(python_path: Path, arguments: list[str]) -> None:
    told = run([sys.executable, str(HERE / "with_workflow_client.py"), *arguments], PYTHONPATH=str(python_path))
    assert told == {"blocking": [5, 4], "asynchronous": [64, 64]}


def driver(node_modules: Path, name: str) -> list[str]:
    """A driver beside the packages it imports, where Node.js looks for them."""
    copy = node_modules.parent / name
    copy.write_bytes((HERE / name).read_bytes())
    return [str(copy)]
