"""The operations that the catalog's rules yield for a call."""

from __future__ import annotations

from packgate.facts.call import ACTIVE, HELP
from packgate.facts.fields import absolute, add_network, add_scope, environment_of, is_device
from packgate.facts.origins import sent_fields
from packgate.facts.paths import without_variable
from packgate.model.operation import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.facts.call import Call
    from packgate.facts.context import Context
    from packgate.facts.fields import Fields
    from packgate.facts.program import GivenRule
    from packgate.facts.session import Session
    from packgate.model.value import Value

GENERIC = ("command",)
_ONCE = (None,)


def rule_operations(call: Call, context: Context, session: Session, common: Fields) -> list[Operation]:
    """The operations of all rules of the call's level that hold."""
    out: list[Operation] = []
    if call.neutral == HELP:
        return out
    base: list[Value] | None = None
    for given in call.given.rules:
        if call.neutral != ACTIVE and not given.rule.even_if_neutral:
            continue
        if base is None:
            base = level_environment(call)
        condition = given.condition
        items: Sequence[Value | None] = _ONCE if given.each is None else given.each.values(call, None)
        for it in items:
            if condition is None or condition.holds(call, it):
                operation = _operation(given, call, it, context, session, common, base)
                if operation is not None:
                    out.append(operation)
    return out


def _is_address(value: Value) -> bool:
    """Whether a URL stands where the program also takes a path."""
    return isinstance(value, str) and "://" in value and not value.startswith("file:")


def level_environment(call: Call) -> list[Value]:
    """The values of the level's environment sources."""
    if not call.given.environment:
        return []
    if call.environment is None:
        call.environment = [value for source in call.given.environment for value in source.values(call, None)]
    return list(call.environment)


def _operation(
    given: GivenRule, call: Call, it: Value | None, context: Context, session: Session, common: Fields, base: list[Value]
) -> Operation | None:
    rule = given.rule
    fields: Fields = rule.literal.copy()
    for name, source, is_path in given.fields:
        values = source.values(call, it)
        if is_path:
            addresses = [value for value in values if _is_address(value)]
            if addresses:
                fields.setdefault("url", tuple(addresses))
            values = [absolute(value, call, context) for value in values if value != "-" and value not in addresses]
        if values:
            fields[name] = tuple(values)
    if rule.is_file:
        kept = tuple([path for path in fields.get("path", ()) if not is_device(path)])
        if not kept:
            return None
        if rule.effect == "delete":
            kept += tuple(path for path in map(without_variable, kept) if path is not None)
        fields["path"] = kept
        add_scope(fields, session, context)
    if given.sends:
        sent = [value for source in given.sends for value in source.values(call, it)]
        for name, found in sent_fields(sent, call).items():
            fields.setdefault(name, found)
    if base or given.environment or context.environment or session.selected:
        _add_environment(fields, given, call, it, context, session, base)
    if "host" in fields or "url" in fields:
        add_network(fields)
    return Operation(rule.families, fields, call.span, context.via, common)


def _add_environment(
    fields: Fields, given: GivenRule, call: Call, it: Value | None, context: Context, session: Session, base: list[Value]
) -> None:
    """The environment that the call's names tell, else the one that the line has switched its provider to."""
    if given.environment:
        named = base + [value for source in given.environment for value in source.values(call, it)]
        environment = environment_of(named, context, session)
    else:
        if call.settled is None:
            call.settled = environment_of(base, context, session)
        environment = call.settled
    if session.selected and not environment:
        provider = fields.get("provider")
        if provider:
            environment = session.selected.get(provider[0], ())
    if environment:
        fields["environment"] = environment
