"""Models that are well known by name, and the command that brings a model that is missing. Pure data: no files, no net.

What is named here is safetensors, can be run here, and needs neither an account nor an accepted licence to download.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A file of a Hugging Face repository.

    ``size`` is in bytes, rounded. ``sha256``: the digest that people have published for it; empty where only the
    repository's own, which is asked for in any case, is known.
    """

    name: str
    about: str
    kind: str
    repository: str
    file: str
    licence: str
    size: int
    sha256: str = ""


KNOWN: tuple[KnownModel, ...] = (
    KnownModel(
        name="sd-1.5",
        about="Stable Diffusion 1.5",
        kind="checkpoints",
        repository="stable-diffusion-v1-5/stable-diffusion-v1-5",
        file="v1-5-pruned-emaonly.safetensors",
        licence="CreativeML Open RAIL-M",
        size=4_270_000_000,
        sha256="6ce0161689b3853acaa03779ec93eafe75a02f4ced659bee03f50797806fa2fa",
    ),
    KnownModel(
        name="sd-1.5-fp16",
        about="the same at half the size",
        kind="checkpoints",
        repository="Comfy-Org/stable-diffusion-v1-5-archive",
        file="v1-5-pruned-emaonly-fp16.safetensors",
        licence="CreativeML Open RAIL-M",
        size=2_130_000_000,
        sha256="e9476a13728cd75d8279f6ec8bad753a66a1957ca375a1464dc63b37db6e3916",
    ),
    KnownModel(
        name="dreamshaper-8",
        about="DreamShaper 8, of Stable Diffusion 1.5, for illustration and portraits",
        kind="checkpoints",
        repository="Lykon/DreamShaper",
        file="DreamShaper_8_pruned.safetensors",
        licence="CreativeML Open RAIL-M",
        size=2_130_000_000,
        sha256="879db523c30d3b9017143d56705015e15a2cb5628762c11d086fed9538abd7fd",
    ),
    KnownModel(
        name="sd-vae-ft-mse",
        about="autoencoder for Stable Diffusion 1.x with smoother pictures",
        kind="vae",
        repository="stabilityai/sd-vae-ft-mse-original",
        file="vae-ft-mse-840000-ema-pruned.safetensors",
        licence="MIT",
        size=335_000_000,
    ),
    KnownModel(
        name="sd-vae-ft-ema",
        about="autoencoder for Stable Diffusion 1.x, closer to the original",
        kind="vae",
        repository="stabilityai/sd-vae-ft-ema-original",
        file="vae-ft-ema-560000-ema-pruned.safetensors",
        licence="MIT",
        size=335_000_000,
    ),
)

_BY_NAME = {model.name: model for model in KNOWN}
_BY_FILE = {(model.kind, model.file): model for model in KNOWN}


_PLAIN = re.compile(r"[A-Za-z0-9_./-]+")
"""What means nothing to any shell: a name may come out of somebody else's workflow, and the command is to be pasted."""


def known(name: str) -> KnownModel | None:
    """The model of that name, in capitals or not."""
    return _BY_NAME.get(name.lower())


def command_for(kind: str, name: str) -> str:
    """The command that brings the file that a graph calls ``name`` into a folder of ``kind``.

    Whole where the file is well known by its name, else with a place for where it is to come from.
    """
    path = PurePosixPath(name.replace("\\", "/"))
    model = _BY_FILE.get((kind, path.name))
    if model is None:
        return f"nodegraph models add URL_OR_PATH --kind {kind}"
    renamed = f" --name {path}" if len(path.parts) > 1 and _PLAIN.fullmatch(str(path)) else ""
    return f"nodegraph models add {model.name}{renamed}"
