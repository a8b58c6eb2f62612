"""For learning by looking: how noise is put onto a picture, and what a network takes for noise in it."""

from typing import Annotated, NamedTuple, cast

import torch
from einops import repeat
from torch import Tensor

from nodegraph.diffusion import noise
from nodegraph.diffusion.autoencoder import decode_latent, encode_image
from nodegraph.diffusion.guidance.guiders import CfgGuider
from nodegraph.diffusion.observing.colours import signed_colours
from nodegraph.diffusion.observing.predictions import predict_once, predicted_noise
from nodegraph.diffusion.sample import add_noise, in_network_scale
from nodegraph.media.figures.palette import heat
from nodegraph.media.figures.sheet import Tile, draw_sheet
from nodegraph.packs.context import Context
from nodegraph.packs.declare import node
from nodegraph.packs.markers import Range, Tooltip
from nodegraph.packs.types import Conditioning, Image, Latent, LatentDict, Model, Seed, Vae

CATEGORY = "learn/noise"


class Noisy(NamedTuple):
    """A picture under noise."""

    noisy: Annotated[Latent, Tooltip("The latent with the noise on it, as samplers see it.")]
    picture: Annotated[Image, Tooltip("What the noisy latent looks like.")]
    sheet: Annotated[Image, Tooltip("The picture, the noise, and both together.")]
    sigma: Annotated[float, Tooltip("How strong the noise is, beside a picture of unit variance.")]


@node("LearnForwardDiffusion", category=CATEGORY, display_name="Forward Diffusion", aliases=("teach", "noise"))
def forward_diffusion(
    ctx: Context,
    *,
    model: Annotated[Model, Tooltip("Whose timesteps these are.")],
    vae: Vae,
    image: Annotated[Image, Tooltip("Of a batch, the first is shown on the sheet.")],
    timestep: Annotated[int, Range(0, 999), Tooltip("0 is nearly the picture, 999 nearly only noise.")] = 500,
    noise_seed: Seed = 0,
) -> Noisy:
    """A picture as training shows it to the network: with the noise of one timestep on its latent."""
    network, autoencoder = ctx.diffusion(model), ctx.vae(vae)
    sigma = float(network.sampling.levels.sigma(timestep))
    clean: LatentDict = {"samples": encode_image(autoencoder, image, gate=ctx.gate)}
    drawn = noise.RandomNoise(noise_seed)
    noisy = cast(LatentDict, add_noise(network, latent=clean, noise=drawn, sigmas=torch.tensor([sigma])))
    # The network sees both scaled to unit variance, which is a latent that can be decoded too.
    seen = network.sampling.scale_input(in_network_scale(noisy["samples"], network.latent), sigma)
    picture = decode_latent(autoencoder, network.latent.process_out(seen), gate=ctx.gate)
    colours = signed_colours(network.latent, drawn.generate(clean["samples"])[0])
    told = f"timestep {timestep}\nsigma {sigma:.3g}"
    tiles = [Tile(image[0]), Tile(colours, f"seed {noise_seed}", cells=True), Tile(picture[0], told)]
    return Noisy(noisy, picture, draw_sheet([tiles], heads=["picture", "noise", "both"]), sigma)


class Parts(NamedTuple):
    """What guidance is made of, as pictures of the size that the latent decodes to."""

    sheet: Image
    positive: Annotated[Image, Tooltip("The noise predicted for the positive prompt.")]
    negative: Annotated[Image, Tooltip("The noise predicted for the negative prompt.")]
    difference: Annotated[Image, Tooltip("Positive less negative, times cfg: what guidance adds to the negative.")]


@node("LearnPredictedNoise", category=CATEGORY, display_name="Predicted Noise", aliases=("teach", "cfg", "guidance"))
def noise_predicted(
    ctx: Context,
    *,
    model: Model,
    vae: Vae,
    positive: Conditioning,
    negative: Conditioning,
    noisy: Annotated[Latent, Tooltip("A latent with noise on it, as Forward Diffusion makes it.")],
    sigma: Annotated[float, Range(0.0, 5000.0, step=0.01), Tooltip("How strong that noise is.")] = 1.0,
    cfg: Annotated[float, Range(0.0, 100.0, step=0.1, round=0.01), Tooltip("The factor of the difference.")] = 8.0,
) -> Parts:
    """The noise that the network sees under each prompt, and what classifier-free guidance makes of both.

    Of a batch the first item is shown.
    """
    network, autoencoder = ctx.diffusion(model), ctx.vae(vae)
    x = in_network_scale(noisy["samples"][:1], network.latent).to(network.device)
    level = max(sigma, network.sampling.levels.sigma_min)
    seen = predict_once(CfgGuider(network, positive, negative, cfg), network, x, level, gate=ctx.gate)

    def noise_of(picture: Tensor) -> Tensor:
        return predicted_noise(network.sampling, x, picture, level)[0]

    def decoded(picture: Tensor) -> Tensor:
        return decode_latent(autoencoder, network.latent.process_out(picture).cpu(), gate=ctx.gate)[0]

    cond, uncond, guided = (noise_of(picture) for picture in (seen.cond, seen.uncond, seen.guided))
    added = (cond - uncond) * cfg
    noises = [signed_colours(network.latent, part) for part in (cond, uncond, added, guided)]
    pictures = [decoded(seen.cond), decoded(seen.uncond), decoded(seen.guided)]
    strength = torch.linalg.vector_norm(added, dim=0).cpu()
    where = heat(strength / strength.max().clamp(min=1e-6))
    upper = [Tile(part, cells=True) for part in noises]
    lower = [Tile(pictures[0]), Tile(pictures[1]), Tile(where, "where it is strong", cells=True), Tile(pictures[2])]
    heads = ["positive", "negative", f"difference x {cfg:g}", "guided"]
    names = ["noise", "picture\nbehind it"]
    sheet = draw_sheet([upper, lower], heads=heads, names=names)
    cell = network.latent.downscale
    return Parts(sheet, *(repeat(part, "h w c -> 1 (h f) (w g) c", f=cell, g=cell) for part in noises[:3]))
