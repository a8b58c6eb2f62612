"""Where model files are: the folders of each kind, listing them, and finding a file by the name a graph gives it.

Knows nothing of what is in the files, and writes none; imports no torch.
"""

import os
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nodegraph.errors import MissingFileError, UnsafePathError, UserError
from nodegraph.paths import is_usable_name, relative
from nodegraph.settings import Settings
from nodegraph.weights.known import command_for

EXTENSIONS = frozenset({".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft"})

ALIASES: Mapping[str, str] = {"clip": "text_encoders", "unet": "diffusion_models"}
"""Older names of kinds, in graphs and in extra_model_paths.yaml."""

_SAME_NAME = (
    "checkpoints",
    "loras",
    "vae",
    "clip_vision",
    "style_models",
    "embeddings",
    "vae_approx",
    "gligen",
    "upscale_models",
    "hypernetworks",
    "photomaker",
    "classifiers",
    "model_patches",
    "audio_encoders",
    "configs",
    "diffusers",
    "latent_upscale_models",
    "background_removal",
    "frame_interpolation",
    "geometry_estimation",
    "optical_flow",
    "detection",
)

SUBFOLDERS: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in _SAME_NAME},
    "text_encoders": ("text_encoders", "clip"),
    "diffusion_models": ("unet", "diffusion_models"),
    "controlnet": ("controlnet", "t2i_adapter"),
}
"""Kind of model -> folders below the models folder that hold it."""

_OTHER_EXTENSIONS: Mapping[str, frozenset[str]] = {"configs": frozenset({".yaml"})}
_PACKS = "custom_nodes"
_SKIPPED = {".git"}
_SHOWN_NAMES = 10


class ModelPathsError(UserError):
    """An extra_model_paths.yaml that cannot be used."""


@dataclass(frozen=True)
class _Listing:
    """Names found below one folder, and the times of change of every folder that was read for it."""

    names: tuple[str, ...]
    times: Mapping[str, int]

    def is_current(self) -> bool:
        return all(_modified(folder) == time for folder, time in self.times.items())


class ModelFolders:
    """All folders of all kinds; safe to use from several threads.

    Paths named by an ``extra_model_paths.yaml`` come after the models folder, those of a section that is
    ``is_default`` before it. Raises ModelPathsError for a file that cannot be read or says something else.

    ``bundled`` is laid out like the models folder and holds what came with the package. Its files are listed and found
    after all others, so that one of the same name hides them; nothing of the user's belongs there.

    ``pack_folders`` hold node packs: ``custom_nodes`` beside the models folder, and those the same files name.
    """

    def __init__(
        self,
        models_dir: Path | str,
        extra_model_paths: Sequence[Path | str] = (),
        *,
        bundled: Path | str | None = None,
    ) -> None:
        root = Path(models_dir).absolute()
        self._paths = _below(root)
        self._bundled = {} if bundled is None else _below(Path(bundled).absolute())
        self._paths[_PACKS] = [root.parent / _PACKS]
        self._listings: dict[Path, _Listing] = {}
        self._lock = threading.Lock()
        for config in extra_model_paths:
            for kind, folder, first in _read_extra_paths(Path(config)):
                folders = self._paths.setdefault(kind, [])
                if folder in folders:
                    folders.remove(folder)
                folders.insert(0 if first else len(folders), folder)
        self.pack_folders = self._paths.pop(_PACKS)

    @classmethod
    def of(cls, settings: Settings) -> "ModelFolders":
        """The folders that settings name."""
        return cls(settings.models_dir, settings.extra_model_paths, bundled=settings.bundled_models_dir)

    def keys(self) -> list[str]:
        """The kinds of models there are folders for."""
        return list(self._paths)

    def paths(self, key: str) -> list[Path]:
        """The user's folders of a kind, in order of preference. Raises MissingFileError for a kind that has none."""
        kind = ALIASES.get(key, key)
        if kind not in self._paths:
            raise MissingFileError(f"there is no kind of model {key!r}; there are: {', '.join(sorted(self._paths))}")
        return list(self._paths[kind])

    def list(self, key: str) -> list[str]:
        """Names of the files of a kind, relative to their folder, sorted, the user's first; without duplicates."""
        kind = ALIASES.get(key, key)
        extensions = _OTHER_EXTENSIONS.get(kind, EXTENSIONS)

        def names(folders: Iterable[Path]) -> set[str]:
            found = {name for folder in folders for name in self._names(folder)}
            return {name for name in found if Path(name).suffix.lower() in extensions}

        users = names(self.paths(key))
        return sorted(users) + sorted(names(self._bundled.get(kind, ())) - users)

    def find(self, key: str, name: str) -> Path:
        """The file of that name in the first folder that has it.

        Links in these folders are followed wherever they lead: it is how people keep their models on another disk, and
        nothing that reaches the server can make one.

        Raises UnsafePathError for a name that leads out of the folders, MissingFileError if no folder has it, naming
        the folder it belongs in and what is there.
        """
        below = relative(name, f"below the {key} folders")
        if not below.parts:
            raise UnsafePathError(f"{name!r} is not a name of a file below the {key} folders")
        for folder in self.searched(key):
            if (path := folder / below).is_file():
                return path
        present = self.list(key)
        shown = ", ".join(present[:_SHOWN_NAMES]) + (", ..." if len(present) > _SHOWN_NAMES else "")
        places = " or ".join(str(folder) for folder in self.paths(key))
        there = f"there are: {shown}" if present else "there are no models yet"
        raise MissingFileError(
            f"{name!r} is not there: bring it with {command_for(ALIASES.get(key, key), name)} or put it in {places}; "
            f"{there}"
        )

    def searched(self, key: str) -> Sequence[Path]:
        """The user's folders of a kind, then that of what came with the package."""
        return [*self.paths(key), *self._bundled.get(ALIASES.get(key, key), ())]

    def _names(self, folder: Path) -> tuple[str, ...]:
        with self._lock:
            listing = self._listings.get(folder)
            if listing is None or not listing.is_current():
                listing = _scan(folder)
                self._listings[folder] = listing
            return listing.names


