"""`git checkout`, `git switch`, `git branch`: the branch that later commands of the line stand on, and its upstream."""

from __future__ import annotations

import re

from packgate.facts.handlers.git_place import elsewhere
from packgate.model.value import Origin, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_CREATE = ("-b", "-B", "--create", "--force-create", "--orphan")
_FILE = re.compile(r".*\.[A-Za-z]{1,4}$|\.{0,2}/.*|\.+$|:")


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """Remember the new branch, or print the current one."""
    if elsewhere(call, session):
        return None
    if call.has("--show-current") or ((call.has("--abbrev-ref") or call.words[-1:] == ["symbolic-ref"]) and call.operands == ["HEAD"]):
        return session.git.branch
    if call.words[-1:] in (["rev-parse"], ["symbolic-ref"]):
        return session.repository if call.has("--show-toplevel") else None
    _remember(call, session)
    return None


def _remember(call: Call, session: Session) -> None:
    if call.words[-1:] == ["branch"]:
        _branch(call, session)
        return
    created = next((call.option(name) for name in _CREATE if call.has(name)), None)
    if created is not None:
        session.git.branch = created
        start = call.operands[0] if call.operands else None
        if start is not None:
            _track(created, start, session)
    elif call.has("--track") and call.operands:
        name = _short(call.operands[0])
        session.git.branch = name
        _track(name, call.operands[0], session)
    elif call.has("--detach") or call.operands[:1] == ["-"]:
        session.git.branch = unknown(Origin("variable", "branch"))
    elif len(call.operands) == 1 and call.after is None and not _is_file(call, call.operands[0]):
        session.git.branch = call.operands[0]


def _is_file(call: Call, word: Value) -> bool:
    """Whether `git checkout WORD` rather restores a file; `git switch` never does."""
    return call.words[-1:] == ["checkout"] and isinstance(word, str) and _FILE.match(word) is not None


def _branch(call: Call, session: Session) -> None:
    upstream = call.option("--set-upstream-to")
    if upstream is not None:
        name = call.operands[0] if call.operands else session.git.branch
        if name is not None:
            _track(name, upstream, session)
    elif (call.has("--move") or call.has("-M")) and call.operands:
        if len(call.operands) == 1 or call.operands[0] == session.git.branch:
            session.git.branch = call.operands[-1]
    elif call.has("--track") and len(call.operands) == 2:
        _track(call.operands[0], call.operands[1], session)


def _track(branch: Value, upstream: Value, session: Session) -> None:
    """``origin/x`` becomes the upstream of a branch."""
    if isinstance(branch, str) and isinstance(upstream, str) and "/" in upstream:
        session.git.upstreams[branch] = _short(upstream)


def _short(upstream: Value) -> Value:
    """``x`` of ``origin/x`` and ``refs/remotes/origin/x``."""
    if not isinstance(upstream, str):
        return upstream
    return upstream.removeprefix("refs/remotes/").partition("/")[2] or upstream
