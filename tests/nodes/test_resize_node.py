"""Resizing pictures and masks in each of the ways there are."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.graph.dynamic import keys, members
from nodegraph.media.resize_types import wanted_size
from nodegraph.packs.declare import NodeDefinition

Nodes = Mapping[str, Callable[..., Any]]

SIZES: list[tuple[str, dict[str, Any], tuple[int, int]]] = [
    ("scale dimensions", {"width": 40, "height": 30, "crop": "disabled"}, (40, 30)),
    ("scale dimensions", {"width": 0, "height": 30, "crop": "center"}, (60, 30)),
    ("scale by multiplier", {"multiplier": 0.55}, (11, 6)),
    ("scale longer dimension", {"longer_size": 30}, (30, 15)),
    ("scale shorter dimension", {"shorter_size": 30}, (60, 30)),
    ("scale width", {"width": 5}, (5, 2)),
    ("scale height", {"height": 5}, (10, 5)),
    ("scale total pixels", {"megapixels": 0.01, "multiple": 1}, (145, 72)),
    ("scale total pixels", {"megapixels": 0.01, "multiple": 16}, (144, 80)),
    ("match size", {"match": torch.zeros(1, 7, 9, 3), "crop": "center"}, (9, 7)),
    ("match size", {"match": torch.zeros(1, 7, 9), "crop": "center"}, (9, 7)),
    ("scale to multiple", {"multiple": 8}, (16, 8)),
    ("scale to multiple", {"multiple": 64}, (64, 64)),
]


@pytest.mark.parametrize(("kind", "given", "size"), SIZES)
def test_each_way_comes_to_a_size(nodes: Nodes, kind: str, given: dict[str, Any], size: tuple[int, int]) -> None:
    def resized(values: torch.Tensor) -> torch.Tensor:
        result: torch.Tensor = nodes["ResizeImageMaskNode"](
            input=values, resize_type={"resize_type": kind, **given}, scale_method="nearest-exact"
        )
        return result

    assert resized(torch.zeros(2, 10, 20, 3)).shape == (2, size[1], size[0], 3)
    assert resized(torch.zeros(2, 10, 20)).shape == (2, size[1], size[0])


def test_an_upright_picture_has_its_longer_side_upright() -> None:
    assert wanted_size("scale longer dimension", {"longer_size": 30}, (10, 20)) == (15, 30)
    assert wanted_size("scale shorter dimension", {"shorter_size": 30}, (10, 20)) == (30, 60)


def test_a_crop_keeps_the_middle_as_it_is(nodes: Nodes) -> None:
    image = torch.rand(1, 8, 20, 3, generator=torch.Generator().manual_seed(0))
    cut = nodes["ResizeImageMaskNode"](
        input=image, resize_type={"resize_type": "scale dimensions", "width": 8, "height": 8, "crop": "center"}
    )
    torch.testing.assert_close(cut, image[:, :, 6:14])


def test_every_way_is_offered_with_its_numbers(definitions: Mapping[str, NodeDefinition]) -> None:
    declared = definitions["ResizeImageMaskNode"].spec.input("resize_type")
    assert declared is not None
    assert keys(declared) == list(dict.fromkeys(kind for kind, _, _ in SIZES))
    for kind, given, _ in SIZES:
        assert [member.name.partition(".")[2] for member in members(declared, kind)] == list(given)
