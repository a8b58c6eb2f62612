"""Settings are changed key by key, and never lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodegraph.userdata.conditions import Condition, ConditionError
from nodegraph.userdata.settings import (
    SETTINGS_FILE,
    SettingsError,
    merged,
    patch_settings,
    read_settings,
    set_settings,
)
from nodegraph.userdata.store import UserFiles


@pytest.fixture
def files(tmp_path: Path) -> Iterator[UserFiles]:
    opened = UserFiles(tmp_path / "default", tmp_path / "versions.sqlite")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("target", "patch", "result"),
    [  # the examples of RFC 7396
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c"}}, {"a": {"b": "d", "c": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b", "c": None}, {"a": "b"}),
        ({}, {"a": {"bb": {"ccc": None}}}, {"a": {"bb": {}}}),
    ],
)
def test_a_merge_patch_does_what_its_rfc_says(target: Any, patch: Any, result: Any) -> None:
    assert merged(target, patch) == result


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), json_values, max_size=4))
def test_what_was_set_is_read(tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any]) -> None:
    home = tmp_path_factory.mktemp("settings")
    files = UserFiles(home / "default", home / "versions.sqlite")
    written = set_settings(files, values)
    assert read_settings(files) == written
    assert written.values == values
    files.close()


def test_keys_that_are_not_named_stay(files: UserFiles) -> None:
    set_settings(files, {"a": 1, "b": {"x": 1}})
    assert set_settings(files, {"b": None}).values == {"a": 1, "b": None}
    assert patch_settings(files, {"b": None, "c": {"y": 2}}).values == {"a": 1, "c": {"y": 2}}


def test_a_change_may_depend_on_the_settings_it_saw(files: UserFiles) -> None:
    none = read_settings(files)
    first = patch_settings(files, {"a": 1}, Condition(match=none.etag))
    with pytest.raises(ConditionError) as caught:
        patch_settings(files, {"a": 2}, Condition(match=none.etag))
    assert caught.value.etag == first.etag
    assert read_settings(files) == first


@pytest.mark.parametrize("damaged", [b"", b"{", b"[1]", b'{"a": "\xff"}', b"[" * 5000])
def test_a_damaged_file_is_set_aside(files: UserFiles, damaged: bytes) -> None:
    files.write(SETTINGS_FILE, damaged)
    assert read_settings(files).values == {}
    assert set_settings(files, {"a": 1}).values == {"a": 1}
    assert files.read("comfy.settings.damaged.json").body == damaged


def test_what_json_cannot_hold_is_refused_and_changes_nothing(files: UserFiles) -> None:
    before = set_settings(files, {"a": 1})
    with pytest.raises(SettingsError):
        set_settings(files, {"\ud800": 1})
    deep: dict[str, Any] = {}
    for _ in range(5000):
        deep = {"a": deep}
    with pytest.raises(SettingsError):
        patch_settings(files, deep)
    assert read_settings(files) == before
