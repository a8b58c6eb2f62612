"""Classifier-free guidance: what a conditioning asks for, exaggerated against what another asks for.

References: Ho & Salimans 2022, "Classifier-Free Diffusion Guidance" (eq. 6); Lin et al. 2024, "Common Diffusion Noise
Schedules and Sample Steps are Flawed" (§3.4, rescaled guidance). Knows no sampler.

Shapes: b batch, c latent channels, h w latent cells, n context tokens, d context width.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import compress
from typing import Generic, TypeVar

import torch
from torch import Tensor

from nodegraph.diffusion.conditioning import Box, Conditioning, Region, counterparts, prepare_regions
from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.model import DiffusionModel

M = TypeVar("M")

Combine = Callable[[Tensor, Tensor, Tensor, float], Tensor]
"""``combine(x, cond, uncond, sigma)``: one guided prediction from two."""

MAX_REPETITION = 4
"""Contexts whose common length would exceed the longest by more than this go through the network separately."""


@dataclass(frozen=True, slots=True)
class RescaledGuidance:
    """An option of a model: :func:`rescaled_guidance`, of which the last holds."""

    multiplier: float


@dataclass(frozen=True, eq=False)
class Guider(Generic[M]):
    """A GUIDER: a model (whatever names it) under classifier-free guidance."""

    model: M
    positive: Conditioning
    negative: Conditioning
    cfg: float


def guide(
    model: DiffusionModel,
    *,
    gate: Gate,
    positive: Conditioning,
    negative: Conditioning,
    cfg: float,
    shape: Sequence[int],
) -> Denoiser:
    """A denoiser for latents of ``shape`` (b, c, h, w) under classifier-free guidance.

    Everything of one shape goes through the network as one batch, if the device has the memory. A ``cfg`` of 1 leaves
    the negative out: it would cancel. The model's option :class:`RescaledGuidance` turns on rescaled guidance.

    Raises:
        ConditioningError: a conditioning does not fit the latent or the network.
    """
    asked, avoided = (prepare_regions(conditioning, model, shape) for conditioning in (positive, negative))
    alone = _Predictions(model, gate, [asked], shape)
    questions = [asked + counterparts(avoided, asked, shape), avoided + counterparts(asked, avoided, shape)]
    together = _Predictions(model, gate, questions, shape)
    combine = _combination(model, cfg)

    def guided(x: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        cond, uncond = together(x, sigma)
        return combine(x, cond, uncond, sigma), uncond

    def unguided(x: Tensor, sigma: float) -> Tensor:
        return alone(x, sigma)[0]

    follows_prompt_alone = math.isclose(cfg, 1.0)
    return Denoiser(unguided if follows_prompt_alone else lambda x, sigma: guided(x, sigma)[0], guided, model.sampling)


def _combination(model: DiffusionModel, cfg: float) -> Combine:
    rescaling = [option for option in model.options if isinstance(option, RescaledGuidance)]
    if not rescaling:
        return lambda x, cond, uncond, sigma: uncond + (cond - uncond) * cfg
    multiplier = rescaling[-1].multiplier
    return lambda x, cond, uncond, sigma: rescaled_guidance(x, cond, uncond, sigma, cfg=cfg, multiplier=multiplier)


def rescaled_guidance(
    x: Tensor, cond: Tensor, uncond: Tensor, sigma: float, *, cfg: float, multiplier: float
) -> Tensor:
    """Guidance whose result keeps the spread of the positive prediction (Lin et al. 2024, §3.4).

    Works on v = (x/(σ² + 1) − x0)·√(σ² + 1)/σ; everything ``b c h w``. ``multiplier``: 0 plain guidance … 1 rescaled.
    """
    center = x / (sigma**2 + 1.0)
    factor = math.sqrt(sigma**2 + 1.0) / sigma
    v_cond, v_uncond = (center - cond) * factor, (center - uncond) * factor
    v = v_uncond + (v_cond - v_uncond) * cfg
    per_item = tuple(range(1, v.ndim))
    ratio = v_cond.std(dim=per_item, keepdim=True) / v.std(dim=per_item, keepdim=True)
    v = v * (multiplier * ratio + (1.0 - multiplier))
    return center - v / factor


@dataclass(frozen=True, eq=False)
class _Part:
    """A region's share in the answer to one question; ``weight`` is None where it is 1 throughout."""

    question: int
    box: Box
    weight: Tensor | None


