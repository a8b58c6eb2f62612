"""The store against a dictionary: whatever is done in whatever order, both hold the same, and nothing is lost."""

import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nodegraph.errors import MissingFileError
from nodegraph.userdata.conditions import Condition, ConditionError, etag_of
from nodegraph.userdata.folder import OccupiedError
from nodegraph.userdata.store import UserFiles

NAMES = (
    "workflows",
    "workflows/a.json",
    "workflows/sub/a.json",
    "workflows/sub",
    "workflows/日本語 😀.json",
    "workflows/e\u0301\u202e%2e.json",
    "workflows/\u00e9\u202e%2e.json",
    "workflows/.index.json",
    "notes.txt",
    " '\"`$(x);&|<>?*#%00.json",
    "notes.txt/below",
    "sub/deeper/c.JSON",
)
names = st.sampled_from(NAMES)
bodies = st.sampled_from([b"", b"{}", b"one", b"two", bytes(range(256)) * 40])


def above(name: str) -> Iterator[str]:
    return (str(parent) for parent in PurePosixPath(name).parents if str(parent) != ".")


def has_versions(name: str) -> bool:
    return name.startswith("workflows/") and name.lower().endswith(".json")


class StoreAndModel(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="userdata-"))
        self.now = 1_800_000_000.0
        self.files: dict[str, bytes] = {}
        self.folders: set[str] = set()
        self.open()
        for number, name in enumerate(("workflows/a.json", "workflows/sub/a.json", "notes.txt")):
            self.write(name, b"start %d" % number, 60)

    def open(self) -> None:
        self.store = UserFiles(self.home / "default", self.home / "versions.sqlite", clock=lambda: self.now)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.home)

    def is_there(self, name: str) -> bool:
        return name in self.files or name in self.folders

    def etag(self, name: str) -> str | None:
        return etag_of(self.files[name]) if name in self.files else None

    def wrote(self, name: str, body: bytes) -> None:
        self.files[name] = body
        self.folders.update(above(name))
        os.utime(self.home / "default" / name, (self.now, self.now))

    def check_kept(self, name: str, former: bytes) -> None:
        """The latest version is what was there before."""
        if has_versions(name):
            latest = self.store.versions(name)[0]
            assert self.store.read_version(name, latest.version) == former

    @rule(name=names, body=bodies, passed=st.floats(0, 4000))
    def write_any(self, name: str, body: bytes, passed: float) -> None:
        self.write(name, body, passed)

    def write(self, name: str, body: bytes, passed: float) -> None:
        self.now += passed
        if name in self.folders or any(parent in self.files for parent in above(name)):
            with pytest.raises(OccupiedError):
                self.store.write(name, body)
            return
        former = self.files.get(name)
        written = self.store.write(name, body)
        assert written.created == (former is None)
        assert (written.file.path, written.file.size, written.file.etag) == (name, len(body), etag_of(body))
        self.wrote(name, body)
        if former not in (None, body):
            assert former is not None
            self.check_kept(name, former)

    @rule(data=st.data(), body=bodies, is_right=st.booleans())
    def write_if_unchanged(self, data: st.DataObject, body: bytes, is_right: bool) -> None:
        name = data.draw(self.present(), "name")
        guess = self.files.get(name, b"") if is_right else b"another"
        condition = Condition(match=etag_of(guess))
        if name in self.files and self.files[name] == guess:
            self.store.write(name, body, condition)
            self.wrote(name, body)
            return
        with pytest.raises((ConditionError, OccupiedError)) as caught:
            self.store.write(name, body, condition)
        if isinstance(caught.value, ConditionError):
            assert caught.value.etag == self.etag(name)

    @rule(name=names)
    def make_folder(self, name: str) -> None:
        if name in self.files or any(parent in self.files for parent in above(name)):
            with pytest.raises(OccupiedError):
                self.store.make_folder(name)
            return
        assert self.store.make_folder(name).path == name
        self.folders.update({name, *above(name)})

    @rule(data=st.data(), recurse=st.booleans())
    def delete(self, data: st.DataObject, recurse: bool) -> None:
        name = data.draw(self.present(), "name")
        below = [path for path in (*self.files, *self.folders) if path.startswith(name + "/")]
        if not self.is_there(name):
            with pytest.raises(MissingFileError):
                self.store.delete(name, recurse=recurse)
            return
        if below and not recurse:
            with pytest.raises(OccupiedError):
                self.store.delete(name, recurse=recurse)
            return
        self.store.delete(name, recurse=recurse)
        self.folders -= {name, *below}
        for gone in {name, *below} & self.files.keys():
            self.check_kept(gone, self.files.pop(gone))
            if has_versions(gone):
                assert gone in [file.path for file in self.store.deleted()]

    def present(self) -> st.SearchStrategy[str]:
        """Names, most of them of something that is there."""
        there = sorted((*self.files, *self.folders))
        return st.one_of(st.sampled_from(there), st.sampled_from(there), names) if there else names

    def digests(self, name: str) -> set[str]:
        try:
            return {version.digest for version in self.store.versions(name)}
        except MissingFileError:
            return set()

    @rule(data=st.data(), overwrite=st.booleans())
    def move(self, data: st.DataObject, overwrite: bool) -> None:
        name, to = data.draw(self.present(), "name"), data.draw(self.present(), "to")
        replaces = overwrite and to in self.files and name in self.files
        if not self.is_there(name):
            with pytest.raises(MissingFileError):
                self.store.move(name, to, overwrite=overwrite)
            return
        if name != to and (
            (self.is_there(to) and not replaces)
            or to.startswith(name + "/")
            or any(parent in self.files for parent in above(to))
        ):
            with pytest.raises(OccupiedError):
                self.store.move(name, to, overwrite=overwrite)
            return
        before, former = self.digests(name), self.files.get(to)
        assert self.store.move(name, to, overwrite=overwrite).path == to
        assert before <= self.digests(to)
        if name == to:
            return
        if former is not None and has_versions(to):
            assert hashlib.sha256(former).hexdigest() in self.digests(to)
        there = (*self.files, *self.folders)
        moved = {path: to + path[len(name) :] for path in there if (path + "/").startswith(name + "/")}
        self.files = {moved.get(path, path): self.files[path] for path in sorted(self.files, key=moved.__contains__)}
        self.folders = {moved.get(path, path) for path in self.folders} | set(above(to))

    @rule(data=st.data(), choice=st.integers(0, 100))
    def restore(self, data: st.DataObject, choice: int) -> None:
        name = data.draw(self.present(), "name")
        try:
            versions = self.store.versions(name)
        except MissingFileError:
            return
        if not versions or name in self.folders or any(parent in self.files for parent in above(name)):
            return
        version = versions[choice % len(versions)]
        body = self.store.read_version(name, version.version)
        former = self.files.get(name)
        self.store.restore(name, version.version)
        self.wrote(name, body)
        if former not in (None, body):
            assert former is not None
            latest = self.store.versions(name)[0]
            assert self.store.read_version(name, latest.version) == former

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()

    @invariant()
    def both_hold_the_same(self) -> None:
        entries = self.store.list(recurse=True)
        assert [entry.path for entry in entries] == sorted((*self.files, *self.folders))
        assert {entry.path for entry in entries if entry.kind == "folder"} == self.folders
        for name, body in self.files.items():
            content = self.store.read(name)
            assert (content.body, content.file.etag) == (body, etag_of(body))

    @invariant()
    def every_version_is_stored_once(self) -> None:
        database = sqlite3.connect(self.home / "versions.sqlite")
        stored = database.execute("SELECT digest FROM content ORDER BY digest").fetchall()
        assert stored == database.execute("SELECT DISTINCT digest FROM version ORDER BY digest").fetchall()
        named = [name for (name,) in database.execute("SELECT DISTINCT name FROM version")]
        database.close()
        for name in named:
            for version in self.store.versions(name):
                body = self.store.read_version(name, version.version)
                assert (hashlib.sha256(body).hexdigest(), len(body)) == (version.digest, version.size)


class TestStoreAndModel(StoreAndModel.TestCase):  # type: ignore[name-defined, misc]
    settings = settings(max_examples=25, stateful_step_count=30, deadline=None)

    @pytest.fixture(autouse=True)
    def no_syncs(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing here depends on them, and they are slow."""
        monkeypatch.setattr(os, "fsync", lambda descriptor: None)
