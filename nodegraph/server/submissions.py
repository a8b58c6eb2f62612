"""Taking in a prompt: reading it, checking it, putting it in the queue. Knows no HTTP and no socket."""

import time
import uuid
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from nodegraph.graph import api_format
from nodegraph.graph.problems import NodeProblems, Problem, PromptError
from nodegraph.server.catalog import Catalog
from nodegraph.server.dispatcher import Dispatcher
from nodegraph.server.records import Request, Ticket

SECRETS = frozenset({"auth_token_comfy_org", "api_key_comfy_org"})
"""Keys of ``extra_data`` that some clients send and nobody here needs: they are not stored."""


class RejectedError(PromptError):
    """A prompt that cannot run: ``problem`` says why, ``node_errors`` what is wrong with each node."""

    def __init__(self, problem: Problem, node_errors: Mapping[str, NodeProblems]) -> None:
        super().__init__(problem)
        self.node_errors = dict(node_errors)


class Accepted(NamedTuple):
    """A queued job. ``node_errors`` are of outputs that were dropped because they cannot run."""

    ticket: Ticket
    node_errors: Mapping[str, NodeProblems]


async def submit(
    prompt: object,
    *,
    catalog: Catalog,
    dispatcher: Dispatcher,
    job: str | None = None,
    client: str | None = None,
    extra_data: Mapping[str, Any] | None = None,
    number: float | None = None,
    front: bool = False,
    targets: Collection[str] | None = None,
) -> Accepted:
    """Queue a prompt in API format. It is on disk when this returns.

    Raises:
        PromptError: it is no prompt, or (:class:`RejectedError`) nothing in it can run.
        CatalogError, DuplicateJobError, StoreError: see there.
    """
    graph = api_format.parse(prompt)
    validate = await catalog.validator()
    valid = validate(
        graph, catalog.choices.names, exists=catalog.choices.has, place=catalog.choices.place, targets=targets
    )
    if valid.error is not None:
        raise RejectedError(valid.error, valid.node_errors)
    extra = {key: value for key, value in (extra_data or {}).items() if key not in SECRETS}
    extra.setdefault("create_time", int(time.time() * 1000))
    if client is not None:
        extra["client_id"] = client
    request = Request(prompt=api_format.dump(valid.within(graph)), outputs=valid.outputs, extra_data=extra)
    ticket = await dispatcher.submit(job or str(uuid.uuid4()), request, number=number, front=front)
    return Accepted(ticket, valid.node_errors)


def problems_json(node_errors: Mapping[str, NodeProblems]) -> dict[str, Any]:
    """Node problems as the wire has them."""
    built: dict[str, Any] = msgspec.to_builtins(node_errors)
    return built
