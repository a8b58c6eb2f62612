"""Long lists, fetched a page at a time as somebody reads on."""

import msgspec

from nodegraph.client import calls
from nodegraph.client.steps import Emit, Stream, ask
from nodegraph.server.api_v1.messages import JobQuery, JobView


def all_jobs(query: JobQuery, patience: float) -> Stream[JobView]:
    """The jobs that are asked for, in their order."""
    onward = "after" if query.order == "oldest" else "before"
    while True:
        listed = yield from ask(calls.list_jobs(query), patience)
        for view in listed.jobs:
            yield Emit(view)
        if listed.next is None:
            return
        query = msgspec.structs.replace(query, **{onward: listed.next})
