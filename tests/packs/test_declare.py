"""What ``@node`` makes of a function, and how it complains."""

import asyncio
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Annotated, Any, Literal, NamedTuple

import pytest

from nodegraph.execution.implementation import ALWAYS, Implementation
from nodegraph.execution.results import Blocked, Expansion, Shown
from nodegraph.graph.graph import Link
from nodegraph.graph.spec import Choices, CredentialList, FileList, Hidden, InputSpec, OutputSpec
from nodegraph.packs.context import Context
from nodegraph.packs.declare import definition_of, node
from nodegraph.packs.markers import (
    ClientOptions,
    ControlAfterGenerate,
    Credential,
    Growing,
    HiddenInput,
    Lazy,
    ListOutput,
    Matching,
    Multiline,
    Named,
    Omittable,
    Options,
    Range,
    Socket,
    SocketOnly,
    Tooltip,
)
from nodegraph.packs.secret import Secret
from nodegraph.packs.signature import DeclarationError
from nodegraph.packs.types import Image, Latent, Mask, Seed

Depth = Annotated[Any, Socket("DEPTH")]


class Both(NamedTuple):
    image: Image
    alpha: Annotated[Mask, Named("MASK"), Tooltip("1 is transparent.")]


def inputs_of(function: Callable[..., Any]) -> dict[str, InputSpec]:
    return {declared.name: declared for declared in definition_of(function).spec.inputs}


def test_the_function_is_returned_unchanged() -> None:
    def double(*, value: int) -> int:
        return 2 * value

    assert node("Double", category="math")(double) is double
    assert double(value=4) == 8


def test_inputs_say_everything_the_annotation_says() -> None:
    @node("All", category="tests")
    def everything(
        ctx: Context,
        *,
        depth: Depth,
        seed: Seed = 0,
        steps: Annotated[int, Range(1, 100, step=5), Tooltip("How many.")] = 20,
        cfg: Annotated[float, Range(0, 30, step=0.1, round=0.01)] = 8,
        text: Annotated[str, Multiline(dynamic_prompts=True)] = "",
        mode: Literal["add", "multiply"],
        sampler: Annotated[str, Options(("euler", "heun"))] = "heun",
        file: Annotated[str, FileList("checkpoints")],
        flag: Annotated[bool, SocketOnly()] = False,
        size: Annotated[int, ClientOptions({"display": "slider"}), ControlAfterGenerate()] = 1,
        mask: Mask | None = None,
        anything: Any = None,
    ) -> Latent:
        """Does everything.

        Not shown.
        """
        raise NotImplementedError

    spec = definition_of(everything).spec
    inputs = inputs_of(everything)
    assert list(inputs) == [
        "depth",
        "seed",
        "steps",
        "cfg",
        "text",
        "mode",
        "sampler",
        "file",
        "flag",
        "size",
        "mask",
        "anything",
    ]
    assert spec.description == "Does everything."
    assert inputs["depth"] == InputSpec("depth", "DEPTH")
    assert inputs["seed"] == InputSpec(
        "seed", "INT", default=0, has_default=True, minimum=0, maximum=2**64 - 1, control_after_generate=True
    )
    assert inputs["steps"] == InputSpec(
        "steps", "INT", default=20, has_default=True, minimum=1, maximum=100, step=5, tooltip="How many."
    )
    assert inputs["cfg"].default == 8.0
    assert isinstance(inputs["cfg"].default, float)
    assert (inputs["cfg"].step, inputs["cfg"].round) == (0.1, 0.01)
    assert inputs["text"].multiline
    assert inputs["text"].dynamic_prompts
    assert inputs["mode"] == InputSpec("mode", "COMBO", choices=Choices(("add", "multiply")))
    assert inputs["sampler"].choices == Choices(("euler", "heun"))
    assert inputs["sampler"].default == "heun"
    assert inputs["file"] == InputSpec("file", "COMBO", choices=FileList("checkpoints"))
    assert inputs["flag"] == InputSpec("flag", "BOOLEAN", default=False, has_default=True, socket_only=True)
    assert inputs["size"].extra == {"display": "slider"}
    assert inputs["mask"] == InputSpec("mask", "MASK", optional=True)
    assert inputs["anything"] == InputSpec("anything", "*", optional=True)


