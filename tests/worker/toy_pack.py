"""A pack of nodes that do to a worker what a test needs done."""

import itertools
import os
import signal
import time
from typing import Annotated, Any

import torch

from nodegraph.execution.results import Shown
from nodegraph.graph.spec import Hidden
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import FileList, HiddenInput
from nodegraph.packs.types import Image
from nodegraph.worker import runtime


@node("ToyCalls", category="toy", output=True, idempotent=False)
def calls(ctx: Context, *, count: int, seconds: float = 0.01) -> None:
    """Make network calls of so many seconds, and report each."""
    for done in range(count):
        ctx.gate(lambda: time.sleep(seconds))
        ctx.progress(done + 1, count)


@node("ToyForever", category="toy", output=True, idempotent=False)
def forever(ctx: Context, *, torch_too: bool = True) -> None:
    """Compute and never look up: no gate is passed."""
    ctx.progress(0, 1)
    matrix = torch.ones(200, 200)
    for _ in itertools.count():
        if torch_too:
            matrix = torch.sin(matrix @ matrix)


@node("ToyCrash", category="toy", output=True, idempotent=False)
def crash(ctx: Context) -> None:
    """Bring down the process."""
    os.kill(os.getpid(), signal.SIGSEGV)


@node("ToyPreviews", category="toy", output=True, idempotent=False)
def previews(ctx: Context, *, count: int, size: int) -> None:
    """Show a picture after each step."""
    for done in range(count):
        if ctx.preview is not None:
            ctx.preview("image/jpeg", bytes(size))
        ctx.progress(done + 1, count)


@node("ToyNotANumber", category="toy")
def not_a_number() -> Image:
    """A picture with a hole in it."""
    image = torch.zeros(1, 8, 8, 3)
    image[0, 4, 4, 1] = torch.nan
    return image


@node("ToySlow", category="toy")
def slow(*, seconds: float) -> Image:
    """A picture that takes its time."""
    time.sleep(seconds)
    return torch.rand(1, 16, 16, 3, generator=torch.Generator().manual_seed(1))


@node("ToyHuge", category="toy", output=True)
def huge() -> None:
    """Ask for more memory than there is."""
    torch.empty(1 << 50)


@node("ToyUnsendable", category="toy", output=True)
def unsendable(ctx: Context, *, what: str = "an object") -> Shown:
    """Show something that is no data, or none that the server knows how to read."""
    if what == "progress":
        ctx.progress("half", 1)  # type: ignore[arg-type]
    return Shown({1: ["a"]} if what == "a key" else {"text": [object()]})  # type: ignore[dict-item]


@node("ToyDeviceFails", category="toy", output=True)
def device_fails() -> None:
    """From now on the device does not even say how much memory it has."""

    def fail(device: torch.device) -> None:
        raise RuntimeError(f"{device} has fallen off the bus")

    runtime.device_reports = fail  # type: ignore[assignment]


@node("ToyHidden", category="toy", output=True)
def hidden(
    *,
    prompt: Annotated[Any, HiddenInput(Hidden.PROMPT)] = None,
    extra: Annotated[Any, HiddenInput(Hidden.EXTRA_PNGINFO)] = None,
) -> Shown:
    """Show what the engine gives that no user sees, and how tensors are made here."""
    return Shown({"prompt": [prompt], "extra": [extra], "inference": [torch.is_inference_mode_enabled()]})


@node("ToyRead", category="toy", output=True)
def read(ctx: Context, *, image: Annotated[str, FileList("input")]) -> Shown:
    """Show the size of a file."""
    return Shown({"size": [ctx.files.annotated(image).stat().st_size]})
