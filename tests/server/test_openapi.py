"""The OpenAPI document: valid, complete, and true of what the server does."""

import json
import subprocess
import sys
from typing import Any, get_args

import msgspec
import pytest
from aiohttp import web
from jsonschema import Draft202012Validator
from live_server import FieldClient, chain, one
from openapi_spec_validator import validate

from nodegraph.server.api_v1.messages import ClientMessage, ServerMessage
from nodegraph.server.api_v1.openapi import Description
from nodegraph.server.api_v1.operations import Operations, Reply
from nodegraph.server.api_v1.routes import add_to, description, tables
from nodegraph.server.api_v1.schemas import Schemas, markdown
from nodegraph.server.events import ServerEvent

DOCUMENT = description().document

OPERATIONS = [operation for table in tables() for operation in table.table]


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)
    assert DOCUMENT["openapi"].startswith("3.1")


def test_every_route_of_the_server_is_in_it() -> None:
    app = web.Application()
    add_to(app)
    served = {
        (route.method.lower(), route.resource.canonical)
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    assert served == {(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert all(path.startswith("/api/v1/") for path in DOCUMENT["paths"])


def test_ids_are_the_names_of_the_handlers_and_there_is_one_of_each() -> None:
    names = [operation.name for operation in OPERATIONS]
    ids = [op["operationId"] for methods in DOCUMENT["paths"].values() for op in methods.values()]
    assert sorted(ids) == sorted(names)
    assert len(set(ids)) == len(ids)


def test_every_operation_says_what_it_does() -> None:
    for methods in DOCUMENT["paths"].values():
        for operation in methods.values():
            assert operation["summary"], operation["operationId"]
            assert "``" not in json.dumps(operation), operation["operationId"]


def test_no_body_takes_fields_that_nobody_reads() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    read = [op.takes["body"].__name__ for op in OPERATIONS if op.has_json_body and op.name != "change_settings"]
    for name in (*read, "Webhook", "Submit", "Cancel", "Subscribe", "Unsubscribe"):
        assert schemas[name]["additionalProperties"] is False, name


def test_everything_that_travels_over_the_socket_has_a_schema() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    for name, union in (
        ("ClientMessage", ClientMessage),
        ("ServerMessage", ServerMessage),
        ("ServerEvent", ServerEvent),
    ):
        members = {member["$ref"].rpartition("/")[2] for member in schemas[name]["anyOf"]}
        assert members == {struct.__name__ for struct in get_args(union)}
        assert members <= schemas.keys()
    assert schemas["Happened"]["properties"]["event"] == {"$ref": "#/components/schemas/ServerEvent"}


async def test_what_is_said_over_the_socket_is_as_documented(client: FieldClient) -> None:
    sent = [
        {"type": "subscribe", "after": 0, "previews": True},
        {"type": "unsubscribe"},
        {"type": "subscribe", "after": 1},
        {"type": "submit", "id": 1, "prompt": chain(2, value=0.125)},
        {"type": "submit", "id": 2, "prompt": chain(2, value=0.125)},
        {"type": "submit", "id": 3, "prompt": one("Unknown")},
        {"type": "submit", "id": 4},
        {"type": "submit", "id": 5, "workflow": {}},
        {"type": "cancel", "job": "none"},
        {"type": "unknown"},
    ]
    validator = Draft202012Validator(
        {"$ref": "#/components/schemas/ServerMessage", "components": DOCUMENT["components"]}
    )
    heard: list[str] = []
    async with client.session.ws_connect(f"{client.url}/api/v1/ws") as socket:
        for message in sent:
            await socket.send_json(message)
        while heard.count("result") < 2:
            message = await socket.receive_json(timeout=60)
            validator.validate(message)
            heard.append(message["type"])
    told = {"hello", "subscribed", "unsubscribed", "gap", "accepted", "rejected", "cancelling", "error", "event"}
    assert set(heard) == told | {"result"}


async def test_it_is_served(client: FieldClient) -> None:
    assert await client.get("/api/v1/openapi.json") == json.loads(json.dumps(DOCUMENT))


def test_the_command_prints_it_and_needs_no_torch() -> None:
    watch = "import atexit, sys; atexit.register(lambda: print('torch' in sys.modules, file=sys.stderr)); "
    command = "from nodegraph.cli.main import main; sys.argv[1:] = ['openapi']; main()"
    printed = subprocess.run([sys.executable, "-c", watch + command], capture_output=True, check=True)
    assert json.loads(printed.stdout) == json.loads(json.dumps(DOCUMENT))
    assert printed.stderr.strip() == b"False"


# ---- how it is made ----


class Sent(msgspec.Struct, omit_defaults=True):
    """Some ``code`` of
    :class:`Sent`."""

    name: str
    note: str | None = None
    either: str | int | None = None
    many: list[str] = []


class Whole(msgspec.Struct):
    name: str
    note: str | None = None
    sent: Sent | None = None


class Given(msgspec.Struct):
    name: str
    note: str | None = None


class Wanted(msgspec.Struct):
    """``size``: how large."""

    size: int
    tag: str | None = None
    list: bool = False


class Conditions(msgspec.Struct):
    match: str | None = msgspec.field(default=None, name="If-Match")


def test_what_is_written_is_never_null_where_it_is_left_out() -> None:
    schema = Schemas(read=[], written=[Sent]).components["Sent"]
    assert schema["required"] == ["name"]
    assert schema["properties"]["note"] == {"type": "string"}
    assert schema["properties"]["either"] == {"anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert schema["properties"]["many"]["default"] == []
    assert schema["description"] == "Some `code` of\n`Sent`."


def test_what_is_written_whole_has_every_field() -> None:
    schema = Schemas(read=[], written=[Whole]).components["Whole"]
    assert schema["required"] == ["name", "note", "sent"]
    assert {"type": "null"} in schema["properties"]["note"]["anyOf"]


def test_what_is_read_may_leave_out_what_has_a_default() -> None:
    schema = Schemas(read=[list[Given]], written=[dict[str, Given]]).components["Given"]
    assert schema["required"] == ["name"]
    assert schema["properties"]["note"]["default"] is None


def test_two_types_of_one_name_are_refused() -> None:
    def another() -> type[msgspec.Struct]:
        return msgspec.defstruct("Given", [("other", int)])

    with pytest.raises(AssertionError, match="have the same name"):
        Schemas(read=[Given], written=[another()])


def test_a_union_has_its_name_everywhere() -> None:
    schemas = Schemas(read=[], written=[Sent])
    schemas.name("Either", str | int)
    assert schemas.components["Either"] == {"title": "Either", "anyOf": [{"type": "string"}, {"type": "integer"}]}
    assert schemas.components["Sent"]["properties"]["either"] == {"$ref": "#/components/schemas/Either"}


def test_an_operation_is_described_whole() -> None:
    operations = Operations("Things")

    @operations.put("/things/{place:.+}", status=(200, 201, 304), errors=(409, 429), sends=("ETag",))
    async def put_thing(place: str, query: Wanted, headers: Conditions, body: Given) -> Reply[Sent]:
        """Put ``it`` there.

        It stays.
        """
        raise NotImplementedError

    @operations.post("/raw", consumes=["image/png"], produces="image/webp")
    async def convert_raw(body: bytes) -> web.Response:
        """Convert."""
        raise NotImplementedError

    document: Any = Description([operations], read={}, written={}).document
    validate(document)
    put = document["paths"]["/things/{place}"]["put"]
    assert (put["summary"], put["description"], put["tags"]) == (
        "Put `it` there",
        "It stays.\n\n`size`: how large.",
        ["Things"],
    )
    assert [(at["name"], at["in"], at["required"], at["schema"]) for at in put["parameters"]] == [
        ("place", "path", True, {"type": "string", "minLength": 1}),
        ("size", "query", True, {"type": "integer"}),
        ("tag", "query", False, {"type": "string"}),
        ("list", "query", False, {"type": "boolean", "default": False}),
        ("If-Match", "header", False, {"type": "string"}),
    ]
    assert put["requestBody"] == {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Given"}}},
    }
    assert put["responses"].keys() == {
        *("200", "201", "304"),
        *("400", "401", "403", "409", "413", "415", "429", "500"),
    }
    assert put["responses"]["201"]["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Sent"}
    assert put["responses"]["201"]["headers"].keys() == {"ETag"}
    assert "content" not in put["responses"]["304"]
    assert "Retry-After" in document["components"]["responses"]["TooMany"]["headers"]
    raw = document["paths"]["/raw"]["post"]
    assert raw["requestBody"] == {"required": False, "content": {"image/png": {}}}
    assert raw["responses"]["200"]["content"] == {"image/webp": {}}


@pytest.mark.parametrize(
    ("docstring", "text"),
    [
        ("One.\n\n    Two ``x``\n    :meth:`~a.b.c`.\n    ", "One.\n\nTwo `x`\n`a.b.c`."),
        ("", ""),
    ],
)
def test_docstrings_become_markdown(docstring: str, text: str) -> None:
    assert markdown(docstring) == text
