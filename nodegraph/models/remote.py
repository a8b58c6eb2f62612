"""What is known of a file at the other end before it is fetched."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Remote:
    """``headers`` may hold a token, and so may ``url``: messages name ``page``, where a person finds the file.

    ``name``, ``size`` (bytes) and ``sha256`` are empty or None where only the answer will tell.
    """

    url: str
    page: str
    headers: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    size: int | None = None
    sha256: str = ""
