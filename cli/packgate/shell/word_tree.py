"""The parts of words in the syntax tree of a shell script (see `tree`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Union

    from packgate.shell.tree import Script

    WordPart = Union["Literal", "Quoted", "Parameter", "CommandSub", "ArithmeticSub", "ProcessSub", "ExtGlob"]


class Literal:
    """Plain characters; ``quoted`` when they came from quotes or a backslash (no glob, brace or tilde meaning)."""

    __slots__ = ("end", "quoted", "start", "text")

    def __init__(self, text: str, quoted: bool, start: int, end: int) -> None:
        self.text = text
        self.quoted = quoted
        self.start = start
        self.end = end


class Quoted:
    """A double-quoted run: its parts expand without word splitting. ``""`` has no parts but makes an empty word."""

    __slots__ = ("end", "parts", "start")

    def __init__(self, parts: list[WordPart], start: int, end: int) -> None:
        self.parts = parts
        self.start = start
        self.end = end


class Parameter:
    """``$name``, ``${name…}``: ``op`` is the operator as written (``:-``, ``#``, ``//``, ``^^``, ``:`` for a substring,
    ``@`` with its letter …), ``args`` its words (one, or two for replacement and substring), ``index`` the
    subscript, ``indirect`` for ``${!name}``, ``length`` for ``${#name}``. ``${!prefix*}`` has op ``!*`` or ``!@``, and
    ``${!name[@]}`` op ``!keys``. zsh's flags stand in parentheses before the operator (``(f)``, ``(=):-``); an expansion
    within it (``${${x}%y}``) stands in ``index``, and there is no name. What no shell reads has no name and op ``bad``;
    its ``args`` still hold the expansions inside."""

    __slots__ = ("args", "end", "index", "indirect", "length", "name", "op", "start")

    def __init__(
        self,
        name: str,
        start: int,
        end: int,
        op: str = "",
        args: list[Word] | None = None,
        index: Word | None = None,
        indirect: bool = False,
        length: bool = False,
    ) -> None:
        self.name = name
        self.start = start
        self.end = end
        self.op = op
        self.args = args if args is not None else []
        self.index = index
        self.indirect = indirect
        self.length = length


class CommandSub:
    """``$(…)``, backticks, or zsh/ksh ``${ …; }``."""

    __slots__ = ("end", "script", "start")

    def __init__(self, script: Script, start: int, end: int) -> None:
        self.script = script
        self.start = start
        self.end = end


class ArithmeticSub:
    """``$((…))`` or ``$[…]``; ``body`` holds the text with its expansions."""

    __slots__ = ("body", "end", "start")

    def __init__(self, body: Word, start: int, end: int) -> None:
        self.body = body
        self.start = start
        self.end = end


class ProcessSub:
    """``<(…)``, ``>(…)`` and zsh ``=(…)``; ``direction`` is ``<``, ``>`` or ``=``."""

    __slots__ = ("direction", "end", "script", "start")

    def __init__(self, direction: str, script: Script, start: int, end: int) -> None:
        self.direction = direction
        self.script = script
        self.start = start
        self.end = end


class ExtGlob:
    """``@(a|b)`` and its kin, and a zsh group ``(a|b)`` (kind ``@``) or glob qualifier ``(N)`` (kind ``qualifier``)."""

    __slots__ = ("alternatives", "end", "kind", "start")

    def __init__(self, kind: str, alternatives: list[Word], start: int, end: int) -> None:
        self.kind = kind
        self.alternatives = alternatives
        self.start = start
        self.end = end


class Word:
    """A word before expansion."""

    __slots__ = ("end", "parts", "start")

    def __init__(self, parts: list[WordPart], start: int, end: int) -> None:
        self.parts = parts
        self.start = start
        self.end = end
