"""Reading a workflow from a file, whichever of the field's formats and containers it is in."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from nodegraph.errors import UserError
from nodegraph.graph.canvas.convert import Queueing
from nodegraph.graph.formats import Format, convert, unwrap_canvas
from nodegraph.graph.spec import NodeSpec
from nodegraph.media.metadata import read_embedded


class WorkflowFileError(UserError):
    """A file that holds no workflow."""


@dataclass(frozen=True)
class Workflow:
    """``prompt`` in API format; ``canvas`` is what an editor would open, where the file has it."""

    prompt: dict[str, Any]
    canvas: Mapping[str, Any] | None = None
    warnings: list[str] = field(default_factory=list)


def read_document(path: Path) -> Any:
    """The JSON in a file, or what a picture carries: ``{"prompt": ..., "workflow": ...}``.

    Raises :class:`WorkflowFileError`, or :class:`~nodegraph.media.metadata.MetadataError`.
    """
    return _read_json(path) if path.suffix.lower() == ".json" else read_embedded(path)


def queueing_now() -> Queueing:
    """Choices by chance, dates of this moment."""
    return Queueing(secrets.choice, datetime.now().astimezone())


def read_workflow(path: Path, specs: Mapping[str, NodeSpec]) -> Workflow:
    """The workflow in a file, to be run: choices in the texts of a canvas are settled by chance.

    Raises :class:`WorkflowFileError`, or the errors of what it reads with.
    """
    document = read_document(path)
    converted = convert(document, specs, Format.API, queueing=queueing_now())
    canvas = unwrap_canvas(document)
    return Workflow(dict(converted.workflow), canvas, [notice.message for notice in converted.warnings])


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin a file with a mark
    except json.JSONDecodeError as error:
        raise WorkflowFileError(
            f"{path} is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error
    except RecursionError as error:
        raise WorkflowFileError(f"{path} cannot be read: it is nested too deeply.") from error
    except (OSError, UnicodeDecodeError) as error:
        raise WorkflowFileError(f"{path} cannot be read: {error}.") from error
