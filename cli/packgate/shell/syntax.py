r"""Regular expressions and character sets of the shell grammar.

Blank is only space and tab. ``J`` is a run of line continuations (backslash-newline), which may stand inside any word
or operator. The two expressions that every line needs are compiled at import, the others at their first use. All of
them are linear: repetitions are possessive.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Final

    Match = Callable[[str, int, int], re.Match[str] | None]

J: Final = r"(?:\\\n)*+"
NAME: Final = r"[A-Za-z_][A-Za-z0-9_]*+"
JOINED_NAME: Final = r"[A-Za-z_](?:[A-Za-z0-9_]|\\\n)*+"
META: Final = r" \t\n\r;&|<>()"
SPECIAL: Final = META + r"$`\\\"'"


class Lazy:
    """A regular expression that is compiled when it is first used."""

    __slots__ = ("compiled", "flags", "text")

    def __init__(self, text: str, flags: int = 0) -> None:
        self.text = text
        self.flags = flags
        self.compiled: re.Pattern[str] | None = None

    def pattern(self) -> re.Pattern[str]:
        """The compiled expression."""
        if self.compiled is None:
            self.compiled = re.compile(self.text, self.flags)
        return self.compiled

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        """Match at ``start``, seeing nothing from ``end`` on."""
        compiled = self.compiled
        if compiled is None:
            compiled = self.pattern()
        return compiled.match(text, start, end)


# --- on the path of every line --------------------------------------------------------------------------------------

# A whole word without any special character, with the blanks before it.
PLAIN_WORD = re.compile(rf"[ \t]*+([^{SPECIAL}#][^{SPECIAL}]*+)(?=[ \t\n;&|)]|\Z)").match
# The same in command position, where a parenthesis or redirection may follow directly.
COMMAND_WORD = re.compile(rf"[^{SPECIAL}#][^{SPECIAL}]*+(?=[ \t\n;&|()]|[<>](?!\()|\Z)").match

# --- on demand ------------------------------------------------------------------------------------------------------

# What may stand between tokens on one line, with a comment.
SKIP: Final = Lazy(r"[ \t]*+(?:#[^\n]*+)?").match
# Unquoted characters within a word.
RUN: Final = Lazy(rf"[^{SPECIAL}]++").match
# Characters and escapes within double quotes.
DOUBLE_RUN: Final = Lazy(r"(?:[^\"$`\\]++|\\.)++", re.DOTALL).match
PARAMETER: Final = Lazy(rf"\$(?:({NAME})|([0-9@*#?$!-]))").match
ASSIGNMENT: Final = Lazy(rf"({NAME})(?:(\+?=)|\[)").match
OPERATOR: Final = Lazy(r";;&|;;|;&|;\||;|&&|&>>|&>|&[!|](?=[ \t\n;)]|\Z)|&|\|\||\|&|\||\)|\n").match
REDIRECTION: Final = Lazy(
    rf"(?:([0-9]{{1,9}}+)|\{{({NAME})\}})?+(<<<|<<-|<<|<>|<&|>>|>\||>&|[<>](?!\())|(&>>|&>)"
).match

# The same with line continuations.
JOINED_SKIP: Final = Lazy(r"(?:[ \t]++|\\\n)*+(?:#[^\n]*+)?")
JOINED_RUN: Final = Lazy(rf"(?:[^{SPECIAL}]++|\\\n)++")
JOINED_ASSIGNMENT: Final = Lazy(rf"({JOINED_NAME})(?:(\+?{J}=)|\[)")
JOINED_OPERATOR: Final = Lazy(
    rf";{J};{J}&|;{J};|;{J}&|;{J}\||;|&{J}&|&{J}>{J}>|&{J}>|&{J}[!|](?=[ \t\n;)]|\Z)|&|\|{J}\||\|{J}&|\||\)|\n"
)
JOINED_REDIRECTION: Final = Lazy(
    rf"(?:([0-9](?:[0-9]|\\\n){{0,8}}+)|\{{({JOINED_NAME})\}})?+{J}"
    rf"(<{J}<{J}<|<{J}<{J}-|<{J}<|<{J}>|<{J}&|>{J}>|>{J}\||>{J}&|[<>](?!{J}\())|(&{J}>{J}>|&{J}>)"
)
JOINED_WORD: Final = Lazy(rf"(?:[^{SPECIAL}#]|\\\n)(?:[^{SPECIAL}]++|\\\n)*+(?=[ \t\n;&|()]|[<>](?!{J}\()|\Z)")
ESCAPES: Final = Lazy(r"(?:\\[^\n])++")
HEREDOC_RUN: Final = Lazy(r"(?:[^$`\\]++|\\.)++", re.DOTALL)
DOUBLE_ESCAPE: Final = Lazy(r'\\(?:\n|([$`"\\]))')
HEREDOC_ESCAPE: Final = Lazy(r"\\(?:\n|([$`\\]))")
BRACE_ESCAPE: Final = Lazy(r'\\(?:\n|([$`"\\}]))')
JOINED_PARAMETER: Final = Lazy(rf"\${J}(?:({JOINED_NAME})|([0-9@*#?$!-]))")
ANSI_C: Final = Lazy(r"((?:[^'\\]++|\\.)*+)'", re.DOTALL)
BACKTICKS: Final = Lazy(r"((?:[^`\\]++|\\.)*+)`", re.DOTALL)
PARAMETER_NAME: Final = Lazy(rf"({JOINED_NAME}|[0-9](?:[0-9]|\\\n)*+|[@*#?$!-])")
PARAMETER_OPERATOR: Final = Lazy(
    rf":{J}[-=?+]|[-=?+]|#{J}#|#|%{J}%|%|/{J}[/#%]|/|\^{J}\^|\^|,{J},|,|~{J}~|~|@{J}[A-Za-z]|:"
)
LENGTH: Final = Lazy(rf"#{J}(?=[A-Za-z_0-9@*#?$!-]{J}[A-Za-z0-9_\\\n]*+(?:\}}|\[))")
FUNCTION_PARENTHESES: Final = Lazy(r"\((?:[ \t]|\\\n)*+\)")
DOUBLE_PARENTHESES: Final = Lazy(rf"\({J}\(")
# Two words without an operator between them: a command, which no arithmetic looks like.
COMMAND_LIKE: Final = Lazy(r"[ \t]*+[A-Za-z_./~][A-Za-z0-9_./~-]*+[ \t]++-{0,2}[A-Za-z_./~$\"'*]")
ARRAY_ASSIGNMENT: Final = Lazy(rf"({JOINED_NAME})(\+?{J}=){J}\(")
# Characters without meaning in the places named.
BRACE_RUN: Final = Lazy(r"(?:[^}$`\\\"'<>\r]++|\\\n)++")
PATTERN_RUN: Final = Lazy(r"(?:[^}/$`\\\"'<>\r]++|\\\n)++")
QUOTED_BRACE_RUN: Final = Lazy(r"(?:[^}$`\\\"']++|\\[^$`\\\"}])++", re.DOTALL)
PROTECTED_RUN: Final = Lazy(r"(?:[^$`\\\"]++|\\[^$`\\\"}])++", re.DOTALL)
SUBSTRING_RUN: Final = Lazy(r"(?:[^}:$`\\\"']++|\\\n)++")
BRACE_INDEX_RUN: Final = Lazy(r"(?:[^\[\]}$`\\\"']++|\\\n)++")
INDEX_RUN: Final = Lazy(r"(?:[^\[\]$`\\\"']++|\\\n)++")
ARITHMETIC_RUN: Final = Lazy(r"(?:[^$`\\\"']++|\\\n)++")
CLAUSE_RUN: Final = Lazy(r"(?:[^;$`\\\"']++|\\\n)++")
REGEX_RUN: Final = Lazy(r"(?:[^ \t\n\r()$`\\\"']++|\\\n)++")
REGEX_GROUP_RUN: Final = Lazy(r"(?:[^()$`\\\"']++|\\\n)++")
PAREN_SCAN: Final = Lazy(r"[^()'\"`\\$}]++")
DOUBLE_SCAN: Final = Lazy(r"[^\"`\\$]++")
