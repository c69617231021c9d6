"""Processes that Python code starts."""

from __future__ import annotations

from packgate.facts.paths import normalise
from packgate.facts.payloads.python_calls import RUNS_ARGV
from packgate.facts.payloads.python_objects import Class, Instance, Lib, PathText, Some, derived, text_of, words_of
from packgate.model.value import Origin, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.payloads.python_eval import Evaluator
    from packgate.model.value import Value

_DONE = Class("CompletedProcess", [], {})


def run(lib: Lib, name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """Run what ``subprocess``, ``os`` and their kin are given; what the call returns."""
    machine.count_command()
    if "()" in name:
        return _later(lib, name, arguments, keywords, machine)
    if name.startswith("sh.") and name not in ("sh.Command", "sh.bake"):
        return machine.payload.run([name[3:].replace("_", "-"), *(text_of(item) for item in arguments)])
    if name.startswith("sh.") or name == "sh":
        return derived(arguments)
    if name.startswith("subprocess.") and name.rpartition(".")[2] not in ("run", "call", "check_call", "check_output", "Popen", "getoutput",
                                                                          "getstatusoutput"):
        return derived(arguments)
    output = start(name, arguments, keywords, machine)
    if name == "subprocess.Popen":
        made = Lib("subprocess.Popen()", lib)
        made.arguments, made.keywords = arguments, keywords
        return made
    if name.endswith(("check_output", "getoutput", ".popen")):
        return output
    if name.endswith("getstatusoutput"):
        return [derived([]), output]
    if name == "subprocess.run":
        done = Instance(_DONE)
        done.attributes.update({"stdout": output, "stderr": derived([]), "returncode": derived([])})
        return done
    return derived([])


def start(name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> Value:
    """Start one process; its output as far as it is known."""
    given = list(arguments)
    for word in ("args", "cmd", "command"):
        if word in keywords and not given:
            given.append(keywords[word])
    if not given:
        return ""
    payload = machine.payload
    state, stdin = payload.state, payload.stdin
    if keywords.get("cwd") is not None:
        payload.state = state.copy()
        payload.state.cwd = normalise(text_of(keywords["cwd"]), state.cwd)
    environment = keywords.get("env")
    if isinstance(environment, dict) and any(key for key in environment):
        payload.state = payload.state.copy()
        for key, thing in environment.items():
            if key:
                payload.state.variables[key] = text_of(thing)
                payload.state.exported.add(key)
    if "input" in keywords:
        payload.stdin = text_of(keywords["input"])
    elif name.startswith("subprocess.") and "stdin" in keywords:
        payload.stdin = _stream(keywords["stdin"])
    try:
        return _start(name, given, keywords, machine)
    finally:
        payload.state, payload.stdin = state, stdin


def _stream(thing: object) -> Value | None:
    return None if isinstance(thing, int) else text_of(thing)


def _start(name: str, given: list[object], keywords: dict[str, object], machine: Evaluator) -> Value:
    payload = machine.payload
    first = given[0]
    words = words_of(first) if name in RUNS_ARGV else None
    if name.startswith(("os.exec", "os.spawn", "os.posix_spawn")):
        rest = given[2 if name.startswith("os.spawn") else 1:]
        words = _vector(rest)
        program = text_of(given[1] if name.startswith("os.spawn") and len(given) > 1 else first)
        words = [program, *words[1:]]
    elif name == "asyncio.create_subprocess_exec":
        words = [text_of(item) for item in given]
    elif name in ("pexpect.spawn", "pty.spawn") and len(given) > 1 and isinstance(given[1], list):
        words = [text_of(first), *(words_of(given[1]) or [])]
    if words is not None:
        if keywords.get("shell") is True and words:
            return payload.shell(words[0])
        if words and not (len(words) == 1 and _is_unknown(words[0])):
            return payload.run(words)
        if words:
            payload.unreadable(words[0])
        return ""
    if isinstance(first, Some):
        payload.unreadable(derived([first]))
        return ""
    code = text_of(first)
    if not _is_unknown(code) or isinstance(first, PathText):
        return payload.shell(code)
    payload.unreadable(code)
    return unknown(Origin("command", ""))


def _vector(things: list[object]) -> list[Value]:
    """The argument vector of ``os.execvp(file, args)`` and ``os.execlp(file, *args)``."""
    for thing in things:
        words = words_of(thing)
        if words is not None:
            return words
    return [text_of(thing) for thing in things if not isinstance(thing, dict)]


def _is_unknown(value: Value) -> bool:
    return not isinstance(value, str) and not any(isinstance(part, str) for part in value.parts) and not any(
        getattr(part, "choices", ()) for part in value.parts
    )


def _later(lib: Lib, name: str, arguments: list[object], keywords: dict[str, object], machine: Evaluator) -> object:
    """What is written to a process that runs: ``Popen(["sh"], stdin=PIPE).communicate(b"…")``."""
    process: Lib | None = lib
    while process is not None and process.name != "subprocess.Popen()":
        process = process.parent
    last = name.rpartition(".")[2]
    written = keywords.get("input", arguments[0] if arguments else None) if last in ("communicate", "write", "writelines", "sendline",
                                                                                     "send") else None
    if process is not None and written is not None:
        output = start("subprocess.Popen", process.arguments, {**process.keywords, "input": written}, machine)
        return [output, derived([])]
    if last == "communicate":
        return [derived([]), derived([])]
    if name.startswith("sh."):
        return machine.payload.run([lib.name[3:].partition("(")[0], *(text_of(item) for item in arguments)])
    return derived(arguments)
