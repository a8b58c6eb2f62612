"""Requests of waiting jobs that stay in memory, which spares a short queue reading them back. Knows no database."""

from nodegraph.server.records import Request


class RequestMemory:
    """Keeps requests as long as they are small enough together; ``limit`` is in bytes of JSON."""

    def __init__(self, limit: int = 4_000_000) -> None:
        self._free = limit
        self._kept: dict[str, tuple[Request, int]] = {}

    def keep(self, job: str, request: Request, *, size: int) -> None:
        """Keep the request of a job if there is room."""
        if size <= self._free:
            self._free -= size
            self._kept[job] = request, size

    def take(self, job: str) -> Request | None:
        """The request of a job, which is not kept any longer."""
        request, size = self._kept.pop(job, (None, 0))
        self._free += size
        return request
