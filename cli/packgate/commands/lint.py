"""`packgate lint`: hold packs, policies and the files around them against the lint rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from packgate import clock
from packgate.commands.shared import DEFAULT_PACK, exit_code, format_option, open_cache, print_findings
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS
from packgate.report import make_report

if TYPE_CHECKING:
    from packgate.diagnostics import Diagnostic
    from packgate.lint.fix import Change
    from packgate.lint.runner import Selection
    from packgate.lint.targets import Target
    from packgate.report import Report

# A fix can make another possible; this many rounds are more than any file needs.
_ROUNDS = 10


@dataclass(frozen=True, slots=True)
class LintOptions:
    """What the command line asks for."""

    names: tuple[str, ...]
    selection: Selection
    today: str


@click.command("lint")
@click.argument("names", nargs=-1, metavar="[PACK|PATH]...")
@format_option
@click.option("--fix", is_flag=True, help="Apply safe fixes to the files.")
@click.option("--diff", is_flag=True, help="Print what --fix would change as a unified diff; write nothing.")
@click.option("--strict", is_flag=True, help="Warnings fail, too.")
@click.option(
    "--select", "select", multiple=True, metavar="CODES",
    help="Only these rules: PG212, or PG21 for PG210 to PG219; PG0 and PG1 for the files alone.",
)
@click.option("--ignore", "ignore", multiple=True, metavar="CODES", help="Not these rules.")
@click.option("--at", metavar="TIME", help="The day or time against which waivers are held (2026-01-31). Default: today, UTC.")
@click.option("--list-rules", is_flag=True, help="List the rules and exit.")
@click.option("--explain", "explained", metavar="CODE", help="Explain a code and exit.")
def command(
    names: tuple[str, ...], form: str, fix: bool, diff: bool, strict: bool, select: tuple[str, ...], ignore: tuple[str, ...],
    at: str | None, list_rules: bool, explained: str | None,
) -> int:
    """Check packs, policies and settings.

    Without names: the repository's settings, context, assignments and every pack of packs/. A name is a pack, a folder or a file; a
    file that belongs to a pack is checked with it. A finding is suppressed by a comment on its line or above it:
    # packgate: ignore[PG212] reason

    \b
    Examples:
      packgate lint
      packgate lint packs/recommended --strict --format github
      packgate lint --fix
      packgate lint --explain PG215
    """
    if list_rules or explained is not None:
        click.echo(_rules() if explained is None else _explanation(explained))
        return CLEAN
    options = LintOptions(names, _selection(select, ignore), _day(at))
    if diff:
        return _show_diff(options)
    fixed = _fix_files(options) if fix else 0
    targets = _open(options)
    findings = [found for target in targets for found in _findings(target, options.selection)]
    print_findings(_report(findings, fixed), form)
    return exit_code(findings, strict)


def _open(options: LintOptions) -> list[Target]:
    from packgate.lint.targets import open_targets

    return open_targets(options.names, today=options.today, cache=open_cache(), default_pack=DEFAULT_PACK)


def _findings(target: Target, selection: Selection) -> list[Diagnostic]:
    from packgate.lint.runner import lint

    return target.reported([*target.diagnostics, *lint(target.context, selection)])


def _plan(target: Target, selection: Selection) -> list[Change]:
    from packgate.lint.fix import plan

    return plan(_findings(target, selection), target.context.files)


def _fix_files(options: LintOptions) -> int:
    """Apply safe fixes until there are none; how many were applied."""
    from packgate.lint.fix import FixRefused, write

    count = 0
    for _ in range(_ROUNDS):
        planned = [(target, change) for target in _open(options) for change in _plan(target, options.selection)]
        if not planned:
            break
        for target, change in planned:
            try:
                write(change, target.roots)
            except FixRefused as refused:
                raise UserError(str(refused)) from None
            count += len(change.titles)
    return count


def _show_diff(options: LintOptions) -> int:
    from packgate.guard.detectors import mask

    changes = [change for target in _open(options) for change in _plan(target, options.selection)]
    for change in changes:
        click.echo(mask(change.diff()), nl=False)
    return FINDINGS if changes else CLEAN


def _report(findings: list[Diagnostic], fixed: int) -> Report:
    from packgate.lint.registry import TITLES
    from packgate.source import codes

    report = make_report(findings, titles={**codes.TITLES, **TITLES})
    fixable = sum(found.fix is not None and found.fix.safe for found in report.findings)
    notes = [f"{fixed} fixed"] if fixed else []
    notes += [f"{fixable} can be fixed with --fix"] if fixable else []
    if not notes:
        return report
    return make_report(findings, titles=report.titles, summary="; ".join([report.closing, *notes]))


def _selection(select: tuple[str, ...], ignore: tuple[str, ...]) -> Selection:
    from packgate.lint.registry import RULES
    from packgate.lint.runner import Selection
    from packgate.source.codes import TITLES
    from packgate.source.suggest import did_you_mean

    # What is wrong with a file itself (PG0, PG1) is said whatever is selected.
    known = [*(rule.code for rule in RULES), *TITLES]
    chosen = []
    for option, given in (("--select", select), ("--ignore", ignore)):
        entries = tuple(entry.strip().upper() for item in given for entry in item.split(",") if entry.strip())
        for entry in entries:
            if not any(code.startswith(entry) for code in known):
                hint = did_you_mean(entry, known) or "see packgate lint --list-rules"
                raise UserError(f"{option} {entry}: no rule's code begins so", hint)
        chosen.append(entries)
    return Selection(*chosen)


def _day(at: str | None) -> str:
    from packgate.engine.waivers import utc_day

    if at is None:
        return clock.today()
    day = utc_day(at)
    if day is None:
        raise UserError(f"--at {at}: expected a day such as 2026-01-31")
    return f"{day[0]:04}-{day[1]:02}-{day[2]:02}"


def _rules() -> str:
    from packgate.lint.registry import RULES

    return "\n".join(f"{rule.code}  {rule.severity.value:8} {'fix' if rule.fix else '   '}  {rule.title}" for rule in RULES)


def _explanation(code: str) -> str:
    from packgate.lint.registry import RETIRED, TITLES, rule_of
    from packgate.source import codes
    from packgate.source.suggest import did_you_mean

    wanted = code.strip().upper()
    rule = rule_of(wanted)
    if rule is not None:
        parts = [f"{rule.code} {rule.name} ({rule.severity.value}): {rule.title}", rule.explanation.strip()]
        return "\n\n".join([*parts, *([f"--fix: {rule.fix}"] if rule.fix else [])])
    if wanted in codes.TITLES:
        return f"{wanted}: {codes.TITLES[wanted]}\n\nReported while files are loaded; it can't be suppressed."
    if wanted in RETIRED:
        return f"{wanted} is no longer a rule: {RETIRED[wanted]}"
    raise UserError(f"there is no code {code!r}", did_you_mean(wanted, [*TITLES, *codes.TITLES]))


