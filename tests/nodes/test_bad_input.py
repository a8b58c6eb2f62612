"""What nodes for sampling, conditioning, guidance, latents and masks do with what they cannot use.

Each row is one call, as the engine makes it, with some inputs other than usual, and what is said of them: an error that
names the input; or, where the row has a shape, what comes out in the field's way.
"""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from support.tiny_checkpoint import TINY, write
from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.packs.context import Context
from nodegraph.packs.declare import NodeDefinition
from nodegraph.weights.open import open_checkpoint

SIZES = replace(TINY, mult=(1, 2), attention=(True, False))
NAN, INF = math.nan, math.inf

MODEL, VAE = object(), object()
"""Stand for the handles of a checkpoint, which is written when the tests run."""


def tensor(*shape: int, fill: float = 0.5) -> Tensor:
    return torch.full(shape, fill)


def latent(*shape: int, fill: float = 0.5, **more: Any) -> dict[str, Any]:
    return {"samples": tensor(*shape, fill=fill), **more}


def prompt(*shape: int, fill: float = 1.0, **options: Any) -> list[tuple[Tensor, dict[str, Any]]]:
    return [(tensor(*(shape or (1, 3, SIZES.context)), fill=fill), options)]


L, P, M, I = latent(1, 4, 8, 8), prompt(), tensor(1, 8, 8), tensor(1, 16, 16, 3)  # noqa: E741
S = torch.tensor([10.0, 1.0, 0.0])

SAMPLING: dict[str, Any] = {
    "model": MODEL,
    "steps": 2,
    "cfg": 2.0,
    "sampler_name": "euler",
    "scheduler": "normal",
    "positive": P,
    "negative": P,
    "latent_image": L,
}
USUAL: Mapping[str, dict[str, Any]] = {
    "KSampler": {**SAMPLING, "seed": 1, "denoise": 1.0},
    "KSamplerAdvanced": {
        **SAMPLING,
        "noise_seed": 1,
        "add_noise": "enable",
        "steps": 4,
        "start_at_step": 0,
        "end_at_step": 100,
        "return_with_leftover_noise": "disable",
    },
    "SamplerCustom": {
        **{name: SAMPLING[name] for name in ("model", "cfg", "positive", "negative", "latent_image")},
        "add_noise": True,
        "noise_seed": 1,
        "sampler": "euler",
        "sigmas": S,
    },
    "AddNoise": {"model": MODEL, "noise": 1, "sigmas": S, "latent_image": L},
    "VAEDecode": {"samples": latent(1, 4, 2, 2), "vae": VAE},
    "VAEEncode": {"pixels": I, "vae": VAE},
    "VAEEncodeForInpaint": {"pixels": I, "vae": VAE, "mask": M, "grow_mask_by": 2},
    "InpaintModelConditioning": {
        "positive": P,
        "negative": P,
        "vae": VAE,
        "pixels": I,
        "mask": M,
        "noise_mask": True,
    },
    "LatentUpscale": {"samples": L, "upscale_method": "bilinear", "width": 64, "height": 64, "crop": "disabled"},
    "LatentUpscaleBy": {"samples": L, "upscale_method": "bilinear", "scale_by": 2.0},
    "LatentComposite": {"samples_to": L, "samples_from": L, "x": 0, "y": 0, "feather": 0},
    "LatentAdd": {"samples1": L, "samples2": L},
    "LatentConcat": {"samples1": L, "samples2": L, "dim": "x"},
    "LatentCrop": {"samples": L, "width": 64, "height": 64, "x": 0, "y": 0},
    "LatentBatchSeedBehavior": {"samples": L, "seed_behavior": "fixed"},
    "RepeatLatentBatch": {"samples": L, "amount": 2},
    "LatentFromBatch": {"samples": L, "batch_index": 0, "length": 1},
    "RebatchLatents": {"latents": [L], "batch_size": [1]},
    "SetLatentNoiseMask": {"samples": L, "mask": M},
    "CropMask": {"mask": M, "x": 0, "y": 0, "width": 5, "height": 5},
    "MaskComposite": {"destination": M, "source": M, "x": 0, "y": 0, "operation": "add"},
    "GrowMask": {"mask": M, "expand": 1, "tapered_corners": True},
    "ConditioningConcat": {"conditioning_to": P, "conditioning_from": P},
    "ConditioningAverage": {"conditioning_to": P, "conditioning_from": P, "conditioning_to_strength": 0.5},
    "ConditioningSetMask": {"conditioning": P, "mask": M, "strength": 1.0, "set_cond_area": "default"},
    "ConditioningSetArea": {"conditioning": P, "width": 64, "height": 64, "x": 0, "y": 0, "strength": 1.0},
    "KarrasScheduler": {"steps": 3, "sigma_max": 10.0, "sigma_min": 0.1, "rho": 7.0},
    "PolyexponentialScheduler": {"steps": 3, "sigma_max": 10.0, "sigma_min": 0.1, "rho": 1.0},
    "LaplaceScheduler": {"steps": 3, "sigma_max": 10.0, "sigma_min": 0.1, "mu": 0.0, "beta": 0.5},
    "BasicScheduler": {"model": MODEL, "scheduler": "normal", "steps": 3, "denoise": 1.0},
    "AlignYourStepsScheduler": {"model_type": "SD1", "steps": 3, "denoise": 1.0},
    "SplitSigmasDenoise": {"sigmas": S, "denoise": 0.5},
    "SamplerDPMPP_SDE": {"eta": 1.0, "s_noise": 1.0, "r": 0.5, "noise_device": "cpu"},
    "RescaleCFG": {"model": MODEL, "multiplier": 0.7},
    "FreeU": {"model": MODEL, "b1": 1.1, "b2": 1.2, "s1": 0.9, "s2": 0.2},
}

