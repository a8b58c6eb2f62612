"""The last lines of the server's log, for clients of the field that show them."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime

LINES = 300
"""How many are kept."""

Entry = dict[str, str]
"""One line as the field has it: ``t`` when, ``m`` what."""


class LogLines(logging.Handler):
    """Hears the log of this process, whichever thread writes it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
        self._entries: deque[Entry] = deque(maxlen=LINES)
        self._listener: Callable[[Entry], object] | None = None

    @property
    def entries(self) -> list[Entry]:
        """The last lines, the oldest first."""
        return list(self._entries)

    def listen(self, listener: Callable[[Entry], object] | None) -> None:
        """From now on ``listener`` is called with each line, on the thread that wrote it."""
        self._listener = listener

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line and tell it."""
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        entry = {"t": time, "m": f"{self.format(record)}\n"}
        self._entries.append(entry)
        if self._listener is not None:
            self._listener(entry)
