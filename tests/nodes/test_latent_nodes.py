"""Latents added, blended, joined, cut, turned and regrouped; and operations on them."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodegraph.diffusion.blur import convolve, gaussian_kernel
from nodegraph.diffusion.guidance.stages import Predicted, begin_stages
from nodegraph.errors import UserError
from nodegraph.weights.handles import Model, WeightFile

Nodes = Mapping[str, Callable[..., Any]]


def rand(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def latent(*shape: int, seed: int = 0, **more: Any) -> dict[str, Any]:
    return {"samples": rand(*shape, seed=seed), **more}


# ---- arithmetic ----


def test_sums_and_blends(nodes: Nodes) -> None:
    one, other = latent(2, 4, 3, 5, noise_mask=torch.ones(1, 1, 3, 5)), latent(1, 4, 3, 5, seed=1)
    a, b = one["samples"], other["samples"]
    given = {"samples1": one, "samples2": other}
    assert torch.equal(nodes["LatentAdd"](**given)["samples"], a + b)
    assert torch.equal(nodes["LatentSubtract"](**given)["samples"], a - b)
    assert torch.equal(nodes["LatentMultiply"](samples=one, multiplier=-2.0)["samples"], a * -2)
    assert torch.allclose(nodes["LatentBlend"](**given, blend_factor=0.25)["samples"], 0.25 * a + 0.75 * b)
    assert nodes["LatentAdd"](**given)["noise_mask"] is one["noise_mask"]


def test_interpolation_is_as_strong_as_its_ends(nodes: Nodes) -> None:
    one, other = latent(1, 4, 3, 5), latent(1, 4, 3, 5, seed=1)
    a, b = one["samples"], other["samples"]

    def at(ratio: float) -> torch.Tensor:
        result: torch.Tensor = nodes["LatentInterpolate"](samples1=one, samples2=other, ratio=ratio)["samples"]
        return result

    torch.testing.assert_close(at(1.0), a)
    torch.testing.assert_close(at(0.0), b)
    torch.testing.assert_close(at(0.5).norm(dim=1), (a.norm(dim=1) + b.norm(dim=1)) / 2)
    silent = nodes["LatentInterpolate"](samples1={"samples": a * 0}, samples2={"samples": a * 0}, ratio=0.5)
    assert not silent["samples"].any(), "no NaN where there is no direction"


def test_the_second_is_made_like_the_first_or_refused(nodes: Nodes) -> None:
    assert nodes["LatentAdd"](samples1=latent(3, 4, 8, 8), samples2=latent(2, 4, 4, 6))["samples"].shape == (3, 4, 8, 8)
    for class_id in ("LatentAdd", "LatentBlend", "LatentBatch", "LatentConcat"):
        more = {"dim": "x"} if class_id == "LatentConcat" else {}
        with pytest.raises(UserError, match="samples2"):
            nodes[class_id](samples1=latent(1, 4, 8, 8), samples2=latent(1, 16, 8, 8), **more)


@given(
    batch=st.integers(1, 3),
    rows=st.integers(1, 7),
    columns=st.integers(1, 7),
    size=st.integers(1, 9),
    dim=st.sampled_from("xy"),
)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_slices_put_side_by_side_are_the_latent(
    nodes: Nodes, batch: int, rows: int, columns: int, size: int, dim: str
) -> None:
    cells = rand(batch, 4, rows, columns)
    given = {"samples": cells, "batch_index": [5] * batch, "noise_mask": cells[:, :1].clone()}
    cut = nodes["LatentCutToBatch"](samples=given, dim=dim, slice_size=size)
    axis = {"x": 3, "y": 2}[dim]
    count = max(1, cells.shape[axis] // size)
    assert cut["samples"].shape[0] == batch * count
    joined = torch.cat([torch.cat(list(item.split(1)), axis) for item in cut["samples"].split(count)])
    assert torch.equal(joined, cells.narrow(axis, 0, joined.shape[axis])), "in order, and only an incomplete slice lost"
    assert torch.equal(cut["noise_mask"], cut["samples"][:, :1]), "the mask is cut alike"
    assert "batch_index" not in cut


def test_a_latent_of_pictures_has_no_time_to_cut(nodes: Nodes) -> None:
    with pytest.raises(UserError, match="dim is t"):
        nodes["LatentCutToBatch"](samples=latent(1, 4, 2, 2), dim="t", slice_size=1)


def test_concat_and_cut_are_opposites(nodes: Nodes) -> None:
    one, other = latent(2, 4, 4, 6), latent(1, 4, 4, 2, seed=1)
    for dim, index in (("x", 6), ("-x", 0)):
        joined = nodes["LatentConcat"](samples1=one, samples2=other, dim=dim)
        assert joined["samples"].shape == (2, 4, 4, 8)
        taken = nodes["LatentCut"](samples=joined, dim="x", index=index, amount=2)
        assert torch.equal(taken["samples"][1:], other["samples"])
    assert torch.equal(
        nodes["LatentCut"](samples=one, dim="y", index=-1, amount=9)["samples"], one["samples"][:, :, 3:]
    )
    with pytest.raises(UserError, match="same height"):
        nodes["LatentConcat"](samples1=one, samples2=other, dim="y")
    with pytest.raises(UserError, match="dim is t"):
        nodes["LatentCut"](samples=one, dim="t", index=0, amount=1)


def test_items_with_seeds_of_their_own_keep_them_when_they_are_taken_out(nodes: Nodes) -> None:
    given = nodes["SeedPerLatent"](samples=latent(3, 4, 4, 4), enabled=True)
    taken = nodes["LatentFromBatch"](samples=given, batch_index=2, length=1)
    assert (taken["own_seeds"], taken["batch_index"]) == (True, [2])
    assert "own_seeds" not in nodes["SeedPerLatent"](samples=given, enabled=False)


# ---- geometry ----


def test_flip_rotate_and_crop_take_the_mask_along(nodes: Nodes) -> None:
    cells = torch.arange(16 * 12.0).reshape(1, 1, 16, 12)
    given = {"samples": cells, "noise_mask": cells.repeat_interleave(8, 2).repeat_interleave(8, 3)}
    for class_id, inputs in (
        ("LatentFlip", {"flip_method": "x-axis: vertically"}),
        ("LatentFlip", {"flip_method": "y-axis: horizontally"}),
        ("LatentRotate", {"rotation": "90 degrees"}),
        ("LatentCrop", {"width": 64, "height": 72, "x": 16, "y": 8}),
    ):
        moved = nodes[class_id](samples=given, **inputs)
        assert torch.equal(moved["samples"], moved["noise_mask"])
        assert not torch.equal(moved["samples"], cells)
    assert nodes["LatentRotate"](samples=given, rotation="90 degrees")["samples"][0, 0, 0, 0] == 15 * 12
    assert nodes["LatentFlip"](samples=given, flip_method="y-axis: horizontally")["samples"][0, 0, 0, 0] == 11


def test_a_crop_leaves_eight_cells(nodes: Nodes) -> None:
    given = latent(1, 4, 16, 12)
    cropped = nodes["LatentCrop"](samples=given, width=512, height=512, x=512, y=512)["samples"]
    assert torch.equal(cropped, given["samples"][:, :, 8:, 4:])
    assert nodes["LatentCrop"](samples=latent(1, 4, 4, 4), width=64, height=64, x=8, y=8)["samples"].shape[2:] == (4, 4)


# ---- batches ----


def test_a_joined_batch_keeps_its_noise(nodes: Nodes) -> None:
    joined = nodes["LatentBatch"](samples1=latent(2, 4, 4, 4), samples2=latent(1, 4, 8, 8, batch_index=[7]))
    assert joined["samples"].shape == (3, 4, 4, 4)
    assert joined["batch_index"] == [0, 1, 7]


def test_one_noise_for_all_or_each_its_own(nodes: Nodes) -> None:
    given = latent(3, 4, 4, 4, batch_index=[5, 6, 7])
    assert nodes["LatentBatchSeedBehavior"](samples=given, seed_behavior="fixed")["batch_index"] == [5, 5, 5]
    assert "batch_index" not in nodes["LatentBatchSeedBehavior"](samples=given, seed_behavior="random")
    assert given["batch_index"] == [5, 6, 7]


def test_rebatch(nodes: Nodes) -> None:
    one = latent(3, 4, 4, 4, noise_mask=torch.ones(1, 1, 4, 4))
    other = latent(2, 4, 4, 4, seed=1, noise_mask=rand(2, 1, 4, 4))
    apart = latent(1, 4, 8, 8, batch_index=[9])
    groups = nodes["RebatchLatents"](latents=[one, other, apart], batch_size=[4])
    assert [group["batch_index"] for group in groups] == [[0, 1, 2, 3], [4], [9]]
    assert [tuple(group["samples"].shape) for group in groups] == [(4, 4, 4, 4), (1, 4, 4, 4), (1, 4, 8, 8)]
    assert torch.equal(groups[0]["samples"][3], other["samples"][0])
    assert torch.equal(groups[0]["noise_mask"][3], other["noise_mask"][0])
    assert "noise_mask" not in groups[2]


# ---- operations ----


def test_tonemapping_bounds_what_stands_out(nodes: Nodes) -> None:
    samples = rand(2, 4, 16, 16)
    samples[0, :, 3, 3] = 100.0
    operation = nodes["LatentOperationTonemapReinhard"](multiplier=1.0)
    mapped = nodes["LatentApplyOperation"](samples={"samples": samples}, operation=operation)["samples"]
    length = samples[0].norm(dim=0)
    longest = length.mean() + 5 * length.std()
    torch.testing.assert_close(mapped[0].norm(dim=0), length * longest / (length + longest))
    torch.testing.assert_close(mapped[0, :, 3, 3] / mapped[0, 0, 3, 3], torch.ones(4))
    none = nodes["LatentOperationTonemapReinhard"](multiplier=0.0)
    assert nodes["LatentApplyOperation"](samples={"samples": samples}, operation=none)["samples"].isfinite().all()


@pytest.mark.parametrize("size", [1, 2, 5, 40])
def test_sharpening_leaves_what_is_even_and_raises_what_is_not(nodes: Nodes, size: int) -> None:
    operation = nodes["LatentOperationSharpen"](sharpen_radius=9, sigma=1.0, alpha=0.1)
    even = torch.full((1, 4, size, size), 2.0)
    torch.testing.assert_close(operation(even), even)
    samples = rand(1, 4, 40, 40)
    assert operation(samples).std() > samples.std()
    assert torch.equal(nodes["LatentOperationSharpen"](alpha=0.0)(samples).round(decimals=4), samples.round(decimals=4))


def test_a_blur_mirrors_the_border() -> None:
    kernel = gaussian_kernel(3, 0.5)
    assert kernel.sum().item() == pytest.approx(1.0)
    samples = rand(1, 2, 9, 9)
    padded = torch.nn.functional.pad(samples, (3, 3, 3, 3), mode="reflect")
    expected = torch.nn.functional.conv2d(padded, kernel.expand(2, 1, 7, 7), groups=2)
    torch.testing.assert_close(convolve(samples, kernel), expected)


def test_an_operation_on_guidance_is_on_the_difference(nodes: Nodes) -> None:
    model = nodes["LatentApplyOperationCFG"](model=Model(WeightFile("a", "1")), operation=lambda x: x * 0.5)
    cond, uncond = rand(1, 4, 2, 2), rand(1, 4, 2, 2, seed=1)
    ask: Any = None  # nothing more is asked of the network
    guided = begin_stages(model.options, ask)(Predicted(cond, 1.0, cond, uncond, 4.0))
    torch.testing.assert_close(guided, uncond + (cond - uncond) * 2.0)
