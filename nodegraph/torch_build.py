"""Which torch is installed and which NVIDIA driver is there, found out without importing torch.

The server's start-up warning and ``nodegraph doctor`` share this; importing torch takes seconds, reading its version
file takes none.
"""

import ast
import ctypes
import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_OLDEST_DRIVER_OF_CUDA_13 = 580
"""First driver branch that runs CUDA 13; older ones (from 525) run CUDA 12.
https://docs.nvidia.com/cuda/cuda-toolkit-release-notes"""


@dataclass(frozen=True)
class TorchBuild:
    """The installed torch: ``version`` such as ``2.13.0+cpu``; ``cuda`` and ``hip`` are None where it has none."""

    version: str
    cuda: str | None
    hip: str | None

    @property
    def cpu_only(self) -> bool:
        """No CUDA and no ROCm. (MPS is part of every macOS build and has no say here.)"""
        return self.cuda is None and self.hip is None


def installed_torch() -> TorchBuild | None:
    """What ``torch/version.py`` says, without running it; None where torch is not installed."""
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    source = Path(spec.origin).with_name("version.py").read_text(encoding="utf-8")
    values: dict[str, str | None] = {}
    for statement in ast.parse(source).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=str() | None as value)):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=str() | None as value)):
                values[name] = value
    return TorchBuild(values.get("__version__") or "unknown", values.get("cuda"), values.get("hip"))


def nvidia_driver() -> str | None:
    """Version of the NVIDIA driver that drives at least one GPU here (``580.65.06``); None where there is none.

    ``unknown`` where the driver library loads but ``nvidia-smi`` is not installed, as in some containers.
    """
    if tool := shutil.which("nvidia-smi"):
        command = [tool, "--query-gpu=driver_version", "--format=csv,noheader"]
        try:
            answer = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True)
        except (OSError, subprocess.SubprocessError):
            return None
        return next(iter(answer.stdout.split()), None)
    library = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        ctypes.CDLL(library)
    except OSError:
        return None
    return "unknown"


def cuda_torch_command(driver: str) -> str:
    """The command that puts a CUDA build of the installed torch version into this Python environment."""
    build = installed_torch()
    requirement = f"torch=={build.version.split('+')[0]}" if build else "torch"
    branch = driver.split(".")[0]
    variant = "cu126" if branch.isdecimal() and int(branch) < _OLDEST_DRIVER_OF_CUDA_13 else "cu130"
    return f"{sys.executable} -m pip install --force-reinstall {requirement} --index-url https://download.pytorch.org/whl/{variant}"


def cpu_torch_warning() -> str | None:
    """What to tell someone whose NVIDIA GPU stays idle because their torch was built without CUDA; else None."""
    build = installed_torch()
    if build is None or not build.cpu_only:
        return None
    driver = nvidia_driver()
    if driver is None:
        return None
    return (
        f"There is an NVIDIA GPU (driver {driver}), but torch {build.version} was built without CUDA, so everything "
        f"runs on the CPU. To use the GPU:\n    {cuda_torch_command(driver)}"
    )
