"""Stored credentials: keys of services and the like, which workflows name and never hold. Knows no HTTP and no nodes.

Each is a file of its own that only the owner of the user folder can read, written whole or not at all. It is not
encrypted: whoever can read that account's files can read it. The file is read whenever somebody needs it, so that what
``nodegraph credentials`` does beside a running server holds at once.
"""

import logging
import re
import secrets
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import msgspec

from nodegraph.errors import UserError
from nodegraph.write import write_file

log = logging.getLogger(__name__)

FOLDER = "credentials"
"""What the folder is called in the user folder."""

SHORTEST = 8
"""Characters. What is shorter could not be kept out of texts: it is found in ordinary words."""

LONGEST = 65_536
"""Characters."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")

_SUFFIX = ".json"


class CredentialError(UserError):
    """A credential that is not there, is not for whoever asks, or cannot be stored or read."""


class Credential(NamedTuple):
    """What is known of a credential but its secret. ``made`` is in Unix seconds.

    ``version`` is drawn anew whenever a secret is stored, so that no result outlives the secret it was made with.
    ``owners`` are ids of access tokens who may use it besides those the server belongs to.
    """

    name: str
    version: str
    owners: tuple[str, ...]
    made: float

    def serves(self, owner: str) -> bool:
        """Whether ``owner`` (see :class:`~nodegraph.access.identity.Identity`) may use it."""
        return owner in ("", *self.owners)


class _Stored(msgspec.Struct, frozen=True):
    secret: str
    version: str
    owners: tuple[str, ...]
    made: float


class CredentialBook:
    """The credentials in a folder. Keeps nothing of them; any thread may ask."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, user: Path) -> "CredentialBook":
        """Those of the server whose user folder this is."""
        return cls(user / FOLDER)

    # ---- looking ----

    def all(self) -> Sequence[Credential]:
        """Every credential, by name. One that cannot be read is left out, and the log says so."""
        found: list[Credential] = []
        for name in sorted(path.stem for path in self._folder.glob(f"*{_SUFFIX}") if is_name(path.stem)):
            try:
                stored = self._read(name)
            except CredentialError as error:
                log.warning("%s", error)
                continue
            if stored is not None:
                found.append(_without_secret(name, stored))
        return found

    def names(self, owner: str) -> Sequence[str]:
        """Those that ``owner`` may use."""
        return [credential.name for credential in self.all() if credential.serves(owner)]

    def find(self, name: str, owner: str) -> Credential:
        """The credential called ``name``. Raises :class:`CredentialError` if there is none for ``owner``."""
        return _without_secret(name, self._of(name, owner))

    def reveal(self, name: str, owner: str) -> str:
        """The secret. Raises :class:`CredentialError` if there is none for ``owner``."""
        return self._of(name, owner).secret

    # ---- changing ----

    def store(self, name: str, secret: str, owners: Sequence[str] = ()) -> Credential:
        """Keep a secret under a name, in place of what was there.

        Raises:
            CredentialError: the name or the secret cannot be one.
            SaveError: it could not be written.
        """
        if not is_name(name):
            raise CredentialError(
                f"{name!r} is no name for a credential: give it 1 to 64 letters, digits, dots, dashes and underscores, "
                "and a letter or digit first."
            )
        if not SHORTEST <= len(secret) <= LONGEST:
            raise CredentialError(
                f"The secret has {len(secret)} characters; it must have {SHORTEST} to {LONGEST}. Shorter ones are "
                "found in ordinary words, and could not be kept out of logs and messages."
            )
        stored = _Stored(secret, secrets.token_hex(8), tuple(sorted(set(owners))), time.time())
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_file(self._path(name), msgspec.json.encode(stored), replace=True, private=True)
        return _without_secret(name, stored)

    def remove(self, name: str) -> None:
        """Forget a credential. Raises :class:`CredentialError` if there is none."""
        if not is_name(name) or not self._path(name).exists():
            raise _missing(name)
        try:
            self._path(name).unlink()
        except OSError as error:
            raise CredentialError(f"{self._path(name)} could not be deleted: {error.strerror}.") from error

    # ---- the files ----

    def _path(self, name: str) -> Path:
        return self._folder / (name + _SUFFIX)

    def _of(self, name: str, owner: str) -> _Stored:
        stored = self._read(name) if is_name(name) else None
        if stored is None or not _without_secret(name, stored).serves(owner):
            raise _missing(name)  # whether it is there for others is nobody's business
        return stored

    def _read(self, name: str) -> _Stored | None:
        """What is stored under ``name``; None if there is nothing."""
        try:
            return msgspec.json.decode(self._path(name).read_bytes(), type=_Stored)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.MsgspecError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is damaged"
            raise CredentialError(
                f"The credential {name!r} cannot be read from the user folder: {reason}. Store it again with: "
                f"{command_for(name)}"
            ) from None  # what was decoded of it is in the error


def is_name(text: str) -> bool:
    """Whether a credential may be called so."""
    return _NAME.fullmatch(text) is not None


def command_for(name: str) -> str:
    """The command that stores a credential under ``name``; empty if it can have no such name."""
    return f"nodegraph credentials add {name}" if is_name(name) else ""


def _missing(name: str) -> CredentialError:
    return CredentialError(
        f"There is no credential {name!r} that may be used here. Who runs the server stores one with: "
        f"{command_for(name) or 'nodegraph credentials add NAME'} (and --for TOKEN_NAME, for others than admins)."
    )


def _without_secret(name: str, stored: _Stored) -> Credential:
    return Credential(name, stored.version, stored.owners, stored.made)
