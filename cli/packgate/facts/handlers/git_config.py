"""`git config`, `git remote`: settings that decide what later commands of the line do. And aliases."""

from __future__ import annotations

from packgate.facts.handlers.git_place import git_setting
from packgate.facts.nested import within
from packgate.facts.parsers import split_values
from packgate.model.value import join
from packgate.shell.evaluate import evaluate, run_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_READS = ("--get", "--get-all", "--get-regexp", "--list", "--unset", "--unset-all", "--edit")


def handle(call: Call, session: Session, common: Fields) -> None:
    """Remember a setting or a remote."""
    operands = call.operands
    if call.words[:1] == ["remote"]:
        if call.words[-1] in ("add", "set-url") and len(operands) > 1 and isinstance(operands[0], str):
            session.git.remotes[operands[0]] = operands[1]
        return
    if operands[:1] == ["set"]:
        operands = operands[1:]
    if len(operands) > 1 and isinstance(operands[0], str) and not any(call.has(option) for option in _READS):
        session.git.set(operands[0], operands[1])


def expand_alias(call: Call, session: Session, common: Fields) -> Value | None:
    """A sub-command that git does not have: an alias that the call or the line defines."""
    if not call.operands or not isinstance(call.operands[0], str):
        return None
    alias = git_setting(call, session, f"alias.{call.operands[0]}")
    if alias is None:
        return None
    rest = call.argv[call.argv.index(call.operands[0]) + 1:]
    context = session.context.inside("git")
    state = call.state
    head = alias if isinstance(alias, str) else alias.parts[0]
    if isinstance(head, str) and head.startswith("!"):
        code: list[Value] = [alias[1:] if isinstance(alias, str) else join([head[1:], *alias.parts[1:]])]
        for word in rest:
            code.extend((" ", word))
        return within(session, context, lambda: evaluate(join(code), state.child("sh"), session, call.span, stdin=call.stdin))
    argv: list[Value] = ["git", *split_values(alias, "words"), *rest]
    return within(session, context, lambda: run_argv(argv, state, session, call.span, stdin=call.stdin))
