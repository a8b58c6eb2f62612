"""What the field's routes take in a query or a body, read strictly."""

import msgspec
from aiohttp import web

from nodegraph.graph.problems import Problem, PromptError

_LARGEST = 1 << 31


def whole_number(request: web.Request, name: str) -> int | None:
    """A whole number of the query; None if it is not given."""
    text = request.query.get(name)
    try:
        return None if text is None else min(int(text), _LARGEST)
    except ValueError as error:
        raise PromptError(Problem("invalid_query", f"{name} must be a whole number", repr(text))) from error


def ids(value: object) -> list[str]:
    """A list of ids."""
    try:
        return msgspec.convert(value, list[str])
    except msgspec.ValidationError as error:
        raise PromptError(Problem("invalid_prompt", "A list of ids was expected", str(error))) from error
