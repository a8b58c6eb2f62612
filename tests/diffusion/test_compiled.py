"""A compiled network gives what it gives uncompiled, and is compiled once for everything of one size."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from nodegraph.diffusion.compiled import CompiledNetwork, CompileError, TorchCompile, compiled
from nodegraph.diffusion.gate import open_gate
from nodegraph.diffusion.hooks import HookChain
from nodegraph.diffusion.latents import SD15
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.patches.free_u import FreeU
from nodegraph.diffusion.sample import SAMPLERS, ksampler
from nodegraph.diffusion.unet import UNet, UNetConfig

WIDTH = 8


class Counting:
    """A backend that runs what it is given as it is, and counts."""

    def __init__(self) -> None:
        self.graphs = 0

    def __call__(self, graph: torch.fx.GraphModule, inputs: Any) -> Callable[..., Any]:
        self.graphs += 1
        return graph.forward


def small_unet() -> UNet:
    torch.manual_seed(0)
    config = UNetConfig(
        model_channels=8,
        channel_mult=(1,),
        res_blocks=(1,),
        transformer_depth=(1,),
        context_width=WIDTH,
        heads=2,
        groups=4,
    )
    return UNet(config).requires_grad_(False).eval()


def picture(network: Any, *, seed: int, text: float, steps: int, sampler: str, options: tuple[Any, ...] = ()) -> Tensor:
    model = DiffusionModel(network, ModelSampling(), SD15, torch.device("cpu"), torch.float32, options)
    going = ksampler(
        model,
        gate=open_gate,
        latent={"samples": torch.zeros(1, 4, 4, 4)},
        positive=[(torch.full((1, 77, WIDTH), text), {})],
        negative=[(torch.zeros(1, 77, WIDTH), {})],
        cfg=3.0,
        sampler_name=sampler,
        scheduler="karras",
        steps=steps,
        seed=seed,
    )
    *_, last = going.steps
    samples: Tensor = going.finish(last)["samples"]
    return samples


def test_no_option_no_change() -> None:
    network = small_unet()
    assert compiled(network, ["another option"]) is network


@pytest.mark.slow  # torch takes seconds to import its compiler, and seconds to trace a network
def test_seeds_prompts_steps_samplers_and_weights_share_one_compilation() -> None:
    network, other, backend = small_unet(), small_unet(), Counting()
    given: dict[str, Any]
    with torch.inference_mode():  # as in a worker
        for index, sampler in enumerate(SAMPLERS):
            # The option is applied anew for each run, as a handle's is.
            fast = compiled(network, [TorchCompile(backend)])
            given = {"seed": index, "text": 0.1 * index, "steps": 2 + index % 3, "sampler": sampler}
            found = picture(fast, **given)
            assert backend.graphs == 1, sampler
            if index % 8 == 0:
                torch.testing.assert_close(found, picture(network, **given))
    # Weights that have moved, and a network with others, as a LoRA makes it.
    last = network.out[2]
    last.weight = nn.Parameter(last.weight * 2.0, requires_grad=False)
    other.out[2].bias += 1.0
    with torch.inference_mode():
        for changed in (network, other):
            given = {"seed": 1, "text": 0.5, "steps": 2, "sampler": "euler"}
            found = picture(compiled(changed, [TorchCompile(backend)]), **given)
            torch.testing.assert_close(found, picture(changed, **given))
    assert backend.graphs == 1


def test_patches_inside_the_network_hold_without_it() -> None:
    network, backend = small_unet(), Counting()
    fast = compiled(network, [TorchCompile(backend)])
    given: dict[str, Any] = {"seed": 1, "text": 0.5, "steps": 2, "sampler": "euler"}
    given["options"] = (FreeU(1.3, 1.4, 0.9, 0.2, structured=True),)
    torch.testing.assert_close(picture(fast, **given), picture(network, **given))
    assert backend.graphs == 0


def call(network: CompiledNetwork, **hooks: HookChain) -> Tensor:
    return network(torch.zeros(1, 4, 8, 8), torch.zeros(1), torch.zeros(1, 3, WIDTH), **hooks)


def broken(graph: torch.fx.GraphModule, inputs: Any) -> Callable[..., Any]:
    raise RuntimeError("No working C++ compiler found")


def without_memory(graph: torch.fx.GraphModule, inputs: Any) -> Callable[..., Any]:
    raise torch.OutOfMemoryError("none left")


def test_a_backend_that_fails_is_named_with_what_to_do() -> None:
    class Doubling(nn.Module):
        def forward(self, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
            return x * 2

    with pytest.raises(CompileError, match=r"(?s)backend broken: .*TorchCompileModel out"):
        call(compiled(Doubling(), [TorchCompile(broken)]))
    with pytest.raises(torch.OutOfMemoryError):
        call(compiled(Doubling(), [TorchCompile(without_memory)]))


def test_errors_of_the_network_itself_are_left_as_they_are() -> None:
    class Failing(nn.Module):
        def forward(self, x: Tensor, timesteps: Tensor, context: Tensor) -> Tensor:
            raise RuntimeError("of its own")

    with pytest.raises(RuntimeError, match="of its own"):
        call(compiled(Failing(), [TorchCompile(Counting())]))


def test_what_a_backend_returns_may_be_overwritten_by_its_next_call() -> None:
    memory = torch.zeros(1, 4, 8, 8)

    def counting(*inputs: Tensor) -> Tensor:  # as a CUDA graph, into the same memory at each call
        return memory.add_(1.0)

    network = CompiledNetwork(nn.Identity(), counting, "cudagraphs")
    first, second = call(network), call(network)
    assert (float(first.max()), float(second.min())) == (1.0, 2.0)
