"""How both processes log: as text for people or as JSON for programs, each line with the job that it is about.

Which job that is travels with the code that runs for it (:func:`about`), not through its arguments; so a line has it
whoever writes it, a library or a node pack included. Values of nodes, prompts and secrets are nobody's business here.
"""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

import msgspec

from nodegraph.settings import Settings

_job: ContextVar[str] = ContextVar("job", default="")


@contextmanager
def about(job: str) -> Iterator[None]:
    """What is logged within is about this job."""
    token = _job.set(job)
    try:
        yield
    finally:
        _job.reset(token)


def set_up(settings: Settings, process: str) -> None:
    """Log to stderr from now on, as the settings say; ``process`` is the name of this one."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json(process) if settings.log_format == "json" else _Text(process))
    logging.basicConfig(level=settings.log_level.upper(), handlers=[handler], force=True)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)


class _Text(logging.Formatter):
    def __init__(self, process: str) -> None:
        super().__init__(f"%(asctime)s %(levelname)s {process} %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802
        line = super().formatMessage(record)
        return f"{line} [job {job}]" if (job := _job.get()) else line


class _Json(logging.Formatter):
    """One object a line: ``time`` (RFC 3339), ``level``, ``process``, ``logger``, ``message``; ``job`` and ``error``, a
    traceback, where there is one."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if job := _job.get():
            line["job"] = job
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line).decode()
