"""Hooks from the nodes to the latent: the weights with which each conditioning is predicted at each step."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from support.tiny_checkpoint import TINY, state_dict, write
from support.tiny_lora import small_lora, values, write_lora
from torch import Tensor

import nodegraph.weights.residency as residency_module
from nodegraph.diffusion.image_encoder import ImageEncoder, ImageEncoderConfig
from nodegraph.diffusion.scheduled_weights import Keyframe, Weights
from nodegraph.diffusion.steps import scheduled_sigmas
from nodegraph.errors import MissingFileError, UserError
from nodegraph.packs.context import Context
from nodegraph.packs.declare import NodeDefinition
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.handles import Clip, Model
from nodegraph.weights.lora import UnfitLoraError
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency, UnfitChangeError

Nodes = Mapping[str, Callable[..., Any]]
SMALL = replace(TINY, mult=(1, 2), attention=(True, False), vae_mult=(1, 2))
STEPS = 4
SAMPLING = {"steps": STEPS, "cfg": 3.0, "sampler_name": "euler", "scheduler": "normal"}
LATENT = {"samples": torch.zeros(1, 4, 8, 8)}
POSITIVE = [(values("positive", 1, 7, SMALL.context, scale=1.0), {})]
NEGATIVE = [(values("negative", 1, 7, SMALL.context, scale=1.0), {})]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Models: a checkpoint, another of its sizes, one of other sizes, and two LoRAs."""
    folder = tmp_path_factory.mktemp("models")
    write(folder / "checkpoints" / "small.safetensors", SMALL)
    other = {key: tensor + 0.01 * (tensor.ndim > 1) for key, tensor in state_dict(SMALL).items()}
    save_file(other, folder / "checkpoints" / "other.safetensors")
    write(folder / "checkpoints" / "wide.safetensors", replace(SMALL, width=64))
    for name in ("one", "two"):
        tensors = {key: tensor * (20.0 if "up" in key else 1.0) for key, tensor in small_lora(name).items()}
        write_lora(folder / "loras" / f"{name}.safetensors", tensors)
    return folder


@pytest.fixture(scope="module")
def weights() -> Residency:
    return Residency(device="cpu", precision="fp32")


@pytest.fixture
def ctx(ctx: Context, folder: Path, weights: Residency) -> Context:
    return replace(ctx, models=ModelFolders(folder), weights=weights)


@pytest.fixture
def handles(folder: Path) -> tuple[Model, Clip]:
    model, clip, _ = open_checkpoint(folder / "checkpoints" / "small.safetensors")
    return model, clip


@pytest.fixture
def merges(monkeypatch: pytest.MonkeyPatch) -> list[Weights]:
    """The strengths of every merge that is made."""
    made, merged = [], residency_module.merged

    def counting(network: Any, changes: Any) -> Any:
        made.append([strength for _, strength in changes])
        return merged(network, changes)

    monkeypatch.setattr(residency_module, "merged", counting)
    return made


def lora(nodes: Nodes, ctx: Context, name: str = "one", strength: float = 0.8, **more: Any) -> Any:
    return nodes["CreateHookLora"](
        ctx, lora_name=f"{name}.safetensors", strength_model=strength, strength_clip=strength, **more
    )


def hooked(nodes: Nodes, conditioning: Any, hooks: Any) -> Any:
    return nodes["ConditioningSetProperties"](cond_NEW=conditioning, strength=1.0, set_cond_area="default", hooks=hooks)


def sampled(
    nodes: Nodes, ctx: Context, model: Model, positive: Any = POSITIVE, negative: Any = NEGATIVE, **more: Any
) -> Tensor:
    said = {**SAMPLING, "seed": 1, "denoise": 1.0, "latent_image": LATENT, **more}
    return nodes["KSampler"](ctx, model=model, positive=positive, negative=negative, **said)["samples"]


def test_a_constant_hook_is_a_loaded_lora(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], merges: list[Weights]
) -> None:
    model, _ = handles
    hooks = lora(nodes, ctx)
    by_hook = sampled(nodes, ctx, model, hooked(nodes, POSITIVE, hooks), hooked(nodes, NEGATIVE, hooks))
    assert merges == [[0.8]]
    loaded = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name="one.safetensors", strength_model=0.8)
    assert torch.equal(by_hook, sampled(nodes, ctx, loaded))
    assert not torch.allclose(by_hook, sampled(nodes, ctx, model), atol=1e-3)


