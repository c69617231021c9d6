"""The server's process: it listens, looks for what was published, and ends when it is told to, with every request answered."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import signal
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import uvicorn

from packgate import clock
from packgate.hook.settings import Settings
from packgate.serve.access import Access
from packgate.serve.app import Server, make_app
from packgate.serve.checkpoints import keep_signing
from packgate.serve.metrics import Metrics
from packgate.serve.sessions import Sessions
from packgate.serve.simulation import Simulator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from starlette.applications import Starlette

    from packgate.alerts.deliver import Delivery
    from packgate.serve.checkpoints import Checkpoints
    from packgate.serve.holder import Holder

_LOG = logging.getLogger("packgate.serve")
# Seconds that requests on their way get when the server is told to end.
_GRACE = 5
# Seconds between two looks at the spool of alerts.
_DELIVER_EVERY = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """How to serve. ``reload_every``: seconds between two looks at what was published. ``token``: None on a Unix socket.
    ``stage`` replaces all stages; None lets those of releases, rollouts and assignments hold. ``settings``: how hooks are answered, and
    where the event log is. ``approvers``: who answers requests for approval, by token; ``delivery`` of alerts, if this server does it.
    ``member_token``: one that may only look. ``fill`` writes the sources of what is in use into a folder;
    ``checkpoints`` of the log, if this server signs them."""

    token: str | None
    reload_every: float = 2.0
    stage: str | None = None
    settings: Settings = field(default_factory=lambda: Settings("", {}))
    approvers: dict[str, str] = field(default_factory=dict)
    delivery: Delivery | None = None
    member_token: str | None = None
    fill: Callable[[Path], None] = lambda folder: None
    checkpoints: Checkpoints | None = None


def serve(holder: Holder, listener: socket.socket, options: Options) -> None:
    """Serve on a bound socket until SIGINT or SIGTERM; SIGHUP loads the packs again at once."""
    metrics = Metrics()
    metrics.use(holder.current)
    server = Server(holder, Sessions(), metrics, clock.now, options.stage, options.settings.event_log)

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        wake = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, wake.set)
        watching = asyncio.create_task(_watch(holder, metrics, wake, options.reload_every))
        tasks = [watching, *([asyncio.create_task(_deliver(options.delivery))] if options.delivery is not None else [])]
        if options.checkpoints is not None:
            tasks.append(asyncio.create_task(keep_signing(options.checkpoints, metrics.unsigned.inc)))
        tell_supervisor("READY=1")
        yield
        tell_supervisor("STOPPING=1")
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    is_unix = listener.family == socket.AF_UNIX

    def refused(status: int) -> None:
        metrics.refused.labels(str(status)).inc()

    simulator = Simulator(holder, options.fill, clock.now, options.settings.log)
    routes = make_app(server, options.settings, simulator.answer, lifespan, options.approvers)
    app = Access(routes, options.token, not is_unix, refused, options.member_token)
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="on", server_header=False, date_header=False, timeout_graceful_shutdown=_GRACE,
        h11_max_incomplete_event_size=64 * 1024, limit_concurrency=1000,
    )
    listener.listen(2048)
    # uvicorn ends in good order on these, and then raises them again for whoever was there before: that is us, and it is done by then.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


async def _watch(holder: Holder, metrics: Metrics, wake: asyncio.Event, every: float) -> None:
    """Load what was published, when it changes or when asked to. Loading runs in a thread, so that decisions go on."""
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(wake.wait(), every)
        forced = wake.is_set()
        wake.clear()
        result = await asyncio.to_thread(holder.refresh, forced)
        if result is None:
            continue
        metrics.reloads.labels("loaded" if result else "kept").inc()
        if result:
            metrics.use(holder.current)
            _LOG.info("loaded %s", ", ".join(f"{pack['pack']} {pack['version']} ({pack['stage']})" for pack in holder.current.packs))
            # A gate refers to itself in places; without this, several of them could be held until the collector happens to look.
            await asyncio.to_thread(gc.collect)
        elif holder.failure is not None:
            _LOG.error("what was published can't be used, what was held stays in use: %s", holder.failure.reason)


async def _deliver(delivery: Delivery) -> None:
    """Take alerts to their sinks, in a thread: a slow one keeps no decision waiting."""
    while True:
        try:
            await asyncio.to_thread(delivery.run, clock.seconds())
        except Exception as error:  # Alerts go on, whatever one pass came upon; its message may quote an alert.
            _LOG.error("alerts can't be delivered: %s", getattr(error, "strerror", None) or type(error).__name__)
        await asyncio.sleep(_DELIVER_EVERY)


def tell_supervisor(state: str) -> None:
    """Tell systemd about a change of state (sd_notify); nothing where it does not listen."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as notify:
        try:
            notify.connect("\0" + address[1:] if address.startswith("@") else address)
            notify.sendall(state.encode())
        except OSError as error:
            _LOG.warning("systemd could not be told %s: %s", state, error.strerror)
