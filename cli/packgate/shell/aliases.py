"""Aliases that the line itself defines. They expand as text, and wherever they could: a shell that does not expand
aliases, or not on the same line, would run something else, but what the alias says is what was meant."""

from __future__ import annotations

from packgate.model.value import join
from packgate.shell.tree import Assignment, Literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import SimpleCommand, Word
    from packgate.shell.walk import Walk

# zsh's global aliases stand among the variables, under a name that no variable can have.
GLOBAL = "alias -g "


def _global(walk: Walk, word: Word | Assignment, state: State) -> str:
    """The global alias of zsh that a word names; empty when it names none."""
    name = alias_of(walk, word, state)
    return name if GLOBAL + name in state.variables else ""


def has_global(walk: Walk, node: SimpleCommand, state: State) -> bool:
    """Whether a word of a command is a global alias of zsh."""
    return any(_global(walk, word, state) for word in node.words)


def _run_global(walk: Walk, node: SimpleCommand, state: State, span: tuple[int, int]) -> int | None:
    """Walk a command with its global aliases replaced."""
    source = walk.frame.source
    names: list[str] = []
    pieces: list[Value] = []
    position = node.start
    for word in node.words:
        name = _global(walk, word, state)
        if name:
            names.append(name)
            pieces.extend((walk.resolve(source[position : word.start]), state.aliases[name]))
            position = word.end
    return _again(walk, node, [*pieces, walk.resolve(source[position : node.end])], names, state, span)


def alias_of(walk: Walk, word: Word | Assignment, state: State) -> str:
    """The alias that a word names; empty when it names none, or the one that is being expanded."""
    if isinstance(word, Assignment) or len(word.parts) != 1:
        return ""
    part = word.parts[0]
    if not isinstance(part, Literal) or part.quoted or part.text not in state.aliases:
        return ""
    if part.text in walk.active_aliases or len(walk.active_aliases) > 20:
        return ""
    return part.text


def run_alias(walk: Walk, node: SimpleCommand, name: str, state: State, span: tuple[int, int]) -> int | None:
    """Walk a command with its alias replaced, and the words after it where the alias ends in a blank. Without a name it is zsh's
    global aliases that are replaced."""
    if not name:
        return _run_global(walk, node, state, span)
    source = walk.frame.source
    names = [name]
    pieces: list[Value] = [walk.resolve(source[node.start : node.words[0].start]), state.aliases[name]]
    position = node.words[0].end
    for word in node.words[1:]:
        value = pieces[-1]
        following = alias_of(walk, word, state) if isinstance(value, str) and value[-1:] in (" ", "\t") else ""
        if not following or following in names:
            break
        names.append(following)
        pieces.extend((walk.resolve(source[position : word.start]), state.aliases[following]))
        position = word.end
    pieces.append(walk.resolve(source[position : node.end]))
    return _again(walk, node, pieces, names, state, span)


def _again(
    walk: Walk, node: SimpleCommand, pieces: list[Value], names: list[str], state: State, span: tuple[int, int]
) -> int | None:
    """Walk the text that a command has become."""
    source = walk.frame.source
    for redirect in node.redirects:
        if redirect.body is not None:
            body = source[redirect.body.start : redirect.body.end]
            delimiter = "".join(part.text for part in redirect.target.parts if isinstance(part, Literal))
            pieces.append(walk.resolve(f"\n{body}{delimiter}\n"))
    active = walk.active_aliases
    walk.active_aliases = (*active, *names)
    status = walk.code(join(pieces), state, span)
    walk.active_aliases = active
    return status
