"""``nodegraph serve``: the server and, if asked, the page in the browser."""

from pathlib import Path
from typing import Any

import click

from nodegraph.cli.options import (
    address_options,
    compute_options,
    folder_options,
    log_options,
    page_options,
    queue_options,
    settings_from,
)


@click.command()
@address_options
@folder_options
@compute_options
@queue_options
@page_options
@log_options
@click.option("--open", "open_page", is_flag=True, help="Open the page in the browser.")
def serve(home: Path, open_page: bool, **given: Any) -> None:
    """Serve the page and the HTTP and WebSocket API until stopped with Ctrl+C."""
    from nodegraph.server.run import serve as run_server

    run_server(settings_from(home, **given), open_page=open_page)
