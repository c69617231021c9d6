"""Lines and commands of plain or quoted words, as most are: parsing and expanding them would only give the words back.

What counts as plain is narrow on purpose. A test holds the words, the spans and the state that a plain line leaves against
those of the parser.
"""

from __future__ import annotations

import re

from packgate.shell.scanner import CLOSERS, RESERVED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value

# Characters that no shell treats specially wherever in a command word they stand.
PLAIN_NAME = r"[A-Za-z0-9_@%+:,./-]++"
# A tilde inside a word: only at its start and behind `=` and `:` does it stand for a folder.
_TILDE = r"(?<=[A-Za-z0-9_@%+,./^-])~"
# Behind the first word also `=`, `^` and such tildes (not for zsh).
_PLAIN = re.compile(rf"{PLAIN_NAME}(?: (?:[A-Za-z0-9_@%+:,./=^ -]++|{_TILDE})*+(?<! ))?+").fullmatch
# There also pieces in quotes in which nothing is expanded, escaped punctuation, and braces around a name or nothing (`{}`, `stash@{0}`).
QUOTED_WORD = (
    r"(?:[A-Za-z0-9_@%+:,./=^-]++|'[ -&(-~¡-\ud7ff]*+'|\"[ !#%-\[\]-_a-~¡-\ud7ff]*+\"|\\[!-/:-@\[-`{-~]"
    rf"|{_TILDE}|\{{[A-Za-z0-9_]*+\}})++"
)
_QUOTED = re.compile(rf"{PLAIN_NAME}(?: ++{QUOTED_WORD})*+").fullmatch
_WORDS = re.compile(QUOTED_WORD).findall
_PIECES = re.compile(r"'([^']*)'|\"([^\"]*)\"|\\(.)|([^'\"\\]+)").findall
# zsh: `=name` is the path of a program; some of its options make patterns of `^` and `~`.
_ZSH_SPECIAL = re.compile(r" =|[~^]").search
# First words behind which words are read in another way, and words of the grammar.
NOT_COMMANDS = frozenset(
    ["declare", "export", "local", "readonly", "typeset", "alias", "let", "eval", "command", "builtin", "noglob", "nocorrect", "exec", "-"]
) | CLOSERS.union(*RESERVED.values(), ["[[", "]]", "function", "select", "time", "coproc"])
_LONGEST = 2_000


def plain_words(source: str, shell: str) -> list[Value] | None:
    """The words of a line that is one plain command; None when that is not certain."""
    if len(source) > _LONGEST:
        return None
    words: list[Value] = []
    if _PLAIN(source) is not None:
        words.extend(source.split())
    elif ("'" in source or '"' in source or "\\" in source or "{" in source) and shell != "zsh" and _QUOTED(source) is not None:
        words.extend(unquoted_words(source))
    else:
        return None
    if words[0] in NOT_COMMANDS or (shell == "zsh" and _ZSH_SPECIAL(source) is not None):
        return None
    return words


def unquoted_words(source: str) -> list[str]:
    """The words of plain or quoted ones with blanks between them, without their quotes."""
    # Most words have none, which is told without a call for each.
    return [_unquoted(word) if "'" in word or '"' in word or "\\" in word else word for word in _WORDS(source)]


def _unquoted(word: str) -> str:
    """A word that has quotes without them."""
    if word[0] == word[-1] == "'" and word.count("'") == 2:
        return word[1:-1]
    return "".join(["".join(piece) for piece in _PIECES(word)])
