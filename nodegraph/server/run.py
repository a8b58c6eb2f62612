"""``nodegraph serve``: listens, says where, opens the page, and ends cleanly on Ctrl+C or SIGTERM."""

import asyncio
import signal
import sys
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from aiohttp import web

from nodegraph import logs
from nodegraph.errors import UserError
from nodegraph.garbage import collect_less
from nodegraph.server.app import make_app, runner_of
from nodegraph.server.security import check_listen_address
from nodegraph.settings import Settings
from nodegraph.torch_build import cpu_torch_warning


class ListenError(UserError):
    """The server cannot listen where it should."""


def serve(settings: Settings, *, open_page: bool = False, packs: Sequence[Path] = ()) -> None:
    """Serve until stopped.

    Raises:
        UserError: the address is not allowed or taken, or the folders or the job store cannot be used.
    """
    check_listen_address(settings.host)
    logs.set_up(settings, "server")
    asyncio.run(_serve(settings, open_page=open_page, packs=packs))


async def _serve(settings: Settings, *, open_page: bool, packs: Sequence[Path]) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    runner = runner_of(make_app(settings, packs=packs))
    await runner.setup()
    collect_less()
    try:
        address = await _listen(runner, settings)
        print(f"nodegraph listens on {address}", flush=True)  # noqa: T201
        if open_page:
            await asyncio.to_thread(webbrowser.open, address)
        if warning := await asyncio.to_thread(cpu_torch_warning):
            print(warning, file=sys.stderr, flush=True)  # noqa: T201
        await stop.wait()
    finally:
        await runner.cleanup()


async def _listen(runner: web.AppRunner, settings: Settings) -> str:
    """Open the port and say the address of the page."""
    site = web.TCPSite(runner, settings.host, settings.port)
    try:
        await site.start()
    except OSError as error:
        raise ListenError(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror or error}. Perhaps nodegraph "
            "runs already; stop the other program, or choose another port with --port (0: any free one)."
        ) from error
    port = runner.addresses[0][1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{port}/"
