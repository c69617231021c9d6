"""`sed` and `awk`: the files that are edited in place, and what their scripts do."""

from __future__ import annotations

from packgate.facts.fields import absolute
from packgate.facts.nested import Payload, read_code
from packgate.facts.payloads.sed import sed_commands
from packgate.facts.scripts import read_file
from packgate.facts.yields import level_environment
from packgate.model.operation import PARTIAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_DEVICES = ("/dev/stdout", "/dev/stderr")


def handle_sed(call: Call, session: Session, common: Fields) -> None:
    """What `-i` edits, and the commands `w`, `r` and `e`."""
    payload = _payload(call, session, common)
    given = [*call.options.get("--expression", ())]
    operands = list(call.operands)
    if operands and operands[0] == "" and (call.has("-i") or call.has("-I")):
        del operands[0]
    if not given and not call.has("--file") and operands:
        given.append(operands.pop(0))
    if call.has("--in-place") or call.has("-I"):
        for path in operands:
            payload.add(("modify-file",), "edit", "write", {"path": (path,), "content": tuple(given)})
    given.extend(_files("--file", "sed", payload, call))
    for script in given:
        for letter, argument in sed_commands(script) if isinstance(script, str) else ():
            _command(letter, argument, payload)


def _command(letter: str, argument: str, payload: Payload) -> None:
    if letter == "w" and argument not in _DEVICES:
        payload.add(("modify-file",), "write", "write", {"path": (argument,)})
    elif letter == "r" and argument != "/dev/stdin":
        payload.add(("read-file",), "read", "read", {"path": (argument,)})
    elif letter in ("e", "s"):
        if argument:
            payload.shell(argument)
        elif letter == "e" and isinstance(payload.stdin, str):
            # The line that is in the buffer.
            payload.shell(payload.stdin)
        else:
            payload.opaque("dynamic", PARTIAL)


def handle_awk(call: Call, session: Session, common: Fields) -> None:
    """What the program of awk runs, writes and discloses."""
    payload = _payload(call, session, common)
    programs: list[Value] = [*call.options.get("--source", ())]
    if not programs and not call.has("--file") and not call.has("--exec") and call.operands:
        programs.append(call.operands[0])
    programs.extend(_files("--file", "awk", payload, call))
    programs.extend(_files("--exec", "awk", payload, call))
    for program in programs:
        read_code(_assigned(call, program), "awk", payload)


def _files(option: str, language: str, payload: Payload, call: Call) -> list[Value]:
    """The content of the program files of an option; those that the line does not tell are reported."""
    out: list[Value] = []
    for path in call.options.get(option, ()):
        where = absolute(path, call, payload.context)
        known = payload.session.written(where) or call.state.read(path)
        if path in ("-", "/dev/stdin"):
            known = call.stdin
        if known is None:
            read_file(path, language, payload, call)
        else:
            out.append(known)
    return out


def _assigned(call: Call, program: Value) -> Value:
    """The program behind what ``-v`` assigns, as assignments of its own."""
    given = [word for word in call.options.get("--assign", ()) if isinstance(word, str) and "=" in word]
    if not given or not isinstance(program, str):
        return program
    pairs = [word.split("=", 1) for word in given]
    quoted = [name + ' = "' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' for name, value in pairs if "\n" not in value]
    return f"BEGIN {{ {'; '.join(quoted)} }}\n{program}"


def _payload(call: Call, session: Session, common: Fields) -> Payload:
    return Payload(session, session.context, call.state, call.span, common, None, level_environment(call), call.stdin)
