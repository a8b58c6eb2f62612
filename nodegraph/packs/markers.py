"""What an annotation may say about an input or output besides its Python type, inside ``Annotated[...]``.

Plain data: :mod:`nodegraph.packs.signature` gives them their meaning.

    steps: Annotated[int, Range(1, 10_000), Tooltip("More is slower and finer.")] = 20
"""

from dataclasses import dataclass
from typing import Any

from nodegraph.graph.spec import FileList, Hidden

__all__ = [
    "ClientOptions",
    "ControlAfterGenerate",
    "Credential",
    "FileList",
    "Growing",
    "HiddenInput",
    "Lazy",
    "ListOutput",
    "Matching",
    "Multiline",
    "Named",
    "Omittable",
    "Options",
    "Range",
    "Socket",
    "SocketOnly",
    "Tooltip",
]


@dataclass(frozen=True, slots=True)
class Socket:
    """The socket type. A new name is a new type; commas separate alternatives; ``"*"`` takes anything."""

    type: str


@dataclass(frozen=True, slots=True)
class Range:
    """Limits of a number, both inclusive. ``step`` and ``round`` guide the widget and never change a value."""

    minimum: int | float
    maximum: int | float
    step: int | float | None = None
    round: int | float | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """A combo whose options are computed; ``typing.Literal`` says the same of options written out."""

    names: tuple[str | int | float | bool, ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """A combo of stored credentials. The workflow holds the name; the function gets the ``Secret``, and keeps it."""


@dataclass(frozen=True, slots=True)
class Multiline:
    """A text box of several lines. With ``dynamic_prompts`` the editor resolves ``{a|b}`` before it queues."""

    dynamic_prompts: bool = False


@dataclass(frozen=True, slots=True)
class Tooltip:
    """Help shown on an input or output."""

    text: str


@dataclass(frozen=True, slots=True)
class Lazy:
    """Computed only when the node's ``wanted`` function asks for it; until then, and if never, it is ``None``."""


@dataclass(frozen=True, slots=True)
class HiddenInput:
    """Filled in by the engine; no user sees it."""

    kind: Hidden


@dataclass(frozen=True, slots=True)
class ControlAfterGenerate:
    """The editor offers to change the value after each run: keep, count up, count down, draw anew."""


@dataclass(frozen=True, slots=True)
class SocketOnly:
    """A number, text, switch or combo that can only be linked, never typed in."""


@dataclass(frozen=True, slots=True)
class Omittable:
    """On an input with a default: a graph that is queued may leave it out, and it is drawn among the optional ones."""


@dataclass(frozen=True, slots=True)
class Growing:
    """On a ``Mapping[str, T]``: as many inputs of type T as are linked.

    They are called by ``names``, or by ``prefix`` with a number counted from 0; the function gets them in that order.
    """

    prefix: str = ""
    names: tuple[str, ...] = ()
    minimum: int = 1
    maximum: int = 100


@dataclass(frozen=True, slots=True)
class Matching:
    """All inputs and outputs of a node that have it are of one type, whichever is linked: one of those ``allowed``."""

    allowed: str = "*"


@dataclass(frozen=True, slots=True)
class Named:
    """The name of an output, where it is to differ from the field (several outputs) or the socket type (one)."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOutput:
    """On an output of type ``list[T]``: what follows runs once for each item."""


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """Options that only a client reads, such as ``{"display": "slider"}``."""

    options: dict[str, Any]


Marker = (
    Socket
    | Range
    | Options
    | FileList
    | Credential
    | Multiline
    | Tooltip
    | Lazy
    | HiddenInput
    | ControlAfterGenerate
    | SocketOnly
    | Omittable
    | Growing
    | Matching
    | Named
    | ListOutput
    | ClientOptions
)
