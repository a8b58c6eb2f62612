"""The server behind the page under test, and the workflow most tests give it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

CHECKPOINT = "small.safetensors"

Workflow = dict[str, dict[str, Any]]


class Server:
    """``nodegraph serve`` in a process of its own; its files lie under ``home``. ``starter``: it brings its model."""

    def __init__(self, home: Path, *, starter: bool = True) -> None:
        self.home = home
        self._starter = starter
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self, port: int = 0) -> None:
        """Start, and wait until it listens."""
        line = [sys.executable, "-m", "nodegraph", "serve", "--port", str(port)]
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


def text_to_image(*, seed: int, steps: int = 3) -> Workflow:
    """A prompt in API format that makes one picture of 64 × 64."""

    def node(class_type: str, title: str, **inputs: object) -> dict[str, Any]:
        return {"class_type": class_type, "inputs": inputs, "_meta": {"title": title}}

    return {
        "1": node("CheckpointLoaderSimple", "Checkpoint", ckpt_name=CHECKPOINT),
        "2": node("CLIPTextEncode", "What to show", text="a lighthouse", clip=["1", 1]),
        "3": node("CLIPTextEncode", "What to avoid", text="fog", clip=["1", 1]),
        "4": node("EmptyLatentImage", "Size", width=64, height=64, batch_size=1),
        "5": node(
            "KSampler",
            "Sampler",
            seed=seed,
            steps=steps,
            cfg=2.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
            model=["1", 0],
            positive=["2", 0],
            negative=["3", 0],
            latent_image=["4", 0],
        ),
        "6": node("VAEDecode", "Decode", samples=["5", 0], vae=["1", 2]),
        "7": node("SaveImage", "Save", images=["6", 0], filename_prefix="lighthouse"),
    }


def json_file(name: str, workflow: object) -> Any:
    """A file as the page's file chooser takes it."""
    return {"name": name, "mimeType": "application/json", "buffer": json.dumps(workflow).encode()}
