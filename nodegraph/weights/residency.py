"""Which weights are in memory: loaded when first computed with, once however many ask, dropped when room is needed.

One of these per worker. It turns the handles that travel through a graph into the networks they stand for.
"""

import gc
import math
import threading
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import psutil
import torch
from torch import nn

from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.diffusion.compiled import compiled
from nodegraph.diffusion.image_encoder import ImageEncoder
from nodegraph.diffusion.model import DiffusionModel, Network
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.predictions import PREDICTIONS
from nodegraph.diffusion.resampling import resampled
from nodegraph.diffusion.scheduled_weights import NetworkSwitch, Weights, combined
from nodegraph.diffusion.seamless import seamless, wrapped
from nodegraph.diffusion.text_attention import AttentionFactors, multiplied
from nodegraph.diffusion.text_encoder import TextEncoder
from nodegraph.diffusion.unet import UNet
from nodegraph.errors import UserError
from nodegraph.settings import Precision
from nodegraph.weights.devices import TEXT_ENCODER_DTYPE, choose_device, compute_dtype
from nodegraph.weights.handles import Clip, ClipVision, Model, Vae, WeightChange, WeightFile
from nodegraph.weights.header import Header, read_header, weight_file
from nodegraph.weights.load import load_autoencoder, load_image_encoder, load_text_encoder, load_unet, read_parts
from nodegraph.weights.lora import fit_lora
from nodegraph.weights.merge import Deltas, LoraDeltas, NetworkDeltas, merged
from nodegraph.weights.recognise import (
    Part,
    beside,
    recognise_autoencoder,
    recognise_checkpoint,
    recognise_image_encoder,
)

Kind = Literal["diffusion", "clip", "vae", "clip_vision"]
Loaded = TypeVar("Loaded")
Net = TypeVar("Net", bound=nn.Module)

_ROOM_TO_COMPUTE = 1.25
"""Memory wanted for each byte of weights to load: the rest is for activations."""


class ChangedFileError(UserError):
    """A weight file was replaced after a handle on it was made."""


class UnfitChangeError(UserError):
    """A checkpoint whose weights cannot take the place of another's."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A network of a file: with ``weights`` changed; or what the file, a LoRA, changes in the network of ``base``."""

    file: WeightFile
    kind: Kind
    weights: Weights = ()
    base: WeightFile | None = None

    def replaces(self, other: "_Key") -> bool:
        """Whether the other is dropped for this one: another version of the file, or of the changed network."""
        if self.file != other.file:
            return self.file.path == other.file.path
        return self.kind == other.kind and bool(self.weights and other.weights) and self.weights != other.weights


