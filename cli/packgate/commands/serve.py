"""`packgate serve`: the local decision server."""

from __future__ import annotations

import logging
import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.passphrases import passphrase, passphrase_options
from packgate.commands.shared import STAGES, BrokenPacks, open_gate, open_workspace, pack_option, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from packgate.alerts.deliver import Delivery
    from packgate.engine.gate import Gate
    from packgate.hook.settings import Settings
    from packgate.serve.checkpoints import Checkpoints
    from packgate.serve.holder import Holder
    from packgate.serve.run import Options

_PORT = 7423
_SIGNED_AT_ONCE = 10_000
# Parameters that hold paths, and their options.
_PATHS = (
    ("bundles", "--bundles"), ("settings_file", "--settings"), ("approvers", "--approvers"), ("alerts", "--alerts"), ("log", "--log"),
    ("checkpoint_key", "--checkpoint-key"), ("checkpoint_passphrase_file", "--checkpoint-passphrase-file"),
    ("path", "--socket"), ("token_file", "--token-file"), ("member_token_file", "--member-token-file"),
)


@click.command("serve")
@click.option("--bundles", type=click.Path(file_okay=False), metavar="DIR", help="Decide with the bundles that were pulled into DIR.")
@pack_option
@click.option(
    "--stage", type=click.Choice(STAGES), help="Decide as if everything stood at this stage. Default: block; with --bundles, as released.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option("--port", type=click.IntRange(0, 65535), default=_PORT, show_default=True, help="0 takes a free one.")
@click.option("--socket", "path", type=click.Path(dir_okay=False), metavar="PATH", help="Listen on a Unix socket instead: its owner's.")
@click.option("--token-file", type=click.Path(dir_okay=False), metavar="FILE", help="The token of clients; made if it is not there.")
@click.option(
    "--member-token-file", type=click.Path(dir_okay=False), metavar="FILE",
    help="A second token, for those who may look (status, simulate) but ask for no decision; made if it is not there.",
)
@click.option(
    "--settings", "settings_file", type=click.Path(dir_okay=False), metavar="FILE",
    help="The hook.json of an installation: its bundles, log and failure modes.",
)
@click.option(
    "--approvers", type=click.Path(dir_okay=False), metavar="FILE", help="Who answers requests for approval: lines of USER TOKEN.",
)
@click.option("--alerts", type=click.Path(dir_okay=False), metavar="FILE", help="Deliver alerts to the sinks of this packgate.yaml.")
@click.option("--log", type=click.Path(dir_okay=False), metavar="FILE", help="Append every decision to this event log.")
@click.option(
    "--checkpoint-key", type=click.Path(dir_okay=False), metavar="FILE",
    help="Sign checkpoints of the log with this key (packgate events key).",
)
@passphrase_options("checkpoint-")
@click.option(
    "--checkpoint-every", type=click.FloatRange(0.01), default=15.0, show_default=True, metavar="MINUTES",
    help="How often what came since is signed; 10,000 events are, sooner than that.",
)
@click.option(
    "--reload-every", type=click.FloatRange(0.1, 3600), default=2.0, show_default=True, metavar="SECONDS",
    help="How often to look for new bundles.",
)
@click.option("--install", "supervisor", type=click.Choice(["systemd", "launchd"]), help="Write a unit for this call, and end.")
@click.option("--system", is_flag=True, help="With --install: for the machine instead of the user.")
@click.option("--dry-run", is_flag=True, help="With --install: print the unit instead.")
@click.option("--openapi", is_flag=True, help="Print the OpenAPI description, and end.")
def command(
    bundles: str | None, packs: tuple[str, ...], stage: str | None, host: str, port: int, path: str | None, token_file: str | None,
    member_token_file: str | None, settings_file: str | None, approvers: str | None, alerts: str | None, log: str | None,
    checkpoint_key: str | None, checkpoint_passphrase_env: str | None, checkpoint_passphrase_file: str | None, checkpoint_every: float,
    reload_every: float, supervisor: str | None, system: bool, dry_run: bool, openapi: bool,
) -> int:
    """Decide over HTTP, on this machine only.

    POST /v1/decide takes an action and answers with its decision; POST /v1/hooks/AGENT/EVENT takes what an agent's hook sends and answers
    in its dialect; /v1/approvals is for people who answer requests; GET /v1/status and GET /metrics tell about the server,
    GET /openapi.json describes it. GET /v1/simulate?level=tight says what a level would change; applying one is for git
    (packgate level apply).

    Bundles that are pulled meanwhile are loaded without a pause; when they can't be, those in use stay. SIGHUP loads at once, SIGTERM ends
    with every request answered.

    \b
    Examples:
      packgate serve --bundles /var/lib/packgate --socket ~/.packgate/serve.sock
      packgate serve --bundles /var/lib/packgate --token-file ~/.packgate/token
      packgate serve --settings ~/.local/share/packgate/hook/hook.json --token-file ~/.packgate/token --install systemd
      curl -H "Authorization: Bearer $(cat ~/.packgate/token)" -H 'Content-Type: application/json' \\
        -d '{"surface": "shell", "command": "git push origin main"}' http://127.0.0.1:7423/v1/decide
    """
    from packgate.serve.extras import need_serve

    if openapi:
        return _print_description()
    if (bundles is not None) + (settings_file is not None) + bool(packs) > 1:
        raise UserError("--bundles, --pack and --settings exclude each other", "each of them says which packs hold")
    if path is None and token_file is None:
        raise UserError("over TCP every user of this machine can connect", "give --token-file FILE, or --socket PATH")
    if member_token_file is not None and token_file is None:
        raise UserError("--member-token-file goes with --token-file", "on a Unix socket the file system says who may connect")
    if (system or dry_run) and supervisor is None:
        raise UserError("--system and --dry-run belong to --install")
    if supervisor is not None:
        if packs:
            raise UserError("a server that starts by itself decides with bundles", "packgate serve --bundles DIR --install …")
        if bundles is None and settings_file is None:
            raise UserError("which policies hold is not said", "give --bundles DIR or --settings FILE")
        if checkpoint_passphrase_env is not None:
            raise UserError("a server that starts by itself has no such variable", "give --checkpoint-passphrase-file FILE")
        return _install(supervisor, system, dry_run, [token_file, member_token_file, path, log])
    need_serve()
    from packgate.serve.approvals import read_approvers
    from packgate.serve.run import Options

    settings = _settings(settings_file, bundles, log)
    if settings_file is not None:
        bundles = settings.bundles
    try:
        holder = _holder(bundles, packs)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    token, member = _tokens(token_file, member_token_file)
    stage = stage or ("block" if bundles is None else None)
    people = {} if approvers is None else read_approvers(os.path.expanduser(approvers))
    if people and settings.log is None:
        raise UserError("requests for approval are kept beside the event log", "give --log FILE")
    options = Options(
        token, reload_every, stage, settings, people, _delivery(alerts, settings.log), member, _fill(bundles, packs, stage),
        _checkpoints(checkpoint_key, checkpoint_passphrase_env, checkpoint_passphrase_file, checkpoint_every, settings),
    )
    return _serve(holder, host, port, path, options)


def _tokens(*files: str | None) -> list[str | None]:
    """The token of each file, of which no two are the same; None where no file is named."""
    from packgate.serve.access import read_token

    found = [None if file is None else read_token(os.path.expanduser(file)) for file in files]
    given = [token for token in found if token is not None]
    if len(set(given)) < len(given):
        raise UserError("the two tokens are the same", "remove the file of one, and it is made anew")
    return found


def _print_description() -> int:
    import json

    from packgate.serve.openapi import description

    print_text(json.dumps(description(), indent=2) + "\n")
    return CLEAN


def _holder(bundles: str | None, packs: tuple[str, ...]) -> Holder:
    from packgate.bundle.refusals import Refused
    from packgate.serve.holder import Holder, file_stamp

    def unchanging() -> object:
        return 0

    if bundles is None:
        return Holder(lambda: open_gate(packs), unchanging, clock.now)
    from packgate.bundle.installed import ACTIVE, load_installed

    folder = os.path.abspath(bundles)
    load: Callable[[], Gate] = lambda: load_installed(folder).gate()  # noqa: E731 - with a name of its own it would shadow the import
    try:
        return Holder(load, file_stamp(os.path.join(folder, ACTIVE)), clock.now)
    except Refused as refusal:
        raise UserError(f"refused: {refusal.code}: {refusal.message}", refusal.hint) from refusal


def _fill(bundles: str | None, packs: tuple[str, ...], stage: str | None) -> Callable[[Path], None]:
    """What writes the sources of what is in use into a folder, as a policy repository; ``stage`` in place of their rollouts."""

    def fill(folder: Path) -> None:
        from packgate.serve.simulation import fill_from_bundles, fill_from_packs

        if bundles is None:
            fill_from_packs(open_workspace(packs), folder, stage)
            return
        from packgate.bundle.index import ASSIGNMENTS
        from packgate.bundle.installed import load_installed, read_active

        active = read_active(bundles)
        named = active is not None and active.assignments
        assignments = Path(bundles, "snapshots", active.snapshot, ASSIGNMENTS).read_bytes() if active is not None and named else None
        fill_from_bundles(load_installed(bundles).bundles, assignments, folder, stage)

    return fill


def _settings(file: str | None, bundles: str | None, log: str | None) -> Settings:
    """How hooks are answered. Without an installation's file, whatever can't be decided is stopped."""
    from packgate.guard.markers import use_key
    from packgate.hook.failure import CLOSED, Failure
    from packgate.hook.marker_key import read_key
    from packgate.hook.settings import FAILING, Settings, read_settings

    if file is None:
        place = None if log is None else os.path.abspath(os.path.expanduser(log))
        return Settings(os.path.abspath(bundles or "."), dict.fromkeys(FAILING, CLOSED), log=place)
    try:
        settings = read_settings(os.path.abspath(os.path.expanduser(file)))
        use_key(read_key(os.path.abspath(os.path.expanduser(file))))
    except Failure as failure:
        raise UserError(failure.sentence) from None
    if log is not None:
        settings.log = os.path.abspath(os.path.expanduser(log))
    return settings


def _checkpoints(key: str | None, variable: str | None, file: str | None, minutes: float, settings: Settings) -> Checkpoints | None:
    secret = passphrase(variable, file)
    if variable is not None:
        # Nothing that the server starts needs to know it.
        del os.environ[variable]
    if key is None:
        if secret is not None:
            raise UserError("a passphrase is for a key", "give --checkpoint-key FILE")
        return None
    log = settings.event_log
    if log is None:
        raise UserError("there is no log to be signed", "give --log FILE")
    from packgate.bundle.extras import need_tuf

    need_tuf()
    from packgate.commands.events_checkpoint import read_signer
    from packgate.serve.checkpoints import Checkpoints

    return Checkpoints(log, read_signer(os.path.expanduser(key), secret), 60 * minutes, _SIGNED_AT_ONCE)


def _delivery(alerts: str | None, log: str | None) -> Delivery | None:
    if alerts is None:
        return None
    if log is None:
        raise UserError("alerts are spooled beside the event log", "give --log FILE")
    from packgate.alerts.config import read_config
    from packgate.alerts.deliver import Delivery

    return Delivery(log, read_config(os.path.expanduser(alerts)))


def _serve(holder: Holder, host: str, port: int, path: str | None, options: Options) -> int:
    from packgate.serve.listening import listen_tcp, listen_unix
    from packgate.serve.run import serve

    listener = listen_unix(path) if path is not None else listen_tcp(host, port)
    logging.basicConfig(stream=sys.stderr, format="packgate: %(message)s", level=logging.INFO)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    click.echo(f"packgate: listening on {_address(listener, path)}", err=True)
    try:
        serve(holder, listener, options)
    finally:
        listener.close()
        if path is not None and os.path.exists(path):
            os.unlink(path)
    return CLEAN


def _address(listener: socket.socket, path: str | None) -> str:
    if path is not None:
        return path
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _install(supervisor: str, system: bool, dry_run: bool, files: list[str | None]) -> int:
    """Write the unit that repeats this call with absolute paths. ``files`` are those that the server writes, or makes."""
    from packgate.serve.units import make_unit

    home = os.path.expanduser("~")
    words = [*_program(), *_absolute(click.get_current_context())]
    writes = [os.path.dirname(os.path.abspath(os.path.expanduser(each))) for each in files if each is not None]
    unit = make_unit(supervisor, words, writes, home, system)
    if dry_run:
        print_text(unit.text)
        return CLEAN
    try:
        os.makedirs(os.path.dirname(unit.path), exist_ok=True)
        with open(unit.path, "w", encoding="utf-8") as file:
            file.write(unit.text)
    except OSError as error:
        raise UserError(f"{unit.path}: {error.strerror}", "--dry-run prints the unit") from error
    print_text(f"{unit.path}\nto start:  {' && '.join(unit.start)}\nto stop:   {' && '.join(unit.stop)}\n")
    return CLEAN


def _program() -> list[str]:
    """The words that start this program again, from any folder."""
    found = shutil.which(sys.argv[0])
    return [sys.executable, "-m", "packgate"] if found is None else [os.path.abspath(found)]


def _absolute(context: click.Context) -> list[str]:
    """The options of this call that a unit repeats, with absolute paths."""
    words = ["serve"]
    for name, option in _PATHS:
        value = context.params[name]
        if value is not None:
            words += [option, os.path.abspath(os.path.expanduser(value))]
    for name, option in (
        ("host", "--host"), ("port", "--port"), ("stage", "--stage"), ("reload_every", "--reload-every"),
        ("checkpoint_every", "--checkpoint-every"),
    ):
        if context.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            words += [option, str(context.params[name])]
    return words
