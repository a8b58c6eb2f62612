"""LoRAs and hooks in whole graphs: what is computed again and what is not."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.tiny_checkpoint import TINY, write
from support.tiny_lora import small_lora, write_lora

from nodegraph.execution.events import Event, NodeStarted, Outcome
from nodegraph.settings import Settings
from nodegraph.worker.gate import JobGate, Turnstile
from nodegraph.worker.protocol import Submit
from nodegraph.worker.runtime import Runtime

Graph = dict[str, dict[str, Any]]
SMALL = replace(TINY, mult=(1, 2), attention=(True, False), vae_mult=(1, 2))


def node(class_type: str, **inputs: Any) -> dict[str, Any]:
    return {"class_type": class_type, "inputs": inputs}


def sampled(nodes: Graph, *, model: list[Any], clip: list[Any]) -> Graph:
    return {
        "load": node("CheckpointLoaderSimple", ckpt_name="small.safetensors"),
        **nodes,
        "text": node("CLIPTextEncode", text="a cat", clip=clip),
        "latent": node("EmptyLatentImage", width=64, height=64, batch_size=1),
        "sample": node(
            "KSampler",
            model=model,
            positive=["text", 0],
            negative=["text", 0],
            latent_image=["latent", 0],
            seed=1,
            steps=2,
            cfg=2.0,
            sampler_name="euler",
            scheduler="normal",
            denoise=1.0,
        ),
        "save": node("SaveLatent", samples=["sample", 0], filename_prefix="x"),
    }


def with_lora(strength: float) -> Graph:
    loader = node(
        "LoraLoader",
        model=["load", 0],
        clip=["load", 1],
        lora_name="one.safetensors",
        strength_model=strength,
        strength_clip=1.0,
    )
    return sampled({"lora": loader}, model=["lora", 0], clip=["lora", 1])


def with_hooks(start: float) -> Graph:
    nodes = {
        "hook": node("CreateHookLora", lora_name="one.safetensors", strength_model=1.0, strength_clip=1.0),
        "frame": node("CreateHookKeyframe", strength_mult=0.5, start_percent=start),
        "set": node("SetHookKeyframes", hooks=["hook", 0], hook_kf=["frame", 0]),
        "clip": node("SetClipHooks", clip=["load", 1], apply_to_conds=True, schedule_clip=True, hooks=["set", 0]),
    }
    return sampled(nodes, model=["load", 0], clip=["clip", 0])


@pytest.fixture
def models(tmp_path: Path) -> Path:
    write(tmp_path / "models" / "checkpoints" / "small.safetensors", SMALL)
    write_lora(tmp_path / "models" / "loras" / "one.safetensors", small_lora())
    return tmp_path / "models"


@pytest.fixture
def runtime(models: Path) -> Runtime:
    return Runtime(Settings.under(models.parent, device="cpu", precision="fp32", preview_method="none"))


def started(runtime: Runtime, graph: Graph) -> set[str]:
    """The nodes that ran."""
    events: list[Event] = []
    finished = runtime.run(Submit("job", graph, ["save"]), events.append, JobGate(Turnstile()))
    assert finished.outcome is Outcome.DONE, finished.failure
    return {event.node for event in events if isinstance(event, NodeStarted)}


def test_a_chain_that_was_there_is_not_computed_again(runtime: Runtime, models: Path) -> None:
    behind = {"lora", "text", "sample", "save"}
    assert behind < started(runtime, with_lora(0.5))
    assert started(runtime, with_lora(0.5)) <= {"save"}
    assert started(runtime, with_lora(0.7)) == behind
    assert started(runtime, with_lora(0.5)) <= {"save"}
    write_lora(models / "loras" / "one.safetensors", small_lora("another", rank=8))
    assert started(runtime, with_lora(0.5)) == behind


def test_hooks_are_cached_as_what_they_are(runtime: Runtime, models: Path) -> None:
    behind = {"set", "clip", "text", "sample", "save"}
    assert behind < started(runtime, with_hooks(0.5))
    assert started(runtime, with_hooks(0.5)) <= {"save"}
    assert started(runtime, with_hooks(0.25)) == {"frame", *behind}
    write_lora(models / "loras" / "one.safetensors", small_lora("another", rank=8))
    assert started(runtime, with_hooks(0.25)) == {"hook", *behind}
