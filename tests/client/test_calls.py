"""The client's calls are the operations that the server documents: all of them, by their names, where they are."""

import inspect
import re
from typing import Any

import pytest

from nodegraph.client import blocking, calls, file_calls
from nodegraph.client.call import Call
from nodegraph.client.errors import UnexpectedAnswerError
from nodegraph.graph.formats import Format
from nodegraph.server.api_v1.convert_messages import ConvertRequest
from nodegraph.server.api_v1.messages import JobQuery, JobRequest, OutputFile
from nodegraph.server.api_v1.routes import description
from nodegraph.server.records import JobState, Move

OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in description().document["paths"].items()
    for method, operation in methods.items()
}

OF_THE_FIELD = {"view"}
"""By routes that are not below ``/api/v1``."""

BY_SOCKET = {"open_socket", "stream_events", "stream_job_events"}
"""What :mod:`nodegraph.client.following` speaks with, and what tells the same in another way."""

FOR_THE_PAGE = {"get_session", "sign_in", "sign_out", "list_access_tokens", "make_access_token", "revoke_access_token"}
"""Programs show their token with every request; who runs the server makes tokens on the page or the command line."""

CALLS = {
    name: function
    for module in (calls, file_calls)
    for name, function in vars(module).items()
    if inspect.isfunction(function) and function.__module__ == module.__name__ and not name.startswith("_")
}

ARGUMENTS: dict[str, Any] = {
    "job": "a/b c",
    "name": "ä?",
    "path": "a b/#1%2f.json",
    "to": "x",
    "folder": "é&",
    "key": "k",
    "query": JobQuery(state=[JobState.DONE, JobState.FAILED], title="a b", limit=5, before="7", shown=True),
    "version": 3,
    "etag": '"e"',
    "new": False,
    "content": b"",
    "recurse": True,
    "overwrite": False,
    "running": True,
    "changes": {},
    "move": Move(front=True),
    "texts": ["a cat"],
    "timeout": 2.5,
    "inline": True,
    "node": "KSampler / ü",
    "subfolder": "a/b",
    "index": "0",
}


def made(name: str) -> Call[Any]:
    """The call of that name, with some arguments."""
    requests = {"post_job": JobRequest(prompt={}), "convert_workflow": ConvertRequest(Format.API)}
    arguments = {**ARGUMENTS, "request": requests.get(name)}
    parameters = inspect.signature(CALLS[name]).parameters.values()
    positional = [arguments[one.name] for one in parameters if one.kind is one.POSITIONAL_OR_KEYWORD]
    named = {one.name: arguments[one.name] for one in parameters if one.kind is one.KEYWORD_ONLY}
    call: Call[Any] = CALLS[name](*positional, **named)
    return call


def test_every_operation_has_a_call() -> None:
    assert CALLS.keys() - OF_THE_FIELD == OPERATIONS.keys() - BY_SOCKET - FOR_THE_PAGE


@pytest.mark.parametrize("name", sorted(CALLS.keys() - OF_THE_FIELD))
def test_a_call_goes_where_its_operation_is(name: str) -> None:
    method, path, operation = OPERATIONS[name]
    call = made(name)
    where, _, query = call.path.partition("?")
    several = path.startswith("/api/v1/userdata/")
    pattern = re.sub(r"\{\w+\}", "[^?#]+" if several else "[^/?#]+", path)
    assert call.method == method
    assert re.fullmatch(pattern, where)
    documented = {(one["in"], one["name"].lower()) for one in operation.get("parameters", ())}
    assert {("query", field.partition("=")[0]) for field in query.split("&") if field} <= documented
    assert {("header", field.lower()) for field in call.headers if field != "Content-Type"} <= documented
    assert ("requestBody" in operation) == (call.content is not None)


@pytest.mark.parametrize("name", sorted(CALLS))
def test_every_call_is_made_by_a_method(name: str) -> None:
    from nodegraph.client import listing, submission

    sources = "".join(inspect.getsource(module) for module in (blocking, listing, submission))
    assert re.search(rf"\b{name}\(", sources)


@pytest.mark.parametrize("url", ["http://elsewhere/x", "//elsewhere/x", ""])
def test_files_are_fetched_from_the_server_only(url: str) -> None:
    with pytest.raises(UnexpectedAnswerError, match="not one of this server"):
        file_calls.view(OutputFile("1", "images", "a.png", "", "output", url))
