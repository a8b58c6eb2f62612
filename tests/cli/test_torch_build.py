"""Reading the torch build and the driver without importing torch, and the advice when they do not meet."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from nodegraph import torch_build
from nodegraph.torch_build import TorchBuild, cpu_torch_warning, cuda_torch_command, installed_torch, nvidia_driver


def test_reads_what_torch_says_of_itself() -> None:
    build = installed_torch()
    assert build == TorchBuild(torch.__version__, torch.version.cuda, torch.version.hip)


def test_imports_no_torch() -> None:
    look = "import sys, nodegraph.torch_build as b; b.cpu_torch_warning(); print('torch' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "False"


def put_nvidia_smi(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tool = folder / "nvidia-smi"
    tool.write_text(f"#!/bin/sh\n{script}\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_asks_nvidia_smi_for_the_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_nvidia_smi(tmp_path, monkeypatch, "printf '580.65.06\\n580.65.06\\n'")
    assert nvidia_driver() == "580.65.06"


def test_a_tool_without_a_gpu_is_no_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_nvidia_smi(tmp_path, monkeypatch, "echo 'No devices were found' >&2; exit 6")
    assert nvidia_driver() is None


@pytest.mark.parametrize(
    ("driver", "index"), [("580.65.06", "cu130"), ("570.10", "cu126"), ("unknown", "cu130"), ("610", "cu130")]
)
def test_the_command_fits_driver_and_torch_version(driver: str, index: str) -> None:
    command = cuda_torch_command(driver)
    assert command.startswith(f"{sys.executable} -m pip install ")
    assert f"torch=={torch.__version__.split('+')[0]} " in command
    assert command.endswith(f"/whl/{index}")


@pytest.mark.parametrize(
    ("build", "driver", "warns"),
    [
        (TorchBuild("2.13.0+cpu", None, None), "580.65.06", True),
        (TorchBuild("2.13.0+cpu", None, None), None, False),
        (TorchBuild("2.13.0+cu130", "13.0", None), "580.65.06", False),
        (TorchBuild("2.13.0+rocm7", None, "7.0"), "580.65.06", False),
        (None, "580.65.06", False),
    ],
)
def test_warns_only_when_a_gpu_is_left_idle(
    build: TorchBuild | None, driver: str | None, warns: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_build, "installed_torch", lambda: build)
    monkeypatch.setattr(torch_build, "nvidia_driver", lambda: driver)
    warning = cpu_torch_warning()
    assert (warning is not None) == warns
    assert warning is None or "pip install" in warning
