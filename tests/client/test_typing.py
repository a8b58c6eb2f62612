"""The client is typed for those who use it, and says so."""

import subprocess
import sys
from importlib import resources
from pathlib import Path


def test_the_package_says_that_it_is_typed() -> None:
    assert resources.files("nodegraph").joinpath("py.typed").is_file()


def test_uses_are_checked_and_misuses_found(tmp_path: Path) -> None:
    use = Path(__file__).with_name("typed_use.py")
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path), str(use)]
    checked = subprocess.run(
        command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=600, check=False
    )
    assert checked.returncode == 0, checked.stdout
