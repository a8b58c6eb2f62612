"""The page's build step as a module, with the tools it needs installed. Needs no Node.js of the system."""

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

from filelock import FileLock

ROOT = Path(__file__).parents[2]


@cache
def build_step() -> ModuleType:
    """``web/build_hook.py``; what its lock file names is in ``web/node_modules`` when this returns."""
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "web" / "build_hook.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with _alone():
        module.install()
    return module


def build_page() -> None:
    """Makes ``nodegraph/_web`` the page of the present sources."""
    step = build_step()
    with _alone():
        step.build()


def _alone() -> FileLock:
    """Held while something is written into the checkout: tests may run in several processes."""
    return FileLock(ROOT / "web" / ".lock")
