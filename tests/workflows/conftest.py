"""What the example workflows paint, each run once by the real engine, on the CPU and in full precision."""

import importlib.util
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from nodegraph import starter
from nodegraph.cli.workflow_file import read_workflow
from nodegraph.execution.events import JobFinished
from nodegraph.graph.api_format import dump, parse
from nodegraph.graph.validate import validate
from nodegraph.packs.choices import FileChoices
from nodegraph.server.api_v1.examples import example_workflows
from nodegraph.settings import Settings
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

ROOT = Path(__file__).parents[2]
Pictures = dict[str, list[NDArray[np.uint8]]]
"""The prefix of a Save Image node -> its pictures, (height, width, 3) of 0 … 255."""


@pytest.fixture(scope="session")
def thumbnails() -> ModuleType:
    """The script that made the thumbnails."""
    spec = importlib.util.spec_from_file_location("thumbnails", ROOT / ".ci" / "thumbnails.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    """An engine over a home of its own, where nobody has put a model."""
    home = tmp_path_factory.mktemp("home")
    return Runtime(Settings.under(home, device="cpu", precision="fp32", bundled_models_dir=str(starter.FOLDER)))


@pytest.fixture(scope="session")
def painted(runtime: Runtime, thumbnails: ModuleType) -> Callable[[str], Pictures]:
    """Runs an example, once, and gives what it saved."""

    @cache
    def run(name: str) -> Pictures:
        file = example_workflows()[name]
        end = finished(runtime, file)
        assert end.failure is None, end.failure
        saved: Pictures = {}
        for prefix in thumbnails.prefixes(file):
            files = sorted(Path(runtime.folders.own.output).glob(f"{prefix}_[0-9]*.png"))
            saved[prefix] = [np.asarray(Image.open(path).convert("RGB")) for path in files]
        return saved

    return run


def finished(runtime: Runtime, file: Path) -> JobFinished:
    """How the run of a workflow ended, all of whose outputs could run."""
    specs = {spec.class_id: spec for spec in runtime.ready().specs}
    workflow = read_workflow(file, specs)
    assert workflow.warnings == []
    files = FileChoices(runtime.models, runtime.folders.own)
    graph = parse(workflow.prompt)
    validated = validate(graph, specs, files.names, exists=files.has, place=files.place)
    assert validated.error is None
    assert validated.node_errors == {}
    job = Submit(file.stem, dump(validated.within(graph)), validated.outputs, {}, previews=False)
    return runtime.run(job, lambda event: None, JobGate(Turnstile()))
