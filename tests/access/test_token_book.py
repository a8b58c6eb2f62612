"""Access tokens and sessions, in a real file."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodegraph.access import tokens
from nodegraph.access.identity import Scope
from nodegraph.access.tokens import SESSION_LIFE, TokenBook, TokenError
from nodegraph.errors import MissingFileError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "user" / "access.sqlite"


@pytest.fixture
def book(path: Path) -> Iterator[TokenBook]:
    opened = TokenBook(path)
    yield opened
    opened.close()


def test_a_token_is_found_by_how_it_reads_and_by_nothing_else(book: TokenBook) -> None:
    token, secret = book.make("laptop", Scope.RUN)
    found = book.find(secret)
    assert found is not None
    assert (found.id, found.name, found.scope) == (token.id, "laptop", Scope.RUN)
    assert secret.startswith("ng_")
    assert len(secret) > 40
    for other in ("", "ng_", secret[:-1], secret + " ", secret.swapcase(), token.id, token.name, "\udc80"):
        assert book.find(other) is None


def test_admins_share_what_the_servers_own_person_has(book: TokenBook) -> None:
    owners = {scope: book.make(scope.value, scope)[0].identity.owner for scope in Scope}
    assert owners[Scope.ADMIN] == ""
    assert owners[Scope.READ] != owners[Scope.RUN]
    assert "" not in (owners[Scope.READ], owners[Scope.RUN])


def test_what_a_token_reads_is_nowhere_in_the_files(path: Path, book: TokenBook) -> None:
    token, secret = book.make("laptop", Scope.RUN)
    session = book.begin_session(token)
    written = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert b"laptop" in written
    assert secret.encode() not in written
    assert session.encode() not in written


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_files_are_for_their_owner_only(path: Path, book: TokenBook) -> None:
    book.make("laptop", Scope.RUN)
    assert {file.stat().st_mode & 0o077 for file in path.parent.iterdir()} == {0}


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 101, "\x1b[31m"])
def test_names_that_are_none_are_refused(book: TokenBook, name: str) -> None:
    with pytest.raises(TokenError, match="no name for a token"):
        book.make(name, Scope.READ)


def test_a_name_is_there_once(book: TokenBook) -> None:
    book.make("laptop", Scope.READ)
    with pytest.raises(TokenError, match="There is a token 'laptop' already"):
        book.make("laptop", Scope.RUN)
    book.revoke("laptop")
    book.make("laptop", Scope.RUN)


def test_a_revoked_token_takes_its_sessions_along(book: TokenBook) -> None:
    token, secret = book.make("laptop", Scope.RUN)
    session = book.begin_session(token)
    assert book.in_session(session) is not None
    assert book.revoke(token.id).name == "laptop"
    assert book.find(secret) is None
    assert book.in_session(session) is None
    with pytest.raises(MissingFileError):
        book.revoke("laptop")


def test_sessions_end_by_themselves_and_when_asked_to(book: TokenBook, monkeypatch: pytest.MonkeyPatch) -> None:
    token, secret = book.make("laptop", Scope.RUN)
    first, second = book.begin_session(token), book.begin_session(token)
    book.end_session(first)
    assert book.in_session(first) is None
    assert book.in_session(second) is not None
    assert book.in_session(secret) is None
    now = tokens.time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + SESSION_LIFE + 1)
    assert book.in_session(second) is None
    assert book.find(secret) is not None


def test_another_process_is_heard_at_once(path: Path, book: TokenBook) -> None:
    _, secret = book.make("laptop", Scope.RUN)
    assert book.find(secret) is not None
    home = path.parent.parent
    command = [sys.executable, "-m", "nodegraph", "tokens", "revoke", "laptop", "--home", str(home)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert book.find(secret) is None


def test_when_a_token_was_used_is_noted(book: TokenBook) -> None:
    _, secret = book.make("laptop", Scope.RUN)
    assert book.all()[0].used is None
    book.find(secret)
    assert book.all()[0].used is not None


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("no database, but long enough to be looked at as if it were one, which it is not at all")
    with pytest.raises(TokenError, match="could not be opened"):
        TokenBook(path)
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(path).execute("SELECT 1 FROM tokens")
