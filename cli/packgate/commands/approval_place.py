"""Where the requests of an installation are, who may answer them, and who is asking."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.approvals.store import Store, StoreError, approvals_folder
from packgate.errors import UserError
from packgate.guard.detectors import mask

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.shell_completion import CompletionItem

# Variables that agents set for the commands that they run.
AGENTS = ("CLAUDECODE", "CODEX_SANDBOX", "CODEX_SANDBOX_NETWORK_DISABLED", "CURSOR_AGENT", "GEMINI_CLI", "OPENCODE")


@dataclass(frozen=True, slots=True)
class Place:
    """The store of an installation, its event log, and the folder of its bundles."""

    store: Store
    log: str
    bundles: str

    def requests(self) -> list[dict[str, Any]]:
        """Every request that is kept. Raises `UserError`."""
        try:
            return self.store.all(clock.seconds())
        except StoreError as error:
            raise UserError(str(error)) from None

    def request(self, id: str) -> dict[str, Any]:
        """One request. Raises `UserError`."""
        found = next((each for each in self.requests() if each["id"] == id), None)
        if found is None:
            raise UserError(f"there is no request {id}", "packgate approvals list --all")
        return found

    def answer(self, id: str, state: str, note: str) -> dict[str, Any]:
        """Answer a request as the person at the terminal, who confirms it there, and record it. Raises `UserError`."""
        from packgate.approvals.store import PENDING
        from packgate.eventlog.append import LogError
        from packgate.eventlog.chain import Log, append_events
        from packgate.eventlog.record import approval_event

        request = self.request(id)
        if request["state"] != PENDING:
            raise UserError(f"{id} is {request['state']}, not pending")
        person = whoami()
        roles = self.roles_of(person, request)
        confirm(request, state)
        try:
            found = self.store.answer(id, state, roles, person, clock.seconds(), mask(note))
        except StoreError as error:
            raise UserError(str(error)) from None
        try:
            append_events(Log(self.log), [approval_event(clock.now(), found, found["state"], found["decision_id"])])
        except LogError as error:
            raise UserError(f"the answer holds, but is not recorded: {error}") from None
        return found

    def roles_of(self, person: str, request: dict[str, Any]) -> tuple[str, ...]:
        """The roles of a request that a person has and that are not answered. Raises `UserError` when there is none."""
        from packgate.bundle.installed import load_installed
        from packgate.bundle.refusals import Refused

        try:
            known = load_installed(self.bundles).surroundings
        except Refused as refusal:
            raise UserError(f"refused: {refusal.code}: {refusal.message}", refusal.hint) from refusal
        roles = [role for role in request["roles"] if known is not None and person in known.members(role)]
        if not roles:
            raise UserError(
                f"{person} is in none of {', '.join(request['roles'])}, as the installed policies say",
                "groups are declared in context/*.yaml",
            )
        left = tuple(role for role in roles if role not in request["answers"])
        if not left:
            raise UserError(f"{person} has answered already; {', '.join(request['roles'])} all have to")
        return left


def place_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--settings`, `--log` and `--bundles`: whose requests."""
    options = (
        click.option("--settings", type=click.Path(dir_okay=False), metavar="FILE", help="A hook.json. Default: the user's."),
        click.option("--log", type=click.Path(dir_okay=False), metavar="FILE", help="The event log beside which the requests are kept."),
        click.option("--bundles", type=click.Path(file_okay=False), metavar="DIR", help="The bundles that say who may answer."),
    )
    for option in reversed(options):
        function = option(function)
    return function


def open_place(settings: str | None, log: str | None, bundles: str | None) -> Place:
    """The place that the options name. Raises `UserError`."""
    from packgate.hook.failure import Failure
    from packgate.hook.settings import read_settings
    from packgate.installation.places import settings_file

    if log is None or bundles is None:
        try:
            found = read_settings(os.path.abspath(settings or settings_file(os.environ)))
        except Failure as failure:
            raise UserError(failure.sentence, "or name the log and the bundles of a server: --log FILE --bundles DIR") from None
        log, bundles = log or found.log, bundles or found.bundles
        if log is None:
            raise UserError("this installation keeps no log, and so no requests")
    log = os.path.abspath(log)
    return Place(Store(approvals_folder(log)), log, os.path.abspath(bundles))


def whoami() -> str:
    """The login name of whoever runs this, by the process and not by its environment; behind sudo, of whoever called it."""
    import pwd

    uid = os.getuid()
    if uid == 0 and os.environ.get("SUDO_UID", "").isdecimal():
        uid = int(os.environ["SUDO_UID"])
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"


def confirm(request: dict[str, Any], state: str) -> None:
    """Have a person type the end of the request's id at the terminal. Raises `UserError`: an agent runs this, there is no terminal, or
    something else was typed."""
    from packgate.approvals.text import request_text

    named = [name for name in AGENTS if os.environ.get(name)]
    if named:
        raise UserError(f"an agent can't answer requests ({named[0]} is set)", "answer in a terminal of your own")
    end = request["id"][-4:]
    try:
        with open("/dev/tty", "w", encoding="utf-8", errors="backslashreplace") as shown, open("/dev/tty", encoding="utf-8") as terminal:
            shown.write(mask(request_text(request)) + f"To answer '{state}', type {end}: ")
            shown.flush()
            typed = terminal.readline().strip()
    except (OSError, ValueError):
        raise UserError("requests are answered at a terminal, by a person", "or over packgate serve --approvers FILE") from None
    if typed != end:
        raise UserError("nothing was answered: something else was typed")


def complete_requests(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The ids of requests that wait."""
    from click.shell_completion import CompletionItem

    try:
        place = open_place(*(context.params.get(name) for name in ("settings", "log", "bundles")))
        found = [each for each in place.requests() if each["state"] == "pending"]
    except UserError:
        return []
    return [CompletionItem(each["id"], help=", ".join(each["policies"])) for each in found if each["id"].startswith(incomplete)]
