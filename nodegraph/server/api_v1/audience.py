"""Who hears what of the event log: subscribers hear all jobs they may know of or one of them, with what they missed;
followers hear a job of their own from now on. Knows no requests.

What a socket costs, with S subscribers and events that come faster than they can be written one by one:

- A socket that only submitted costs nothing while the jobs of others run: followers are found by their job.
- Events are encoded once, by the log, and framed here, once for each sort of connection. What happens within a window
  of time is joined to one bytes object, which every subscriber of all jobs that is up to date gets in one write; S
  sockets cost S system calls a window. Who subscribed to one job is written to when something happened to it.
  A window lasts until the next of the rounds that all sockets share. Of those who hear one owner's jobs only, all of
  the same owner share their part of it, and nothing is written to them for the jobs of others.
- A subscriber is no more than the number of the last event it was sent. Whoever is not at the start of the window
  (it came just now, with or without a replay, or it reads too slowly) is served from the log, a chunk each time it has
  read the last one. So nothing waits in memory for a slow client but that chunk, and one that falls behind what the
  log keeps is told of the gap, as after a reconnect.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from aiohttp import web

from nodegraph.execution.events import NodePreview
from nodegraph.server.api_v1.messages import Gap
from nodegraph.server.events import Entry, EventLog, Happened, encode
from nodegraph.server.outlet import PREVIEW_BACKLOG, Outlet, Rounds, text_frame

_RETRY = 0.02
"""Seconds until a client that was behind is looked at again."""

AUDIENCE: "web.AppKey[Audience]" = web.AppKey("audience")

Follower = Callable[[Entry], None]

Framing = Callable[[int, bytes], bytes]
"""Makes of the number of an event (0 for a preview) and its payload what a connection carries."""


def socket_frame(number: int, payload: bytes) -> bytes:
    """An event as a message of a WebSocket; its number is in it."""
    return text_frame(payload)


class Part(NamedTuple):
    """What of all that happens somebody hears: of an ``owner``'s jobs or everybody's (None), of one job or all (None),
    with ``previews`` or without."""

    owner: str | None
    job: str | None
    previews: bool

    def holds(self, entry: Entry) -> bool:
        """Whether this event is in it."""
        return (
            (self.owner is None or entry.owner in (None, self.owner))
            and self.job in (None, entry.event.job)
            and (self.previews or not isinstance(entry.event, NodePreview))
        )


@dataclass(slots=True, eq=False)
class Subscriber:
    """A connection that hears a part of what happens, and the number of the event up to which it was told."""

    outlet: Outlet
    number: int
    part: Part
    frame: Framing = socket_frame
    goals: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)

    def told(self, number: int) -> None:
        """It has been sent all up to this event."""
        self.number = number
        for goal, reached in tuple(self.goals):
            if number >= goal:
                self.goals.remove((goal, reached))
                if not reached.done():
                    reached.set_result(None)


class Audience:
    """For one event loop: stands between the log and the connections."""

    def __init__(self, events: EventLog, rounds: Rounds) -> None:
        self._events = events
        self._rounds = rounds
        self._followers: dict[str, list[Follower]] = {}
        self._subscribers: set[Subscriber] = set()
        self._late: set[Subscriber] = set()
        self._window = _Window(events.last)
        self._next_look: asyncio.TimerHandle | None = None
        events.listen(self._hear)

    # ---- followers of one job ----

    def follow(self, job: str, follower: Follower) -> None:
        """Call ``follower`` for each event of ``job`` from now on."""
        self._followers.setdefault(job, []).append(follower)

    def unfollow(self, job: str, follower: Follower) -> None:
        """End that."""
        followers = self._followers[job]
        followers.remove(follower)
        if not followers:
            del self._followers[job]

    # ---- subscribers ----

    def subscribe(
        self,
        outlet: Outlet,
        *,
        after: int,
        previews: bool,
        owner: str | None = None,
        job: str | None = None,
        frame: Framing = socket_frame,
    ) -> Subscriber:
        """Send all after the event number ``after``; only of ``job``, and only what concerns ``owner``, if given."""
        if not self._subscribers:  # nobody was there to fill a window for
            self._window = _Window(self._events.last)
        subscriber = Subscriber(outlet, after, Part(owner, job, previews), frame)
        self._subscribers.add(subscriber)
        if after != self._events.last:
            self._late.add(subscriber)
            self._look_again(0.0)
        return subscriber

    @property
    def subscribers(self) -> int:
        """How many there are."""
        return len(self._subscribers)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Send nothing more."""
        self._subscribers.discard(subscriber)
        self._late.discard(subscriber)

    def reached(self, subscriber: Subscriber) -> asyncio.Future[None]:
        """Done once a subscriber was sent all that has happened until now, which it may take its time to read."""
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        subscriber.goals.append((self._events.last, reached))
        subscriber.told(subscriber.number)
        return reached

    def bring_up_to_date(self, subscriber: Subscriber) -> None:
        """Send all that has happened now, even if the client is behind: it is about to be told what came of it."""
        while subscriber.number != self._events.last:
            self._send_chunk(subscriber)

    # ---- what happens ----

    def _hear(self, entries: Sequence[Entry]) -> None:
        if self._followers:
            for entry in entries:
                for follower in tuple(self._followers.get(entry.event.job, ())):
                    follower(entry)
        if self._subscribers:
            for entry in entries:
                if not isinstance(entry.event, NodePreview) or self._is_wanted(entry):
                    self._window.add(entry)
            self._rounds.join(self._end_window)

    def _is_wanted(self, preview: Entry) -> bool:
        return any(one.part.holds(preview) for one in self._subscribers)

    def _end_window(self) -> None:
        """Send the window to those who are at its start, and from the log what the others lack."""
        window, self._window = self._window, _Window(self._events.last)
        for subscriber in self._subscribers:
            if subscriber.number == window.start and not subscriber.outlet.behind:
                if frames := window.frames(subscriber.part, subscriber.frame):
                    subscriber.outlet.send(frames)
                    subscriber.outlet.flush()
                subscriber.told(self._events.last)
            elif subscriber.number != self._events.last:
                self._late.add(subscriber)
        self._serve_late()

    def _serve_late(self) -> None:
        for subscriber in tuple(self._late):
            if not subscriber.outlet.behind:
                self._send_chunk(subscriber)
                subscriber.outlet.flush()
                if subscriber.number == self._events.last:
                    self._late.discard(subscriber)
        if self._late:
            self._look_again(_RETRY)

    def _look_again(self, delay: float) -> None:
        """See in ``delay`` seconds whether those who were late have read what they have, unless that is planned."""
        if self._next_look is None:
            self._next_look = asyncio.get_running_loop().call_later(delay, self._look)

    def _look(self) -> None:
        self._next_look = None
        self._serve_late()

    def _send_chunk(self, subscriber: Subscriber) -> None:
        replay = self._events.after(
            subscriber.number, limit=PREVIEW_BACKLOG, job=subscriber.part.job, owner=subscriber.part.owner
        )
        if replay.gap:
            gap = Gap(subscriber.number, replay.first)
            subscriber.outlet.send(subscriber.frame(replay.first - 1, encode(gap)))
        if replay.entries:
            subscriber.outlet.send(b"".join(subscriber.frame(*entry) for entry in replay.entries))
        subscriber.told(replay.last)


