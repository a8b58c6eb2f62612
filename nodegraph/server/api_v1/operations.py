"""Routes as typed functions: what a handler takes and gives is read from its signature, once, for serving it and for
documenting it.

A handler names what it wants by its parameters:

- ``app`` is the application, ``request`` the request itself (for the few that cannot do without);
- ``who`` is the :class:`Identity` of whoever asks;
- ``body`` is the body: a type to read from JSON, ``bytes`` as they came, or a ``StreamReader`` as they come;
- ``query`` and ``headers`` are structs filled from their text; the fields of ``headers`` are renamed to header names;
- any other name is the part of the path that has this name, decoded.

What it returns is the answer: a type to write as JSON, ``None`` for no content, a :class:`Reply` for a status or
headers of its own, or a response as it is. Errors are raised; :mod:`nodegraph.server.replies` answers them.
"""

import inspect
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Generic, Literal, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from aiohttp import StreamReader, web
from multidict import MultiMapping

from nodegraph.access.identity import Scope
from nodegraph.server.gatekeeper import declare, identity_of, usual_scope
from nodegraph.server.replies import (
    InvalidRequestError,
    UnsupportedTypeError,
    check_body,
    json_response,
    read_body,
)

T = TypeVar("T")
Call = TypeVar("Call", bound=Callable[..., Awaitable[Any]])


class Reply(NamedTuple, Generic[T]):
    """An answer with a status of its own (else the operation's), or with headers."""

    body: T | None
    status: int | None = None
    headers: Mapping[str, str] = {}


class Operation(NamedTuple):
    """A route, as it is served and documented."""

    method: str
    path: str
    """As aiohttp writes it: ``{name}`` or ``{name:pattern}``."""
    call: Callable[..., Awaitable[Any]]
    tag: str
    takes: Mapping[str, Any]
    """Parameter -> type, in the handler's order."""
    gives: Any
    """The type of the answer; of its body, if that comes in a :class:`Reply`."""
    statuses: Sequence[int]
    """Of answers that are no errors, the usual one first."""
    errors: frozenset[int]
    consumes: Sequence[str]
    """The types of its body."""
    produces: str
    sends: Sequence[str]
    """The headers of answers that are no errors."""
    scope: Scope | None
    """What a client needs; None: nothing."""

    @property
    def has_json_body(self) -> bool:
        """Whether it reads JSON."""
        return "body" in self.takes and not _is_raw(self.takes)

    @property
    def name(self) -> str:
        """The handler's name, which is also the operation's id."""
        return self.call.__name__

    @property
    def resource(self) -> str:
        """The path without patterns."""
        return re.sub(r"\{(\w+):.*?\}(?=/|$)", r"{\1}", self.path)

    @property
    def path_names(self) -> Sequence[str]:
        """The named parts of the path."""
        return re.findall(r"\{(\w+)", self.path)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        answer = await self.call(**{name: await self._argument(name, request) for name in self.takes})
        if isinstance(answer, web.StreamResponse):
            return answer
        reply = answer if isinstance(answer, Reply) else Reply(answer)
        status = self.statuses[0] if reply.status is None else reply.status
        assert status in self.statuses, f"{self.name} answers {status}, which it does not declare"
        response = web.Response(status=status) if reply.body is None else json_response(reply.body, status=status)
        response.headers.update(reply.headers)
        return response

    async def _argument(self, name: str, request: web.Request) -> Any:
        match name:
            case "app":
                return request.app
            case "request":
                return request
            case "who":
                return identity_of(request)
            case "body" if self.takes[name] is bytes:
                return await read_body(request)
            case "body" if self.takes[name] is StreamReader:
                check_body(request)
                return request.content
            case "body":
                return _from_json(await read_body(request), self.takes[name], request.headers.get("Content-Type"))
            case "query":
                return _from_text(request.query, self.takes[name], "query")
            case "headers":
                return _from_text(request.headers, self.takes[name], "headers")
            case _:
                return _text(request.match_info[name], f"part {name!r} of the path")


