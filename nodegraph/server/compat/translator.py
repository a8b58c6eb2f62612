"""From the server's events to the field's messages, in the field's order (per step: state, picture, progress).

Pure but for its memory of the runs: the caller tells the time and sends what comes out. Only ``progress_state`` is
thinned out: it repeats the state of all nodes, so at most one in :data:`INTERVAL` is sent, and always the last one
before a prompt ends. A preview is held until the progress of its step is known, because clients expect it in the
middle of that.
"""

from collections.abc import Callable, Iterator
from typing import Any

from nodegraph.execution.events import (
    JobFinished,
    JobStarted,
    NodeFinished,
    NodeOutput,
    NodePreview,
    NodeProgress,
    NodeStarted,
    Outcome,
)
from nodegraph.server.compat import messages
from nodegraph.server.compat.messages import Message, Picture
from nodegraph.server.events import JobQueued, JobRemoved, JobTaken, ServerEvent

INTERVAL = 0.05
"""Seconds between two ``progress_state`` messages of a job."""

Outgoing = Message | Picture


class Translator:
    """``remaining`` counts the jobs that wait or run."""

    def __init__(self, remaining: Callable[[], int]) -> None:
        self._remaining = remaining
        self._runs: dict[str, _Run] = {}

    def current(self, client: str) -> str | None:
        """The node that runs for this client, as its user sees it."""
        return next((run.current for run in self._runs.values() if run.client == client), None)

    def feed(self, event: ServerEvent, now: float) -> list[Outgoing]:
        """The messages that follow from ``event``. ``now`` is in seconds of a clock that never goes back."""
        match event:
            case JobTaken():
                self._runs[event.job] = _Run(event.job, event.client)
                return [self.status()]
            case JobQueued() | JobRemoved():
                return [self.status()]
            case JobFinished() if run := self._runs.pop(event.job, None):
                return [*run.finish(event, now), self.status(), *run.last_word()]
            case _ if run := self._runs.get(event.job):
                return list(run.feed(event, now))
            case _:
                return []

    def overdue(self, now: float) -> list[Outgoing]:
        """What has been held back. To be asked :data:`INTERVAL` after :attr:`holding` became true."""
        return [message for run in self._runs.values() for message in run.release(now)]

    @property
    def holding(self) -> bool:
        """Whether anything is held back."""
        return any(run.holding for run in self._runs.values())

    def status(self) -> Message:
        return Message("status", messages.status(self._remaining()))


class _Run:
    """One attempt of a job, and what its client has been told."""

    def __init__(self, job: str, client: str | None) -> None:
        self.job = job
        self.client = client
        self.current: str | None = None
        self._nodes: dict[str, dict[str, Any]] = {}
        self._executed: list[str] = []
        self._preview: NodePreview | None = None
        self._changed = False
        self._sent_at = float("-inf")

    @property
    def holding(self) -> bool:
        return self._changed or self._preview is not None

    def feed(self, event: ServerEvent, now: float) -> Iterator[Outgoing]:
        if isinstance(event, NodeProgress):
            yield from self._step(event, now)
            return
        yield from self._pictures()
        match event:
            case NodePreview():
                self._preview = event
            case NodeStarted():
                self.current = event.display
                self._nodes[event.node] = self._state(event)
                yield from self._states(now)
                yield from self._address(messages.executing(event))
            case NodeOutput():
                yield from self._address(messages.executed(event))
            case NodeFinished():
                self._executed.append(event.node)
                if state := self._nodes.get(event.node):
                    state.update(value=state["max"], state="finished")
                    yield from self._states(now)
            case JobStarted():
                yield from self._address(messages.milestone(event, job=self.job, executed=[]))
            case _:
                yield from self._address(messages.milestone(event, job=self.job, executed=list(self._executed)))

    def finish(self, event: JobFinished, now: float) -> Iterator[Outgoing]:
        """Everything up to the end of the run."""
        if event.outcome is Outcome.FAILED and event.failure and (state := self._nodes.get(event.failure.node)):
            state["state"] = "error"
            self._changed = True
        yield from self.release(now)
        told = messages.milestone(event, job=self.job, executed=self._executed)
        if event.outcome is Outcome.CANCELLED and told is not None:
            yield Message(*told, self.client)  # to everybody when nobody asked for this job by name
        else:
            yield from self._address(told)

    def last_word(self) -> Iterator[Outgoing]:
        """What follows when the history has the job."""
        yield from self._address(("executing", {"node": None, "prompt_id": self.job}))

    def release(self, now: float) -> Iterator[Outgoing]:
        """What has been held back."""
        yield from self._pictures()
        if self._changed:
            yield self._snapshot(now)

    def _step(self, event: NodeProgress, now: float) -> Iterator[Outgoing]:
        picture, self._preview = self._preview, None
        if state := self._nodes.get(event.node):
            state.update(value=messages.number(event.value), max=messages.number(event.total))
            yield from self._states(now)
        if picture is not None:
            yield self._picture(picture, plain=False)
        yield Message(*messages.progress(event), self.client)
        if picture is not None:
            yield self._picture(picture, plain=True)

    def _pictures(self) -> Iterator[Outgoing]:
        picture, self._preview = self._preview, None
        if picture is not None:
            yield self._picture(picture, plain=False)
            yield self._picture(picture, plain=True)

    def _picture(self, event: NodePreview, *, plain: bool) -> Picture:
        state = self._nodes.get(event.node)
        return Picture(event, state["parent_node_id"] if state else None, plain, self.client)

    def _states(self, now: float) -> Iterator[Outgoing]:
        self._changed = True
        if now - self._sent_at >= INTERVAL:
            yield self._snapshot(now)

    def _snapshot(self, now: float) -> Message:
        self._changed = False
        self._sent_at = now
        nodes = {node: dict(state) for node, state in self._nodes.items()}
        return Message("progress_state", {"prompt_id": self.job, "nodes": nodes}, self.client)

    def _state(self, event: NodeStarted) -> dict[str, Any]:
        return {
            "value": 0,
            "max": 1,
            "state": "running",
            "node_id": event.node,
            "prompt_id": self.job,
            "display_node_id": event.display,
            "parent_node_id": event.parent,
            "real_node_id": event.node,
        }

    def _address(self, told: tuple[str, dict[str, Any]] | None) -> Iterator[Outgoing]:
        """To the client that asked for the job; to nobody if none gave its name."""
        if told is not None and self.client is not None:
            yield Message(*told, self.client)
