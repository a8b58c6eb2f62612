"""The order of waiting jobs, in memory."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.server.queue_order import NUMBER_LIMIT, NotQueuedError, QueueOrder
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
