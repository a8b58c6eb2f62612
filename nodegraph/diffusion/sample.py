"""Sampling: from noise, a latent and what to follow to a picture's latent.

Puts the parts together and looks at what it is given; each part is a file of its own. Knows neither nodes nor jobs:
a run is an iterator of steps that somebody else drives.

Shapes: b batch, c latent channels, h w latent cells.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from typing import Any

import torch
from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning, fit_mask, to_batch
from nodegraph.diffusion.denoiser import for_any_size
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.guidance.guide import guide
from nodegraph.diffusion.guidance.guiders import CfgGuider, Guider
from nodegraph.diffusion.latents import LatentFormat
from nodegraph.diffusion.masked import inside_mask, mask_schedule
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.noise import SEEDS, Noise, NoNoise, RandomNoise, generator, item_by_item, prepare_noise
from nodegraph.diffusion.samplers.registry import SAMPLERS, find_sampler
from nodegraph.diffusion.samplers.sampler import Sampler
from nodegraph.diffusion.samplers.step import Step
from nodegraph.diffusion.schedules import SCHEDULERS
from nodegraph.diffusion.steps import ksampler_sigmas, scheduled_sigmas
from nodegraph.errors import UserError

__all__ = [
    "SAMPLERS",
    "SCHEDULERS",
    "Run",
    "SamplingError",
    "Step",
    "add_noise",
    "find_sampler",
    "in_network_scale",
    "ksampler",
    "prepare_noise",
    "sample",
    "sample_custom",
    "scheduled_sigmas",
]


class SamplingError(UserError):
    """Inputs that no sampler can work with."""


def sample(
    model: DiffusionModel,
    *,
    gate: Gate,
    noise: Tensor,
    latent: Tensor,
    guider: Guider[Any],
    sampler: Sampler,
    sigmas: Tensor,
    noise_mask: Tensor | None = None,
    seeds: Sequence[int],
) -> Iterator[Step]:
    """Walk from noise on a latent to a picture, one step a time; inputs are looked at before the first.

    ``latent`` is ``b c h w`` in the autoencoder's scale, ``noise`` the same shape with unit variance, ``sigmas`` a
    vector of at least two levels that fall or, for samplers which go that way too, rise; ``noise_mask`` (``b 1 h w``,
    any size) is 1 where the latent may change. The steps' tensors are in the network's scale on the model's device;
    :meth:`Run.finish` brings them back. ``seeds`` are for the noise that a stochastic sampler adds: one for the batch,
    or one for each item, to which then nothing happens that would not happen to it alone.

    Raises:
        SamplingError: no steps, levels that are not finite or not for the sampler, or a latent the model cannot take.
        ConditioningError, MaskError: a conditioning or the mask does not fit.
    """
    levels = _levels(sigmas)
    _check_direction(levels, sampler)
    samples = in_network_scale(latent, model.latent).to(model.device)
    if noise.shape != samples.shape:
        raise SamplingError(f"Noise of shape {tuple(noise.shape)} cannot go onto a latent of {tuple(samples.shape)}.")
    noise = noise.float().to(model.device)
    for_shape = partial(guide, guider, model, gate=gate)
    denoise = for_shape(shape=samples.shape)
    if sampler.resizes:
        denoise = for_any_size(lambda shape: for_shape(shape=shape), model.sampling)
    if noise_mask is not None:
        if sampler.resizes:
            raise SamplingError(
                "latent_image has a noise mask, but this sampler changes the size of the latent on its way, which a "
                "mask cannot follow. Take another sampler, or a latent without a mask."
            )
        mask = to_batch(fit_mask(noise_mask, *samples.shape[-2:], name="noise_mask"), samples.shape[0]).to(model.device)
        around = _fresh(noise, seeds) if sampler.fresh_mask_noise else noise
        mask_at = mask_schedule(mask, options=model.options, sampling=model.sampling, levels=levels)
        denoise = inside_mask(denoise, mask_at, latent=samples, noise=around)
    x = model.sampling.start(samples, noise, levels[0])
    sampler = replace(sampler, noise_source=item_by_item(sampler.noise_source, seeds))
    return sampler.run(denoise, x, levels, seeds[0])


@dataclass(frozen=True, eq=False)
class Run:
    """A sampling run ready to go: drive ``steps`` (there are ``total``), then :meth:`finish` with the last.

    A run with nothing to do (``total`` is 0) has no last step; finishing it with None gives back the latent.
    """

    latent: Mapping[str, Any]
    model: DiffusionModel
    steps: Iterator[Step]
    total: int

    def finish(self, last: Step | None) -> dict[str, Any]:
        """The LATENT after the last step: ``b c h w`` float32 in the autoencoder's scale, on the CPU."""
        return self._result(None if last is None else self.model.sampling.finish(last.x, last.sigma))

    def finish_denoised(self, last: Step | None) -> dict[str, Any]:
        """As :meth:`finish`, for the picture that the last step aimed at."""
        return self._result(None if last is None else last.denoised)

    def _result(self, x: Tensor | None) -> dict[str, Any]:
        if x is None:
            return dict(self.latent)
        return {**self.latent, "samples": self.model.latent.process_out(x).cpu()}


