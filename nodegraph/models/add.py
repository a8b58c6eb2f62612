"""Bringing one model into its folder: fetched or copied, looked at, and only then given its name.

The folder follows from what the file is. Nothing is ever replaced.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from nodegraph.errors import MissingFileError
from nodegraph.models import place
from nodegraph.models.errors import ModelError, RefusedFileError, UnknownModelError, WrongContentError
from nodegraph.models.identify import check_start, identify, refuse_by_name, usable_name
from nodegraph.models.partial import Partial
from nodegraph.models.remote import Remote
from nodegraph.models.sizes import readable
from nodegraph.models.target import HubFile, LocalFile, Target, WebFile, without_secrets
from nodegraph.models.transfer import Show, fetch
from nodegraph.weights.describe import FileKind, look, precision
from nodegraph.weights.folders import ALIASES, ModelFolders
from nodegraph.weights.header import Header, read_header

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_ASSUMED = "checkpoints"
"""Where what arrives lies until it is known what it is, unless the user says."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the user says beside the target. ``kind`` decides only where the file does not tell by itself."""

    kind: str | None = None
    name: str | None = None
    sha256: str = ""
    link: bool = False


@dataclass(frozen=True, slots=True)
class Added:
    """A model that is among the others now. ``new``: it was not there before. ``size`` is in bytes."""

    kind: str
    name: str
    path: Path
    look: FileKind
    precision: str
    size: int
    new: bool


def add(target: Target, folders: ModelFolders, wishes: Wishes, *, show: Show, say: Callable[[str], None]) -> Added:
    """Bring a model. ``show`` is told how far it is, ``say`` what is going on.

    Raises ModelError for all that can be wrong with the file and on the way to it, see :mod:`nodegraph.models.errors`.
    """
    if wishes.kind is not None:
        wishes = replace(wishes, kind=_kind(folders, wishes.kind))
    if isinstance(target, LocalFile):
        return _add_local(target.path, folders, wishes, show)
    if wishes.link:
        raise ModelError("--link is for a file that is on this computer already.")
    if isinstance(target, HubFile):
        from nodegraph.models import hub  # takes a moment to import, which a copy need not wait for

        known = target.known
        return _fetch(hub.locate(target), folders, wishes, show, say, *((known.kind, known.sha256) if known else ()))
    return _fetch(_web(target, wishes), folders, wishes, show, say)


def _kind(folders: ModelFolders, name: str) -> str:
    try:
        folders.paths(name)
    except MissingFileError as error:
        raise UnknownModelError(f"--kind: {error}.") from None
    return ALIASES.get(name, name)


def _web(target: WebFile, wishes: Wishes) -> Remote:
    parts = urlsplit(target.url)
    page = without_secrets(target.url)
    if parts.scheme == "http" and parts.hostname not in _LOOPBACK and not wishes.sha256:
        raise ModelError(
            f"{page} is not encrypted (http://): anybody on the way may put another file in its place. Use https://, "
            "or say with --sha256 which file is meant."
        )
    return Remote(url=target.url, page=page)


def _fetch(
    remote: Remote,
    folders: ModelFolders,
    wishes: Wishes,
    show: Show,
    say: Callable[[str], None],
    kind: str | None = None,
    sha256: str = "",
) -> Added:
    """Fetch ``remote``, which is said to be of this kind and digest, and keep it."""
    remote = _agreed(remote, wishes.sha256.lower(), sha256)
    kind = wishes.kind or kind
    refuse_by_name(remote.name or urlsplit(remote.url).path, remote.page)
    if remote.name or wishes.name:
        there = _there_already(folders, kind or _ASSUMED, usable_name(wishes.name, remote.name), remote)
        if there is not None:
            return there
    say(f"Fetching {remote.page}" + (f", {readable(remote.size)}" if remote.size else ""))
    part = Partial(place.folder_of(folders, kind or _ASSUMED), remote.url, remote.page)
    with part.held():
        try:
            note = fetch(remote, part, show=show, check_start=lambda path: check_start(path, remote.page))
            header = identify(part.path, remote.page)
        except RefusedFileError:
            part.forget()
            raise
        found = _kind_of(header, kind, remote.page)
        name = usable_name(wishes.name, note.name)
        size = part.size
        path, new = _named(part.path, folders, found, name)
        part.forget()
    return Added(found, name, path, look(header), precision(header), size, new)


def _agreed(remote: Remote, *digests: str) -> Remote:
    """``remote`` with the one digest that everybody names who names any."""
    named = {digest for digest in (remote.sha256, *digests) if digest}
    if len(named) > 1:
        raise WrongContentError(
            f"{remote.page} is not the file that is meant: two SHA-256 are named for it, "
            f"{' and '.join(sorted(named))}. Nothing was fetched. Check --sha256, and whether the file was "
            "replaced there."
        )
    return replace(remote, sha256=named.pop() if named else "")


def _there_already(folders: ModelFolders, kind: str, name: str, remote: Remote) -> Added | None:
    """The file if it is there, so that it need not be fetched. Raises OccupiedNameError if another one has the name."""
    path = place.present(folders, kind, name)
    if path is None or not remote.sha256:
        return None
    size = path.stat().st_size
    if size == (remote.size or size) and place.digest_of(path) == remote.sha256:
        header = read_header(path)
        return Added(kind, name, path, look(header), precision(header), size, new=False)
    if path.parent == (place.folder_of(folders, kind) / name).parent:
        raise place.occupied(path)
    return None


def _kind_of(header: Header, kind: str | None, called: str) -> str:
    """The kind of model a file is; what the user or the catalogue says where the file does not tell."""
    found = look(header).kind or kind
    if found is None:
        raise UnknownModelError(
            f"{called} is a sound file, but looks like {look(header).what}. Say with --kind where it belongs: "
            "checkpoints, loras, vae, upscale_models, ..."
        )
    return found


def _named(part: Path, folders: ModelFolders, kind: str, name: str) -> tuple[Path, bool]:
    """Give a whole file its name: where it is, and whether it was not there before."""
    there = place.present(folders, kind, name)
    if there is not None and place.same(there, part):
        return there, False
    wanted = place.folder_of(folders, kind) / name
    try:
        place.move(part, wanted)
    except FileExistsError:
        raise place.occupied(wanted) from None
    return wanted, True


def _add_local(path: Path, folders: ModelFolders, wishes: Wishes, show: Show) -> Added:
    if path.is_dir():
        raise UnknownModelError(f"{path} is a folder. Name a .safetensors file in it.")
    header = identify(path, str(path))
    if wishes.sha256 and place.digest_of(path) != wishes.sha256.lower():
        raise WrongContentError(f"{path} does not have the SHA-256 {wishes.sha256}. Nothing was copied.")
    kind = _kind_of(header, wishes.kind, str(path))
    name = usable_name(wishes.name, path.name)
    added = Added(kind, name, path, look(header), precision(header), path.stat().st_size, new=False)
    there = place.present(folders, kind, name)
    if there is not None and place.same(there, path):
        return replace(added, path=there)
    wanted = place.folder_of(folders, kind) / name
    try:
        if wishes.link:
            place.link(path, wanted)
        else:
            place.copy(path, wanted, show)
    except FileExistsError:
        raise place.occupied(wanted) from None
    return replace(added, path=wanted, new=True)
