"""The custom sampling nodes that need no weights: what they make, and that it is what the named sampler is."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch

from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.noise import NoNoise, generator
from nodegraph.diffusion.sample import SAMPLERS
from nodegraph.diffusion.samplers.sampler import Sampler
from nodegraph.errors import UserError

Nodes = Mapping[str, Callable[..., Any]]
SIGMAS = torch.tensor([10.0, 5.0, 2.0, 1.0, 0.3, 0.0])
DEFAULTS: list[tuple[str, dict[str, Any], str]] = [
    ("SamplerEulerAncestral", {}, "euler_ancestral"),
    ("SamplerEulerAncestral", {"eta": 0.0}, "euler"),
    ("SamplerEulerAncestral", {"s_noise": 0.0, "eta": 0.0}, "ddim"),
    ("SamplerEulerAncestralCFGPP", {}, "euler_ancestral_cfg_pp"),
    ("SamplerEulerAncestralCFGPP", {"eta": 0.0}, "euler_cfg_pp"),
    ("SamplerEulerCFGpp", {"version": "regular"}, "euler_cfg_pp"),
    ("SamplerLCM", {}, "lcm"),
    ("SamplerLCMUpscale", {"upscale_method": "bislerp"}, "lcm"),
    ("SamplerDPMPP_2S_Ancestral", {}, "dpmpp_2s_ancestral"),
    ("SamplerDPMPP_SDE", {"noise_device": "cpu"}, "dpmpp_sde"),
    ("SamplerDPMPP_2M_SDE", {"solver_type": "midpoint", "noise_device": "cpu"}, "dpmpp_2m_sde"),
    ("SamplerDPMPP_2M_SDE", {"solver_type": "heun", "noise_device": "gpu"}, "dpmpp_2m_sde_heun"),
    ("SamplerDPMPP_2M_SDE", {"solver_type": "midpoint", "eta": 0.0, "noise_device": "cpu"}, "dpmpp_2m"),
    ("SamplerDPMPP_3M_SDE", {"noise_device": "cpu"}, "dpmpp_3m_sde"),
    ("SamplerDPMAdaptative", {}, "dpm_adaptive"),
    ("SamplerLMS", {}, "lms"),
    ("SamplerLMS", {"order": 1}, "euler"),
    ("SamplerER_SDE", {"solver_type": "ER-SDE"}, "er_sde"),
    ("SamplerSASolver", {"use_pece": False, "simple_order_2": False}, "sa_solver"),
    ("SamplerSASolver", {"use_pece": True, "simple_order_2": False}, "sa_solver_pece"),
    ("SamplerSEEDS2", {"solver_type": "phi_1"}, "seeds_2"),
    ("SamplerSEEDS2", {"solver_type": "phi_2", "eta": 0.0, "r": 1.0}, "exp_heun_2_x0"),
    ("SamplerSEEDS2", {"solver_type": "phi_2", "r": 1.0}, "exp_heun_2_x0_sde"),
]


def posterior_mean(x: torch.Tensor, sigma: float) -> torch.Tensor:
    """The exact prediction for pictures that are N(0, 1) in every cell."""
    return x / (1 + sigma**2)


GAUSSIAN = Denoiser(posterior_mean, lambda x, sigma: (posterior_mean(x, sigma),) * 2, ModelSampling())


def picture(sampler: Sampler, seed: int = 3) -> torch.Tensor:
    x = 10 * torch.randn(1, 4, 3, 3, generator=generator(0), dtype=torch.float64)
    return list(sampler.run(GAUSSIAN, x, SIGMAS.tolist(), seed))[-1].x


@pytest.mark.parametrize(("class_id", "inputs", "name"), DEFAULTS)
def test_a_sampler_node_makes_the_named_sampler(
    nodes: Nodes, ctx: Any, class_id: str, inputs: dict[str, Any], name: str
) -> None:
    extra = {"ctx": ctx, "model": None} if class_id == "SamplerSASolver" else {}
    torch.testing.assert_close(picture(nodes[class_id](**extra, **inputs)), picture(SAMPLERS[name]))


def test_without_noise_er_sde_is_the_same_by_either_name(nodes: Nodes) -> None:
    ode, reverse = (nodes["SamplerER_SDE"](solver_type=kind, eta=0.0) for kind in ("ODE", "Reverse-time SDE"))
    assert torch.equal(picture(ode), picture(reverse))
    assert torch.equal(picture(ode, 1), picture(ode, 2))
    assert not torch.equal(picture(nodes["SamplerER_SDE"](solver_type="Reverse-time SDE"), 1), picture(ode, 1))


def test_less_noise_is_asked_for(nodes: Nodes) -> None:
    full, none = (nodes["SamplerEulerAncestral"](s_noise=scale) for scale in (1.0, 0.0))
    assert not torch.equal(picture(full, 1), picture(full, 2))
    assert torch.equal(picture(none, 1), picture(none, 2))


def test_noise_of_lcm_fades_and_is_cut_off(nodes: Nodes) -> None:
    x = torch.zeros(1, 4, 3, 3)
    levels = [10.0, 5.0, 2.0, 1.0, 0.0]

    def added(**inputs: float) -> list[float]:
        walk = nodes["SamplerLCM"](**inputs).run(GAUSSIAN, x, levels, 3)
        return [float((step.x - step.denoised).abs().max()) / step.sigma for step in walk if step.sigma > 0]

    plain = added()
    assert max(plain) > 2
    assert added(s_noise=2.0, s_noise_end=0.5) == pytest.approx([plain[0] * 2, plain[1] * 1.25, plain[2] * 0.5])
    assert added(noise_clip_std=0.5) == pytest.approx([0.5] * 3)


def test_the_alternative_of_euler_cfg_pp_ends_past_the_guided_picture(nodes: Nodes) -> None:
    guided = Denoiser(lambda x, sigma: x * 0 + 3.0, lambda x, sigma: (x * 0 + 3.0, x * 0 + 1.0), ModelSampling())
    walk = nodes["SamplerEulerCFGpp"](version="alternative").run(guided, torch.ones(1, 4, 3, 3), [10.0, 0.0], 3)
    torch.testing.assert_close(list(walk)[-1].x, torch.full((1, 4, 3, 3), 5.0))


def test_schedules_are_split(nodes: Nodes) -> None:
    high, low = nodes["SplitSigmas"](sigmas=SIGMAS, step=2)
    assert high.tolist() == SIGMAS[:3].tolist()
    assert low.tolist() == SIGMAS[2:].tolist()
    high, low = nodes["SplitSigmasDenoise"](sigmas=SIGMAS, denoise=0.4)
    assert high.tolist() == SIGMAS[:4].tolist()
    assert low.tolist() == SIGMAS[3:].tolist()
    high, low = nodes["SplitSigmasDenoise"](sigmas=torch.empty(0), denoise=0.4)
    assert len(high) == len(low) == 0


def test_a_first_level_is_set_on_a_copy(nodes: Nodes) -> None:
    assert nodes["SetFirstSigma"](sigmas=SIGMAS, sigma=136.0).tolist() == [136.0, *SIGMAS[1:].tolist()]
    assert SIGMAS[0] == 10
    assert len(nodes["SetFirstSigma"](sigmas=torch.empty(0), sigma=136.0)) == 0


@pytest.mark.parametrize(
    ("text", "levels"), [("1, 0.5", [1.0, 0.5]), ("14.6; 3e-1 [.25]", [14.6, 0.3, 0.25]), ("7", [7.0])]
)
def test_levels_are_read_from_text(nodes: Nodes, text: str, levels: list[float]) -> None:
    assert nodes["ManualSigmas"](sigmas=text).tolist() == pytest.approx(levels)


def test_text_without_levels_is_refused(nodes: Nodes) -> None:
    with pytest.raises(UserError, match="none at all"):
        nodes["ManualSigmas"](sigmas="none at all")


def test_disabled_noise_is_none(nodes: Nodes) -> None:
    assert nodes["DisableNoise"]() == NoNoise()