def ksampler(
    model: DiffusionModel,
    *,
    gate: Gate,
    latent: Mapping[str, Any],
    positive: Conditioning,
    negative: Conditioning,
    cfg: float,
    sampler_name: str,
    scheduler: str,
    steps: int,
    seed: int,
    denoise: float = 1.0,
    start_at_step: int = 0,
    end_at_step: int | None = None,
    add_noise: bool = True,
    leftover_noise: bool = True,
) -> Run:
    """The run of a KSampler, or with the last four a KSamplerAdvanced (see :func:`ksampler_sigmas`).

    ``latent`` is a LATENT: ``samples`` and perhaps ``noise_mask`` and ``batch_index``.

    Raises:
        SamplingError, ScheduleError, ConditioningError: as :func:`sample` and :func:`ksampler_sigmas`.
    """
    sampler = find_sampler(sampler_name)
    sigmas = ksampler_sigmas(
        model.sampling.levels,
        scheduler,
        steps,
        sampler=sampler,
        denoise=denoise,
        start_at_step=start_at_step,
        end_at_step=end_at_step,
        leftover_noise=leftover_noise,
    )
    guider = CfgGuider(model, positive, negative, cfg)
    noise = RandomNoise(seed) if add_noise else NoNoise(seed)
    return sample_custom(model, gate=gate, latent=latent, noise=noise, guider=guider, sampler=sampler, sigmas=sigmas)


def sample_custom(
    model: DiffusionModel,
    *,
    gate: Gate,
    latent: Mapping[str, Any],
    noise: Noise,
    guider: Guider[Any],
    sampler: Sampler,
    sigmas: Tensor,
) -> Run:
    """The run of a SamplerCustomAdvanced; ``model`` is the network of ``guider.model``. No levels, nothing to do.

    Raises:
        SamplingError, ConditioningError: as :func:`sample`.
    """
    if len(sigmas) < 2:
        return Run(latent, model, iter(()), 0)
    samples = _with_channels(latent["samples"], model.latent)
    noises = _noises(noise, latent)
    steps = sample(
        model,
        gate=gate,
        noise=_drawn(noises, samples, latent),
        latent=samples,
        guider=guider,
        sampler=sampler,
        sigmas=sigmas,
        noise_mask=latent.get("noise_mask"),
        seeds=[one.seed for one in noises],
    )
    return Run(latent, model, steps, len(_levels(sigmas)) - 1)


def add_noise(model: DiffusionModel, *, latent: Mapping[str, Any], noise: Noise, sigmas: Tensor) -> dict[str, Any]:
    """A LATENT with noise of the strength between the first and last level, or of the only one; none, no change.

    Raises:
        SamplingError: the latent is not of this model, or the levels are not finite.
    """
    if len(sigmas) == 0:
        return dict(latent)
    if not bool(torch.isfinite(sigmas).all()):
        raise SamplingError(f"sigmas must be finite; these are {sigmas.tolist()}.")
    strength = float(sigmas[0] - sigmas[-1]) if len(sigmas) > 1 else float(sigmas[0])
    samples = _with_channels(latent["samples"], model.latent)
    drawn = _drawn(_noises(noise, latent), samples, latent).float()
    noisy = model.sampling.add_noise(in_network_scale(samples, model.latent), drawn, abs(strength))
    return {**latent, "samples": model.latent.process_out(noisy)}


