"""Telling a model what its network predicts, and over which noise levels, where the file does not say so."""

from typing import Annotated, Literal

from nodegraph.diffusion.resampling import ContinuousSampling, DiscreteSampling, NoiseScale
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Model

CATEGORY = "advanced/model"

SigmaMax = Annotated[float, Range(0.0, 1000.0, step=0.001), Tooltip("The highest noise level.")]
SigmaMin = Annotated[float, Range(0.0, 1000.0, step=0.001), Tooltip("The lowest noise level.")]


@node("ModelSamplingDiscrete", category=CATEGORY)
def model_sampling_discrete(
    *,
    model: Model,
    sampling: Annotated[
        Literal["eps", "v_prediction", "lcm", "x0", "img_to_img"],
        Tooltip("What the network predicts: the noise, a velocity, a consistent picture, the picture."),
    ],
    zsnr: Annotated[bool, Tooltip("Whether the first noise level leaves nothing of the picture.")] = False,
) -> Model:
    """The noise levels of a training with a thousand timesteps."""
    return model.with_option(DiscreteSampling(sampling, zsnr))


@node("ModelSamplingContinuousEDM", category=CATEGORY)
def model_sampling_continuous_edm(
    *,
    model: Model,
    sampling: Literal["v_prediction", "edm", "edm_playground_v2.5", "eps", "cosmos_rflow"],
    sigma_max: SigmaMax = 120.0,
    sigma_min: SigmaMin = 0.002,
) -> Model:
    """Any noise level between two; the network is told a quarter of its logarithm."""
    return model.with_option(ContinuousSampling(sampling, sigma_max, sigma_min))


@node("ModelSamplingContinuousV", category=CATEGORY)
def model_sampling_continuous_v(
    *,
    model: Model,
    sampling: Literal["v_prediction"],
    sigma_max: SigmaMax = 500.0,
    sigma_min: SigmaMin = 0.03,
) -> Model:
    """Any noise level between two; the network is told its angle, and predicts a velocity."""
    return model.with_option(ContinuousSampling("angle", sigma_max, sigma_min))


@node("ModelNoiseScale", category=CATEGORY)
def model_noise_scale(
    *,
    model: Model,
    noise_scale: Annotated[float, Range(0.0, 64.0, step=0.01), Tooltip("1 changes nothing; more is livelier.")] = 1.0,
) -> Model:
    """Noise of another strength than the network was trained with, wherever it is mixed with a picture."""
    return model.with_option(NoiseScale(noise_scale))
