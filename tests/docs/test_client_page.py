"""The examples of docs/client.md run as they are against a real server; its tables name every method and error."""

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from server.live_server import LiveServer
from support import tiny_checkpoint

from nodegraph import client

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "client.md").read_text(encoding="utf-8")

EXAMPLES = dict(re.findall(r"<!-- (\w+) -->\n```python\n(.*?)```", PAGE, re.DOTALL))

PRINTS = {
    "run": r"/\S+/pictures/\S+\.png\n",
    "follow": r"(node \d+: step 1 of 2\n)(node \d+: step 2 of 2\n)done\n",
    "async": r"(done \['\S+\.png'\]\n){3}",
    "queue": r"\[True, False\]\ndone\ndone\n\['done', 'done', 'cancelled'\]\n",
    "files": r"inverted_\d+_\.png\nSomebody else was faster\.\n\['overwritten'\]\n\{'snap': True\}\n",
    "errors": r"Prompt outputs failed validation:\n  node 1 \(SolidMask\): .*width.*\n",
}
"""What each example prints."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server that has the checkpoint the examples name, only smaller."""
    home = tmp_path_factory.mktemp("home")
    tiny_checkpoint.write(home / "models" / "checkpoints" / "starter.safetensors")
    live = LiveServer(home)
    yield live
    live.stop()


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_runs(name: str, server: LiveServer, tmp_path: Path) -> None:
    workflow = json.loads((ROOT / "workflows" / "text-to-image.json").read_text())
    by_class = {node["type"]: node for node in workflow["nodes"]}
    by_class["EmptyLatentImage"]["widgets_values"] = [64, 64, 1]
    by_class["KSampler"]["widgets_values"][0] = list(EXAMPLES).index(name)  # nothing of it is cached
    by_class["KSampler"]["widgets_values"][2] = 2
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "text-to-image.json").write_text(json.dumps(workflow))
    Image.new("RGB", (8, 8), "red").save(tmp_path / "cat.png")
    script = EXAMPLES[name].replace("http://127.0.0.1:8188", server.url)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(PRINTS[name], done.stdout), done.stdout


def test_each_example_is_known_to_print_something() -> None:
    assert EXAMPLES.keys() == PRINTS.keys()


def named(table: str) -> set[str]:
    """What the first column of a table names."""
    rows = re.search(rf"^\| {table} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert rows, table
    return {name for row in rows[1].splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1])}


@pytest.mark.parametrize(("table", "kind"), [("On `Client`", client.Client), ("On a job", client.Job)])
def test_every_method_is_named(table: str, kind: type) -> None:
    assert named(table) == {name for name, value in vars(kind).items() if inspect.isfunction(value) and name[0] != "_"}


def test_every_error_is_named() -> None:
    errors = {name for name in client.__all__ if name.endswith("Error")}
    assert named("Error") == errors - {"ClientError"}
