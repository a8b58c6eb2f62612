"""The samplers by name, in the order in which the field lists them."""

from collections.abc import Mapping
from functools import partial
from types import MappingProxyType

from nodegraph.diffusion.noise import brownian_noise, device_brownian_noise
from nodegraph.diffusion.samplers.ddim import ddim
from nodegraph.diffusion.samplers.ddpm import ddpm
from nodegraph.diffusion.samplers.deis import deis
from nodegraph.diffusion.samplers.dpm_2 import dpm_2, dpm_2_ancestral, dpm_2_ancestral_flow
from nodegraph.diffusion.samplers.dpm_adaptive import dpm_adaptive
from nodegraph.diffusion.samplers.dpm_fast import dpm_fast
from nodegraph.diffusion.samplers.dpmpp_2m import dpmpp_2m, dpmpp_2m_cfg_pp
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_2s_ancestral import (
    dpmpp_2s_ancestral,
    dpmpp_2s_ancestral_cfg_pp,
    dpmpp_2s_ancestral_flow,
)
from nodegraph.diffusion.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.er_sde import er_sde
from nodegraph.diffusion.samplers.euler import euler
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral, euler_ancestral_flow
from nodegraph.diffusion.samplers.euler_cfg_pp import euler_ancestral_cfg_pp, euler_cfg_pp
from nodegraph.diffusion.samplers.gradient_estimation import gradient_estimation
from nodegraph.diffusion.samplers.heun import heun
from nodegraph.diffusion.samplers.heunpp2 import heunpp2
from nodegraph.diffusion.samplers.ipndm import ipndm, ipndm_v
from nodegraph.diffusion.samplers.lcm import lcm
from nodegraph.diffusion.samplers.lms import lms
from nodegraph.diffusion.samplers.res_multistep import res_multistep
from nodegraph.diffusion.samplers.sa_solver import sa_solver
from nodegraph.diffusion.samplers.sampler import Sampler
from nodegraph.diffusion.samplers.seeds import seeds_2, seeds_3
from nodegraph.diffusion.samplers.uni_pc import uni_pc
from nodegraph.errors import UserError

MIDPOINT = partial(dpmpp_2m_sde, correction="midpoint")
HEUN = partial(dpmpp_2m_sde, correction="heun")


class UnknownSamplerError(UserError):
    """A sampler name that is not in the list."""


SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        sampler.name: sampler
        for sampler in (
            Sampler("euler", euler, rises=True),
            Sampler("euler_cfg_pp", euler_cfg_pp, rises=True),
            Sampler("euler_ancestral", euler_ancestral, flow_walk=euler_ancestral_flow),
            Sampler("euler_ancestral_cfg_pp", euler_ancestral_cfg_pp),
            Sampler("heun", heun, rises=True),
            Sampler("heunpp2", heunpp2),
            Sampler("exp_heun_2_x0", partial(seeds_2, eta=0.0, r=1.0, solver="phi_2"), log_snr=True, rises=True),
            Sampler("exp_heun_2_x0_sde", partial(seeds_2, eta=1.0, r=1.0, solver="phi_2"), log_snr=True),
            Sampler("dpm_2", dpm_2, discard_penultimate=True, rises=True),
            Sampler("dpm_2_ancestral", dpm_2_ancestral, discard_penultimate=True, flow_walk=dpm_2_ancestral_flow),
            Sampler("lms", lms, rises=True),
            Sampler("dpm_fast", dpm_fast),
            Sampler("dpm_adaptive", dpm_adaptive),
            Sampler("dpmpp_2s_ancestral", dpmpp_2s_ancestral, flow_walk=dpmpp_2s_ancestral_flow),
            Sampler("dpmpp_2s_ancestral_cfg_pp", dpmpp_2s_ancestral_cfg_pp),
            Sampler("dpmpp_sde", dpmpp_sde, brownian_noise, log_snr=True),
            Sampler("dpmpp_sde_gpu", dpmpp_sde, device_brownian_noise, log_snr=True),
            Sampler("dpmpp_2m", dpmpp_2m, rises=True),
            Sampler("dpmpp_2m_cfg_pp", dpmpp_2m_cfg_pp, rises=True),
            Sampler("dpmpp_2m_sde", MIDPOINT, brownian_noise, log_snr=True),
            Sampler("dpmpp_2m_sde_gpu", MIDPOINT, device_brownian_noise, log_snr=True),
            Sampler("dpmpp_2m_sde_heun", HEUN, brownian_noise, log_snr=True),
            Sampler("dpmpp_2m_sde_heun_gpu", HEUN, device_brownian_noise, log_snr=True),
            Sampler("dpmpp_3m_sde", dpmpp_3m_sde, brownian_noise, log_snr=True),
            Sampler("dpmpp_3m_sde_gpu", dpmpp_3m_sde, device_brownian_noise, log_snr=True),
            Sampler("ddpm", ddpm),
            Sampler("lcm", lcm),
            Sampler("ipndm", ipndm, rises=True),
            Sampler("ipndm_v", ipndm_v, rises=True),
            Sampler("deis", deis, rises=True),
            Sampler("res_multistep", res_multistep, rises=True),
            Sampler("res_multistep_cfg_pp", partial(res_multistep, cfg_pp=True), rises=True),
            Sampler("res_multistep_ancestral", partial(res_multistep, eta=1.0)),
            Sampler("res_multistep_ancestral_cfg_pp", partial(res_multistep, eta=1.0, cfg_pp=True)),
            Sampler("gradient_estimation", gradient_estimation, rises=True),
            Sampler("gradient_estimation_cfg_pp", partial(gradient_estimation, cfg_pp=True), rises=True),
            Sampler("er_sde", er_sde, log_snr=True),
            Sampler("seeds_2", seeds_2, log_snr=True),
            Sampler("seeds_3", seeds_3, log_snr=True),
            Sampler("sa_solver", sa_solver, log_snr=True),
            Sampler("sa_solver_pece", partial(sa_solver, pece=True), log_snr=True),
            Sampler("ddim", ddim, fresh_mask_noise=True, rises=True),
            Sampler("uni_pc", uni_pc, discard_penultimate=True, rises=True),
            Sampler("uni_pc_bh2", partial(uni_pc, variant="bh2"), discard_penultimate=True, rises=True),
        )
    }
)


def find_sampler(name: str) -> Sampler:
    """The sampler of that name.

    Raises:
        UnknownSamplerError: there is none.
    """
    if name not in SAMPLERS:
        raise UnknownSamplerError(f"There is no sampler {name!r}. There are: {', '.join(SAMPLERS)}.")
    return SAMPLERS[name]
