"""Where in a file each network's tensors are.

A map goes from the name of a network's own parameter to the key in the file, so that networks know nothing of files.
Genuine single files keep all parts together under prefixes; a file with the autoencoder alone may have its prefix or
none.
"""

from collections.abc import Iterable

UNET_PREFIXES = ("model.diffusion_model.",)
AUTOENCODER_PREFIXES = ("first_stage_model.", "")
TEXT_ENCODER_PREFIXES = ("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer.")

KeyMap = dict[str, str]


def below(prefixes: tuple[str, ...], keys: Iterable[str], *, landmark: str) -> KeyMap:
    """Parameter name -> key, for the first prefix under which ``landmark`` is present; empty if there is none."""
    present = set(keys)
    for prefix in prefixes:
        if prefix + landmark in present:
            return {key[len(prefix) :]: key for key in present if key.startswith(prefix)}
    return {}
