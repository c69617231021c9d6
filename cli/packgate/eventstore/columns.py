"""What an event says, as typed columns for people who count: made from its line, so that they never say anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from packgate.eventstore.rows import EVENT
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

# The layout's version, in the metadata of a file's schema.
LAYOUT, VERSION = b"packgate.events", b"1"
TEXT, TEXTS, NUMBER, TRUTH, TIME, DAY = "text", "texts", "number", "truth", "time", "day"
# Names, types and where it stands: the part of the event, and the key in it. Without a part it is made by `_made`.
COLUMNS: tuple[tuple[str, str, str, str], ...] = (
    ("time", TIME, "", ""), ("day", DAY, "", ""), ("kind", TEXT, "event", "kind"), ("seq", NUMBER, "event", "seq"),
    ("file", TEXT, "", ""), ("line", NUMBER, "", ""),
    ("user", TEXT, "actor", "user"), ("groups", TEXTS, "actor", "groups"), ("team", TEXT, "actor", "team"),
    ("owner", TEXT, "actor", "owner"), ("agent", TEXT, "actor", "agent"), ("session", TEXT, "actor", "session"),
    ("repository", TEXT, "repo", "name"), ("root", TEXT, "repo", "root"), ("branch", TEXT, "repo", "branch"),
    ("environment", TEXT, "action", "environment"), ("data_classification", TEXT, "action", "data_classification"),
    ("surface", TEXT, "action", "surface"), ("tool", TEXT, "", ""), ("command", TEXT, "action", "command"),
    ("operation", TEXT, "action", "operation"), ("path", TEXT, "action", "path"), ("url", TEXT, "action", "url"),
    ("decision", TEXT, "decision", "decision"), ("mode", TEXT, "decision", "mode"), ("would", TEXT, "decision", "would"),
    ("policies", TEXTS, "", ""), ("waived", TEXTS, "", ""), ("families", TEXTS, "", ""),
    ("risk_score", NUMBER, "decision", "risk_score"), ("reason", TEXT, "decision", "reason"), ("coverage", TEXT, "analysis", "coverage"),
    ("latency_us", NUMBER, "event", "latency_us"), ("bundles", TEXTS, "", ""), ("digests", TEXTS, "", ""),
    ("action_id", TEXT, "", ""), ("decision_id", TEXT, "decision", "decision_id"), ("follows", TEXT, "event", "follows"),
    ("followed", TEXT, "outcome", "followed"), ("said", TEXT, "outcome", "said"), ("acknowledged", TRUTH, "outcome", "acknowledged"),
    ("ran", TRUTH, "outcome", "ran"), ("repeated", TRUTH, "outcome", "repeated"), ("next_decision", TEXT, "outcome", "decision"),
    ("next_mode", TEXT, "outcome", "mode"), ("result", TEXT, "outcome", "result"), ("failure", TEXT, "outcome", "failure"),
    (EVENT, TEXT, "", ""),
)
NAMES = tuple(name for name, *_ in COLUMNS)
# What files in folders of a day leave out: readers of such folders take it from their names, and stumble over a column of the same name.
DAYLESS = ("day",)
# Where the order of values, or how often each occurs, says nothing.
LONG = frozenset((EVENT, "command", "reason"))
_FIRST = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST = 1 << 63


def schema(without: Sequence[str] = ()) -> pa.Schema:
    """The columns of a file of events; some may be left out. Times are in UTC, to the microsecond."""
    import pyarrow as pa

    types = {
        TEXT: pa.string(), TEXTS: pa.list_(pa.string()), NUMBER: pa.int64(), TRUTH: pa.bool_(), TIME: pa.timestamp("us", tz="UTC"),
        DAY: pa.date32(),
    }
    return pa.schema([(name, types[kind]) for name, kind, *_ in COLUMNS if name not in without], metadata={LAYOUT: VERSION})


def left_out(columns: pa.Schema) -> tuple[str, ...] | None:
    """Which columns a file of this layout lacks: the day, where the names of folders say it. None for another layout."""
    if (columns.metadata or {}).get(LAYOUT) == VERSION:
        for without in ((), DAYLESS):
            if columns.equals(schema(without)):
                return without
    return None


class Row(NamedTuple):
    """An event with its line, and where that stands."""

    event: dict[str, Any]
    data: bytes
    file: str
    line: int


def table(found: Sequence[Row], without: Sequence[str] = ()) -> pa.Table:
    """Events as a table of `COLUMNS`, in their order: null where one does not say, or says something of another type."""
    import pyarrow as pa

    columns = schema(without)
    parts, made = _parts(found), _made(found)
    # A part that no event has is common, and quickly done.
    empty = {name for name, values in parts.items() if not any(values)}
    arrays = [
        pa.nulls(len(found), columns.field(name).type) if part in empty
        else _array([each.get(key) for each in parts[part]] if part else made[name], columns.field(name).type, kind)
        for name, kind, part, key in COLUMNS if name not in without
    ]
    return pa.Table.from_arrays(arrays, schema=columns)


def _array(values: list[Any], kind: pa.DataType, name: str) -> pa.Array:
    """A column of values as JSON has them."""
    import pyarrow as pa

    # Arrow takes a text for a list of letters, and a fraction for a number.
    if name != NUMBER and (name != TEXTS or all(each is None or isinstance(each, list) for each in values)):
        try:
            return pa.array(values, kind)
        except (pa.ArrowException, UnicodeError, TypeError):
            # A value of another type, or half a character: they are looked at one by one.
            pass
    return pa.array(map(_READ[name], values), kind)


def _parts(found: Sequence[Row]) -> dict[str, list[dict[str, Any]]]:
    """The objects in which values stand; an empty one where there is none."""
    parts = {key: [_object(each.event.get(key)) for each in found] for key in ("action", "outcome", "decision")}
    parts["event"] = [each.event for each in found]
    parts["repo"] = [_object(each.get("repo")) for each in parts["action"]]
    parts["analysis"] = [_object(each.get("analysis")) for each in parts["decision"]]
    # Of an imported event without an action its record says who.
    parts["actor"] = [
        actor if isinstance(actor := action.get("actor"), dict) else outcome if event["kind"] == "imported" else {}
        for event, action, outcome in zip(parts["event"], parts["action"], parts["outcome"], strict=True)
    ]
    return parts


def _made(found: Sequence[Row]) -> dict[str, list[Any]]:
    """The columns that are no single value of an event."""
    names = [name for name, _, part, _ in COLUMNS if not part]
    rows = []
    for event, data, file, line in found:
        action, outcome, decision = _object(event.get("action")), _object(event.get("outcome")), event.get("decision")
        server, tool = action.get("server"), action.get("tool")
        rows.append((
            *moment(event.get("time")), file, line, f"{_text(server) or ''}/{tool}" if isinstance(tool, str) else outcome.get("tool"),
            *_decided(decision if isinstance(decision, dict) else None, outcome),
            action.get("id") or _object(decision).get("action_id"), data.decode(),
        ))
    return dict(zip(names, map(list, zip(*rows, strict=True)) if rows else [[] for _ in names], strict=True))


def _decided(decision: dict[str, Any] | None, outcome: dict[str, Any]) -> tuple[Any, ...]:
    """Policies, those of them that were waived, families, bundles and their digests."""
    if decision is None:
        return outcome.get("policies"), None, None, None, None
    matches, bundles = _objects(decision.get("matches")), _objects(decision.get("bundles"))
    return (
        decision.get("policy_ids"), _distinct([each for each in matches if each.get("waived") is True], "policy"),
        _distinct(matches, "family"), [f"{each.get('pack')} {each.get('version')}" for each in bundles], _distinct(bundles, "digest"),
    )


def moment(time: object) -> tuple[int | None, int | None]:
    """A time of an event as microseconds and as days since 1970; None where it is no time."""
    return _moment(time) if isinstance(time, str) else (None, None)


@lru_cache(4096)
def _moment(text: str) -> tuple[int | None, int | None]:
    """A time as microseconds and as days since 1970."""
    found = parse(text)
    if found is None:
        return None, None
    since = found - _FIRST
    return since // _MICROSECOND, since.days


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _text(value: object) -> str | None:
    """A text that UTF-8 can hold: half a character, which JSON can name, is written out."""
    if not isinstance(value, str):
        return None
    return value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()


def _texts(value: object) -> list[str | None] | None:
    return [_text(each) for each in value if each is None or isinstance(each, str)] if isinstance(value, list) else None


def _distinct(objects: list[dict[str, Any]], key: str) -> list[str]:
    """The texts that objects have there, each once, sorted."""
    if not objects:
        return []
    return sorted({text for each in objects if (text := _text(each.get(key))) is not None})


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and -_MOST <= value < _MOST else None


def _truth(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_READ: dict[str, Any] = {TEXT: _text, TEXTS: _texts, NUMBER: _number, TRUTH: _truth}
