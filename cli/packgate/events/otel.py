"""Events as OpenTelemetry log records (OTLP), for what collects them: a collector, a SIEM.

The messages are those of the published protocol (``opentelemetry-proto``, the extra ``otel``), so that their JSON form is protobuf's own:
https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate import __version__
from packgate.errors import UserError
from packgate.times import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Severity numbers of the log data model: INFO, WARN, ERROR, FATAL.
_INFO, _WARN, _ERROR, _FATAL = (9, "INFO"), (13, "WARN"), (17, "ERROR"), (21, "FATAL")
SEVERITIES = {
    "allow": _INFO, "alert": _WARN, "redact": _WARN, "require_approval": _WARN, "deny": _ERROR, "terminate": _FATAL,
}
_OF_KINDS = {"gap": _ERROR, "approval": _WARN, "alert": _INFO, "outcome": _INFO, "checkpoint": _INFO, "imported": _INFO}
# Attributes by the keys of a decision, an action and its actor.
_DECISION = (
    "decision_id", "action_id", "decision", "mode", "would", "policy_ids", "reason", "risk_score", "approver_role", "alerts", "timestamp",
)
_ACTOR = ("agent", "session", "user", "team", "owner", "groups")
_ACTION = ("surface", "environment", "data_classification", "risk_signals", "approval")


def to_otlp_json(events: Iterable[Mapping[str, Any]]) -> str:
    """Events as one ``ExportLogsServiceRequest`` in JSON, on one line. Raises `UserError` without the extra."""
    try:
        from google.protobuf.json_format import MessageToJson
    except ImportError:
        raise UserError("OpenTelemetry needs the extra 'otel'", "pip install 'packgate[otel]'") from None
    text: str = MessageToJson(to_request(events), indent=None, ensure_ascii=True)
    return text


def to_request(events: Iterable[Mapping[str, Any]]) -> Any:
    """Events as an ``ExportLogsServiceRequest``. Raises `UserError` without the extra."""
    try:
        from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
    except ImportError:
        raise UserError("OpenTelemetry needs the extra 'otel'", "pip install 'packgate[otel]'") from None
    request = ExportLogsServiceRequest()
    resource = request.resource_logs.add()
    _add(resource.resource.attributes, {"service.name": "packgate", "service.version": __version__})
    scope = resource.scope_logs.add()
    scope.scope.name, scope.scope.version = "packgate", __version__
    for event in events:
        _fill(scope.log_records.add(), event)
    return request


def _fill(record: Any, event: Mapping[str, Any]) -> None:
    decision, action = event.get("decision") or {}, event.get("action") or {}
    kind = str(event["kind"])
    # Of an imported event the time can be unknown.
    time = parse(str(event["time"]))
    record.time_unix_nano = record.observed_time_unix_nano = 0 if time is None else int(time.timestamp()) * 1_000_000_000
    number, record.severity_text = SEVERITIES.get(decision.get("decision", ""), _OF_KINDS.get(kind, _INFO))
    record.severity_number = number
    record.event_name = f"packgate.{kind}"
    record.body.string_value = str(decision.get("reason") or kind)
    _add(record.attributes, attributes_of(event, decision, action))


def attributes_of(event: Mapping[str, Any], decision: Mapping[str, Any], action: Mapping[str, Any]) -> dict[str, Any]:
    """What an event says, flat, under names of packgate's own; what it does not say is left out."""
    actor, repo = action.get("actor") or {}, action.get("repo") or {}
    found: dict[str, Any] = {f"packgate.{name}": decision.get(name) for name in _DECISION}
    found |= {f"packgate.actor.{name}": actor.get(name) for name in _ACTOR}
    found |= {f"packgate.action.{name}": action.get(name) for name in _ACTION}
    found["packgate.redactions"] = [_redaction(item) for item in decision.get("redactions") or ()]
    bundles = decision.get("bundles") or ()
    found["packgate.bundles"] = [f"{item['pack']} {item['version']} {item['digest'] or 'sources'}" for item in bundles]
    found["packgate.repository"], found["packgate.branch"] = repo.get("name"), repo.get("branch")
    found["packgate.follows"], found["packgate.latency_us"] = event.get("follows"), event.get("latency_us")
    outcome = event.get("outcome")
    found |= {f"packgate.outcome.{name}": value for name, value in outcome.items()} if isinstance(outcome, dict) else {}
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def _redaction(item: Mapping[str, Any]) -> str:
    """A redaction in one text: policy, place and marker, as far as each is known."""
    place = item.get("path") or item.get("field")
    return ":".join(str(each) for each in (item.get("policy"), place, item.get("marker")) if each)


def _add(attributes: Any, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        item = attributes.add()
        item.key = name
        _set(item.value, value)


def _set(target: Any, value: Any) -> None:
    if isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int):
        target.int_value = value
    elif isinstance(value, (list, tuple)):
        target.array_value.SetInParent()
        for each in value:
            _set(target.array_value.values.add(), each)
    elif isinstance(value, dict):
        target.kvlist_value.SetInParent()
        _add(target.kvlist_value.values, value)
    else:
        target.string_value = str(value)
