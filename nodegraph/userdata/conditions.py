"""ETags, and the conditions that a change may depend on: what ``If-Match`` and ``If-None-Match`` ask for (RFC 9110).

Knows no files. With them two editors of one file cannot overwrite each other unseen: each says which content it
changed, and a change that would hide another is refused.
"""

import hashlib
import re
from collections.abc import Mapping

import msgspec

from nodegraph.errors import UserError

_TAG = re.compile(r'(W/)?("[^"]*")')


class ConditionError(UserError):
    """What a change depends on does not hold. ``etag``: of what is there now; None if nothing is."""

    def __init__(self, message: str, etag: str | None) -> None:
        super().__init__(message)
        self.etag = etag

    @property
    def extra(self) -> Mapping[str, object]:
        """The present ETag, so that a client needs no second request to learn it."""
        return {"etag": self.etag}


def etag_of(content: bytes) -> str:
    """The strong ETag of a content: equal for equal contents, and only for these. Quoted, as headers have it."""
    return f'"{hashlib.sha256(content).hexdigest()}"'


class Condition(msgspec.Struct, frozen=True):
    """The two headers, as they came."""

    match: str | None = None
    none_match: str | None = None

    def __bool__(self) -> bool:
        return self.match is not None or self.none_match is not None

    def check(self, etag: str | None, name: str) -> None:
        """Raise :class:`ConditionError` unless a change of ``name``, which has ``etag`` now, may go ahead.

        ``etag`` is None if there is no such file.
        """
        if self.match is not None and not (etag is not None and _names(self.match, etag, weakly=False)):
            now = "there is no such file any more" if etag is None else f"its ETag is {etag} now"
            raise ConditionError(
                f"{name!r} is no longer what If-Match expects: {now}. Nothing was changed; read it again first.", etag
            )
        if self.none_match is not None and etag is not None and _names(self.none_match, etag, weakly=True):
            raise ConditionError(f"{name!r} is there already; nothing was changed. Choose another name.", etag)

    def is_known(self, etag: str) -> bool:
        """Whether who asks for a content has it already, so that 304 answers it."""
        return self.none_match is not None and _names(self.none_match, etag, weakly=True)


ALWAYS = Condition()


def _names(header: str, etag: str, *, weakly: bool) -> bool:
    """Whether the list of ETags in a header names this one, or any. A weak one counts only where ``weakly``."""
    if header.strip() == "*":
        return True
    return any(tag == etag and (weakly or not weak) for weak, tag in _TAG.findall(header))
