"""``/api/v1/tokens``: how long prompts are. How is the business of ``diffusion``."""

import asyncio

from aiohttp import web

from nodegraph.server.api_v1.operations import Operations
from nodegraph.server.api_v1.tokens_messages import TokensAnswer, TokensOfText, TokensRequest
from nodegraph.server.state import TOKENS

operations = Operations("Prompts")


@operations.post("/api/v1/tokens")
async def count_tokens(app: web.Application, body: TokensRequest) -> TokensAnswer:
    """Count the tokens of prompts, as CLIP's text encoders take them; weights count for nothing."""
    counts = await asyncio.to_thread(app[TOKENS].count, body.texts)
    return TokensAnswer([TokensOfText(tokens, chunks) for tokens, chunks in counts])
