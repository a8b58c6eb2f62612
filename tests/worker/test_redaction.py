"""What a worker says holds the names of credentials, and not their secrets."""

import io
import json

import pytest

from nodegraph.execution.events import Failure, JobFinished, NodeOutput, NodePreview, Outcome
from nodegraph.packs.secret import Secret
from nodegraph.worker.redaction import RedactedStream, Redactor

SECRET = 'pa\'ss "word" ä/é'


@pytest.fixture
def redactor() -> Redactor:
    made = Redactor()
    made.learn("service", SECRET)
    return made


@pytest.mark.parametrize("form", [SECRET, repr(SECRET)[1:-1], json.dumps(SECRET)[1:-1]])
def test_every_text_of_an_event(redactor: Redactor, form: str) -> None:
    shown = NodeOutput("job", "1", "1", {"text": [form, {f"{form}!": [1, None, f"a {form} b {form}"]}]})
    assert redactor.event(shown).ui == {
        "text": [
            "[credential service]",
            {"[credential service]!": [1, None, "a [credential service] b [credential service]"]},
        ]
    }
    failure = Failure(f"no {form}", "Error", "1", "Ask", [f"line {form}\n"], {"key": [form]})
    redacted = redactor.event(JobFinished("job", Outcome.FAILED, 1.5, ["1"], failure, "1", "Ask"))
    assert redacted.failure == Failure(
        "no [credential service]",
        "Error",
        "1",
        "Ask",
        ["line [credential service]\n"],
        {"key": ["[credential service]"]},
    )
    assert (redacted.outcome, redacted.at, redacted.executed) == (Outcome.FAILED, 1.5, ["1"])


def test_an_event_without_a_secret_is_the_same(redactor: Redactor) -> None:
    preview = NodePreview("job", "1", "1", "image/jpeg", b"\xff\xd8")
    assert redactor.event(preview) is preview
    assert Redactor().event(preview) is preview


def test_the_longer_of_two_secrets_is_replaced_whole(redactor: Redactor) -> None:
    redactor.learn("longer", f"{SECRET} and more")
    assert redactor.text(f"{SECRET} and more, {SECRET}") == "[credential longer], [credential service]"


def test_a_stream_writes_none_and_is_otherwise_as_it_was(redactor: Redactor) -> None:
    plain = io.StringIO()
    stream = RedactedStream(plain, redactor)
    print("the key", SECRET, file=stream)
    stream.writelines([SECRET, "\n"])
    assert plain.getvalue() == "the key [credential service]\n[credential service]\n"
    assert stream.isatty() is False
    assert stream.getvalue() == plain.getvalue()


def test_a_secret_does_not_show_itself() -> None:
    secret = Secret("service", SECRET)
    assert secret.reveal() == SECRET
    assert f"{secret} {secret!r} {[secret]}" == "Secret('service') Secret('service') [Secret('service')]"
    with pytest.raises(TypeError, match="not stored"):
        secret.__reduce__()
