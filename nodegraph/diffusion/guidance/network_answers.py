"""What a network says to several questions (the positive prompt, the negative, ...) at one noise level.

A question is a conditioning: regions of the picture, each with its context. Everything of one shape goes through the
network as one batch, if the device has the memory. Knows no guidance and no sampler.

Shapes: b batch, c latent channels, h w latent cells, n context tokens, d context width.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import torch
from torch import Tensor

from nodegraph.diffusion.conditioning import Box, Conditioning, Region, counterparts, filled, prepare_regions
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.hooks import UNCHANGED, HookChain, NetworkCall, NetworkPatch
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.scheduled_weights import Weights, WeightSchedule

MAX_REPETITION = 4
"""Contexts whose common length would exceed the longest by more than this go through the network separately."""


def prepare_questions(
    conditionings: Mapping[str, Conditioning], models: Sequence[DiffusionModel], shape: Sequence[int]
) -> list[list[Region]]:
    """The regions of each conditioning, and those that it needs because another has them (see :func:`counterparts`).

    Each is prepared for the model it is put to.

    Raises:
        ConditioningError: a conditioning does not fit the latent or the network; it is named.
    """
    prepared = [
        prepare_regions(conditioning, model, shape, name=name)
        for (name, conditioning), model in zip(conditionings.items(), models, strict=True)
    ]
    questions = []
    for index, regions in enumerate(prepared):
        question = list(regions)
        for other in (*prepared[:index], *prepared[index + 1 :]):
            question += counterparts(other, question, shape)
        questions.append(question)
    return questions


@dataclass(frozen=True, eq=False)
class _Part:
    """A region's share in the answer to one question; ``weight`` is None where it is 1 throughout."""

    question: int
    box: Box
    weight: Tensor | None


@dataclass(frozen=True, eq=False)
class _Call:
    """One network call: several parts of one size, predicted with the same weights, as a batch."""

    parts: list[_Part]
    context: Tensor
    beside: Tensor | None
    schedule: WeightSchedule


@dataclass(eq=False)
class NetworkAnswers:
    """``answers(x, sigma)``: the predictions ``b c h w`` for several questions, in as few network calls as can be.

    Which regions are in force, and with which weights, depends on σ alone and seldom changes, so calls are planned once
    for each set of them.
    If the device has no memory for a batch, this and later predictions make a call for each region.
    """

    model: DiffusionModel
    gate: Gate
    questions: list[list[Region]]
    shape: Sequence[int]
    patches: Sequence[NetworkPatch] = ()
    batched: bool = True
    plans: dict[tuple[tuple[Weights | None, ...], ...], list[_Call]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.model.switch is not None:
            self.model.switch.expect(region for regions in self.questions for region in regions)

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
        in_force = tuple(tuple(region.in_force(sigma) for region in regions) for regions in self.questions)
        plan = self.plans.get(in_force)
        if plan is None:
            plan = self.plans[in_force] = _plan(self.questions, sigma, self.shape, batched=self.batched)
        # Where nothing is in force the prediction is 0, the mean of all latents.
        answers: list[Tensor | None] = [None] * len(self.questions)
        for call in plan:
            tiles = [x[..., *part.box.slices] for part in call.parts]
            batch = torch.cat(tiles) if len(tiles) > 1 else tiles[0]
            denoised = self._denoise(batch, sigma, call)
            for part, tile in zip(call.parts, denoised.chunk(len(call.parts)), strict=True):
                if part.weight is None:
                    answers[part.question] = tile
                    continue
                answer = answers[part.question]
                if answer is None:
                    answer = answers[part.question] = torch.zeros_like(x)
                answer[..., *part.box.slices] += tile * part.weight
        return [torch.zeros_like(x) if answer is None else answer for answer in answers]

    def _denoise(self, batch: Tensor, sigma: float, call: _Call) -> Tensor:
        asked = NetworkCall(sigma, batch.shape[-2], batch.shape[-1], tuple(part.question for part in call.parts))
        found = [hooks for hooks in (patch(asked) for patch in self.patches) if hooks is not None]
        hooks = HookChain(found) if found else UNCHANGED
        return self.gate(
            lambda: self.model.denoise(batch, sigma, call.context, hooks, beside=call.beside, schedule=call.schedule)
        )


def _plan(questions: list[list[Region]], sigma: float, shape: Sequence[int], *, batched: bool) -> list[_Call]:
    """The calls that answer the questions with the regions in force, weights normalised to sum to 1 in every cell."""
    calls: list[list[tuple[_Part, Region]]] = []
    for question, regions in enumerate(questions):
        chosen = filled([region for region in regions if region.in_force(sigma) is not None], shape)
        for region, weight in zip(chosen, _normalised(chosen, shape), strict=True):
            if weight is not None:
                weight = weight.to(region.context.device, non_blocking=True)
            entry = (_Part(question, region.box, weight), region)
            for call in calls:
                if batched and _fits(entry, call, sigma):
                    call.append(entry)
                    break
            else:
                calls.append([entry])
    return [_call([part for part, _ in call], [region for _, region in call]) for call in calls]


def _call(parts: list[_Part], regions: list[Region]) -> _Call:
    beside = [region.beside for region in regions if region.beside is not None]
    context = _joined([region.context for region in regions])
    return _Call(parts, context, torch.cat(beside) if beside else None, regions[0].schedule)


def _normalised(regions: list[Region], shape: Sequence[int]) -> list[Tensor | None]:
    batch, _, height, width = shape
    if not regions:
        return []
    total = torch.zeros(batch, 1, height, width)
    for region in regions:
        total[..., *region.box.slices] += region.weight
    weights = [torch.nan_to_num(region.weight / total[..., *region.box.slices]) for region in regions]
    # A lone region over everything is the usual case; it needs no weighing at every step.
    whole = (height, width)
    return [None if weight.shape[-2:] == whole and bool((weight == 1).all()) else weight for weight in weights]


def _fits(entry: tuple[_Part, Region], call: list[tuple[_Part, Region]], sigma: float) -> bool:
    """Whether one batch can hold both: boxes of one size, contexts that reach one length by modest repetition.

    And they must be predicted with the same weights.
    """
    part, region = entry
    first = call[0][0].box
    if region.schedule.at(sigma) != call[0][1].schedule.at(sigma):
        return False
    lengths = [region.context.shape[1], *(other.context.shape[1] for _, other in call)]
    same_size = (part.box.height, part.box.width) == (first.height, first.width)
    return same_size and math.lcm(*lengths) <= MAX_REPETITION * max(lengths)


def _joined(contexts: list[Tensor]) -> Tensor:
    """Contexts as one batch, each repeated to the least common multiple of their lengths.

    Attention over a context repeated whole is attention over the context: every key's share is split evenly.
    """
    length = math.lcm(*(context.shape[1] for context in contexts))
    return torch.cat([context.repeat(1, length // context.shape[1], 1) for context in contexts])
