"""From a guider and its model to what a sampler asks: puts questions, guidance and the model's options together.

Shapes: b batch, c latent channels, h w latent cells.
"""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from torch import Tensor

from nodegraph.diffusion.conditioning import Conditioning, Region
from nodegraph.diffusion.denoiser import Denoiser
from nodegraph.diffusion.gate import Gate
from nodegraph.diffusion.guidance.guiders import Guider
from nodegraph.diffusion.guidance.network_answers import NetworkAnswers, prepare_questions
from nodegraph.diffusion.guidance.stages import Question, begin_stages
from nodegraph.diffusion.guidance.step_cache import Answers, EasyCache, LazyCache, with_cache
from nodegraph.diffusion.guidance.strength_override import StrengthOverride
from nodegraph.diffusion.hooks import NetworkOption, NetworkPatch
from nodegraph.diffusion.model import DiffusionModel


def guide(guider: Guider[Any], model: DiffusionModel, *, gate: Gate, shape: Sequence[int]) -> Denoiser:
    """A denoiser for latents of ``shape`` (b, c, h, w), led by a guider; ``model`` is the network of ``guider.model``.

    Options of the model that change guidance (see :mod:`~nodegraph.diffusion.guidance.stages`) are in force. Where one
    sets another strength on a part of the way, options that remember from step to step begin anew there.

    Raises:
        ConditioningError: a conditioning does not fit the latent or the network.
        UnlikeModelsError: the guider has two models that do not go together.
    """
    whole = _guide(guider, model, gate=gate, shape=shape)
    parts = [
        (option, _guide(guider.with_strength(option.cfg), model, gate=gate, shape=shape))
        for option in model.options
        if isinstance(option, StrengthOverride)
    ]
    if not parts:
        return whole

    def at(sigma: float) -> Denoiser:
        """Of several options in force the last holds."""
        found = (part for option, part in reversed(parts) if option.holds(sigma, model.sampling))
        return next(found, whole)

    return Denoiser(lambda x, sigma: at(sigma)(x, sigma), lambda x, sigma: at(sigma).both(x, sigma), model.sampling)


def _guide(guider: Guider[Any], model: DiffusionModel, *, gate: Gate, shape: Sequence[int]) -> Denoiser:
    networks = guider.networks(model)
    questions = prepare_questions(guider.conditionings, networks, shape)
    # What is asked once more at each step is planned once.
    further: dict[str | int, NetworkAnswers] = {
        "cond": NetworkAnswers(networks[0], gate, questions[:1], shape, _own_patches(networks[0])),
        "uncond": NetworkAnswers(networks[-1], gate, questions[-1:], shape, _own_patches(networks[-1])),
    }

    def ask(
        question: Question | Conditioning, x: Tensor, sigma: float, *, patches: Sequence[NetworkPatch] = ()
    ) -> Tensor:
        key = question if isinstance(question, str) else id(question)
        if not isinstance(question, str) and key not in further:
            prepared = prepare_questions({"the conditioning of an option": question}, [model], shape)
            further[key] = NetworkAnswers(model, gate, prepared, shape, _own_patches(model))
        answers = further[key]
        return replace(answers, patches=[*answers.patches, *patches])(x, sigma)[0]

    stages = begin_stages(model.options, ask)
    watching = [patch for stage in stages.stages for patch in stage.watch()]
    remember = partial(with_cache, options=model.options, sampling=model.sampling)
    answers_to = remember(_answers(networks, questions, gate, shape, watching), EasyCache)

    def combined(x: Tensor, sigma: float) -> Sequence[Tensor]:
        answers = answers_to(x, sigma)
        return guider.combine(answers, x, sigma, stages), answers[-1]

    results = remember(combined, LazyCache)

    def both(x: Tensor, sigma: float) -> tuple[Tensor, Tensor]:
        result, avoided = results(x, sigma)
        return result, avoided

    def guided(x: Tensor, sigma: float) -> Tensor:
        return both(x, sigma)[0]

    if stages or not guider.follows_first_alone:
        return Denoiser(guided, both, model.sampling)
    name, conditioning = next(iter(guider.conditionings.items()))
    first = _answers(networks[:1], prepare_questions({name: conditioning}, networks[:1], shape), gate, shape, ())
    alone = remember(remember(first, EasyCache), LazyCache)
    return Denoiser(lambda x, sigma: alone(x, sigma)[0], both, model.sampling)


def _answers(
    networks: Sequence[DiffusionModel],
    questions: list[list[Region]],
    gate: Gate,
    shape: Sequence[int],
    patches: Sequence[NetworkPatch],
) -> Answers:
    """What the networks say to their questions; those of one network are put to it together."""
    if _alike(networks):
        return NetworkAnswers(networks[0], gate, questions, shape, [*_own_patches(networks[0]), *patches])
    each = [
        NetworkAnswers(network, gate, [question], shape, [*_own_patches(network), *patches])
        for network, question in zip(networks, questions, strict=True)
    ]
    return lambda x, sigma: [answers(x, sigma)[0] for answers in each]


def _alike(networks: Sequence[DiffusionModel]) -> bool:
    return all(network is networks[0] for network in networks)


def _own_patches(model: DiffusionModel) -> list[NetworkPatch]:
    return [option.patch(model.sampling) for option in model.options if isinstance(option, NetworkOption)]
