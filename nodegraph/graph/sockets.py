"""Socket types: their names, and when an output may feed an input. Knows nothing of the values that travel.

A socket type is a plain string, so that packs can declare new ones. ``"*"`` connects to anything; a comma-separated
type is a set of alternatives.
"""

MODEL = "MODEL"
CLIP = "CLIP"
CLIP_VISION = "CLIP_VISION"
VAE = "VAE"
CONDITIONING = "CONDITIONING"
LATENT = "LATENT"
IMAGE = "IMAGE"
MASK = "MASK"
SIGMAS = "SIGMAS"
NOISE = "NOISE"
SAMPLER = "SAMPLER"
GUIDER = "GUIDER"
LATENT_OPERATION = "LATENT_OPERATION"
HOOKS = "HOOKS"
HOOK_KEYFRAMES = "HOOK_KEYFRAMES"
INT = "INT"
FLOAT = "FLOAT"
STRING = "STRING"
BOOLEAN = "BOOLEAN"
COMBO = "COMBO"
COLOR = "COLOR"
BOUNDING_BOX = "BOUNDING_BOX"
SVG = "SVG"
ANY = "*"

WIDGET_TYPES = frozenset({INT, FLOAT, STRING, BOOLEAN, COMBO, COLOR})
"""Types whose inputs are edited in place unless they are forced to be sockets."""

UNWRITABLE_TYPES = frozenset(
    {
        *(MODEL, CLIP, CLIP_VISION, VAE, CONDITIONING, LATENT, IMAGE, MASK),
        *(SIGMAS, NOISE, SAMPLER, GUIDER, LATENT_OPERATION, HOOKS, HOOK_KEYFRAMES),
    }
)
"""Types that no literal in a workflow can stand for: their inputs take links only."""

DYNAMIC_COMBO = "COMFY_DYNAMICCOMBO_V3"
AUTOGROW = "COMFY_AUTOGROW_V3"
MATCH = "COMFY_MATCHTYPE_V3"
"""The type of sockets of one node that are all of one type, whichever is linked first."""
DYNAMIC_TYPES = frozenset({DYNAMIC_COMBO, AUTOGROW})
"""Types of inputs that stand for a group of others, which a workflow names ``group.member``."""


def compatible(produced: str, accepted: str) -> bool:
    """Whether an output of type ``produced`` may feed an input of type ``accepted``.

    Equal types and ``"*"`` on either side match, and so does what follows the type of an input; otherwise the
    comma-separated alternatives must share a name.
    """
    if produced in (accepted, MATCH) or ANY in (produced, accepted):
        return True
    return not {t.strip() for t in produced.split(",")}.isdisjoint(t.strip() for t in accepted.split(","))
