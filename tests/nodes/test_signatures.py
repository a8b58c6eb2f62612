"""Every built-in node has the names, order, types, defaults and ranges that saved workflows rely on."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from nodegraph.diffusion.sample import SAMPLERS, SCHEDULERS
from nodegraph.graph.spec import Choices, FileList, InputSpec, NodeSpec
from nodegraph.packs.declare import NodeDefinition

INPUT = re.compile(
    r"(?P<name>\w+)(?P<optional>\?)?:(?P<type>[\w*]+(,[A-Z]+)*|\{[^}]*\})(?P<upload>\(upload\))?(?P<multiline>\(ml\))?"
    r"(=(?P<default>'[^']*'|[^\[\]†,]+))?(\[(?P<minimum>[^.]+(\.\d+)?)\.\.(?P<maximum>[^/\]]+)(/(?P<step>[^\]]+))?\])?"
    r"(?P<control>†)?(?P<lines>\(ml\))?"
)
LINES = [line for line in (Path(__file__).parent / "signatures.txt").read_text().splitlines() if line[:1] != "#"]

ANYTHING = {"choice"}
"""Combos whose options are written in the graph."""


def number(text: str) -> float:
    """What a default or limit says; a boolean is a number too."""
    if text in ("false", "true"):
        return text == "true"
    if "^" in text:
        base, rest = text.split("^")
        power, _, minus = rest.partition("-")
        return int(base) ** int(power) - int(minus or 0)
    if text == "MAX":
        return 16384
    return float(text) if "." in text else int(text)


def split_inputs(text: str) -> list[str]:
    return re.split(r", (?=\w+\??:)", text) if text else []


@pytest.mark.parametrize("line", LINES, ids=lambda line: line.split(" |")[0])
def test_signature_is_the_fields(definitions: Mapping[str, NodeDefinition], line: str) -> None:
    class_id, inputs, rest = (part.strip() for part in line.split(" |", 2))
    spec = definitions[class_id].spec
    check_outputs(spec, rest)
    wanted = split_inputs(inputs)
    assert [declared.name for declared in spec.inputs] == [text.split(":")[0].rstrip("?") for text in wanted]
    for declared, text in zip(spec.inputs, wanted, strict=True):
        check_input(declared, text)


def check_outputs(spec: NodeSpec, text: str) -> None:
    outputs, _, flags = text.partition("OUT")
    wanted = [part.strip() for part in outputs.split(",") if part.strip()]
    assert [output.is_list for output in spec.outputs] == [part.endswith("[]") for part in wanted]
    named = [part.removesuffix("[]").split(":") for part in wanted]
    assert [(o.type, o.name) for o in spec.outputs] == [(part[0], part[-1]) for part in named]
    assert spec.is_output == ("OUT" in text)
    hidden = flags.partition("H:")[2].strip()
    assert list(spec.hidden) == [name for name in hidden.split(",") if name]


def check_input(declared: InputSpec, text: str) -> None:
    match = INPUT.fullmatch(text)
    assert match, text
    assert declared.optional == bool(match["optional"])
    if match["type"] == "COMBO":
        assert declared.type == "COMBO"
        if declared.name in {"ckpt_name", "clip_name", "vae_name", "lora_name", "image", "latent", "folder"}:
            assert isinstance(declared.choices, FileList)
        elif declared.name in ANYTHING:
            assert declared.choices is None
        else:
            assert declared.choices == Choices(tuple(SAMPLERS))
    elif match["type"].startswith("{"):
        names = match["type"][1:-1].split("|")
        assert declared.choices == Choices(tuple(dict.fromkeys(names)))  # the field names some twice
    else:
        assert declared.type == match["type"]
    assert (isinstance(declared.choices, FileList) and declared.choices.upload == "image") == bool(match["upload"])
    assert declared.multiline == bool(match["multiline"] or match["lines"])
    assert declared.control_after_generate == bool(match["control"])
    assert declared.has_default == (match["default"] is not None)
    if match["default"] is not None:
        text = match["default"][0] == "'" or isinstance(declared.choices, Choices)
        assert declared.default == (match["default"].strip("'") if text else number(match["default"]))
    if match["minimum"] is not None:
        assert declared.minimum == number(match["minimum"])
        assert declared.maximum == number(match["maximum"])
    elif declared.name in {"seed", "noise_seed"}:
        assert (declared.minimum, declared.maximum) == (0, 2**64 - 1)
    else:
        assert declared.minimum is declared.maximum is None
    if match["step"] is not None:
        assert declared.step == number(match["step"])
    else:
        assert declared.step in (None, 1)


def test_nothing_is_missing_and_nothing_is_unlisted(definitions: Mapping[str, NodeDefinition]) -> None:
    assert set(definitions) == {line.split(" |")[0] for line in LINES}


def test_the_first_sampler_and_scheduler_are_what_an_untouched_widget_sends() -> None:
    assert next(iter(SAMPLERS)) == "euler"
    assert next(iter(SCHEDULERS)) == "simple"


def test_every_node_says_what_it_does(definitions: Mapping[str, NodeDefinition]) -> None:
    for definition in definitions.values():
        assert definition.spec.description.endswith("."), definition.spec.class_id
        assert definition.spec.category
        assert definition.spec.pack == "nodegraph_builtin"
        assert definition.spec.source
