"""A decision written as JSON text, several times as fast as by way of plain data; for streams of decisions.

The text is byte for byte what `json.dumps` makes of `render.to_json` without blanks; a test holds the two against each other.
"""

from __future__ import annotations

from packgate.engine.render import coverage, is_quiet, notes, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from packgate.model.decision import Decision, Match

    Text = Callable[[str], str]


def to_text(decision: Decision, mask: Text | None = None) -> str:
    """The documented form of a decision as one line of JSON, without a line end. ``mask`` as for `render.to_json`."""
    from _json import encode_basestring_ascii as quote

    hide = mask or _same
    before, after = _parts(decision, hide, quote)
    return (
        f'{{"decision_id":{quote(decision.decision_id)},"action_id":{_plain(decision.action_id, quote)},{before}'
        f'"timestamp":{_plain(decision.timestamp, quote)},{after}"bundles":{_bundles(decision.bundles, quote)}}}'
    )


def _parts(decision: Decision, hide: Text, quote: Text) -> tuple[str, str]:
    """What stands before and after the time of a decision. That of one on which there is nothing to say, as most are, is kept."""
    if not is_quiet(decision):
        return _before(decision, hide, quote), _after(decision, hide, quote)
    if not _QUIET:
        _QUIET.append((_before(decision, hide, quote), _after(decision, hide, quote)))
    return _QUIET[0]


_QUIET: list[tuple[str, str]] = []


def _before(decision: Decision, hide: Text, quote: Text) -> str:
    return (
        f'"decision":{quote(decision.decision)},"mode":{_plain(decision.mode, quote)},"would":{_plain(decision.would, quote)},'
        f'"policy_ids":{_texts(decision.policy_ids, quote)},"reason":{quote(hide(decision.reason))},'
        f'"message":{quote(hide(decision.message))},"risk_score":{decision.risk_score},'
        f'"approver_role":{_plain(decision.approver_role, quote)},"redactions":{_plain(decision.redactions, quote)},'
        f'"alerts":{_texts(decision.alerts, quote)},'
    )


def _after(decision: Decision, hide: Text, quote: Text) -> str:
    return (
        f'"analysis":{{"coverage":{quote(coverage(decision))},"notes":{_texts(map(hide, notes(decision)), quote)},'
        f'"may_match":{_texts(decision.may_match, quote)}}},'
        f'"matches":[{",".join([_match(match, hide, quote) for match in decision.matches])}],'
    )


def _bundles(bundles: list[dict[str, Any]], quote: Text) -> str:
    """The bundles of a decision, which are those of the one before."""
    if not _LAST or _LAST[0][0] != bundles:
        _LAST[:] = [([bundle.copy() for bundle in bundles], _plain(bundles, quote))]
    return _LAST[0][1]


_LAST: list[tuple[list[dict[str, Any]], str]] = []


def _match(match: Match, hide: Text, quote: Text) -> str:
    fields = [
        f"{quote(field)}:{_texts([short(hide(value)) for value in values], quote)}" for field, values in match.fields.items()
    ]
    span = match.operation.span
    return (
        f'{{"pack":{quote(match.pack)},"policy":{quote(match.policy)},"mode":{quote(match.mode)},"effective":{quote(match.effective)},'
        f'"capped_by":{_plain(match.capped_by, quote)},"waived":{"true" if match.waived else "false"},'
        f'"family":{_plain(match.family, quote)},"fields":{{{",".join(fields)}}},'
        f'"span":{"null" if span is None else f"[{span[0]},{span[1]}]"},"via":{_texts(match.operation.via, quote)}}}'
    )


def _texts(values: Iterable[str], quote: Text) -> str:
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
        return f"[{','.join([_plain(each, quote) for each in value])}]"
    return str(value)


def _same(text: str) -> str:
    return text
