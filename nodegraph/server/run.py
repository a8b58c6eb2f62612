"""``nodegraph serve``: listens, says where, opens the page, and ends cleanly on Ctrl+C or SIGTERM."""

import asyncio
import signal
import ssl
import sys
import webbrowser
from collections.abc import Iterator, Sequence
from pathlib import Path

from aiohttp import web

from nodegraph import logs
from nodegraph.access.identity import Scope
from nodegraph.errors import UserError
from nodegraph.garbage import collect_less
from nodegraph.heap import give_back_large_blocks, keep_few_heaps
from nodegraph.server.app import make_app, runner_of
from nodegraph.server.connections import allow_more_files
from nodegraph.server.gatekeeper import GATEKEEPER, Gatekeeper
from nodegraph.server.security import only_for_this_computer
from nodegraph.settings import Settings
from nodegraph.torch_build import cpu_torch_warning


class ListenError(UserError):
    """The server cannot listen where it should."""


def serve(settings: Settings, *, open_page: bool = False, packs: Sequence[Path] = ()) -> None:
    """Serve until stopped.

    Raises:
        UserError: the address is taken, the certificate cannot be used, or the folders or the job store cannot be used.
    """
    keep_few_heaps()
    give_back_large_blocks()
    logs.set_up(settings, "server")
    asyncio.run(_serve(settings, open_page=open_page, packs=packs))


async def _serve(settings: Settings, *, open_page: bool, packs: Sequence[Path]) -> None:
    tls = tls_of(settings)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    allow_more_files()
    app = make_app(settings, packs=packs)
    runner = runner_of(app)
    await runner.setup()
    collect_less(rounds=(2, 2))  # connections come and go
    try:
        address = await _listen(runner, settings, tls)
        print(f"nodegraph listens on {address}", flush=True)  # noqa: T201
        for line in _about_access(app[GATEKEEPER], settings):
            print(line, flush=True)  # noqa: T201
        if open_page:
            await asyncio.to_thread(webbrowser.open, _signed_in(_seen_from_here(address), app[GATEKEEPER]))
        if warning := await asyncio.to_thread(cpu_torch_warning):
            print(warning, file=sys.stderr, flush=True)  # noqa: T201
        await stop.wait()
    finally:
        await runner.cleanup()


def _about_access(gatekeeper: Gatekeeper, settings: Settings) -> Iterator[str]:
    """What who starts the server should know of who else can use it. The first token is made here, and shown once."""
    if gatekeeper.required and not any(token.scope is Scope.ADMIN for token in gatekeeper.book.all()):
        _, secret = gatekeeper.book.make("first", Scope.ADMIN)
        yield f"Access token, shown only this once: {secret}"
        yield "Programs send it as 'Authorization: Bearer TOKEN'; the page asks for it."
    if not gatekeeper.required and not only_for_this_computer(settings.host):
        yield "WARNING: --insecure: whoever reaches this address can run workflows, and read and change all files here."
    elif not only_for_this_computer(settings.host) and settings.tls_cert is None:
        yield "WARNING: without --tls-cert and --tls-key, tokens and pictures can be read on their way here."


def _seen_from_here(address: str) -> str:
    """Where a browser on this computer finds what listens on all addresses."""
    return address.replace("://0.0.0.0:", "://127.0.0.1:").replace("://[::]:", "://[::1]:")


def _signed_in(address: str, gatekeeper: Gatekeeper) -> str:
    """Where the page opens signed in. The fragment is sent to no server; the page takes it out of the address."""
    code = gatekeeper.one_time_code() if gatekeeper.required else None
    return address if code is None else f"{address}#token={code}"


def tls_of(settings: Settings) -> ssl.SSLContext | None:
    """How connections are encrypted; None: they are not. Raises :class:`ListenError` for files that do not serve."""
    if settings.tls_cert is None and settings.tls_key is None:
        return None
    if settings.tls_cert is None:
        raise ListenError("--tls-key needs --tls-cert too, the certificate that belongs to the key.")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise ListenError(
            f"The certificate {settings.tls_cert} and its key cannot be used: {error}. Both must be PEM files "
            "and belong together."
        ) from error
    return context


async def _listen(runner: web.AppRunner, settings: Settings, tls: ssl.SSLContext | None) -> str:
    """Open the port and say the address of the page."""
    site = web.TCPSite(runner, settings.host, settings.port, ssl_context=tls)
    try:
        await site.start()
    except OSError as error:
        raise ListenError(
            f"Port {settings.port} on {settings.host} cannot be used: {error.strerror or error}. Perhaps nodegraph "
            "runs already; stop the other program, or choose another port with --port (0: any free one)."
        ) from error
    port = runner.addresses[0][1]
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{'http' if tls is None else 'https'}://{host}:{port}/"
