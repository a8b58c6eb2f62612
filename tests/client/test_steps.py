"""When the client tries again and when it gives up, with the server's answers made up and no time spent."""

from collections.abc import Sequence
from typing import Any

import httpx2
import pytest

from nodegraph.client.call import Call
from nodegraph.client.errors import (
    AnswerError,
    ChangedError,
    ConflictError,
    NotFoundError,
    QueueFullError,
    RejectedError,
    ServerGoneError,
    UnavailableError,
)
from nodegraph.client.steps import Exchange, LostError, Sleep, ask


def call(*, repeatable: bool = True) -> Call[bytes]:
    return Call(method="POST", path="/api/v1/x", read=lambda response: response.content, repeatable=repeatable)


def refusal(
    status: int, type: str = "not_so", *, headers: dict[str, str] | None = None, **more: Any
) -> httpx2.Response:
    problem = {"type": type, "message": "Not so", "details": "because", "extra_info": {}}
    return httpx2.Response(status, json={"error": problem, **more}, headers=headers)


def answered(answers: Sequence[object], *, repeatable: bool = True, seconds: float = 60.0) -> tuple[bytes, list[float]]:
    """What a call comes to if its exchanges are answered like this, and the pauses between them."""
    steps, pauses, waiting, answer = ask(call(repeatable=repeatable), seconds), [], list(answers), None
    while True:
        try:
            effect = steps.send(answer)
        except StopIteration as end:
            assert not waiting
            return end.value, pauses
        match effect:
            case Exchange():
                answer = waiting.pop(0)
            case Sleep(pause):
                pauses.append(pause)
                answer = None


OK = httpx2.Response(200, content=b"yes")
UNSENT, SENT = LostError("refused", sent=False), LostError("broke", sent=True)


def test_an_answer_is_read() -> None:
    assert answered([OK]) == (b"yes", [])


def test_a_server_that_is_away_is_tried_again_ever_more_slowly() -> None:
    result, pauses = answered([UNSENT] * 8 + [OK])
    assert result == b"yes"
    assert all(0.05 * 2**count <= pause <= 0.1 * 2**count for count, pause in enumerate(pauses[:5]))
    assert max(pauses) <= 5


def test_a_call_is_made_again_after_it_was_sent_only_if_that_does_no_harm() -> None:
    assert answered([SENT, OK])[0] == b"yes"
    with pytest.raises(ServerGoneError, match="broke"):
        answered([SENT], repeatable=False)
    assert answered([UNSENT, OK], repeatable=False)[0] == b"yes"


def test_patience_ends() -> None:
    with pytest.raises(ServerGoneError, match=r"POST /api/v1/x.*refused"):
        answered([UNSENT], seconds=0.0)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_tried_again_when_it_says(status: int) -> None:
    result, (pause,) = answered([refusal(status, headers={"Retry-After": "7"}), OK])
    assert result == b"yes"
    assert pause == 7
    with pytest.raises(AnswerError) as caught:
        answered([refusal(status, headers={"Retry-After": "7"})], seconds=5)
    assert caught.value.retry_after == 7


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (404, NotFoundError),
        (409, ConflictError),
        (412, ChangedError),
        (429, QueueFullError),
        (503, UnavailableError),
        (418, AnswerError),
    ],
)
def test_each_refusal_has_a_class(status: int, kind: type[AnswerError]) -> None:
    with pytest.raises(AnswerError, match="Not so: because") as caught:
        answered([refusal(status)])
    assert type(caught.value) is kind
    assert caught.value.status == status


def test_a_rejected_workflow_names_its_nodes() -> None:
    problem = {"type": "t", "message": "Value too small", "details": "steps", "extra_info": {}}
    errors = {"3": {"errors": [problem], "dependent_outputs": ["9"], "class_type": "KSampler"}}
    with pytest.raises(RejectedError) as caught:
        answered([refusal(400, "prompt_outputs_failed_validation", node_errors=errors)])
    assert str(caught.value) == "Not so:\n  node 3 (KSampler): Value too small: steps"
    assert caught.value.problems["3"].dependent_outputs == ["9"]


def test_what_is_no_answer_of_this_server_is_still_told() -> None:
    with pytest.raises(AnswerError, match=r"POST /api/v1/x was answered with status 502: <h1>Bad gateway"):
        answered([httpx2.Response(502, text="<h1>Bad gateway</h1>")])
