"""Patches inside a real U-Net of small widths: what they change, where, and when they change nothing."""

import math
from collections.abc import Hashable
from functools import partial

import pytest
import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor

from nodegraph.diffusion.attention import Attend, AttentionSite, attend
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.hooks import HookChain, Hooks, NetworkCall, NetworkOption
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.patches.attention_multiply import AttentionMultiply
from nodegraph.diffusion.patches.downscale import Downscale
from nodegraph.diffusion.patches.free_u import FreeU, scale_low_frequencies
from nodegraph.diffusion.patches.hyper_tile import HyperTile
from nodegraph.diffusion.patches.normalized_attention import NormalizedAttention
from nodegraph.diffusion.patches.perturbed_attention import PerturbedAttentionGuidance
from nodegraph.diffusion.patches.self_attention_guidance import SelfAttentionGuidance, gaussian_blur
from nodegraph.diffusion.patches.token_merging import TokenMerging, chosen_cells, match
from nodegraph.diffusion.unet import UNet, UNetConfig
from nodegraph.media.resize import resize

SAMPLING = ModelSampling()
SIGMA = float(SAMPLING.levels.sigmas[700])
RESIZE = partial(resize, method="nearest-exact", crop="disabled")
X = torch.randn(2, 4, 16, 24, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="module")
def unet() -> UNet:
    torch.manual_seed(0)
    config = UNetConfig(
        model_channels=32,
        channel_mult=(1, 2, 4),
        res_blocks=(1, 1, 1),
        transformer_depth=(1, 1, 0),
        context_width=24,
        heads=4,
        groups=16,
    )
    return UNet(config).eval()


def predict(unet: UNet, *options: Hashable, cfg: float = 5.0, x: Tensor = X, sigma: float = SIGMA) -> Tensor:
    model = DiffusionModel(unet, SAMPLING, SD15, torch.device("cpu"), torch.float32, options, context_width=24)
    stream = torch.Generator().manual_seed(2)
    positive, negative = ([(torch.randn(1, 7, 24, generator=stream), {})] for _ in range(2))
    return guide(CfgGuider(None, positive, negative, cfg), model, gate=open_gate, shape=x.shape)(x, sigma)


def named(option: Hashable) -> str:
    """The same in every process: functions, which some options hold, are shown by address."""
    return type(option).__name__


NEUTRAL: list[Hashable] = [
    FreeU(1.0, 1.0, 1.0, 1.0, structured=False),
    FreeU(1.0, 1.0, 1.0, 1.0, structured=True),
    AttentionMultiply("self", 1.0, 1.0, 1.0, 1.0),
    HyperTile(2048, 2, 0, scale_depth=False),
    Downscale(1, 1.0, 0.0, 1.0, True, RESIZE, RESIZE),
    Downscale(1, 2.0, 0.9, 1.0, True, RESIZE, RESIZE),  # not in force yet
    TokenMerging(0.0),
    PerturbedAttentionGuidance(0.0),
    SelfAttentionGuidance(0.0, 2.0),
    NormalizedAttention(1.0, 1.0, 1.5),
    NormalizedAttention(5.0, 0.0, 1.5),
]
CHANGING: list[Hashable] = [
    FreeU(1.1, 1.2, 0.9, 0.2, structured=False),
    FreeU(1.3, 1.4, 0.9, 0.2, structured=True),
    AttentionMultiply("self", 1.0, 1.0, 1.0, 2.0),
    AttentionMultiply("cross", 2.0, 1.0, 1.0, 1.0),
    HyperTile(1, 1, 0, scale_depth=False),
    Downscale(1, 2.0, 0.0, 0.35, True, RESIZE, RESIZE),
    Downscale(2, 2.0, 0.0, 0.35, False, RESIZE, RESIZE),
    TokenMerging(0.5),
    PerturbedAttentionGuidance(3.0),
    SelfAttentionGuidance(0.5, 2.0),
    NormalizedAttention(5.0, 0.5, 1.5),
]