def test_hooks_come_on_top_of_what_the_model_has(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    load = nodes["LoraLoaderModelOnly"]
    first = load(ctx, model=model, lora_name="one.safetensors", strength_model=0.5)
    both = load(ctx, model=first, lora_name="two.safetensors", strength_model=0.8)
    hooks = lora(nodes, ctx, "two")
    by_hook = sampled(nodes, ctx, first, hooked(nodes, POSITIVE, hooks), hooked(nodes, NEGATIVE, hooks))
    assert torch.equal(by_hook, sampled(nodes, ctx, both))


def test_hooks_hold_in_a_network_that_wraps_around(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model = nodes["SeamlessTilingModel"](model=handles[0], axes="both")
    loaded = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name="one.safetensors", strength_model=0.8)
    hooks = lora(nodes, ctx)
    by_hook = sampled(nodes, ctx, model, hooked(nodes, POSITIVE, hooks), hooked(nodes, NEGATIVE, hooks))
    assert torch.equal(by_hook, sampled(nodes, ctx, loaded))


def test_after_the_run_nothing_has_changed(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    network = ctx.diffusion(model).network
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    plain = sampled(nodes, ctx, model)
    sampled(nodes, ctx, model, hooked(nodes, POSITIVE, lora(nodes, ctx)))
    assert ctx.diffusion(model).network is network
    assert all(torch.equal(tensor, before[name]) for name, tensor in network.state_dict().items())
    assert torch.equal(sampled(nodes, ctx, model), plain)


def test_keyframes_are_the_halves_sampled_by_hand(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], merges: list[Weights]
) -> None:
    model, _ = handles
    frames = nodes["CreateHookKeyframe"](strength_mult=0.0, start_percent=0.0)
    frames = nodes["CreateHookKeyframe"](strength_mult=1.0, start_percent=0.5, prev_hook_kf=frames)
    hooks = nodes["SetHookKeyframes"](hooks=lora(nodes, ctx), hook_kf=frames)
    by_hook = sampled(nodes, ctx, model, hooked(nodes, POSITIVE, hooks), hooked(nodes, NEGATIVE, hooks))
    assert merges == [[0.8]]

    sampling = ctx.diffusion(model).sampling
    levels = scheduled_sigmas(sampling.levels, "normal", STEPS).tolist()
    before = sum(level > sampling.percent_to_sigma(0.5) for level in levels)
    assert 0 < before < STEPS
    loaded = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name="one.safetensors", strength_model=0.8)
    said = {**SAMPLING, "noise_seed": 1, "positive": POSITIVE, "negative": NEGATIVE}
    advanced = nodes["KSamplerAdvanced"]
    half = advanced(
        ctx,
        model=model,
        add_noise="enable",
        latent_image=LATENT,
        end_at_step=before,
        return_with_leftover_noise="enable",
        **said,
    )
    whole = advanced(
        ctx,
        model=loaded,
        add_noise="disable",
        latent_image=half,
        start_at_step=before,
        return_with_leftover_noise="disable",
        **said,
    )
    torch.testing.assert_close(by_hook, whole["samples"], rtol=1e-4, atol=1e-4)
    assert not torch.allclose(by_hook, sampled(nodes, ctx, loaded), atol=1e-2)