class _Window:
    """What has happened since the event number ``start``, for those who have heard it up to there."""

    def __init__(self, start: int) -> None:
        self.start = start
        self._events: list[tuple[int, bytes]] = []
        self._owners: list[str | None] = []
        self._of_owner: defaultdict[str | None, list[int]] = defaultdict(list)
        self._of_job: defaultdict[str, list[int]] = defaultdict(list)
        self._pictures: set[int] = set()
        self._latest: dict[tuple[str, str], int] = {}
        self._superseded: set[int] = set()
        self._joined: dict[tuple[Part, Framing], bytes] = {}

    def add(self, entry: Entry) -> None:
        """Take in an event. Of the previews of a node, which only some want, one a window is enough: the last.

        Those that are results are all told.
        """
        if not isinstance(entry.event, NodePreview):
            self._append(entry, entry.payload)
        else:
            self._pictures.add(len(self._events))
            if not entry.event.result:
                node = entry.event.job, entry.event.node
                if node in self._latest:
                    self._superseded.add(self._latest[node])
                self._latest[node] = len(self._events)
            self._append(entry, encode(Happened(entry.number, entry.event)))

    def _append(self, entry: Entry, payload: bytes) -> None:
        self._of_owner[entry.owner].append(len(self._events))
        self._of_job[entry.event.job].append(len(self._events))
        self._owners.append(entry.owner)
        self._events.append((entry.number, payload))

    def frames(self, part: Part, frame: Framing) -> bytes:
        """All frames of a part in one. To be asked once the window is over."""
        if (part, frame) not in self._joined:
            left_out = self._superseded if part.previews else self._pictures
            self._joined[part, frame] = b"".join(
                frame(*self._events[index]) for index in self._indices(part) if index not in left_out
            )
        return self._joined[part, frame]

    def _indices(self, part: Part) -> Iterable[int]:
        if part.job is not None:
            of_job = self._of_job.get(part.job, ())
            return [index for index in of_job if part.owner is None or self._owners[index] in (None, part.owner)]
        if part.owner is None:
            return range(len(self._events))
        return sorted([*self._of_owner.get(part.owner, ()), *self._of_owner.get(None, ())])
