"""The front end's own checks, run by the Node.js that comes with the package's build step."""

import subprocess
import sys
import zipfile
from pathlib import Path
from types import ModuleType

import pytest
from support.frontend import ROOT, build_step

from nodegraph import starter


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    return build_step()


def test_types_style_and_format(hook: ModuleType) -> None:
    hook.npm("run", "check")


def test_units(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NODEGRAPH_PYTHON", sys.executable)  # some read the official workflow files, which it has
    hook.npm("run", "test")


def test_a_failing_npm_is_told_with_what_it_printed(hook: ModuleType) -> None:
    with pytest.raises(hook.FrontEndError, match=r"(?s)npm run no-such-script.*Missing script"):
        hook.npm("run", "no-such-script")


def test_npm_runs_only_when_the_sources_changed(
    hook: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[tuple[str, ...]] = []
    monkeypatch.setattr(hook, "npm", lambda *command: commands.append(command))
    monkeypatch.setattr(hook, "BUNDLE", tmp_path)
    assert hook.build()
    assert ("run", "build") in commands
    assert not hook.build()
    (tmp_path / hook.DIGEST).write_text("of other sources")
    assert hook.build()


def test_the_lock_file_names_no_registry() -> None:
    assert '"resolved"' not in (ROOT / "web" / "package-lock.json").read_text()


def test_the_wheel_carries_the_page_the_built_in_nodes_the_examples_and_the_starter_model(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"nodegraph/_web/index.html", "nodegraph/_web/licenses.md"} <= names
    assert {f"nodegraph/_builtin/{path.name}" for path in (ROOT / "nodes").glob("*.py")} <= names
    assert {f"nodegraph/_workflows/{path.name}" for path in (ROOT / "workflows").iterdir()} <= names
    assert {path.relative_to(ROOT).as_posix() for path in (starter.CHECKPOINT, starter.IMAGE_ENCODER)} <= names
    assert not any("__pycache__" in name or "node_modules" in name for name in names)
