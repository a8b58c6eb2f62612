"""Codes that stand for a token once, for a minute. Knows no clock and no HTTP: the caller tells the time.

With one a server opens its own page signed in: the address it hands to the browser is seen by others (in the list of
processes, in the browser's history), and is worth nothing once the page has read it.
"""

import secrets

PREFIX = "once_"

LIFE = 60.0
"""Seconds."""


class OneTimeCodes:
    """The codes that nobody has shown yet. In memory only."""

    def __init__(self) -> None:
        self._codes: dict[str, tuple[str, float]] = {}

    def make(self, token: str, now: float) -> str:
        """A code that stands for the token of this id from ``now`` on (seconds of a clock that never goes back)."""
        code = PREFIX + secrets.token_urlsafe(32)
        self._codes[code] = (token, now + LIFE)
        return code

    def take(self, code: str, now: float) -> str | None:
        """The id of the token that the code stands for; None if it is none, or no longer. It is none from now on."""
        token, expires = self._codes.pop(code, ("", 0.0))
        return token if token and now < expires else None