@dataclass
class _Slot(Generic[Loaded]):
    """One network: its lock makes the second who asks wait for the first one's load."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Loaded | None = None


class Residency:
    """Loaded networks by file and part; safe to use from several threads.

    A network with changed weights is kept beside the one it was made from, so that other strengths need no file; of
    each network only the last asked for. It stays when the unchanged one is asked for, since a workflow may use both:
    until others are asked for, or room is needed.
    """

    def __init__(self, *, device: str = "auto", precision: Precision = "auto") -> None:
        self.device = choose_device(device)
        self.dtype = compute_dtype(self.device, precision)
        self._lock = threading.Lock()
        self._slots: dict[_Key, _Slot[object]] = {}  # least recently used first

    def diffusion(self, model: Model) -> DiffusionModel:
        """The diffusion network of a handle, with the handle's options. Raises what loading raises (a UserError)."""
        loaded = self._unet(model.file)
        original = cast(UNet, loaded.network)

        def reweighted(weights: Weights) -> Network:
            changes = combined((*model.changes, *weights))
            return _with_options(self._merged(original, model.file, "diffusion", changes), model)

        network = self._changed(original, model.file, "diffusion", model.changes)
        return replace(
            loaded,
            options=model.options,
            sampling=resampled(loaded.sampling, model.options),
            network=_with_options(network, model),
            switch=NetworkSwitch(reweighted, lambda change: self._deltas(change, model.file, "diffusion")),
        )

    def clip(self, clip: Clip) -> TextEncoder:
        """The text encoder of a handle (which layer to stop at is the handle's to say). Raises like diffusion.

        Its hooks are left to those who encode with it.
        """
        loaded = self._text_encoder(clip.file)
        network = self._changed(loaded.network, clip.file, "clip", clip.changes)
        factors = [factor for factor in clip.attention if isinstance(factor, AttentionFactors)]
        return loaded.with_network(multiplied(network, factors))

    def vae(self, vae: Vae) -> Autoencoder:
        """The autoencoder of a handle. Raises like diffusion."""

        def load(path: Path, header: Header) -> Autoencoder:
            part = recognise_autoencoder(header)
            self._make_room(path, _values(header, part) * self.dtype.itemsize)
            return load_autoencoder(path, part, device=self.device, dtype=self.dtype)

        loaded = self._get(_Key(vae.file, "vae"), load)
        return loaded if vae.seamless is None else seamless(loaded, vae.seamless)

    def clip_vision(self, clip_vision: ClipVision) -> ImageEncoder:
        """The image encoder of a handle. Raises like diffusion."""

        def load(path: Path, header: Header) -> ImageEncoder:
            part = recognise_image_encoder(header)
            self._make_room(path, _values(header, part) * TEXT_ENCODER_DTYPE.itemsize)
            return load_image_encoder(path, part, device=self.device, dtype=TEXT_ENCODER_DTYPE)

        return self._get(_Key(clip_vision.file, "clip_vision"), load)

    def free(self) -> None:
        """Drop everything; what a running job still uses goes when that job lets go of it."""
        with self._lock:
            self._slots.clear()
        self._release()

    def _unet(self, file: WeightFile) -> DiffusionModel:
        """The diffusion network of a file as it is there."""

        def load(path: Path, header: Header) -> DiffusionModel:
            checkpoint = recognise_checkpoint(header)
            self._make_room(path, _values(header, checkpoint.unet) * self.dtype.itemsize)
            return DiffusionModel(
                network=load_unet(path, checkpoint.unet, device=self.device, dtype=self.dtype),
                sampling=ModelSampling(PREDICTIONS[checkpoint.prediction]),
                latent=checkpoint.latent,
                device=self.device,
                dtype=self.dtype,
                context_width=checkpoint.unet.config.context_width,
                beside=beside(checkpoint.unet.config),
            )

        return self._get(_Key(file, "diffusion"), load)

    def _text_encoder(self, file: WeightFile) -> TextEncoder:
        """The text encoder of a file as it is there."""

        def load(path: Path, header: Header) -> TextEncoder:
            part = recognise_checkpoint(header).text_encoder
            self._make_room(path, _values(header, part) * TEXT_ENCODER_DTYPE.itemsize)
            return load_text_encoder(path, part, device=self.device, dtype=TEXT_ENCODER_DTYPE)

        return self._get(_Key(file, "clip"), load)

    def _network(self, file: WeightFile, kind: Kind) -> nn.Module:
        loaded = self._unet(file) if kind == "diffusion" else self._text_encoder(file)
        return cast(nn.Module, loaded.network)

    def _changed(self, network: Net, file: WeightFile, kind: Kind, changes: Weights) -> Net:
        """A network of a file with changed weights, kept until others are asked for."""
        weights = combined(changes)
        if not weights:
            return network

        def load(path: Path, _: Header) -> Net:
            return self._merged(network, file, kind, weights)

        return self._get(_Key(file, kind, weights), load)

    def _merged(self, network: Net, file: WeightFile, kind: Kind, weights: Weights) -> Net:
        """A network of a file with changed weights, which nobody keeps but who asked."""
        changes = [(self._deltas(change, file, kind), strength) for change, strength in weights]
        names = {name for deltas, _ in changes for name in deltas.names}
        parameters = (network.get_parameter(name) for name in names)
        self._make_room(Path(file.path), sum(parameter.nbytes for parameter in parameters))
        return merged(network, changes)

    def _deltas(self, change: Hashable, base: WeightFile, kind: Kind) -> Deltas:
        """What a change does to the network of a kind in the file ``base``."""
        assert isinstance(change, WeightChange)
        if change.kind == "checkpoint":
            own, other = (dict(self._network(file, kind).named_parameters()) for file in (base, change.file))
            if _shapes(own) != _shapes(other):
                raise UnfitChangeError(
                    f"The weights of {change.file.path} cannot take the place of those of {base.path}: the networks "
                    "are not of one size. Choose a checkpoint of the same family"
                )
            return NetworkDeltas(other)

        def load(path: Path, header: Header) -> LoraDeltas:
            of = read_header(Path(base.path))
            fitting = fit_lora(header, recognise_checkpoint(of), of)
            return LoraDeltas(read_parts(path, fitting.unet if kind == "diffusion" else fitting.text_encoder))

        return self._get(_Key(change.file, kind, base=base), load)

    def _get(self, key: _Key, load: Callable[[Path, Header], Loaded]) -> Loaded:
        slot = self._slot(key)
        with slot.lock:
            if slot.value is None:
                path = Path(key.file.path)
                if weight_file(path) != key.file:
                    raise ChangedFileError(f"{path} has changed since the workflow opened it: run the workflow again")
                slot.value = load(path, read_header(path))
            return cast(Loaded, slot.value)

    def _slot(self, key: _Key) -> _Slot[object]:
        """The slot for one network, marked as used last; what it replaces is dropped."""
        with self._lock:
            for other in [other for other in self._slots if key.replaces(other)]:
                del self._slots[other]
            slot = self._slots.pop(key, None) or _Slot()
            self._slots[key] = slot
            return slot

    def _make_room(self, path: Path, size: int) -> None:
        """Drop networks of other files, least recently used first, until so many bytes fit or none is left."""
        while self._free_memory() < _ROOM_TO_COMPUTE * size:
            with self._lock:
                oldest = next((key for key in self._slots if key.file.path != str(path)), None)
                if oldest is None:
                    return
                del self._slots[oldest]
            self._release()

    def _free_memory(self) -> int:
        """Bytes that could be allocated on the device now."""
        if self.device.type == "cuda":
            return torch.cuda.mem_get_info(self.device)[0]
        return int(psutil.virtual_memory().available)

    def _release(self) -> None:
        gc.collect()
        if self.device.type == "cuda":
            torch.cuda.empty_cache()


def _shapes(weights: Mapping[str, torch.Tensor]) -> dict[str, torch.Size]:
    return {name: weight.shape for name, weight in weights.items()}


def _values(header: Header, part: Part[Any]) -> int:
    return sum(math.prod(header.tensors[key].shape) for key in part.keys.values())


def _with_options(network: Net, model: Model) -> Net:
    return compiled(wrapped(network, model.options), model.options)
