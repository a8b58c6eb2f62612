from dataclasses import dataclass

import pytest
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint

from nodegraph.diffusion.attention import Attend, AttentionSite, attend
from nodegraph.diffusion.hooks import HookChain, Hooks
from nodegraph.diffusion.unet import UNet, UNetConfig

SMALL = UNetConfig(
    model_channels=32, channel_mult=(1, 2), res_blocks=(1, 1), transformer_depth=(1, 0), context_width=24, heads=4
)
CONFIGS = {
    "small": SMALL,
    "no level without attention": UNetConfig(
        model_channels=32,
        channel_mult=(1, 3),
        res_blocks=(2, 2),
        transformer_depth=(1, 1),
        context_width=16,
        heads=2,
        groups=16,
    ),
    "four levels, linear projections": UNetConfig(
        model_channels=32, channel_mult=(1, 2, 4, 4), context_width=24, linear_projection=True
    ),
}


def random_unet(config: UNetConfig) -> UNet:
    torch.manual_seed(0)
    unet = UNet(config)
    for parameter in unet.parameters():
        if parameter.ndim == 1:  # norms and biases as they are after training, not as they are initialised
            torch.nn.init.normal_(parameter, 0.5, 0.2)
    return unet.requires_grad_(False)


def diffusers_unet(unet: UNet) -> UNet2DConditionModel:
    """The same network in diffusers, with the same weights."""
    config = unet.config
    levels = len(config.channel_mult)
    down = ["CrossAttnDownBlock2D" if depth else "DownBlock2D" for depth in config.transformer_depth]
    up = ["CrossAttnUpBlock2D" if depth else "UpBlock2D" for depth in reversed(config.transformer_depth)]
    other = UNet2DConditionModel(
        in_channels=config.in_channels,
        out_channels=config.out_channels,
        block_out_channels=tuple(mult * config.model_channels for mult in config.channel_mult),
        down_block_types=tuple(down),
        up_block_types=tuple(up),
        layers_per_block=config.res_blocks[0],
        cross_attention_dim=config.context_width,
        attention_head_dim=config.heads,  # under this name diffusers takes the number of heads
        norm_num_groups=config.groups,
        use_linear_projection=config.linear_projection,
    )
    state = {f"model.diffusion_model.{key}": value for key, value in unet.state_dict().items()}
    named = {"layers_per_block": config.res_blocks[0], "block_out_channels": [0] * levels, "class_embed_type": None}
    other.to(next(unet.parameters()).dtype).load_state_dict(
        convert_ldm_unet_checkpoint(state, config={**other.config, **named})
    )
    return other.requires_grad_(False).eval()


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
@pytest.mark.parametrize("size", [(16, 24), (15, 9)], ids=["even", "odd"])
def test_agrees_with_diffusers(config: UNetConfig, size: tuple[int, int]) -> None:
    # In float64, where the order of a sum, which differs between kernels and numbers of threads, cannot show.
    unet = random_unet(config).double()
    x, context = torch.randn(2, 4, *size).double(), torch.randn(2, 7, config.context_width).double()
    timesteps = torch.tensor([0.0, 901.0])
    expected = diffusers_unet(unet)(x, timesteps, context).sample
    torch.testing.assert_close(unet(x, timesteps, context), expected, rtol=1e-5, atol=1e-5)


@dataclass
class Attending(Hooks):
    """Attends with a function of a test."""

    function: Attend

    def attention(self, attend: Attend) -> Attend:
        return self.function


def test_attention_sites_carry_the_coordinates_of_the_layout() -> None:
    unet = random_unet(SMALL)
    met: list[AttentionSite] = []

    def record(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, site: AttentionSite) -> torch.Tensor:
        met.append(site)
        assert k.shape[-2] == (7 if site.kind == "cross" else q.shape[-2])
        return attend(q, k, v, site)

    x, context = torch.randn(1, 4, 8, 8), torch.randn(1, 7, 24)
    answer = unet(x, torch.tensor([3.0]), context, hooks=HookChain([Attending(record)]))
    assert torch.equal(answer, unet(x, torch.tensor([3.0]), context))
    assert [(site.section, site.block, site.transformer) for site in met if site.kind == "self"] == [
        ("input", 1, 0),
        ("middle", 0, 0),
        ("output", 2, 0),
        ("output", 3, 0),
    ]
    assert [site.kind for site in met] == ["self", "cross"] * 4


def test_attention_can_be_changed_at_one_site() -> None:
    unet = random_unet(SMALL)

    def silence(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, site: AttentionSite) -> torch.Tensor:
        answer = attend(q, k, v, site)
        return answer * 0 if (site.section, site.kind) == ("middle", "cross") else answer

    x, context, timesteps = torch.randn(1, 4, 8, 8), torch.randn(1, 7, 24), torch.tensor([3.0])
    assert not torch.allclose(
        unet(x, timesteps, context, hooks=HookChain([Attending(silence)])), unet(x, timesteps, context)
    )