Row = tuple[str, dict[str, Any], str]
REFUSED: list[Row] = [
    # steps and strengths
    ("KSampler", {"steps": 0}, "0 steps"),
    ("KSampler", {"denoise": NAN}, "denoise is nan"),
    ("KSampler", {"denoise": 1e-9}, "denoise is 1e-09"),
    ("KSampler", {"cfg": NAN}, "cfg is nan"),
    ("KSampler", {"cfg": INF}, "cfg is inf"),
    ("KSamplerAdvanced", {"start_at_step": -1}, "Steps -1 to 100"),
    ("RescaleCFG", {"multiplier": NAN}, "multiplier is nan"),
    ("FreeU", {"s2": -INF}, "s2 is -inf"),
    ("SamplerDPMPP_SDE", {"r": 0.0}, "r is 0"),
    # latents
    ("KSampler", {"latent_image": latent(1, 16, 8, 8)}, "latent_image has the shape .*16.*this model takes batch, 4"),
    ("KSampler", {"latent_image": latent(4, 8, 8)}, "latent_image has the shape"),
    ("KSampler", {"latent_image": latent(1, 4, 1, 8, 8)}, "latent_image has the shape"),
    ("KSampler", {"latent_image": latent(0, 4, 8, 8)}, "latent_image is empty"),
    ("KSampler", {"latent_image": latent(1, 4, 0, 8)}, "latent_image is empty"),
    ("KSampler", {"latent_image": latent(1, 4, 8, 8, fill=NAN)}, "latent_image holds NaN"),
    ("KSampler", {"latent_image": latent(1, 4, 8, 8, fill=INF)}, "latent_image holds NaN or infinity"),
    ("KSampler", {"latent_image": {"samples": torch.ones(1, 4, 8, 8, dtype=torch.int64)}}, "latent_image is no latent"),
    ("KSampler", {"latent_image": {}}, "latent_image is no latent"),
    ("KSampler", {"latent_image": latent(2, 4, 8, 8, batch_index=[0])}, "batch_index of latent_image"),
    ("KSampler", {"latent_image": latent(1, 4, 8, 8, batch_index=[-1])}, "batch_index of latent_image"),
    ("RepeatLatentBatch", {"samples": latent(1, 4, 8, 8, batch_index=[])}, "batch_index of samples"),
    ("LatentUpscale", {"samples": latent(4, 8, 8)}, "samples has the shape"),
    ("LatentUpscale", {"samples": latent(1, 4, 0, 8)}, "samples is empty"),
    ("LatentUpscaleBy", {"scale_by": NAN}, "scale_by is nan"),
    ("LatentComposite", {"samples_from": latent(1, 16, 8, 8)}, "16 channels .* onto one with 4"),
    ("LatentComposite", {"samples_from": latent(0, 4, 8, 8)}, "samples_from is empty"),
    ("LatentAdd", {"samples2": latent(1, 16, 8, 8)}, "samples2 has 16 channels and samples1 4"),
    ("LatentAdd", {"samples2": latent(0, 4, 8, 8)}, "samples2 is empty"),
    ("LatentAdd", {"samples2": latent(1, 4, 2, 8, 8)}, "samples2 has the shape"),
    ("LatentConcat", {"samples2": latent(0, 4, 8, 8)}, "samples2 is empty"),
    ("LatentConcat", {"samples2": latent(1, 4, 3, 8)}, "samples2 8 by 3 cells"),
    ("LatentBatchSeedBehavior", {"samples": latent(0, 4, 8, 8)}, "samples is empty"),
    ("LatentFromBatch", {"samples": latent(0, 4, 8, 8)}, "samples is empty"),
    ("RebatchLatents", {"latents": [L, latent(0, 4, 8, 8)]}, "latents is empty"),
    ("AddNoise", {"latent_image": latent(1, 16, 8, 8)}, "latent_image has the shape"),
    # noise levels
    ("SamplerCustom", {"sigmas": torch.tensor([1.0, 2.0, 3.0]), "sampler": "lcm"}, "sigmas rise, from 1 to 3, but lcm"),
    ("SamplerCustom", {"sigmas": torch.tensor([0.0, 2.0, 3.0])}, "sigmas rise from 0"),
    ("SamplerCustom", {"sigmas": torch.tensor([3.0, 1.0, 2.0, 0.0])}, "sigmas must fall"),
    ("SamplerCustom", {"sigmas": torch.tensor([3.0, NAN, 0.0])}, "sigmas must be finite"),
    ("SamplerCustom", {"sigmas": torch.tensor([INF, 1.0])}, "sigmas must be finite"),
    ("SamplerCustom", {"sigmas": torch.tensor([3.0, -1.0])}, "sigmas must be .*not negative"),
    ("SamplerCustom", {"sigmas": torch.ones(2, 2)}, "sigmas has the shape"),
    ("SamplerCustom", {"sigmas": torch.tensor([1.0, 1.0])}, "sigmas needs at least two different"),
    ("AddNoise", {"sigmas": torch.tensor([NAN, 0.0])}, "sigmas must be finite"),
    ("KarrasScheduler", {"sigma_min": 0.0}, "10 to 0"),
    ("KarrasScheduler", {"sigma_max": NAN}, "sigma_max is nan"),
    ("KarrasScheduler", {"rho": 0.0}, "rho is 0"),
    ("KarrasScheduler", {"steps": 0}, "steps is 0"),
    ("PolyexponentialScheduler", {"steps": -3}, "steps is -3"),
    ("LaplaceScheduler", {"steps": 0}, "steps is 0"),
    ("BasicScheduler", {"steps": 0}, "0 steps"),
    ("BasicScheduler", {"denoise": NAN}, "denoise is nan"),
    ("AlignYourStepsScheduler", {"denoise": NAN}, "denoise is nan"),
    ("SplitSigmasDenoise", {"denoise": NAN}, "denoise is nan"),
    # conditionings
    ("KSampler", {"positive": []}, "positive: .*empty list"),
    ("KSampler", {"positive": prompt(1, 3, 1024)}, "positive: .*1024 wide, but the model takes 64"),
    ("KSampler", {"negative": prompt(1, 3, 1024)}, "negative: .*1024 wide"),
    ("KSampler", {"negative": prompt(3, SIZES.context)}, "negative: .*shape"),
    ("KSampler", {"positive": prompt(fill=NAN)}, "positive: .*NaN or infinity"),
    ("KSampler", {"positive": prompt(1, 0, SIZES.context)}, "positive: .*no numbers at all"),
    ("KSampler", {"positive": prompt(0, 3, SIZES.context)}, "positive: .*no numbers at all"),
    ("KSampler", {"positive": prompt(strength=NAN)}, "positive: Its strength is nan"),
    ("KSampler", {"positive": prompt(end_percent=NAN)}, "positive: Its end_percent is nan"),
    ("KSampler", {"positive": prompt(area=(8, 8, 0, 80))}, "positive: .*area .*outside"),
    ("KSampler", {"positive": prompt(area=("percentage", NAN, 1.0, 0.0, 0.0))}, "positive: Its area"),
    ("KSampler", {"positive": prompt(mask=tensor(1, 8, 8, fill=NAN))}, "positive: mask holds NaN"),
    ("KSampler", {"positive": prompt(mask=tensor(0, 8, 8))}, "positive: mask has shape"),
    ("ConditioningConcat", {"conditioning_from": []}, "conditioning_from is empty"),
    ("ConditioningConcat", {"conditioning_from": prompt(1, 3, 1024)}, "conditioning_from has 1024 features"),
    ("ConditioningAverage", {"conditioning_from": prompt(1, 3, 1024)}, "conditioning_from has 1024 features"),
    ("ConditioningAverage", {"conditioning_to_strength": NAN}, "conditioning_to_strength is nan"),
    (
        "ConditioningAverage",
        {
            "conditioning_to": prompt(pooled_output=tensor(1, 5)),
            "conditioning_from": prompt(pooled_output=tensor(1, 7)),
        },
        "conditioning_from has 7 features and that of conditioning_to 5",
    ),
    ("ConditioningSetMask", {"strength": NAN}, "strength is nan"),
    ("ConditioningSetMask", {"mask": tensor(0, 8, 8)}, "mask is empty"),
    ("ConditioningSetArea", {"strength": INF}, "strength is inf"),
    # pictures and masks
    ("VAEDecode", {"samples": latent(1, 16, 2, 2)}, "16, 2, 2.*decodes batch, 4"),
    ("VAEDecode", {"samples": latent(0, 4, 2, 2)}, "samples is empty"),
    ("VAEEncode", {"pixels": tensor(0, 16, 16, 3)}, "pixels is empty"),
    ("VAEEncode", {"pixels": tensor(16, 16, 3)}, "pixels has the shape"),
    ("VAEEncode", {"pixels": tensor(1, 16, 16, 1)}, "3 or 4 channels"),
    ("VAEEncode", {"pixels": tensor(1, 4, 4, 3)}, "at least 8 pixels"),
    ("VAEEncodeForInpaint", {"mask": tensor(1, 16, 16, fill=NAN)}, "mask holds NaN"),
    ("InpaintModelConditioning", {"pixels": tensor(0, 16, 16, 3)}, "pixels is empty"),
    ("KSampler", {"latent_image": {**L, "noise_mask": tensor(1, 1, 8, 8, fill=NAN)}}, "noise_mask holds NaN"),
    ("KSampler", {"latent_image": {**L, "noise_mask": tensor(0, 1, 8, 8)}}, "noise_mask has shape"),
    ("SetLatentNoiseMask", {"mask": tensor(8)}, "mask has the shape"),
    ("SetLatentNoiseMask", {"mask": tensor(0, 8, 8)}, "mask is empty"),
    ("MaskComposite", {"source": tensor(0, 8, 8)}, "source is empty"),
    ("CropMask", {"mask": tensor(1, 0, 8)}, "mask is empty"),
]

