"""``--set``: which node is meant, what the value becomes, and what is said when it cannot be done."""

from copy import deepcopy

import pytest

from nodegraph.cli.overrides import OverrideError, apply_overrides
from nodegraph.graph.problems import PromptError
from nodegraph.graph.spec import InputSpec, NodeSpec

SPECS = {
    "Sampler": NodeSpec(
        "Sampler",
        "Draw",
        "test",
        (InputSpec("seed", "INT"), InputSpec("cfg", "FLOAT"), InputSpec("flag", "BOOLEAN")),
        (),
    ),
    "Text": NodeSpec("Text", "Text", "test", (InputSpec("text", "STRING"),), ()),
}
PROMPT = {
    "1": {"class_type": "Sampler", "inputs": {"seed": 1, "cfg": ["9", 0]}},
    "2": {"class_type": "Text", "inputs": {"text": "a"}, "_meta": {"title": "Good"}},
    "3": {"class_type": "Text", "inputs": {"text": "b"}, "_meta": {"title": "Bad v1.5"}},
    "4:1": {"class_type": "Unknown", "inputs": {"x": 1}},
}


@pytest.mark.parametrize(
    ("assignment", "node", "name", "value"),
    [
        ("1.seed=7", "1", "seed", 7),
        ("Sampler.seed=7", "1", "seed", 7),
        ("Draw.flag=true", "1", "flag", True),
        ("1.cfg=7.5", "1", "cfg", 7.5),
        ("Good.text=7", "2", "text", "7"),
        ("Bad v1.5.text=a cat, b=c", "3", "text", "a cat, b=c"),
        ("2.text=", "2", "text", ""),
        ("4:1.x=word", "4:1", "x", "word"),
    ],
)
def test_sets_one_input_and_nothing_else(assignment: str, node: str, name: str, value: object) -> None:
    expected = deepcopy(PROMPT)
    expected[node]["inputs"][name] = value
    before = deepcopy(PROMPT)

    assert apply_overrides(PROMPT, [assignment], SPECS) == expected
    assert before == PROMPT


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("1.seed", "NODE.INPUT=VALUE"),
        ("seed=3", "NODE.INPUT=VALUE"),
        ("Text.text=x", "names 2 nodes. Use one of their ids: 2 (Text), 3 (Text)"),
        ("Samplr.seed=3", "Did you mean Sampler"),
        ("Sampler.sed=3", "Did you mean seed"),
    ],
)
def test_refuses_what_it_cannot_do(assignment: str, said: str) -> None:
    with pytest.raises(OverrideError) as refused:
        apply_overrides(PROMPT, [assignment], SPECS)
    assert said in str(refused.value)


@pytest.mark.parametrize("node", [5, {}, {"class_type": ["x"]}, {"class_type": "Text", "inputs": 5}])
def test_what_is_no_prompt_is_said_to_be_none(node: object) -> None:
    with pytest.raises(PromptError):
        apply_overrides({"1": node}, ["1.text=x"], SPECS)


def test_the_last_of_two_values_stays() -> None:
    changed = apply_overrides(PROMPT, ["1.seed=2", "1.seed=3"], SPECS)
    assert changed["1"]["inputs"]["seed"] == 3
