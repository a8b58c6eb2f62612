"""Long lists, fetched a page at a time as somebody reads on."""

from nodegraph.client import calls
from nodegraph.client.steps import Emit, Stream, ask
from nodegraph.server.api_v1.messages import JobView
from nodegraph.server.records import JobState


def all_jobs(state: JobState | None, search: str, page: int, patience: float) -> Stream[JobView]:
    """The jobs there are, latest first."""
    before: str | None = None
    while True:
        listed = yield from ask(calls.list_jobs(state=state, search=search, limit=page, before=before), patience)
        for view in listed.jobs:
            yield Emit(view)
        before = listed.next
        if before is None:
            return