Shape = tuple[int, ...]
ACCEPTED: list[tuple[str, dict[str, Any], Shape]] = [
    # nothing to do: the latent as it was
    ("KSampler", {"denoise": 0.0}, (1, 4, 8, 8)),
    ("KSamplerAdvanced", {"start_at_step": 3, "end_at_step": 2}, (1, 4, 8, 8)),
    ("KSamplerAdvanced", {"start_at_step": 10}, (1, 4, 8, 8)),
    ("KSamplerAdvanced", {"end_at_step": 0}, (1, 4, 8, 8)),
    ("SamplerCustom", {"sigmas": torch.empty(0)}, (1, 4, 8, 8)),
    ("SamplerCustom", {"sigmas": torch.tensor([1.0])}, (1, 4, 8, 8)),
    ("AddNoise", {"sigmas": torch.empty(0)}, (1, 4, 8, 8)),
    # an empty latent takes the model's channels; one cell is enough
    ("KSampler", {"latent_image": latent(1, 16, 8, 8, fill=0.0)}, (1, 4, 8, 8)),
    ("KSampler", {"latent_image": latent(1, 4, 1, 1)}, (1, 4, 1, 1)),
    # masks are scaled, batches repeated or cut
    ("KSampler", {"latent_image": {**L, "noise_mask": tensor(3, 1, 5, 70)}}, (1, 4, 8, 8)),
    ("KSampler", {"positive": prompt(3, 3, SIZES.context)}, (1, 4, 8, 8)),
    ("KSampler", {"positive": prompt(mask=tensor(3, 5, 9))}, (1, 4, 8, 8)),
    ("VAEEncodeForInpaint", {"mask": tensor(3, 5, 9)}, (1, 4, 2, 2)),
    ("LatentAdd", {"samples2": latent(3, 4, 3, 5)}, (1, 4, 8, 8)),
    ("ConditioningConcat", {"conditioning_from": prompt(2, 3, SIZES.context)}, (1, 6, 64)),
    # an area is cut at the border and has one cell at least; an empty mask or range holds nowhere
    ("KSampler", {"positive": prompt(area=(8, 80, 0, 4))}, (1, 4, 8, 8)),
    ("KSampler", {"positive": prompt(area=("percentage", 0.0, 0.0, 0.0, 0.0))}, (1, 4, 8, 8)),
    ("KSampler", {"positive": prompt(mask=tensor(1, 8, 8, fill=0.0), set_area_to_bounds=True)}, (1, 4, 8, 8)),
    ("KSampler", {"positive": prompt(start_percent=0.8, end_percent=0.2)}, (1, 4, 8, 8)),
    # what begins beyond the border begins at it
    ("LatentCrop", {"x": 8000, "y": 8000}, (1, 4, 8, 8)),
    ("LatentComposite", {"x": 800, "feather": 8}, (1, 4, 8, 8)),
    ("LatentFromBatch", {"batch_index": 60, "length": 9}, (1, 4, 8, 8)),
    ("CropMask", {"x": 800, "y": 800}, (1, 1, 1)),
    ("MaskComposite", {"x": 100}, (1, 8, 8)),
    ("GrowMask", {"expand": -100}, (1, 8, 8)),
]


