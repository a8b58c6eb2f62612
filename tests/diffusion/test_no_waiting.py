"""While a sampler steps, nothing is read back from the device, nor is a copy to it waited for.

Tensors of the ``meta`` device have no values, so reading one fails wherever it is tried: it stands for a device that
answers late. What it lets pass although a real one would wait, copies to it and decompositions, is refused by a mode.
The same runs go over CUDA where there is one, whose own check refuses everything.
"""

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

import pytest
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from nodegraph.diffusion.differential import DifferentialDiffusion
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.guidance.epsilon_scaling import EpsilonScaling
from nodegraph.diffusion.guidance.frequency_scaled import FrequencyScaling
from nodegraph.diffusion.guidance.guiders import CfgGuider, DualCfgGuider, Guider, PerpNegGuider
from nodegraph.diffusion.guidance.mahiro import Mahiro
from nodegraph.diffusion.guidance.normed import NormedGuidance
from nodegraph.diffusion.guidance.perpendicular import PerpendicularNegative
from nodegraph.diffusion.guidance.projected import ProjectedGuidance
from nodegraph.diffusion.guidance.rescaled import RescaledGuidance
from nodegraph.diffusion.guidance.step_cache import EasyCache
from nodegraph.diffusion.guidance.strength_override import StrengthOverride
from nodegraph.diffusion.guidance.tangential import TangentialDamping
from nodegraph.diffusion.guidance.temporal_rescaling import TemporalRescaling
from nodegraph.diffusion.guidance.zero_star import ZeroStarGuidance
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel, Network
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise import RandomNoise
from nodegraph.diffusion.patches.attention_multiply import AttentionMultiply
from nodegraph.diffusion.patches.downscale import Downscale
from nodegraph.diffusion.patches.free_u import FreeU
from nodegraph.diffusion.patches.hyper_tile import HyperTile
from nodegraph.diffusion.patches.normalized_attention import NormalizedAttention
from nodegraph.diffusion.patches.perturbed_attention import PerturbedAttentionGuidance
from nodegraph.diffusion.patches.self_attention_guidance import SelfAttentionGuidance
from nodegraph.diffusion.patches.token_merging import TokenMerging
from nodegraph.diffusion.sample import SAMPLERS, sample_custom
from nodegraph.diffusion.unet import UNet, UNetConfig
from nodegraph.media.resize import resize

SIGMAS = [14.0, 6.0, 2.0, 0.6, 0.0]
CUDA = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
DEVICES = pytest.mark.parametrize("device", ["meta", pytest.param("cuda", marks=CUDA)])
RESIZE = partial(resize, method="nearest-exact", crop="disabled")


def prompt(seed: int) -> tuple[Tensor, dict[str, object]]:
    return torch.randn(1, 7, 24, generator=torch.Generator().manual_seed(seed)), {}


GUIDANCE: list[Hashable] = [
    EpsilonScaling(1.1),
    Mahiro(),
    NormedGuidance(0.9),
    ProjectedGuidance(0.5, 2.0, -0.5),
    RescaledGuidance(0.7),
    TangentialDamping(),
    ZeroStarGuidance(),
    FrequencyScaling(0.8, 1.2, 3),
    TemporalRescaling(0.9, 1.0),
    PerpendicularNegative([prompt(7)], 0.5),
    StrengthOverride(2.0, 0.2, 0.6),
    DifferentialDiffusion(0.5),
]
PATCHES: list[Hashable] = [
    FreeU(1.3, 1.4, 0.9, 0.2, structured=True),
    AttentionMultiply("cross", 2.0, 1.0, 1.0, 1.0),
    HyperTile(1, 1, 0, scale_depth=False),
    Downscale(1, 2.0, 0.0, 0.35, True, RESIZE, RESIZE),
    TokenMerging(0.5),
    PerturbedAttentionGuidance(3.0),
    SelfAttentionGuidance(0.5, 2.0),
    NormalizedAttention(2.0, 0.5, 2.5),
]


class NoWaiting(TorchDispatchMode):
    """Refuses what would make the host wait for a device, and is not refused by the ``meta`` device itself."""

    def __torch_dispatch__(
        self, func: torch._ops.OpOverload, types: object, args: tuple[object, ...] = (), kwargs: object = None
    ) -> object:
        options = dict(kwargs or {})
        result = func(*args, **options)
        name = func.overloadpacket.__name__
        if name.lstrip("_").startswith("linalg_") and name != "linalg_vector_norm":
            raise AssertionError(f"{func} looks at what it has computed.")
        if name in ("_to_copy", "copy_"):
            source = args[-1] if name == "_to_copy" else args[1]
            if isinstance(source, Tensor) and isinstance(result, Tensor) and source.device != result.device:
                waits = not (options.get("non_blocking") or True in args[2:])
                assert not waits, f"{func} from {source.device} to {result.device} is waited for."
        return result


