"""Nodes as plain functions: what they compute, what they refuse, and that they leave their inputs alone."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from PIL import Image as Pillow

from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.errors import MissingFileError, NonFiniteError, UnsafePathError, UserError
from nodegraph.media.metadata import read_embedded
from nodegraph.packs.context import Context
from nodegraph.weights.handles import Clip, Model, WeightFile

Nodes = Mapping[str, Callable[..., Any]]
FILE = WeightFile("a.safetensors", "1")


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(seed))


# ---- conditioning ----


def conditioning(tokens: int = 2, fill: float = 1.0, **options: Any) -> list[tuple[torch.Tensor, dict[str, Any]]]:
    return [(torch.full((1, tokens, 3), fill), {"pooled_output": torch.full((1, 3), fill), **options})]


def test_combine_and_concat(nodes: Nodes) -> None:
    one, two = conditioning(2, 1.0), conditioning(3, 2.0)
    assert nodes["ConditioningCombine"](conditioning_1=one, conditioning_2=two) == [*one, *two]
    ((joined, options),) = nodes["ConditioningConcat"](conditioning_to=one, conditioning_from=two)
    assert joined[0, :, 0].tolist() == [1, 1, 2, 2, 2]
    assert options is one[0][1]


@pytest.mark.parametrize(("tokens", "expected"), [(1, [0.75 + 0.5, 0.75]), (3, [1.25, 1.25])])
def test_average_pads_with_zeros_or_cuts(nodes: Nodes, tokens: int, expected: list[float]) -> None:
    ((blended, options),) = nodes["ConditioningAverage"](
        conditioning_to=conditioning(2, 1.0), conditioning_from=conditioning(tokens, 2.0), conditioning_to_strength=0.75
    )
    assert blended[0, :, 0].tolist() == expected
    assert options["pooled_output"].tolist() == [[1.25] * 3]


def test_an_empty_conditioning_is_refused_by_name(nodes: Nodes) -> None:
    with pytest.raises(UserError, match="conditioning_from"):
        nodes["ConditioningConcat"](conditioning_to=conditioning(), conditioning_from=[])


@pytest.mark.parametrize("class_id", ["ConditioningConcat", "ConditioningAverage"])
def test_conditionings_of_other_families_do_not_mix(nodes: Nodes, class_id: str) -> None:
    other = [(torch.ones(1, 2, 5), {})]
    with pytest.raises(UserError, match="5 features"):
        nodes[class_id](conditioning_to=conditioning(), conditioning_from=other)


def test_areas_masks_and_ranges_are_noted(nodes: Nodes) -> None:
    given = conditioning(start_percent=0.5)
    ((_, area),) = nodes["ConditioningSetArea"](conditioning=given, width=64, height=128, x=8, y=16, strength=0.5)
    assert area["area"] == (16, 8, 2, 1)
    assert (area["strength"], area["set_area_to_bounds"], area["start_percent"]) == (0.5, False, 0.5)
    ((_, masked),) = nodes["ConditioningSetMask"](
        conditioning=given, mask=torch.ones(4, 4), strength=2.0, set_cond_area="mask bounds"
    )
    assert masked["mask"].shape == (1, 4, 4)
    assert (masked["mask_strength"], masked["set_area_to_bounds"]) == (2.0, True)
    ((_, ranged),) = nodes["ConditioningSetTimestepRange"](conditioning=given, start=0.1, end=0.9)
    assert (ranged["start_percent"], ranged["end_percent"]) == (0.1, 0.9)
    assert set(given[0][1]) == {"pooled_output", "start_percent"}


def test_zero_out(nodes: Nodes) -> None:
    given = conditioning(width=512)
    ((context, options),) = nodes["ConditioningZeroOut"](conditioning=given)
    assert not context.any()
    assert not options["pooled_output"].any()
    assert options["width"] == 512
    assert given[0][0].all()


# ---- handles ----


def test_handles_are_changed_by_making_new_ones(nodes: Nodes) -> None:
    clip, model = Clip(FILE), Model(FILE)
    assert nodes["CLIPSetLastLayer"](clip=clip, stop_at_clip_layer=-2) == replace(clip, last_layer=-2)
    once = nodes["RescaleCFG"](model=model, multiplier=0.5)
    assert nodes["RescaleCFG"](model=once, multiplier=0.7).options == (RescaledGuidance(0.5), RescaledGuidance(0.7))
    assert model.options == ()


def test_missing_model_files_name_their_folder(nodes: Nodes, ctx: Context) -> None:
    with pytest.raises(MissingFileError, match="checkpoints"):
        nodes["CheckpointLoaderSimple"](ctx, ckpt_name="gone.safetensors")
    with pytest.raises(MissingFileError, match="vae"):
        nodes["VAELoader"](ctx, vae_name="gone.safetensors")
    with pytest.raises(UnsafePathError):
        nodes["VAELoader"](ctx, vae_name="../gone.safetensors")


# ---- latents ----


def test_empty_latent(nodes: Nodes) -> None:
    samples = nodes["EmptyLatentImage"](width=512, height=264, batch_size=2)["samples"]
    assert samples.shape == (2, 4, 33, 64)
    assert not samples.any()


@pytest.mark.parametrize(
    ("width", "height", "shape"),
    [(0, 0, (8, 16)), (256, 0, (16, 32)), (0, 256, (32, 64)), (8, 8, (8, 8)), (200, 120, (15, 25))],
)
def test_latent_upscale_sizes(nodes: Nodes, width: int, height: int, shape: tuple[int, int]) -> None:
    latent = {"samples": noise(1, 4, 8, 16), "noise_mask": noise(1, 1, 8, 8)}
    scaled = nodes["LatentUpscale"](
        samples=latent, upscale_method="bislerp", width=width, height=height, crop="disabled"
    )
    assert scaled["samples"].shape[2:] == shape
    assert scaled["noise_mask"] is latent["noise_mask"]
    assert latent["samples"].shape == (1, 4, 8, 16)


def test_latent_upscale_by(nodes: Nodes) -> None:
    latent = {"samples": noise(1, 4, 8, 16)}
    scaled = nodes["LatentUpscaleBy"](samples=latent, upscale_method="nearest-exact", scale_by=2.0)["samples"]
    assert torch.equal(scaled[..., ::2, ::2], latent["samples"])
    smallest = nodes["LatentUpscaleBy"](samples=latent, upscale_method="area", scale_by=0.01)["samples"]
    assert smallest.shape[2:] == (1, 1)


def test_latent_composite_counts_in_pixels(nodes: Nodes) -> None:
    below, above = {"samples": torch.zeros(1, 4, 8, 8), "noise_mask": 1}, {"samples": torch.ones(1, 4, 2, 2)}
    result = nodes["LatentComposite"](samples_to=below, samples_from=above, x=16, y=24, feather=0)
    assert result["samples"][0, 0].nonzero().tolist() == [[3, 2], [3, 3], [4, 2], [4, 3]]
    assert result["noise_mask"] == 1
    assert not below["samples"].any()


def test_noise_mask(nodes: Nodes) -> None:
    latent = {"samples": noise(1, 4, 8, 8)}
    assert nodes["SetLatentNoiseMask"](samples=latent, mask=noise(2, 5, 6))["noise_mask"].shape == (2, 1, 5, 6)
    assert nodes["SetLatentNoiseMask"](samples=latent, mask=noise(5, 6))["noise_mask"].shape == (1, 1, 5, 6)
    assert set(latent) == {"samples"}


def test_batches_keep_the_noise_of_their_items(nodes: Nodes) -> None:
    latent = {"samples": noise(3, 4, 2, 2), "noise_mask": noise(3, 1, 2, 2, seed=1)}
    taken = nodes["LatentFromBatch"](samples=latent, batch_index=1, length=5)
    assert taken["batch_index"] == [1, 2]
    assert torch.equal(taken["samples"], latent["samples"][1:])
    assert torch.equal(taken["noise_mask"], latent["noise_mask"][1:])
    again = nodes["LatentFromBatch"](samples=taken, batch_index=9, length=1)
    assert again["batch_index"] == [2]
    repeated = nodes["RepeatLatentBatch"](samples=taken, amount=3)
    assert repeated["batch_index"] == [1, 2, 3, 4, 5, 6]
    assert torch.equal(repeated["samples"], torch.cat([latent["samples"][1:]] * 3))
    assert len(repeated["noise_mask"]) == 6
    plain = nodes["RepeatLatentBatch"](
        samples={"samples": noise(1, 4, 2, 2), "noise_mask": noise(1, 1, 2, 2)}, amount=2
    )
    assert "batch_index" not in plain
    assert len(plain["noise_mask"]) == 1


def test_latents_to_files_and_back(nodes: Nodes, ctx: Context) -> None:
    latent = {"samples": noise(1, 4, 2, 2)}
    shown = nodes["SaveLatent"](ctx, samples=latent, prompt={"1": {}}, extra_pnginfo={"workflow": {}})
    assert shown.ui == {"latents": [{"filename": "ComfyUI_00001_.latent", "subfolder": "latents", "type": "output"}]}
    loaded = nodes["LoadLatent"](ctx, latent="latents/ComfyUI_00001_.latent [output]")
    assert torch.equal(loaded["samples"], latent["samples"])


# ---- pictures ----


def test_empty_image_has_the_colour(nodes: Nodes) -> None:
    image = nodes["EmptyImage"](width=3, height=2, batch_size=2, color=0x3366CC)
    assert image.shape == (2, 2, 3, 3)
    assert torch.allclose(image[1, 1, 2], torch.tensor([0x33, 0x66, 0xCC]) / 255)


def test_image_scale(nodes: Nodes) -> None:
    image = noise(1, 4, 8, 3)
    scale = nodes["ImageScale"]
    assert scale(image=image, upscale_method="area", width=0, height=0, crop="disabled") is image
    assert scale(image=image, upscale_method="area", width=16, height=0, crop="disabled").shape == (1, 8, 16, 3)
    cropped = scale(image=image, upscale_method="nearest-exact", width=4, height=4, crop="center")
    assert torch.equal(cropped, image[:, :, 2:6])
    assert nodes["ImageScaleBy"](image=image, upscale_method="lanczos", scale_by=1.5).shape == (1, 6, 12, 3)


def test_image_invert_and_batch(nodes: Nodes) -> None:
    image = noise(1, 4, 8, 3)
    assert torch.allclose(nodes["ImageInvert"](image=image) + image, torch.ones(()))
    joined = nodes["ImageBatch"](image1=image, image2=noise(2, 8, 8, 4))
    assert joined.shape == (3, 4, 8, 4)
    assert joined[0, ..., 3].min() == 1


def test_save_image_carries_the_workflow(nodes: Nodes, ctx: Context) -> None:
    prompt, workflow = {"1": {"class_type": "X"}}, {"nodes": []}
    shown = nodes["SaveImage"](
        ctx, images=noise(2, 4, 8, 3), filename_prefix="a/%width%", prompt=prompt, extra_pnginfo={"workflow": workflow}
    )
    assert [entry["filename"] for entry in shown.ui["images"]] == ["8_00001_.png", "8_00002_.png"]
    path = ctx.files.resolve("output", "a", "8_00002_.png")
    assert read_embedded(path) == {"prompt": prompt, "workflow": workflow}


def test_a_picture_of_nan_is_not_saved(nodes: Nodes, ctx: Context) -> None:
    with pytest.raises(NonFiniteError):
        nodes["SaveImage"](ctx, images=torch.full((1, 4, 4, 3), torch.nan))
    assert not ctx.files.output.exists()


def test_preview_goes_to_temp_under_a_name_of_its_own(nodes: Nodes, ctx: Context) -> None:
    names = set()
    for _ in range(2):
        (entry,) = nodes["PreviewImage"](ctx, images=noise(1, 4, 4, 3)).ui["images"]
        assert entry["type"] == "temp"
        assert entry["filename"].startswith("ComfyUI_temp_")
        assert (ctx.files.temp / entry["filename"]).is_file()
        names.add(entry["filename"])
    assert len(names) == 2


def test_load_image(nodes: Nodes, ctx: Context) -> None:
    Pillow.new("RGBA", (6, 4), (255, 0, 0, 0)).save(ctx.files.input / "a.png")
    image, mask = nodes["LoadImage"](ctx, image="a.png")
    assert image.shape == (1, 4, 6, 3)
    assert mask.min() == 1
    with pytest.raises(MissingFileError, match=r"a\.png"):
        nodes["LoadImage"](ctx, image="b.png")
    with pytest.raises(UnsafePathError):
        nodes["LoadImage"](ctx, image="../input/a.png")


# ---- masks ----


def test_masks(nodes: Nodes) -> None:
    mask = nodes["SolidMask"](value=0.25, width=4, height=2)
    assert mask.shape == (1, 2, 4)
    assert nodes["InvertMask"](mask=mask).unique().tolist() == [0.75]
    image = nodes["MaskToImage"](mask=mask)
    assert image.shape == (1, 2, 4, 3)
    assert torch.equal(nodes["ImageToMask"](image=image, channel="green"), mask)
    with pytest.raises(UserError, match="alpha"):
        nodes["ImageToMask"](image=image, channel="alpha")
    added = nodes["MaskComposite"](destination=mask, source=torch.ones(1, 1), x=3, y=1, operation="add")
    assert added[0, 1].tolist() == [0.25, 0.25, 0.25, 1.0]


def test_primitives_pass_their_value(nodes: Nodes) -> None:
    for kind, value in (
        ("Int", 2**63 - 1),
        ("Float", 0.1),
        ("String", "a"),
        ("StringMultiline", "a\nb"),
        ("Boolean", True),
    ):
        assert nodes[f"Primitive{kind}"](value=value) == value
