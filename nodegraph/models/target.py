"""Reading what the user wants brought: a well-known name, a Hugging Face repository or file, a URL, a file here.

Asks the disk whether a path exists, and nothing else.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote, urlsplit

from nodegraph.models.errors import UnknownModelError
from nodegraph.weights.known import KNOWN, KnownModel, known

_HUB_HOSTS = frozenset({"huggingface.co", "www.huggingface.co", "hf.co"})
_PART = r"[A-Za-z0-9][\w.-]*"
_HUB_NAME = re.compile(rf"(?P<repository>{_PART}/{_PART})(@(?P<revision>[^/@]+))?(/(?P<file>.+))?")
_HUB_PAGE = re.compile(rf"/(?P<repository>{_PART}/{_PART})(/(blob|resolve|raw)/(?P<revision>[^/]+)/(?P<file>.+))?/?")


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository of Hugging Face. ``file`` is empty where the repository is to be asked which it has."""

    repository: str
    file: str = ""
    revision: str = "main"
    known: KnownModel | None = None


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file behind a URL of any other server."""

    url: str


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file of this computer."""

    path: Path


Target = HubFile | WebFile | LocalFile


def parse_target(text: str) -> Target:
    """What ``text`` means. Raises UnknownModelError, which says what could be meant."""
    model = known(text)
    if model is not None:
        return HubFile(model.repository, model.file, known=model)
    scheme = urlsplit(text).scheme.lower() if "://" in text else ""
    if scheme in ("http", "https"):
        return _web_file(text)
    if scheme == "hf":
        return _hub_file(text.partition("://")[2], text)
    if scheme:
        raise UnknownModelError(
            f"{without_secrets(text)} cannot be fetched: give an address that starts with https:// or hf://"
        )
    path = Path(text).expanduser()
    if path.exists():
        return LocalFile(path.absolute())
    if _is_plainly_a_path(text):
        raise UnknownModelError(f"There is no file {path.absolute()}.")
    if "/" in text:
        return _hub_file(text, text)
    names = [model.name for model in KNOWN]
    near = get_close_matches(text.lower(), names, n=2, cutoff=0.5)
    meant = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UnknownModelError(
        f"{text!r} is neither a well-known name ({', '.join(names)}) nor a file here. {meant}Other models are named by "
        "a URL, by OWNER/REPOSITORY/FILE.safetensors of Hugging Face, or by the path of a file."
    )


def _web_file(url: str) -> Target:
    parts = urlsplit(url)
    if not parts.hostname:
        raise UnknownModelError(f"{without_secrets(url)} names no server")
    if parts.hostname not in _HUB_HOSTS:
        return WebFile(url)
    found = _HUB_PAGE.fullmatch(unquote(parts.path))
    if found is None:
        raise UnknownModelError(
            f"{without_secrets(url)} is no file of Hugging Face: its addresses are like "
            "https://huggingface.co/OWNER/REPOSITORY/blob/main/FILE.safetensors"
        )
    return HubFile(found["repository"], found["file"] or "", found["revision"] or "main")


def _hub_file(name: str, text: str) -> HubFile:
    found = _HUB_NAME.fullmatch(name.strip("/"))
    if found is None:
        raise UnknownModelError(f"{text!r} is no file of Hugging Face: name it OWNER/REPOSITORY/FILE.safetensors")
    return HubFile(found["repository"], found["file"] or "", found["revision"] or "main")


def _is_plainly_a_path(text: str) -> bool:
    return text.startswith(("/", ".", "~", "\\")) or bool(PureWindowsPath(text).drive) or "\\" in text


def without_secrets(url: str) -> str:
    """An address without what may be secret: a token may stand in its query, a password before its host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
