"""``nodegraph tokens``."""

from pathlib import Path

from click.testing import CliRunner, Result

from nodegraph.access.identity import Scope
from nodegraph.access.tokens import TokenBook
from nodegraph.cli.main import cli
from nodegraph.media.owners import OwnerFolders
from nodegraph.settings import Settings


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


def test_what_a_token_stored_stays_unless_told_otherwise(tmp_path: Path) -> None:
    folders = OwnerFolders.of_settings(Settings.under(tmp_path))
    book = TokenBook.of(tmp_path / "user")
    files = {}
    for name, scope in (("kept", Scope.RUN), ("gone", Scope.RUN), ("bare", Scope.READ), ("boss", Scope.ADMIN)):
        owner = book.make(name, scope)[0].identity.owner
        files[name] = folders.of(owner).output / "a.png"
        if name != "bare":
            files[name].parent.mkdir(parents=True, exist_ok=True)
            files[name].touch()
    book.close()
    assert str(files["kept"].parent.parent) in tokens(tmp_path, "revoke", "kept").output
    for name in ("gone", "bare", "boss"):
        assert tokens(tmp_path, "revoke", name, "--delete-files").exit_code == 0
    assert [name for name, path in files.items() if path.exists()] == ["kept", "boss"]
    assert not files["gone"].parent.parent.exists()
