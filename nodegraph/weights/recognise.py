"""What a weight file is, from the names and shapes of its tensors alone.

Widths, channel multipliers, layers and the presence of attention follow from shapes. What shapes cannot tell has the
family's value, unless the file's metadata says otherwise (``METADATA`` lists the keys, all under ``nodegraph.``).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Generic, TypeVar, cast, get_args

import msgspec

from nodegraph.diffusion.autoencoder import AutoencoderConfig
from nodegraph.diffusion.image_encoder import ImageEncoderConfig
from nodegraph.diffusion.latents import SD15, LatentFormat
from nodegraph.diffusion.model import Beside
from nodegraph.diffusion.predictions import PredictionName
from nodegraph.diffusion.text_encoder import TextEncoderConfig
from nodegraph.diffusion.tokenizer import VOCABULARY_SIZE
from nodegraph.diffusion.unet import UNetConfig
from nodegraph.errors import UserError
from nodegraph.weights import keys
from nodegraph.weights.describe import describe
from nodegraph.weights.header import Header
from nodegraph.weights.keys import KeyMap

METADATA: Mapping[str, str] = {
    "nodegraph.unet.heads": "attention heads of the U-Net (8)",
    "nodegraph.unet.groups": "group norms' groups in the U-Net (the largest power of two up to 32 dividing its widths)",
    "nodegraph.vae.groups": "group norms' groups in the autoencoder (likewise)",
    "nodegraph.text.heads": "attention heads of the text encoder (one for each 64 of its width)",
    "nodegraph.text.activation": "activation of the text encoder (quick_gelu)",
    "nodegraph.vision.heads": "attention heads of the image encoder (one for each 64 of its width)",
    "nodegraph.vision.activation": "activation of the image encoder (quick_gelu)",
    "nodegraph.prediction": "what the U-Net predicts: eps or v (v if the file has a tensor named v_pred, else eps)",
    "nodegraph.latent_scale": "factor from the autoencoder's latents to the U-Net's (0.18215)",
    "nodegraph.latent_rgb": "colours that previews show for the U-Net's latents (those of SD 1.x)",
}
"""The keys of a file's metadata that are read, with what they say and, in parentheses, what holds without them."""

_MOST_GROUPS = 32
_HEAD_WIDTH = 64
_SHOWN = 80

Config = TypeVar("Config")
Shapes = Mapping[str, tuple[int, ...]]


class UnrecognisedFileError(UserError):
    """A sound safetensors file that is not what it was opened as."""


@dataclass(frozen=True)
class Part(Generic[Config]):
    """One network of a file: its configuration, and where its tensors are."""

    config: Config
    keys: KeyMap


@dataclass(frozen=True)
class Checkpoint:
    """A file that holds all three networks."""

    unet: Part[UNetConfig]
    autoencoder: Part[AutoencoderConfig]
    text_encoder: Part[TextEncoderConfig]
    prediction: PredictionName
    latent: LatentFormat


def recognise_checkpoint(header: Header) -> Checkpoint:
    """Recognise a single-file checkpoint of SD 1.x's structure; raises UnrecognisedFileError saying what it is."""
    unet_keys = keys.below(keys.UNET_PREFIXES, header.tensors, landmark="input_blocks.0.0.weight")
    text_keys = keys.below(keys.TEXT_ENCODER_PREFIXES, header.tensors, landmark="embeddings.token_embedding.weight")
    autoencoder = recognise_autoencoder_part(header)
    if not unet_keys or not text_keys or autoencoder is None:
        raise UnrecognisedFileError(
            f"{header.path} is not a checkpoint of Stable Diffusion 1.x: it looks like {describe(header)}"
        )
    try:
        unet = _unet_config(_shapes(header, unet_keys), header.metadata)
        text_encoder = _text_encoder_config(_shapes(header, text_keys), header.metadata)
        prediction, latent = _prediction(header), _latent_format(header.metadata, autoencoder.config.downscale)
    except (KeyError, ValueError) as error:
        raise _unreadable(header, error) from None
    if unet.in_channels != unet.out_channels and beside(unet) is None:
        raise UnrecognisedFileError(
            f"{header.path} has a U-Net of {unet.in_channels} input and {unet.out_channels} output channels, which "
            "cannot be run; an ordinary checkpoint has as many of both, one for editing twice as many input channels, "
            "and one for inpainting yet one more"
        )
    if not unet.out_channels == autoencoder.config.latent_channels == SD15.channels:
        raise UnrecognisedFileError(
            f"{header.path} has a U-Net for latents of {unet.out_channels} channels and an autoencoder that makes "
            f"{autoencoder.config.latent_channels}; a checkpoint of Stable Diffusion 1.x has {SD15.channels} in both"
        )
    return Checkpoint(
        unet=Part(unet, unet_keys),
        autoencoder=autoencoder,
        text_encoder=Part(text_encoder, text_keys),
        prediction=prediction,
        latent=latent,
    )