@pytest.fixture(scope="module")
def handles(tmp_path_factory: pytest.TempPathFactory) -> dict[object, Any]:
    model, _, vae = open_checkpoint(write(tmp_path_factory.mktemp("models") / "tiny.safetensors", SIZES))
    return {MODEL: model, VAE: vae}


@pytest.fixture(scope="module")
def weights() -> Any:
    from nodegraph.weights.residency import Residency

    return Residency(device="cpu", precision="fp32")


@pytest.fixture
def call(definitions: Mapping[str, NodeDefinition], ctx: Context, handles: dict[object, Any], weights: Any) -> Any:
    loaded = replace(ctx, weights=weights)

    def value(name: str, given: Any) -> Any:
        if given is MODEL or given is VAE:
            return handles[given]
        if name == "sampler":
            return definitions["KSamplerSelect"].function(sampler_name=given)
        return definitions["RandomNoise"].function(noise_seed=given) if name == "noise" else given

    def called(class_id: str, changes: dict[str, Any]) -> Any:
        inputs = {name: value(name, given) for name, given in {**USUAL[class_id], **changes}.items()}
        return definitions[class_id].call(loaded, inputs)

    return called


def named(rows: list[Any]) -> list[str]:
    return [f"{index}-{class_id}-{'-'.join(changes)}" for index, (class_id, changes, _) in enumerate(rows)]


