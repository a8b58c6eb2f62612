"""Which of the field's formats a JSON document is in, the document inside its wrapping, and the way to the other."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec

from nodegraph.errors import UserError
from nodegraph.graph.canvas.convert import Queueing, to_api
from nodegraph.graph.canvas.draw import from_api
from nodegraph.graph.canvas.report import Notice, UnknownNode, unknown_nodes
from nodegraph.graph.spec import NodeSpec


class Format(StrEnum):
    """How a workflow is written down."""

    API = "api"
    CANVAS = "canvas"


class UnknownFormatError(UserError):
    """The document is no workflow in a format known here."""


class Conversion(msgspec.Struct, frozen=True):
    """A workflow in the format that was asked for, and what there is to know about the way there."""

    format: Format
    workflow: Mapping[str, Any]
    warnings: list[Notice]

    @property
    def unknown(self) -> list[UnknownNode]:
        """The nodes of classes that no pack provides."""
        return unknown_nodes(self.warnings)


def convert(
    document: object, specs: Mapping[str, NodeSpec], to: Format, *, queueing: Queueing | None = None
) -> Conversion:
    """``document``, in either format and wrapped or not, in the format ``to``.

    Where a wrapping holds both, the one asked for is taken as it is. ``queueing``: see :func:`~.canvas.convert.to_api`.

    Raises:
        UnknownFormatError: it is no workflow.
        PromptError: it is nearly one; the problem names the node.
    """
    format, workflow = unwrap(document)
    if to is Format.CANVAS and (canvas := unwrap_canvas(document)) is not None:
        return Conversion(to, canvas, [])
    if to is Format.CANVAS:
        drawn = from_api(workflow, specs)
        return Conversion(to, drawn.workflow, drawn.warnings)
    if format is Format.API:
        return Conversion(to, workflow, [])
    converted = to_api(workflow, specs, queueing=queueing)
    return Conversion(to, converted.prompt, converted.warnings)


def detect(document: object) -> Format:
    """The format of ``document``. Raises :class:`UnknownFormatError`."""
    return unwrap(document)[0]


def unwrap(document: object) -> tuple[Format, Mapping[str, Any]]:
    """The format of ``document`` and the workflow in it.

    A workflow may be wrapped as clients send and save it: ``{"prompt": ...}``, ``{"workflow": ...}``, or both, where
    the prompt is what was run and so wins. Raises :class:`UnknownFormatError`.
    """
    if isinstance(document, Mapping):
        if isinstance(document.get("nodes"), list):
            return Format.CANVAS, document
        if all(isinstance(node, Mapping) and "class_type" in node for node in document.values()):
            return Format.API, document
        for wrapping in ("prompt", "workflow"):
            inside = document.get(wrapping)
            if isinstance(inside, Mapping):
                return Format.CANVAS if isinstance(inside.get("nodes"), list) else Format.API, inside
        # Nearly a prompt: read as one, so that what is wrong with the odd node is reported.
        if any(isinstance(node, Mapping) and "class_type" in node for node in document.values()):
            return Format.API, document
    raise UnknownFormatError(
        "This is no workflow. Expected a JSON object with a list of 'nodes' (as an editor saves it), or with nodes by "
        "id that have a 'class_type' (as it is queued)."
    )


def unwrap_canvas(document: object) -> Mapping[str, Any] | None:
    """What an editor would open of ``document``, if it has that: the drawing beside a prompt counts, too."""
    if not isinstance(document, Mapping):
        return None
    format, workflow = unwrap(document)
    if format is Format.CANVAS:
        return workflow
    beside = document.get("workflow") if workflow is not document else None
    return beside if isinstance(beside, Mapping) and isinstance(beside.get("nodes"), list) else None
