"""Round trips, likeness to texts and what lies between, on the starter model."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from nodegraph.diffusion.image_encoder import ImageEncoder, ImageEncoderConfig, NotComparableError
from nodegraph.errors import UserError
from nodegraph.packs.context import Context
from nodegraph.training.evaluation.prompts import captions, renderings, seen_scenes

Nodes = Mapping[str, Callable[..., Any]]


def test_the_round_trip_tells_what_is_lost(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, picture: Tensor
) -> None:
    noisy = torch.rand(1, 70, 64, 3, generator=torch.Generator().manual_seed(0))
    clean, bad = (nodes["LearnRoundTrip"](starter_ctx, image=image, vae=starter_parts[2]) for image in (picture, noisy))
    assert clean.psnr > 25 > 15 > bad.psnr
    error = (clean.restored - picture).square().mean()
    assert clean.psnr == pytest.approx(-10 * float(error.log10()), rel=1e-4)
    assert bad.restored.shape == bad.lost.shape == (1, 64, 64, 3), "cut as the autoencoder cuts"
    # What is brightest on the map is what differs most.
    wrong = (clean.restored - picture).square().sum(dim=-1)[0]
    assert int(clean.lost[0].mean(dim=-1).argmax()) == int(wrong.argmax())


@pytest.fixture
def clip_vision(nodes: Nodes, starter_ctx: Context) -> Any:
    return nodes["CLIPVisionLoader"](starter_ctx, clip_name="starter-clip.safetensors")


def test_a_picture_is_most_like_the_text_that_says_what_it_shows(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, clip_vision: Any
) -> None:
    scenes = seen_scenes(6)
    texts = captions(scenes)
    made = nodes["LearnClipSimilarity"](
        starter_ctx,
        clip=starter_parts[1],
        clip_vision=clip_vision,
        images=torch.from_numpy(renderings(scenes)).float() / 255,
        texts="\n\n ".join(texts),
    )
    head, *rows = [line.split("\t") for line in made.text.splitlines()]
    assert head == ["", *texts]
    alike = np.array([[float(value) for value in row[1:]] for row in rows])
    assert (alike.argmax(axis=1) == np.arange(len(texts))).mean() > 0.6
    assert made.table.shape[0] == 1


@pytest.mark.parametrize("texts", ["", "\n  \n", "x\n" * 25])
def test_a_table_has_some_texts_and_not_too_many(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any, clip_vision: Any, picture: Tensor, texts: str
) -> None:
    with pytest.raises(UserError, match=r"texts has (0|25) lines and images 1 pictures"):
        nodes["LearnClipSimilarity"](
            starter_ctx, clip=starter_parts[1], clip_vision=clip_vision, images=picture, texts=texts
        )


def test_any_size_of_picture_is_compared_as_the_middle_of_it(
    starter_ctx: Context, clip_vision: Any, picture: Tensor
) -> None:
    encoder = starter_ctx.clip_vision(clip_vision)
    wide = torch.cat([torch.zeros(1, 128, 64, 3), picture, torch.ones(1, 128, 64, 3)], dim=2)
    one, other = (encoder.encode(image, gate=starter_ctx.gate) for image in (picture, wide))
    torch.testing.assert_close(one, other)
    large = picture.repeat_interleave(2, dim=1).repeat_interleave(2, dim=2)
    assert float(one @ encoder.encode(large, gate=starter_ctx.gate).T) > 0.98


def test_an_encoder_that_cannot_be_compared_says_why() -> None:
    small: dict[str, Any] = {"side": 32, "patch": 16, "width": 8, "layers": 1, "heads": 1, "inner_width": 8}
    with pytest.raises(NotComparableError, match="no text_projection"):
        ImageEncoder(ImageEncoderConfig(**small)).texts(torch.zeros(1, 8))
    with pytest.raises(NotComparableError, match=r"width 8; clip is 128 wide"):
        ImageEncoder(ImageEncoderConfig(**small, text_width=8)).texts(torch.zeros(1, 128))


def test_a_sheet_has_a_tile_for_each_picture(nodes: Nodes, picture: Tensor) -> None:
    sheet = nodes["LearnSheet"]
    five = picture.expand(5, -1, -1, -1)
    row, rows = sheet(images=five, labels="one\ntwo"), sheet(images=five, labels="one\ntwo", columns=2)
    assert rows.shape[1] > 2.5 * row.shape[1]
    assert rows.shape[2] < 0.5 * row.shape[2]


def test_what_lies_between_prompts_begins_and_ends_with_them(
    nodes: Nodes, starter_ctx: Context, starter_parts: Any
) -> None:
    first, last = (nodes["CLIPTextEncode"](starter_ctx, text=text, clip=starter_parts[1]) for text in ("ball", "boat"))
    ((context, options),) = nodes["LearnPromptsBetween"](first=first, last=last, steps=3)
    assert torch.equal(context[:1], first[0][0])
    assert torch.equal(context[-1:], last[0][0])
    assert options["pooled_output"].shape[0] == 3
    noise = nodes["LearnNoiseBetween"](first_seed=4, last_seed=5).generate(torch.zeros(3, 4, 8, 8))
    assert torch.equal(noise[0], nodes["RandomNoise"](noise_seed=4).generate(torch.zeros(1, 4, 8, 8))[0])