def _below(root: Path) -> dict[str, list[Path]]:
    return {kind: [root / name for name in names] for kind, names in SUBFOLDERS.items()}


def _scan(top: Path) -> _Listing:
    """All files below a folder. Links are followed; one that leads back up is not followed twice."""
    names: list[str] = []
    times = {str(top): _modified(str(top))}
    seen: set[str] = set()
    for folder, subfolders, files in os.walk(top, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            subfolders.clear()
            continue
        seen.add(real)
        subfolders[:] = [name for name in subfolders if name not in _SKIPPED]
        times[folder] = _modified(folder)
        names += [os.path.relpath(os.path.join(folder, name), top) for name in files]
    return _Listing(tuple(filter(is_usable_name, names)), times)


def _modified(folder: str) -> int:
    """Time of change in nanoseconds; −1 for a folder that is not there."""
    try:
        return os.stat(folder).st_mtime_ns
    except OSError:
        return -1


def _read_extra_paths(config: Path) -> Iterator[tuple[str, Path, bool]]:
    """(kind, folder, whether it comes first) for every path of an ``extra_model_paths.yaml``."""
    try:
        sections = yaml.safe_load(config.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingFileError(f"{config} (extra model paths) is not there") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ModelPathsError(f"{config} cannot be read as YAML: {error}") from None
    if sections is not None and not isinstance(sections, dict):
        raise ModelPathsError(f"{config} must hold named sections, each with base_path and folders; found {sections!r}")
    for title, section in (sections or {}).items():
        if section is None:
            continue
        if not isinstance(section, dict):
            raise ModelPathsError(f"{config}: the section {title!r} must hold 'kind: folder' lines; found {section!r}")
        yield from _read_section(config, str(title), dict(section))


def _read_section(config: Path, title: str, section: dict[str, object]) -> Iterator[tuple[str, Path, bool]]:
    base = config.absolute().parent / _expand(str(section.pop("base_path", None) or ""))
    first = section.pop("is_default", False) is True
    for key, block in section.items():
        if not isinstance(block, str):
            raise ModelPathsError(f"{config}: {title}.{key} must be a folder or a block of folders; found {block!r}")
        kind = ALIASES.get(str(key), str(key))
        folders = [line.strip() for line in block.splitlines() if line.strip()]
        # The first of several default paths stays the first: they are put in front one by one.
        for folder in reversed(folders) if first else folders:
            yield kind, Path(os.path.normpath(base / _expand(folder))), first


def _expand(path: str) -> str:
    return os.path.expanduser(os.path.expandvars(path))
