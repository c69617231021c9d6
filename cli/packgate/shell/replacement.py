"""The new text of ``${name/pattern/new}``: since bash 5.2 an unquoted ``&`` in it stands for what was matched."""

from __future__ import annotations

from packgate.model.value import Text, join
from packgate.shell.tree import Literal, Quoted, Word

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.walk import Walk


def replacement(walk: Walk, word: Word, state: State) -> Value | list[str]:
    """The new text; a list when it holds ``&``: the pieces around the matches. In zsh and POSIX shells ``&`` is plain."""
    from packgate.shell.expand import single

    if state.shell != "bash" or not _may_hold(word):
        return single(walk, word, state)
    pieces: list[str] = [""]
    values: list[Value] = []
    for part in word.parts:
        value = single(walk, Word([part], part.start, part.end), state)
        values.append(value)
        if not isinstance(value, str):
            continue
        if isinstance(part, Quoted) or (isinstance(part, Literal) and part.quoted):
            pieces[-1] += value
        else:
            _split(value, not isinstance(part, Literal), pieces)
    whole = join(values)
    if isinstance(whole, Text):
        return whole
    return pieces[0] if len(pieces) == 1 else pieces


def _may_hold(word: Word) -> bool:
    """Whether a word can hold an unquoted ``&``: all but constants without one."""
    return any("&" in part.text if isinstance(part, Literal) else not isinstance(part, Quoted) for part in word.parts)


def _split(text: str, escapes: bool, pieces: list[str]) -> None:
    """Add text at whose ``&`` the match stands; in the result of an expansion a backslash takes that away."""
    i = 0
    while i < len(text):
        char = text[i]
        if escapes and char == "\\" and text[i + 1 : i + 2] in ("&", "\\"):
            pieces[-1] += text[i + 1]
            i += 1
        elif char == "&":
            pieces.append("")
        else:
            pieces[-1] += char
        i += 1
