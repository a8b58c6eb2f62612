"""Which weights of a checkpoint a LoRA file changes, from the names and shapes of its tensors alone.

The field has many ways to name the same: kohya and LyCORIS (``lora_unet_…``, ``lora_te_…``), PEFT and diffusers
(``unet.…lora_A``, ``text_encoder.…``), and each of them after the modules of the layout or those of diffusers. What a
tensor is in the formulas of :mod:`nodegraph.weights.deltas` is called its role.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from nodegraph.errors import UserError
from nodegraph.weights.deltas import delta
from nodegraph.weights.describe import describe
from nodegraph.weights.header import Header
from nodegraph.weights.keys import STORED_ROWS, KeyMap
from nodegraph.weights.module_names import diffusers_blocks, diffusers_name
from nodegraph.weights.recognise import Checkpoint

log = logging.getLogger(__name__)

Entry = Mapping[str, str]
"""The tensors that change one parameter: role -> key in the file."""

_WEIGHT_ROLES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (r"(\.lora_up|\.lora_B(\.default)?|[._]lora\.up|\.lora_linear_layer\.up)(\.weight)?$", "up"),
        (r"(\.lora_down|\.lora_A(\.default)?|[._]lora\.down|\.lora_linear_layer\.down)(\.weight)?$", "down"),
        (r"\.lora_mid\.weight$", "mid"),
        (r"\.alpha$", "alpha"),
        (r"(\.dora_scale|\.lora_magnitude_vector(\.default)?(\.weight)?)$", "dora_scale"),
        (r"\.(diff|w_norm)$", "diff"),
        *(
            (rf"\.{role}$", role)
            for role in (
                *("hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2"),
                *("lokr_w1", "lokr_w1_a", "lokr_w1_b", "lokr_w2", "lokr_w2_a", "lokr_w2_b", "lokr_t2"),
            )
        ),
    )
)
_BIAS = re.compile(r"\.(diff_b|b_norm)$")
_WRAPPER = "base_model.model."
_UNET_PREFIXES = ("", "unet.", "diffusion_model.", "model.diffusion_model.")
_SHOWN = 3


class UnfitLoraError(UserError):
    """A LoRA that does not belong to the model it is to change, or no LoRA."""


@dataclass(frozen=True)
class Lora:
    """What a file changes: parameter -> its tensors, for each of the networks."""

    unet: Mapping[str, Entry]
    text_encoder: Mapping[str, Entry]


def check_lora(header: Header) -> None:
    """Raise UnfitLoraError for a file that is no LoRA of any model."""
    if not any(_role(key) for key in header.tensors):
        raise UnfitLoraError(f"{header.path} is not a LoRA: it looks like {describe(header)}")


def fit_lora(header: Header, checkpoint: Checkpoint, of: Header) -> Lora:
    """What a LoRA changes in a checkpoint, whose header is ``of``. Reads no tensor; logs what it does not know.

    Raises:
        UnfitLoraError: it is no LoRA, nothing in it fits, or something has the shape for another model.
    """
    check_lora(header)
    modules = {**_unet_modules(checkpoint), **_text_modules(checkpoint.text_encoder.keys)}
    changed: dict[tuple[str, str], dict[str, str]] = {}
    unknown = []
    for key in header.tensors:
        found = _role(key)
        target = modules.get(_stem(key, found[2])) if found else None
        if found is None or target is None:
            unknown.append(key)
            continue
        part, module = target
        role, parameter, _ = found
        changed.setdefault((part, f"{module}.{parameter}"), {})[role] = key
    networks = {"unet": checkpoint.unet.keys, "text": _stored_whole(checkpoint.text_encoder.keys)}
    if not any(name in networks[part] for part, name in changed):
        raise UnfitLoraError(
            f"{header.path} changes nothing in {of.path}: none of its {len(header.tensors)} tensors belongs to a layer "
            f"of that model (the first is {next(iter(header.tensors))!r}). Expected a LoRA of the same family, with "
            "names such as 'lora_unet_down_blocks_0_…' or 'unet.down_blocks.0.…'"
        )
    fitting: dict[str, dict[str, Entry]] = {"unet": {}, "text": {}}
    for (part, name), entry in changed.items():
        if name not in networks[part]:
            unknown += entry.values()
            continue
        _check_shapes(header, entry, of=of, key=networks[part][name])
        fitting[part][name] = entry
    if unknown:
        shown = ", ".join(unknown[:_SHOWN]) + (", ..." if len(unknown) > _SHOWN else "")
        log.warning(
            "%d tensors of %s are not used: no layer of the model is named so: %s", len(unknown), header.path, shown
        )
    return Lora(unet=fitting["unet"], text_encoder=fitting["text"])


def _role(key: str) -> tuple[str, str, int] | None:
    """The role of a tensor, the parameter of its module that it changes, and where in the key its role begins."""
    for pattern, role in _WEIGHT_ROLES:
        if match := pattern.search(key):
            return role, "weight", match.start()
    if match := _BIAS.search(key):
        return "diff", "bias", match.start()
    return None


def _stem(key: str, end: int) -> str:
    """The module that a key names, without what only tells how it was wrapped."""
    stem = key[:end].removeprefix(_WRAPPER).replace(".processor.", ".").removesuffix("_lora")
    return f"{stem}.0" if stem.endswith(".to_out") else stem


def _unet_modules(checkpoint: Checkpoint) -> dict[str, tuple[str, str]]:
    """Every name for a module of the U-Net."""
    blocks = diffusers_blocks(checkpoint.unet.config)
    found = {}
    for module in _modules(checkpoint.unet.keys):
        theirs = diffusers_name(module, blocks)
        names = (module, theirs)
        for name in (
            *(f"lora_unet_{name.replace('.', '_')}" for name in names),
            *(prefix + name for prefix in _UNET_PREFIXES for name in names),
        ):
            found[name] = ("unet", module)
    return found


def _text_modules(keys: KeyMap) -> dict[str, tuple[str, str]]:
    """Every name for a module of the text encoder."""
    found = {}
    for module in _modules(keys):
        flat = module.replace(".", "_")
        for name in (
            *(f"lora_te_text_model_{flat}", f"lora_te_{flat}"),
            *(f"text_encoder.text_model.{module}", f"text_encoder.{module}", f"text_model.{module}"),
        ):
            found[name] = ("text", module)
    return found


def _modules(keys: KeyMap) -> Iterable[str]:
    return dict.fromkeys(name.rpartition(".")[0] for name in keys)


def _stored_whole(keys: KeyMap) -> KeyMap:
    """Without the parameters of which the file has only some rows: their shape there is not the network's."""
    return {name: key for name, key in keys.items() if STORED_ROWS.get(name) not in keys}


def _check_shapes(header: Header, entry: Entry, *, of: Header, key: str) -> None:
    """Go through the formula with tensors that have shapes alone."""
    try:
        delta({role: _shape(header, name) for role, name in entry.items()}, _shape(of, key))
    except KeyError as lacking:
        first = next(iter(entry.values()))
        raise UnfitLoraError(f"{header.path} is not whole: beside {first!r} it lacks the tensor {lacking}") from None
    except (RuntimeError, IndexError):
        shapes = ", ".join(f"{name} {list(header.tensors[name].shape)}" for name in entry.values())
        raise UnfitLoraError(
            f"{header.path} is a LoRA for another kind of model than {of.path}: its {shapes} do not fit the weight "
            f"of shape {list(of.tensors[key].shape)} there. Choose one for the model's family"
        ) from None


def _shape(header: Header, key: str) -> Tensor:
    return torch.empty(header.tensors[key].shape, device="meta")
