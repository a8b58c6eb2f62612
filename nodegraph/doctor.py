"""What is and is not in order on this machine, and for each problem the exact fix. Changes nothing.

Only the look at the device imports torch, and only when it is reached.
"""

import os
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from nodegraph.access import tokens
from nodegraph.errors import UserError
from nodegraph.settings import Settings
from nodegraph.torch_build import cpu_torch_warning, installed_torch, nvidia_driver
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.known import KNOWN

_LITTLE_DISK = 2 * 10**9
"""Bytes. A day's pictures fit; the next checkpoint does not."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. It is a problem when there is something to do about it: ``fix``."""

    subject: str
    found: str
    fix: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything a run needs, the slow things last."""
    yield Finding("Python", f"{sys.version.split()[0]} ({sys.executable})")
    yield from _folders(settings)
    yield from _models(settings)
    yield _port(settings.host, settings.port)
    yield from _access(settings)
    yield from _torch(settings)


def _folders(settings: Settings) -> Iterator[Finding]:
    for name in ("models", "input", "output", "temp", "user"):
        folder = Path(getattr(settings, f"{name}_dir"))
        yield _folder(name, folder)
    output = _existing(Path(settings.output_dir))
    free = shutil.disk_usage(output).free
    fix = f"Free some space on the disk that holds {output}, or choose --output-dir on another." * (free < _LITTLE_DISK)
    yield Finding("free disk", f"{free / 1e9:.1f} GB at {output}", fix)


def _folder(name: str, folder: Path) -> Finding:
    if folder.is_dir():
        if os.access(folder, os.R_OK | os.W_OK | os.X_OK):
            return Finding(name, str(folder))
        fix = f'Run: chmod u+rwx "{folder}", or choose another folder with --{name}-dir.'
        return Finding(name, f"{folder} cannot be written", fix)
    if folder.exists():
        return Finding(name, f"{folder} is a file", f"Move it away, or choose another folder with --{name}-dir.")
    parent = _existing(folder)
    if os.access(parent, os.W_OK | os.X_OK):
        return Finding(name, f"{folder} (made at the first start)")
    return Finding(
        name,
        f"{folder} is not there and {parent} cannot be written",
        f"Choose another folder with --{name}-dir or --home.",
    )


def _existing(folder: Path) -> Path:
    return next(place for place in (folder, *folder.parents) if place.is_dir())


def _models(settings: Settings) -> Iterator[Finding]:
    try:
        folders = ModelFolders.of(settings)
    except UserError as error:
        yield Finding("model paths", str(error), "Correct that file, or leave out --extra-model-paths-config.")
        folders = ModelFolders(settings.models_dir, bundled=settings.bundled_models_dir)
    for key in folders.keys():  # noqa: SIM118 - not a mapping
        files = folders.list(key)
        if files:
            yield Finding(key, f"{len(files)} found: {', '.join(files[:5])}{', ...' * (len(files) > 5)}")
        elif key == "checkpoints":
            places = " or ".join(str(path) for path in folders.paths(key))
            fix = f"Run: nodegraph models add {KNOWN[0].name}, or put a Stable Diffusion 1.x checkpoint into {places}."
            yield Finding(key, "none found", fix)


def _port(host: str, port: int) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            fix = (
                f"If nodegraph is running already, open http://{host}:{port}; "
                f"else choose another port: nodegraph serve --port {port + 1}"
            )
            return Finding("port", f"{host}:{port} cannot be used: {error.strerror}", fix)
    return Finding("port", f"{host}:{port} is free")


def _access(settings: Settings) -> Iterator[Finding]:
    """Who could use the server, and who could listen in."""
    from nodegraph.server.security import needs_tokens, only_for_this_computer

    if only_for_this_computer(settings.host):
        asked = "asked for a token" if needs_tokens(settings) else "without a token"
        yield Finding("access", f"this computer only, {asked}")
    elif settings.insecure:
        fix = "Leave out --insecure, or listen on 127.0.0.1 and let a proxy or an SSH tunnel lead there."
        yield Finding("access", f"whoever can reach {settings.host} may do everything", fix)
    else:
        yield Finding("access", f"whoever can reach {settings.host} and has a token")
        if settings.tls_cert is None:
            fix = "Give --tls-cert and --tls-key, or listen on 127.0.0.1 behind a proxy that has a certificate."
            yield Finding("TLS", "off: tokens and pictures can be read on their way", fix)
    for what, path in (("access tokens", f"{settings.user_dir}/{tokens.FILE}"), ("TLS key", settings.tls_key)):
        if path is not None and _others_can_read(Path(path)):
            yield Finding(what, f"{path} can be read by others", f'Run: chmod 600 "{path}"')


def _others_can_read(file: Path) -> bool:
    return os.name == "posix" and file.is_file() and bool(file.stat().st_mode & 0o077)


def _torch(settings: Settings) -> Iterator[Finding]:
    build = installed_torch()
    if build is None:
        yield Finding("torch", "not installed", f"Run: {sys.executable} -m pip install torch")
        return
    yield Finding("torch", f"{build.version}, {_backend(build.cuda, build.hip)}")
    yield Finding("NVIDIA driver", nvidia_driver() or "none", cpu_torch_warning() or "")
    yield from _device(settings)


def _backend(cuda: str | None, hip: str | None) -> str:
    return f"CUDA {cuda}" if cuda else f"ROCm {hip}" if hip else "no CUDA"


def _device(settings: Settings) -> Iterator[Finding]:
    import torch

    from nodegraph.weights.devices import DeviceError, choose_device, compute_dtype

    try:
        device = choose_device(settings.device)
    except DeviceError as error:
        yield Finding("device", str(error), "Choose one of these with --device, or leave it at auto.")
        return
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else f"{torch.get_num_threads()} threads"
    yield Finding("device", f"{device} ({name})" if device.type != "mps" else str(device))
    yield Finding("precision", str(compute_dtype(device, settings.precision)).removeprefix("torch."))
