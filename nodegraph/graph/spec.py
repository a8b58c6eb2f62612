"""What a node is, as plain data: its inputs, outputs and behaviour, without its code.

Specs are made by the packs, cached on disk, sent between processes and turned into ``/object_info``; so they hold
only values that survive JSON. A list of files or of credentials is a :data:`Listing`, resolved by whoever is asked,
when asked.
"""

from enum import StrEnum
from typing import Any

import msgspec

Literal = None | bool | int | float | str | list[Any] | dict[str, Any]
"""A value written in a workflow instead of a link."""


class Choices(msgspec.Struct, frozen=True, tag="choices"):
    """A fixed list of options of a COMBO."""

    options: tuple[str | int | float | bool, ...]


class FileList(msgspec.Struct, frozen=True, tag="files"):
    """Options of a COMBO that are files: of a model folder (``checkpoints``) or of ``input`` / ``output``.

    ``upload`` names the kind of file a user may add from the editor (``"image"``); ``extensions`` narrows the list
    (lower case, with the dot; empty: the folder's own); ``extra`` are names that need no file. ``folders``: what is
    chosen is a folder within ``input`` / ``output``, whose files the node reads.
    """

    folder: str
    extensions: tuple[str, ...] = ()
    upload: str = ""
    extra: tuple[str, ...] = ()
    folders: bool = False


class CredentialList(msgspec.Struct, frozen=True, tag="credentials"):
    """Options of a COMBO that are the names of stored credentials, of those that whoever looks may use."""


Listing = FileList | CredentialList
"""Options that are known only when somebody asks."""


class Hidden(StrEnum):
    """What an engine can give a node that its user does not see."""

    PROMPT = "PROMPT"
    EXTRA_PNGINFO = "EXTRA_PNGINFO"
    UNIQUE_ID = "UNIQUE_ID"
    DYNPROMPT = "DYNPROMPT"


class InputSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One input. ``minimum``, ``maximum`` are inclusive; ``step`` and ``round`` guide widgets only."""

    name: str
    type: str
    optional: bool = False
    default: Literal = None
    has_default: bool = False
    minimum: int | float | None = None
    maximum: int | float | None = None
    step: int | float | None = None
    round: int | float | None = None
    choices: Choices | Listing | None = None
    multiline: bool = False
    dynamic_prompts: bool = False
    tooltip: str = ""
    lazy: bool = False
    socket_only: bool = False
    control_after_generate: bool = False
    advanced: bool = False
    extra: dict[str, Any] = {}
    """Options of the field that only a client reads (``placeholder``, ``display`` and the like)."""


class OutputSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One output. ``is_list``: the node returns a list there, and what follows runs once for each of its items."""

    name: str
    type: str
    is_list: bool = False
    tooltip: str = ""


class NodeSpec(msgspec.Struct, frozen=True, omit_defaults=True):
    """One class of node, complete but for its code.

    ``source`` is the digest of the code it computes with: a cache key changes with it. ``pack`` is the pack's name;
    ``module`` is what clients of the field expect in ``python_module``.
    """

    class_id: str
    display_name: str
    category: str
    inputs: tuple[InputSpec, ...]
    outputs: tuple[OutputSpec, ...]
    description: str = ""
    hidden: dict[str, Hidden] = {}
    is_output: bool = False
    takes_lists: bool = False
    idempotent: bool = True
    deprecated: bool = False
    experimental: bool = False
    aliases: tuple[str, ...] = ()
    pack: str = "nodegraph_builtin"
    module: str = "nodes"
    source: str = ""

    def input(self, name: str) -> InputSpec | None:
        """The input called ``name``, or None."""
        return next((i for i in self.inputs if i.name == name), None)
