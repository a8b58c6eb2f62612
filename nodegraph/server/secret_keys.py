"""Which keys of a request's ``extra_data`` hold secrets, by their names, and the request without them.

Some clients send keys of services along with every workflow. Nothing here needs one, so they are dropped at the door,
before anything is stored, told, logged, given to the worker or written into a picture. Knows no HTTP.
"""

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

_WORDS = frozenset(
    {
        *("auth", "authorization", "bearer", "cookie", "credential", "credentials", "jwt"),
        *("passphrase", "passwd", "password", "secret", "secrets", "token"),
        *("accesskey", "accesstoken", "apikey", "apikeys", "authtoken", "privatekey"),
    }
)
_PAIRS = frozenset({("access", "key"), ("api", "key"), ("api", "keys"), ("private", "key")})

_DOCUMENTS = "extra_pnginfo"
"""Under this key are documents, such as the workflow, whose keys are its author's: only their own names count."""

_DEEPEST = 100
"""What is nested deeper is dropped: nobody who says something about a job does so there."""


def is_secret(name: str) -> bool:
    """Whether a key of this name holds a secret: ``auth_token_x``, ``api_key_x``, ``myApiKey``, ``X-Password``, …"""
    words = re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
    return not (_WORDS.isdisjoint(words) and _PAIRS.isdisjoint(pairwise(words)))


def without_secrets(extra_data: Mapping[str, Any]) -> dict[str, Any]:
    """``extra_data`` without keys that hold secrets, at any depth; of documents only those they are kept under."""
    plain = {name: value for name, value in extra_data.items() if name != _DOCUMENTS}
    kept: dict[str, Any] = _without(plain, 0)
    documents = extra_data.get(_DOCUMENTS)
    if isinstance(documents, Mapping):
        documents = {name: value for name, value in documents.items() if not is_secret(name)}
    return kept if documents is None else {**kept, _DOCUMENTS: documents}


def _without(value: Any, depth: int) -> Any:
    if isinstance(value, Mapping):
        if depth == _DEEPEST:
            return {}
        return {name: _without(inner, depth + 1) for name, inner in value.items() if not is_secret(str(name))}
    if isinstance(value, list):
        return [] if depth == _DEEPEST else [_without(inner, depth + 1) for inner in value]
    return value