class Operations:
    """A table of operations under one heading. A module has one, fills it by decorating its handlers, and knows no more
    of it; whoever makes the application registers it."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.table: list[Operation] = []

    def get(self, path: str, **more: Any) -> Callable[[Call], Call]:
        """Read something."""
        return self.route("GET", path, **more)

    def post(self, path: str, **more: Any) -> Callable[[Call], Call]:
        """Do something."""
        return self.route("POST", path, **more)

    def put(self, path: str, **more: Any) -> Callable[[Call], Call]:
        """Put something in a place."""
        return self.route("PUT", path, **more)

    def patch(self, path: str, **more: Any) -> Callable[[Call], Call]:
        """Change a part of something."""
        return self.route("PATCH", path, **more)

    def delete(self, path: str, **more: Any) -> Callable[[Call], Call]:
        """Remove something."""
        return self.route("DELETE", path, **more)

    def route(
        self,
        method: str,
        path: str,
        *,
        status: int | Sequence[int] | None = None,
        errors: Sequence[int] = (),
        consumes: Sequence[str] = (),
        produces: str = "",
        sends: Sequence[str] = (),
        scope: Scope | Literal["usual"] | None = "usual",
    ) -> Callable[[Call], Call]:
        """The decorator of a handler.

        ``status``: of good answers, the usual one first (default: 200, or 204 for ``None``). ``errors``: statuses of
        what the handler raises; those of a request that cannot be read (400, 413, 415), of a client that may not
        (401, 403, 429) and of defects (500) are added. ``consumes`` and ``produces``: the types of a raw body and of
        a response made by the handler. ``sends``: names of headers of good answers. ``scope``: what a client needs;
        usually ``read`` for GET and ``run`` for all else; None: nothing.
        """

        def decorate(call: Call) -> Call:
            hints = get_type_hints(call, include_extras=True)
            gives = hints.pop("return")
            if get_origin(gives) is Reply:
                (gives,) = get_args(gives)
            takes = {name: hints[name] for name in inspect.signature(call).parameters}
            statuses = (status,) if isinstance(status, int) else status or ((204,) if gives is type(None) else (200,))
            operation = Operation(
                method=method,
                path=path,
                call=call,
                tag=self.tag,
                takes=takes,
                gives=gives,
                statuses=tuple(statuses),
                errors=frozenset({*errors, *_own_errors(takes)}),
                consumes=tuple(consumes) or ("application/octet-stream" if _is_raw(takes) else "application/json",),
                produces=produces or "application/json",
                sends=tuple(sends),
                scope=usual_scope(method) if scope == "usual" else scope,
            )
            given = {"app", "request", "who", "body", "query", "headers"}
            assert set(operation.path_names) == takes.keys() - given, path
            self.table.append(operation)
            return call

        return decorate

    def register(self, app: web.Application) -> None:
        """Serve the operations from ``app``. What is read with GET answers HEAD too."""
        for operation in self.table:
            add = app.router.add_get if operation.method == "GET" else _adder(app, operation.method)
            # A dot stands for all but a line's end, which a path may hold too: handlers must get to refuse it.
            handle = operation.handle
            declare(app, handle, operation.scope)
            add(operation.path.replace(":.+}", ":(?s:.+)}"), handle)


def _adder(app: web.Application, method: str) -> Callable[..., object]:
    return lambda path, handler: app.router.add_route(method, path, handler)


def _is_raw(takes: Mapping[str, Any]) -> bool:
    return takes.get("body") in (bytes, StreamReader)


def _own_errors(takes: Mapping[str, Any]) -> set[int]:
    """The statuses that any operation with these parameters may answer."""
    errors = {401, 403, 429, 500}
    if takes.keys() - {"app", "who"}:
        errors.add(400)
    if "body" in takes:
        errors |= {413, 415}
    return errors


def _from_json(body: bytes, type: Any, content_type: str | None) -> Any:
    """The body as ``type``. An empty one is an empty object; a missing content type is JSON."""
    essence = (content_type or "application/json").partition(";")[0].strip().lower()
    if body and essence != "application/json" and not essence.endswith("+json"):
        raise UnsupportedTypeError(f"The body must be JSON (Content-Type: application/json), not {essence}.")
    try:
        return msgspec.json.decode(body if body.strip() else b"{}", type=type)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidRequestError(f"The body cannot be read: {error}.") from error


def _from_text(given: MultiMapping[str], type: type[T], where: str) -> T:
    """``type`` filled from query or headers; a field that is a list takes every value of its name."""
    fields = msgspec.structs.fields(type)  # type: ignore[arg-type]
    found: dict[str, str | list[str]] = {}
    for field in fields:
        values = [_text(value, f"value of {field.encode_name!r}") for value in given.getall(field.encode_name, [])]
        if values:
            found[field.encode_name] = values if get_origin(field.type) is list else values[-1]
    try:
        filled = msgspec.convert(found, type, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidRequestError(f"The {where} cannot be read: {error}.") from error
    for field in fields:
        if (
            field.encode_name in found and getattr(filled, field.name) is None
        ):  # "null" is read as None where it can be.
            raise InvalidRequestError(f"The {where} cannot be read: leave {field.encode_name!r} out instead of null.")
    return filled


def _text(value: str, what: str) -> str:
    """``value``, if all of it is text: bytes that are no UTF-8 arrive as lone surrogates, which nothing can store."""
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidRequestError(f"The {what} is not valid UTF-8.") from error
    return value