@dataclass(frozen=True, eq=False)
class _Call:
    """One network call: several parts of one size, as a batch."""

    parts: list[_Part]
    context: Tensor


@dataclass(eq=False)
class _Predictions:
    """The predictions for several questions (the positive, the negative) of regions each, in as few calls as can be.

    Which regions are in force depends on σ alone and seldom changes, so calls are planned once for each set of them.
    If the device has no memory for a batch, this and later predictions make a call for each region.
    """

    model: DiffusionModel
    gate: Gate
    questions: list[list[Region]]
    shape: Sequence[int]
    batched: bool = True
    plans: dict[tuple[tuple[bool, ...], ...], list[_Call]] = field(default_factory=dict)

    def __call__(self, x: Tensor, sigma: float) -> list[Tensor]:
        try:
            return self._answers(x, sigma)
        except torch.OutOfMemoryError:
            if not self.batched:
                raise
        self.batched = False
        self.plans.clear()
        return self._answers(x, sigma)

    def _answers(self, x: Tensor, sigma: float) -> list[Tensor]:
        active = tuple(tuple(region.active(sigma) for region in regions) for regions in self.questions)
        plan = self.plans.get(active)
        if plan is None:
            plan = self.plans[active] = _plan(self.questions, active, self.shape, batched=self.batched)
        # Where nothing is in force the prediction is 0, the mean of all latents.
        answers: list[Tensor | None] = [None] * len(self.questions)
        for call in plan:
            tiles = [x[..., *part.box.slices] for part in call.parts]
            batch = torch.cat(tiles) if len(tiles) > 1 else tiles[0]
            denoised = self._denoise(batch, sigma, call.context)
            for part, tile in zip(call.parts, denoised.chunk(len(call.parts)), strict=True):
                if part.weight is None:
                    answers[part.question] = tile
                    continue
                answer = answers[part.question]
                if answer is None:
                    answer = answers[part.question] = torch.zeros_like(x)
                answer[..., *part.box.slices] += tile * part.weight
        return [torch.zeros_like(x) if answer is None else answer for answer in answers]

    def _denoise(self, batch: Tensor, sigma: float, context: Tensor) -> Tensor:
        return self.gate(lambda: self.model.denoise(batch, sigma, context))


def _plan(
    questions: list[list[Region]], active: tuple[tuple[bool, ...], ...], shape: Sequence[int], *, batched: bool
) -> list[_Call]:
    """The calls that answer the questions with the regions in force, weights normalised to sum to 1 in every cell."""
    calls: list[list[tuple[_Part, Tensor]]] = []
    for question, (regions, in_force) in enumerate(zip(questions, active, strict=True)):
        chosen = list(compress(regions, in_force))
        for region, weight in zip(chosen, _normalised(chosen, shape), strict=True):
            entry = (_Part(question, region.box, weight), region.context)
            for call in calls:
                if batched and _fits(entry, call):
                    call.append(entry)
                    break
            else:
                calls.append([entry])
    return [_Call([part for part, _ in call], _joined([context for _, context in call])) for call in calls]


def _normalised(regions: list[Region], shape: Sequence[int]) -> list[Tensor | None]:
    batch, _, height, width = shape
    if not regions:
        return []
    total = torch.zeros(batch, 1, height, width, device=regions[0].weight.device)
    for region in regions:
        total[..., *region.box.slices] += region.weight
    weights = [torch.nan_to_num(region.weight / total[..., *region.box.slices]) for region in regions]
    # A lone region over everything is the usual case; it needs no weighing at every step.
    whole = (height, width)
    return [None if weight.shape[-2:] == whole and bool((weight == 1).all()) else weight for weight in weights]


def _fits(entry: tuple[_Part, Tensor], call: list[tuple[_Part, Tensor]]) -> bool:
    """Whether one batch can hold both: boxes of one size, contexts that reach one length by modest repetition."""
    part, context = entry
    first = call[0][0].box
    lengths = [context.shape[1], *(other.shape[1] for _, other in call)]
    same_size = (part.box.height, part.box.width) == (first.height, first.width)
    return same_size and math.lcm(*lengths) <= MAX_REPETITION * max(lengths)


def _joined(contexts: list[Tensor]) -> Tensor:
    """Contexts as one batch, each repeated to the least common multiple of their lengths.

    Attention over a context repeated whole is attention over the context: every key's share is split evenly.
    """
    length = math.lcm(*(context.shape[1] for context in contexts))
    return torch.cat([context.repeat(1, length // context.shape[1], 1) for context in contexts])
