"""Programs of others that tests drive: downloaded once, each pinned to a version and a digest, never shipped.

Where nothing can be downloaded, their tests are skipped, unless NODEGRAPH_REQUIRE_CLIENTS=1.
"""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from filelock import FileLock
from support.frontend import build_step


class NpmPackage(NamedTuple):
    """A package of the npm registry, and the ``integrity`` the registry states for it."""

    name: str
    version: str
    integrity: str


def python_packages(cache: Path, requirements: Path) -> Path:
    """A folder for PYTHONPATH with what ``requirements`` pins: pure Python, and no other dependencies."""

    def install(folder: Path) -> None:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        only_pure = ["--only-binary", ":all:", "--platform", "any", "--implementation", "py"]
        _run([*pip, *only_pure, "--target", str(folder), "--requirement", str(requirements)])

    return _once(cache, requirements.read_bytes(), install)


def npm_packages(cache: Path, packages: Sequence[NpmPackage]) -> Path:
    """A ``node_modules`` with these packages and no others."""

    def install(folder: Path) -> None:
        for package in packages:
            build_step().npm("pack", f"{package.name}@{package.version}", "--pack-destination", str(folder))
            (archive,) = folder.glob("*.tgz")
            digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
            assert package.integrity == f"sha512-{digest}", package.name
            with tarfile.open(archive) as tar:
                tar.extractall(folder / "unpacked", filter="data")
            archive.unlink()
            place = folder / "node_modules" / package.name
            place.parent.mkdir(parents=True, exist_ok=True)
            (folder / "unpacked/package").rename(place)
            shutil.rmtree(folder / "unpacked")

    return _once(cache, repr(packages).encode(), install) / "node_modules"


def node() -> str:
    """The Node.js that the front end is built with."""
    folder = Path(build_step().NODE_DIR)
    return str(folder / "node.exe" if os.name == "nt" else folder / "bin" / "node")


def _once(cache: Path, pinned: bytes, install: Callable[[Path], None]) -> Path:
    """A folder that ``install`` has filled, now or in an earlier run with the same pins."""
    folder = cache / hashlib.sha256(pinned).hexdigest()[:16]
    with FileLock(folder.with_suffix(".lock")):
        if not folder.is_dir():
            _fill(folder, install)
    return folder


def _fill(folder: Path, install: Callable[[Path], None]) -> None:
    with tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
        fresh = Path(temporary) / "fresh"
        fresh.mkdir()
        try:
            install(fresh)
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            reason = f"It could not be downloaded: {error}"
            if os.environ.get("NODEGRAPH_REQUIRE_CLIENTS") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        fresh.rename(folder)


def _run(line: Sequence[str]) -> None:
    done = subprocess.run(line, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
