"""`tar`: what is read, written and started, in new and old style.

Source: tar(1) of GNU tar 1.35 and of libarchive 3.7.
"""

from __future__ import annotations

from packgate.facts.fields import absolute, add_scope, is_device
from packgate.facts.nested import within
from packgate.facts.parsers import PARSERS
from packgate.facts.paths import normalise
from packgate.facts.words import split_words
from packgate.model.operation import Operation
from packgate.shell.command import Command
from packgate.shell.evaluate import evaluate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_MODES = {"--create": "c", "--append": "r", "--update": "u", "--extract": "x", "--list": "t", "--diff": "t"}
# Letters of the old style that take the next word.
_WITH_VALUE = "fbCgKLNTXVHIF"
_PROGRAMS = ("--to-command", "--use-compress-program", "--info-script", "--rsh-command", "--rmt-command")


def handle(call: Call, session: Session, common: Fields) -> Value | None:
    """The operations of a tar call."""
    added = call.state.env("TAR_OPTIONS")
    if added is not None and added != "":
        state = call.state.copy()
        state.variables["TAR_OPTIONS"] = ""
        state.temporary.pop("TAR_OPTIONS", None)
        argv = [*(_new_style(call.argv) or call.argv), *split_words(added)]
        return session.named(call.program, Command(argv, state, call.span, call.stdin, (), call.variables))
    # Before the old style is rewritten there is no option at all.
    mode = next((letter for option, letter in _MODES.items() if call.has(option) or call.has("-" + letter)), None) if call.options else None
    if mode is None:
        modern = _new_style(call.argv)
        return None if modern is None else session.named(
            call.program, Command(modern, call.state, call.span, call.stdin, (), call.variables)
        )
    files = _Files(call, session, common)
    archive = call.option("--file")
    members = [operand for operand in call.operands if operand != "-"]
    if mode in ("c", "r", "u"):
        for member in members:
            files.add("read-file", "copy", "read", member)
        files.archive("modify-file", "write", "write", archive)
        if call.has("--remove-files"):
            for member in members:
                files.add("delete-file", "delete", "delete", member)
    elif mode == "t":
        files.archive("read-file", "inspect", "read", archive)
    else:
        files.archive("read-file", "read", "read", archive)
        if not call.has("--to-stdout"):
            files.add("modify-file", "extract", "write", ".")
    names = call.option("--files-from")
    if names is not None and names != "-":
        files.add("read-file", "load", "read", names)
    _programs(call, session)
    return None


class _Files:
    """Adds file operations of one call, members relative to the folder of ``-C``."""

    __slots__ = ("call", "common", "folder", "session")

    def __init__(self, call: Call, session: Session, common: Fields) -> None:
        self.call = call
        self.session = session
        self.common = common
        self.folder = absolute(call.option("--directory") or ".", call, session.context)

    def archive(self, family: str, operation: str, effect: str, path: Value | None) -> None:
        """The archive itself: not with standard streams or another host."""
        if path is not None and path != "-" and PARSERS["local"](path) is not None:
            self._add(family, operation, effect, absolute(path, self.call, self.session.context))

    def add(self, family: str, operation: str, effect: str, path: Value) -> None:
        """A member, or the folder itself."""
        self._add(family, operation, effect, normalise(path, self.folder))

    def _add(self, family: str, operation: str, effect: str, path: Value) -> None:
        if is_device(path):
            return
        context = self.session.context
        fields: Fields = {"operation": (operation,), "effect": (effect,), "path": (path,)}
        add_scope(fields, self.session, context)
        self.session.operations.append(Operation((family, "command"), fields, self.call.span, context.via, self.common))


def _new_style(argv: list[Value]) -> list[Value] | None:
    """``tar cfb a.tar 20 x`` as ``tar -c -f a.tar -b 20 x``; None when the first word is not of the old style."""
    if len(argv) < 2:
        return None
    letters, rest = argv[1], argv[2:]
    if not isinstance(letters, str) or not letters.isalpha():
        return None
    out: list[Value] = [argv[0]]
    for letter in letters:
        out.append("-" + letter)
        if letter in _WITH_VALUE and rest:
            out.append(rest.pop(0))
    return [*out, *rest] if any(letter in "crutx" for letter in letters) else None


def _programs(call: Call, session: Session) -> None:
    codes: list[Value] = []
    for option in _PROGRAMS:
        code = call.option(option)
        if code is not None:
            codes.append(code)
    declared = call.level.options.get("--checkpoint-action")
    for action in call.options.get(declared.key if declared is not None else "--checkpoint-action", ()):
        parts = PARSERS["keyval"](action)
        if parts is not None and parts["name"] == "exec":
            codes.append(parts["value"])
    context = session.context.inside("tar")
    for code in codes:
        within(session, context, lambda code=code: evaluate(  # type: ignore[misc]
            code, call.state.child("sh"), session, call.span, stdin=call.stdin
        ))
