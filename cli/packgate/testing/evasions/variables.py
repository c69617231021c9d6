"""Words that come from variables, arrays, functions, aliases, braces and substitutions of the same line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Part, Subject

# Characters that splitting, globbing or brace expansion would change in an unquoted word.
_UNSAFE = set(" \t\n*?[]{},\\'\"$`~;&|<>()!#:=")


def _program(setup: Callable[[str], str | None], use: str) -> Callable[[Subject], str | None]:
    """The program of a lone command from something that ``setup`` makes before."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or not part.program or part.words[0] is not part.node.words[0] or _declares(part):
            return None
        first = setup(part.program)
        edited = subject.edited([(part.words[0].start, part.words[0].end, use)])
        return None if first is None or edited is None else first + edited

    return apply


def _replaced(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or not part.program or not part.program.isalnum():
        return None
    return _program(lambda program: f"c=@{program[1:]}; ", f"${{c/@/{part.program[0]}}}")(subject)


def _declares(part: Part) -> bool:
    """Builtins whose arguments are assignments only when they are named plainly."""
    return part.program in ("export", "declare", "typeset", "readonly", "local") and not part.constant


def _halved(program: str) -> str | None:
    return f"a={program[:1]}; b={program[1:]}; " if len(program) > 1 and program.isalnum() else None


def _longer(program: str) -> str | None:
    return f"x=zz{program}; " if program.isalnum() else None


def _argument(subject: Subject) -> str | None:
    """The last argument from a variable."""
    part = subject.lone
    if part is None or not part.arguments:
        return None
    word, value = part.arguments[-1]
    edited = subject.edited([(word.start, word.end, '"$v"')])
    return f"v={single_quoted(value)}; {edited}"


def _looped(subject: Subject) -> str | None:
    """The last argument from a loop of one."""
    part = subject.lone
    if part is None or not part.arguments or subject.heredoc:
        return None
    word, value = part.arguments[-1]
    edited = subject.edited([(word.start, word.end, '"$v"')])
    return f"for v in {single_quoted(value)}; do {edited}; done"


def _whole(before: str, use: str) -> Callable[[Subject], str | None]:
    """All words at once: ``before`` takes them as ``{words}``, and ``use`` stands in their place."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or not part.together or len(part.words) != len(part.node.words) or _declares(part):
            return None
        start, end = part.words[0].start, part.words[-1].end
        return before.replace("{words}", subject.text[start:end]) + (subject.edited([(start, end, use)]) or "")

    return apply


def _safe_words(subject: Subject, allowed: str = "") -> list[str] | None:
    """The words of a lone command when splitting, globbing and braces leave them alone."""
    part = subject.lone
    if part is None or not part.constant or not part.together or len(part.words) < 2:
        return None
    words = [value or "" for value in part.values]
    return None if any(not word or set(word) & (_UNSAFE - set(allowed)) for word in words) else words


def _joined(template: str, glue: str, allowed: str = "") -> Callable[[Subject], str | None]:
    """All words in one, to be split again: ``template`` has ``{line}`` for the line with ``{joined}`` in their place."""

    def apply(subject: Subject) -> str | None:
        words = _safe_words(subject, allowed)
        if words is None or any(glue in word for word in words):
            return None
        part = subject.parts[0]
        before, _, use = template.partition("|")
        joined = glue.join(words)
        edited = subject.edited([(part.words[0].start, part.words[-1].end, use.replace("{joined}", joined))])
        return None if edited is None else before.replace("{joined}", joined) + edited

    return apply


def _alias(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or subject.heredoc or not subject.one_line:
        return None
    return f"shopt -s expand_aliases\nalias wipe={single_quoted(subject.text)}\nwipe"


def _function_program(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or not part.external or part.node.assignments:
        return None
    edited = subject.edited([(part.words[0].start, part.words[0].end, "brush")])
    return f'brush() {{ {subject.text[part.words[0].start:part.words[0].end]} "$@"; }}; {edited}'


def _path_of(subject: Subject, use: str) -> str | None:
    part = subject.lone
    if part is None or not part.external or not part.program or "/" in part.program:
        return None
    return subject.edited([(part.words[0].start, part.words[0].end, use.replace("{program}", part.program))])


_SAME = "the expansion gives the same word"
_WORDS = "the expansion gives the same words"

VARIABLES = (
    Rewrite("program-variable", "program from a variable", _SAME, _program(lambda p: f"c={single_quoted(p)}; ", "$c")),
    Rewrite("program-braces", "program from ${…}", _SAME, _program(lambda p: f"c={single_quoted(p)}\n", '"${c}"')),
    Rewrite("program-two-variables", "program from two variables", _SAME, _program(_halved, "$a$b")),
    Rewrite("program-substring", "program cut out of a variable", _SAME, _program(_longer, "${x:2}")),
    Rewrite("program-trimmed", "program with a prefix trimmed off", _SAME, _program(_longer, "${x#zz}")),
    Rewrite("program-indirect", "program through a variable's name", _SAME,
            _program(lambda p: f"c={single_quoted(p)} n=c; ", "${!n}")),
    Rewrite("program-declared", "program from declare", _SAME, _program(lambda p: f"declare c={single_quoted(p)}; ", "$c")),
    Rewrite("program-read", "program read from a here-string", _SAME, _program(lambda p: f"read -r c <<< {single_quoted(p)}; ", "$c")),
    Rewrite("program-printf-v", "program from printf -v", _SAME, _program(lambda p: f"printf -v c %s {single_quoted(p)}; ", '"$c"')),
    Rewrite("program-appended", "program from a variable that grows", _SAME,
            _program(lambda p: f"c={p[:1]}; c+={p[1:]}; " if p.isalnum() else None, "$c")),
    Rewrite("program-lowered", "program lowered from capitals", _SAME,
            _program(lambda p: f"c={p.upper()}; " if p.isalnum() and p.islower() else None, "${c,,}")),
    Rewrite("program-replaced", "program with a letter replaced", _SAME,
            _replaced),
    Rewrite("program-which", "program from which", "it is the path of the program", lambda s: _path_of(s, '"$(which {program})"')),
    Rewrite("program-command-v", "program from command -v", "it is the path of the program",
            lambda s: _path_of(s, '"$(command -v {program})"')),
    Rewrite("program-echo", "program from $(echo …)", _SAME, lambda s: _path_of(s, "$(echo {program})")),
    Rewrite("program-backquotes", "program from backquotes", _SAME, lambda s: _path_of(s, "`printf %s {program}`")),
    Rewrite("program-default", "program from a default", "the variable is not set",
            lambda s: _path_of(s, "${packgate_not_set:-{program}}")),
    Rewrite("argument-variable", "last argument from a variable", _SAME, _argument),
    Rewrite("argument-loop", "last argument from a loop of one", _SAME, _looped),
    Rewrite("array", "all words from an array", _WORDS, _whole("c=({words}); ", '"${c[@]}"')),
    Rewrite("positional", "all words from the positional parameters", _WORDS, _whole("set -- {words}; ", '"$@"')),
    Rewrite("braces", "all words from a brace expansion", _WORDS, _joined("|{{joined}}", ",", "=:")),
    Rewrite("ifs-unquoted", "blanks from ${IFS}", "its value separates words", _joined("|{joined}", "${IFS}", "=:")),
    Rewrite("ifs-comma", "words split at a comma", _WORDS, _joined("IFS=,; c={joined}; |$c", ",", "=:")),
    Rewrite("split-variable", "all words from one variable", _WORDS, _joined('c="{joined}"; |$c', " ", "=:")),
    Rewrite("function-program", "program in a function", "the function passes its arguments on", _function_program),
    Rewrite("alias", "the command as an alias", "the alias is the text of the command", _alias),
)
