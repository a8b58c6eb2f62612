"""Stored credentials: who may use which, and that nobody else can read the files."""

import stat
from pathlib import Path

import pytest

from nodegraph.access.credentials import CredentialBook, CredentialError, command_for

SECRET = "correct horse battery staple"


@pytest.fixture
def book(tmp_path: Path) -> CredentialBook:
    return CredentialBook.of(tmp_path / "user")


def test_a_secret_is_kept_under_its_name_until_it_is_removed(book: CredentialBook) -> None:
    assert book.all() == []
    book.store("service", SECRET)
    assert book.names("") == ["service"]
    assert book.reveal("service", "") == SECRET
    assert SECRET not in repr(book.all())
    book.remove("service")
    assert book.all() == []
    with pytest.raises(CredentialError, match="nodegraph credentials add service"):
        book.reveal("service", "")
    with pytest.raises(CredentialError):
        book.remove("service")


def test_only_its_owner_can_read_the_file(book: CredentialBook, tmp_path: Path) -> None:
    book.store("service", SECRET)
    folder = tmp_path / "user" / "credentials"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [(path.name, stat.S_IMODE(path.stat().st_mode)) for path in folder.iterdir()] == [("service.json", 0o600)]


def test_others_see_only_what_is_for_them(book: CredentialBook) -> None:
    book.store("house", SECRET)
    book.store("studio", SECRET, ["studio-id"])
    assert book.names("") == ["house", "studio"]
    assert book.names("studio-id") == ["studio"]
    assert book.names("other") == []
    assert book.reveal("studio", "studio-id") == SECRET
    with pytest.raises(CredentialError) as theirs:
        book.reveal("house", "studio-id")
    with pytest.raises(CredentialError) as nobodys:
        book.reveal("none", "studio-id")
    assert str(theirs.value) == str(nobodys.value).replace("none", "house"), "tells whether there is one"


def test_every_secret_that_is_stored_has_another_version(book: CredentialBook) -> None:
    versions = {book.store("service", SECRET).version for _ in range(3)}
    book.remove("service")
    versions.add(book.store("service", SECRET).version)
    assert len(versions) == 4
    assert book.find("service", "").version in versions


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "ä", "x" * 65, "a\n"])
def test_a_name_is_no_path(book: CredentialBook, name: str) -> None:
    with pytest.raises(CredentialError, match="no name for a credential"):
        book.store(name, SECRET)
    with pytest.raises(CredentialError):
        book.reveal(name, "")
    with pytest.raises(CredentialError):
        book.remove(name)
    assert command_for(name) == ""


@pytest.mark.parametrize("secret", ["", "seven77", "x" * 65_537])
def test_a_secret_has_a_length_that_can_be_kept_out_of_texts(book: CredentialBook, secret: str) -> None:
    with pytest.raises(CredentialError, match=f"has {len(secret)} characters"):
        book.store("service", secret)
    assert book.all() == []


def test_a_damaged_file_costs_itself_only(
    book: CredentialBook, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    book.store("whole", SECRET)
    book.store("torn", SECRET)
    (tmp_path / "user" / "credentials" / "torn.json").write_text(f'{{"secret": "{SECRET}"', encoding="utf-8")
    assert book.names("") == ["whole"]
    with pytest.raises(CredentialError, match=r"torn.*damaged.*nodegraph credentials add torn"):
        book.reveal("torn", "")
    assert "torn" in caplog.text
    assert SECRET not in caplog.text
