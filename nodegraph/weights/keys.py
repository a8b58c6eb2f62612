"""Where in a file each network's tensors are.

A map goes from the name of a network's own parameter to the key in the file, so that networks know nothing of files.
Genuine single files keep all parts together under prefixes; a file with the autoencoder alone may have its prefix or
none.
"""

from collections.abc import Iterable, Mapping

UNET_PREFIXES = ("model.diffusion_model.",)
AUTOENCODER_PREFIXES = ("first_stage_model.", "")
TEXT_ENCODER_PREFIXES = ("cond_stage_model.transformer.text_model.", "cond_stage_model.transformer.")

STORED_ROWS: Mapping[str, str] = {"embeddings.token_embedding.weight": "embeddings.token_embedding.rows"}
"""Parameters of which a file may store only some rows -> the name, beside it, of the numbers of those rows.

All other rows are zero. A small model that was taught few words need not carry a row for each of CLIP's 49408 tokens.
"""

KeyMap = dict[str, str]


def below(prefixes: tuple[str, ...], keys: Iterable[str], *, landmark: str) -> KeyMap:
    """Parameter name -> key, for the first prefix under which ``landmark`` is present; empty if there is none."""
    present = set(keys)
    for prefix in prefixes:
        if prefix + landmark in present:
            return {key[len(prefix) :]: key for key in present if key.startswith(prefix)}
    return {}
