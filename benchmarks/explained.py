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


def _same_but_for_empty(seen: Seen) -> bool:
    """Whether both are plain outputs that differ in empty arguments only."""
    ours, theirs = (re.match(r"\s*('[^']*'|\"[^\"]*\")", text) for text in (seen.ours, seen.printed))
    return ours is not None and theirs is not None and _full(ours[1]) == _full(theirs[1])


def _undeclared(seen: Seen) -> bool:
    """Whether a script expands a name, without braces, that it does not set; `$z{a,b}` makes such names too."""
    if re.search(r"\$[a-z]\{|\{[^{}\s]*\$[a-z]\w*[^{}\s]*\}\{", seen.script):
        return True
    return any(not re.search(rf"\b{name}(\+?=|\b(?=[^\n]*<))", seen.script) for name in re.findall(r"\$([a-z]\w+)", seen.script))


def _full(text: str) -> list[str]:
    return [argument for argument in text[1:-1].split("\\x00") if argument]


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
    Explanation("arithmetic-or-subshell", "what `$((…)` holds that is no arithmetic bash reads when it expands it", _both(_script(r"\$\(\("), _ours("unexpected|expected"))),
    Explanation("dollar-extglob", "with `extglob`, bash takes `$!(…)` and its kin for a `$` before a pattern", _script(r"\$[!@*?+]\(")),
)  # fmt: skip
# Bash refuses what we accept.
WE_ACCEPT = (
    Explanation("conditional", "bash refuses a `[[ … ]]` whose inside is no expression; we read its words", _theirs("conditional|expected `\\)'")),
    Explanation("time-alone", "where nothing follows `time`, bash wants a `;` or the end of the line", _script(r"\btime(\s|\\\n)+(then|do|done|fi|else|elif|esac|\}|\))")),
    Explanation("time-in-substitution", "at the start of a substitution bash takes `time` for a program, and `(` behind it for a function's", _script(r"[$<>]\((\s|\\\n)*time(\s|\\\n)*\(")),
    Explanation("for-in-case", "within `case`, bash does not find the `in` of a `for` on a line of its own", _both(_script(r"(for|select)\s+\w+\s*\n\s*in\b"), _script(r"\bcase\b"))),
    Explanation("coproc", "bash tells the name of a coprocess from its command by what follows", _script(r"\bcoproc\b")),
    Explanation("heredoc-in-array", "bash begins a here-document inside the array assignment that follows on its line", _both(_script("<<"), _script(r"=\("))),
)  # fmt: skip
COMMENT_BACKSLASH = r"(?<![^\s;&|()])#([^\n]*)\\\n"
BANG_PARENTHESIS = r"((?:^|[;&|(){}\n!]|\b(?:do|then|else|elif|if|while|until|time)\b)(?:\s|\\\n)*)!\("
# What shfmt misreads, and something of the same length that it reads as bash does.
MISREAD: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(COMMENT_BACKSLASH), r"#\1x\n"),
    (re.compile(r"(\|&?(?:\s|\\\n)*)time\b"), r"\1tine"),
    (re.compile(r"\b(time(?:\s|\\\n)+)--(?=\s|$)"), r"\1-p"),
    (re.compile(r"\]=[ \t](?=\S)"), "]=_"),
    (re.compile(r"\[\[ [^\n]*? \]\](?=[\s;)|&]|$)"), lambda match: ":" + "_" * (len(match[0]) - 1)),
    (re.compile(BANG_PARENTHESIS), r"\1@("),
    (re.compile(r"\bcoproc(?=(?:\s|\\\n)+(?![({]|N(?:\s|\\\n)+[({]))"), "coprog"),
)


def without_misread(script: str) -> str:
    """The script with everything replaced that shfmt is known to misread and that something else can stand for."""
    for pattern, new in MISREAD:
        script = pattern.sub(new, script)
    return script


