"""Which former contents stay: the last ones, one an hour, one a day; and bursts of saves count once."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from nodegraph.userdata.retention import DAY, HOUR, MINUTE, Reason, Rule, Version, kept

RULE = Rule()
NOW = 1_800_000_000.0


def version(number: int, saved: float, digest: str | None = None, reason: Reason = "overwritten") -> Version:
    return Version(number, saved, saved, reason, 1, str(number) if digest is None else digest)


histories = st.lists(
    st.tuples(
        st.floats(0, 60 * DAY), st.sampled_from("abcdefgh"), st.sampled_from(["overwritten", "restored", "deleted"])
    ),
    max_size=60,
).map(
    lambda drawn: [
        version(number, NOW - age, digest, reason)
        for number, (age, digest, reason) in enumerate(sorted(drawn, key=lambda item: -item[0]), 1)
    ]
)


def grown(versions: Sequence[Version], rule: Rule = RULE) -> list[Version]:
    """What is left if the rule is applied after each version, as it is in use."""
    present: list[Version] = []
    for added in versions:
        present.append(added)
        staying = kept(present, added.saved, rule)
        present = [one for one in present if one.version in staying]
    return present


@given(histories)
def test_the_latest_always_stays_and_nothing_is_invented(versions: list[Version]) -> None:
    staying = kept(versions, NOW, RULE)
    assert staying <= {one.version for one in versions}
    assert not versions or versions[-1].version in staying


@given(histories)
def test_there_is_a_bound(versions: list[Version]) -> None:
    assert len(kept(versions, NOW, RULE)) <= RULE.last + RULE.hours + 1 + RULE.days + 1
    assert len(kept(versions, NOW, Rule(last=2, hours=0, days=0))) <= 2


@given(histories)
def test_every_day_of_a_month_and_every_hour_of_a_day_keeps_its_last(versions: list[Version]) -> None:
    staying = {one.version for one in grown(versions)} & kept(grown(versions), NOW, RULE)
    for seconds, count in ((HOUR, RULE.hours), (DAY, RULE.days)):
        recent = [one for one in versions if one.saved >= NOW - count * seconds]
        last_of_each = {one.saved // seconds: one.version for one in recent}
        assert set(last_of_each.values()) <= staying


@given(histories, st.integers(1, 8))
def test_the_last_distinct_contents_stay(versions: list[Version], last: int) -> None:
    apart = [version(one.version, NOW - (100 - one.version) * DAY, one.digest) for one in versions]
    staying = grown(apart, Rule(last=last, hours=0, days=0))
    newest_first = list(dict.fromkeys(one.digest for one in reversed(apart)))
    assert [one.digest for one in reversed(staying)] == newest_first[:last]


def test_saving_every_few_seconds_for_hours_leaves_yesterday_and_this_morning() -> None:
    yesterday = [version(number, NOW - DAY - number * HOUR) for number in range(1, 4)][::-1]
    burst = [version(10 + number, NOW - 8 * HOUR + number * 5) for number in range(8 * 720)]
    staying = grown([*yesterday, *burst])
    times = [one.saved for one in staying]
    assert set(yesterday) & set(staying)
    assert len({time // HOUR for time in times if time >= NOW - 8 * HOUR}) == 8
    assert len({time // MINUTE for time in times}) == len(times) < 40


def test_what_a_restore_or_a_deletion_replaced_is_no_part_of_a_burst() -> None:
    minute = NOW // MINUTE * MINUTE
    versions = [
        version(1, minute + 1),
        version(2, minute + 2, reason="restored"),
        version(3, minute + 3),
        version(4, minute + 4, reason="deleted"),
        version(5, minute + 5),
    ]
    assert kept(versions, minute + 6, RULE) == {2, 4, 5}


def test_a_clock_that_was_wrong_does_not_hide_what_came_later() -> None:
    future = [version(number, NOW + 1000 * DAY + number * HOUR) for number in range(1, 30)]
    present = [version(number, NOW + number * HOUR) for number in range(30, 55)]
    staying = grown([*future, *present])
    assert {one.version for one in present[-20:]} <= {one.version for one in staying}
