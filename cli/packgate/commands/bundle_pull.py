"""`packgate bundle pull`: the client of an enforcement point."""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.bundle.extras import need_tuf
from packgate.commands.shared import print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from packgate.bundle.pull import Pulled, Source
    from packgate.bundle.refusals import Refused


@click.command("pull")
@click.argument("address", metavar="URL")
@click.option("--into", required=True, type=click.Path(file_okay=False), metavar="DIR", help="The folder that holds the bundles in use.")
@click.option("--root", type=click.Path(path_type=Path), metavar="FILE", help="The root to trust; needed the first time.")
@click.option("--pack", "packs", multiple=True, metavar="NAME", help="Only this pack; repeatable. Default: every pack that is published.")
@click.option("--watch", is_flag=True, help="Pull again and again until stopped.")
@click.option("--interval", type=click.FloatRange(0.05), default=300.0, show_default=True, metavar="SECONDS", help="Between pulls.")
@click.option("--timeout", type=click.FloatRange(0.1), default=60.0, show_default=True, metavar="SECONDS", help="For one file.")
@click.option("--proxy", metavar="URL", help="The proxy for everything. Default: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY.")
@click.option("--ca", type=click.Path(dir_okay=False), metavar="FILE", help="Certificates to trust, instead of the system's.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How the answer is printed.")
def command(
    address: str, into: str, root: Path | None, packs: tuple[str, ...], watch: bool, interval: float, timeout: float, proxy: str | None,
    ca: str | None, form: str,
) -> int:
    """Bring a folder of bundles up to date, and activate it.

    URL is what `packgate bundle publish` wrote: an http or https address, or a folder. A snapshot becomes active in one step, only
    after every signature, digest, revision and date was checked and a gate was built from it. Whatever goes wrong, what was active
    stays active; the exit code is 1 then, with the code of the reason. The first pull needs the publisher's root, got by a way that you
    trust.

    \b
    Examples:
      packgate bundle pull https://policies.example.com --root root.json --into /var/lib/packgate
      packgate bundle pull https://policies.example.com --into /var/lib/packgate --watch --interval 300
      packgate bundle pull public --into ./bundles --pack recommended --format json
      packgate decide --bundles /var/lib/packgate 'git push origin main'
    """
    need_tuf()
    from packgate.bundle.fetch import Network
    from packgate.bundle.pull import Source, addresses

    addresses(address)
    network = Network(timeout, proxy, ca, dict(os.environ))
    network.context()
    source = Source(address, into, network, None if root is None else _root(root), packs)
    if watch:
        return _watch(source, interval, form)
    pulled, refused = _once(source)
    print_text(_json(pulled, refused) if form == "json" else _text(pulled, refused))
    return CLEAN if refused is None else FINDINGS


def _once(source: Source) -> tuple[Pulled | None, Refused | None]:
    from packgate.bundle.pull import pull
    from packgate.bundle.refusals import Refused

    try:
        pulled, refused = pull(source, clock.now()), None
    except Refused as error:
        pulled, refused = None, error
    _note(source.into, pulled, refused)
    if pulled is not None and pulled.activated:
        _prepare_hooks(source.into)
    return pulled, refused


def _prepare_hooks(into: str) -> None:
    """Prepare the hooks that decide from this folder for what is in use now; one that can't be is told, and decides all the same."""
    from packgate.installation.users import refresh_users

    for error in refresh_users(into):
        click.echo(f"note: {error.message}; {error.hint}", err=True)


def _watch(source: Source, interval: float, form: str) -> int:
    from packgate.bundle.watch import Pace, keep_pulling

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    known: list[str] = []

    def report(pulled: Pulled | None, refused: Refused | None, wait: float) -> None:
        """A line for everything that is new; one that says the same as the line before is left out."""
        line = _json(pulled, refused, None) if form == "json" else _text(pulled, refused)
        if known != [line]:
            known[:] = [line]
            moment = "" if form == "json" else f"{clock.now()} "
            print_text(moment + line)
            sys.stdout.flush()

    keep_pulling(lambda: _once(source), Pace(interval), stop.wait, report)
    return CLEAN


def _note(into: str, pulled: Pulled | None, refused: Refused | None) -> None:
    """How the pull ended, for monitoring; a folder that can't be written was told already."""
    from packgate.bundle.activation import note

    if refused is not None and refused.code in {"another-pull", "disk-failed"}:
        return
    note(into, {**_value(pulled, refused), "time": clock.now()})


def _root(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None


def _value(pulled: Pulled | None, refused: Refused | None) -> dict[str, object]:
    return {
        "result": "refused" if pulled is None else "activated" if pulled.activated else "unchanged",
        "refused": None if refused is None else {"code": refused.code, "message": refused.message, "hint": refused.hint},
        "changed": None if pulled is None else list(pulled.changed),
        "packs": None if pulled is None else [
            {"pack": one.pack, "version": one.version, "stage": one.stage, "revision": one.revision, "digest": one.digest}
            for one in pulled.entries
        ],
    }


def _json(pulled: Pulled | None, refused: Refused | None, indent: int | None = 2) -> str:
    return json.dumps(_value(pulled, refused), ensure_ascii=False, indent=indent) + "\n"


def _text(pulled: Pulled | None, refused: Refused | None) -> str:
    if refused is not None:
        return f"refused: {refused.code}: {refused.message}\n  what was active stays active\n  hint: {refused.hint}\n"
    assert pulled is not None
    packs = ", ".join(f"{one.pack} {one.version} (stage {one.stage}, revision {one.revision})" for one in pulled.entries)
    return f"{'activated' if pulled.activated else 'up to date'}: {packs}\n"
