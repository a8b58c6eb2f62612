"""No name given from outside leads out of its folder."""

import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nodegraph.errors import MissingFileError, UnsafePathError
from nodegraph.media.folders import DataFolders, split_annotation
from nodegraph.paths import confined, is_link

PIECES = st.sampled_from(
    [
        "..",
        ".",
        "",
        "/",
        "\\",
        "a",
        "b.png",
        "~",
        "C:",
        "c:a",
        "//host/share",
        "%2e%2e",
        "..%2f",
        "\0",
        "\n",
        "link",
        "con",
    ]
)
NAMES = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=6).map("/".join), st.lists(PIECES).map("".join))


@given(name=NAMES)
@example(name="link/secret.txt")
@example(name="link")
@example(name="a/../../b")
@example(name="..\\..\\b")
@example(name="\ud800")
@example(name="a" * 5000)
def test_a_name_is_refused_or_stays_inside(name: str) -> None:
    with tempfile.TemporaryDirectory() as base:
        root = Path(base, "root")
        outside = Path(base, "outside")
        root.mkdir()
        outside.mkdir()
        (outside / "secret.txt").write_text("secret")
        (root / "link").symlink_to(outside)
        try:
            path = confined(root, name)
        except UnsafePathError:
            return
        real = Path(os.path.realpath(root))
        assert path == real or real in path.parents
        assert os.path.realpath(path) == str(path)


@pytest.mark.parametrize(
    "name",
    [
        "../a",
        "a/../../b",
        "/etc/passwd",
        "\\\\host\\share",
        "C:\\a",
        "c:a",
        "a/..",
        "a\0b",
        "a\nb",
        "a.png:stream",
        "a.png::$DATA",
        "sub:/a",
        "a..",
        "a. ",
        "... /a",
        "a /b",
        "NUL",
        "sub/con.png",
        "lpt1.txt",
        "a" * 256,
        "ü" * 128 + "/a.png",
        "a/" * 1500 + "b",
    ],
)
def test_what_is_refused_is_refused_on_every_platform(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafePathError) as caught:
        confined(tmp_path, name)
    assert repr(name) in str(caught.value)


@pytest.mark.parametrize(
    "name", ["a.png", "sub/a.png", "sub\\a.png", "%2e%2e/a.png", "..a", "./a", "a..b", "console.png", "ü ❤.png", ""]
)
def test_ordinary_names_pass(tmp_path: Path, name: str) -> None:
    assert confined(tmp_path, name).is_relative_to(tmp_path.resolve())


def test_a_link_that_stays_inside_passes(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert confined(tmp_path, "link/a.png") == tmp_path.resolve() / "real" / "a.png"


@pytest.fixture
def folders(tmp_path: Path) -> DataFolders:
    made = DataFolders(*(tmp_path / name for name in ("input", "output", "temp", "user")))
    (made.input / "sub").mkdir(parents=True)
    made.output.mkdir()
    return made


def test_annotated_names_choose_the_folder(folders: DataFolders) -> None:
    for path in (folders.input / "a.png", folders.input / "sub" / "b.png", folders.output / "c [x].png"):
        path.write_bytes(b"")
    assert folders.annotated("a.png") == (folders.input / "a.png").resolve()
    assert folders.annotated("sub/b.png [input]").name == "b.png"
    assert folders.annotated("c [x].png [output]").name == "c [x].png"
    assert split_annotation("a.png[output]") == ("input", "a.png[output]")


def test_a_missing_file_is_named_with_its_folder_and_what_is_there(folders: DataFolders) -> None:
    with pytest.raises(MissingFileError, match="is empty"):
        folders.annotated("gone.png")
    (folders.input / "here.png").write_bytes(b"")
    with pytest.raises(MissingFileError) as caught:
        folders.annotated("gone.png")
    assert str(folders.input) in str(caught.value)
    assert "here.png" in str(caught.value)
    with pytest.raises(UnsafePathError):
        folders.annotated("../output/x.png")


def test_lists_are_of_files_of_the_top_level_only(folders: DataFolders) -> None:
    for name in ("b.PNG", "a.jpg", "notes.txt", ".hidden.png", "sub/c.png"):
        (folders.input / name).write_bytes(b"")
    Path(os.fsdecode(os.fsencode(folders.input) + b"/no-text-\xff.png")).write_bytes(b"")
    assert folders.list("input", (".png", ".jpg")) == ["a.jpg", "b.PNG"]
    assert folders.list("temp") == []
    with pytest.raises(UnsafePathError, match="no folder of type"):
        folders.list("secret")


def test_junctions_are_links_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Windows has them: there is no making one here."""
    for name in ("folder", "junction"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "folder")
    real = os.lstat

    def lstat(path: Path) -> object:
        status = real(path)
        tag = 0xA0000003 if Path(path).name == "junction" else 0
        return SimpleNamespace(st_mode=status.st_mode, st_reparse_tag=tag)

    monkeypatch.setattr(os, "lstat", lstat)
    found = {name for name in ("folder", "junction", "link", "nothing") if is_link(tmp_path / name)}
    assert found == {"junction", "link"}
