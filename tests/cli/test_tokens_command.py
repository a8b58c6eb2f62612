"""``nodegraph tokens``."""

from pathlib import Path

from click.testing import CliRunner, Result

from nodegraph.access.tokens import TokenBook
from nodegraph.cli.main import cli


def tokens(home: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["tokens", *arguments, "--home", str(home)])


def test_a_token_is_made_listed_and_revoked(tmp_path: Path) -> None:
    assert "There are no tokens" in tokens(tmp_path, "list").output
    made = tokens(tmp_path, "add", "studio", "--scope", "read")
    assert made.exit_code == 0
    secret = made.output.strip()
    book = TokenBook.of(tmp_path / "user")
    assert book.find(secret) is not None
    listed = tokens(tmp_path, "list").output
    assert "studio" in listed
    assert "read" in listed
    assert secret not in listed
    assert tokens(tmp_path, "revoke", "studio").exit_code == 0
    assert book.find(secret) is None
    book.close()


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    tokens(tmp_path, "add", "studio")
    twice = tokens(tmp_path, "add", "studio")
    assert twice.exit_code == 1
    assert "There is a token 'studio' already" in twice.output
    gone = tokens(tmp_path, "revoke", "nobody")
    assert gone.exit_code == 1
    assert "There is no token 'nobody'" in gone.output
