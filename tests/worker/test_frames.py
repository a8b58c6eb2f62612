"""Messages as bytes and back, also when the connection ends in the midst of one."""

import asyncio
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.execution.events import NodeOutput, NodePreview
from nodegraph.worker.frames import frame, read_commands, read_report
from nodegraph.worker.protocol import Cancel, Free, Happened, Status, Submit

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)
commands = st.lists(
    st.builds(Submit, st.text(), st.dictionaries(st.text(), json), st.lists(st.text()), previews=st.booleans())
    | st.builds(Cancel, st.text())
    | st.builds(Free, st.booleans(), st.booleans()),
    max_size=5,
)


@given(commands)
def test_the_worker_reads_what_the_server_sends(sent: list[Submit | Cancel | Free]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:

        def send() -> None:
            for command in sent:
                ours.sendall(frame(command))
            ours.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert list(read_commands(theirs)) == sent
        sender.join()


@given(ui=st.dictionaries(st.text(), json), image=st.binary(), data=st.data())
def test_the_server_reads_what_the_worker_sends_until_it_breaks_off(
    ui: dict[str, object], image: bytes, data: st.DataObject
) -> None:
    whole = [
        Happened([NodeOutput("job", "1", "1", ui), NodePreview("job", "1", "1", "image/jpeg", image)]),
        Status([]),
    ]
    cut = data.draw(st.integers(0, len(frame(whole[1])) - 1))

    async def received() -> list[object]:
        stream = asyncio.StreamReader()
        stream.feed_data(frame(whole[0]) + frame(whole[1])[:cut])
        stream.feed_eof()
        return [await read_report(stream), await read_report(stream)]

    assert asyncio.run(received()) == [whole[0], None]


def test_a_value_that_cannot_be_sent_is_refused_where_it_is_given() -> None:
    with pytest.raises(OverflowError):
        frame(Submit("job", {"1": {"class_type": "A", "inputs": {"x": 2**64}}}, ["1"]))
    with pytest.raises(TypeError):
        frame(Submit("job", {"1": {"class_type": "A", "inputs": {"x": object()}}}, ["1"]))
