"""What a program may say about a workflow it submits, and the calls made of it."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from nodegraph.client.call import Call
from nodegraph.client.calls import convert_workflow, post_job
from nodegraph.graph.formats import Format, unwrap
from nodegraph.server.api_v1.convert_messages import ConvertAnswer, ConvertRequest
from nodegraph.server.api_v1.messages import JobAccepted, JobQuery, JobRequest
from nodegraph.server.records import JobState, Webhook

LOCAL = "http://127.0.0.1:8188"
"""Where nodegraph listens if nothing else is said."""

Workflow = Mapping[str, Any]
"""In API format or in canvas format, as it was read from JSON."""


class Options(TypedDict, total=False):
    """All may be left out.

    ``targets``: only these output nodes. ``priority``: from -100 to 100; higher runs first. ``front``, ``number``: the
    place among jobs of that priority. ``key``: what you call this request; the same key and workflow make one job,
    however often they are sent (a new key each time, if left out). ``job``: the job's id. ``extra_data`` is stored with
    the job. ``webhook``: where to tell its end.
    """

    targets: list[str]
    priority: int
    front: bool
    number: float
    key: str
    job: str
    extra_data: dict[str, Any]
    webhook: Webhook


class Wanted(TypedDict, total=False):
    """Which jobs to list; all may be left out, and then it is all of them.

    ``state``: in this state, or in one of these. ``search``: with all its words in the title, the prompt or the names
    of their files. ``title``: with this in the title. ``client``: of the client that calls itself so. ``since``,
    ``until``: submitted from then on, and before then, in Unix seconds. ``shown``: that saved or show something.
    ``oldest_first``: in the order of their submission, not the latest first.
    """

    state: JobState | Sequence[JobState]
    search: str
    title: str
    client: str
    since: float
    until: float
    shown: bool
    oldest_first: bool


def job_query(wanted: Wanted, page: int) -> JobQuery:
    """As the server takes it, for pages of so many."""
    state = wanted.get("state", ())
    return JobQuery(
        state=[state] if isinstance(state, JobState) else list(state),
        q=wanted.get("search", ""),
        title=wanted.get("title", ""),
        client=wanted.get("client"),
        since=wanted.get("since"),
        until=wanted.get("until"),
        shown=wanted.get("shown", False),
        order="oldest" if wanted.get("oldest_first") else "newest",
        limit=page,
    )


class Place(TypedDict, total=False):
    """Where a waiting job should stand: one of these, or another ``priority`` with ``front`` or ``back``.

    ``before``, ``after``: the id of another job that waits.
    """

    priority: int
    before: str
    after: str
    front: bool
    back: bool


def new_key() -> str:
    """A key that no other request has."""
    return str(uuid.uuid4())


def submission(workflow: Workflow, options: Options) -> Call[JobAccepted]:
    """The call that queues ``workflow``. Raises :class:`~nodegraph.graph.formats.UnknownFormatError`."""
    fields: dict[str, Any] = {**options, **_named(workflow)}
    key = fields.pop("key", None) or new_key()
    return post_job(JobRequest(**fields), key=key)


def conversion(workflow: Workflow, to: Format, *, settle: bool) -> Call[ConvertAnswer]:
    """The call that converts ``workflow``. Raises :class:`~nodegraph.graph.formats.UnknownFormatError`."""
    return convert_workflow(ConvertRequest(to, **_named(workflow), settle=settle))


def _named(workflow: Workflow) -> dict[str, dict[str, Any]]:
    """The workflow under the name that its format has on the wire."""
    format, document = unwrap(workflow)
    return {"prompt" if format is Format.API else "workflow": dict(document)}
