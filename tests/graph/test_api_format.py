"""Reading and writing prompts in the API format."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_specs import TEXT_TO_IMAGE

from nodegraph.graph.api_format import BareList, dump, parse
from nodegraph.graph.graph import Link, Node
from nodegraph.graph.problems import PromptError


def inputs_of(**values: object) -> dict[str, object]:
    """The inputs of a node given these values, as read."""
    return dict(parse({"1": {"class_type": "X", "inputs": values}})["1"].inputs)


def problem_of(prompt: object) -> tuple[str, str, str]:
    with pytest.raises(PromptError) as caught:
        parse(prompt)
    problem = caught.value.problem
    return problem.type, problem.message, problem.details


def test_reads_classes_values_links_and_titles() -> None:
    graph = parse(TEXT_TO_IMAGE)
    assert list(graph) == ["1", "2", "3", "4", "5", "6", "7"]
    assert graph["2"] == Node("2", "CLIPTextEncode", {"text": "a cat", "clip": Link("1", 1)}, "Positive")


def test_only_a_string_and_a_whole_number_are_a_link() -> None:
    read = inputs_of(a=["4", 0], b=[4, 0], c=["4", True], d=["4", 1.0], e=["4"], f=["a", "b"], g=[], h=["4", 0, 1])
    assert read["a"] == Link("4", 0)
    assert all(isinstance(read[name], BareList) for name in "bcdefgh")


def test_wrapped_lists_are_literals_even_if_they_look_like_links() -> None:
    read = inputs_of(a={"__value__": ["4", 0]}, b={"__value__": []}, c={"x": 1})
    assert read == {"a": ["4", 0], "b": [], "c": {"x": 1}}
    assert not any(isinstance(value, BareList) for value in read.values())


def test_unknown_keys_and_odd_metadata_are_ignored() -> None:
    graph = parse({"1": {"class_type": "X", "inputs": {}, "is_changed": ["abc"], "_meta": {"title": 5}, "pos": [1, 2]}})
    assert graph["1"] == Node("1", "X", {})
    assert parse({"1": {"class_type": "X", "_meta": None}})["1"] == Node("1", "X", {})


def test_says_what_is_no_prompt() -> None:
    assert problem_of(None) == ("no_prompt", "No prompt provided", "No prompt provided")
    assert problem_of([1])[:2] == ("invalid_prompt", "A prompt is an object of nodes by id, not a list")
    assert problem_of({"1": {"class_type": "X", "inputs": {}}, "2": 5})[::2] == ("invalid_prompt", "Node ID '#2'")
    assert problem_of({"9": {"inputs": {}}})[::2] == ("invalid_prompt", "Node ID '#9'")
    assert problem_of({"9": {"class_type": None, "inputs": {}}})[::2] == ("invalid_prompt", "Node ID '#9'")
    assert problem_of({"9": {"class_type": "X", "inputs": []}})[::2] == ("invalid_prompt", "Node ID '#9'")


literals = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9) | st.just("__value__"), inner),
    max_leaves=6,
)
links = st.builds(Link, st.text(max_size=4), st.integers())
nodes = st.builds(
    Node,
    id=st.text(max_size=4),
    class_id=st.text(max_size=5),
    inputs=st.dictionaries(st.text(max_size=5), literals | links, max_size=4),
    title=st.text(max_size=5),
)
graphs = st.lists(nodes, max_size=5).map(lambda made: {node.id: node for node in made})


@given(graphs)
def test_a_graph_survives_being_written_and_read(graph: dict[str, Node]) -> None:
    assert parse(dump(graph)) == graph


@given(st.dictionaries(st.text(max_size=3), literals, max_size=4))
def test_any_json_object_is_read_or_refused_as_a_prompt(document: dict[str, object]) -> None:
    try:
        graph = parse(document)
    except PromptError:
        return
    assert graph.keys() == document.keys()


@given(st.dictionaries(st.text(max_size=5), literals, max_size=4))
def test_any_input_is_written_as_it_was_read(values: dict[str, object]) -> None:
    read = parse({"1": {"class_type": "X", "inputs": values}})
    assert parse(dump(read)) == read
