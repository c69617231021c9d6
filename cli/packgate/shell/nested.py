"""Text that is expanded as if it stood between double quotes: prompts, values evaluated as arithmetic."""

from __future__ import annotations

from packgate.model.operation import PARTIAL
from packgate.model.value import Origin, unknown
from packgate.shell.expand import quoted_text
from packgate.shell.limits import DEPTH
from packgate.shell.parser import parse_double_quoted
from packgate.shell.walk import Frame, encode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Problem
    from packgate.shell.walk import Walk


def expand_text(walk: Walk, value: Value, state: State) -> Value:
    """Expand the parameters and substitutions in text; what they run is reported."""
    text, holes = encode(value)
    if "$" not in text and "`" not in text:
        return value
    span = walk.frame.span or (0, len(walk.frame.source))
    if walk.budget.depth >= DEPTH:
        walk.limit(f"{DEPTH} levels of nested code", span)
        return unknown(Origin("limit", "depth"))
    problems: list[Problem] = []
    word = parse_double_quoted(text, problems, state.shell)
    for problem in problems:
        walk.note("parse", problem.message, PARTIAL, span)
    frame = walk.frame
    walk.frame = Frame(text, span, holes)
    walk.budget.depth += 1
    result = quoted_text(walk, word.parts, state)
    walk.budget.depth -= 1
    walk.frame = frame
    return result


def expand_prompt(walk: Walk, value: Value, state: State) -> Value:
    """Expand a prompt string. Its backslash escapes are left as they are: they yield no code."""
    return expand_text(walk, value, state)
