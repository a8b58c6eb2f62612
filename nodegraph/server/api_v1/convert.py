"""Workflows from one of the field's formats to the other, over HTTP. How is the business of ``graph``."""

import asyncio
import secrets
from datetime import datetime

from aiohttp import web

from nodegraph.graph.canvas.convert import Queueing
from nodegraph.graph.formats import Format, convert
from nodegraph.graph.problems import PromptError, no_prompt
from nodegraph.server.api_v1.convert_messages import ConvertAnswer, ConvertRequest
from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.state import CATALOG

operations = Operations("Workflows")


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
