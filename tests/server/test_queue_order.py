"""The order of waiting jobs, in memory."""

from collections import defaultdict
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.server.queue_order import NUMBER_LIMIT, NotQueuedError, OtherOwnerError, QueueOrder
from nodegraph.server.records import Move, Ticket


def order_of(*places: tuple[int, float]) -> QueueOrder:
    """Tickets named by when they came; a place is (priority, number)."""
    order = QueueOrder()
    for seq, (priority, number) in enumerate(places):
        order.add(Ticket(-priority, number, seq, str(seq)))
    return order


def names(order: QueueOrder) -> list[str]:
    return [ticket.job for ticket in order]


PLACES = st.lists(
    st.tuples(
        st.integers(-2, 2),
        st.sampled_from([0.0, 1.0, 1.5, -NUMBER_LIMIT, NUMBER_LIMIT]) | st.floats(-NUMBER_LIMIT, NUMBER_LIMIT),
    ),
    min_size=1,
    max_size=12,
)


@given(PLACES, st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(["before", "after"]))))
def test_a_job_placed_beside_another_is_there_and_all_else_keeps_its_order(
    places: list[tuple[int, float]], moves: list[tuple[int, int, str]]
) -> None:
    order = order_of(*places)
    for which, beside, side in moves:
        job, anchor = str(which % len(places)), str(beside % len(places))
        if job == anchor:
            continue
        expected = [name for name in names(order) if name != job]
        expected.insert(expected.index(anchor) + (side == "after"), job)
        known = {ticket.job: ticket for ticket in order}
        changed = order.move(job, Move(**{side: anchor}))
        assert names(order) == expected
        assert list(order) == sorted(order)
        assert changed[0].job == job
        assert {ticket.job: ticket for ticket in order} == known | {ticket.job: ticket for ticket in changed}
        found = order.find(job), order.find(anchor)
        assert found[0] is not None
        assert found[1] is not None
        assert found[0].rank == found[1].rank


@given(PLACES, st.integers(0, 11), st.integers(-3, 3), st.booleans())
def test_front_and_back_are_those_of_the_priority(
    places: list[tuple[int, float]], which: int, priority: int, front: bool
) -> None:
    order = order_of(*places)
    job = str(which % len(places))
    (moved,) = order.move(job, Move(priority=priority, front=front, back=not front))
    peers = [ticket for ticket in order if ticket.priority == priority]
    assert moved == peers[0 if front else -1]
    assert list(order) == sorted(order)


OWNERS = ("", "a", "b", "c")

LIVES = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.sampled_from(OWNERS), st.integers(-1, 1)),
        st.tuples(st.just("take"), st.none(), st.none()),
        st.tuples(st.just("remove"), st.integers(0, 30), st.none()),
        st.tuples(st.sampled_from(["priority", "front", "before"]), st.integers(0, 30), st.integers(-1, 1)),
    ),
    max_size=60,
)


def run_all(order: QueueOrder) -> list[str]:
    """The jobs in the order in which they are taken."""
    ran = []
    while (ticket := order.first()) is not None:
        assert order.take(ticket.job) == ticket
        ran.append(ticket.job)
    return ran


@given(LIVES)
def test_owners_take_turns_and_what_is_shown_is_what_will_run(steps: list[tuple[str, Any, Any]]) -> None:
    order, added, gone = QueueOrder(), 0, list[str]()
    ahead: defaultdict[str, list[str]] = defaultdict(list)
    """Whose jobs ran since an owner had a turn, while they waited with one of the same priority."""
    for step, what, priority in steps:
        job = str(what)
        if step == "add":
            order.add(Ticket(-priority, order.next_number(front=False), added, str(added), owner=what))
            added += 1
        elif step == "take":
            shown = list(order)
            ticket = order.first()
            assert ticket == (shown[0] if shown else None)
            if ticket is not None:
                rivals = {one.owner for one in shown if one.rank == ticket.rank} - {ticket.owner}
                for rival in rivals:
                    assert ticket.owner not in ahead[rival], "a second turn while another waits for the first"
                    ahead[rival].append(ticket.owner)
                    assert len(ahead[rival]) < len(OWNERS)
                ahead[ticket.owner].clear()
                order.take(ticket.job)
                gone.append(ticket.job)
        elif step == "remove":
            gone += [ticket.job for ticket in [order.remove(job)] if ticket is not None]
        elif order.find(job) is not None:
            moves = {
                "priority": Move(priority=priority),
                "front": Move(front=True),
                "before": Move(before=str(added - 1)),
            }
            with suppress(NotQueuedError, OtherOwnerError):
                order.move(job, moves[step])
        shown = list(order)
        assert [ticket.rank for ticket in shown] == sorted(ticket.rank for ticket in shown)
        assert [order.place(ticket.job) for ticket in shown] == list(range(len(order)))
        for owner in OWNERS:
            theirs = [ticket for ticket in shown if ticket.owner == owner]
            assert theirs == sorted(theirs)
            assert order.count(owner) == len(theirs)
    shown = list(order)
    assert sorted([*gone, *(ticket.job for ticket in shown)]) == sorted(map(str, range(added))), "none is lost"
    assert run_all(order) == [ticket.job for ticket in shown]


