"""Fill networks with the tensors of a file, straight from the memory map to the device and precision they compute in.

A network is built without memory (on the ``meta`` device) and each parameter takes the place of its shape, so that at
no time is there more than one copy of the weights and one tensor besides.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from nodegraph.diffusion.autoencoder import Autoencoder, AutoencoderConfig
from nodegraph.diffusion.image_encoder import ImageEncoder, ImageEncoderConfig
from nodegraph.diffusion.text_encoder import TextEncoder, TextEncoderConfig, build_network
from nodegraph.diffusion.tokenizer import Tokenizer
from nodegraph.diffusion.unet import UNet, UNetConfig
from nodegraph.weights.header import BrokenFileError
from nodegraph.weights.keys import STORED_ROWS, KeyMap
from nodegraph.weights.recognise import Part, UnrecognisedFileError

Network = TypeVar("Network", bound=nn.Module)

_AGAIN = "Download or copy it again."


def load_unet(path: Path, part: Part[UNetConfig], *, device: torch.device, dtype: torch.dtype) -> UNet:
    """The U-Net of a checkpoint; raises BrokenFileError or UnrecognisedFileError."""
    with torch.device("meta"):
        network = UNet(part.config)
    return _fill(network, path, part.keys, device=device, dtype=dtype)


def load_autoencoder(
    path: Path, part: Part[AutoencoderConfig], *, device: torch.device, dtype: torch.dtype
) -> Autoencoder:
    """The autoencoder of a file; raises BrokenFileError or UnrecognisedFileError."""
    with torch.device("meta"):
        network = Autoencoder(part.config)
    return _fill(network, path, part.keys, device=device, dtype=dtype)


def load_text_encoder(
    path: Path, part: Part[TextEncoderConfig], *, device: torch.device, dtype: torch.dtype
) -> TextEncoder:
    """The text encoder of a checkpoint with its tokenizer; raises BrokenFileError or UnrecognisedFileError."""
    with torch.device("meta"):
        network = build_network(part.config)
    # The one buffer that no file needs to hold: positions count from 0.
    positions = torch.arange(part.config.positions, device=device)[None]
    network.embeddings.register_buffer("position_ids", positions, persistent=False)
    return TextEncoder(_fill(network, path, part.keys, device=device, dtype=dtype), Tokenizer())


def load_image_encoder(
    path: Path, part: Part[ImageEncoderConfig], *, device: torch.device, dtype: torch.dtype
) -> ImageEncoder:
    """CLIP's image encoder of a file; raises BrokenFileError or UnrecognisedFileError."""
    with torch.device("meta"):
        network = ImageEncoder(part.config)
    positions = torch.arange((part.config.side // part.config.patch) ** 2 + 1, device=device)[None]
    network.vision_model.embeddings.register_buffer("position_ids", positions, persistent=False)
    return _fill(network, path, part.keys, device=device, dtype=dtype)


def read_parts(path: Path, entries: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, Tensor]]:
    """The tensors of a LoRA by parameter and role, in its precision; raises BrokenFileError.

    They are copied out of the memory map: whoever trains a LoRA writes the file anew while it is in use here.
    """
    try:
        with safe_open(path, framework="pt") as file:
            return {
                name: {role: file.get_tensor(key).clone() for role, key in entry.items()}
                for name, entry in entries.items()
            }
    except (SafetensorError, OSError) as error:
        raise BrokenFileError(f"{path} cannot be read: {error}. {_AGAIN}") from None


def _fill(network: Network, path: Path, keys: KeyMap, *, device: torch.device, dtype: torch.dtype) -> Network:
    """Give every parameter of a ``meta`` network its tensor; tensors no parameter asks for are not read."""
    wanted = network.state_dict()
    missing = [name for name in wanted if name not in keys]
    if missing:
        raise UnrecognisedFileError(
            f"{path} lacks {len(missing)} of the {len(wanted)} tensors of its {type(network).__name__}, "
            f"the first {missing[0]!r}"
        )
    try:
        with safe_open(path, framework="pt") as file:
            tensors: dict[str, Tensor] = {}
            for name, like in wanted.items():
                tensor = file.get_tensor(keys[name])
                if (numbers := keys.get(STORED_ROWS.get(name, ""))) is not None:
                    tensor = _expand(tensor, file.get_tensor(numbers), len(like), path=path, key=numbers)
                tensors[name] = _convert(tensor, like, path=path, key=keys[name], device=device, dtype=dtype)
    except (SafetensorError, OSError) as error:
        raise BrokenFileError(f"{path} cannot be read: {error}. {_AGAIN}") from None
    network.load_state_dict(tensors, assign=True)
    return network.requires_grad_(False).eval()


def _expand(stored: Tensor, numbers: Tensor, count: int, *, path: Path, key: str) -> Tensor:
    """A table ``count w`` from its stored rows ``r w`` and their numbers ``r`` (see ``keys.STORED_ROWS``)."""
    if numbers.is_floating_point() or len(set(numbers.tolist())) < len(numbers):
        raise BrokenFileError(f"{path} is damaged: {key!r} must hold whole numbers, each only once. {_AGAIN}")
    if not 0 <= int(numbers.min()) <= int(numbers.max()) < count:
        raise BrokenFileError(
            f"{path} is damaged: {key!r} holds numbers from {int(numbers.min())} to {int(numbers.max())}, expected "
            f"0 to {count - 1}. {_AGAIN}"
        )
    return stored.new_zeros(count, stored.shape[1]).index_copy(0, numbers.long(), stored)


def _convert(tensor: Tensor, like: Tensor, *, path: Path, key: str, device: torch.device, dtype: torch.dtype) -> Tensor:
    """One tensor in its final place, type and layout; a tensor that needs no change stays memory-mapped."""
    if tensor.shape != like.shape:
        # Some files hold 1×1 convolutions as the matrices they are.
        if tensor.numel() != like.numel() or like.ndim != 4:
            raise UnrecognisedFileError(
                f"{path} does not fit together: {key!r} has the shape {list(tensor.shape)}, expected {list(like.shape)}"
            )
        tensor = tensor.view(like.shape)
    layout = torch.channels_last if like.ndim == 4 else torch.contiguous_format
    return tensor.to(device=device, dtype=dtype, memory_format=layout)
