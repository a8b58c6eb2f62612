"""What travels when a workflow is converted. Types only."""

from typing import Any

import msgspec

from nodegraph.graph.canvas.report import Notice, UnknownNode
from nodegraph.graph.formats import Format


class ConvertRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ``workflow`` (canvas format) or a ``prompt`` (API format). With both, the one asked for comes back as it is.

    With ``settle``, one alternative of each choice ``{a|b}`` in a text is taken by chance and dates are filled in, as
    happens to a workflow that is queued; else texts stay as they are written, and a warning names the choices.
    """

    to: Format
    workflow: dict[str, Any] | None = None
    prompt: dict[str, Any] | None = None
    settle: bool = False


class ConvertAnswer(msgspec.Struct, frozen=True, omit_defaults=True):
    """The ``prompt`` or the ``workflow`` that was asked for; what was lost; the nodes whose class no pack provides."""

    warnings: list[Notice]
    unknown: list[UnknownNode]
    prompt: dict[str, Any] | None = None
    workflow: dict[str, Any] | None = None
