"""Whether bash splits what a word expands to, beside what `IFS` says."""

from __future__ import annotations

from packgate.shell.tree import Literal, Parameter, Quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.tree import WordPart


def is_split(parts: list[WordPart]) -> bool:
    """False for a word whose last unquoted ``$`` stands for itself: bash splits nothing of it, unless it holds a list."""
    return not _ends_in_dollar(parts) or any(_is_list(part) for part in parts)


def _ends_in_dollar(parts: list[WordPart]) -> bool:
    for part in reversed(parts):
        if isinstance(part, Literal):
            if part.text == "$" and part.end - part.start == 1:
                return True
        elif not isinstance(part, Quoted):
            return False
    return False


def _is_list(part: WordPart) -> bool:
    """Whether a part is ``$@``, ``$*`` or all elements of an array, or quotes that hold ``$@`` or its like."""
    if isinstance(part, Quoted):
        return any(sign(inner) == "@" for inner in part.parts)
    found = sign(part)
    # `${*}` and `${!x[*]}` do not count, `$*` and `${x[*]}` do.
    if found != "*" or not isinstance(part, Parameter):
        return found == "@"
    return part.op != "!keys" and (part.name != "*" or part.end - part.start == 2)


def sign(part: WordPart) -> str:
    """The sign of a list, empty for all else."""
    if not isinstance(part, Parameter):
        return ""
    first = part.index.parts[0] if part.index is not None and part.index.parts else None
    text = first.text if isinstance(first, Literal) else part.name
    return text if text in ("@", "*") else ""
