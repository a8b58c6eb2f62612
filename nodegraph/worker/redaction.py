"""Keeps secrets out of what a worker says: its events, and what it and its packs print. Knows no nodes.

A secret that was revealed in this process is looked for in every text that leaves it, as it is and as it reads in a
quoted string, in JSON or in an address. What a node makes of it otherwise (a digest, one half of it) is not recognised,
nor is what native code or another program writes to this process's output by itself.
"""

import json
import re
import sys
from typing import Any, TextIO, TypeVar
from urllib.parse import quote, quote_plus

import msgspec

from nodegraph.execution.events import Event

E = TypeVar("E", bound=Event)

REDACTED = "[credential {}]"
"""What stands in the place of a secret; with the name of its credential."""


class Redactor:
    """For one process. Costs nothing until the first secret is revealed."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._pattern: re.Pattern[str] | None = None

    def learn(self, name: str, secret: str) -> None:
        """From now on the secret of the credential ``name`` is kept out of everything."""
        forms = dict.fromkeys(_forms(secret), name)
        if forms.keys() <= self._names.keys():
            return
        self._names = {**self._names, **forms}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def text(self, text: str) -> str:
        """``text`` with names of credentials where their secrets were."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda found: REDACTED.format(self._names[found[0]]), text)

    def event(self, event: E) -> E:
        """The event without secrets. Raises what encoding it raises, if it holds a value that cannot be sent."""
        if self._pattern is None:
            return event
        plain = msgspec.to_builtins(event, builtin_types=(bytes,))
        redacted = self._within(plain)
        return event if redacted == plain else msgspec.convert(redacted, type(event), builtin_types=(bytes,))

    def _within(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case list() | tuple():
                return [self._within(item) for item in value]
            case dict():
                return {self._within(key): self._within(item) for key, item in value.items()}
            case _:
                return value


class RedactedStream:
    """A text stream to which no secret is written. Whatever else is asked of it, the ``stream`` itself answers."""

    def __init__(self, stream: TextIO, redactor: Redactor) -> None:
        self._stream = stream
        self._redactor = redactor

    def write(self, text: str) -> int:
        """Write ``text``, without secrets."""
        self._stream.write(self._redactor.text(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        """Write each of ``lines``, without secrets."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def redact_output(redactor: Redactor) -> None:
    """Have this process print no secrets from now on. Logging must be set up afterwards."""
    sys.stdout = RedactedStream(sys.stdout, redactor)
    sys.stderr = RedactedStream(sys.stderr, redactor)


def _forms(secret: str) -> tuple[str, ...]:
    """How a secret may read in a text."""
    quoted = (repr(secret)[1:-1], json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1])
    return (secret, secret.strip(), *quoted, quote(secret), quote(secret, safe=""), quote_plus(secret))
