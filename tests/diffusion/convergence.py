"""How far each sampler ends from the exact solution, where it is known: the table of docs/sampling.md.

``python tests/diffusion/convergence.py`` prints the table's rows.
"""

import math
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

import torch
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parent))

from gaussian_pictures import denoiser, exact, levels, posterior_mean, silent

from nodegraph.diffusion.samplers.dpm_2 import dpm_2_ancestral
from nodegraph.diffusion.samplers.dpm_adaptive import dpm_adaptive
from nodegraph.diffusion.samplers.dpmpp_2m_sde import dpmpp_2m_sde
from nodegraph.diffusion.samplers.dpmpp_2s_ancestral import dpmpp_2s_ancestral, dpmpp_2s_ancestral_cfg_pp
from nodegraph.diffusion.samplers.dpmpp_3m_sde import dpmpp_3m_sde
from nodegraph.diffusion.samplers.dpmpp_sde import dpmpp_sde
from nodegraph.diffusion.samplers.er_sde import er_sde
from nodegraph.diffusion.samplers.euler_ancestral import euler_ancestral
from nodegraph.diffusion.samplers.euler_cfg_pp import euler_ancestral_cfg_pp
from nodegraph.diffusion.samplers.registry import SAMPLERS
from nodegraph.diffusion.samplers.res_multistep import res_multistep
from nodegraph.diffusion.samplers.sa_solver import sa_solver
from nodegraph.diffusion.samplers.seeds import seeds_2, seeds_3
from nodegraph.diffusion.samplers.step import Walk

STEPS = (20, 40, 80)
HIGH, LOW = 10.0, 0.1

QUIET: Mapping[str, Walk] = {
    "euler_ancestral": partial(euler_ancestral, eta=0.0),
    "euler_ancestral_cfg_pp": partial(euler_ancestral_cfg_pp, eta=0.0),
    "exp_heun_2_x0_sde": partial(seeds_2, eta=0.0, r=1.0, solver="phi_2"),
    "dpm_2_ancestral": partial(dpm_2_ancestral, eta=0.0),
    "dpmpp_2s_ancestral": partial(dpmpp_2s_ancestral, eta=0.0),
    "dpmpp_2s_ancestral_cfg_pp": partial(dpmpp_2s_ancestral_cfg_pp, eta=0.0),
    "dpmpp_sde": partial(dpmpp_sde, eta=0.0),
    "dpmpp_2m_sde": partial(dpmpp_2m_sde, eta=0.0),
    "dpmpp_2m_sde_heun": partial(dpmpp_2m_sde, eta=0.0, correction="heun"),
    "dpmpp_3m_sde": partial(dpmpp_3m_sde, eta=0.0),
    "res_multistep_ancestral": partial(res_multistep, eta=0.0),
    "res_multistep_ancestral_cfg_pp": partial(res_multistep, eta=0.0, cfg_pp=True),
    "er_sde": partial(er_sde, scale=lambda sigma: sigma),
    "seeds_2": partial(seeds_2, eta=0.0),
    "seeds_3": partial(seeds_3, eta=0.0),
    "sa_solver": partial(sa_solver, eta=0.0),
    "sa_solver_pece": partial(sa_solver, eta=0.0, pece=True),
}
"""Stochastic samplers with their noise turned off."""

ALWAYS_NOISY = ("ddpm", "lcm")
ADAPTIVE = "dpm_adaptive"


def measured(walk: Walk, steps: int) -> tuple[float, float]:
    """(largest error of three points, network calls a step) from σ 10 to 0.1 in geometric steps."""
    calls = 0

    def counted(x: Tensor, sigma: float) -> Tensor:
        nonlocal calls
        calls += 1
        return posterior_mean(x, sigma)

    def both(x: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        answer = counted(x, sigma)
        return answer, answer

    x = torch.tensor([-3.0, 0.5, 11.0], dtype=torch.float64)
    denoise = denoiser(counted)
    object.__setattr__(denoise, "both", both)
    *_, last = walk(denoise, x, levels(HIGH, LOW, steps), silent)
    return float((last.x - exact(x, HIGH, LOW)).abs().max()), calls / steps


def rows() -> dict[str, tuple[float, ...]]:
    """For each sampler: calls a step, error after each of STEPS, observed order between the last two."""
    found = {}
    for name, sampler in SAMPLERS.items():
        if name in ALWAYS_NOISY or name == ADAPTIVE or name.endswith("_gpu"):
            continue
        walk = QUIET.get(name, sampler.walk)
        errors, calls = zip(*(measured(walk, steps) for steps in STEPS), strict=True)
        found[name] = (calls[0], *errors, math.log2(errors[-2] / errors[-1]))
    return found


def adaptive(rtol: float) -> tuple[float, int]:
    """(error, network calls) of the sampler that chooses its steps by itself."""
    error, calls = measured(partial(dpm_adaptive, rtol=rtol, atol=rtol / 10), 1)
    return error, round(calls)


def table() -> str:
    """The rows of docs/sampling.md."""
    lines = []
    for name, (calls, *errors, order) in rows().items():
        shown = " | ".join(f"{error:.2g}" for error in errors)
        quiet = ", without its noise" if name in QUIET else ""
        lines.append(f"| `{name}`{quiet} | {calls:.2g} | {shown} | {order:.1f} |")
    return "\n".join(lines)


if __name__ == "__main__":
    lines = [table(), *(f"{ADAPTIVE} {rtol}: {adaptive(rtol)}" for rtol in (0.05, 0.001))]
    sys.stdout.write("\n".join(lines) + "\n")