def _levels(sigmas: Tensor) -> list[float]:
    """The levels as host values. Repeated ones (a table may be shorter than a schedule) are one: nothing to do."""
    if sigmas.ndim != 1:
        raise SamplingError(f"sigmas has the shape {tuple(sigmas.shape)}; expected a list of noise levels, one axis.")
    levels: list[float] = [level for level, _ in groupby(sigmas.tolist())]
    if len(levels) < 2:
        raise SamplingError(f"sigmas needs at least two different noise levels, from and to; these are {levels}.")
    if not all(map(math.isfinite, levels)) or min(levels) < 0:
        raise SamplingError(f"sigmas must be finite and not negative; these are {levels}.")
    return levels


def _check_direction(levels: list[float], sampler: Sampler) -> None:
    rising = [later > earlier for earlier, later in pairwise(levels)]
    if not any(rising):
        return
    if not all(rising):
        raise SamplingError(f"sigmas must fall from step to step, or rise from step to step; these are {levels}.")
    if not sampler.rises:
        raise SamplingError(
            f"sigmas rise, from {levels[0]:g} to {levels[-1]:g}, but {sampler.name} only walks from noise to picture. "
            f"The other way too walk: {', '.join(name for name, one in SAMPLERS.items() if one.rises)}."
        )
    if levels[0] == 0:
        raise SamplingError("sigmas rise from 0, where no slope is known. FlipSigmas makes the first one 0.0001.")


def _with_channels(samples: Tensor, latent: LatentFormat) -> Tensor:
    """An empty latent (all zeros) with the model's number of channels; any other as it is."""
    channels = samples.shape[1] if samples.ndim == 4 else None
    if channels is None or channels == latent.channels or bool(samples.any()):
        return samples
    return samples.new_zeros(samples.shape[0], latent.channels, *samples.shape[2:])


def in_network_scale(samples: Tensor, latent: LatentFormat) -> Tensor:
    """A latent ``b c h w`` in the network's scale, float32. Raises SamplingError if it is none of this family."""
    if samples.ndim != 4 or samples.shape[1] != latent.channels:
        raise SamplingError(
            f"latent_image has the shape {tuple(samples.shape)}; this model takes batch, {latent.channels} channels, "
            "height, width. It was probably made by another model's VAE: encode or empty it for this one."
        )
    if not bool(torch.isfinite(samples).all()):
        raise SamplingError("latent_image holds NaN or infinity; the node that made it has failed.")
    samples = samples.float()
    # Scaling zeros is nothing today, but a format with a shift would turn an empty latent into a grey picture.
    return latent.process_in(samples) if bool(samples.any()) else samples


def _noises(noise: Noise, latent: Mapping[str, Any]) -> list[Noise]:
    """The noise of the batch; of a latent whose items have seeds of their own, that of each."""
    if not latent.get("own_seeds"):
        return [noise]
    places = latent.get("batch_index", range(latent["samples"].shape[0]))
    return [noise.with_seed((noise.seed + place) % SEEDS) for place in places]


def _drawn(noises: Sequence[Noise], samples: Tensor, latent: Mapping[str, Any]) -> Tensor:
    if not latent.get("own_seeds"):
        return noises[0].generate(samples, batch_index=latent.get("batch_index"))
    return torch.cat([noise.generate(samples[:1]) for noise in noises])


def _fresh(noise: Tensor, seeds: Sequence[int]) -> Tensor:
    streams = [generator(seed + 1, noise.device) for seed in seeds]
    parts = zip(noise.chunk(len(seeds)), streams, strict=True)
    return torch.cat([torch.randn(part.shape, generator=stream, device=part.device) for part, stream in parts])