def test_positive_and_negative_have_weights_of_their_own(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], merges: list[Weights]
) -> None:
    model, _ = handles
    by_hook = sampled(
        nodes, ctx, model, hooked(nodes, POSITIVE, lora(nodes, ctx)), hooked(nodes, NEGATIVE, lora(nodes, ctx, "two"))
    )
    assert len(merges) == 2
    load = nodes["LoraLoaderModelOnly"]
    first, second = (
        load(ctx, model=model, lora_name=f"{name}.safetensors", strength_model=0.8) for name in ("one", "two")
    )
    sigmas = scheduled_sigmas(ctx.diffusion(model).sampling.levels, "normal", STEPS)
    x = torch.randn(LATENT["samples"].shape, generator=torch.manual_seed(1))
    start = ctx.diffusion(model).sampling.start(LATENT["samples"], x, float(sigmas[0]))
    networks = ctx.diffusion(first), ctx.diffusion(second)
    x = start
    for now, then in itertools.pairwise(sigmas.tolist()):
        positive, negative = (
            network.denoise(x, now, context)
            for network, ((context, _),) in zip(networks, (POSITIVE, NEGATIVE), strict=True)
        )
        guided = negative + (positive - negative) * SAMPLING["cfg"]
        x = guided + (x - guided) * (then / now)
    expected = ctx.diffusion(model).latent.process_out(x)
    torch.testing.assert_close(by_hook, expected, rtol=1e-4, atol=1e-4)


def test_a_checkpoint_as_a_lora_takes_the_place_of_the_model(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], folder: Path
) -> None:
    model, clip = handles
    other, other_clip, _ = open_checkpoint(folder / "checkpoints" / "other.safetensors")
    create = nodes["CreateHookModelAsLora"]
    hooks = create(ctx, ckpt_name="other.safetensors", strength_model=1.0, strength_clip=1.0)
    by_hook = sampled(nodes, ctx, model, hooked(nodes, POSITIVE, hooks), hooked(nodes, NEGATIVE, hooks))
    torch.testing.assert_close(by_hook, sampled(nodes, ctx, other), rtol=1e-3, atol=1e-3)
    assert not torch.allclose(by_hook, sampled(nodes, ctx, model), atol=1e-2)
    encode = nodes["CLIPTextEncode"]
    changed = encode(ctx, text="a cat", clip=nodes["SetClipHooks"](clip=clip, hooks=hooks))
    torch.testing.assert_close(changed[0][0], encode(ctx, text="a cat", clip=other_clip)[0][0], rtol=1e-4, atol=1e-4)

    wide = nodes["CreateHookModelAsLoraModelOnly"](ctx, ckpt_name="wide.safetensors", strength_model=1.0)
    with pytest.raises(UnfitChangeError, match="not of one size"):
        sampled(nodes, ctx, model, hooked(nodes, POSITIVE, wide))


def test_clip_hooks_change_what_a_prompt_becomes(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, clip = handles
    hooks, encode = lora(nodes, ctx), nodes["CLIPTextEncode"]
    _, loaded = nodes["LoraLoader"](
        ctx, model=model, clip=clip, lora_name="one.safetensors", strength_model=0.0, strength_clip=0.8
    )
    expected = encode(ctx, text="a cat", clip=loaded)
    with_hooks = nodes["SetClipHooks"](clip=clip, hooks=hooks)
    ((context, options),) = encode(ctx, text="a cat", clip=with_hooks)
    assert torch.equal(context, expected[0][0])
    assert not torch.allclose(context, encode(ctx, text="a cat", clip=clip)[0][0], atol=1e-3)
    assert options["hooks"] == hooks
    without = nodes["SetClipHooks"](clip=clip, hooks=hooks, apply_to_conds=False)
    ((same, options),) = encode(ctx, text="a cat", clip=without)
    assert torch.equal(same, context)
    assert "hooks" not in options
    assert nodes["SetClipHooks"](clip=clip) == clip


def test_a_run_that_is_looked_at_has_the_hooks_of_its_clip(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], folder: Path
) -> None:
    model, clip = handles
    _, _, vae = open_checkpoint(folder / "checkpoints" / "small.safetensors")
    hooks = lora(nodes, ctx)
    once, scheduled = (nodes["SetClipHooks"](clip=clip, hooks=hooks, schedule_clip=each) for each in (False, True))
    run = {**SAMPLING, "steps": 1, "seed": 1, "denoise": 1.0, "latent_image": LATENT, "negative": NEGATIVE}
    plain = sampled(nodes, ctx, model, nodes["CLIPTextEncode"](ctx, text="a cat", clip=once), steps=1)
    for hooked_clip in (once, scheduled):
        made = nodes["LearnAttention"](ctx, **run, model=model, clip=hooked_clip, vae=vae, text="a cat")
        torch.testing.assert_close(made.latent["samples"], plain)
        assert len(made.maps) == 2


