"""A real server with a small checkpoint, and a real browser that looks at it."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from support import tiny_checkpoint
from support.frontend import build_step

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--headless=new"]
CHECKPOINT = "small.safetensors"

Workflow = dict[str, dict[str, Any]]


class Server:
    """``nodegraph serve`` in a process of its own; its files lie under ``home``."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.url = ""
        self._process: subprocess.Popen[str] | None = None

    def start(self, port: int = 0) -> None:
        """Start, and wait until it listens."""
        line = [sys.executable, "-m", "nodegraph", "serve", "--port", str(port)]
        environment = {**os.environ, "NODEGRAPH_HOME": str(self.home), "OMP_NUM_THREADS": "1"}
        self._process = subprocess.Popen(line, env=environment, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]

    def stop(self) -> None:
        """Stop as Ctrl+C does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)
            self._process.wait(timeout=20)
            self._process = None


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        reason = "Chromium is not installed: apt-get install chromium"
        if os.environ.get("NODEGRAPH_REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    build_step().build()  # the page under test is that of the present sources
    expect.set_options(timeout=60_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that has a checkpoint and serves every test that leaves it running."""
    server = Server(tmp_path_factory.mktemp("home"))
    tiny_checkpoint.write(server.home / "models" / "checkpoints" / CHECKPOINT)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def bare_server(tmp_path: Path) -> Iterator[Server]:
    """One without any model, which a test may stop and start."""
    server = Server(tmp_path)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty tab. A test fails if the page it shows throws."""
    errors: list[str] = []
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(60_000)
    yield page
    context.close()
    assert not errors


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
