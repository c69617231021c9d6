"""Lists, groups, conditions, loops and traps that run a command once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_RUNS = "the command runs, once"
# Names that the templates give to functions.
_FUNCTIONS = frozenset(("tidy", "tidy-up", "sweep", "EXIT", "a", "b", "two", "one"))


def _around(before: str, after: str) -> Callable[[Subject], str | None]:
    """The line, ended, between two texts. A name that they give to a function is not one of the line."""
    name = after.split()[-1].rstrip(";")

    def apply(subject: Subject) -> str | None:
        return None if name in _FUNCTIONS and name in subject.text else f"{before}{subject.body}{after}"

    return apply


def _child(before: str, after: str) -> Callable[[Subject], str | None]:
    """The same for what runs in a child of the shell."""
    return lambda subject: f"{before}{subject.body}{after}" if subject.child else None


def _behind(text: str) -> Callable[[Subject], str | None]:
    """Something behind a lone command on one line."""
    return lambda subject: f"{subject.text}{text}" if subject.lone is not None and not subject.heredoc else None


def _onwards(text: str) -> Callable[[Subject], str | None]:
    """The output of a lone command handed on."""
    return lambda subject: f"{subject.text}{text}" if subject.lone is not None and subject.child and not subject.heredoc else None


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
    *(Rewrite(id, title, _RUNS, _before(text)) for id, title, text in (
        ("after-test", "behind a test", "[ 1 = 1 ] && "),
        ("after-test-none", "behind a test of a variable that is not set", "[ -z \"$packgate_none\" ] && "),
        ("after-false-test", "behind a test that fails", "[[ -z x ]] || "),
        ("after-cd", "behind cd to where it is", "cd . && "), ("after-cd-pwd", "behind cd to the working folder", "cd \"$PWD\" && "),
        ("after-pushd", "behind pushd to where it is", "pushd . > /dev/null && "),
        ("after-there-and-back", "behind cd there and back", "cd /tmp && cd - > /dev/null; "),
        ("after-set-x", "behind set -x", "set -x; "), ("after-strict", "behind set -euo pipefail", "set -euo pipefail\n"),
        ("after-shopt", "behind shopt", "shopt -s extglob\n"), ("after-umask", "behind umask", "umask 022; "),
        ("after-sleep", "behind sleep", "sleep 0 && "),
        ("after-export", "behind export", "export LC_ALL=C; "), ("after-date", "behind date", "date; "),
        ("after-echo-and", "behind a harmless command that succeeds", "echo ready && "),
        ("after-git", "behind a harmless command of git", "git status --short && "),
        ("after-exec", "behind exec of a descriptor", "exec 2>&1; "),
        ("after-function", "behind a function that is not called", "tidy() { :; }; "),
        ("after-alias", "behind an alias", "alias ll='ls -l'; "), ("after-unalias", "behind unalias", "unalias -a; "),
        ("after-trap", "behind a trap", "trap 'echo done' EXIT; "),
        ("after-comment", "behind a comment", ": # only a check\n"),
        ("after-heredoc", "behind a heredoc that nobody reads", ": <<'PACKGATE_NOTE'\na note\nPACKGATE_NOTE\n"),
        ("after-quoted-heredoc", "behind a quoted text that looks like the end", "echo 'a; b &&'; "),
        ("after-loop", "behind a loop", "for i in 1 2 3; do echo $i; done; "),
        ("after-if", "behind an if", "if false; then :; fi; "), ("after-case", "behind a case", "case x in y) :;; esac; "),
        ("after-subshell", "behind a subshell", "( : ); "), ("after-pipe", "behind a pipe", "echo ready | cat; "),
        ("after-null", "behind a redirection alone", "> /dev/null; "), ("after-read", "behind read", "read -r packgate_note <<< ready; "),
        ("after-wait", "behind wait", "wait; "), ("after-arithmetic", "behind an arithmetic command", "((packgate_i = 1)); "),
        ("after-let", "behind let", "let packgate_i=1; "), ("after-false-and", "behind a list that fails", "false && : ; "),
        ("after-exit-subshell", "behind a subshell that exits", "( exit 1 ) || "),
        ("after-return", "behind a function that returns", "f() { return 0; }; f && "),
        ("after-break", "behind a loop that breaks", "while :; do break; done; "), ("after-unset", "behind unset", "unset packgate_none; "),
        ("after-printf", "behind printf", "printf '%s\\n' ready; "), ("after-source", "behind source of nothing", "source /dev/null; "),
        ("after-eval", "behind eval of nothing", "eval ''; "), ("after-hash", "behind hash -r", "hash -r; "),
        ("after-local-time", "behind another time zone", "TZ=UTC date > /dev/null; "),
    )),
    *(Rewrite(id, title, _RUNS, _behind(text)) for id, title, text in (
        ("or-echo", "followed by || echo", " || echo failed"), ("and-exit", "followed by an exit", "; exit"),
        ("and-wait", "followed by wait", "; wait"), ("and-list", "followed by a list", " && echo done || echo failed"),
        ("and-background", "followed by a background job", "; sleep 0 &"),
    )),
    *(Rewrite(id, title, "its output goes on", _onwards(text)) for id, title, text in (
        ("piped-tee", "output through tee", " | tee /dev/stderr"), ("piped-grep", "output through grep", " | grep ''"),
        ("piped-errors", "output and messages through cat", " 2>&1 | cat"),
        ("piped-both", "output and messages through cat, in short", " |& cat"),
        ("piped-while", "output through a loop", " | while IFS= read -r line; do echo \"$line\"; done"),
        ("piped-tail", "output through tail", " | tail -n 100"), ("piped-sed", "output through sed", " | sed 's/^/> /'"),
        ("piped-less", "output through less", " | less"), ("piped-twice", "output through two filters", " | cat | cat"),
        ("background-wait", "in the background, and waited for", " & wait"),
        ("background-disown", "in the background, and left alone", " & disown"),
    )),
    *(Rewrite(id, title, _RUNS, _around(before, after)) for id, title, before, after in (
        ("group-or", "in a group behind ||", "false || { ", "}"), ("group-and", "in a group behind &&", "true && { ", "}"),
        ("nested-if", "in an if of an if", "if true; then if :; then ", "fi; fi"),
        ("elif", "in an elif", "if false; then :; elif true; then ", "fi"),
        ("if-not", "in an if that is negated", "if ! false; then ", "fi"),
        ("if-test", "in an if with a test", "if [ -d / ]; then ", "fi"),
        ("if-either", "in an if that nothing decides", "if [ -e packgate-note ]; then :; else ", "fi"),
        ("case-default", "in the default of a case", "case $RANDOM in x) :;; *) ", ";; esac"),
        ("case-pattern", "in a case with patterns", "case main in m*|x) ", ";; esac"),
        ("case-through", "in a case that falls through", "case x in x) : ;& y) ", ";; esac"),
        ("for-words", "in a loop over words that ends", "for i in 1 2 3; do ", "break; done"),
        ("for-nested", "in a loop of a loop", "for i in 1; do for j in 1; do ", "done; done"),
        ("for-parameters", "in a loop over its parameters", "set -- one; for i; do ", "done"),
        ("while-read", "in a loop that reads", "while read -r packgate_line; do ", "done <<< x"),
        ("while-colon", "in a while of :", "while :; do ", "break; done"),
        ("while-test", "in a while with a test", "packgate_i=0; while [ $packgate_i -lt 1 ]; do packgate_i=1; ", "done"),
        ("while-condition", "as the condition of a while", "while ", "false; do :; done"),
        ("for-ever", "in an endless loop that ends", "for ((;;)); do ", "break; done"),
        ("select", "in a select", "select packgate_i in 1; do ", "break; done <<< 1"),
        ("until-counted", "in an until with a test", "packgate_i=0; until (( packgate_i )); do packgate_i=1; ", "done"),
        ("function-shadow", "in a function with the name of a program", "tac() { ", "}; tac -s x"),
        ("function-builtin", "in a function with the name of a builtin", "pwd() { ", "}; pwd"),
        ("function-local", "in a function with a local variable", "tidy() { local packgate_i=1; ", "}; tidy one two"),
        ("function-dashed", "in a function with a dash in its name", "tidy-up() { ", "}; tidy-up"),
        ("function-colon", "in a function named by signs", "_() { ", "}; _"),
        ("function-variable", "in a function that a variable names", "tidy() { ", "}; f=tidy; $f"),
        ("function-recursive", "in a function that calls itself once", "tidy() { if [ \"$1\" = x ]; then ", "else tidy x; fi; }; tidy"),
        ("function-eval", "in a function that eval calls", "tidy() { ", "}; eval tidy"),
        ("function-trap", "in a function that a trap calls", "tidy() { ", "}; trap tidy EXIT"),
        ("function-return", "in a function behind a return that is not reached", "tidy() { false && return; ", "}; tidy"),
        ("function-defined-in", "in a function that a function defines", "a() { b() { ", "}; }; a; b"),
        ("time-group", "in a group that is timed", "time { ", "}"), ("negated-group", "in a group that is negated", "! { ", "}"),
        ("group-redirected", "in a group with messages to /dev/null", "{ ", "} 2> /dev/null"),
        ("group-descriptor", "in a group with a spare descriptor", "{ ", "} 3> /dev/null"),
    )),
    *(Rewrite(id, title, _RUNS, _child(before, after)) for id, title, before, after in (
        ("function-subshell", "in a function that is a subshell", "tidy() ( ", "); tidy"),
        ("subshell-background", "in a subshell in the background", "( ", ") &"),
        ("subshell-cd", "in a subshell behind cd", "( cd . && ", ")"), ("coprocess", "in a coprocess", "coproc { { ", "} >&2; }; wait"),
        ("group-background", "in a group in the background", "{ ", "} & wait"),
        ("pipe-last", "behind a pipe", ": | { ", "}"),
        ("pipe-read", "behind a pipe, in a loop that reads", "echo x | while read -r packgate_line; do ", "done"),
        ("group-piped", "in a group that is piped", "{ ", "} | cat"), ("if-piped", "in an if that is piped", "if true; then ", "fi | cat"),
        ("subshell-trap", "in a subshell with a trap", "( trap : EXIT; ", ")"),
    )),
)