def beside(unet: UNetConfig) -> Beside | None:
    """What a U-Net is shown beside the noisy latent, by the number of its input channels."""
    found: Mapping[int, Beside] = {2 * unet.out_channels: "picture", 2 * unet.out_channels + 1: "mask and picture"}
    return found.get(unet.in_channels)


def recognise_autoencoder(header: Header) -> Part[AutoencoderConfig]:
    """Recognise an autoencoder, alone in its file or in a checkpoint; raises UnrecognisedFileError."""
    part = recognise_autoencoder_part(header)
    if part is None:
        raise UnrecognisedFileError(f"{header.path} holds no autoencoder (VAE): it looks like {describe(header)}")
    return part


def recognise_autoencoder_part(header: Header) -> Part[AutoencoderConfig] | None:
    """The autoencoder in a file, if there is one."""
    key_map = keys.below(keys.AUTOENCODER_PREFIXES, header.tensors, landmark="decoder.up.0.block.0.conv1.weight")
    if not key_map:
        return None
    try:
        return Part(_autoencoder_config(_shapes(header, key_map), header.metadata), key_map)
    except (KeyError, ValueError) as error:
        raise _unreadable(header, error) from None


def recognise_image_encoder(header: Header) -> Part[ImageEncoderConfig]:
    """Recognise CLIP's image encoder, in the layout of transformers; raises UnrecognisedFileError."""
    key_map = keys.below(("",), header.tensors, landmark="vision_model.embeddings.class_embedding")
    if not key_map or "visual_projection.weight" not in key_map:
        raise UnrecognisedFileError(
            f"{header.path} holds no image encoder of CLIP with its projection, as transformers names them: it looks "
            f"like {describe(header)}"
        )
    try:
        return Part(_image_encoder_config(_shapes(header, key_map), header.metadata), key_map)
    except (KeyError, ValueError) as error:
        raise _unreadable(header, error) from None


def _unreadable(header: Header, error: Exception) -> UnrecognisedFileError:
    what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
    return UnrecognisedFileError(f"{header.path} looks like {describe(header)}, but does not fit together: {what}")


def _shapes(header: Header, key_map: KeyMap) -> Shapes:
    return {name: header.tensors[key].shape for name, key in key_map.items()}


def _count(shapes: Shapes, pattern: str) -> int:
    """How many numbers follow each other from 0 in place of the pattern's ``#``."""
    found = {int(match[1]) for name in shapes if (match := re.match(pattern.replace("#", r"(\d+)"), name))}
    return next(number for number in range(len(found) + 1) if number not in found)


def _divisor(metadata: Mapping[str, str], key: str, default: int, widths: list[int]) -> int:
    """A number of heads or groups: what the metadata says or the default, if the widths can be divided by it."""
    number = int(metadata.get(key, default))
    if number < 1 or any(width % number for width in widths):
        raise ValueError(f"the widths {widths} cannot be divided by {number} ({METADATA[key]}; metadata {key!r})")
    return number


def _most_groups(widths: list[int]) -> int:
    return math.gcd(_MOST_GROUPS, *widths)


