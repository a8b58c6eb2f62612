"""Which device computes, and in which precision.

What each part of a model computes in is decided here once: the U-Net and the autoencoder in the fast precision of the
device, the text encoder always in float32. It is a few per cent of one step's work, done once a prompt, and what it
rounds away would be missing from every step.
"""

import torch

from nodegraph.errors import UserError
from nodegraph.settings import Precision

TEXT_ENCODER_DTYPE = torch.float32

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_FIRST_CUDA_WITH_BF16 = (8, 0)


class DeviceError(UserError):
    """A device that is not there."""


def choose_device(name: str = "auto") -> torch.device:
    """The device of that name; ``auto`` takes CUDA, then MPS, then the CPU. Raises DeviceError if it is not there."""
    available = [
        *(f"cuda:{index}" for index in range(torch.cuda.device_count())),
        *(["mps"] if torch.backends.mps.is_available() else []),
        "cpu",
    ]
    if name == "auto":
        return torch.device(available[0])
    try:
        device = torch.device("cuda:0" if name == "cuda" else name)
    except RuntimeError:
        raise DeviceError(f"{name!r} is not a device; here there are: {', '.join(available)}") from None
    if str(device) not in available:
        raise DeviceError(f"device {name!r} is not there; here there are: {', '.join(available)}")
    return device


def compute_dtype(device: torch.device, precision: Precision = "auto") -> torch.dtype:
    """The precision networks compute in; ``auto`` takes the fastest 16-bit one the device has, else float32."""
    if precision != "auto":
        return _DTYPES[precision]
    match device.type:
        case "cuda":
            modern = torch.cuda.get_device_capability(device) >= _FIRST_CUDA_WITH_BF16
            return torch.bfloat16 if modern else torch.float16
        case "mps":
            return torch.float16
        case _:
            return torch.bfloat16 if _cpu_multiplies_bf16() else torch.float32


def _cpu_multiplies_bf16() -> bool:
    """Whether the CPU multiplies matrices of bfloat16 faster than of float32. Where torch cannot say, it does not."""
    if not hasattr(torch.cpu, "get_capabilities"):  # not in older versions
        return False
    capabilities = torch.cpu.get_capabilities()
    return any(capabilities.get(name, False) for name in ("avx512_bf16", "amx_bf16", "bf16"))
