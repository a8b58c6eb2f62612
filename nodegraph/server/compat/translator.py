"""From the server's events to the field's messages, in the field's order (per step: state, picture, progress).

Pure but for its memory of the runs: the caller tells the time and sends what comes out. Only ``progress_state`` is
thinned out: it repeats the state of all nodes, so at most one in :data:`INTERVAL` is sent, and always the last one
before a prompt ends. A preview is held until the progress of its step is known, because clients expect it in the
middle of that.
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from nodegraph.execution.events import (
    JobFinished,
    NodeFinished,
    NodeOutput,
    NodePreview,
    NodeProgress,
    NodeStarted,
    NodeText,
    Outcome,
)
from nodegraph.server.compat import messages
from nodegraph.server.compat.messages import Counts, Message, Picture, Text
from nodegraph.server.events import Entry, JobQueued, JobRemoved, JobRequeued, JobTaken, ServerEvent

INTERVAL = 0.05
"""Seconds between two ``progress_state`` messages of a job."""

Outgoing = Message | Picture | Text | Counts


class Translator:
    """For all clients. ``plain``: those that know no metadata get every preview, not only what was asked for."""

    def __init__(self, *, plain: bool = True) -> None:
        self._plain = plain
        self._runs: dict[str, _Run] = {}

    def current(self, owner: str, client: str) -> str | None:
        """The node that runs for this client of ``owner``, as its user sees it."""
        runs = self._runs.values()
        return next((run.current for run in runs if (run.owner, run.client) == (owner, client)), None)

    def feed(self, entries: Iterable[Entry], now: float) -> list[Outgoing]:
        """The messages that follow from events. ``now`` is in seconds of a clock that never goes back."""
        out: list[Outgoing] = []
        for _, event, _, owner in entries:
            if owner is None:  # the field has no words for what is of no job
                continue
            run = self._runs.get(event.job)
            counts = Counts(owner)
            if isinstance(event, JobTaken):
                self._runs[event.job] = _Run(event.job, owner, event.client, self._plain)
                out.append(counts)
            elif isinstance(event, JobQueued):
                out.append(counts)
            elif isinstance(event, JobRemoved):
                if not (out and out[-1] == counts):  # one is enough for a queue that was cleared
                    out.append(counts)
                if run is not None:  # it had run before, until its worker was lost
                    del self._runs[event.job]
                    run.last_word(out)
            elif run is not None and isinstance(event, JobFinished):
                del self._runs[event.job]
                run.finish(event, now, out)
                out.append(counts)
                run.last_word(out)
            elif run is not None:
                run.feed(event, now, out)
        return out

    def overdue(self, now: float) -> list[Outgoing]:
        """What has been held back. To be asked :data:`INTERVAL` after :attr:`holding` became true."""
        out: list[Outgoing] = []
        for run in self._runs.values():
            run.release(now, out)
        return out

    @property
    def holding(self) -> bool:
        """Whether anything is held back."""
        return any(run.holding for run in self._runs.values())


class _NodeState(msgspec.Struct):
    """How far a node is, as ``progress_state`` has it."""

    node_id: str
    prompt_id: str
    display_node_id: str
    parent_node_id: str | None
    real_node_id: str
    state: str = "running"
    value: int | float = 0
    max: int | float = 1


class _Run:
    """One attempt of a job, and what its client has been told."""

    def __init__(self, job: str, owner: str, client: str | None, plain: bool) -> None:
        self.job = job
        self.owner = owner
        self.client = client
        self._plain = plain
        self.current: str | None = None
        self._nodes: dict[str, _NodeState] = {}
        self._executed: list[str] = []
        self._preview: NodePreview | None = None
        self._changed = False
        self._sent_at = float("-inf")

    @property
    def holding(self) -> bool:
        return self._changed or self._preview is not None

    def feed(self, event: ServerEvent, now: float, out: list[Outgoing]) -> None:
        if isinstance(event, NodeProgress):
            self._step(event, now, out)
            return
        self._pictures(out)
        match event:
            case NodeStarted():
                self.current = event.display
                self._nodes[event.node] = _NodeState(event.node, self.job, event.display, event.parent, event.node)
                self._states(now, out)
                self._address(messages.executing(event), out)
            case NodeFinished():
                self._executed.append(event.node)
                if state := self._nodes.get(event.node):
                    state.value, state.state = state.max, "finished"
                    self._states(now, out)
            case NodeOutput():
                self._address(messages.executed(event), out)
            case NodePreview():
                self._preview = event
            case NodeText():
                if self.client is not None:
                    out.append(Text(event, self.owner, self.client))
            case JobRequeued():
                self.current = None
            case _:
                self._address(messages.milestone(event, job=self.job, executed=list(self._executed)), out)

    def finish(self, event: JobFinished, now: float, out: list[Outgoing]) -> None:
        """Everything up to the end of the run."""
        if event.outcome is Outcome.FAILED and event.failure and (state := self._nodes.get(event.failure.node)):
            state.state = "error"
            self._changed = True
        self.release(now, out)
        told = messages.milestone(event, job=self.job, executed=self._executed)
        if event.outcome is Outcome.CANCELLED and told is not None:
            out.append(Message(*told, self.owner, self.client))  # to everybody when the job has no client
        else:
            self._address(told, out)

    def last_word(self, out: list[Outgoing]) -> None:
        """What follows when the history has the job."""
        if self.client is not None:
            out.append(Message("executing", {"node": None, "prompt_id": self.job}, self.owner, self.client, True))

    def release(self, now: float, out: list[Outgoing]) -> None:
        """What has been held back."""
        self._pictures(out)
        if self._changed:
            self._snapshot(now, out)

    def _step(self, event: NodeProgress, now: float, out: list[Outgoing]) -> None:
        picture, self._preview = self._preview, None
        if state := self._nodes.get(event.node):
            state.value, state.max = messages.number(event.value), messages.number(event.total)
            self._states(now, out)
        if picture is not None:
            out.append(self._picture(picture, plain=False))
        out.append(Message(*messages.progress(event), self.owner, self.client))
        if picture is not None and self._shown_plain(picture):
            out.append(self._picture(picture, plain=True))

    def _pictures(self, out: list[Outgoing]) -> None:
        if self._preview is not None:
            picture, self._preview = self._preview, None
            out.append(self._picture(picture, plain=False))
            if self._shown_plain(picture):
                out.append(self._picture(picture, plain=True))

    def _shown_plain(self, picture: NodePreview) -> bool:
        return self._plain or picture.asked or picture.result

    def _picture(self, event: NodePreview, *, plain: bool) -> Picture:
        state = self._nodes.get(event.node)
        return Picture(event, state.parent_node_id if state else None, plain, self.owner, self.client)

    def _states(self, now: float, out: list[Outgoing]) -> None:
        """The state has changed: tell it, or remember to."""
        self._changed = True
        if now - self._sent_at >= INTERVAL:
            self._snapshot(now, out)

    def _snapshot(self, now: float, out: list[Outgoing]) -> None:
        self._changed = False
        self._sent_at = now
        nodes = msgspec.Raw(msgspec.json.encode(self._nodes))  # now, since it goes on changing
        out.append(Message("progress_state", {"prompt_id": self.job, "nodes": nodes}, self.owner, self.client))

    def _address(self, told: tuple[str, dict[str, Any]] | None, out: list[Outgoing]) -> None:
        """To the client that asked for the job; to nobody if none gave its name."""
        if told is not None and self.client is not None:
            out.append(Message(*told, self.owner, self.client))