def test_texts_are_compared_with_the_hooks_of_their_clip(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, clip = handles
    small: dict[str, Any] = {"side": 32, "patch": 16, "width": 8, "layers": 1, "heads": 1, "inner_width": 8}
    torch.manual_seed(0)
    encoder = ImageEncoder(ImageEncoderConfig(**small, text_width=SMALL.context)).requires_grad_(False)
    monkeypatch.setattr(Context, "clip_vision", lambda ctx, handle: encoder)
    _, loaded = nodes["LoraLoader"](
        ctx, model=model, clip=clip, lora_name="one.safetensors", strength_model=0.0, strength_clip=0.8
    )
    hooked_clip = nodes["SetClipHooks"](clip=clip, hooks=lora(nodes, ctx), schedule_clip=True)

    def told(clip: Clip) -> str:
        made = nodes["LearnClipSimilarity"](
            ctx, clip=clip, clip_vision=None, images=torch.full((1, 32, 32, 3), 0.5), texts="a cat\na dog"
        )
        return str(made.text)

    assert told(hooked_clip) == told(loaded) != told(clip)


def test_a_scheduled_clip_encodes_anew_at_each_keyframe(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]
) -> None:
    _, clip = handles
    frames = nodes["CreateHookKeyframesFromFloats"](floats_strength=[0.0, 1.0], start_percent=0.0, end_percent=0.5)
    hooks = nodes["SetHookKeyframes"](hooks=lora(nodes, ctx), hook_kf=frames)
    encode = nodes["CLIPTextEncode"]
    scheduled = nodes["SetClipHooks"](clip=clip, hooks=hooks, schedule_clip=True, apply_to_conds=False)
    before, after = encode(ctx, text="a cat", clip=scheduled)
    assert torch.equal(before[0], encode(ctx, text="a cat", clip=clip)[0][0])
    full = nodes["SetClipHooks"](clip=clip, hooks=lora(nodes, ctx), apply_to_conds=False)
    assert torch.equal(after[0], encode(ctx, text="a cat", clip=full)[0][0])
    assert {key: after[1][key] for key in ("clip_start_percent", "clip_end_percent")} == {
        "clip_start_percent": 0.5,
        "clip_end_percent": 1.0,
    }
    once = nodes["SetClipHooks"](clip=clip, hooks=hooks, schedule_clip=False)
    assert torch.equal(encode(ctx, text="a cat", clip=once)[0][0], before[0])


def test_curves_of_keyframes(nodes: Nodes, caplog: pytest.LogCaptureFixture) -> None:
    def strengths(interpolation: str) -> list[float]:
        frames = nodes["CreateHookKeyframesInterpolated"](
            strength_start=1.0, strength_end=3.0, interpolation=interpolation, keyframes_count=5
        )
        assert [frame.start_percent for frame in frames] == [0.0, 0.25, 0.5, 0.75, 1.0]
        return [round(frame.strength, 4) for frame in frames]

    assert strengths("linear") == [1.0, 1.5, 2.0, 2.5, 3.0]
    assert strengths("ease_in") == [1.0, 1.125, 1.5, 2.125, 3.0]
    assert strengths("ease_out") == [1.0, 1.875, 2.5, 2.875, 3.0]
    assert strengths("ease_in_out") == [1.0, 1.2929, 2.0, 2.7071, 3.0]

    made = nodes["CreateHookKeyframesFromFloats"]
    first = nodes["CreateHookKeyframe"](strength_mult=7.0, start_percent=0.3)
    frames = made(floats_strength=[1, 2.0], start_percent=0.2, end_percent=0.6, prev_hook_kf=first)
    assert frames == (Keyframe(0.2, 1.0), Keyframe(0.3, 7.0), Keyframe(0.6, 2.0))
    assert made(floats_strength=0.5) == (Keyframe(0.0, 0.5),)
    for wrong in ([], ["much"], [float("nan")]):
        with pytest.raises(UserError):
            made(floats_strength=wrong)
    with caplog.at_level("INFO"):
        made(floats_strength=[0.125], print_keyframes=True)
    assert "0.1250" in caplog.text


