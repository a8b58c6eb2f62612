"""The node list on disk: found under its digest, or not at all."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nodegraph.graph.spec import Choices, FileList, InputSpec, NodeSpec, OutputSpec
from nodegraph.worker import specs_cache
from nodegraph.worker.protocol import PackFailure
from nodegraph.worker.specs_cache import CachedSpecs, SpecsCache

SPECS = [
    NodeSpec(
        "A",
        "An A",
        "toys",
        (
            InputSpec("x", "INT", default=3, has_default=True, minimum=0, maximum=2**64 - 1),
            InputSpec("name", "COMBO", choices=FileList("input", upload="image")),
            InputSpec("mode", "COMBO", choices=Choices(("a", "b")), extra={"placeholder": "…"}),
        ),
        (OutputSpec("IMAGE", "IMAGE"),),
    )
]
FAILURES = [PackFailure("pack.py", "no module named nothing", ["line 1\n"])]


@pytest.fixture
def cache(tmp_path: Path) -> SpecsCache:
    cache = SpecsCache(tmp_path / "user")
    cache.store("digest", SPECS, FAILURES)
    return cache


def test_what_was_stored_is_found_again_whole(cache: SpecsCache) -> None:
    assert cache.load("digest") == CachedSpecs(SPECS, FAILURES)


def test_nothing_is_found_for_other_sources(cache: SpecsCache) -> None:
    assert cache.load("another digest") is None


def test_nothing_is_found_before_anything_is_stored(tmp_path: Path) -> None:
    assert SpecsCache(tmp_path / "nowhere").load("digest") is None


def test_the_last_one_stored_counts(cache: SpecsCache) -> None:
    cache.store("newer", [], [])
    assert cache.load("newer") == CachedSpecs([], [])
    assert cache.load("digest") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_is_no_list(cache: SpecsCache, tmp_path: Path, data: st.DataObject) -> None:
    """Cut short anywhere, or one byte changed."""
    path = tmp_path / "user" / "specs.cache"
    whole = path.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]]))
    path.write_bytes(damaged)
    assert cache.load("digest") is None
    path.write_bytes(whole)
    assert cache.load("digest") is not None


def test_a_file_of_another_version_is_no_list(cache: SpecsCache, tmp_path: Path) -> None:
    path = tmp_path / "user" / "specs.cache"
    for body in (
        {"version": 2, "digest": "digest", "content": {"specs": [], "failures": []}},
        {"version": 1, "digest": "digest", "content": {"specs": [{"class_id": "A"}], "failures": []}},
    ):
        packed = msgspec.msgpack.encode(body)
        path.write_bytes(specs_cache._checksum(packed) + packed)
        assert cache.load("digest") is None


def test_a_folder_that_cannot_be_written_to_is_no_disaster(tmp_path: Path) -> None:
    (tmp_path / "user").write_text("a file where the folder should be")
    SpecsCache(tmp_path / "user").store("digest", SPECS, [])
    assert SpecsCache(tmp_path / "user").load("digest") is None
