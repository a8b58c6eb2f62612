"""Everything the command line can set, as one frozen value handed to server, worker and runner alike."""

from pathlib import Path
from typing import Literal

import msgspec

PreviewMethod = Literal["default", "auto", "latent2rgb", "none"]
LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]
Precision = Literal["auto", "fp32", "bf16", "fp16"]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Folders are absolute. ``cache_ram`` and ``cache_disk`` are in gigabytes (10⁹ bytes), 0: no such cache; ``device``
    is ``auto`` or a torch device.

    ``bundled_models_dir`` holds models that came with the package, if any are to be offered: see
    :class:`~nodegraph.weights.folders.ModelFolders`.

    A server that others can reach needs access tokens, unless it is ``insecure``; with ``require_token`` every server
    does. ``tls_cert`` and ``tls_key`` are PEM files. A token that is no admin's may hold
    ``sockets_per_token`` WebSockets and event streams open at once, an address ``connections_per_address`` connections.

    ``preview_method``: ``default`` is for whoever can tell a preview from a picture, which plain clients of ComfyUI
    cannot: they get previews only where another method is named.

    ``page_dir`` holds a page that is served in place of the built one.

    ``queue_limit`` jobs may wait, ``queue_limit_per_token`` of each access token that is no admin's; ``history_limit``
    ended ones of each owner are kept, and none for longer than ``history_days``.
    """

    host: str = "127.0.0.1"
    port: int = 8188
    allow_hosts: tuple[str, ...] = ()
    allow_origins: tuple[str, ...] = ()
    allow_webhooks: tuple[str, ...] = ()
    require_token: bool = False
    insecure: bool = False
    tls_cert: str | None = None
    tls_key: str | None = None
    sockets_per_token: int = 100
    connections_per_address: int = 4096
    models_dir: str
    input_dir: str
    output_dir: str
    temp_dir: str
    user_dir: str
    extra_model_paths: tuple[str, ...] = ()
    bundled_models_dir: str | None = None
    page_dir: str | None = None
    preview_method: PreviewMethod = "default"
    precision: Precision = "auto"
    device: str = "auto"
    cache_ram: float = 4.0
    cache_disk: float = 10.0
    queue_limit: int = 20_000
    queue_limit_per_token: int = 1_000
    history_limit: int = 10_000
    history_days: float | None = None
    log_format: LogFormat = "text"
    log_level: LogLevel = "info"

    @staticmethod
    def under(base: Path, **changes: object) -> "Settings":
        """Settings whose folders lie under ``base``; ``changes`` replace single fields (None: keep)."""
        folders = {f"{name}_dir": str(base / name) for name in ("models", "input", "output", "temp", "user")}
        given = {name: value for name, value in changes.items() if value is not None}
        return msgspec.convert({**folders, **given}, Settings)
