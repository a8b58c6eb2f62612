"""The server behind the page under test, and the workflow most tests give it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from support.workflows import CHECKPOINT, Workflow, text_to_image

__all__ = ["CHECKPOINT", "Server", "Workflow", "json_file", "text_to_image"]


class Server:
    """``nodegraph serve`` in a process of its own; its files lie under ``home``. ``starter``: it brings its model.

    ``options`` are those of its command line.
    """

    def __init__(self, home: Path, *options: str, starter: bool = True) -> None:
        self.home = home
        self._options = options
        self._starter = starter
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self, port: int = 0) -> None:
        """Start, and wait until it listens."""
        line = [sys.executable, "-m", "nodegraph", "serve", "--port", str(port), *self._options]
        environment = {**os.environ, "NODEGRAPH_HOME": str(self.home), "OMP_NUM_THREADS": "1"}
        environment["NODEGRAPH_STARTER"] = str(int(self._starter))
        self._process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]

    def stop(self) -> None:
        """Stop as Ctrl+C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
            self._process = None


def json_file(name: str, workflow: object) -> Any:
    """A file as the page's file chooser takes it."""
    return {"name": name, "mimeType": "application/json", "buffer": json.dumps(workflow).encode()}
