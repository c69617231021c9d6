"""Differences between our reading and that of the judges that have a reason, by name. Whatever none of these explains counts
as a bug of ours: `differential.py` shows it and fails.

A name alone excuses no difference of trees: bash has to agree with us (`printed_form`), or the trees have to be equal once
what mvdan/sh misreads is replaced (`without_misread`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from readings import read_ours


class Seen(NamedTuple):
    """A difference: the script, our messages about it, and those of the judge; what it printed, where it ran the script."""

    script: str
    ours: str
    theirs: str
    printed: str = ""


class Explanation(NamedTuple):
    """Why a kind of difference is none that counts."""

    name: str
    why: str
    holds: Callable[[Seen], bool]


def _ours(pattern: str) -> Callable[[Seen], bool]:
    found = re.compile(pattern)
    return lambda seen: found.search(seen.ours) is not None


def _theirs(pattern: str) -> Callable[[Seen], bool]:
    found = re.compile(pattern)
    return lambda seen: found.search(seen.theirs) is not None


def _script(pattern: str) -> Callable[[Seen], bool]:
    found = re.compile(pattern)
    return lambda seen: found.search(seen.script) is not None


def _both(*tests: Callable[[Seen], bool]) -> Callable[[Seen], bool]:
    return lambda seen: all(test(seen) for test in tests)


def _accepted_without_backquotes(seen: Seen) -> bool:
    return "`" in seen.script and not read_ours(re.sub(r"`[^`]*`", "`x`", seen.script))[1]


def _read_once(pattern: str, new: str) -> Callable[[Seen], bool]:
    """Whether we read the script once what a pattern finds is replaced."""
    found = re.compile(pattern)
    return lambda seen: found.search(seen.script) is not None and not read_ours(found.sub(new, seen.script))[1]


# Bash accepts what we refuse.
WE_REFUSE = (
    Explanation("bad-substitution", "bash finds a wrong `${…}` when it expands it, we when we read it",
                _ours(r"parameter expansion (that )?can't be read|parameter expansion isn't closed|a subscript isn't closed|a bracket isn't closed")),
    Explanation("backquotes", "bash reads what backquotes hold when it expands them, we when we read it", _accepted_without_backquotes),
    Explanation("funsub", "`${ …; }` and `${| …; }` run commands in bash 5.3, ksh and zsh, so we read them; bash 5.2 calls them bad substitutions when it expands them",
                _script(r"\$\{[\s|]")),
    Explanation("heredoc-body", "bash reads the substitutions of a here-document when it expands it, we when we read it", _both(_script("<<"), _ours("isn't closed|unexpected|expected"))),
    Explanation("time-in-substitution", "at the start of a substitution bash takes a `time` that nothing follows for a command", _script(r"\btime\b")),
    Explanation("for-parentheses", "bash reads `for ((…) )`, and parentheses that do not balance", _both(_script(r"for\s*(\\\n)?\(\("), _ours(r"`\(\(`"))),
    Explanation("arithmetic-or-subshell", "what `$((…)` holds that is no arithmetic bash reads when it expands it", _both(_script(r"\$\(\("), _ours("unexpected|expected|has no target|isn't closed"))),
    Explanation("empty-extglob", "`x@()` defines a function without `extglob`, and is a pattern with it", _read_once(r"[?*+@!]\(\)", "@(x)")),
    Explanation("bang-parenthesis", "at the start of a command we read `!(…)` as bash does without `extglob`: a subshell, negated", _read_once(r"!\(", "@(")),
    Explanation("empty-conditional", "bash says nothing of `[[ ]]`, nor of what is missing behind it", _both(_script(r"\[\[[ \t]*\]\]"), _ours("expected a command after"))),
    Explanation("process-parentheses", "bash takes `<(()…)` for a process substitution and does not read what it holds", _read_once(r"([<>]\()\(\)", r"\1x ")),
    Explanation("dollar-extglob", "with `extglob`, bash takes `$!(…)` and its kin for a `$` before a pattern", _script(r"\$[!@*?+]\(")),
)  # fmt: skip
# Bash refuses what we accept.
WE_ACCEPT = (
    Explanation("conditional", "bash refuses a `[[ … ]]` whose inside is no expression; we read its words", lambda seen: "[[" in seen.script and (not seen.theirs or re.search("conditional|expected `\\)'", seen.theirs) is not None)),
    Explanation("time-alone", "where nothing follows `time`, bash wants a `;` or the end of the line", _script(r"\btime(\s|\\\n)+(then|do|done|fi|else|elif|esac|\}|\))")),
    Explanation("time-in-substitution", "at the start of a substitution bash takes `time` for a program, and `(` behind it for a function's", _script(r"[$<>]\((\s|\\\n)*time(\s|\\\n)*\(")),
    Explanation("time-behind-pipe", "on a line of its own behind `|&`, `time` is a reserved word for bash that cannot stand there", _both(_script(r"\|&\s*(#[^\n]*)?\n\s*time\b"), _theirs("token `time'"))),
    Explanation("array-behind-redirection", "behind a redirection bash takes no array among the words of a declaration", _both(_script(r"\b(declare|typeset|local|export|readonly)\b[^\n]*[<>][^\n]*=\("), _theirs(r"token `\('"))),
    Explanation("subscript-process-substitution", "in the subscript of an expansion bash looks for the end of `<(`; we read arithmetic", _both(_script(r"\$\{\w+\[[^]\n]*[<>]\("), _theirs(r"looking for matching `\)'"))),
    Explanation("for-in-case", "within `case`, bash does not find the `in` of a `for` on a line of its own", _both(_script(r"(for|select)\s+\w+\s*\n\s*in\b"), _script(r"\bcase\b"))),
    Explanation("coproc", "bash tells the name of a coprocess from its command by what follows", _script(r"\bcoproc\b")),
    Explanation("heredoc-in-substitution", "bash looks behind a substitution for the body of a here-document that begins on its last line; for us it has none", _theirs("unterminated here-document")),
    Explanation("heredoc-in-array", "bash begins a here-document inside the array assignment that follows on its line", _both(_script("<<"), _script(r"=\("))),
)  # fmt: skip
TIME = r"(?:\\\n)*".join("time")
COMMENT_BACKSLASH = r"(?<![^\s;&|()])#([^\n]*)\\\n"
BANG_PARENTHESIS = r"((?:^|[;&|(){}\n!]|\b(?:do|then|else|elif|if|while|until|time)\b)(?:\s|\\\n)*)!\("
# What shfmt misreads, and something of the same length that it reads as bash does.
MISREAD: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(COMMENT_BACKSLASH), r"#\1x\n"),
    (re.compile(rf"(\|&?(?:\s|\\\n)*)({TIME})\b"), lambda match: match[1] + match[2].replace("m", "n")),
    (re.compile(r"\b(time(?:\s|\\\n)+)--(?=[\s;&|)]|\\\n|$)"), r"\1-p"),
    (re.compile(r"\]=[ \t](?=\S)"), "]=_"),
    (re.compile(r"\][ \t]=(?=\S)"), "]=_"),
    (re.compile(r"\[\[ [^\n]*? \]\](?=[\s;)|&]|$)"), lambda match: ":" + "_" * (len(match[0]) - 1)),
    (re.compile(BANG_PARENTHESIS), r"\1@("),
    (re.compile(r"\bcoproc(?=(?:\s|\\\n)+(?![({]|\w+=?(?:\s|\\\n)*[({]))"), "coprog"),
)


def without_misread(script: str) -> str:
    """The script with everything replaced that shfmt is known to misread and that something else can stand for."""
    for pattern, new in MISREAD:
        script = pattern.sub(new, script)
    return script


# Both accept, and shfmt reads something else.
TREE = (
    Explanation("coproc", "shfmt takes the first word of `coproc command words` for a name", _script(r"\bcoproc\b")),
    Explanation("time-behind-pipe", "behind `|`, `time` is a program for bash; shfmt takes it for the reserved word", _script(rf"\|&?(\s|\\\n)*{TIME}\b")),
    Explanation("time-dashes", "shfmt takes the `--` of `time --` for a command", _script(r"\btime(\s|\\\n)+--([\s;&|)]|\\\n|$)")),
    Explanation("time-time", "shfmt takes the second of `time time` for one more reserved word", _script(r"\btime(\s|\\\n)+time\b")),
    Explanation("bang-process", "shfmt takes `!` before `<(…)` for the beginning of a word", _script(r"!(\\\n)*[<>]\(")),
    Explanation("substitution-in-default", "shfmt does not see `<(…)` in the word of an expansion", _script(r"\$\{[^}]*[<>]\(")),
    Explanation("let", "shfmt reads what follows `let` on its line as arithmetic: `|`, a redirection, the end of a line with a here-document", _script(r"\blet\b")),
    Explanation("comment-backslash", "shfmt reads on behind a backslash at the end of a comment", _script(COMMENT_BACKSLASH)),
    Explanation("bang-parenthesis", "at the start of a command we read `!(…)` as bash does without `extglob`: a subshell, negated", _script(BANG_PARENTHESIS)),
    Explanation("heredoc-then-compound", "shfmt loses a here-document behind which a compound command begins on the same line",
                _script(r"<<[^\n]*(\\\n[^\n]*)*(\[\[|\bcase\b|\bif\b|\bfor\b|\bwhile\b|\buntil\b|\(|\{)")),
    Explanation("dollar-continued", "shfmt does not see `$'…'` and `${…}` when a line continuation parts the `$` from it", _script(r"\$(\\\n)+['{]")),
    Explanation("hash-in-word", "shfmt takes a `#` behind an expansion for the start of a comment", _script(r"(\)|\}|\$\w)#")),
    Explanation("reserved-in-array", "shfmt drops a blank behind `[key]=` or `[key]` in an array", _script(r"\][ \t]+=|\]=[ \t]")),
    Explanation("dash-target", "in bash the `-` of `>&-` is a token of its own", _script(r"[<>]&(\s|\\\n)*-[^\s;|&)]")),
)  # fmt: skip
# dash accepts what we refuse, and the reverse, in scripts without anything that POSIX lacks.
POSIX = (
    Explanation("heredoc-in-for", "dash reads a here-document not behind the line of `for … in words`, but behind the next", _both(_script(r"<<[^\n]*(\\\n[^\n]*)*\bfor\b"), _ours("expected `do`"))),
    Explanation("bad-substitution", "dash finds a wrong `${…}` when it expands it", _ours("parameter expansion|subscript|bracket")),
)  # fmt: skip
def explain(seen: Seen, known: Sequence[Explanation]) -> str | None:
    """The name of the first explanation that holds; None when there is none."""
    for explanation in known:
        if explanation.holds(seen):
            return explanation.name
    return None