# Both accept, and shfmt reads something else.
TREE = (
    Explanation("coproc", "shfmt takes the first word of `coproc command words` for a name", _script(r"\bcoproc\b")),
    Explanation("time-behind-pipe", "behind `|`, `time` is a program for bash; shfmt takes it for the reserved word", _script(r"\|&?(\s|\\\n)*time\b")),
    Explanation("time-dashes", "shfmt takes the `--` of `time --` for a command", _script(r"\btime(\s|\\\n)+--(\s|$)")),
    Explanation("substitution-in-default", "shfmt does not see `<(…)` in the word of an expansion", _script(r"\$\{[^}]*[<>]\(")),
    Explanation("let", "shfmt reads what follows `let` on its line as arithmetic: `|`, a redirection, the end of a line with a here-document", _script(r"\blet\b")),
    Explanation("comment-backslash", "shfmt reads on behind a backslash at the end of a comment", _script(COMMENT_BACKSLASH)),
    Explanation("bang-parenthesis", "at the start of a command we read `!(…)` as bash does without `extglob`: a subshell, negated", _script(BANG_PARENTHESIS)),
    Explanation("heredoc-then-compound", "shfmt loses a here-document behind which a compound command begins on the same line",
                _script(r"<<[^\n]*(\\\n[^\n]*)*(\[\[|\bcase\b|\bif\b|\bfor\b|\bwhile\b|\buntil\b|\(|\{)")),
    Explanation("dollar-continued", "shfmt does not see `$'…'` when a line continuation parts its `$` from it", _script(r"\$(\\\n)+'")),
    Explanation("hash-in-word", "shfmt takes a `#` behind an expansion for the start of a comment", _script(r"(\)|\}|\$\w)#")),
    Explanation("reserved-in-array", "shfmt drops a blank behind `[key]=` in an array", _script(r"\]=[ \t]")),
    Explanation("dash-target", "in bash the `-` of `>&-` is a token of its own", _script(r"[<>]&-[^\s;|&)]")),
)  # fmt: skip
# dash accepts what we refuse, and the reverse, in scripts without anything that POSIX lacks.
POSIX = (
    Explanation("bad-substitution", "dash finds a wrong `${…}` when it expands it", _ours("parameter expansion|subscript|bracket")),
)  # fmt: skip
# Bash prints something that our evaluation does not admit.
EXPANSION = (
    Explanation("error", "bash gives up a command whose expansion fails; we go on, so that what stands behind it is seen",
                _theirs(r"syntax error|division by 0|readonly variable|bad array subscript|invalid indirect|substring expression|bad substitution|parameter (null|not)|unbound|not a valid identifier|invalid variable name|invalid name|exponent less|value too great|unexpected EOF")),
    Explanation("home", "`~name` is taken to be /home/name, whoever has an account", _both(_script(r"~[{a-z]"), _ours("/home/"))),
    Explanation("ifs", "where `IFS` is not known we split as with the one that a shell starts with", _ours("unknown-ifs")),
    Explanation("undeclared", "a variable that nothing declares stands for one argument; bash leaves it out when it is not set", _undeclared),
    Explanation("empty-arguments", "bash joins `${@op}` with the first character of IFS before it splits, so that empty ones stay",
                _both(_script(r"IFS="), _script(r"\$\{([@*]|\w+\[[@*]\])[#%/^,:~]"), _same_but_for_empty)),
    Explanation("star-beside-at", "with `$@` or `[@]` in the same quotes bash splits what `$*` joins", _script(r'"[^"]*\*[^"]*(\$@|\{@|\[@\])|"[^"]*(\$@|\{@|\[@\])[^"]*\*')),
    Explanation("dollar-dollar", "bash looks for the end of `$(…)` behind a `$$` that stands before a parenthesis", _script(r"\$\$\(")),
    Explanation("escape-mark", "bash prints a mark of its own, \\x01, when it removes a pattern from a list with an empty IFS", _both(lambda seen: "\\x01" in seen.printed, _script("IFS="))),
    Explanation("brace-in-default", "bash looks for braces before it reads `${…}`, so that those of a default can pair with others", _script(r"\$\{[^}]*\{|\$\$\{")),
    Explanation("alias", "an alias of the line holds for us wherever it can stand; bash knows it from the next line that it reads on", _script(r"\balias\b")),
    Explanation("glob-through-filter", "what a glob stands for goes through a filter or a substitution as one piece of text", _both(_ours(r"Glob\("), _script(r"\||\$\(|`"))),
    Explanation("empty-match", "bash does not see everywhere that `!(…)` and `?(…)` match nothing", _script(r"\$\{[^}]*/[#%/]?[!?]\(")),
    Explanation("limit", "a limit of the analysis was reached, and told", _ours(r"\blimit\b")),
)  # fmt: skip


def explain(seen: Seen, known: Sequence[Explanation]) -> str | None:
    """The name of the first explanation that holds; None when there is none."""
    for explanation in known:
        if explanation.holds(seen):
            return explanation.name
    return None
