"""A job that is run again replaces the files it saved, and nobody else's."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.media.folders import DataFolders
from nodegraph.media.reservations import Reservations, forget, forget_all_but
from nodegraph.media.save import save_numbered
from nodegraph.write import SaveError, write_file


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    return DataFolders(*(tmp_path / name for name in ("input", "output", "temp", "user")))


def attempt(
    folders: DataFolders, *contents: bytes, job: str = "job", node: str = "9", kind: str = "output"
) -> list[str]:
    """Save ``contents`` as a fresh process would that runs the job; the names."""
    names = Reservations(folders.user, job).of(node)
    return [file.filename for file in save_numbered(folders, kind, "p", ".png", contents, names=names)]


def present(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_job_and_node_replace_and_others_count_on(folders: DataFolders) -> None:
    assert attempt(folders, b"a", b"b") == ["p_00001_.png", "p_00002_.png"]
    assert attempt(folders, b"c", node="10") == ["p_00003_.png"]
    assert attempt(folders, b"d", job="../other\ud800") == ["p_00004_.png"]
    assert attempt(folders, b"A", b"B", b"C") == ["p_00001_.png", "p_00002_.png", "p_00005_.png"]
    assert attempt(folders, b"a") == ["p_00001_.png"]
    assert present(folders.output) == {
        "p_00001_.png": b"a",
        "p_00002_.png": b"B",
        "p_00003_.png": b"c",
        "p_00004_.png": b"d",
        "p_00005_.png": b"C",
    }


def test_a_node_that_saves_several_times_takes_its_names_in_order(folders: DataFolders) -> None:
    for _ in range(2):
        reservations = Reservations(folders.user, "job")
        saved = [
            save_numbered(folders, "output", prefix, ".png", [prefix.encode()], names=reservations.of("9"))[0].filename
            for prefix in ("x", "y", "x")
        ]
        assert saved == ["x_00001_.png", "y_00001_.png", "x_00002_.png"]
    assert len(present(folders.output)) == 3


def test_what_somebody_else_put_there_stays(folders: DataFolders) -> None:
    attempt(folders, b"mine")
    (folders.output / "p_00001_.png").write_bytes(b"painted over")
    assert attempt(folders, b"mine") == ["p_00002_.png"]
    assert attempt(folders, b"mine too") == ["p_00002_.png"]
    assert present(folders.output) == {"p_00001_.png": b"painted over", "p_00002_.png": b"mine too"}


class Killed(BaseException):
    """Nobody catches this, as nobody catches SIGKILL."""


class Killer:
    """Writes files, and dies at the one number ``at``: before it has its name, or after."""

    def __init__(self, at: int, *, before: bool) -> None:
        self._left = at
        self._before = before

    def __call__(self, path: Path, content: bytes, *, replace: bool, durable: bool = True) -> None:
        self._left -= 1
        if not self._left and self._before:
            raise Killed
        write_file(path, content, replace=replace, durable=False)
        if not self._left:
            raise Killed


@given(st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=4))
def test_killed_at_any_file_there_is_one_of_each_in_the_end(
    tmp_path_factory: pytest.TempPathFactory, kills: list[tuple[int, bool]]
) -> None:
    base = tmp_path_factory.mktemp("kills")
    folders = DataFolders(*(base / name for name in ("input", "output", "temp", "user")))
    for at, before in kills:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nodegraph.media.save.write_file", Killer(at, before=before))
            with pytest.raises(Killed):
                attempt(folders, b"1", b"2", b"3")
    assert attempt(folders, b"1", b"2", b"3") == ["p_00001_.png", "p_00002_.png", "p_00003_.png"]
    assert sorted(present(folders.output).values()) == [b"1", b"2", b"3"]


def test_a_line_cut_short_is_none(folders: DataFolders) -> None:
    attempt(folders, b"a", b"b")
    (journal,) = (folders.user / "reserved").iterdir()
    journal.write_bytes(journal.read_bytes()[:-5])
    assert attempt(folders, b"a", b"b") == ["p_00001_.png", "p_00003_.png"]
    assert attempt(folders, b"a", b"b") == ["p_00001_.png", "p_00003_.png"]


def test_journals_go_with_their_jobs(folders: DataFolders) -> None:
    forget(folders.user, ["never was"])
    forget_all_but(folders.user, [])
    for job in ("a", "b", "c"):
        attempt(folders, b"", job=job)
    forget(folders.user, ["a"])
    forget_all_but(folders.user, ["b"])
    (left,) = (folders.user / "reserved").iterdir()
    before = left.stat().st_size
    attempt(folders, b"", job="b")
    assert left.stat().st_size > before


def test_temporary_files_need_no_journal(folders: DataFolders) -> None:
    attempt(folders, b"a", kind="temp")
    assert not folders.user.exists()


def test_a_journal_that_cannot_be_written_is_said_and_nothing_saved(folders: DataFolders) -> None:
    folders.user.write_text("a file")
    with pytest.raises(SaveError, match=r"p_00001_\.png.*--user-dir"):
        attempt(folders, b"a")
    assert not folders.output.exists()
