"""What README.md shows works: its API example, its node, its commands' files, its tree and its links."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodegraph.packs.loader import load_packs

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name: str) -> str:
    """The code block after the marker ``<!-- name -->``."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", README, re.DOTALL)
    assert found, name
    return found[1]


def lines_of_code(example: str) -> int:
    return sum(1 for line in example.splitlines() if line.strip())


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:
        content: bytes = answer.read()
        return content


@pytest.fixture
def server(tmp_path: Path) -> Iterator[str]:
    """The address of a running nodegraph that nobody has brought a model to."""
    command = [sys.executable, "-m", "nodegraph", "serve", "--port", "0", "--home", str(tmp_path / "home")]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1].rstrip("/")
        yield address
        process.terminate()


def test_the_api_example_makes_a_picture(server: str) -> None:
    example = block("api")
    assert lines_of_code(example) <= 15
    script = example.replace("http://127.0.0.1:8188", server)
    assert script != example
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert answer.returncode == 0, answer.stderr
    *steps, end = answer.stdout.splitlines()
    assert steps == [f"step {number} of 20" for number in range(1, 21)]
    assert end.startswith("done http")
    assert read(end.split()[-1]).startswith(b"\x89PNG")


def test_the_server_answers_within_a_second_and_lists_its_nodes(server: str) -> None:
    start = time.perf_counter()
    assert b"<!doctype html" in read(server).lower()
    assert time.perf_counter() - start < 1
    assert "KSampler" in json.loads(read(f"{server}/object_info"))


def test_the_node_is_one(tmp_path: Path) -> None:
    import torch

    example = block("node")
    assert lines_of_code(example) <= 10
    pack = tmp_path / "vignette.py"
    pack.write_text(example)
    loaded = load_packs([pack])
    assert loaded.failures == []

    vignette = loaded.nodes["Vignette"]
    strength = vignette.spec.input("strength")
    assert strength is not None
    assert (strength.default, strength.minimum, strength.maximum) == (0.5, 0, 1)
    (image,) = vignette.call(None, {"image": torch.ones(1, 9, 9, 3), "strength": 1.0})
    assert image[0, 4, 4, 0] == 1
    assert image[0, 0, 0, 0] == 0


def test_the_commands_name_files_that_are_there() -> None:
    for name in ("start", "test"):
        assert "-c constraints.txt" in block(name)
        assert len(block(name).strip().splitlines()) == 1
    assert "://" not in (ROOT / "constraints.txt").read_text()


def test_the_tree_has_a_line_for_each_room() -> None:
    tree = re.search(r"## What is where\n\n```text\n(.*?)```", README, re.DOTALL)
    assert tree
    named = {line.split()[0].rstrip("/") for line in tree[1].splitlines()}
    tracked = subprocess.run(
        ["git", "ls-files", "nodegraph/*/__init__.py"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rooms = {Path(path).parts[1] for path in tracked.stdout.splitlines()}
    assert rooms <= named
    for name in named:
        assert (ROOT / name).exists() or (ROOT / "nodegraph" / name).is_dir(), name


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))], ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in link:
            assert (page.parent / link).exists(), f"{page.name}: {link}"
