"""Which former contents of a file are kept. A pure rule: knows no files, no database and no clock.

Someone who saves every few seconds must not lose yesterday's work by it. So what was saved over within the same minute
counts as one version, and besides the last few distinct ones there is one for each hour of the last day and one for
each day of the last month.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Literal

import msgspec

Reason = Literal["overwritten", "restored", "moved", "deleted"]

MINUTE, HOUR, DAY = 60, 3600, 86400


class Version(msgspec.Struct, frozen=True):
    """A former content of a file.

    `version` numbers rise with every content that is kept, over all files. `saved`: when it was written; `replaced`:
    when it ceased to be the file's content (both in seconds since 1970); `reason`: what did that. It was overwritten,
    an older version was restored, another file was moved to its place, or it was deleted.
    """

    version: int
    saved: float
    replaced: float
    reason: Reason
    size: int
    digest: str


class Rule(msgspec.Struct, frozen=True):
    """How much is kept of one file: the ``last`` distinct contents, and one an hour and one a day for so long."""

    last: int = 20
    hours: int = 24
    days: int = 30


def kept(versions: Sequence[Version], now: float, rule: Rule) -> set[int]:
    """The numbers of those ``versions`` of one file that stay. They are given in the order in which they were kept.

    Which are the last ones is told by that order, so that a clock that was wrong for a while does no harm.
    """
    newest_first = versions[::-1]
    minutes = set(_newest_of_each(newest_first, lambda version: version.saved // MINUTE))
    standing = [version for version in newest_first if version in minutes or version.reason != "overwritten"]
    last = list(_newest_of_each(standing, lambda version: version.digest))[: rule.last]
    hourly = _one_a_period(standing, HOUR, since=now - rule.hours * HOUR)
    daily = _one_a_period(standing, DAY, since=now - rule.days * DAY)
    return {version.version for version in (*last, *hourly, *daily)}


def _one_a_period(newest_first: Iterable[Version], seconds: int, *, since: float) -> Iterator[Version]:
    recent = (version for version in newest_first if version.saved >= since)
    return _newest_of_each(recent, lambda version: version.saved // seconds)


def _newest_of_each(newest_first: Iterable[Version], group: Callable[[Version], Hashable]) -> Iterator[Version]:
    seen = set()
    for version in newest_first:
        if (key := group(version)) not in seen:
            seen.add(key)
            yield version
