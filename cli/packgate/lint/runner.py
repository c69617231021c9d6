"""Run the rules over a context, and take out what is suppressed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.diagnostics import Diagnostic, Edit, Fix, Position
from packgate.lint.registry import CRASHED, MALFORMED, RETIRED, RULES, UNEXPLAINED, UNUSED, rule_of
from packgate.lint.rule import resolve
from packgate.lint.suppress import read_suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packgate.lint.context import LintContext
    from packgate.lint.rule import Rule
    from packgate.lint.suppress import Malformed, Suppression
    from packgate.source.file import SourceFile


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules run: those of ``select`` (all when it is empty) without those of ``ignore``. An entry is a code or the beginning
    of codes (``PG22``)."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def includes(self, code: str) -> bool:
        """Whether a rule runs."""
        chosen = not self.select or any(code.startswith(entry) for entry in self.select)
        return chosen and not any(code.startswith(entry) for entry in self.ignore)


ALL = Selection()


def lint(context: LintContext, selection: Selection = ALL, rules: Sequence[Rule] = RULES) -> list[Diagnostic]:
    """What the rules find, sorted, without what is suppressed; findings about the suppressions themselves included."""
    found = [diagnostic for rule in rules if selection.includes(rule.code) for diagnostic in _run(rule, context)]
    directives: list[Suppression] = []
    malformed: list[Malformed] = []
    for file in _once(context.files):
        read, wrong = read_suppressions(file)
        directives += read
        malformed += wrong
    kept, used = _without_suppressed(found, directives)
    kept += _about_suppressions(directives, malformed, used, selection)
    return sorted(set(kept), key=Diagnostic.sort_key)


def _run(rule: Rule, context: LintContext) -> list[Diagnostic]:
    try:
        return [resolve(finding, rule) for finding in rule.check(context)]
    except Exception as error:
        from packgate.guard.detectors import mask

        files = context.files
        position = Position(files[0].path if files else context.root or ".")
        text = f"the rule {rule.code} ({rule.name}) crashed: {type(error).__name__}: {mask(str(error))}"
        return [Diagnostic(CRASHED.code, text, position, CRASHED.severity, hint="this is a defect of packgate; the other rules went on")]


def _once(files: Iterable[SourceFile]) -> list[SourceFile]:
    return list({file.path: file for file in files}.values())


def _without_suppressed(
    found: list[Diagnostic], directives: list[Suppression]
) -> tuple[list[Diagnostic], set[tuple[str, int, str]]]:
    """The findings that no directive covers; and which codes of which directives covered one."""
    by_file: dict[str, list[Suppression]] = {}
    for directive in directives:
        by_file.setdefault(directive.file.path, []).append(directive)
    kept: list[Diagnostic] = []
    used: set[tuple[str, int, str]] = set()
    for finding in found:
        covering = [each for each in by_file.get(finding.position.file, ()) if each.covers(finding)]
        used.update((each.file.path, each.line, finding.code) for each in covering)
        if not covering or finding.code == CRASHED.code:
            kept.append(finding)
    return kept, used


def _about_suppressions(
    directives: list[Suppression], malformed: list[Malformed], used: set[tuple[str, int, str]], selection: Selection
) -> list[Diagnostic]:
    out = []
    if selection.includes(MALFORMED.code):
        out += [_at(MALFORMED, each, each.problem) for each in malformed]
        out += [_at(MALFORMED, each, _unknown(code)) for each in directives for code in each.codes if rule_of(code) is None]
    if selection.includes(UNEXPLAINED.code):
        out += [
            _at(UNEXPLAINED, each, f"the suppression of {', '.join(each.codes)} gives no reason",
                hint=f"write it behind the bracket: # packgate: ignore[{', '.join(each.codes)}] because …")
            for each in directives if not each.reason.strip()
        ]
    if selection.includes(UNUSED.code):
        for each in directives:
            codes = [code for code in each.codes if rule_of(code) is not None]
            idle = [code for code in codes if selection.includes(code) and (each.file.path, each.line, code) not in used]
            if idle:
                rest = [code for code in each.codes if code not in idle]
                out.append(_at(UNUSED, each, f"nothing here is reported as {', '.join(idle)}", fix=_shorten(each, rest)))
    return out


def _unknown(code: str) -> str:
    if code in RETIRED:
        return f"{code} is no longer a rule: {RETIRED[code]}"
    return f"{code} is not a lint rule; only lint rules can be suppressed"


def _at(rule: Rule, each: Suppression | Malformed, message: str, hint: str | None = None, fix: Fix | None = None) -> Diagnostic:
    position = Position(each.file.path, each.line, each.column, each.line, len(each.file.lines[each.line - 1]) + 1)
    return each.file.diagnostic(rule.code, message, position, severity=rule.severity, hint=hint, fix=fix)


def _shorten(each: Suppression, rest: list[str]) -> Fix | None:
    """Remove the codes that are idle; the whole comment when none is left."""
    text = each.file.text
    starts = _line_starts(text)
    if len(starts) != len(each.file.lines):
        return None
    line = each.file.lines[each.line - 1]
    start = starts[each.line - 1]
    if rest:
        opening, closing = line.index("[", each.column - 1), line.index("]", each.column - 1)
        edit = Edit(each.file.path, start + opening + 1, start + closing, ", ".join(rest))
        return Fix("remove the codes that are not reported", (edit,))
    before = line[: each.column - 1]
    if before.strip():
        edit = Edit(each.file.path, start + len(before.rstrip()), start + len(line), "")
    else:
        end = starts[each.line] if each.line < len(starts) else len(text)
        edit = Edit(each.file.path, start, end, "")
    return Fix("remove the suppression", (edit,))


def _line_starts(text: str) -> list[int]:
    starts = [0]
    for index, char in enumerate(text):
        if char == "\n" or (char == "\r" and text[index + 1 : index + 2] != "\n"):
            starts.append(index + 1)
    return starts
