"""Saves one workflow over and over until it is killed: run as a program by test_store.py."""

import sys
from itertools import count
from pathlib import Path

from nodegraph.userdata.store import UserFiles


def body(number: int) -> bytes:
    """A content that shows whether it is whole."""
    return b"%d\n" % number + bytes([number % 251]) * (1000 + number % 7 * 20_000)


def is_whole(content: bytes) -> bool:
    """Whether it is one that was saved."""
    number, _, _ = content.partition(b"\n")
    return number.isdigit() and content == body(int(number))


if __name__ == "__main__":
    home = Path(sys.argv[1])
    files = UserFiles(home / "default", home / "versions.sqlite")
    for number in count():
        files.write("workflows/a.json", body(number))
        print(number, flush=True)  # noqa: T201
