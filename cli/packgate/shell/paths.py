"""Paths as the shell resolves them for ``cd`` and its kin: lexically, without looking at any file system."""

from __future__ import annotations

from packgate.model.value import Glob, Hole, join
from packgate.shell.partial import one_of, variants

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value


def normal(path: str) -> str:
    """A path without ``.``, ``..`` and repeated slashes."""
    if path[:1] == "/" and "//" not in path and "/." not in path and path[-1] != "/":
        return path
    out: list[str] = []
    for piece in path.split("/"):
        if piece == "..":
            if out and out[-1] != "..":
                out.pop()
            elif not path.startswith("/"):
                out.append("..")
        elif piece and piece != ".":
            out.append(piece)
    text = "/".join(out)
    return "/" + text if path.startswith("/") else text or "."


def resolve_path(cwd: Value, path: Value) -> Value:
    """A path relative to a folder, normalised as far as it is known."""
    if isinstance(path, str) and isinstance(cwd, str):
        return normal(path if path.startswith("/") else cwd + "/" + path)
    first = path if isinstance(path, str) else path.parts[0]
    if isinstance(first, str) and first.startswith("/"):
        whole: Value = path
    elif isinstance(first, Hole) and variants(path) is None:
        # An unknown start may make it absolute.
        return path
    else:
        whole = join((cwd, "/", path))
    texts = variants(whole)
    if texts is not None:
        return one_of([normal(text) for text in texts])
    return _normal_parts(whole)


def _normal_parts(value: Value) -> Value:
    """Normalise the known components of a partly known path; one that is unknown stays, and ``..`` removes it only
    when it is a single name."""
    parts: tuple[Part, ...] = (value,) if isinstance(value, str) else value.parts
    components: list[list[Part]] = [[]]
    for part in parts:
        if not isinstance(part, str):
            components[-1].append(part)
            continue
        pieces = part.split("/")
        components[-1].append(pieces[0])
        components.extend([piece] for piece in pieces[1:])
    out: list[list[Part]] = []
    for component in components:
        text = join(component)
        if text in ("", "."):
            continue
        if text == ".." and out and all(_within_name(part) for part in out[-1]):
            out.pop()
        else:
            out.append(component)
    pieces_out: list[Value | Part] = []
    for i, component in enumerate(out):
        if i or (isinstance(parts[0], str) and parts[0].startswith("/")):
            pieces_out.append("/")
        pieces_out.extend(component)
    return join(pieces_out)


def _within_name(part: Part) -> bool:
    """Whether a piece is known to hold no slash."""
    if isinstance(part, Hole):
        return part.chars != "any"
    return not (isinstance(part, Glob) and part.pattern == "**")
