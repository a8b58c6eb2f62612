"""The examples of docs/nodes.md, put together as a user's pack and run by a real runtime."""

import hmac
import re
from pathlib import Path
from typing import Any

import pytest

from nodegraph.execution.events import Event, NodeBlocked, NodeOutput, Outcome
from nodegraph.graph.api_format import dump, parse
from nodegraph.graph.validate import validate
from nodegraph.packs.choices import FileChoices
from nodegraph.settings import Settings
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

PAGE = Path(__file__).parents[2] / "docs" / "nodes.md"

MORE = """
import asyncio
from typing import Any

from nodegraph.execution.implementation import ALWAYS
from nodegraph.execution.results import Blocked
from nodegraph.packs.context import Context


@node("Later", category="tests")
async def later(ctx: Context, *, value: int) -> int:
    await asyncio.sleep(0.01)
    ctx.progress(1, 1)
    return value


@node("Stop", category="tests")
def stop(*, value: int) -> int | Blocked:
    return Blocked(f"no {value}")


@node("Turn", category="tests", fingerprint=lambda given: ALWAYS)
def turn() -> int:
    return 7


@node("Never", category="tests")
def never() -> int:
    raise RuntimeError("nobody wanted this")


@node("Say", category="tests", output=True)
def say(*, what: Any) -> Shown:
    return Shown({"text": [str(what)]})
"""


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    home = tmp_path_factory.mktemp("home")
    pack = home / "page.py"
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(blocks) >= 5
    pack.write_text("\n".join([*blocks, MORE]), encoding="utf-8")
    runtime = Runtime(Settings.under(home, device="cpu"), [pack])
    assert runtime.ready().failures == []
    return runtime


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def run(runtime: Runtime, **prompt: Any) -> tuple[list[str], list[str], list[Event]]:
    """What was said, in order; which nodes ran; and all events."""
    specs = {name: implementation.spec for name, implementation in runtime.engine.implementations.items()}
    files = FileChoices(runtime.models, runtime.folders.own, lambda: runtime.credentials.names(""))
    validated = validate(parse(prompt), specs, files.names, exists=files.has, place=files.place)
    assert validated.error is None
    assert validated.node_errors == {}
    events: list[Event] = []
    job = Submit("job", dump(validated.graph), validated.outputs, {}, previews=False)
    finished = runtime.run(job, events.append, JobGate(Turnstile()))
    assert finished.outcome is Outcome.DONE, finished.failure
    said = [text for event in events if isinstance(event, NodeOutput) for text in event.ui["text"]]
    return said, finished.executed, events


def test_a_type_of_ones_own_travels(runtime: Runtime) -> None:
    said, _, _ = run(
        runtime,
        image=node("EmptyImage", width=8, height=8, batch_size=3, color=0xFF0000),
        palette=node("MeanColour", image=["image", 0]),
        show=node("ShowPalette", palette=["palette", 0], title="colours"),
    )
    assert said == ["colours: 3"]


def test_a_credential_is_a_secret_in_the_function_only(runtime: Runtime) -> None:
    runtime.credentials.store("signing", "a secret for signing")
    said, _, events = run(
        runtime,
        sign=node("SignText", text="mine", key="signing"),
        show=node("Say", what=["sign", 0]),
    )
    assert said == [hmac.new(b"a secret for signing", b"mine", "sha256").hexdigest()]
    assert "a secret for signing" not in repr(events)


def test_a_type_of_ones_own_fits_only_itself(runtime: Runtime) -> None:
    specs = {name: implementation.spec for name, implementation in runtime.engine.implementations.items()}
    prompt = {
        "n": node("PrimitiveInt", value=1),
        "show": node("ShowPalette", palette=["n", 0], title=""),
    }
    validated = validate(parse(prompt), specs, lambda listing: ())
    assert validated.node_errors["show"].errors[0].type == "return_type_mismatch"


def test_several_outputs(runtime: Runtime) -> None:
    said, _, _ = run(
        runtime,
        image=node("EmptyImage", width=8, height=8, batch_size=1, color=0xFFFFFF),
        parts=node("SplitByBrightness", image=["image", 0], threshold=0.5),
        say=node("Say", what=["parts", 1]),
    )
    assert "0., 0." in said[0]


def test_lists_through_expansions_and_asynchronous_nodes(runtime: Runtime) -> None:
    said, _, _ = run(
        runtime,
        each=node("EachNumber", count=3),
        later=node("Later", value=["each", 0]),
        more=node("CountUp", start=["later", 0], times=2),
        total=node("Total", numbers=["more", 0], factor=10),
        say=node("Say", what=["total", 0]),
    )
    assert said == ["120"]


def test_as_many_inputs_as_are_linked(runtime: Runtime) -> None:
    said, _, _ = run(
        runtime,
        three=node("PrimitiveInt", value=3),
        most=node("Largest", **{"numbers.number0": 1, "numbers.number1": ["three", 0]}),
        first=node("FirstThere", other=["most", 0]),
        say=node("Say", what=["first", 0]),
    )
    assert said == ["3"]


def test_only_the_wanted_branch_is_computed(runtime: Runtime) -> None:
    said, executed, _ = run(
        runtime,
        good=node("PrimitiveInt", value=5),
        bad=node("Never"),
        either=node("Either", which=True, yes=["good", 0], no=["bad", 0]),
        say=node("Say", what=["either", 0]),
    )
    assert said == ["5"]
    assert "bad" not in executed


def test_a_block_is_told_and_what_follows_stays_out(runtime: Runtime) -> None:
    said, _, events = run(
        runtime,
        stop=node("Stop", value=3),
        more=node("CountUp", start=["stop", 0], times=1),
        say=node("Say", what=["more", 0]),
    )
    assert said == []
    assert any(isinstance(event, NodeBlocked) for event in events)


def test_a_fingerprint_decides_what_runs_again(runtime: Runtime) -> None:
    graph = {
        "turn": node("Turn"),
        "more": node("CountUp", start=["turn", 0], times=0),
        "say": node("Say", what=["more", 0]),
    }
    for _ in range(2):
        said, executed, _ = run(runtime, **graph)
        assert said == ["7"]
        assert executed == ["turn", "more", "say"]
    graph["turn"] = node("PrimitiveInt", value=7)
    run(runtime, **graph)
    assert run(runtime, **graph)[1] == []
