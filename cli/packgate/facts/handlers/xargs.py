"""`xargs` and GNU `parallel`: a command with words from standard input or from a list.

Sources: xargs(1) of GNU findutils 4.10, parallel(1).
"""

from __future__ import annotations

from packgate.facts.fields import text_of
from packgate.facts.nested import run_limited, within
from packgate.facts.parsers import split_values
from packgate.facts.words import split_words
from packgate.model.value import Origin, join, unknown
from packgate.shell.evaluate import evaluate, run_argv
from packgate.shell.fields import size_of
from packgate.shell.limits import TEXT_SIZE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Part, Value

_REPLACE = ("-I", "-i", "--replace", "-J")


def handle_xargs(call: Call, session: Session, common: Fields) -> Value | None:
    """Run the command once for each chunk of input words."""
    command: list[Value] = call.operands or ["echo"]
    text = _input(call, session)
    replace = next((call.option(name) for name in _REPLACE if call.option(name) is not None), None)
    if replace is None and any(call.has(name) for name in _REPLACE):
        replace = "{}"
    words = _split(text, call, lines=replace is not None)
    context = session.context.inside("xargs")
    runs: list[list[Value]] = []
    if isinstance(replace, str):
        runs = [[_replace(word, replace, item) for word in command] for item in words]
    elif words:
        size = _size(call, len(words))
        runs = [[*command, *words[start:start + size]] for start in range(0, len(words), size)]
    elif not call.has("--no-run-if-empty"):
        runs = [command]
    outputs = [
        within(session, context, lambda argv=argv: run_argv(  # type: ignore[misc]
            argv, call.state, session, call.span, variables=call.variables
        ))
        for argv in run_limited(runs, session, call)
    ]
    return join(outputs) if len(outputs) == len(runs) else None


def _input(call: Call, session: Session) -> Value:
    path = call.option("--arg-file")
    if path is not None:
        known = call.state.read(path)
        return known if known is not None else session.content(path)
    return call.stdin if call.stdin is not None else unknown(Origin("input"))


def _size(call: Call, count: int) -> int:
    for option in ("--max-args", "-n", "--max-lines", "-L"):
        value = call.option(option)
        if isinstance(value, str) and value.isdigit() and int(value) > 0:
            return int(value)
    return max(count, 1)


def _split(text: Value, call: Call, lines: bool) -> list[Value]:
    """The items of the input."""
    delimiter = call.option("--delimiter")
    if call.has("--null"):
        delimiter = "\0"
    if isinstance(delimiter, str) and delimiter:
        delimiter = {"\\n": "\n", "\\0": "\0", "\\t": "\t"}.get(delimiter, delimiter)
    elif lines:
        delimiter = "\n"
    else:
        return split_words(text)
    if isinstance(text, str):
        return [item for item in text.split(delimiter) if item.strip("\n")] if not lines else _stripped(text.split(delimiter))
    return split_values(text, "words")


def _stripped(items: list[str]) -> list[Value]:
    return [item.strip() for item in items if item.strip()]


def _replace(word: Value, mark: str, item: Value) -> Value:
    if not isinstance(word, str) or not mark or mark not in word:
        return word
    if word.count(mark) * size_of(item) > TEXT_SIZE:
        return unknown(Origin("limit", "text"))
    out: list[Value | Part] = []
    for index, piece in enumerate(word.split(mark)):
        if index:
            out.append(item)
        out.append(piece)
    return join(out)


def handle_parallel(call: Call, session: Session, common: Fields) -> Value | None:
    """Run the command line, which parallel gives to a shell, once for each item of ``:::`` or of the input."""
    words = call.operands
    marks = [index for index, word in enumerate(words) if word in (":::", ":::+", "::::")]
    command = words[:marks[0]] if marks else words
    items: list[Value] = []
    if marks and words[marks[0]] != "::::":
        end = marks[1] if len(marks) > 1 else len(words)
        items = words[marks[0] + 1:end]
    elif not marks and call.stdin is not None:
        items = _stripped(call.stdin.split("\n")) if isinstance(call.stdin, str) else split_values(call.stdin, "words")
    else:
        items = [unknown(Origin("input"))]
    context = session.context.inside("parallel")
    line = text_of(command)
    for item in run_limited(items, session, call):
        if not command:
            code = item
        elif isinstance(line, str) and "{" in line:
            code = _replace(line, "{}", item)
        else:
            code = join([line, " ", item])
        within(session, context, lambda code=code: evaluate(  # type: ignore[misc]
            code, call.state.child("sh"), session, call.span
        ))
    return None
