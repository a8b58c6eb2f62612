"""Which weights are in memory: loaded when first computed with, once however many ask, dropped when room is needed.

One of these per worker. It turns the handles that travel through a graph into the networks they stand for.
"""

import gc
import math
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar, cast

import psutil
import torch

from nodegraph.diffusion.autoencoder import Autoencoder
from nodegraph.diffusion.model import DiffusionModel
from nodegraph.diffusion.model_sampling import ModelSampling
from nodegraph.diffusion.predictions import PREDICTIONS
from nodegraph.diffusion.resampling import resampled
from nodegraph.diffusion.seamless import seamless, wrapped
from nodegraph.diffusion.text_encoder import TextEncoder
from nodegraph.errors import UserError
from nodegraph.settings import Precision
from nodegraph.weights.devices import TEXT_ENCODER_DTYPE, choose_device, compute_dtype
from nodegraph.weights.handles import Clip, Model, Vae, WeightFile
from nodegraph.weights.header import Header, read_header, weight_file
from nodegraph.weights.load import load_autoencoder, load_text_encoder, load_unet
from nodegraph.weights.recognise import Part, recognise_autoencoder, recognise_checkpoint

Kind = Literal["diffusion", "clip", "vae"]
Loaded = TypeVar("Loaded")

_ROOM_TO_COMPUTE = 1.25
"""Memory wanted for each byte of weights to load: the rest is for activations."""


class ChangedFileError(UserError):
    """A weight file was replaced after a handle on it was made."""


@dataclass
class _Slot(Generic[Loaded]):
    """One network: its lock makes the second who asks wait for the first one's load."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    value: Loaded | None = None


class Residency:
    """Loaded networks by file and part; safe to use from several threads."""

    def __init__(self, *, device: str = "auto", precision: Precision = "auto") -> None:
        self.device = choose_device(device)
        self.dtype = compute_dtype(self.device, precision)
        self._lock = threading.Lock()
        self._slots: dict[tuple[WeightFile, Kind], _Slot[object]] = {}  # least recently used first

    def diffusion(self, model: Model) -> DiffusionModel:
        """The diffusion network of a handle, with the handle's options. Raises what loading raises (a UserError)."""

        def load(path: Path, header: Header) -> DiffusionModel:
            checkpoint = recognise_checkpoint(header)
            self._make_room(header, checkpoint.unet, self.dtype)
            return DiffusionModel(
                network=load_unet(path, checkpoint.unet, device=self.device, dtype=self.dtype),
                sampling=ModelSampling(PREDICTIONS[checkpoint.prediction]),
                latent=checkpoint.latent,
                device=self.device,
                dtype=self.dtype,
                context_width=checkpoint.unet.config.context_width,
                inpainting=checkpoint.unet.config.in_channels > checkpoint.unet.config.out_channels,
            )

        loaded = self._get(model.file, "diffusion", load)
        return replace(
            loaded,
            options=model.options,
            sampling=resampled(loaded.sampling, model.options),
            network=wrapped(loaded.network, model.options),
        )

    def clip(self, clip: Clip) -> TextEncoder:
        """The text encoder of a handle (which layer to stop at is the handle's to say). Raises like diffusion."""

        def load(path: Path, header: Header) -> TextEncoder:
            part = recognise_checkpoint(header).text_encoder
            self._make_room(header, part, TEXT_ENCODER_DTYPE)
            return load_text_encoder(path, part, device=self.device, dtype=TEXT_ENCODER_DTYPE)

        return self._get(clip.file, "clip", load)

    def vae(self, vae: Vae) -> Autoencoder:
        """The autoencoder of a handle. Raises like diffusion."""

        def load(path: Path, header: Header) -> Autoencoder:
            part = recognise_autoencoder(header)
            self._make_room(header, part, self.dtype)
            return load_autoencoder(path, part, device=self.device, dtype=self.dtype)

        loaded = self._get(vae.file, "vae", load)
        return loaded if vae.seamless is None else seamless(loaded, vae.seamless)

    def free(self) -> None:
        """Drop everything; what a running job still uses goes when that job lets go of it."""
        with self._lock:
            self._slots.clear()
        self._release()

    def _get(self, file: WeightFile, kind: Kind, load: Callable[[Path, Header], Loaded]) -> Loaded:
        slot = self._slot(file, kind)
        with slot.lock:
            if slot.value is None:
                path = Path(file.path)
                if weight_file(path) != file:
                    raise ChangedFileError(f"{path} has changed since the workflow opened it: run the workflow again")
                slot.value = load(path, read_header(path))
            return cast(Loaded, slot.value)

    def _slot(self, file: WeightFile, kind: Kind) -> _Slot[object]:
        """The slot for one network, marked as used last; earlier versions of the same file are dropped."""
        with self._lock:
            for other in [key for key in self._slots if key[0].path == file.path and key[0] != file]:
                del self._slots[other]
            slot = self._slots.pop((file, kind), None) or _Slot()
            self._slots[file, kind] = slot
            return slot

    def _make_room(self, header: Header, part: Part[Any], dtype: torch.dtype) -> None:
        """Drop networks of other files, least recently used first, until this one fits or none is left."""
        values = sum(math.prod(header.tensors[key].shape) for key in part.keys.values())
        wanted = _ROOM_TO_COMPUTE * values * dtype.itemsize
        while self._free_memory() < wanted:
            with self._lock:
                oldest = next((key for key in self._slots if key[0].path != str(header.path)), None)
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