def test_hooks_are_chained_and_combined(nodes: Nodes, ctx: Context) -> None:
    one, two = lora(nodes, ctx), lora(nodes, ctx, "two")
    assert lora(nodes, ctx, "two", prev_hooks=one) == (*one, *two)
    assert nodes["CombineHooks2"](hooks_A=one, hooks_B=two) == (*one, *two)
    assert nodes["CombineHooks4"](hooks_A=one, hooks_D=one) == one
    assert nodes["CombineHooks8"](hooks_B=two, hooks_H=one) == (*two, *one)
    assert nodes["CombineHooks8"]() == ()
    assert lora(nodes, ctx, "absent", 0.0, prev_hooks=one) == one
    (alone,) = nodes["CreateHookLoraModelOnly"](ctx, lora_name="one.safetensors", strength_model=0.8)
    assert alone == replace(one[0], strength_clip=0.0)


def test_one_hook_by_two_ways_counts_once_and_two_alike_count_twice(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], merges: list[Weights]
) -> None:
    first = lora(nodes, ctx, strength=0.4)
    chained = lora(nodes, replace(ctx, node_id="2"), strength=0.4, prev_hooks=first)
    both = nodes["CombineHooks2"](hooks_A=first, hooks_B=chained)
    by_hook = sampled(nodes, ctx, handles[0], hooked(nodes, POSITIVE, both), hooked(nodes, NEGATIVE, both))
    assert merges == [[0.8]]
    loaded = nodes["LoraLoaderModelOnly"](ctx, model=handles[0], lora_name="one.safetensors", strength_model=0.8)
    assert torch.equal(by_hook, sampled(nodes, ctx, loaded))


@pytest.mark.parametrize("class_id", ["CreateHookLora", "CreateHookLoraModelOnly"])
def test_of_two_nodes_with_equal_inputs_each_makes_its_own_hook(
    definitions: Mapping[str, NodeDefinition], class_id: str
) -> None:
    assert not definitions[class_id].spec.idempotent
    assert not definitions[class_id.replace("Lora", "ModelAsLora")].spec.idempotent


def test_files_are_read_before_the_first_step_and_not_while_the_device_waits(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    read_parts = residency_module.read_parts

    def reading(*args: Any) -> Any:
        order.append("read")
        return read_parts(*args)

    def gate(call: Callable[[], Any]) -> Any:
        order.append("step")
        return call()

    monkeypatch.setattr(residency_module, "read_parts", reading)
    ctx = replace(ctx, weights=Residency(device="cpu", precision="fp32"), gate=gate)
    late = nodes["SetHookKeyframes"](
        hooks=lora(nodes, ctx, "two"),
        hook_kf=nodes["CreateHookKeyframesFromFloats"](floats_strength=[0.0, 1.0]),
    )
    sampled(nodes, ctx, handles[0], hooked(nodes, POSITIVE, lora(nodes, ctx)), hooked(nodes, NEGATIVE, late), steps=2)
    assert order[:3] == ["read", "read", "step"]
    assert order.count("read") == 2

    order.clear()
    foreign = {"lora_unet_double_blocks_0.lora_up.weight": torch.ones(4, 4)}
    write_lora(folder / "loras" / "unfit.safetensors", foreign)
    with pytest.raises(UnfitLoraError, match="changes nothing"):
        sampled(nodes, ctx, handles[0], POSITIVE, hooked(nodes, NEGATIVE, lora(nodes, ctx, "unfit")))
    assert order == []


def test_files_that_cannot_be_used_are_refused(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], folder: Path
) -> None:
    with pytest.raises(MissingFileError, match="--kind loras"):
        lora(nodes, ctx, "absent")
    save_file({"decoder.conv_in.weight": torch.ones(1)}, folder / "loras" / "vae.safetensors")
    with pytest.raises(UnfitLoraError, match="not a LoRA"):
        lora(nodes, ctx, "vae")
    foreign = {"lora_unet_double_blocks_0.lora_up.weight": torch.ones(4, 4)}
    write_lora(folder / "loras" / "foreign.safetensors", foreign)
    with pytest.raises(UnfitLoraError, match="changes nothing"):
        sampled(nodes, ctx, handles[0], hooked(nodes, POSITIVE, lora(nodes, ctx, "foreign")))
