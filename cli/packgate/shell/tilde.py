"""Tilde expansion: ``~``, ``~user``, ``~+``, ``~-``; and zsh's ``=command``."""

from __future__ import annotations

from packgate.shell.tree import Literal, Parameter, Quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.shell.state import State
    from packgate.shell.tree import WordPart

# zsh's named directories stand among the variables, under a name that no variable can have.
FOLDER = "hash -d "
# What names of accounts hold beside letters and digits.
_IN_NAMES = str.maketrans("_-.", "aaa")
_SHORT = {"": "HOME", "+": "PWD", "-": "OLDPWD"}


def tilde(part: Literal, state: State, last: bool) -> list[WordPart]:
    """Expand the tilde at the start of a word's first literal; ``last`` when nothing follows the literal."""
    text = part.text
    if not text.startswith("~"):
        assign = _assignment_prefix(text) if state.shell != "sh" else 0
        if assign:
            head = Literal(text[:assign], False, part.start, part.end)
            return [head, *tilde_assignment(Literal(text[assign:], False, part.start, part.end), state, True, last)]
        return [part]
    ends = [at for at in (text.find("/"), text.find(":") if state.shell == "bash" else -1) if at > 0]
    slash = min(ends, default=-1)
    if slash < 0 and not last:
        return [part]
    name = text[1:slash] if slash > 0 else text[1:]
    if state.shell == "bash" and "=~" in name:
        # What bash makes of `~=~` depends on the tildes that it has expanded before.
        return [_parameter("~", part), *_rest(text, slash, part)]
    if name.lstrip("+-").isdigit() and state.shell != "dash":
        # The stack of folders: its top is the working folder.
        if state.folders:
            return [_parameter("~", part), *_rest(text, slash, part)]
        return [_parameter("PWD", part), *_rest(text, slash, part)] if not int(name.lstrip("+-")[:9]) else [part]
    home = _home(name, part) if state.shell != "zsh" else _named(name, part, state) or _home(name, part)
    if home is None:
        return [part]
    return [home, *_rest(text, slash, part)]


def _parameter(name: str, part: Literal) -> WordPart:
    """A parameter in quotes; `~` is none, so that it is unknown."""
    return Quoted([Parameter(name, part.start, part.end)], part.start, part.end)


def _rest(text: str, slash: int, part: Literal) -> list[WordPart]:
    """What follows a tilde prefix."""
    return [Literal(text[slash:], False, part.start, part.end)] if slash > 0 else []


def tilde_assignment(part: Literal, state: State, first: bool, last: bool) -> list[WordPart]:
    """Expand the tildes of an assignment's value: at its start and after each colon."""
    pieces = part.text.split(":")
    out: list[WordPart] = []
    for i, piece in enumerate(pieces):
        if i:
            out.append(Literal(":", False, part.start, part.end))
        literal = Literal(piece, False, part.start, part.end)
        if piece.startswith("~") and (first or i):
            out.extend(tilde(literal, state, last or i < len(pieces) - 1))
        elif piece:
            out.append(literal)
    return out


def names_command(part: Literal) -> bool:
    """Whether a literal is zsh's ``=command``, which stands for the path of a program."""
    name = part.text[1:]
    return not part.quoted and part.text[:1] == "=" and name.replace("-", "a").replace("_", "a").isalnum()


def is_assignment(part: WordPart) -> bool:
    """Whether the first part of a word makes it look like an assignment."""
    return isinstance(part, Literal) and not part.quoted and _assignment_prefix(part.text) > 0


def _assignment_prefix(text: str) -> int:
    """The length of ``name=`` when a word looks like an assignment: bash expands tildes there too; else 0."""
    equals = text.find("=")
    name = text[:equals] if equals > 0 else ""
    return equals + 1 if name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit() else 0


def _named(name: str, part: Literal, state: State) -> WordPart | None:
    """A directory that zsh knows by name: given to ``hash -d``, or a variable that holds an absolute path."""
    for known in (FOLDER + name, name):
        value = state.variables.get(known)
        if isinstance(value, str) and value[:1] == "/" and name not in _SHORT:
            return _parameter(known, part)
    return None


def _home(name: str, part: Literal) -> WordPart | None:
    if name in _SHORT:
        return _parameter(_SHORT[name], part)
    if name == "root":
        return Literal("/root", True, part.start, part.end)
    if (name[0].isalpha() or name[0] == "_") and name.translate(_IN_NAMES).isalnum():
        return Literal("/home/" + name, True, part.start, part.end)
    return None
