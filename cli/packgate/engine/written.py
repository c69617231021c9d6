"""A decision written as JSON text, several times as fast as by way of plain data; for streams of decisions.

The text is byte for byte what `json.dumps` makes of `render.to_json` without blanks; a test holds the two against each other.
"""

from __future__ import annotations

from packgate.engine.reasons import NO_MATCH
from packgate.engine.render import coverage, is_quiet, notes, redaction, short
from packgate.model.decision import Decision
from packgate.model.operation import Analysis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from packgate.model.decision import Match

    Text = Callable[[str], str]


def to_text(decision: Decision, mask: Text | None = None) -> str:
    """The documented form of a decision as one line of JSON, without a line end. ``mask`` as for `render.to_json`."""
    from _json import encode_basestring_ascii as quote

    before, after = _quiet(quote) if is_quiet(decision) else (_before(decision, mask, quote), _after(decision, mask, quote))
    action, time = decision.action_id, decision.timestamp
    return (
        f'{{"decision_id":{quote(decision.decision_id)},"action_id":{"null" if action is None else quote(action)},{before}'
        f'"timestamp":{"null" if time is None else quote(time)},{after}"bundles":{_bundles(decision.bundles, quote)}}}'
    )


def _quiet(quote: Text) -> tuple[str, str]:
    """What stands before and after the time of a decision on which there is nothing to say, as most are."""
    if not _QUIET:
        nothing = Decision("", None, None, Analysis([], []))
        nothing.reason = NO_MATCH
        _QUIET.append((_before(nothing, None, quote), _after(nothing, None, quote)))
    return _QUIET[0]


_QUIET: list[tuple[str, str]] = []


def _before(decision: Decision, hide: Text | None, quote: Text) -> str:
    reason, message = decision.reason, decision.message
    redactions = decision.redactions
    if hide is not None:
        redactions = [redaction(item, hide) for item in redactions]
        reason, message = hide(reason), hide(message)
    return (
        f'"decision":"{decision.decision}","mode":{_name(decision.mode)},"would":{_name(decision.would)},'
        f'"policy_ids":{_texts(decision.policy_ids, quote)},"reason":{quote(reason)},'
        f'"message":{quote(message) if message else _EMPTY},"risk_score":{decision.risk_score},'
        f'"approver_role":{_plain(decision.approver_role, quote)},"redactions":{_plain(redactions, quote)},'
        f'"alerts":{_texts(decision.alerts, quote)},'
    )


_EMPTY = '""'


def _name(word: str | None) -> str:
    """A mode or None."""
    return "null" if word is None else f'"{word}"'


def _after(decision: Decision, hide: Text | None, quote: Text) -> str:
    said = notes(decision)
    if hide is not None:
        said = [hide(text) for text in said]
    return (
        f'"analysis":{{"coverage":"{coverage(decision)}","notes":{_texts(said, quote)},'
        f'"may_match":{_texts(decision.may_match, quote)}}},'
        f'"matches":[{",".join([_match(match, hide, quote) for match in decision.matches])}],'
    )


def _bundles(bundles: list[dict[str, Any]], quote: Text) -> str:
    """The bundles of a decision, which are those of the one before."""
    if not _LAST or _LAST[0][0] != bundles:
        _LAST[:] = [([bundle.copy() for bundle in bundles], _plain(bundles, quote))]
    return _LAST[0][1]


_LAST: list[tuple[list[dict[str, Any]], str]] = []


def _match(match: Match, hide: Text | None, quote: Text) -> str:
    fields = []
    for field, values in match.fields.items():
        if hide is not None:
            values = [hide(value) for value in values]
        fields.append(f"{_quoted(field, quote)}:{_texts([short(value) for value in values], quote)}")
    span = match.operation.span
    return (
        f'{_head(match, quote)}"fields":{{{",".join(fields)}}},'
        f'"span":{"null" if span is None else f"[{span[0]},{span[1]}]"},"via":{_texts(match.operation.via, quote)}}}'
    )


def _head(match: Match, quote: Text) -> str:
    """What a match says of its policy, which is the same for most matches of it."""
    key = (match.pack, match.policy, match.mode, match.effective, match.capped_by, match.waived, match.family)
    known = _HEADS.get(key)
    if known is None:
        if len(_HEADS) >= _MOST_REMEMBERED:
            _HEADS.clear()
        known = _HEADS[key] = (
            f'{{"pack":{quote(match.pack)},"policy":{quote(match.policy)},"mode":{quote(match.mode)},"effective":{quote(match.effective)},'
            f'"capped_by":{_plain(match.capped_by, quote)},"waived":{"true" if match.waived else "false"},'
            f'"family":{_plain(match.family, quote)},'
        )
    return known


_HEADS: dict[tuple[object, ...], str] = {}


def _quoted(field: str, quote: Text) -> str:
    """The name of a field, of which there are few."""
    known = _NAMES.get(field)
    if known is None:
        if len(_NAMES) >= _MOST_REMEMBERED:
            _NAMES.clear()
        known = _NAMES[field] = quote(field)
    return known


_NAMES: dict[str, str] = {}
_MOST_REMEMBERED = 2_000


def _texts(values: Sequence[str], quote: Text) -> str:
    if not values:
        return "[]"
    if len(values) == 1:
        return f"[{quote(values[0])}]"
    return f"[{','.join([quote(value) for value in values])}]"


def _plain(value: Any, quote: Text) -> str:
    """Any plain data."""
    if isinstance(value, str):
        return quote(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return f"{{{','.join([f'{quote(key)}:{_plain(each, quote)}' for key, each in value.items()])}}}"
    if isinstance(value, (list, tuple)):
        return f"[{','.join([_plain(each, quote) for each in value])}]" if value else "[]"
    return str(value)
