"""Choosing and calculating, in the real engine: which branch is computed, what is shown, what an error names."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.errors import UserError
from nodegraph.execution.cache import RamCache
from nodegraph.execution.engine import Engine
from nodegraph.execution.events import Event, NodeOutput, NodeStarted, Outcome
from nodegraph.graph.api_format import parse
from nodegraph.graph.validate import validate
from nodegraph.packs.declare import NodeDefinition

Nodes = Mapping[str, Callable[..., Any]]


def run(definitions: Mapping[str, NodeDefinition], **nodes: tuple[str, dict[str, Any]]) -> tuple[list[str], list[str]]:
    """What was shown, and which nodes ran, of a graph that was checked as one that is queued."""
    prompt = {id: {"class_type": class_id, "inputs": inputs} for id, (class_id, inputs) in nodes.items()}
    specs = {class_id: definition.spec for class_id, definition in definitions.items()}
    validated = validate(parse(prompt), specs, lambda listing: ())
    assert validated.node_errors == {}
    events: list[Event] = []
    engine = Engine(definitions, RamCache(10**6, lambda result: 1), fingerprint=lambda owner, listing, name: "")
    finished = engine.run("job", validated.graph, validated.outputs, emit=events.append, make_context=lambda node: None)
    assert finished.outcome is Outcome.DONE, finished.failure
    shown = [text for event in events if isinstance(event, NodeOutput) for text in event.ui["text"]]
    return shown, [event.node for event in events if isinstance(event, NodeStarted)]


@pytest.mark.parametrize(("way", "said", "unused"), [(True, "1", "no"), (False, "2", "yes")])
def test_a_switch_computes_one_branch(
    definitions: Mapping[str, NodeDefinition], way: bool, said: str, unused: str
) -> None:
    shown, started = run(
        definitions,
        yes=("PrimitiveInt", {"value": 1}),
        no=("PrimitiveInt", {"value": 2}),
        which=("PrimitiveBoolean", {"value": way}),
        switch=("ComfySwitchNode", {"switch": ["which", 0], "on_true": ["yes", 0], "on_false": ["no", 0]}),
        show=("PreviewAny", {"source": ["switch", 0]}),
    )
    assert shown == [said]
    assert unused not in started


def test_a_branch_that_is_not_there_is_nothing(definitions: Mapping[str, NodeDefinition]) -> None:
    shown, _ = run(
        definitions,
        yes=("PrimitiveInt", {"value": 1}),
        switch=("ComfySwitchNode", {"switch": False, "on_true": ["yes", 0]}),
        show=("PreviewAny", {"source": ["switch", 0]}),
    )
    assert shown == ["None"]


def test_an_expression_of_linked_and_written_values(definitions: Mapping[str, NodeDefinition]) -> None:
    values = {"values.a": ["n", 0], "values.b": 0.5, "values.c": ["yes", 0]}
    shown, _ = run(
        definitions,
        n=("PrimitiveInt", {"value": 7}),
        yes=("PrimitiveBoolean", {"value": True}),
        m=("ComfyMathExpression", {"expression": "-(a + b) * c", **values}),
        float=("PreviewAny", {"source": ["m", 0]}),
        int=("PreviewAny", {"source": ["m", 1]}),
        bool=("PreviewAny", {"source": ["m", 2]}),
    )
    assert sorted(shown) == ["-7", "-7.5", "True"]


def test_a_list_runs_what_follows_for_each(definitions: Mapping[str, NodeDefinition]) -> None:
    shown, _ = run(
        definitions,
        n=("PrimitiveInt", {"value": 7}),
        t=("PrimitiveString", {"value": "x"}),
        list=("CreateList", {"inputs.input1": ["t", 0], "inputs.input0": ["n", 0]}),
        text=("StringFormat", {"f_string": "<{a}>", "values.a": ["list", 0]}),
        show=("PreviewAny", {"source": ["text", 0]}),
    )
    assert shown == ["<7>", "<x>"]


def test_a_combo_of_the_workflow_takes_any_option(definitions: Mapping[str, NodeDefinition]) -> None:
    shown, _ = run(
        definitions,
        c=("CustomCombo", {"choice": "Turbo", "index": 2, "option1": "Quality", "option2": "Turbo"}),
        text=("StringFormat", {"f_string": "{a} {b}", "values.a": ["c", 0], "values.b": ["c", 1]}),
        show=("PreviewAny", {"source": ["text", 0]}),
    )
    assert shown == ["Turbo 2"]


def test_and_or_not(nodes: Nodes) -> None:
    assert nodes["ComfyAndNode"](values={"value0": 1, "value1": "x"}) is True
    assert nodes["ComfyAndNode"](values={"value0": 1, "value1": ""}) is False
    assert nodes["ComfyOrNode"](values={"value0": 0, "value1": None}) is False
    assert nodes["ComfyOrNode"](values={"value0": 0, "value1": 0.1}) is True
    assert nodes["ComfyNotNode"](value=0) is True
    with pytest.raises(UserError, match=r"values\.value1"):
        nodes["ComfyOrNode"](values={"value0": 0, "value1": torch.ones(2)})


def test_numbers_are_converted(nodes: Nodes) -> None:
    assert nodes["ComfyNumberConvert"](value="-7.9") == (-7.9, -7)
    assert nodes["ComfyNumberConvert"](value=True) == (1.0, 1)
    assert nodes["ComfyNumberConvert"](value=2**62 + 1)[1] == 2**62 + 1
    with pytest.raises(UserError, match="'seven' is no number"):
        nodes["ComfyNumberConvert"](value="seven")


def test_an_expression_takes_numbers_only(nodes: Nodes) -> None:
    with pytest.raises(UserError, match=r"values\.b is a str"):
        nodes["ComfyMathExpression"](expression="a", values={"a": 1, "b": "2"})
