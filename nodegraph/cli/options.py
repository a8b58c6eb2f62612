"""Options that several commands share, and the :class:`Settings` they add up to.

Every option can also be given as an environment variable, ``NODEGRAPH_`` and its name: ``NODEGRAPH_PORT=80``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, get_args

import click

from nodegraph import starter
from nodegraph.settings import LogFormat, LogLevel, Precision, PreviewMethod, Settings

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]

_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def option(flag: str, *names: str, **attributes: Any) -> Decorator[F]:
    """A click option that its environment variable can give as well; for ``--a/--no-a`` it is that of ``--a``."""
    variable = "NODEGRAPH_" + flag.partition("/")[0].removeprefix("--").replace("-", "_").upper()
    return click.option(flag, *names, envvar=variable, **attributes)


def _stacked(*options: Decorator[Any]) -> Decorator[Any]:
    def decorate(function: Any) -> Any:
        for add in reversed(options):
            function = add(function)
        return function

    return decorate


folder_options = _stacked(
    option(
        "--home",
        type=_FOLDER,
        default=Path("~/nodegraph"),
        show_default=True,
        help="Where models, input, output, temp and user lie, unless given one by one.",
    ),
    option("--models-dir", type=_FOLDER, help="Model folders: checkpoints, vae, loras, ... [default: models in home]"),
    option("--input-dir", type=_FOLDER, help="Images that workflows load. [default: input in home]"),
    option("--output-dir", type=_FOLDER, help="What workflows save. [default: output in home]"),
    option("--temp-dir", type=_FOLDER, help="Previews. [default: temp in home]"),
    option("--user-dir", type=_FOLDER, help="Jobs, workflows and settings. [default: user in home]"),
    option(
        "--extra-model-paths-config",
        "extra_model_paths",
        type=click.Path(exists=True, dir_okay=False, resolve_path=True),
        multiple=True,
        help="A YAML file of further model folders. May be repeated.",
    ),
    option(
        "--starter/--no-starter",
        "with_starter",
        default=True,
        help="Whether to offer the model that comes with nodegraph.",
    ),
)

compute_options = _stacked(
    option(
        "--preview-method",
        type=click.Choice(get_args(PreviewMethod)),
        help="Pictures of work in progress; default: for clients that can tell them from results. [default: default]",
    ),
    option(
        "--precision",
        type=click.Choice(get_args(Precision)),
        help="Of the networks; auto asks the device. [default: auto]",
    ),
    option("--device", help="auto, cpu, cuda, cuda:1, mps. [default: auto]"),
    option(
        "--cache-ram",
        type=click.FloatRange(min=0),
        metavar="GB",
        help="Memory for results kept between runs. [default: 4]",
    ),
    option(
        "--cache-disk",
        type=click.FloatRange(min=0),
        metavar="GB",
        help="Disk for results that took long, kept between starts; 0 keeps none. [default: 10]",
    ),
)

queue_options = _stacked(
    option("--queue-limit", type=click.IntRange(min=1), help="Jobs that may wait at once. [default: 20000]"),
    option(
        "--queue-limit-per-token",
        type=click.IntRange(min=1),
        help="Jobs of one access token that may wait at once; for admins there is no such limit. [default: 1000]",
    ),
    option(
        "--history-limit", type=click.IntRange(min=0), help="Ended jobs that are kept of each token. [default: 10000]"
    ),
    option("--history-days", type=click.FloatRange(min=0), help="Days that ended jobs are kept. [default: for ever]"),
)

log_options = _stacked(
    option("--log-format", type=click.Choice(get_args(LogFormat)), help="Of the log on stderr. [default: text]"),
    option("--log-level", type=click.Choice(get_args(LogLevel)), help="What is logged at least. [default: info]"),
)

page_options = _stacked(
    option("--page", "page_dir", type=_FOLDER, help="A folder with another page to serve in place of nodegraph's."),
)

address_options = _stacked(
    option("--host", help="Address to listen on. [default: 127.0.0.1]"),
    option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0: any free one. [default: 8188]"),
    option(
        "--allow-host",
        "allow_hosts",
        metavar="NAME",
        multiple=True,
        help="Another name of this server, of a proxy on this computer. May be repeated.",
    ),
    option(
        "--allow-origin",
        "allow_origins",
        metavar="URL",
        multiple=True,
        help="Where pages of your own lie that may use this server. May be repeated.",
    ),
    option(
        "--allow-webhook",
        "allow_webhooks",
        metavar="HOST",
        multiple=True,
        help="A host of this computer or of a private network that webhooks may call. May be repeated.",
    ),
    option("--require-token", is_flag=True, default=None, help="Ask for access tokens on this computer too."),
    option(
        "--insecure", is_flag=True, default=None, help="Ask nobody for a token, whoever can reach --host. Think twice."
    ),
    option("--tls-cert", type=_FILE, help="Serve https with this certificate (PEM)."),
    option("--tls-key", type=_FILE, help="Its key, if that is in a file of its own."),
    option(
        "--sockets-per-token",
        type=click.IntRange(min=1),
        help="WebSockets and event streams that a token may have open; an admin's: any number. [default: 100]",
    ),
    option(
        "--connections-per-address",
        type=click.IntRange(min=1),
        help="Connections that one address may have open; at most half of what the system allows. [default: 4096]",
    ),
)


def settings_from(home: Path, *, with_starter: bool = True, **given: Any) -> Settings:
    """The settings of one command line. Folders become absolute; an option that was not given (None) is a default."""
    changes = {
        name: str(value.expanduser().absolute()) if isinstance(value, Path) else value for name, value in given.items()
    }
    bundled = str(starter.FOLDER) if with_starter else None
    return Settings.under(home.expanduser().absolute(), bundled_models_dir=bundled, **changes)
