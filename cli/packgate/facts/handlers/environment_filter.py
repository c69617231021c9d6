"""`grep`, `cut`, `sed`, `awk` and `wc` behind a dump of the environment: what is disclosed is what they let through.

``env | grep NODE`` prints some variables, ``env | cut -d= -f1`` only their names and ``env | wc -l`` only their number. Where the
pattern is plain, the dump becomes a print of the variables that it names; where it can match anything, the dump stays.
"""

from __future__ import annotations

import re

from packgate.model.operation import Operation
from packgate.model.value import origins_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

# Between the dump and the filter: what keeps the lines as they are.
_PASSING = frozenset(("cat", "sort", "uniq", "grep", "egrep", "fgrep", "ggrep", "rgrep"))
# A plain pattern: one that is anchored at the name's start or end, or that is written like a name and not like a value.
_NAME = re.compile(r"\^([A-Za-z_][A-Za-z0-9_]*)=?(?:\.\*)?|([A-Za-z_][A-Za-z0-9_]*)=(?:\.\*)?|([A-Z_][A-Z0-9_]{2,})")
# Options with which no value is printed.
_NOTHING = ("-q", "-c", "-l", "-L")
# What leaves only the names in the scripts of sed and awk.
_SED_NAMES = re.compile(r"s([/|#,])=\.\*\1=?\1g?")
_AWK_NAMES = re.compile(r"\{\s*print\s*\(?\s*\$1\s*\)?\s*;?\s*\}")
# Beginnings and middles of the names of secrets: to look for one of these is to look for all of them.
_BROAD = frozenset((
    "ANTHROPIC", "API", "ARM", "AUTH", "AWS", "AZURE", "CLOUDFLARE", "CRED", "DATABASE", "DATADOG", "DB", "DOCKER", "GCP", "GH", "GITHUB",
    "GITLAB", "GOOGLE", "HEROKU", "JIRA", "KEY", "MONGO", "MYSQL", "NPM", "OPENAI", "PASS", "PG", "POSTGRES", "PRIVATE", "PW", "PYPI",
    "REDIS", "SENTRY", "SLACK", "SMTP", "STRIPE", "TWILIO", "VAULT",
))


def handle(call: Call, session: Session, _common: Fields) -> Value | None:
    """Narrow the dump that the call reads from its standard input."""
    found = _dump(call, session)
    if found is None:
        return None
    names = _names(call)
    if names is None:
        return None
    dump = session.operations[found]
    narrowed = [_printed(dump, name) for name in names] or [_listed(dump)]
    session.operations[found:found + 1] = narrowed
    return None


def _dump(call: Call, session: Session) -> int | None:
    """The place of the operation whose output the call reads."""
    own = 0 if call.program.endswith(("cut", "wc")) or call.has("-e") else 1
    if call.stdin is None or len(call.operands) > own:
        return None
    programs = {origin.detail for origin in origins_of(call.stdin) if origin.kind == "command"}
    if not programs or any(origin.kind not in ("command", "listed") for origin in origins_of(call.stdin)):
        return None
    for index in range(len(session.operations) - 1, -1, -1):
        operation = session.operations[index]
        if operation.families[0] == "environment-exposure":
            source = str(operation.get("program")[0])
            # What has done something with it in between (`tee`) has had all of it.
            alone = source in programs and not (programs - _PASSING - {source}) and all(
                later.families == ("command",) for later in session.operations[index + 1:]
            )
            return index if alone and operation.get("operation") == ("dump",) else None
    return None


def _names(call: Call) -> list[str] | None:
    """The variables that come through; None when any may."""
    if call.program.endswith("cut"):
        return [] if call.option("-d") == "=" and call.option("-f") == "1" else None
    if call.program.endswith("wc"):
        return []
    if call.program.endswith(("sed", "awk")):
        return [] if _keeps_names(call) else None
    if any(call.has(option) for option in _NOTHING):
        return []
    patterns = call.options.get("--regexp") or call.operands[:1]
    if call.has("-v") or not patterns:
        return None
    names: list[str] = []
    for pattern in patterns:
        if not isinstance(pattern, str):
            return None
        for choice in re.split(r"\\?\|", pattern.strip("()")):
            match = _NAME.fullmatch(choice.upper() if call.has("-i") else choice)
            name = (match.group(1) or match.group(2) or match.group(3)) if match is not None else None
            if name is None or name.strip("_") in _BROAD:
                return None
            names.append(name)
    return names


def _keeps_names(call: Call) -> bool:
    """Whether a script of sed or awk leaves nothing but the names."""
    script = call.option("-e") if call.has("-e") else call.operands[0] if call.operands else None
    if not isinstance(script, str) or call.has("-f"):
        return False
    if call.program.endswith("sed"):
        return _SED_NAMES.fullmatch(script.strip()) is not None
    return call.option("-F") == "=" and _AWK_NAMES.fullmatch(script.strip()) is not None


def _printed(dump: Operation, name: str) -> Operation:
    fields: Fields = {"operation": ("print",), "effect": ("read",), "variable": (name,)}
    return Operation(dump.families, fields, dump.span, dump.via, dump.common)


def _listed(dump: Operation) -> Operation:
    """Names alone disclose nothing: the command itself stays."""
    return Operation(("command",), {}, dump.span, dump.via, dump.common)
