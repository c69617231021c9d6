"""Lines that are one command of plain words, as most lines are: parsing and expanding them would only give the words back.

What counts as plain is narrow on purpose. A test holds the words, the spans and the state that a plain line leaves against
those of the parser.
"""

from __future__ import annotations

import re

from packgate.shell.scanner import CLOSERS, RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# Characters that no shell treats specially wherever in a word they stand, and `=` behind the first word.
_PLAIN = re.compile(r"[A-Za-z0-9_@%+:,./-]++(?: ++[A-Za-z0-9_@%+:,./=-]++)*+").fullmatch
# zsh: `=name` is the path of a program.
_ZSH_NAME = re.compile(r" =").search
# First words behind which words are read in another way, and words of the grammar.
_NOT_COMMANDS = frozenset(
    ["declare", "export", "local", "readonly", "typeset", "alias", "let", "eval", "command", "builtin", "noglob", "nocorrect", "exec", "-"]
) | CLOSERS.union(*RESERVED.values(), ["[[", "]]", "function", "select", "time", "coproc"])
_LONGEST = 2_000


def plain_words(source: str, shell: str) -> list[Value] | None:
    """The words of a line that is one plain command; None when that is not certain."""
    if len(source) > _LONGEST or _PLAIN(source) is None:
        return None
    words: list[Value] = []
    words.extend(source.split())
    if words[0] in _NOT_COMMANDS or (shell == "zsh" and _ZSH_NAME(source) is not None):
        return None
    return words
