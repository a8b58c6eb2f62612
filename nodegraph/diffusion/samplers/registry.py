"""The samplers by name, in the order in which the field lists them."""

from collections.abc import Mapping
from types import MappingProxyType

from nodegraph.diffusion.noise import brownian_noise
from nodegraph.diffusion.samplers.ddim import ddim
from nodegraph.diffusion.samplers.ddpm import ddpm
from nodegraph.diffusion.samplers.dpmpp_2m import dpmpp_2m
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.euler import euler
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral
from nodegraph.diffusion.samplers.heun import heun
from nodegraph.diffusion.samplers.lcm import lcm
from nodegraph.diffusion.samplers.lms import lms
from nodegraph.diffusion.samplers.step import Sampler
from nodegraph.diffusion.samplers.uni_pc import uni_pc
from nodegraph.errors import UserError


class UnknownSamplerError(UserError):
    """A sampler name that is not in the list."""


SAMPLERS: Mapping[str, Sampler] = MappingProxyType(
    {
        sampler.name: sampler
        for sampler in (
            Sampler("euler", euler),
            Sampler("euler_ancestral", euler_ancestral),
            Sampler("heun", heun),
            Sampler("lms", lms),
            Sampler("dpmpp_sde", dpmpp_sde, noise_source=brownian_noise),
            Sampler("dpmpp_2m", dpmpp_2m),
            Sampler("dpmpp_2m_sde", dpmpp_2m_sde, noise_source=brownian_noise),
            Sampler("ddpm", ddpm),
            Sampler("lcm", lcm),
            Sampler("ddim", ddim, fresh_mask_noise=True),
            Sampler("uni_pc", uni_pc, discard_penultimate=True),
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
