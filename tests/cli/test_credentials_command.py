"""``nodegraph credentials``."""

import os
import pty
import sys
from contextlib import suppress
from pathlib import Path

from click.testing import CliRunner, Result

from nodegraph.access.credentials import CredentialBook
from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.cli.main import cli

SECRET = "correct horse battery staple"


def credentials(home: Path, *arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(cli, ["credentials", *arguments, "--home", str(home)], input=given)


def test_a_secret_is_piped_in_listed_by_its_name_and_removed(tmp_path: Path) -> None:
    book = CredentialBook.of(tmp_path / "user")
    assert "There are no credentials" in credentials(tmp_path, "list").output
    added = credentials(tmp_path, "add", "service", given=f"{SECRET}\r\n")
    assert added.exit_code == 0, added.output
    assert book.reveal("service", "") == SECRET
    listed = credentials(tmp_path, "list").output
    assert "service" in listed
    assert SECRET not in added.output + listed
    assert credentials(tmp_path, "remove", "service").exit_code == 0
    assert book.all() == []
    gone = credentials(tmp_path, "remove", "service")
    assert gone.exit_code == 1
    assert "There is no credential 'service'" in gone.output


def test_a_person_at_a_terminal_is_asked_and_what_they_type_is_not_shown(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "nodegraph", "credentials", "add", "service", "--home", str(tmp_path)]
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, command)
    shown = b""
    try:
        for question in (b"Secret: ", b"confirmation: "):
            while not shown.endswith(question):
                shown += os.read(terminal, 1024)
            os.write(terminal, SECRET.encode() + b"\n")
        with suppress(OSError):  # how a terminal says on Linux that nobody is left at the other end
            while more := os.read(terminal, 1024):
                shown += more
    finally:
        os.close(terminal)
        _, status = os.waitpid(process, 0)
    assert status == 0, shown
    assert b"service is stored." in shown
    assert SECRET.encode() not in shown
    assert CredentialBook.of(tmp_path / "user").reveal("service", "") == SECRET


def test_a_credential_is_for_the_tokens_that_are_named(tmp_path: Path) -> None:
    tokens = TokenBook.of(tmp_path / "user")
    studio, _ = tokens.make("studio", Scope.RUN)
    assert credentials(tmp_path, "add", "service", "--for", "studio", given=SECRET).exit_code == 0
    assert CredentialBook.of(tmp_path / "user").names(studio.id) == ["service"]
    assert "also for studio" in credentials(tmp_path, "list").output
    unknown = credentials(tmp_path, "add", "other", "--for", "nobody", given=SECRET)
    assert unknown.exit_code == 1
    assert "There is no token 'nobody'" in unknown.output
    assert CredentialBook.of(tmp_path / "user").names("") == ["service"]
    tokens.revoke("studio")
    assert "(revoked)" in credentials(tmp_path, "list").output
    tokens.close()