def queue(order: QueueOrder, owner: str, *jobs: str, priority: int = 0) -> None:
    for job in jobs:
        number = order.next_number(front=False)
        order.add(Ticket(-priority, number, int(number), job, owner=owner))


def test_who_comes_late_is_next_and_who_was_put_back_as_well() -> None:
    order = QueueOrder()
    queue(order, "a", "a1", "a2", "a3", "a4")
    first = order.take("a1")
    assert first is not None
    queue(order, "b", "b1", "b2")
    queue(order, "c", "c1", priority=-1)
    queue(order, "a", "a5", priority=-1)
    assert names(order) == ["b1", "a2", "b2", "a3", "a4", "c1", "a5"]
    order.take("b1")
    order.put_back(first)
    assert names(order) == ["a1", "b2", "a2", "a3", "a4", "c1", "a5"]


def test_of_an_owner_all_can_be_taken_out() -> None:
    order = QueueOrder()
    queue(order, "a", "a1", "a2")
    queue(order, "b", "b1")
    assert [ticket.job for ticket in order.clear("a")] == ["a1", "a2"]
    assert names(order) == ["b1"]
    assert [ticket.job for ticket in order.clear()] == ["b1"]
    assert order.first() is None


def test_a_job_has_no_place_beside_one_of_another_owner() -> None:
    order = QueueOrder()
    queue(order, "a", "a1", "a2")
    queue(order, "b", "b1")
    with pytest.raises(OtherOwnerError, match="'a2' and 'b1'"):
        order.move("a2", Move(before="b1"))
    assert names(order) == ["a1", "b1", "a2"]


def test_new_jobs_come_behind_those_that_were_moved_to_the_back_and_before_those_at_the_front() -> None:
    order = order_of((0, 0.0), (0, 1.0), (0, 2.0))
    for _ in range(5):
        order.move("0", Move(front=True))
        order.move("1", Move(front=True))
        order.move("2", Move(back=True))
        order.move("0", Move(back=True))
    order.add(Ticket(0, order.next_number(front=False), 3, "last"))
    order.add(Ticket(0, order.next_number(front=True), 4, "first"))
    assert names(order) == ["first", "1", "2", "0", "last"]


def test_moving_into_the_same_gap_for_ever_always_finds_room() -> None:
    order = order_of((0, 0.0), (0, 1.0), (0, 2.0), (0, 3.0))
    for turn in range(500):
        job = "2" if turn % 2 else "3"
        order.move(job, Move(after="0"))
        assert names(order)[:2] == ["0", job]
        assert list(order) == sorted(order)


def test_making_room_changes_as_few_others_as_it_can() -> None:
    order = order_of(*((0, float(number)) for number in range(1000)))
    assert len(order.move("900", Move(before="10"))) == 1
    crowded = order_of((0, 0.0), (0, 0.0), (0, 5.0), (0, 6.0))
    changed = crowded.move("3", Move(before="1"))
    assert [ticket.job for ticket in changed] == ["3", "1"]
    assert names(crowded) == ["0", "3", "1", "2"]


def test_another_priority_keeps_the_number() -> None:
    order = order_of((0, 0.0), (0, 1.0), (0, 2.0))
    (moved,) = order.move("2", Move(priority=5))
    assert (moved.priority, moved.number) == (5, 2.0)
    assert names(order) == ["2", "0", "1"]


def test_only_waiting_jobs_have_a_place() -> None:
    order = order_of((0, 0.0), (0, 1.0))
    for job, move in (("9", Move(front=True)), ("0", Move(before="9")), ("0", Move(after="9"))):
        with pytest.raises(NotQueuedError, match="'9' does not wait"):
            order.move(job, move)
    assert names(order) == ["0", "1"]
    assert order.move("0", Move(before="0")) == []
    assert order.remove("9") is None


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"before": "a", "after": "b"}', b'{"front": true, "back": true}', b'{"priority": 1, "before": "a"}'],
)
def test_a_move_must_be_one_thing(body: bytes) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(body, type=Move)
