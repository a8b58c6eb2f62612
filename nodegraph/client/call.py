"""A request to the server as a value, and how its answer is read. Nothing here sends anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import httpx2
import msgspec

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Call(Generic[T]):
    """A request, and how to read its answer. ``repeatable``: sending it twice does what sending it once does."""

    method: str
    path: str
    """Percent-encoded, with the query."""
    read: Callable[[httpx2.Response], T]
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    repeatable: bool = False
    takes: float = 0.0
    """So many seconds the server may take on purpose, besides what any exchange may."""

    @property
    def asked(self) -> str:
        """What was asked for, for people."""
        return f"{self.method} {self.path}"


def get(path: str, type: type[T]) -> Call[T]:
    """A call that only reads, and answers with JSON."""
    return Call(method="GET", path=path, read=json_of(type), repeatable=True)


def send(
    method: str,
    path: str,
    body: object,
    read: Callable[[httpx2.Response], T],
    *,
    headers: Mapping[str, str] | None = None,
    repeatable: bool = False,
) -> Call[T]:
    """A call with a JSON body; without any, if ``body`` is None."""
    content = None if body is None else msgspec.json.encode(body)
    kind = {} if body is None else {"Content-Type": "application/json"}
    return Call(
        method=method, path=path, content=content, headers={**kind, **(headers or {})}, read=read, repeatable=repeatable
    )


def part(text: str) -> str:
    """``text`` as one part of a path. ``..`` is a name like any other, and no step to another operation."""
    return text.replace(".", "%2E") if text in (".", "..") else quote(text, safe="")


def parts(text: str) -> str:
    """``text`` as several parts of a path."""
    return "/".join(map(part, text.split("/")))


def with_query(path: str, fields: Mapping[str, str | Sequence[str] | None]) -> str:
    """``path`` with those of the fields that are given; one with several values comes several times."""
    given = {name: value for name, value in fields.items() if value is not None}
    return f"{path}?{urlencode(given, doseq=True)}" if given else path


def query_of(struct: msgspec.Struct) -> dict[str, str | Sequence[str] | None]:
    """The fields of a struct that are not as they are by default, as a query has them."""
    usual: dict[str, Any] = {field.encode_name: field.default for field in msgspec.structs.fields(struct)}
    given = msgspec.to_builtins(struct)
    return {name: _text(value) for name, value in given.items() if value and value != usual[name]}


def _text(value: Any) -> str | Sequence[str]:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, list) else str(value)


def json_of(type: type[T]) -> Callable[[httpx2.Response], T]:
    """Reads the body as ``type``."""
    return lambda response: msgspec.json.decode(response.content, type=type)


def content_of(response: httpx2.Response) -> bytes:
    """Reads the body as it is."""
    return response.content


def nothing_of(response: httpx2.Response) -> None:
    """Reads nothing."""
