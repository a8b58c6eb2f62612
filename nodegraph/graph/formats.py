"""Which of the field's formats a JSON document is in, and the document inside its wrapping."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from nodegraph.errors import UserError


class Format(StrEnum):
    """How a workflow is written down."""

    API = "api"
    CANVAS = "canvas"


class UnknownFormatError(UserError):
    """The document is no workflow in a format known here."""


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
