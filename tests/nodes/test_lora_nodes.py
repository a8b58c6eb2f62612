"""LoraLoader and its like, from the files to the weights that compute: every notation and kind of the field."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from support.lora_cases import CASES, product
from support.tiny_checkpoint import TINY, write
from support.tiny_lora import ATTENTION, CONVOLUTION, POINT, TEXT, kohya, small_lora, values, write_lora
from torch import Tensor

from nodegraph.errors import MissingFileError
from nodegraph.packs.context import Context
from nodegraph.weights.folders import ModelFolders
from nodegraph.weights.handles import Clip, Model
from nodegraph.weights.header import BrokenFileError
from nodegraph.weights.lora import UnfitLoraError
from nodegraph.weights.open import open_checkpoint
from nodegraph.weights.residency import Residency

Nodes = Mapping[str, Callable[..., Any]]
Tensors = dict[str, Tensor]
SMALL = replace(TINY, mult=(1, 2), attention=(True, False), vae_mult=(1, 2))


@pytest.fixture(scope="module")
def handles(tmp_path_factory: pytest.TempPathFactory) -> tuple[Model, Clip]:
    model, clip, _ = open_checkpoint(write(tmp_path_factory.mktemp("models") / "small.safetensors", SMALL))
    return model, clip


@pytest.fixture(scope="module")
def weights() -> Residency:
    return Residency(device="cpu", precision="fp32")


@pytest.fixture
def ctx(ctx: Context, weights: Residency) -> Context:
    """With networks that are loaded once for all tests of this file."""
    return replace(ctx, weights=weights)


def lora_file(ctx: Context, tensors: Tensors, name: str = "x.safetensors") -> str:
    assert isinstance(ctx.models, ModelFolders)
    write_lora(ctx.models.paths("loras")[0] / name, tensors)
    return name


def loaded(ctx: Context, model: Model, clip: Clip, layer: str) -> Tensor:
    network = ctx.clip(clip).network if layer == TEXT else ctx.diffusion(model).network
    return network.get_parameter(f"{layer}.weight")


@pytest.mark.parametrize("name", CASES)
def test_weights_are_those_of_a_merge_by_hand(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], name: str, caplog: pytest.LogCaptureFixture
) -> None:
    case, (model, clip) = CASES[name], handles
    changed = nodes["LoraLoader"](
        ctx, model=model, clip=clip, lora_name=lora_file(ctx, case.tensors), strength_model=0.75, strength_clip=0.75
    )
    before = loaded(ctx, model, clip, case.layer)
    expected = before + 0.75 * case.difference(before)
    torch.testing.assert_close(
        loaded(ctx, changed.model, changed.clip, case.layer).data, expected, rtol=1e-5, atol=1e-6
    )
    assert not torch.equal(expected, before)
    assert caplog.records == []


def test_only_what_is_changed_takes_memory(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    before = ctx.diffusion(model).network
    changed = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=lora_file(ctx, small_lora()), strength_model=1.0)
    after = dict(ctx.diffusion(changed).network.named_parameters())
    own = [name for name, weight in before.named_parameters() if after[name] is not weight]
    assert own == [f"{ATTENTION}.weight"]
    assert not after[own[0]].requires_grad


def test_a_bias_is_changed(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    added = values("bias", 64)
    name = lora_file(ctx, {f"{kohya(CONVOLUTION)}.diff_b": added})
    changed = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=name, strength_model=-2.0)
    before = ctx.diffusion(model).network.get_parameter(f"{CONVOLUTION}.bias")
    after = ctx.diffusion(changed).network.get_parameter(f"{CONVOLUTION}.bias")
    torch.testing.assert_close(after.data, before - 2.0 * added)


def test_strengths_of_model_and_clip_are_apart(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, clip = handles
    name = lora_file(ctx, small_lora())
    for strength_model, strength_clip in ((0.5, 0.0), (0.0, -1.5)):
        changed = nodes["LoraLoader"](
            ctx, model=model, clip=clip, lora_name=name, strength_model=strength_model, strength_clip=strength_clip
        )
        for layer, strength in ((ATTENTION, strength_model), (TEXT, strength_clip)):
            before = loaded(ctx, model, clip, layer)
            added = product(*(small_lora()[f"{kohya(layer)}.lora_{side}.weight"] for side in ("up", "down"))) * 0.5
            torch.testing.assert_close(loaded(ctx, changed.model, changed.clip, layer).data, before + strength * added)


def test_without_strength_the_inputs_pass_and_no_file_is_needed(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]
) -> None:
    model, clip = handles
    nothing = {"lora_name": "absent.safetensors", "strength_model": 0.0}
    assert tuple(nodes["LoraLoader"](ctx, model=model, clip=clip, strength_clip=0.0, **nothing)) == (model, clip)
    assert nodes["LoraLoaderModelOnly"](ctx, model=model, **nothing) is model


def test_a_lora_and_its_negative_are_nothing(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    name, load = lora_file(ctx, small_lora()), nodes["LoraLoaderModelOnly"]
    there = load(ctx, model=model, lora_name=name, strength_model=0.7)
    back = load(ctx, model=there, lora_name=name, strength_model=-0.7)
    assert ctx.diffusion(back).network is ctx.diffusion(model).network


def test_the_order_of_a_chain_is_not_to_be_seen(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, clip = handles
    load, names = nodes["LoraLoaderModelOnly"], []
    for name in ("one", "two", "three"):
        names.append(lora_file(ctx, small_lora(name), f"{name}.safetensors"))
    found = []
    for order in (names, names[::-1]):
        chained = model
        for name in order:
            chained = load(ctx, model=chained, lora_name=name, strength_model=0.9)
        found.append(loaded(ctx, chained, clip, ATTENTION))
    assert torch.equal(*found)
    expected = loaded(ctx, model, clip, ATTENTION).double()
    for name in ("one", "two", "three"):
        tensors = small_lora(name)
        up, down = (tensors[f"{kohya(ATTENTION)}.lora_{side}.weight"].double() for side in ("up", "down"))
        expected = expected + 0.9 * 0.5 * (up @ down)
    torch.testing.assert_close(found[0].double(), expected, rtol=1e-6, atol=1e-6)


def test_a_chain_in_half_precision_is_rounded_once(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    """Each of these additions alone would be lost in the rounding of bfloat16."""
    model, clip = handles
    ctx = replace(ctx, weights=Residency(device="cpu", precision="bf16"))
    step = torch.full((32, 32), 2.0**-12)
    chained = model
    for index in range(8):
        name = lora_file(ctx, {f"{kohya(ATTENTION)}.diff": step}, f"{index}.safetensors")
        chained = nodes["LoraLoaderModelOnly"](ctx, model=chained, lora_name=name, strength_model=1.0)
    before = loaded(ctx, model, clip, ATTENTION)
    assert before.dtype == torch.bfloat16
    assert torch.equal(loaded(ctx, chained, clip, ATTENTION), (before.float() + 8 * 2.0**-12).bfloat16())


def test_another_strength_reads_no_file(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, clip = handles
    name, load = lora_file(ctx, small_lora()), nodes["LoraLoaderModelOnly"]
    first = load(ctx, model=model, lora_name=name, strength_model=1.0)
    weak = loaded(ctx, first, clip, ATTENTION)
    network = ctx.diffusion(first).network
    monkeypatch.setattr("nodegraph.weights.load.safe_open", None)
    assert ctx.diffusion(load(ctx, model=model, lora_name=name, strength_model=1.0)).network is network
    second = load(ctx, model=model, lora_name=name, strength_model=2.0)
    before = loaded(ctx, model, clip, ATTENTION)
    torch.testing.assert_close(loaded(ctx, second, clip, ATTENTION) - before, 2 * (weak - before))


def test_a_lora_may_be_written_anew_while_it_is_in_use(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, clip = handles
    name = lora_file(ctx, small_lora())
    weak = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=name, strength_model=1.0)
    strong = nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=name, strength_model=2.0)
    before, after = loaded(ctx, model, clip, ATTENTION), loaded(ctx, weak, clip, ATTENTION)
    assert isinstance(ctx.models, ModelFolders)
    ctx.models.find("loras", name).write_bytes(b"")
    torch.testing.assert_close(loaded(ctx, strong, clip, ATTENTION) - before, 2 * (after - before))


def test_unknown_tensors_are_passed_over_with_a_warning(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], caplog: pytest.LogCaptureFixture
) -> None:
    model, _ = handles
    stray = {"lora_unet_down_blocks_9_attentions_0_proj_in.lora_up.weight": torch.ones(1), "epoch": torch.ones(1)}
    name = lora_file(ctx, {**small_lora(), **stray})
    with caplog.at_level(logging.WARNING):
        nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=name, strength_model=1.0)
    assert "2 tensors" in caplog.text
    assert "epoch" in caplog.text
    assert "down_blocks_9" in caplog.text


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        ({"lora_unet_double_blocks_0_img_attn_proj.lora_up.weight": torch.ones(4, 4)}, "changes nothing in .*down_blo"),
        ({f"{kohya(ATTENTION)}.lora_up.weight": torch.ones(32, 4)}, "not whole: .*lacks the tensor 'down'"),
        (
            {
                f"{kohya(ATTENTION)}.lora_up.weight": torch.ones(320, 4),
                f"{kohya(ATTENTION)}.lora_down.weight": torch.ones(4, 320),
            },
            r"another kind of model .*lora_up.weight \[320, 4\].* of shape \[32, 32\]",
        ),
        ({"decoder.conv_in.weight": torch.ones(1)}, "not a LoRA: it looks like an autoencoder"),
        (
            {**small_lora(), f"{kohya(ATTENTION)}.dora_scale": torch.ones(1, 1, 32)},
            r"dora_scale \[1, 1, 32\].* of shape \[32, 32\]",
        ),
        (
            {
                f"{kohya(POINT)}.lora_up.weight": torch.ones(64, 4, 1, 1),
                f"{kohya(POINT)}.lora_down.weight": torch.ones(4, 64, 1, 1),
                f"{kohya(POINT)}.dora_scale": torch.ones(64, 1, 3, 3),
            },
            r"dora_scale \[64, 1, 3, 3\].* of shape \[64, 64, 1, 1\]",
        ),
    ],
    ids=["another family", "half of it", "another size", "no LoRA", "DoRA of more axes", "DoRA of a larger kernel"],
)
def test_a_file_that_does_not_fit_is_refused_at_the_node(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip], tensors: Tensors, message: str
) -> None:
    model, clip = handles
    name = lora_file(ctx, tensors)
    with pytest.raises(UnfitLoraError, match=message):
        nodes["LoraLoader"](ctx, model=model, clip=clip, lora_name=name, strength_model=1.0, strength_clip=1.0)


def test_a_missing_or_damaged_file_is_said_as_other_loaders_say_it(
    nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]
) -> None:
    model, _ = handles
    with pytest.raises(MissingFileError, match=r"nodegraph models add URL_OR_PATH --kind loras"):
        nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name="absent.safetensors", strength_model=1.0)
    assert isinstance(ctx.models, ModelFolders)
    path = ctx.models.paths("loras")[0] / "cut.safetensors"
    path.parent.mkdir(parents=True)
    save_file(small_lora(), path)
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(BrokenFileError, match="truncated"):
        nodes["LoraLoaderModelOnly"](ctx, model=model, lora_name=path.name, strength_model=1.0)


def test_handles_of_one_chain_are_equal(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, _ = handles
    name, load = lora_file(ctx, small_lora()), nodes["LoraLoaderModelOnly"]
    once, again = (load(ctx, model=model, lora_name=name, strength_model=0.5) for _ in range(2))
    assert once == again
    assert hash(once) == hash(again)
    assert once != load(ctx, model=model, lora_name=name, strength_model=0.6) != model
    lora_file(ctx, small_lora("another"))
    assert load(ctx, model=model, lora_name=name, strength_model=0.5) != once


def test_bypass_is_the_same(nodes: Nodes, ctx: Context, handles: tuple[Model, Clip]) -> None:
    model, clip = handles
    said = {"model": model, "lora_name": lora_file(ctx, small_lora()), "strength_model": 0.5}
    assert nodes["LoraLoaderBypass"](ctx, clip=clip, strength_clip=1.0, **said) == nodes["LoraLoader"](
        ctx, clip=clip, strength_clip=1.0, **said
    )
    assert nodes["LoraLoaderBypassModelOnly"](ctx, **said) == nodes["LoraLoaderModelOnly"](ctx, **said)
