"""Fingerprints of files that nodes read."""

import os
from pathlib import Path
from typing import Any

import pytest

from nodegraph.errors import MissingFileError
from nodegraph.graph.spec import FileList
from nodegraph.media.folders import DataFolders
from nodegraph.media.owners import OwnerFolders
from nodegraph.weights.folders import ModelFolders
from nodegraph.worker.file_fingerprints import FileFingerprints

INPUT = FileList("input")


@pytest.fixture
def fingerprint(tmp_path: Path) -> FileFingerprints:
    folders = {name: tmp_path / name for name in ("input", "output", "temp", "user", "models/checkpoints")}
    for folder in folders.values():
        folder.mkdir(parents=True)
    del folders["models/checkpoints"]
    return FileFingerprints(OwnerFolders(DataFolders(**folders)), ModelFolders(tmp_path / "models"))


def test_a_picture_is_its_content(fingerprint: FileFingerprints, tmp_path: Path) -> None:
    picture = tmp_path / "input" / "a.png"
    picture.write_bytes(b"one")
    before = fingerprint("", INPUT, "a.png")
    os.utime(picture, ns=(0, 0))
    assert fingerprint("", INPUT, "a.png") == before
    (tmp_path / "output" / "b.png").write_bytes(b"one")
    assert fingerprint("", INPUT, "b.png [output]") == before
    assert fingerprint("", FileList("output"), "b.png") == before
    picture.write_bytes(b"two")
    assert fingerprint("", INPUT, "a.png") != before


def test_a_picture_is_read_once(fingerprint: FileFingerprints, tmp_path: Path) -> None:
    picture = tmp_path / "input" / "a.png"
    picture.write_bytes(b"one")
    before = fingerprint("", INPUT, "a.png")
    status = picture.stat()
    with picture.open("r+b") as file:  # as no honest program does: other content, same state
        file.write(b"two")
    os.utime(picture, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert fingerprint("", INPUT, "a.png") == before


def test_a_folder_is_its_files(fingerprint: FileFingerprints, tmp_path: Path) -> None:
    listing, folder = FileList("input", folders=True), tmp_path / "input" / "set"
    folder.mkdir()
    seen = [fingerprint("", listing, "set")]
    (folder / "a.png").write_bytes(b"one")
    seen.append(fingerprint("", listing, "set"))
    os.utime(folder / "a.png", ns=(1, 1))
    seen.append(fingerprint("", listing, "set"))
    (folder / "a.txt").write_bytes(b"")
    seen.append(fingerprint("", listing, "set"))
    (folder / "a.txt").rename(folder / "b.txt")
    seen.append(fingerprint("", listing, "set"))
    assert len(set(seen)) == len(seen)
    assert fingerprint("", listing, "set") == seen[-1]
    with pytest.raises(MissingFileError, match=r"no folder 'gone'.*Folders there: set"):
        fingerprint("", listing, "gone")


def test_a_file_that_goes_while_its_folder_is_looked_at_is_not_there(
    fingerprint: FileFingerprints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listing, folder = FileList("input", folders=True), tmp_path / "input" / "set"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"one")
    without = fingerprint("", listing, "set")
    (folder / "b.png").write_bytes(b"two")
    listed = DataFolders.list

    def listed_and_deleted(*given: Any, **named: Any) -> list[str]:
        names = listed(*given, **named)
        (folder / "b.png").unlink()
        return names

    monkeypatch.setattr(DataFolders, "list", listed_and_deleted)
    assert fingerprint("", listing, "set") == without


def test_a_model_is_its_size_and_time(fingerprint: FileFingerprints, tmp_path: Path) -> None:
    checkpoints, model = FileList("checkpoints"), tmp_path / "models/checkpoints/m.safetensors"
    model.write_bytes(b"12345678")
    before = fingerprint("", checkpoints, "m.safetensors")
    assert fingerprint("", checkpoints, "m.safetensors") == before
    os.utime(model, ns=(1, 1))
    assert fingerprint("", checkpoints, "m.safetensors") != before


def test_a_name_without_a_file(fingerprint: FileFingerprints) -> None:
    assert fingerprint("", FileList("vae", extra=("pixel_space",)), "pixel_space") == ""
    with pytest.raises(MissingFileError, match=r"gone\.png"):
        fingerprint("", INPUT, "gone.png")
    with pytest.raises(MissingFileError, match="checkpoints"):
        fingerprint("", FileList("checkpoints"), "gone.safetensors")
