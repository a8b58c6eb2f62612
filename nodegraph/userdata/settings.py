"""The user's settings: one JSON object in a file among the user's files, changed key by key.

Knows no setting by name, and no HTTP. A file that is no JSON object (edited by hand, say) is set aside, not lost.
"""

import logging
from typing import Any

import msgspec

from nodegraph.errors import MissingFileError, UserError
from nodegraph.userdata.conditions import ALWAYS, Condition, etag_of
from nodegraph.userdata.store import UserFiles

log = logging.getLogger(__name__)

SETTINGS_FILE = "comfy.settings.json"
"""The field's name for it, so that settings move between the two."""

_DAMAGED_FILE = "comfy.settings.damaged.json"


class SettingsError(UserError):
    """These settings cannot be stored."""


class UserSettings(msgspec.Struct, frozen=True):
    """All settings, and the ETag that a change may depend on."""

    values: dict[str, Any]
    etag: str


def read_settings(files: UserFiles) -> UserSettings:
    """All settings; none if there is no file."""
    try:
        file, body = files.read(SETTINGS_FILE)
    except MissingFileError:
        return UserSettings({}, etag_of(b"{}"))
    try:
        return UserSettings(msgspec.json.decode(body, type=dict[str, Any]), file.etag)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        files.move(SETTINGS_FILE, _DAMAGED_FILE, overwrite=True)
        log.error("%s is not a JSON object (%s); it is now called %s.", SETTINGS_FILE, error, _DAMAGED_FILE)
        return UserSettings({}, etag_of(b"{}"))


def set_settings(files: UserFiles, values: dict[str, Any]) -> UserSettings:
    """Give some settings a value, whatever they had. Raises as :meth:`UserFiles.write` does."""
    return _write(files, {**read_settings(files).values, **values})


def patch_settings(files: UserFiles, patch: dict[str, Any], condition: Condition = ALWAYS) -> UserSettings:
    """Change settings by a JSON merge patch (RFC 7396): objects are merged, null removes. Raises as ``write``."""
    present = read_settings(files)
    condition.check(present.etag, "The settings")
    try:
        values = merged(present.values, patch)
    except RecursionError as error:
        raise SettingsError("These settings are nested too deeply to be stored.") from error
    return _write(files, values)


def merged(target: object, patch: object) -> Any:
    """``target`` after a JSON merge patch."""
    if not isinstance(patch, dict):
        return patch
    result = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = merged(result.get(key), value)
    return result


def _write(files: UserFiles, values: dict[str, Any]) -> UserSettings:
    try:
        body = msgspec.json.format(msgspec.json.encode(values), indent=2)
    except (UnicodeEncodeError, RecursionError) as error:
        raise SettingsError(f"These settings cannot be stored as JSON: {error}.") from error
    return UserSettings(values, files.write(SETTINGS_FILE, body).file.etag)