@pytest.mark.parametrize(("class_id", "changes", "message"), REFUSED, ids=named(REFUSED))
def test_it_is_said_what_is_wrong_and_of_which_input(
    call: Any, class_id: str, changes: dict[str, Any], message: str
) -> None:
    with pytest.raises(UserError, match=f"(?s){message}"):
        call(class_id, changes)


@pytest.mark.parametrize(("class_id", "changes", "shape"), ACCEPTED, ids=named(ACCEPTED))
def test_what_the_field_can_use_is_used(call: Any, class_id: str, changes: dict[str, Any], shape: Shape) -> None:
    result = call(class_id, changes)[0]
    if isinstance(result, list):
        result = result[0][0]
    found = result["samples"] if isinstance(result, dict) else result
    assert found.shape == shape
    assert bool(torch.isfinite(found).all())


@pytest.mark.parametrize("class_id", USUAL)
def test_the_usual_inputs_are_fine(call: Any, class_id: str) -> None:
    assert call(class_id, {})


def test_packs_may_give_these_types_a_wider_meaning(definitions: Mapping[str, NodeDefinition]) -> None:
    builtin = definitions["InvertMask"]
    elsewhere = builtin.within(pack="another", module="custom_nodes.another", source="")
    assert elsewhere.call(None, {"mask": tensor(0, 8, 8)})[0].shape == (0, 8, 8)
    with pytest.raises(UserError, match="mask is empty"):
        builtin.call(None, {"mask": tensor(0, 8, 8)})
