"""Operators of Python on things."""

from __future__ import annotations

import ast
import operator

from packgate.facts.payloads.python_objects import Class, Function, Instance, Lib, PathText, Some, derived, is_known, joined, text_of
from packgate.facts.payloads.python_pure import LARGEST, NotFolded, percent
from packgate.model.value import Text, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_NUMBERS: dict[type[ast.operator], Callable[[int, int], object]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
    ast.BitXor: operator.xor, ast.BitOr: operator.or_, ast.BitAnd: operator.and_, ast.RShift: operator.rshift,
    ast.Div: operator.truediv,
}
_COMPARES: dict[type[ast.cmpop], Callable[..., bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b, ast.Is: operator.eq, ast.IsNot: operator.ne,
}
_BIG = 1 << 64


def binary(kind: ast.operator, left: object, right: object) -> object:
    """``left op right``."""
    if isinstance(left, PathText) or isinstance(right, PathText):
        if isinstance(kind, ast.Div):
            return PathText(under(text_of(left), text_of(right)))
        return joined([left, right])
    if isinstance(kind, ast.Add):
        return _add(left, right)
    if isinstance(kind, ast.Mult):
        return _repeat(left, right)
    if isinstance(kind, ast.Mod) and isinstance(left, (str, Text, bytes)):
        return _percent(left, right)
    if isinstance(left, int) and isinstance(right, int) and abs(left) < _BIG and abs(right) < _BIG and type(kind) in _NUMBERS:
        try:
            return _NUMBERS[type(kind)](left, right)
        except (ZeroDivisionError, ValueError, OverflowError):
            return derived([])
    if isinstance(kind, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
        return {**left, **right}
    if isinstance(kind, ast.Div):
        # A path of unknown origin with a known end.
        return joined([left, "/", right]) if isinstance(left, Text) and isinstance(right, (str, Text)) else derived([left, right])
    return derived([left, right])


def under(folder: str | Text, name: str | Text) -> str | Text:
    """A path below a folder, as ``os.path.join`` makes it."""
    if isinstance(name, str) and name.startswith("/"):
        return name
    if isinstance(folder, str) and (folder.endswith("/") or not folder):
        return join([folder, name])
    return join([folder, "/", name])


def _add(left: object, right: object) -> object:
    if isinstance(left, list) and isinstance(right, list):
        return [*left, *right] if len(left) + len(right) <= LARGEST else derived([left, right])
    if isinstance(left, list) or isinstance(right, list):
        known, other = (left, right) if isinstance(left, list) else (right, left)
        rest: object = other if isinstance(other, Some) else Some(derived([other]))
        return [*known, rest] if known is left else [rest, *known]  # type: ignore[misc]
    if isinstance(left, bytes) and isinstance(right, bytes):
        return left + right if len(left) + len(right) <= LARGEST else derived([left, right])
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left + right
    return joined([left, right])


def _repeat(left: object, right: object) -> object:
    if isinstance(right, (str, bytes, list)):
        left, right = right, left
    if isinstance(left, (str, bytes, list)) and isinstance(right, int):
        if len(left) * max(right, 0) <= LARGEST:
            return left * right
        return derived([left])
    if isinstance(left, int) and isinstance(right, int) and abs(left) < _BIG and abs(right) < _BIG:
        return left * right
    return derived([left, right])


def _percent(left: str | Text | bytes, right: object) -> object:
    if isinstance(left, str):
        if is_known(right):
            try:
                return percent(left, right)
            except NotFolded:
                return derived([left, right])
        pieces = left.replace("%r", "%s").replace("%d", "%s").split("%s")
        given = right if isinstance(right, list) else [right]
        if len(pieces) == len(given) + 1 and not isinstance(right, dict):
            out: list[object] = [pieces[0]]
            for item, piece in zip(given, pieces[1:], strict=True):
                out.extend((item, piece))
            return joined(out)
    return derived([left, right])


def unary(kind: ast.unaryop, thing: object) -> object:
    """``-x``, ``not x``, ``~x``."""
    if isinstance(kind, ast.Not):
        truth = is_true(thing)
        return derived([]) if truth is None else not truth
    if isinstance(thing, (int, float)) and isinstance(kind, ast.USub):
        return -thing
    if isinstance(thing, int) and isinstance(kind, ast.Invert):
        return ~thing
    return thing if isinstance(kind, ast.UAdd) else derived([thing])


def compare(kinds: list[ast.cmpop], things: list[object]) -> object:
    """``a < b < c``: a truth value, or unknown. It discloses nothing of what is compared."""
    if not all(is_known(thing) for thing in things):
        return derived([])
    try:
        return all(_COMPARES[type(kind)](things[index], things[index + 1]) for index, kind in enumerate(kinds))
    except TypeError:
        return derived([])


def is_true(thing: object) -> bool | None:
    """Whether a thing counts as true; None when that is not known."""
    if isinstance(thing, (list, dict)):
        return bool(thing)
    if is_known(thing):
        return bool(thing)
    if isinstance(thing, (Function, Class, Instance, PathText)):
        return True
    if isinstance(thing, Lib) and "(" not in thing.name and "[" not in thing.name and thing.parent is None:
        return True
    return None


def subscript(thing: object, key: object) -> object:
    """``thing[key]``."""
    if isinstance(thing, dict):
        name = key if isinstance(key, str) else str(key)
        if is_known(key) and name in thing:
            return thing[name]
        return derived(list(thing.values()))
    if isinstance(thing, (str, bytes, list)) and isinstance(key, (int, slice)) and not isinstance(key, bool):
        if isinstance(thing, list) and any(isinstance(item, Some) for item in thing):
            return derived([thing])
        try:
            return thing[key]
        except (IndexError, ValueError):
            return derived([thing])
    if isinstance(thing, Some):
        return Some(thing.item) if isinstance(key, slice) else thing.item
    if isinstance(thing, Instance):
        return derived([thing])
    return derived([thing])