def test_a_marker_at_the_parameter_wins_over_one_of_the_alias() -> None:
    @node("Wins", category="tests")
    def wins(*, seed: Annotated[Seed, Range(0, 9)] = 0) -> None: ...

    assert inputs_of(wins)["seed"].maximum == 9
    assert inputs_of(wins)["seed"].control_after_generate


def test_outputs_of_a_named_tuple_carry_its_fields_names() -> None:
    @node("Two", category="tests")
    def two(*, image: Image) -> Both:
        return Both(image, image)

    definition = definition_of(two)
    assert definition.spec.outputs == (
        OutputSpec("image", "IMAGE"),
        OutputSpec("MASK", "MASK", tooltip="1 is transparent."),
    )
    assert definition.call(None, {"image": "picture"}) == ("picture", "picture")


def test_one_output_is_named_after_its_type_and_wrapped() -> None:
    @node("One", category="tests")
    def one(*, value: int) -> int:
        return value + 1

    definition: Implementation = definition_of(one)
    assert definition.spec.outputs == (OutputSpec("INT", "INT"),)
    assert definition.call(None, {"value": 1}) == (2,)


def test_special_results_pass_through_and_declare_no_output() -> None:
    @node("Special", category="tests", output=True)
    def special(*, what: Any) -> int | Shown | Blocked | Expansion:
        return what  # type: ignore[no-any-return]

    definition = definition_of(special)
    assert [output.type for output in definition.spec.outputs] == ["INT"]
    for result in (Shown({"text": ["a"]}, (1,)), Blocked("no"), Expansion({}, (Link("1", 0),))):
        assert definition.call(None, {"what": result}) is result
    assert definition.call(None, {"what": 3}) == (3,)


def test_a_node_without_outputs_answers_with_none_of_them() -> None:
    @node("Nothing", category="tests", output=True)
    def nothing(*, value: int) -> None: ...

    assert definition_of(nothing).call(None, {"value": 1}) == ()


def test_the_context_is_the_first_positional_parameter() -> None:
    @node("Asks", category="tests")
    def asks(ctx: Context, *, value: int) -> str:
        return f"{ctx} {value}"

    assert definition_of(asks).call("context", {"value": 1}) == ("context 1",)


def test_lists_in_and_out() -> None:
    @node("Lists", category="tests", takes_lists=True)
    def lists(
        *, images: list[Image], size: Annotated[list[int], Range(1, 8)], mode: list[Literal["a", "b"]]
    ) -> Annotated[list[Image], ListOutput()]:
        return images * size[0]

    spec = definition_of(lists).spec
    assert spec.takes_lists
    assert [declared.type for declared in spec.inputs] == ["IMAGE", "INT", "COMBO"]
    assert spec.inputs[1].maximum == 8
    assert spec.outputs == (OutputSpec("IMAGE", "IMAGE", is_list=True),)
    assert definition_of(lists).call(None, {"images": ["p"], "size": [2], "mode": ["a"]}) == (["p", "p"],)


def test_lazy_inputs_are_none_until_wanted() -> None:
    @node(
        "Switch",
        category="tests",
        wanted=lambda known: ["yes"] if known["flag"] and "yes" not in known else [],
    )
    def switch(
        *, flag: bool, yes: Annotated[Image | None, Lazy()], no: Annotated[Image | None, Lazy()] = None
    ) -> Image | None:
        return yes if flag else no

    definition = definition_of(switch)
    assert inputs_of(switch)["yes"].lazy
    assert not inputs_of(switch)["yes"].optional
    assert inputs_of(switch)["no"].optional
    assert definition.wanted({"flag": True}) == ["yes"]
    assert definition.wanted({"flag": False}) == []
    assert definition.call(None, {"flag": False}) == (None,)
    assert definition.call(None, {"flag": True, "yes": "picture"}) == ("picture",)


