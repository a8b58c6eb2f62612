"""Nodes that take their time, step, fail, or kill their worker, for the tests of the server."""

import os
import signal
import time
from pathlib import Path
from typing import Annotated

from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph.graph import Node
from nodegraph.graph.spec import Hidden
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import HiddenInput, Multiline, Range


@node("TestSteps", category="test", output=True, fingerprint=lambda literals: ALWAYS)
def steps(context: Context, *, count: int = 10, pause: float = 0.01) -> Shown:
    """Pass the gate ``count`` times, with progress and a preview each time."""
    for done in range(1, count + 1):
        context.gate(lambda: time.sleep(pause))
        if context.preview is not None:
            context.preview("image/jpeg", b"picture %d" % done)
        context.progress(done, count)
    return Shown({"text": ["done"]})


@node("TestPreviews", category="test", output=True, fingerprint=lambda literals: ALWAYS)
def previews(context: Context, *, count: int = 10, size: int = 1000) -> Shown:
    """Show ``count`` previews of so many bytes."""
    for done in range(count):
        context.gate(lambda: time.sleep(0.01))
        if context.preview is not None:
            context.preview("image/jpeg", (b"picture %d" % done).ljust(size))
    return Shown({"text": ["done"]})


@node("TestStubborn", category="test", output=True, fingerprint=lambda literals: ALWAYS)
def stubborn(*, seconds: Annotated[float, Range(0, 1000)] = 60.0) -> Shown:
    """Sleep without ever passing the gate."""
    time.sleep(seconds)
    return Shown({"text": ["slept"]})


@node("TestEcho", category="test", output=True)
def echo(*, text: Annotated[str, Multiline(dynamic_prompts=True)]) -> Shown:
    """Show a text."""
    return Shown({"text": [text]})


@node("TestShowTuples", category="test", output=True)
def show_tuples() -> Shown:
    """Show what msgpack can say and JSON cannot."""
    return Shown({"text": [{(1, 2): "pair"}]})


@node("TestBlock", category="test")
def block(*, message: str) -> str | Blocked:
    """Stop what follows."""
    return Blocked(message)


@node("TestEchoInside", category="test", output=True)
def echo_inside(*, text: str, me: Annotated[str, HiddenInput(Hidden.UNIQUE_ID)]) -> Expansion:
    """Have another node show a text."""
    return Expansion({f"{me}.inside": Node(f"{me}.inside", "TestEcho", {"text": text})}, ())


@node("TestFail", category="test", output=True)
def fail(*, message: str = "no luck") -> Shown:
    """Raise."""
    raise RuntimeError(message)


@node("TestDie", category="test", output=True, fingerprint=lambda literals: ALWAYS)
def die(*, marker: str) -> Shown:
    """Kill the worker, once for each line in the file ``marker``."""
    path = Path(marker)
    lines = path.read_text().splitlines()
    if lines:
        path.write_text("\n".join(lines[1:]))
        time.sleep(0.5)  # until the server has heard which node this is
        os.kill(os.getpid(), signal.SIGKILL)
    return Shown({"text": ["survived"]})


@node("TestSaveAndDie", category="test", output=True)
def save_and_die(context: Context, *, marker: str, files: int = 2) -> Shown:
    """Save ``files`` files; kill the worker before the node has ended, once for each line in the file ``marker``."""
    saved = context.save("output", "survivor", ".txt", [b"number %d" % number for number in range(files)])
    path = Path(marker)
    lines = path.read_text().splitlines()
    if lines:
        path.write_text("\n".join(lines[1:]))
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGKILL)
    return Shown({"files": [file.shown() for file in saved]})
