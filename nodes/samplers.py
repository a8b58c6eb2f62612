"""Samplers with their parameters in the open: each node makes a SAMPLER for the custom sampling nodes."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Literal

from nodegraph.diffusion.noise import NoiseSource, brownian_noise, device_brownian_noise
from nodegraph.diffusion.sample import SAMPLERS, find_sampler
from nodegraph.diffusion.samplers.dpm_adaptive import dpm_adaptive
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral, dpmpp_2s_ancestral_flow
from nodegraph.diffusion.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.er_sde import Levels, er_sde, er_sde_scale
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral, euler_ancestral_flow
from nodegraph.diffusion.samplers.euler_cfg_pp import euler_ancestral_cfg_pp, euler_cfg_pp_alternative
from nodegraph.diffusion.samplers.lms import lms
from nodegraph.diffusion.samplers.sa_solver import sa_solver
from nodegraph.diffusion.samplers.seeds import seeds_2
from nodegraph.errors import UserError
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Options, Range, Tooltip
from nodegraph.packs.types import Model, Sampler

CATEGORY = "sampling/custom_sampling/samplers"

Eta = Annotated[float, Range(0.0, 100.0, step=0.01), Tooltip("How much noise each step replaces; 0 replaces none.")]
NoiseScale = Annotated[float, Range(0.0, 100.0, step=0.01), Tooltip("How strong the noise is that steps add.")]
NoiseDevice = Annotated[
    Literal["gpu", "cpu"], Tooltip("Where noise is drawn: on the CPU a seed gives one picture on every device.")
]
Positive = Range(0.0, 100.0, step=0.01)


class MiddleStageError(UserError):
    """A middle stage that is no stage of its own."""


@node("KSamplerSelect", category=CATEGORY, display_name="KSampler Select")
def k_sampler_select(*, sampler_name: Annotated[str, Options(tuple(SAMPLERS))]) -> Sampler:
    """Choose a sampler by name."""
    return find_sampler(sampler_name)


@node("SamplerEulerAncestral", category=CATEGORY)
def sampler_euler_ancestral(*, eta: Eta = 1.0, s_noise: NoiseScale = 1.0) -> Sampler:
    """Euler steps that go down too far and add noise back."""
    return replace(
        SAMPLERS["euler_ancestral"],
        walk=partial(euler_ancestral, eta=eta),
        flow_walk=partial(euler_ancestral_flow, eta=eta),
        noise_scale=s_noise,
    )


@node("SamplerEulerAncestralCFGPP", category=CATEGORY, display_name="SamplerEulerAncestralCFG++")
def sampler_euler_ancestral_cfg_pp(
    *,
    eta: Annotated[float, Range(0.0, 1.0, step=0.01)] = 1.0,
    s_noise: Annotated[float, Range(0.0, 10.0, step=0.01)] = 1.0,
) -> Sampler:
    """As SamplerEulerAncestral, renoising along what the negative prompt alone predicts."""
    return replace(
        SAMPLERS["euler_ancestral_cfg_pp"], walk=partial(euler_ancestral_cfg_pp, eta=eta), noise_scale=s_noise
    )


@node("SamplerEulerCFGpp", category="_for_testing", display_name="SamplerEulerCFG++")
def sampler_euler_cfg_pp(
    *,
    version: Annotated[
        Literal["regular", "alternative"], Tooltip("What is renoised along; the alternative goes further.")
    ],
) -> Sampler:
    """Euler steps, renoising along what the negative prompt alone predicts. Guidance between 0 and 2 is enough."""
    named = SAMPLERS["euler_cfg_pp"]
    return named if version == "regular" else replace(named, walk=euler_cfg_pp_alternative)


@node("SamplerDPMPP_2S_Ancestral", category=CATEGORY)
def sampler_dpmpp_2s_ancestral(*, eta: Eta = 1.0, s_noise: NoiseScale = 1.0) -> Sampler:
    """DPM-Solver++ of two stages, with noise added back."""
    return replace(
        SAMPLERS["dpmpp_2s_ancestral"],
        walk=partial(dpmpp_2s_ancestral, eta=eta),
        flow_walk=partial(dpmpp_2s_ancestral_flow, eta=eta),
        noise_scale=s_noise,
    )


@node("SamplerDPMPP_SDE", category=CATEGORY)
def sampler_dpmpp_sde(
    *,
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
    r: Annotated[float, Positive, Tooltip("Where the middle stage lies, between 0 and 1.")] = 0.5,
    noise_device: NoiseDevice,
) -> Sampler:
    """DPM-Solver++ of two stages, stochastic."""
    if r <= 0:
        raise MiddleStageError(f"r is {r:g}; the middle stage lies between 0 and 1, and not at 0.")
    return replace(
        SAMPLERS["dpmpp_sde"],
        walk=partial(dpmpp_sde, eta=eta, r=r),
        noise_scale=s_noise,
        noise_source=_tree(noise_device),
    )


@node("SamplerDPMPP_2M_SDE", category=CATEGORY)
def sampler_dpmpp_2m_sde(
    *,
    solver_type: Literal["midpoint", "heun"],
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
    noise_device: NoiseDevice,
) -> Sampler:
    """DPM-Solver++ over the last two predictions, stochastic."""
    walk = partial(dpmpp_2m_sde, eta=eta, correction=solver_type)
    return replace(SAMPLERS["dpmpp_2m_sde"], walk=walk, noise_scale=s_noise, noise_source=_tree(noise_device))


@node("SamplerDPMPP_3M_SDE", category=CATEGORY)
def sampler_dpmpp_3m_sde(*, eta: Eta = 1.0, s_noise: NoiseScale = 1.0, noise_device: NoiseDevice) -> Sampler:
    """DPM-Solver++ over the last three predictions, stochastic."""
    walk = partial(dpmpp_3m_sde, eta=eta)
    return replace(SAMPLERS["dpmpp_3m_sde"], walk=walk, noise_scale=s_noise, noise_source=_tree(noise_device))


@node("SamplerDPMAdaptative", category=CATEGORY)
def sampler_dpm_adaptive(
    *,
    order: Annotated[int, Range(2, 3)] = 3,
    rtol: Annotated[float, Positive, Tooltip("Error a step may make, relative to the latent.")] = 0.05,
    atol: Annotated[float, Positive, Tooltip("Error a step may make in any case.")] = 0.0078,
    h_init: Annotated[float, Positive, Tooltip("First step, in the logarithm of the level.")] = 0.05,
    pcoeff: Annotated[float, Positive] = 0.0,
    icoeff: Annotated[float, Positive] = 1.0,
    dcoeff: Annotated[float, Positive] = 0.0,
    accept_safety: Annotated[float, Positive] = 0.81,
    eta: Eta = 0.0,
    s_noise: NoiseScale = 1.0,
) -> Sampler:
    """DPM-Solver with steps as long as the error allows; of the noise levels only the first and last count."""
    walk = partial(
        dpm_adaptive,
        order=order,
        rtol=rtol,
        atol=atol,
        h_init=h_init,
        pcoeff=pcoeff,
        icoeff=icoeff,
        dcoeff=dcoeff,
        accept_safety=accept_safety,
        eta=eta,
    )
    return replace(SAMPLERS["dpm_adaptive"], walk=walk, noise_scale=s_noise)


@node("SamplerLMS", category=CATEGORY)
def sampler_lms(*, order: Annotated[int, Range(1, 100), Tooltip("How many slopes are remembered.")] = 4) -> Sampler:
    """Linear multistep."""
    return replace(SAMPLERS["lms"], walk=partial(lms, order=order))


@node("SamplerER_SDE", category=CATEGORY)
def sampler_er_sde(
    *,
    solver_type: Literal["ER-SDE", "Reverse-time SDE", "ODE"],
    max_stage: Annotated[int, Range(1, 3), Tooltip("Order of the solver.")] = 3,
    eta: Annotated[Eta, Tooltip("Noise of the reverse-time SDE; 0 is the ODE. ER-SDE has its own.")] = 1.0,
    s_noise: NoiseScale = 1.0,
) -> Sampler:
    """Extended reverse-time SDE: noise after a function of the level."""
    power = 1.0 + (eta if solver_type == "Reverse-time SDE" else 0.0)
    scale = er_sde_scale if solver_type == "ER-SDE" else partial(_power, power)
    walk = partial(er_sde, scale=scale, max_stage=max_stage)
    return replace(
        SAMPLERS["er_sde"], walk=walk, noise_scale=0.0 if solver_type != "ER-SDE" and power == 1.0 else s_noise
    )


@node("SamplerSASolver", category=CATEGORY)
def sampler_sa_solver(
    ctx: Context,
    *,
    model: Model,
    eta: Annotated[float, Range(0.0, 10.0, step=0.01)] = 1.0,
    sde_start_percent: Annotated[float, Range(0.0, 1.0, step=0.001), Tooltip("Noise is added from here …")] = 0.2,
    sde_end_percent: Annotated[float, Range(0.0, 1.0, step=0.001), Tooltip("… to here.")] = 0.8,
    s_noise: NoiseScale = 1.0,
    predictor_order: Annotated[int, Range(1, 6)] = 3,
    corrector_order: Annotated[int, Range(0, 6), Tooltip("0 corrects nothing.")] = 4,
    use_pece: Annotated[bool, Tooltip("Ask the network again after each correction.")],
    simple_order_2: bool,
) -> Sampler:
    """Stochastic Adams: a predictor and a corrector, with noise in the middle of the run."""
    walk = partial(
        sa_solver,
        eta=eta,
        sde_start_percent=sde_start_percent,
        sde_end_percent=sde_end_percent,
        predictor_order=predictor_order,
        corrector_order=corrector_order,
        pece=use_pece,
        simple_order_2=simple_order_2,
    )
    return replace(SAMPLERS["sa_solver"], walk=walk, noise_scale=s_noise)


@node("SamplerSEEDS2", category=CATEGORY)
def sampler_seeds_2(
    *,
    solver_type: Literal["phi_1", "phi_2"],
    eta: Eta = 1.0,
    s_noise: NoiseScale = 1.0,
    r: Annotated[float, Range(0.01, 1.0, step=0.01), Tooltip("Where the middle stage lies.")] = 0.5,
) -> Sampler:
    """SEEDS of two stages; eta 0 with phi_2 and r 1 is exp_heun_2_x0."""
    return replace(SAMPLERS["seeds_2"], walk=partial(seeds_2, eta=eta, r=r, solver=solver_type), noise_scale=s_noise)


def _tree(noise_device: str) -> NoiseSource:
    return brownian_noise if noise_device == "cpu" else device_brownian_noise


def _power(exponent: float, sigma: Levels) -> Levels:
    return sigma**exponent
