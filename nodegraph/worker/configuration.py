"""What results depend on besides their keys: on which machine they are computed, and with which versions of everything.

A key (:mod:`nodegraph.graph.keys`) covers, for a node and all that feeds it: class, literals, the sources of its pack
and of nodegraph, kind of device, precision, version of torch, input files by content, model files by path, size and
time of change, and what the node's ``fingerprint=`` says. That is enough within one process. What outlives it is kept
apart by the text made here as well. Then a result is served only where computing it anew would run the same code on the
same kind of processor. Not seen are: a library edited in place under the same version, a model file replaced by another
of the same size and time, and what a pack's node reads (a file, the network) without a fingerprint that says so.
"""

import platform
import sys
from pathlib import Path

import torch

from nodegraph.worker import result_files


def configuration(device: torch.device, dtype: torch.dtype) -> str:
    """Everything, one to a line."""
    return "\n".join(
        (
            f"results {result_files.VERSION}",
            f"{_processor(device)} {dtype}",
            f"{platform.python_implementation()} {platform.python_version()} {platform.system()} {platform.machine()}",
            f"torch {torch.__version__}",
            *_installed(),
        )
    )


def _processor(device: torch.device) -> str:
    """The CPU always, since every device leaves work to it."""
    cpu = f"{torch.backends.cpu.get_cpu_capability()} {torch.get_num_threads()} threads"
    return f"{cpu} {device.type} {torch.cuda.get_device_name(device) if device.type == 'cuda' else ''}"


def _installed() -> list[str]:
    """Every installed distribution with its version, as pip names their folders: no file is opened."""
    return sorted(path.name for entry in set(sys.path) for path in Path(entry).glob("*.dist-info"))
