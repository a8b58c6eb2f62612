"""Access tokens and the sessions of browsers, in an SQLite file of their own. Knows no HTTP.

Neither is stored: what is kept of each is the SHA-256 of its 256 random bits, which nobody can turn back and which
needs no salt. A token is shown once, when it is made. A session stands for a token in a browser, ends by itself, and
with its token. Looking one up is a look into memory; the file is read again when another process has changed it, such
as ``nodegraph tokens revoke`` beside a running server.
"""

import hashlib
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from nodegraph.access.identity import Identity, Scope
from nodegraph.errors import MissingFileError, UserError

PREFIX = "ng_"
"""By this people and scanners for leaked secrets know a token of nodegraph."""

FILE = "access.sqlite"
"""What the file is called in the user folder."""

SESSION_LIFE = 30 * 24 * 3600.0
"""Seconds that a browser stays signed in."""

_NOTED = 3600.0
"""Seconds between two notes of when a token was last used."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    scope TEXT NOT NULL,
    digest BLOB NOT NULL UNIQUE,
    created REAL NOT NULL,       -- Unix seconds
    used REAL                    -- about when it was used last
);
CREATE TABLE IF NOT EXISTS sessions (
    digest BLOB PRIMARY KEY,
    token TEXT NOT NULL REFERENCES tokens ON DELETE CASCADE,
    expires REAL NOT NULL
)
"""


class TokenError(UserError):
    """A token that cannot be made, or a file of tokens that cannot be used."""


class Token(NamedTuple):
    """What is known of a token; times are Unix seconds."""

    id: str
    name: str
    scope: Scope
    created: float
    used: float | None

    @property
    def identity(self) -> Identity:
        """Who has this token. Admins share what the server's own person has."""
        return Identity("" if self.scope is Scope.ADMIN else self.id, self.name, self.scope)


class TokenBook:
    """The tokens of a server. For one thread."""

    def __init__(self, path: Path) -> None:
        """Open the file, and make it if it is missing, readable by its owner only. Raises :class:`TokenError`."""
        self._path = path
        with self._telling("opened"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch(mode=0o600)
            self._connection = sqlite3.connect(path, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
            self._connection.executescript(_SCHEMA)
        self._seen: int | None = None
        self._tokens: dict[bytes, Token] = {}
        self._sessions: dict[bytes, tuple[Token, float]] = {}

    @classmethod
    def of(cls, user: Path) -> "TokenBook":
        """The tokens of the server whose user folder this is. Raises as the constructor does."""
        return cls(user / FILE)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    # ---- looking ----

    def find(self, secret: str) -> Token | None:
        """The token that reads so; None if there is none."""
        self._refresh()
        token = self._tokens.get(_digest(secret))
        if token is not None:
            self._note_use(token)
        return token

    def in_session(self, secret: str) -> Token | None:
        """The token that a browser's session stands for; None if there is no such session, or no longer."""
        self._refresh()
        token, expires = self._sessions.get(_digest(secret), (None, 0.0))
        if token is None or expires <= time.time():
            return None
        self._note_use(token)
        return token

    def all(self) -> Sequence[Token]:
        """Every token, the oldest first."""
        self._refresh()
        return sorted(self._tokens.values(), key=lambda token: token.created)

    # ---- changing ----

    def make(self, name: str, scope: Scope) -> tuple[Token, str]:
        """A new token, and how it reads, which nobody can find out later. Raises :class:`TokenError`."""
        if not name.strip() or len(name) > 100 or not name.isprintable():
            raise TokenError(f"{name!r} is no name for a token: give it 1 to 100 printable characters.")
        secret = PREFIX + secrets.token_urlsafe(32)
        token = Token(secrets.token_hex(6), name, scope, time.time(), None)
        with self._telling("written"):
            try:
                self._connection.execute(
                    "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, NULL)",
                    (token.id, token.name, token.scope.value, _digest(secret), token.created),
                )
            except sqlite3.IntegrityError as error:
                raise TokenError(
                    f"There is a token {name!r} already. Choose another name, or revoke that one first."
                ) from error
        self._seen = None
        return token, secret

    def revoke(self, name_or_id: str) -> Token:
        """Let a token and its sessions be good for nothing from now on. Raises ``MissingFileError`` for none."""
        found = [token for token in self.all() if name_or_id in (token.id, token.name)]
        if not found:
            raise MissingFileError(f"There is no token {name_or_id!r}.")
        with self._telling("written"):
            self._connection.execute("DELETE FROM tokens WHERE id = ?", (found[0].id,))
        self._seen = None
        return found[0]

    def begin_session(self, token: Token) -> str:
        """What a browser is to show from now on in place of the token. It ends after :data:`SESSION_LIFE`."""
        secret = secrets.token_urlsafe(32)
        now = time.time()
        with self._telling("written"):
            self._connection.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            self._connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?)", (_digest(secret), token.id, now + SESSION_LIFE)
            )
        self._seen = None
        return secret

    def end_session(self, secret: str) -> None:
        """End a session, if it is one."""
        with self._telling("written"):
            self._connection.execute("DELETE FROM sessions WHERE digest = ?", (_digest(secret),))
        self._seen = None

    # ---- the file ----

    def _refresh(self) -> None:
        """Read the file again if it has changed since: by us (``_seen`` is None) or by another process."""
        with self._telling("read"):
            ((version,),) = self._connection.execute("PRAGMA data_version")
            if version == self._seen:
                return
            tokens = self._connection.execute("SELECT id, name, scope, created, used, digest FROM tokens").fetchall()
            sessions = self._connection.execute("SELECT digest, token, expires FROM sessions").fetchall()
        self._seen = version
        self._tokens = {
            digest: Token(id, name, Scope(scope), created, used) for id, name, scope, created, used, digest in tokens
        }
        by_id = {token.id: token for token in self._tokens.values()}
        self._sessions = {digest: (by_id[token], expires) for digest, token, expires in sessions if token in by_id}

    def _note_use(self, token: Token) -> None:
        now = time.time()
        if token.used is None or now - token.used > _NOTED:
            with self._telling("written"):
                self._connection.execute("UPDATE tokens SET used = ? WHERE id = ?", (now, token.id))
            self._seen = None

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise TokenError(
                f"{self._path}, where access tokens are kept, could not be {what}: {error}. Check that the disk has "
                "room and that the file is yours to write."
            ) from error


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()
