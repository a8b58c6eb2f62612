"""Finding a file on Hugging Face, or on the mirror that HF_ENDPOINT names, with the user's token if there is one.

``huggingface_hub`` knows the names, the tokens (HF_TOKEN, or a login), the digests and what a refusal means. It fetches
nothing here: since its version 2 it starts every download from the beginning again.
"""

import os
import re

import httpx2
from huggingface_hub import HfApi, get_hf_file_metadata, get_token, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from nodegraph.models import failures
from nodegraph.models.errors import TransferError, UnknownModelError
from nodegraph.models.remote import Remote
from nodegraph.models.sizes import readable
from nodegraph.models.target import HubFile

_HUB = "https://huggingface.co"
_TIMEOUT = 30.0
_SHA256 = re.compile(r"[0-9a-f]{64}")
_NAMES_THAT_TELL_NOTHING = frozenset({"model", "pytorch_model", "diffusion_pytorch_model"})
_LISTED = 20


def locate(wanted: HubFile) -> Remote:
    """The file with its size and digest. Asks the repository which one is meant where ``wanted`` names none.

    Raises TransferError if the repository cannot be asked, or does not give its files to everybody, and
    UnknownModelError if there is no such file or the repository has several.
    """
    file = wanted.file or _only_file(wanted)
    url = hf_hub_url(wanted.repository, file, revision=wanted.revision, endpoint=_endpoint())
    page = f"{_endpoint() or _HUB}/{wanted.repository}/blob/{wanted.revision}/{file}"
    try:
        found = get_hf_file_metadata(url, timeout=_TIMEOUT)
    except Exception as error:
        raise _explained(error, wanted, file, url, page) from error
    revision = found.commit_hash or wanted.revision  # what is fetched is what was looked at, whatever happens meanwhile
    return Remote(
        url=hf_hub_url(wanted.repository, file, revision=revision, endpoint=_endpoint()),
        page=page,
        headers={"Authorization": f"Bearer {token}"} if (token := get_token()) else {},
        name=_name(wanted.repository, file),
        size=found.size,
        sha256=found.etag if found.etag and _SHA256.fullmatch(found.etag) else "",
    )


def _only_file(wanted: HubFile) -> str:
    """The one safetensors file of a repository, those in subfolders (parts of pipelines) aside."""
    page = f"{_endpoint() or _HUB}/{wanted.repository}"
    try:
        info = HfApi(endpoint=_endpoint()).model_info(
            wanted.repository, revision=wanted.revision, files_metadata=True, timeout=_TIMEOUT
        )
    except Exception as error:
        raise _explained(error, wanted, "", page, page) from error
    files = {file.rfilename: file.size for file in info.siblings or () if file.rfilename.endswith(".safetensors")}
    on_top = [name for name in files if "/" not in name]
    if len(on_top) == 1:
        return on_top[0]
    if not files:
        raise UnknownModelError(
            f"{wanted.repository} has no .safetensors file; nodegraph reads nothing else. See {page}"
        )
    sizes = {name: f" ({readable(size)})" if size else "" for name, size in files.items()}
    lines = [f"  nodegraph models add {wanted.repository}/{name}{sizes[name]}" for name in (on_top or list(files))]
    more = [f"  and {len(lines) - _LISTED} more: {page}/tree/{wanted.revision}"] if len(lines) > _LISTED else []
    raise UnknownModelError("\n".join([f"{wanted.repository} has several files. Choose one:", *lines[:_LISTED], *more]))


def _name(repository: str, file: str) -> str:
    """The name to keep a file under: its own, or its repository's where its own is everybody's."""
    name = file.rpartition("/")[2]
    stem, dot, suffix = name.rpartition(".")
    return f"{repository.rpartition('/')[2]}{dot}{suffix}" if stem in _NAMES_THAT_TELL_NOTHING else name


def _endpoint() -> str | None:
    """The mirror that is to be asked instead of Hugging Face itself."""
    return os.environ.get("HF_ENDPOINT", "").rstrip("/") or None


def _explained(error: Exception, wanted: HubFile, file: str, url: str, page: str) -> TransferError | UnknownModelError:
    """What a failed question to Hugging Face means. The most particular of its errors come first."""
    repository = wanted.repository
    home = f"{_endpoint() or _HUB}/{repository}"
    match error:
        case GatedRepoError():
            return TransferError(
                f"{repository} gives its files only to those who have accepted its terms. Log in at {home} and accept "
                "them, make a token at https://huggingface.co/settings/tokens, and run this again with "
                f"HF_TOKEN=THE_TOKEN set. {failures.by_hand(page)}"
            )
        case RepositoryNotFoundError():
            return UnknownModelError(
                f"There is no repository {repository} that everybody may read. Check the name at {home}; if it is a "
                "private one, set HF_TOKEN to a token that may read it."
            )
        case RevisionNotFoundError():
            return UnknownModelError(f"{repository} has no revision {wanted.revision!r}. See {home}/tree/main")
        case EntryNotFoundError():
            return UnknownModelError(
                f"{repository} has no file {file!r}. To see which it has: nodegraph models add {repository}"
            )
        case OfflineModeIsEnabled():
            return TransferError(
                "HF_HUB_OFFLINE is set, which forbids asking Hugging Face. Unset it and run this again. "
                + failures.by_hand(page)
            )
        case HfHubHTTPError():
            status = error.response.status_code
            if status == 401:
                return TransferError(
                    f"Hugging Face does not know the token that HF_TOKEN or a login gives (status {status}). Make "
                    f"another at https://huggingface.co/settings/tokens, or unset it. {failures.by_hand(page)}"
                )
            return failures.refused(status, page, error.response.headers.get("Retry-After"))
        case HFValidationError():
            return UnknownModelError(f"{repository!r} is no name of a repository of Hugging Face: {error}")
        case httpx2.HTTPError() | httpx2.InvalidURL() | OSError() | ImportError():
            mirror = "" if _endpoint() else " A mirror of Hugging Face is named by HF_ENDPOINT=https://MIRROR."
            return TransferError(str(failures.explained(error, url, page)) + mirror)
    raise error
