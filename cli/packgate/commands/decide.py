"""`packgate decide`: the typed answer to one command, or to a stream of actions."""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import TYPE_CHECKING, Any, cast

import click

from packgate import clock
from packgate.commands.lines import numbered_lines
from packgate.commands.shared import (
    STAGES,
    BrokenPacks,
    at_option,
    command_action,
    context_options,
    open_gate,
    pack_option,
    print_findings,
)
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS, INTERNAL
from packgate.model.action import ActionError, parse_action
from packgate.strict_json import decode

if TYPE_CHECKING:
    from io import BufferedIOBase
    from typing import TextIO

    from packgate.engine.gate import Gate

# A longer line is denied without being decoded.
LONGEST_LINE = 16 * 1024 * 1024
# How many more objects there are before the collector looks for cycles.
_COLLECTED_AFTER = 100_000
_RUNS = frozenset(("allow", "alert", "redact"))


@click.command("decide")
@click.argument("text", metavar="[COMMAND]", required=False)
@click.option("--jsonl", is_flag=True, help="Read actions as JSON from standard input, one a line; write one decision a line, in order.")
@pack_option
@click.option("--bundles", type=click.Path(file_okay=False), metavar="DIR", help="Decide with the bundles that were pulled into DIR.")
@click.option(
    "--stage", type=click.Choice(STAGES),
    help="Decide as if everything stood at this stage. Default: block; with --bundles, as released and assigned.",
)
@at_option("The time of the decision (RFC 3339), for waivers and the timestamp. Default: now, whatever time an action claims.")
@click.option("--exit-code", "by_decision", is_flag=True, help="Exit with 1 unless the decision lets the action run.")
@context_options
def command(
    text: str | None, jsonl: bool, packs: tuple[str, ...], bundles: str | None, stage: str | None, at: str | None, by_decision: bool,
    **context: Any,
) -> int:
    """Decide one command, or actions as JSON lines.

    The decision is JSON with every key always present; with --at the same input gives the same bytes. The exit code is 0 whatever the
    decision, unless --exit-code is given. With --jsonl, a line that is not an action is denied in its place, and the exit code is 1; empty
    lines are passed over. An action on which packgate itself fails is denied too, and the exit code is 3.

    \b
    Examples:
      packgate decide 'git push origin main'
      packgate decide 'rm -rf build' --cwd /srv/app --exit-code
      packgate decide --jsonl < actions.jsonl > decisions.jsonl
      packgate decide --bundles /var/lib/packgate 'git push origin main'
    """
    if jsonl == (text is not None):
        raise UserError("give one COMMAND, or --jsonl with actions on standard input", "packgate decide 'rm -rf build'")
    if bundles is not None and packs:
        raise UserError("--bundles and --pack exclude each other", "the bundles in the folder say which packs hold")
    try:
        gate = open_gate(packs) if bundles is None else _installed_gate(bundles)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    if gate is None:
        return FINDINGS
    decider = Decider(gate, stage or ("block" if bundles is None else None), at)
    if jsonl:
        decider.stream(cast("BufferedIOBase", sys.stdin.buffer), sys.stdout)
    else:
        assert text is not None
        decision = decider.decide(command_action(text, context))
        sys.stdout.write(json.dumps(decision, indent=2 if sys.stdout.isatty() else None) + "\n")
    return decider.exit_code(by_decision)


def _installed_gate(folder: str) -> Gate | None:
    """The gate of pulled bundles; None, and the reason on standard error, when they were altered on the disk. Raises `UserError`."""
    from packgate.bundle.installed import load_installed
    from packgate.bundle.refusals import Refused

    try:
        return load_installed(folder).gate()
    except Refused as refusal:
        click.echo(f"refused: {refusal.code}: {refusal.message}\n  nothing was decided\n  hint: {refusal.hint}", err=True)
        return None


class Decider:
    """Decides actions and remembers what the exit code depends on: bad input, stopped actions, failures of packgate."""

    def __init__(self, gate: Gate, stage: str | None, at: str | None) -> None:
        self.gate = gate
        self.stage = stage
        self.at = at
        self.bad = self.stopped = self.failed = False

    def stream(self, source: BufferedIOBase, out: TextIO) -> None:
        """One decision for every line that is not empty, in order. Whatever has been read is answered before more is waited for."""
        # Packs and catalog stay for as long as the process does: the collector need not look at them again and again.
        gc.freeze()
        # Deciding leaves hardly any cycles behind, and makes what is kept of programs and patterns when they first occur.
        gc.set_threshold(_COLLECTED_AFTER)
        for lines in numbered_lines(source, LONGEST_LINE):
            # Written in one go: a stream without a buffer would take each answer by itself.
            out.write("".join([self.decide_line(number, line) + "\n" for number, line in lines]))
            out.flush()

    def decide_line(self, number: int, line: bytes | None) -> str:
        """The decision on a line of input, as JSON; None is one that was too long."""
        data: Any = None
        try:
            data = decode(line, LONGEST_LINE)
            action = parse_action(data)
        except ActionError as error:
            self.bad = self.stopped = True
            named = data.get("id") if isinstance(data, dict) else None
            return self.gate.refuse_text(
                f"line {number} is not an action: {error}", now=self.at or clock.now(), action_id=named if isinstance(named, str) else None
            )
        decision, text = self.gate.decide_text(action, stage=self.stage, now=self.at or clock.now(), on_error=self._report)
        if decision not in _RUNS:
            self.stopped = True
        return text

    def decide(self, data: Any) -> dict[str, Any]:
        """The decision on an action. Raises `ActionError` for what is none."""
        action = parse_action(data)
        moment = self.at or clock.now()
        decision = self.gate.decide_json(action, stage=self.stage, now=moment, on_error=self._report)
        self.stopped = self.stopped or decision["decision"] not in _RUNS
        return decision

    def exit_code(self, by_decision: bool) -> int:
        """3 when packgate failed on an action, 1 for bad input (and for a stopped action, if asked for), else 0."""
        if self.failed:
            return INTERNAL
        return FINDINGS if self.bad or (by_decision and self.stopped) else CLEAN

    def _report(self, error: Exception) -> None:
        self.failed = True
        if os.environ.get("PACKGATE_DEBUG") == "1":
            import traceback

            traceback.print_exception(error)
        # The message of an error may quote the action; its kind can't.
        kind = type(error).__name__
        click.echo(f"packgate: internal error: {kind}; the action is denied. PACKGATE_DEBUG=1 shows where it happened.", err=True)
