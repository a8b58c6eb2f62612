"""Whose folders are where: everybody's apart, and nobody's within another's."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.errors import MissingFileError
from nodegraph.media.owners import OwnerFolders
from nodegraph.settings import Settings

ALICE, BOB = "0a1b2c3d4e5f", "ffffffffffff"


@pytest.fixture
def folders(tmp_path: Path) -> OwnerFolders:
    return OwnerFolders.of_settings(Settings.under(tmp_path))


def test_the_servers_own_person_has_the_folders_of_the_settings(folders: OwnerFolders, tmp_path: Path) -> None:
    assert folders.of("").output == tmp_path / "output"
    assert folders.of("") is folders.own


def test_nobody_has_a_folder_of_another_or_one_within_it(folders: OwnerFolders) -> None:
    def roots(owner: str) -> list[Path]:
        files = folders.of(owner)
        return [files.input, files.output, files.temp, files.user]

    assert len({*roots(ALICE), *roots(BOB), *roots("")}) == 12
    for one, other in itertools.permutations([*roots(ALICE), *roots(BOB)], 2):
        assert not one.is_relative_to(other)
    reached = [folders.own.input, folders.own.output, folders.own.temp, folders.own.user / "default"]
    for one, other in itertools.product(roots(ALICE), reached):
        assert not one.is_relative_to(other)


@given(st.text(max_size=20).filter(bool))
def test_what_is_no_id_of_a_token_has_no_folders(word: str) -> None:
    folders = OwnerFolders.of_settings(Settings.under(Path("/home")))
    if not (len(word) == 12 and set(word) <= set("0123456789abcdef")):
        with pytest.raises(MissingFileError):
            folders.of(word)


def test_known_are_those_who_have_files_and_deleting_takes_only_theirs(folders: OwnerFolders) -> None:
    assert list(folders.known()) == []
    for owner in (ALICE, BOB):
        folders.of(owner).output.mkdir(parents=True)
        (folders.of(owner).output / "a.png").write_bytes(b"a")
    (folders.others / "something else").mkdir()
    assert list(folders.known()) == [ALICE, BOB]
    assert folders.delete(ALICE)
    assert not folders.delete(ALICE)
    assert list(folders.known()) == [BOB]
    assert (folders.of(BOB).output / "a.png").is_file()
