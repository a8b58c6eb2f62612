"""Runs that are looked at, on the starter model: what they show, and that they are the runs they would be."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.diffusion.observing.attention import NothingSeenError
from nodegraph.errors import UserError
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]
Run = dict[str, Any]


@pytest.fixture
def run(nodes: Nodes, starter_ctx: Context, starter_parts: Any) -> Run:
    """What a sampler is given for a red ball, but for the positive prompt."""
    model, clip, _ = starter_parts
    return {
        "model": model,
        "negative": nodes["CLIPTextEncode"](starter_ctx, text="", clip=clip),
        "latent_image": {"samples": torch.zeros(1, 4, 16, 16)},
        "seed": 43,
        "steps": 4,
        "cfg": 4.0,
        "sampler_name": "dpmpp_2m",
        "scheduler": "karras",
    }


@pytest.fixture
def positive(nodes: Nodes, starter_ctx: Context, starter_parts: Any) -> Any:
    return nodes["CLIPTextEncode"](starter_ctx, text=PROMPT, clip=starter_parts[1])


PROMPT = "a red ball in a meadow"


@pytest.mark.parametrize("sampler", ["dpmpp_2m", "heun", "euler_ancestral"])
def test_a_run_with_a_contact_sheet_is_the_run_of_a_sampler(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run, positive: Any, sampler: str
) -> None:
    run["sampler_name"] = sampler
    plain = nodes["KSampler"](starter_ctx, **run, positive=positive)
    made = nodes["LearnSteps"](starter_ctx, **run, vae=starter_parts[2], positive=positive, columns=1)
    torch.testing.assert_close(made.latent["samples"], plain["samples"])


def test_as_many_steps_are_shown_as_are_asked_for_or_taken(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run, positive: Any
) -> None:
    def width(columns: int, **changed: Any) -> int:
        given = {**run, "steps": 2, **changed}
        made = nodes["LearnSteps"](starter_ctx, **given, vae=starter_parts[2], positive=positive, columns=columns)
        return int(made.sheet.shape[2])

    assert width(1) < width(2) == width(9)
    with pytest.raises(UserError, match="no step is taken"):
        width(1, denoise=0.0)


def attended(nodes: Nodes, ctx: Context, parts: Any, run: Run, **changed: Any) -> Any:
    given = {"text": PROMPT, **run, **changed}
    return nodes["LearnAttention"](ctx, **given, clip=parts[1], vae=parts[2])


def test_a_thing_is_where_its_word_was_attended_to(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run, positive: Any
) -> None:
    made = attended(nodes, starter_ctx, starter_parts, run, words="Ball")
    plain = nodes["KSampler"](starter_ctx, **run, positive=positive)
    torch.testing.assert_close(made.latent["samples"], plain["samples"])
    image, (ball,) = made.image[0], made.maps
    assert ball.shape == image.shape[:2]
    red = (image[..., 0] > 0.6) & (image[..., 1] < 0.3)
    assert 0.01 < red.float().mean() < 0.5
    assert ball[red].mean() > 3 * ball[~red].mean()


def test_every_word_has_a_map_and_so_has_each_time_it_is_there(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run
) -> None:
    run["steps"] = 1
    assert len(attended(nodes, starter_ctx, starter_parts, run).maps) == 6
    assert len(attended(nodes, starter_ctx, starter_parts, run, words="a, meadow").maps) == 3
    with pytest.raises(UserError, match=r"words names 'mead', 'boat'; the words of text are: a, red, ball, in, meadow"):
        attended(nodes, starter_ctx, starter_parts, run, words="mead, boat, ball")
    with pytest.raises(UserError, match="words of text are: none"):
        attended(nodes, starter_ctx, starter_parts, run, text="")


def test_only_the_chosen_steps_count(nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run) -> None:
    def maps(start: int, end: int) -> torch.Tensor:
        made = attended(
            nodes, starter_ctx, starter_parts, run, words="ball", steps=3, start_at_step=start, end_at_step=end
        )
        return torch.as_tensor(made.maps)

    first, others, all_ = maps(0, 1), maps(1, 3), maps(0, 10_000)
    assert not torch.allclose(first, others, atol=0.02)
    assert not torch.allclose(others, all_, atol=0.002)
    with pytest.raises(NothingSeenError, match="start_at_step"):
        maps(3, 9)


@pytest.mark.parametrize("guidance", ["PerturbedAttentionGuidance", "SelfAttentionGuidance"])
def test_what_guidance_asks_besides_does_not_count(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run, guidance: str
) -> None:
    first = {"end_at_step": 1, "steps": 2}
    plain = attended(nodes, starter_ctx, starter_parts, run, **first)
    guided = nodes[guidance](model=run["model"])
    beside = attended(nodes, starter_ctx, starter_parts, {**run, "model": guided}, **first)
    assert not torch.allclose(plain.latent["samples"], beside.latent["samples"], atol=1e-2)
    torch.testing.assert_close(plain.maps, beside.maps, atol=1e-4, rtol=1e-4)


def test_a_longer_negative_prompt_changes_nothing_of_what_the_positive_attends_to(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, run: Run
) -> None:
    """The context is repeated beside a longer one, and each token with it."""
    long = nodes["CLIPTextEncode"](starter_ctx, text="blue " * 100, clip=starter_parts[1])
    first = {"end_at_step": 1, "steps": 2}
    short = attended(nodes, starter_ctx, starter_parts, run, **first)
    beside = attended(nodes, starter_ctx, starter_parts, {**run, "negative": long}, **first)
    torch.testing.assert_close(short.maps, beside.maps, atol=1e-3, rtol=1e-3)
    alone = attended(nodes, starter_ctx, starter_parts, {**run, "cfg": 1.0}, **first)
    torch.testing.assert_close(short.maps, alone.maps, atol=1e-3, rtol=1e-3)
