"""`git push`: the refs that change on the remote.

Sources: git-push(1) and gitrevisions(7) of git 2.47; `push.default` in git-config(1).
"""

from __future__ import annotations

from packgate.facts.fields import add_network
from packgate.facts.handlers.git_place import elsewhere, git_setting
from packgate.facts.parsers import PARSERS
from packgate.model.operation import Operation
from packgate.model.value import Glob, Hole, Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

PUSH = "push"
FORCE = "force-push"
DELETE = "delete-branch"

_FORCES = ("--force", "--force-with-lease", "--mirror")
_HEADS = ("HEAD", "@")


def handle(call: Call, session: Session, common: Fields) -> None:
    """One operation for every ref that the push changes."""
    remote = _remote(call, session)
    forced = any(call.has(option) for option in _FORCES)
    for kinds, branches in _changes(call, session, remote):
        if forced and FORCE not in kinds:
            kinds = (*kinds, FORCE)
        fields: Fields = {"operation": kinds, "effect": ("send",), "branch": branches, "remote": (remote,)}
        _add_url(fields, remote, session)
        session.operations.append(Operation(("git-action", "command"), fields, call.span, session.context.via, common))
    _add_upload(call, remote, session, common)


def _remote(call: Call, session: Session) -> Value:
    if call.operands:
        return call.operands[0]
    given = call.option("--repo") or call.option("--remote")
    if given is not None:
        return given
    branch = session.git.branch
    names = ["remote.pushdefault"]
    if isinstance(branch, str):
        names = [f"branch.{branch}.pushremote", "remote.pushdefault", f"branch.{branch}.remote"]
    for name in names:
        value = git_setting(call, session, name)
        if value is not None:
            return value
    return "origin"


def _add_url(fields: Fields, remote: Value, session: Session) -> None:
    url = session.git.remotes.get(remote, remote) if isinstance(remote, str) else remote
    if not isinstance(url, str):
        return
    if "://" in url:
        fields["url"] = (url,)
        add_network(fields)
    elif ":" in url:
        parts = PARSERS["scp"](url)
        if parts is not None:
            fields["host"] = (parts["host"],)
            add_network(fields)


def _add_upload(call: Call, remote: Value, session: Session, common: Fields) -> None:
    """The history goes to another place than the repository's own: to an address that the line itself names."""
    fields: Fields = {"operation": ("upload",), "effect": ("send",), "remote": (remote,)}
    _add_url(fields, remote, session)
    address = session.git.remotes.get(remote, remote) if isinstance(remote, str) else remote
    name = session.name
    if "network" not in fields or (name is not None and isinstance(address, str) and address.removesuffix(".git").endswith(name)):
        return
    session.operations.append(Operation(("data-transfer", "command"), fields, call.span, session.context.via, common))


def _changes(call: Call, session: Session, remote: Value) -> list[tuple[tuple[str, ...], tuple[Value, ...]]]:
    """Kinds of change and the branches they touch."""
    everything = _all_branches(session)
    if call.has("--mirror"):
        return [((PUSH, FORCE, DELETE), (*everything, _below("refs/tags/")))]
    refspecs = list(call.operands[1:])
    if call.has("--all") or call.has("--branches"):
        kinds = (PUSH, DELETE) if call.has("--prune") else (PUSH,)
        return [(kinds, everything)]
    out: list[tuple[tuple[str, ...], tuple[Value, ...]]] = []
    if call.has("--tags"):
        out.append(((PUSH,), (_below("refs/tags/"),)))
    if not refspecs:
        return out if out else _implicit(call, session, remote)
    index = 0
    while index < len(refspecs):
        if refspecs[index] == "tag" and index + 1 < len(refspecs):
            index += 1
            out.append(((PUSH,), (join(["refs/tags/", refspecs[index]]),)))
        else:
            out.append(_refspec(refspecs[index], call.has("--delete"), call, session))
        index += 1
    return out


def _refspec(word: Value, delete: bool, call: Call, session: Session) -> tuple[tuple[str, ...], tuple[Value, ...]]:
    if delete:
        return (PUSH, DELETE), (_branch(word, call, session),)
    parts = PARSERS["refspec"](word) or {"source": word, "target": word, "force": ""}
    source, target = parts["source"], parts["target"]
    kinds: tuple[str, ...] = (PUSH, FORCE) if parts.get("force") == "+" else (PUSH,)
    if source == "" and target == "":
        return kinds, _all_branches(session)
    if source == "":
        kinds = (PUSH, DELETE)
    if target == "":
        target = source
    pattern = _pattern(target)
    if pattern is not None:
        return kinds, _wild(pattern, session)
    return kinds, (_branch(target, call, session),)


def _branch(ref: Value, call: Call, session: Session) -> Value:
    """The name under which a remote ref is matched: a branch without ``refs/heads/``, anything else in full."""
    if isinstance(ref, str) and ref in _HEADS:
        return _current(call, session)
    first = ref if isinstance(ref, str) else ref.parts[0]
    if not isinstance(first, str):
        return ref
    for prefix in ("refs/heads/", "heads/"):
        if first.startswith(prefix):
            rest = first[len(prefix):]
            return rest if isinstance(ref, str) else join([rest, *ref.parts[1:]])
    return ref


def _current(call: Call, session: Session) -> Value:
    """The current branch; unknown when it is not declared or the call works in another repository."""
    branch = session.git.branch
    if branch is None or elsewhere(call, session):
        return unknown(Origin("variable", "branch"))
    return branch


def _implicit(call: Call, session: Session, remote: Value) -> list[tuple[tuple[str, ...], tuple[Value, ...]]]:
    """What a push without refspecs changes: the configured refspecs, else what ``push.default`` says."""
    configured = git_setting(call, session, f"remote.{remote}.push") if isinstance(remote, str) else None
    if configured is not None:
        return [_refspec(configured, False, call, session)]
    mode = git_setting(call, session, "push.default")
    if mode == "nothing":
        return []
    if mode == "matching":
        return [((PUSH,), _all_branches(session))]
    branch = _current(call, session)
    if mode in ("upstream", "tracking"):
        upstream = session.git.upstreams.get(branch) if isinstance(branch, str) else None
        return [((PUSH,), (upstream if upstream is not None else branch,))]
    return [((PUSH,), (branch,))]


def _all_branches(session: Session) -> tuple[Value, ...]:
    """Every branch: those that are known to exist, and any other."""
    names: list[Value] = []
    default = session.git.default_branch
    for name in (default, session.git.branch, *(() if default is not None else ("main", "master"))):
        if name is not None and name not in names:
            names.append(name)
    return (*names, Text((Glob("**"),)))


def _pattern(target: Value) -> str | None:
    """The text of a refspec with a star; unquoted it is a glob for the shell, which hardly ever finds a file of that name."""
    if isinstance(target, str):
        return target if "*" in target else None
    texts = [part if isinstance(part, str) else part.pattern for part in target.parts if not isinstance(part, Hole)]
    return "".join(texts) if len(texts) == len(target.parts) and "*" in texts else None


def _wild(target: str, session: Session) -> tuple[Value, ...]:
    name = target.removeprefix("refs/heads/")
    if name == "*":
        return _all_branches(session)
    pieces: list[Value | Glob] = []
    for index, piece in enumerate(name.split("*")):
        if index:
            pieces.append(Glob("**"))
        pieces.append(piece)
    return (join(pieces),)


def _below(prefix: str) -> Value:
    return Text((prefix, Glob("**")))