def _unet_config(shapes: Shapes, metadata: Mapping[str, str]) -> UNetConfig:
    model_channels, in_channels = shapes["input_blocks.0.0.weight"][:2]
    levels: list[list[int]] = [[]]  # for each resolution, the index of its residual blocks
    for index in range(1, _count(shapes, r"input_blocks\.#\.")):
        if f"input_blocks.{index}.0.op.weight" in shapes:
            levels.append([])
        else:
            levels[-1].append(index)
    if not all(levels):
        raise ValueError("a resolution level of the U-Net has no residual block")
    widths = [shapes[f"input_blocks.{blocks[0]}.0.in_layers.2.weight"][0] for blocks in levels]
    if any(width % model_channels for width in widths):
        raise ValueError(f"the widths {widths} of the U-Net are no multiples of {model_channels}")
    depths = [_count(shapes, rf"input_blocks\.{blocks[0]}\.1\.transformer_blocks\.#\.") for blocks in levels]
    middle_depth = _count(shapes, r"middle_block\.1\.transformer_blocks\.#\.")
    contexts = {shape[1] for name, shape in shapes.items() if name.endswith("attn2.to_k.weight")}
    if len(contexts) != 1:
        raise ValueError(f"the U-Net attends to contexts of {len(contexts)} widths ({sorted(contexts)}), expected one")
    attended = [width for width, depth in zip([*widths, widths[-1]], [*depths, middle_depth], strict=True) if depth]
    normed = [model_channels, *widths]
    return UNetConfig(
        in_channels=in_channels,
        out_channels=shapes["out.2.weight"][0],
        model_channels=model_channels,
        channel_mult=tuple(width // model_channels for width in widths),
        res_blocks=tuple(len(blocks) for blocks in levels),
        transformer_depth=tuple(depths),
        middle_depth=middle_depth,
        context_width=contexts.pop(),
        heads=_divisor(metadata, "nodegraph.unet.heads", UNetConfig.heads, attended),
        groups=_divisor(metadata, "nodegraph.unet.groups", _most_groups(normed), normed),
        linear_projection=len(shapes.get("middle_block.1.proj_in.weight", ())) == 2,
    )


def _autoencoder_config(shapes: Shapes, metadata: Mapping[str, str]) -> AutoencoderConfig:
    base = shapes["encoder.conv_in.weight"][0]
    levels = range(_count(shapes, r"encoder\.down\.#\."))
    widths = [shapes[f"encoder.down.{level}.block.0.conv1.weight"][0] for level in levels]
    if any(width % base for width in widths):
        raise ValueError(f"the widths {widths} of the autoencoder are no multiples of {base}")
    return AutoencoderConfig(
        base_channels=base,
        channel_mult=tuple(width // base for width in widths),
        res_blocks=_count(shapes, r"encoder\.down\.0\.block\.#\."),
        latent_channels=shapes["post_quant_conv.weight"][1],
        inner_channels=shapes["decoder.conv_in.weight"][1],
        groups=_divisor(metadata, "nodegraph.vae.groups", _most_groups([base, *widths]), [base, *widths]),
    )


def _text_encoder_config(shapes: Shapes, metadata: Mapping[str, str]) -> TextEncoderConfig:
    table = "embeddings.token_embedding.weight"
    vocabulary, width = shapes[table]
    numbers = shapes.get(keys.STORED_ROWS[table])
    if numbers is None and vocabulary != VOCABULARY_SIZE:
        raise ValueError(f"the text encoder knows {vocabulary} tokens, CLIP's tokenizer gives {VOCABULARY_SIZE}")
    if numbers is not None and (numbers != (vocabulary,) or not 0 < vocabulary <= VOCABULARY_SIZE):
        raise ValueError(
            f"the text encoder's table stores {vocabulary} rows and numbers of shape {list(numbers)} for them, "
            f"expected as many numbers as rows, {VOCABULARY_SIZE} at most"
        )
    return TextEncoderConfig(
        width=width,
        layers=_count(shapes, r"encoder\.layers\.#\."),
        heads=_divisor(metadata, "nodegraph.text.heads", max(1, width // _HEAD_WIDTH), [width]),
        inner_width=shapes["encoder.layers.0.mlp.fc1.weight"][0],
        positions=shapes["embeddings.position_embedding.weight"][0],
        activation=metadata.get("nodegraph.text.activation", TextEncoderConfig.activation),
    )


def _image_encoder_config(shapes: Shapes, metadata: Mapping[str, str]) -> ImageEncoderConfig:
    width, _, patch, _ = shapes["vision_model.embeddings.patch_embedding.weight"]
    patches = shapes["vision_model.embeddings.position_embedding.weight"][0] - 1
    text = shapes.get("text_projection.weight")
    return ImageEncoderConfig(
        side=math.isqrt(patches) * patch,
        patch=patch,
        width=width,
        layers=_count(shapes, r"vision_model\.encoder\.layers\.#\."),
        heads=_divisor(metadata, "nodegraph.vision.heads", max(1, width // _HEAD_WIDTH), [width]),
        inner_width=shapes["vision_model.encoder.layers.0.mlp.fc1.weight"][0],
        projection=shapes["visual_projection.weight"][0],
        activation=metadata.get("nodegraph.vision.activation", ImageEncoderConfig.activation),
        text_width=None if text is None else text[1],
    )


def _prediction(header: Header) -> PredictionName:
    named = header.metadata.get("nodegraph.prediction", "v" if "v_pred" in header.tensors else "eps")
    if named not in get_args(PredictionName):
        raise ValueError(
            f"its metadata says it predicts {named!r}, expected one of {', '.join(get_args(PredictionName))}"
        )
    return cast(PredictionName, named)


def _latent_format(metadata: Mapping[str, str], downscale: int) -> LatentFormat:
    scale = float(metadata.get("nodegraph.latent_scale", SD15.scale))
    if not 0 < scale < math.inf:
        raise ValueError(f"its metadata says the factor 'nodegraph.latent_scale' is {scale}, expected a number above 0")
    latent = replace(SD15, scale=scale, downscale=downscale)
    colours = metadata.get("nodegraph.latent_rgb")
    if colours is None:
        return latent
    try:
        rows = msgspec.json.decode(colours, type=list[tuple[float, float, float]])
    except msgspec.DecodeError:
        rows = []
    if len(rows) != SD15.channels + 1:
        raise ValueError(
            f"its metadata 'nodegraph.latent_rgb' is {colours[:_SHOWN]!r}, expected a row [red, green, blue] "
            f"for each of {SD15.channels} channels and one to add"
        )
    *factors, bias = rows
    return replace(latent, rgb_factors=tuple(factors), rgb_bias=bias)