def test_links_to_inputs_that_do_not_exist_are_left_out() -> None:
    @node("Strict", category="tests")
    def strict(*, value: int) -> int:
        return value

    assert definition_of(strict).call(None, {"value": 1, "renamed_since": 2}) == (1,)

    @node("Lenient", category="tests")
    def lenient(*, value: int, scale: int | None = None) -> int | None:
        return scale

    assert definition_of(lenient).call(None, {"value": 1, "renamed_since": 2}) == (None,)


def test_hidden_inputs_are_no_inputs() -> None:
    @node("Hidden", category="tests", idempotent=False)
    def hidden(*, value: int, me: Annotated[str, HiddenInput(Hidden.UNIQUE_ID)] = "") -> str:
        return me

    spec = definition_of(hidden).spec
    assert list(inputs_of(hidden)) == ["value"]
    assert spec.hidden == {"me": Hidden.UNIQUE_ID}
    assert not spec.idempotent
    assert definition_of(hidden).call(None, {"value": 1, "me": "7"}) == ("7",)


def test_fingerprints() -> None:
    @node("Clock", category="tests", fingerprint=lambda inputs: ALWAYS if inputs.get("live") else inputs["zone"])
    def clock(*, zone: str, live: bool = False) -> str:
        return zone

    assert definition_of(clock).fingerprint({"zone": "UTC"}) == "UTC"
    assert definition_of(clock).fingerprint({"zone": "UTC", "live": True}) is ALWAYS


def test_asynchronous_functions_answer_with_an_awaitable() -> None:
    @node("Later", category="tests")
    async def later(*, value: int) -> int:
        await asyncio.sleep(0)
        return value

    assert asyncio.run(definition_of(later).call(None, {"value": 5})) == (5,)


def declaring(function: Callable[..., Any], **options: Any) -> str:
    with pytest.raises(DeclarationError) as caught:
        node("Wrong", category="tests", **options)(function)
    message = str(caught.value)
    assert function.__qualname__ in message
    return message


def test_errors_name_the_function_and_the_parameter_and_say_what_to_do() -> None:
    def no_annotation(*, value) -> None: ...  # type: ignore[no-untyped-def]
    def positional(ctx: Context, value: int) -> None: ...
    def forgotten(value: Image, *, other: int) -> None: ...
    def no_socket(*, value: set[int]) -> None: ...
    def outside(*, value: Annotated[int, Range(0, 5)] = 9) -> None: ...
    def wrong_default(*, value: int = "x") -> None: ...  # type: ignore[assignment]
    def boolean_for_int(*, value: int = True) -> None: ...
    def no_option(*, value: Literal["a", "b"] = "c") -> None: ...  # type: ignore[assignment]
    def hidden_none(*, value: Image = None) -> None: ...  # type: ignore[assignment]
    def ranged_text(*, value: Annotated[str, Range(0, 5)]) -> None: ...
    def multiline_number(*, value: Annotated[int, Multiline()]) -> None: ...
    def not_listed(*, value: Image) -> None: ...
    def lazy_alone(*, value: Annotated[Image | None, Lazy()]) -> None: ...

    assert "no annotation" in declaring(no_annotation)
    assert "bare *" in declaring(positional)
    assert "bare *" in declaring(forgotten)
    assert 'Socket("MY_TYPE")' in declaring(no_socket)
    assert "0..5" in declaring(outside)
    assert "no INT" in declaring(wrong_default)
    assert "no INT" in declaring(boolean_for_int)
    assert "'c'" in declaring(no_option)
    assert "| None" in declaring(hidden_none)
    assert "Range" in declaring(ranged_text)
    assert "Multiline" in declaring(multiline_number)
    assert "list[...]" in declaring(not_listed, takes_lists=True)
    assert "wanted=" in declaring(lazy_alone)
    for function in (no_annotation, positional, no_socket, outside, hidden_none, ranged_text, multiline_number):
        assert "'value'" in declaring(function)