@pytest.mark.parametrize("option", NEUTRAL, ids=named)
def test_at_its_neutral_values_a_patch_changes_nothing(unet: UNet, option: Hashable) -> None:
    torch.testing.assert_close(predict(unet, option), predict(unet), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("option", CHANGING, ids=named)
def test_a_patch_changes_the_prediction_alike_for_each_item_and_each_time(unet: UNet, option: Hashable) -> None:
    changed = predict(unet, option)
    assert bool(torch.isfinite(changed).all())
    assert float((changed - predict(unet)).abs().max()) > 1e-3
    torch.testing.assert_close(predict(unet, option), changed)
    alone = predict(unet, option, x=X[1:])
    torch.testing.assert_close(alone, changed[1:], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("option", CHANGING, ids=named)
def test_pictures_of_any_size_can_be_patched(unet: UNet, option: Hashable) -> None:
    for size in ((5, 9), (1, 3), (13, 6)):
        x = torch.randn(1, 4, *size, generator=torch.Generator().manual_seed(3))
        assert predict(unet, option, x=x).shape == x.shape


def test_patches_can_be_combined(unet: UNet) -> None:
    both = predict(unet, *CHANGING)
    assert bool(torch.isfinite(both).all())
    assert not torch.allclose(both, predict(unet, *CHANGING[:-1]), atol=1e-3)


def hooks_of(option: NetworkOption, *, sigma: float = SIGMA, height: int = 16, width: int = 24) -> Hooks:
    hooks = option.patch(SAMPLING)(NetworkCall(sigma, height, width, (0, 1)))
    assert hooks is not None
    return hooks


def test_free_u_strengthens_half_of_the_channels_at_two_widths() -> None:
    x, skip = torch.ones(1, 8, 4, 4), torch.zeros(1, 2, 4, 4)
    hooks = hooks_of(FreeU(1.5, 2.0, 1.0, 1.0, structured=False))
    for width, factor in ((4, 1.5), (2, 2.0), (1, 1.0)):
        strengthened, same = hooks.joined(x, skip, width)
        assert strengthened[0, :, 0, 0].tolist() == [factor] * 4 + [1.0] * 4
        torch.testing.assert_close(same, skip)
    strongest = torch.arange(16.0).reshape(1, 1, 4, 4).expand(1, 8, 4, 4)
    structured, _ = hooks_of(FreeU(1.5, 2.0, 1.0, 1.0, structured=True)).joined(strongest, skip, 4)
    ratio = (structured / strongest)[0, 0].flatten()
    assert float(ratio[-1]) == pytest.approx(1.5)
    assert float(ratio[1]) == pytest.approx(1 + 0.5 / 15)


def test_low_frequencies_are_the_mean_and_its_neighbours() -> None:
    wave = torch.cos(torch.arange(8) * math.pi).expand(8, 8)[None, None]
    torch.testing.assert_close(
        scale_low_frequencies(torch.full((1, 1, 8, 8), 2.0), 0.25), torch.full((1, 1, 8, 8), 0.5)
    )
    torch.testing.assert_close(scale_low_frequencies(wave, 0.25), wave, rtol=1e-4, atol=1e-5)


def test_in_tiles_each_cell_attends_to_its_tile_alone() -> None:
    """With attention that averages, a tile becomes its mean."""
    hooks = hooks_of(HyperTile(1, 1, 0, scale_depth=False))
    x = torch.arange(16.0 * 24).reshape(1, 16 * 24, 1)
    site = AttentionSite("input", 1, 0, "self")
    mean = hooks.layer(lambda tokens: tokens.mean(dim=1, keepdim=True).expand_as(tokens), x, site)
    picture = rearrange(x, "1 (h w) 1 -> h w", h=16)
    tile = 4  # 32 pixels
    expected = F.avg_pool2d(picture[None, None], tile).repeat_interleave(tile, -1).repeat_interleave(tile, -2)
    torch.testing.assert_close(rearrange(mean, "1 (h w) 1 -> h w", h=16), expected[0, 0])
    across = AttentionSite("input", 1, 0, "cross")
    assert torch.equal(hooks.layer(lambda tokens: tokens, x, across), x)


def test_deep_shrink_makes_maps_smaller_from_its_block_on(unet: UNet) -> None:
    sizes: list[tuple[str, int, int]] = []

    class Sizes(Hooks):
        def attention(self, attend: Attend) -> Attend:
            def noted(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
                if site.kind == "self":
                    sizes.append((site.section, site.block, q.shape[-2]))
                return attend(q, k, v, site)

            return noted

    chain = HookChain([hooks_of(Downscale(1, 2.0, 0.0, 1.0, True, RESIZE, RESIZE)), Sizes()])
    unet(X, torch.full((2,), 500.0), torch.zeros(2, 7, 24), hooks=chain)
    cells = 16 * 24
    # Levels are entered at blocks 1 and 3; the last map of the way up meets its whole skip connection.
    assert sizes == [
        ("input", 1, cells),
        ("input", 3, cells // 16),
        ("middle", 0, cells // 64),
        ("output", 2, cells // 16),
        ("output", 3, cells // 16),
        ("output", 4, cells),
        ("output", 5, cells),
    ]


def test_perturbed_guidance_adds_the_difference_to_a_network_without_its_middle_attention(unet: UNet) -> None:
    class Identity(NetworkOption):
        def patch(self, sampling: ModelSampling) -> object:
            class Values(Hooks):
                def attention(self, attend: Attend) -> Attend:
                    def changed(q: Tensor, k: Tensor, v: Tensor, site: AttentionSite) -> Tensor:
                        return v if (site.section, site.kind) == ("middle", "self") else attend(q, k, v, site)

                    return changed

            return lambda call: Values()

    plain, cond, perturbed = predict(unet), predict(unet, cfg=1.0), predict(unet, Identity(), cfg=1.0)
    expected = plain + (cond - perturbed) * 3.0
    torch.testing.assert_close(predict(unet, PerturbedAttentionGuidance(3.0)), expected, rtol=1e-4, atol=1e-4)


def test_one_cell_of_each_square_stays() -> None:
    cells = chosen_cells(5, 6, torch.Generator().manual_seed(0))
    squares = {(int(cell) // 6 // 2, int(cell) % 6 // 2) for cell in cells}
    assert len(cells) == 6
    assert squares == {(row, column) for row in range(2) for column in range(3)}


def test_cells_that_are_alike_are_merged_and_copied_back() -> None:
    # Cells 0 and 1 stay; 2 and 3 look like 0, 4 like 1, 5 like neither.
    kinds = torch.tensor([[1.0, 0, 0], [0, 1, 0], [2, 0, 0], [1, 0, 0.1], [0, 1, 0.2], [0, 0, 1]])
    merge = match(kinds[None], torch.tensor([0, 1]), 3)
    q = torch.arange(6.0).reshape(1, 1, 6, 1)
    merged = merge(q)
    assert merged.flatten().tolist() == pytest.approx([5.0, (0 + 2 + 3) / 3, (1 + 4) / 2])
    undone = merge.undo(merged).flatten().tolist()
    assert undone == pytest.approx([5 / 3, 2.5, 5 / 3, 5 / 3, 2.5, 5.0])


def test_merging_none_and_all_that_can_be() -> None:
    x = torch.randn(2, 12, 3, generator=torch.Generator().manual_seed(0))
    stays = chosen_cells(3, 4, torch.Generator().manual_seed(0))
    q = torch.randn(2, 4, 12, 5, generator=torch.Generator().manual_seed(1))
    none = match(x, stays, 0)
    torch.testing.assert_close(none.undo(none(q)), q)
    every = match(x, stays, 12 - len(stays))
    assert every(q).shape == (2, 4, len(stays), 5)
    assert every.undo(every(q)).shape == q.shape


def test_a_blur_keeps_the_mean_and_takes_the_detail() -> None:
    x = torch.randn(1, 4, 32, 32, generator=torch.Generator().manual_seed(0))
    blurred = gaussian_blur(x, 2.0)
    assert float(blurred.std()) < 0.3 * float(x.std())
    torch.testing.assert_close(gaussian_blur(torch.ones(1, 4, 12, 12), 2.0), torch.ones(1, 4, 12, 12))
    assert torch.equal(gaussian_blur(x, 0.0), x)


def test_attention_is_multiplied_at_its_kind_only() -> None:
    hooks = hooks_of(AttentionMultiply("cross", 2.0, 3.0, 0.5, 7.0))
    q, k, v = torch.randn(3, 1, 2, 4, 8, generator=torch.Generator().manual_seed(0))
    own, cross = (AttentionSite("middle", 0, 0, kind) for kind in ("self", "cross"))
    changed = hooks.attention(attend)
    assert torch.equal(changed(q, k, v, own), attend(q, k, v, own))
    torch.testing.assert_close(changed(q, k, v, cross), attend(q * 2, k * 3, v / 2, cross))
    assert hooks.layer(lambda x: x, torch.ones(1, 2, 3), cross).unique().tolist() == [7.0]
    assert hooks.layer(lambda x: x, torch.ones(1, 2, 3), own).unique().tolist() == [1.0]


def test_normalized_attention_is_no_longer_than_it_may_be_and_nothing_where_the_negative_says_the_same() -> None:
    positive, negative = torch.randn(2, 1, 4, 7, 8, generator=torch.Generator().manual_seed(4))
    option = NormalizedAttention(5.0, 1.0, 1.5)

    def lengths(z: Tensor) -> Tensor:
        return z.abs().sum(dim=(1, 3))

    guided = option.apart(positive, negative)
    assert bool((lengths(guided) <= 1.5 * lengths(positive) * (1 + 1e-5)).all())
    away = positive * 5.0 - negative * 4.0
    torch.testing.assert_close(option.apart(positive, positive), positive)
    loose = NormalizedAttention(5.0, 0.25, 1e6).apart(positive, negative)
    torch.testing.assert_close(loose, away * 0.25 + positive * 0.75)


def test_normalized_attention_holds_without_guidance_of_the_predictions(unet: UNet) -> None:
    assert not torch.allclose(predict(unet, NormalizedAttention(5.0, 0.5, 1.5), cfg=1.0), predict(unet, cfg=1.0))
