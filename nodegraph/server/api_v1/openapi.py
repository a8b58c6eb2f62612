"""The OpenAPI 3.1 document of the operations, made from their tables. Starts no server and knows no handler's work."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec
from aiohttp import web

from nodegraph import __version__
from nodegraph.server.api_v1.operations import Operation, Operations
from nodegraph.server.api_v1.schemas import Schema, Schemas, markdown, reference
from nodegraph.server.replies import ErrorAnswer

_ANSWERS = {
    101: "The connection is a WebSocket from here on.",
    200: "Done.",
    201: "Made.",
    204: "Done; there is nothing to tell.",
    206: "A part, as `Range` of the request asks.",
    304: "It is still what the client has.",
}

_ERRORS = {
    400: ("BadRequest", "The request cannot be read, or asks for what cannot be."),
    401: ("Unauthorized", "The server needs an access token, and none that is good came with the request."),
    403: (
        "Forbidden",
        "A foreign page or host name, a token that does not allow it, or a path that leaves its folder.",
    ),
    404: ("NotFound", "There is no such thing."),
    409: ("Conflict", "It stands otherwise than the request needs."),
    412: ("PreconditionFailed", "It is not in the state that the request's headers ask for."),
    413: ("TooLarge", "The body, or what would be stored, is too large."),
    415: ("UnsupportedMediaType", "The body is compressed, or not of the type that the operation reads."),
    416: ("OutOfRange", "There is no such part of it."),
    429: ("TooMany", "The limit is reached; `Retry-After` says after how many seconds to ask again."),
    500: ("ServerError", "The server has a defect; its log tells where."),
    503: ("Unavailable", "The worker does not run."),
    507: ("NotStored", "The disk or the database does not take or give what was asked for."),
}

_HEADERS = {
    "Set-Cookie": "The session of the browser.",
    "ETag": "Tells this state from all others; for `If-Match` and `If-None-Match`.",
    "Retry-After": "Seconds after which to ask again.",
}


_TOKEN = "token"
_ABOUT_TOKENS = "An access token of the scope that the operation names, where the server asks for tokens."

_FORM: Schema = {
    "schema": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "contentMediaType": "application/octet-stream"},
            **{name: {"type": "string"} for name in ("name", "subfolder", "type", "overwrite")},
        },
        "required": ["file"],
        "additionalProperties": False,
    }
}
"""The form of an upload."""


class Description:
    """The document of some tables of operations, made when it is first asked for."""

    def __init__(self, tables: Iterable[Operations], *, read: Mapping[str, Any], written: Mapping[str, Any]) -> None:
        """``read`` and ``written``: named types that travel otherwise than in operations; see :class:`Schemas`."""
        self._tables = list(tables)
        self._read = read
        self._written = written

    @cached_property
    def json(self) -> bytes:
        """As it is served."""
        return msgspec.json.format(msgspec.json.encode(self.document), indent=2)

    @cached_property
    def document(self) -> dict[str, Any]:
        """As a JSON object."""
        operations = [operation for table in self._tables for operation in table.table]
        schemas = Schemas(
            read=[*self._read.values(), *(op.takes["body"] for op in operations if op.has_json_body)],
            written=[ErrorAnswer, *self._written.values(), *(op.gives for op in operations if _gives_json(op))],
        )
        for name, type in {**self._written, **self._read}.items():
            schemas.name(name, type)
        paths: dict[str, dict[str, Any]] = {}
        for operation in operations:
            paths.setdefault(operation.resource, {})[operation.method.lower()] = _described(operation, schemas)
        errors = {error for operation in operations for error in operation.errors}
        return {
            "openapi": "3.1.0",
            "info": {
                "title": "nodegraph",
                "version": __version__,
                "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": [{"name": table.tag} for table in self._tables],
            "paths": paths,
            "components": {
                "schemas": dict(sorted(schemas.components.items())),
                "securitySchemes": {_TOKEN: {"type": "http", "scheme": "bearer", "description": _ABOUT_TOKENS}},
                "responses": {_ERRORS[status][0]: _error(status) for status in sorted(errors)},
            },
        }


def _described(operation: Operation, schemas: Schemas) -> Schema:
    summary, _, more = (operation.call.__doc__ or "").strip().partition("\n")
    described: Schema = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "summary": markdown(summary).removesuffix("."),
    }
    about = [
        more,
        *(operation.takes[place].__doc__ or "" for place in ("query", "headers") if place in operation.takes),
    ]
    if any(about):
        described["description"] = "\n\n".join(markdown(text) for text in about if text.strip())
    described["security"] = [] if operation.scope is None else [{}, {_TOKEN: [operation.scope.value]}]
    if parameters := _parameters(operation, schemas):
        described["parameters"] = parameters
    if "body" in operation.takes:
        described["requestBody"] = _request_body(operation, schemas)
    answers = {str(status): _answer(status, operation, schemas) for status in operation.statuses}
    errors = {str(status): {"$ref": f"#/components/responses/{_ERRORS[status][0]}"} for status in operation.errors}
    described["responses"] = dict(sorted({**answers, **errors}.items()))
    return described


def _parameters(operation: Operation, schemas: Schemas) -> Sequence[Schema]:
    found: list[Schema] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in operation.path_names
    ]
    for place, where in (("query", "query"), ("headers", "header")):
        if place in operation.takes:
            for name, required, schema in schemas.fields(operation.takes[place]):
                about = {"description": schema.pop("description")} if "description" in schema else {}
                found.append({"name": name, "in": where, "required": required, **about, "schema": schema})
    return found


def _request_body(operation: Operation, schemas: Schemas) -> Schema:
    body = operation.takes["body"]
    media = {"schema": schemas.of(body)} if operation.has_json_body else {}
    content = {kind: _FORM if kind == "multipart/form-data" else media for kind in operation.consumes}
    return {"required": operation.has_json_body and not _may_be_empty(body), "content": content}


def _may_be_empty(body: Any) -> bool:
    """Where JSON is read, no bytes stand for an empty object."""
    try:
        msgspec.json.decode(b"{}", type=body)
    except msgspec.ValidationError:
        return False
    return True


def _answer(status: int, operation: Operation, schemas: Schemas) -> Schema:
    answer: Schema = {"description": _ANSWERS[status]}
    if operation.sends:
        answer["headers"] = {name: _header(name) for name in operation.sends}
    if status not in (101, 204, 304):
        answer["content"] = {
            operation.produces: {"schema": schemas.of(operation.gives)} if _gives_json(operation) else {}
        }
    return answer


def _error(status: int) -> Schema:
    answer: Schema = {
        "description": _ERRORS[status][1],
        "content": {"application/json": {"schema": reference(ErrorAnswer.__name__)}},
    }
    if status == 429:
        answer["headers"] = {"Retry-After": _header("Retry-After")}
    return answer


def _header(name: str) -> Schema:
    return {"description": _HEADERS[name], "schema": {"type": "integer" if name == "Retry-After" else "string"}}


def _gives_json(operation: Operation) -> bool:
    gives = operation.gives
    return gives is not type(None) and not (isinstance(gives, type) and issubclass(gives, web.StreamResponse))
