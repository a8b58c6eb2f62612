"""Workflows from one of the field's formats to the other, over HTTP. How is the business of ``graph``."""

import asyncio
import secrets
from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from nodegraph.graph.canvas.convert import Queueing
from nodegraph.graph.canvas.report import Notice, UnknownNode
from nodegraph.graph.formats import Format, convert
from nodegraph.graph.problems import PromptError, no_prompt
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.state import CATALOG

operations = Operations("Workflows")


class ConvertRequest(msgspec.Struct, frozen=True):
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


@operations.post("/api/v1/convert", errors=(503,))
async def convert_workflow(app: web.Application, body: ConvertRequest) -> ConvertAnswer:
    """Convert a workflow between the API format and the canvas format.

    Never refuses a well-formed workflow: where a class is unknown, the rest is converted and the node is named.
    """
    given = {"prompt": body.prompt, "workflow": body.workflow}
    document = {name: value for name, value in given.items() if value is not None}
    if not document:
        raise PromptError(no_prompt())
    queueing = Queueing(secrets.choice, datetime.now().astimezone()) if body.settle else None
    specs = await app[CATALOG].specs()
    made = await asyncio.to_thread(convert, document, specs, body.to, queueing=queueing)
    is_prompt = made.format is Format.API
    return ConvertAnswer(
        made.warnings,
        made.unknown,
        prompt=dict(made.workflow) if is_prompt else None,
        workflow=None if is_prompt else dict(made.workflow),
    )
