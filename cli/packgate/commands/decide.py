"""`packgate decide`: the typed answer to one command, or to a stream of actions."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from packgate.commands.shared import STAGES, BrokenPacks, command_action, context_options, open_gate, pack_option, print_findings
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.model.action import ActionError, parse_action

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packgate.engine.gate import Gate


@click.command("decide")
@click.argument("text", metavar="[COMMAND]", required=False)
@click.option("--jsonl", is_flag=True, help="Read actions as JSON from standard input, one a line; write one decision a line, in order.")
@pack_option
@click.option("--stage", type=click.Choice(STAGES), default="block", show_default=True, help="Decide as if everything stood at this stage.")
@click.option("--at", metavar="TIME", help="The time of the decision (RFC 3339), for waivers and the timestamp.")
@click.option("--exit-code", "by_decision", is_flag=True, help="Exit with 1 unless the decision lets the action run.")
@context_options
def command(text: str | None, jsonl: bool, packs: tuple[str, ...], stage: str, at: str | None, by_decision: bool, **context: Any) -> int:
    """Decide one command, or actions as JSON lines.

    The decision is JSON with every key always present. The exit code is 0 whatever the decision, unless --exit-code is given.

    \b
    Examples:
      packgate decide 'git push origin main'
      packgate decide 'rm -rf build' --cwd /srv/app --exit-code
      packgate decide --jsonl < actions.jsonl > decisions.jsonl
    """
    if jsonl == (text is not None):
        raise UserError("give one COMMAND, or --jsonl with actions on standard input", "packgate decide 'rm -rf build'")
    try:
        gate = open_gate(packs)
    except BrokenPacks as broken:
        print_findings(broken.findings, err=True)
        return FINDINGS
    if jsonl:
        return _stream(sys.stdin.buffer, gate, stage, at, by_decision)
    assert text is not None
    decision = gate.decide_json(parse_action(command_action(text, context)), stage=stage, now=at)
    sys.stdout.write(json.dumps(decision, ensure_ascii=False, indent=2 if sys.stdout.isatty() else None) + "\n")
    return _code([decision], by_decision)


def _stream(lines: Iterable[bytes], gate: Gate, stage: str, at: str | None, by_decision: bool) -> int:
    """One decision a line; a line that is not an action is denied in its place, and the exit code is 1."""
    bad = False
    stopped = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            action = parse_action(_decode(line))
            decision = gate.decide_json(action, stage=stage, now=at)
        except ActionError as error:
            bad = True
            decision = gate.refuse_json(f"line {number} is not an action: {error}", now=at)
        stopped = stopped or decision["decision"] not in _RUNS
        sys.stdout.write(json.dumps(decision, ensure_ascii=False, separators=(",", ":")) + "\n")
    return FINDINGS if bad or (by_decision and stopped) else CLEAN


def _decode(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ActionError(f"byte {error.start} is not UTF-8") from None
    except (json.JSONDecodeError, RecursionError) as error:
        raise ActionError(f"not JSON: {error}") from None


_RUNS = frozenset(("allow", "alert", "redact"))


def _code(decisions: list[dict[str, Any]], by_decision: bool) -> int:
    return FINDINGS if by_decision and any(item["decision"] not in _RUNS for item in decisions) else CLEAN
