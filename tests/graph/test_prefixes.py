"""Tokens in the names of files to save."""

from datetime import datetime
from typing import Any

import pytest
from canvas_drawing import canvas, node
from sample_specs import SPECS

from nodegraph.graph.canvas.convert import Queueing, to_api
from nodegraph.graph.canvas.prefixes import replace_tokens

NOW = datetime(2026, 3, 4, 15, 6, 7)
VALUES: dict[tuple[str, str], Any] = {("KSampler", "seed"): 7, ("My node", "text"): "a/b\\c:d", ("a.b", "x"): 1.5}


@pytest.mark.parametrize(
    ("prefix", "replaced"),
    [
        ("plain", "plain"),
        ("%date:yyyy-MM-dd%/x", "2026-03-04/x"),
        ("%date:yy M d hh h mm m ss s%", "26 3 4 15 15 06 6 07 7"),
        ("s%KSampler.seed%_", "s7_"),
        ("%My node.text%", "a_b_c_d"),
        ("%a.b.x%", "1.5"),
        ("%KSampler.none% %None.seed% %width% %year%", "%KSampler.none% %None.seed% %width% %year%"),
        ("100%", "100%"),
        ("%%", "%%"),
    ],
)
def test_tokens(prefix: str, replaced: str) -> None:
    assert replace_tokens(prefix, NOW, lambda name, widget: VALUES.get((name, widget))) == replaced


def test_nodes_are_named_by_class_or_title_and_only_when_queued() -> None:
    latent = node(3, "EmptyLatentImage", 512, 768, 1, title="Size")
    save = node(9, "SaveImage", "%EmptyLatentImage.width%x%Size.height%_%date:yyyy%_%width%", inputs="images:IMAGE")
    document = canvas([latent, save])

    def prefix(queueing: Queueing | None) -> Any:
        return to_api(document, SPECS, queueing=queueing).prompt["9"]["inputs"]["filename_prefix"]

    assert prefix(Queueing(lambda alternatives: alternatives[0], NOW)) == "512x768_2026_%width%"
    assert prefix(None) == "%EmptyLatentImage.width%x%Size.height%_%date:yyyy%_%width%"