@contextmanager
def no_waiting(device: str) -> Iterator[None]:
    if device == "meta":
        with NoWaiting():
            yield
    else:
        torch.cuda.set_sync_debug_mode("error")
        try:
            yield
        finally:
            torch.cuda.set_sync_debug_mode("default")


class AnyGenerator(torch.Generator):
    """There is none for ``meta``, whose draws take any."""

    def __new__(cls, device: str | torch.device = "cpu") -> "AnyGenerator":
        return super().__new__(cls, "cpu" if str(device) == "meta" else device)


@pytest.fixture(autouse=True)
def generators_for_meta(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch, "Generator", AnyGenerator)


def conditioning() -> list[tuple[Tensor, dict[str, object]]]:
    """A prompt for everything, one for an area in the first half, one for a mask, one for what they leave."""
    (whole, _), (part, _), (masked, _), (rest, _) = (prompt(seed) for seed in range(4))
    mask = torch.zeros(1, 16, 24)
    mask[:, 4:8] = 1.0
    return [
        (whole, {}),
        (part, {"area": (8, 12, 0, 4), "start_percent": 0.0, "end_percent": 0.5}),
        (masked, {"mask": mask, "mask_strength": 0.8, "set_area_to_bounds": True}),
        (rest, {"default": True, "start_percent": 0.3}),
    ]


def mixture(x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
    """A network in a line, for what does not depend on the network: the U-Net takes seconds on ``meta``."""
    return x * 0.5 + context.mean(dim=(1, 2)).reshape(-1, 1, 1, 1) * timesteps.reshape(-1, 1, 1, 1)


def unet(device: str) -> UNet:
    config = UNetConfig(
        model_channels=32,
        channel_mult=(1, 2),
        res_blocks=(1, 1),
        transformer_depth=(1, 1),
        context_width=24,
        heads=4,
        groups=16,
    )
    return UNet(config).eval().to(device)


def steps(
    device: str,
    name: str,
    *options: Hashable,
    network: Network = mixture,
    guider: Guider[None] | None = None,
    sigmas: Sequence[float] = SIGMAS,
) -> int:
    """How many steps a run takes under a noise mask, none of them waiting."""
    model = DiffusionModel(network, ModelSampling(), SD15, torch.device(device), torch.float32, options, 24)
    mask = torch.zeros(1, 1, 128, 192)
    mask[..., 64:] = 1.0
    run = sample_custom(
        model,
        gate=open_gate,
        latent={"samples": torch.zeros(2, 4, 16, 24), "noise_mask": mask},
        noise=RandomNoise(7),
        guider=guider or CfgGuider(None, conditioning(), [prompt(9)], 5.0),
        sampler=SAMPLERS[name],
        sigmas=torch.tensor(sigmas),
    )
    with no_waiting(device):
        return len(list(run.steps))


@DEVICES
@pytest.mark.parametrize("name", [name for name in SAMPLERS if name != "dpm_adaptive"])
def test_no_sampler_waits_for_the_device(device: str, name: str) -> None:
    assert steps(device, name) > 1


@DEVICES
@pytest.mark.parametrize("option", GUIDANCE, ids=lambda option: type(option).__name__)
def test_no_guidance_waits_for_the_device(device: str, option: Hashable) -> None:
    assert steps(device, "dpmpp_2m_sde", option) == len(SIGMAS) - 1


@DEVICES
@pytest.mark.parametrize("option", PATCHES, ids=lambda option: type(option).__name__)
def test_no_patch_of_the_network_waits_for_the_device(device: str, option: Hashable) -> None:
    guider = CfgGuider(None, [prompt(1)], [prompt(2)], 5.0)
    assert steps(device, "euler", option, network=unet(device), guider=guider, sigmas=[14.0, 6.0]) == 1


@DEVICES
@pytest.mark.parametrize(
    "guider",
    [
        DualCfgGuider(None, conditioning(), [prompt(8)], [prompt(9)], 5.0, 3.0, "nested"),
        PerpNegGuider(None, conditioning(), [prompt(8)], [prompt(9)], 5.0, 1.0),
    ],
    ids=lambda guider: type(guider).__name__,
)
def test_no_guider_waits_for_the_device(device: str, guider: Guider[None]) -> None:
    assert steps(device, "euler", guider=guider) == len(SIGMAS) - 1


def test_what_must_know_how_much_has_changed_does_wait() -> None:
    """Steps chosen by their error, and steps skipped by what would change: here it is seen that reading is refused."""
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on meta"):
        steps("meta", "dpm_adaptive")
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on meta"):
        steps("meta", "euler", EasyCache())


@pytest.mark.parametrize(
    "waits",
    [lambda x: torch.ones(2).to(x.device), lambda x: x.copy_(torch.ones(2)), lambda x: torch.linalg.svd(x[:, None])],
    ids=["to", "copy_", "svd"],
)
def test_copies_and_decompositions_are_refused(waits: object) -> None:
    with pytest.raises(AssertionError), no_waiting("meta"):
        waits(torch.ones(2, device="meta"))
