"""Lists, groups, conditions, loops and traps that run a command once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_RUNS = "the command runs, once"


def _around(before: str, after: str) -> Callable[[Subject], str | None]:
    """The line, ended, between two texts."""
    return lambda subject: f"{before}{subject.body}{after}"


def _child(before: str, after: str) -> Callable[[Subject], str | None]:
    """The same for what runs in a child of the shell."""
    return lambda subject: f"{before}{subject.body}{after}" if subject.child else None


def _behind(text: str) -> Callable[[Subject], str | None]:
    """Something behind a lone command on one line."""
    return lambda subject: f"{subject.text}{text}" if subject.lone is not None and not subject.heredoc else None


def _background(subject: Subject) -> str | None:
    return f"{subject.text} &" if subject.lone is not None and subject.child and not subject.heredoc else None


def _piped(subject: Subject) -> str | None:
    return f"{subject.text} | cat" if subject.lone is not None and subject.child and not subject.heredoc else None


def _before(text: str) -> Callable[[Subject], str | None]:
    return lambda subject: text + subject.text


CONTROL = (
    Rewrite("after-colon", "behind :", _RUNS, _before(": ; ")),
    Rewrite("after-true", "behind true &&", _RUNS, _before("true && ")),
    Rewrite("after-false", "behind false ||", _RUNS, _before("false || ")),
    Rewrite("after-echo", "behind a harmless command", _RUNS, _before("echo ready; ")),
    Rewrite("after-line", "on a line of its own behind another", _RUNS, _before("echo ready\n\n")),
    Rewrite("after-background", "behind a background job", _RUNS, _before("sleep 1 & ")),
    Rewrite("after-options", "behind set -e", _RUNS, _before("set -e; ")),
    Rewrite("after-assignment", "behind an assignment", _RUNS, _before("packgate_note=ready; ")),
    Rewrite("or-true", "followed by || true", "only the exit status changes", _behind(" || true")),
    Rewrite("and-echo", "followed by && echo", _RUNS, _behind(" && echo done")),
    Rewrite("background", "in the background", "it runs beside the shell", _background),
    Rewrite("piped", "output through cat", "cat passes it on", _piped),
    Rewrite("group", "in a group", _RUNS, _around("{ ", "}")),
    Rewrite("subshell", "in a subshell", "what it does outside of the shell is the same", _child("( ", ")")),
    Rewrite("nested-subshells", "in two subshells and a group", "what it does outside of the shell is the same", _child("( ( { ", "} ) )")),
    Rewrite("if", "in an if", _RUNS, _around("if true; then ", "fi")),
    Rewrite("else", "in an else", _RUNS, _around("if false; then :; else ", "fi")),
    Rewrite("if-condition", "as the condition of an if", _RUNS, _around("if ", "then :; fi")),
    Rewrite("for", "in a loop of one", _RUNS, _around("for packgate_i in 1; do ", "done")),
    Rewrite("for-arithmetic", "in an arithmetic loop of one", _RUNS, _around("for ((i = 0; i < 1; i++)); do ", "done")),
    Rewrite("while", "in a while that ends", _RUNS, _around("while true; do ", "break; done")),
    Rewrite("until", "in an until that ends", _RUNS, _around("until false; do ", "break; done")),
    Rewrite("case", "in a case", _RUNS, _around("case x in x) ", ";; esac")),
    Rewrite("test", "behind [[ … ]]", _RUNS, _before("[[ -n x ]] && ")),
    Rewrite("arithmetic", "behind (( … ))", _RUNS, _before("(( 1 )) && ")),
    Rewrite("function", "in a function that is called", _RUNS, _around("tidy() { ", "}; tidy")),
    Rewrite("function-keyword", "in a function by its reserved word", _RUNS, _around("function sweep { ", "}\nsweep")),
    Rewrite("function-nested", "in a function that a function calls", _RUNS, _around("a() { b; }; b() { ", "}; a")),
    Rewrite("trap", "in a trap on EXIT", "the shell runs it when it ends", lambda s: f"trap {single_quoted(s.text)} EXIT"),
    Rewrite("substitution", "in a substitution that is shown", "its output is shown in the end", lambda s: (
        f'echo "$({s.text}\n)"' if s.child else None)),
    Rewrite("process-substitution", "in a process substitution that is shown", "its output is shown in the end", lambda s: (
        f"cat <({s.text}\n)" if s.child else None)),
)
