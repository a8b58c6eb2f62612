"""Effects on pictures: against their formulas, and against pictures of which the answer is known."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image as Pillow
from scipy import ndimage

from nodegraph.errors import UserError
from nodegraph.media.metadata import read_embedded
from nodegraph.packs.context import Context

Nodes = Mapping[str, Callable[..., Any]]


def picture(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(
    ("mode", "expected"),
    [
        ("normal", 0.4),
        ("multiply", 0.32),
        ("screen", 0.88),
        ("overlay", 0.76),
        ("soft_light", 0.8 - 0.2 * 0.8 * 0.2),
        ("difference", 0.4),
    ],
)
def test_blend(nodes: Nodes, mode: str, expected: float) -> None:
    below, above = torch.full((2, 2, 2, 3), 0.8), torch.full((1, 4, 4, 4), 0.4)
    blended = nodes["ImageBlend"](image1=below, image2=above, blend_factor=0.5, blend_mode=mode)
    assert blended.shape == (2, 2, 2, 4)
    torch.testing.assert_close(blended[..., :3], torch.full((2, 2, 2, 3), (0.8 + expected) / 2))


def test_blend_of_dark_and_bright(nodes: Nodes) -> None:
    def value(below: float, above: float, mode: str) -> float:
        one, other = (torch.full((1, 1, 1, 3), level) for level in (below, above))
        result: float = nodes["ImageBlend"](image1=one, image2=other, blend_factor=1.0, blend_mode=mode).mean().item()
        return result

    assert value(0.25, 0.8, "overlay") == pytest.approx(0.4)
    assert value(0.36, 1.0, "soft_light") == pytest.approx(0.6), "the square root"
    assert value(0.1, 0.6, "difference") == pytest.approx(0.5)


def test_blur_and_sharpen_keep_what_is_even(nodes: Nodes) -> None:
    even = torch.full((1, 5, 3, 4), 0.5)
    for result in (
        nodes["ImageBlur"](image=even, blur_radius=31, sigma=1.0),
        nodes["ImageSharpen"](image=even, sharpen_radius=31, sigma=1.0, alpha=5.0),
    ):
        torch.testing.assert_close(result, even, atol=1e-4, rtol=0)
    image = picture(1, 32, 32, 3)
    assert nodes["ImageBlur"](image=image, blur_radius=4, sigma=1.0).std() < image.std() / 2
    assert nodes["ImageSharpen"](image=image, sharpen_radius=1, sigma=1.0, alpha=0.1).std() > image.std()


@pytest.mark.parametrize("dither", ["none", "floyd-steinberg", "bayer-2", "bayer-4", "bayer-8", "bayer-16"])
def test_quantize(nodes: Nodes, dither: str) -> None:
    ramp = torch.linspace(0, 1, 64).reshape(1, 1, 64, 1).expand(1, 40, 64, 3).contiguous()
    reduced = nodes["ImageQuantize"](image=ramp, colors=4, dither=dither)
    assert reduced.shape == ramp.shape
    assert len(reduced.reshape(-1, 3).unique(dim=0)) <= 4
    mixed = len(reduced[0, :, 30].unique(dim=0)) > 1
    assert mixed == (dither != "none")
    if mixed:  # from afar it is the ramp again, between the palette's ends
        error = (reduced - ramp).mean(dim=(0, 1, 3)).reshape(8, 8).mean(dim=1)
        assert error[2:6].abs().max() < 0.06


def test_noise_is_of_its_seed(nodes: Nodes) -> None:
    image = torch.full((1, 64, 64, 3), 0.5)
    add = nodes["ImageAddNoise"]
    assert torch.equal(add(image=image, seed=1, strength=0.1), add(image=image, seed=1, strength=0.1))
    assert not torch.equal(add(image=image, seed=1, strength=0.1), add(image=image, seed=2, strength=0.1))
    assert add(image=image, seed=1, strength=0.1).std() == pytest.approx(0.1, rel=0.05)
    assert torch.equal(add(image=image, seed=1, strength=0.0), image)


def test_edges_of_a_square(nodes: Nodes) -> None:
    image = torch.zeros(2, 32, 32, 3)
    image[1, 8:24, 8:24] = 1.0
    found = nodes["Canny"](image=image, low_threshold=0.4, high_threshold=0.8)
    assert found.shape == image.shape
    assert not found[0].any(), "nothing in an even picture"
    assert found.unique().tolist() == [0, 1]
    column = found[1, 16, :, 0].nonzero().flatten().tolist()
    assert len(column) == 2, "one pixel wide"
    assert abs(column[0] - 7.5) == abs(column[1] - 23.5) == 0.5
    _, pieces = ndimage.label(found[1, ..., 0].numpy(), structure=np.ones((3, 3)))
    assert pieces == 1, "all around"
    with pytest.raises(UserError, match=r"low_threshold is 0\.9"):
        nodes["Canny"](image=image, low_threshold=0.9, high_threshold=0.8)


def test_weak_edges_count_where_they_touch_strong_ones(nodes: Nodes) -> None:
    image = torch.zeros(1, 40, 40, 3)
    image[0, :, 20:] = torch.linspace(0.05, 0.6, 40).reshape(40, 1, 1)
    rows = nodes["Canny"](image=image, low_threshold=0.4, high_threshold=0.9)[0, :, 15:25, 0].any(dim=1)
    strict = nodes["Canny"](image=image, low_threshold=0.9, high_threshold=0.9)[0, :, 15:25, 0].any(dim=1)
    assert 0 < strict.sum() < rows.sum() < 40
    image[0, 25:] = 0
    alone = nodes["Canny"](image=image, low_threshold=0.4, high_threshold=0.99)[0, :20, 15:25, 0]
    assert not alone.any()


@pytest.mark.parametrize("size", [3, 4, 7])
def test_morphology(nodes: Nodes, size: int) -> None:
    image = picture(1, 12, 15, 3)

    def morphed(operation: str) -> torch.Tensor:
        result: torch.Tensor = nodes["Morphology"](image=image, operation=operation, kernel_size=size)
        return result

    expected = ndimage.grey_dilation(image[0, ..., 0].numpy(), size=size, mode="constant", cval=-np.inf)
    assert np.array_equal(morphed("dilate")[0, ..., 0].numpy(), expected)
    assert (morphed("erode") <= morphed("open")).all()
    assert (morphed("open") <= image).all(), "an opening takes away, and moves nothing"
    assert (morphed("close") >= image).all()
    torch.testing.assert_close(morphed("gradient"), morphed("dilate") - morphed("erode"))
    torch.testing.assert_close(morphed("top_hat"), image - morphed("open"))
    torch.testing.assert_close(morphed("bottom_hat"), morphed("close") - image)


def test_brightness_and_colour_differences(nodes: Nodes) -> None:
    red = torch.tensor([1.0, 0.0, 0.0]).reshape(1, 1, 1, 3)
    y, u, v = (part.unique().tolist() for part in nodes["ImageRGBToYUV"](image=red))
    assert (y, u, v) == (
        [pytest.approx(0.299)],
        [pytest.approx(0.5 - 0.299 * 0.564)],
        [pytest.approx(0.5 + 0.701 * 0.713)],
    )
    image = picture(2, 4, 4, 4)
    y, u, v = nodes["ImageRGBToYUV"](image=image)
    assert y.shape == (2, 4, 4, 3)
    torch.testing.assert_close(nodes["ImageYUVToRGB"](Y=y, U=u, V=v), image[..., :3])


@pytest.mark.parametrize(
    ("aspect", "megapixels", "multiple", "sides"),
    [
        ("1:1 (Square)", 1.0, 8, (1024, 1024)),
        ("16:9 (Widescreen)", 1.0, 8, (1368, 768)),
        ("2:3 (Portrait Photo)", 0.5, 64, (576, 896)),
        ("9:16 (Portrait Widescreen)", 0.1, 128, (256, 384)),
    ],
)
def test_resolutions(nodes: Nodes, aspect: str, megapixels: float, multiple: int, sides: tuple[int, int]) -> None:
    assert nodes["ResolutionSelector"](aspect_ratio=aspect, megapixels=megapixels, multiple=multiple) == sides


def test_many_are_joined_at_the_first_size(nodes: Nodes) -> None:
    images = {"image0": picture(1, 4, 6, 3), "image1": picture(2, 8, 8, 4)}
    joined = nodes["BatchImagesNode"](images=images)
    assert joined.shape == (3, 4, 6, 4)
    assert torch.equal(joined[0, ..., :3], images["image0"][0])
    masks = nodes["BatchMasksNode"](masks={"mask0": torch.ones(4, 6), "mask1": torch.zeros(2, 8, 8)})
    assert masks.mean(dim=(1, 2)).tolist() == [1, 0, 0]
    latents = {f"latent{i}": {"samples": torch.full((1, 4, 2 + i, 2), float(i))} for i in range(3)}
    batch = nodes["BatchLatentsNode"](latents=latents)
    assert batch["samples"].mean(dim=(1, 2, 3)).tolist() == [0, 1, 2]
    assert batch["batch_index"] == [0, 0, 0]


@pytest.mark.parametrize(
    ("class_id", "inputs", "suffix"),
    [("SaveAnimatedPNG", {}, ".png"), ("SaveAnimatedWEBP", {"method": "fastest", "lossless": True}, ".webp")],
)
def test_animations(nodes: Nodes, ctx: Context, class_id: str, inputs: dict[str, Any], suffix: str) -> None:
    images, prompt = picture(3, 4, 6, 3), {"1": {"class_type": "X"}}
    shown = nodes[class_id](
        ctx, images=images, fps=4.0, prompt=prompt, extra_pnginfo={"workflow": {"nodes": []}}, **inputs
    )
    (entry,) = shown.ui["images"]
    assert shown.ui["animated"] == [True]
    path = ctx.files.resolve("output", "", entry["filename"])
    assert path.suffix == suffix
    assert read_embedded(path) == {"prompt": prompt, "workflow": {"nodes": []}}
    with Pillow.open(path) as file:
        assert file.n_frames == 3
        for place in range(3):
            file.seek(place)
            file.load()
            assert file.info["duration"] == 250
            assert np.array_equal(np.array(file.convert("RGB")), (images[place] * 255).to(torch.uint8).numpy())