def test_errors_of_the_return_annotation() -> None:
    def silent(*, value: int): ...  # type: ignore[no-untyped-def]
    def bare_tuple(*, value: int) -> tuple[int, int]: ...
    def either(*, value: int) -> int | str: ...
    def unused_wanted(*, value: int) -> None: ...

    assert "return annotation" in declaring(silent)
    assert "NamedTuple" in declaring(bare_tuple)
    assert "one of several" in declaring(either)
    assert "Lazy()" in declaring(unused_wanted, wanted=lambda known: [])


def test_a_credential_is_named_in_the_graph_and_revealed_to_the_function() -> None:
    @node("Ask", category="tests")
    def ask(*, key: Annotated[Secret, Credential()], more: Annotated[Secret | None, Credential()] = None) -> str:
        return key.reveal() + ("" if more is None else more.reveal())

    declared = inputs_of(ask)
    assert declared["key"] == InputSpec("key", "COMBO", choices=CredentialList())
    assert declared["more"] == InputSpec("more", "COMBO", optional=True, choices=CredentialList())
    context = SimpleNamespace(credential=lambda name: Secret(name, f"secret of {name}; "))
    definition = definition_of(ask)
    assert definition.call(context, {"key": "a", "more": None}) == ("secret of a; ",)
    assert definition.call(context, {"key": "a", "more": "b"}) == ("secret of a; secret of b; ",)


def test_a_credential_that_is_declared_otherwise_is_refused() -> None:
    def bare(*, key: Secret) -> str: ...
    def text(*, key: Annotated[str, Credential()]) -> str: ...
    def default(*, key: Annotated[Secret | str, Credential()] = "a") -> str: ...
    def given(*, key: Annotated[Secret, Credential()]) -> Annotated[Secret, Credential()]: ...

    for function in (bare, text, default, given):
        with pytest.raises(DeclarationError, match="is a credential"):
            node("Wrong", category="tests")(function)


def test_groups_matches_and_what_may_be_left_out() -> None:
    @node("Groups", category="tests")
    def groups(
        *,
        numbers: Annotated[Mapping[str, float], Growing(names=("a", "b"), minimum=0)],
        pictures: Annotated[Mapping[str, Image], Growing("picture", minimum=2, maximum=9)],
        either: Annotated[Any, Matching("IMAGE,MASK")],
        upright: Annotated[bool, Omittable()] = True,
    ) -> Annotated[Any, Matching(), Named("output")]: ...

    declared = inputs_of(groups)
    assert declared["numbers"].type == declared["pictures"].type == "COMFY_AUTOGROW_V3"
    template = {"input": {"required": {"value": ["FLOAT", {}]}}, "names": ["a", "b"], "min": 0, "max": 2}
    assert declared["numbers"].extra == {"template": template}
    template = {"input": {"required": {"picture": ["IMAGE", {}]}}, "prefix": "picture", "min": 2, "max": 9}
    assert declared["pictures"].extra == {"template": template}
    assert declared["either"].type == definition_of(groups).spec.outputs[0].type == "COMFY_MATCHTYPE_V3"
    assert declared["either"].extra["template"]["allowed_types"] == "IMAGE,MASK"
    assert (declared["upright"].optional, declared["upright"].default) == (True, True)


def test_groups_that_are_declared_otherwise_are_refused() -> None:
    def one(*, value: Annotated[int, Growing("v")]) -> None: ...
    def nameless(*, value: Annotated[Mapping[str, int], Growing()]) -> None: ...
    def given(*, value: Annotated[Mapping[str, int] | None, Growing("v")] = None) -> None: ...
    def needed(*, value: Annotated[int, Omittable()]) -> None: ...

    assert "Mapping[str, ...]" in declaring(one)
    assert "prefix or the names" in declaring(nameless)
    assert "default" in declaring(given)
    assert "no default" in declaring(needed)
