"""Nodes of texts as plain functions."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.errors import MissingFileError, UserError
from nodegraph.media.folders import DataFolders
from nodegraph.media.images import encode_png
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


@pytest.mark.parametrize(
    ("class_id", "given", "answer"),
    [
        ("StringConcatenate", {"string_a": "a", "string_b": "b", "delimiter": ", "}, "a, b"),
        ("StringSubstring", {"string": "abcdef", "start": 1, "end": -1}, "bcde"),
        ("StringSubstring", {"string": "abc", "start": 2, "end": 99}, "c"),
        ("StringLength", {"string": "ä€"}, 2),
        ("CaseConverter", {"string": "ein Wort", "mode": "UPPERCASE"}, "EIN WORT"),
        ("CaseConverter", {"string": "ein Wort", "mode": "lowercase"}, "ein wort"),
        ("CaseConverter", {"string": "ein Wort", "mode": "Capitalize"}, "Ein wort"),
        ("CaseConverter", {"string": "ein Wort", "mode": "Title Case"}, "Ein Wort"),
        ("StringTrim", {"string": " a\n", "mode": "Both"}, "a"),
        ("StringTrim", {"string": " a\n", "mode": "Left"}, "a\n"),
        ("StringTrim", {"string": " a\n", "mode": "Right"}, " a"),
        ("StringReplace", {"string": "a.b.c", "find": ".", "replace": "-"}, "a-b-c"),
        ("StringContains", {"string": "Abc", "substring": "aB", "case_sensitive": True}, False),
        ("StringContains", {"string": "Abc", "substring": "aB", "case_sensitive": False}, True),
        ("StringCompare", {"string_a": "Abc", "string_b": "A", "mode": "Starts With"}, True),
        ("StringCompare", {"string_a": "Abc", "string_b": "C", "mode": "Ends With"}, False),
        ("StringCompare", {"string_a": "Abc", "string_b": "aBC", "mode": "Equal", "case_sensitive": False}, True),
        ("StringFormat", {"values": {"a": 3, "b": "x"}, "f_string": "{a:02d}{b}"}, "03x"),
        ("JsonExtractString", {"json_string": '{"a": {"b": [1, "ü"]}}', "key": "a"}, '{"b": [1, "ü"]}'),
        ("JsonExtractString", {"json_string": '{"a": "x", "b": 0.5}', "key": "a"}, "x"),
        ("JsonExtractString", {"json_string": '{"a": "x", "b": 0.5}', "key": "b"}, "0.5"),
        ("RegexMatch", {"string": "One\ntwo", "regex_pattern": "^TWO", "multiline": True}, True),
        ("RegexMatch", {"string": "One\ntwo", "regex_pattern": "^two"}, False),
        ("RegexMatch", {"string": "One\ntwo", "regex_pattern": "e.t", "dotall": True}, True),
        ("RegexMatch", {"string": "One", "regex_pattern": "one", "case_insensitive": False}, False),
        ("RegexExtract", {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "mode": "First Match"}, "a1"),
        ("RegexExtract", {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "mode": "All Matches"}, "a1\nb2"),
        ("RegexExtract", {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "mode": "First Group"}, "a"),
        (
            "RegexExtract",
            {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "mode": "All Groups", "group_index": 2},
            "1\n2",
        ),
        ("RegexExtract", {"string": "a1", "regex_pattern": "z", "mode": "First Match"}, ""),
        ("RegexReplace", {"string": "a1 b2", "regex_pattern": r"(\w)(\d)", "replace": r"\2\1"}, "1a 2b"),
        ("RegexReplace", {"string": "aaa", "regex_pattern": "A", "replace": "b", "count": 2}, "bba"),
        ("AddTextPrefix", {"texts": "a", "prefix": "x "}, "x a"),
        ("AddTextSuffix", {"texts": "a", "suffix": " x"}, "a x"),
        ("ReplaceText", {"texts": "aba", "find": "a", "replace": "c"}, "cbc"),
        ("StripWhitespace", {"texts": " a "}, "a"),
        ("TextToLowercase", {"texts": "Ä"}, "ä"),
        ("TextToUppercase", {"texts": "ä"}, "Ä"),
        ("TruncateText", {"texts": "abc", "max_length": 2}, "ab"),
        ("CreateList", {"inputs": {"input0": [1, 2], "input1": ["x"]}}, [1, 2, "x"]),
    ],
)
def test_answers(nodes: Nodes, class_id: str, given: dict[str, Any], answer: Any) -> None:
    assert nodes[class_id](**given) == answer


@pytest.mark.parametrize(
    ("class_id", "given", "said"),
    [
        ("RegexMatch", {"regex_pattern": "("}, "regex_pattern '\\('.*missing"),
        (
            "RegexExtract",
            {"regex_pattern": "(a)", "mode": "First Group", "group_index": 2},
            "group_index is 2.*1",
        ),
        ("RegexReplace", {"regex_pattern": "a", "replace": r"\3"}, "replace cannot be read"),
    ],
)
def test_patterns_that_cannot_be_read(nodes: Nodes, class_id: str, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UserError, match=said):
        nodes[class_id](string="aaa", **given)


@pytest.mark.parametrize(
    ("class_id", "given"),
    [
        ("RegexMatch", {}),
        ("RegexExtract", {"mode": "All Groups", "group_index": 1}),
        ("RegexReplace", {"replace": "b"}),
    ],
)
def test_patterns_that_take_for_ever_are_given_up(
    nodes: Nodes, monkeypatch: pytest.MonkeyPatch, class_id: str, given: dict[str, Any]
) -> None:
    monkeypatch.setitem(nodes[class_id].__globals__, "LONGEST", 0.2)
    with pytest.raises(UserError, match=r"not come to an end.*Repetitions within"):
        nodes[class_id](string="a" * 40 + "!", regex_pattern=r"^(a|aa)+\1*(a+)+$", **given)


@pytest.mark.parametrize(("text", "said"), [("", "no JSON"), ("[1]", "is a list"), ('{"b": 1}', "'a'.*'b'")])
def test_json_without_the_key(nodes: Nodes, text: str, said: str) -> None:
    with pytest.raises(UserError, match=said):
        nodes["JsonExtractString"](json_string=text, key="a")


def test_lists_are_shuffled_by_the_seed_and_stay_together(nodes: Nodes) -> None:
    images = [torch.full((1, 1, 1, 3), float(number)) for number in range(9)]
    texts = [str(number) for number in range(9)]
    shuffled, captions = nodes["ShuffleImageTextDataset"](images=images, texts=texts, seed=[7])
    assert [str(int(image.mean())) for image in shuffled] == captions != texts
    assert sorted(captions) == texts
    alone = nodes["ShuffleDataset"](images=images, seed=[7])
    assert [one is other for one, other in zip(alone, shuffled, strict=True)] == [True] * 9
    with pytest.raises(UserError, match="9 items and texts 8"):
        nodes["ShuffleImageTextDataset"](images=images, texts=texts[1:], seed=[7])


def test_what_was_saved_is_loaded_from_the_outputs(nodes: Nodes, ctx: Context, folders: DataFolders) -> None:
    folders.output.mkdir()
    (folders.output / "a.png").write_bytes(encode_png(torch.ones(2, 3, 3)))
    for name in ("a.png", "a.png [output]"):
        assert nodes["LoadImageOutput"](ctx, image=name).image.shape == (1, 2, 3, 3)
    with pytest.raises(MissingFileError, match="output folder"):
        nodes["LoadImageOutput"](ctx, image="b.png")
