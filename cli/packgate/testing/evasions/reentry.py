"""The text of a command handed to a shell again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, double_quoted, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_SHELL = "the shell reads the same text"
_DELIMITER = "PACKGATE_END"


def _quoted(template: str, *, posix: bool = False, child: bool = True) -> Callable[[Subject], str | None]:
    """The text as a word in single quotes, at ``{}``. ``posix``: for `sh`; ``child``: it runs in a child of the shell."""

    def apply(subject: Subject) -> str | None:
        if (child and not subject.child) or (posix and not subject.posix):
            return None
        return template.replace("{}", single_quoted(subject.text), 1)

    return apply


def _doubled(template: str) -> Callable[[Subject], str | None]:
    return lambda subject: template.replace("{}", double_quoted(subject.text), 1) if subject.child else None


def _echoed(subject: Subject) -> str | None:
    """Through echo, which some shells let change backslashes."""
    if not subject.posix or "\\" in subject.text or subject.text.startswith("-"):
        return None
    return f"echo {single_quoted(subject.text)} | sh"


def _heredoc(template: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        if not subject.child or _DELIMITER in subject.text:
            return None
        return template.replace("{}", f"<<'{_DELIMITER}'") + f"\n{subject.text}\n{_DELIMITER}"

    return apply


def _nested(subject: Subject) -> str | None:
    if not subject.posix:
        return None
    return f"bash -c {single_quoted('sh -c ' + single_quoted(subject.text))}"


def _eval_words(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or not part.constant or not part.together or part.node.redirects or part.node.assignments:
        return None
    return "eval " + " ".join(single_quoted(single_quoted(value or "")) for value in part.values)


def _file(run: str) -> Callable[[Subject], str | None]:
    """Written to a file that is then run."""

    def apply(subject: Subject) -> str | None:
        if not subject.child:
            return None
        return f"printf '%s\\n' {single_quoted(subject.text)} > /tmp/packgate-step.sh; {run} /tmp/packgate-step.sh"

    return apply


def _git_alias(subject: Subject) -> str | None:
    """An alias of git that is a shell command runs from the top of the repository."""
    if not subject.posix or not subject.one_line:
        return None
    return f"git -c alias.tidy={single_quoted('!' + subject.text)} tidy"


REENTRY = (
    Rewrite("sh-c", "sh -c", _SHELL, _quoted("sh -c {}", posix=True)),
    Rewrite("bash-c", "bash -c", _SHELL, _quoted("bash -c {}")),
    Rewrite("bash-c-double", "bash -c in double quotes", _SHELL, _doubled("bash -c {}")),
    Rewrite("bash-lc", "bash -lc by its path", _SHELL, _quoted("/bin/bash -lc {}")),
    Rewrite("bash-options", "bash with options before -c", _SHELL, _quoted("bash --norc -e -u -o pipefail -c {} name")),
    Rewrite("dash-c", "dash -c", _SHELL, _quoted("dash -c {}", posix=True)),
    Rewrite("env-bash-c", "env bash -c", _SHELL, _quoted("env LC_ALL=C bash -c {}")),
    Rewrite("timeout-sh-c", "timeout and sh -c", _SHELL, _quoted("timeout 60 sh -c {}", posix=True)),
    Rewrite("nested-shells", "sh -c inside of bash -c", _SHELL, _nested),
    Rewrite("eval", "eval", _SHELL, _quoted("eval {}", child=False)),
    Rewrite("eval-words", "eval of quoted words", "eval joins its words with blanks", _eval_words),
    Rewrite("eval-variable", "eval of a variable", _SHELL, _quoted("c={}; eval \"$c\"", child=False)),
    Rewrite("bash-c-variable", "bash -c of a variable", _SHELL, _quoted("c={}; bash -c \"$c\"")),
    Rewrite("here-string", "a here-string for bash", _SHELL, _quoted("bash <<< {}")),
    Rewrite("heredoc", "a heredoc for bash", _SHELL, _heredoc("bash {}")),
    Rewrite("heredoc-stdin", "a heredoc for bash -s", _SHELL, _heredoc("bash -s -- {}")),
    Rewrite("heredoc-cat", "a heredoc through cat into bash", _SHELL, _heredoc("cat {} | bash")),
    Rewrite("echo-sh", "echo into sh", _SHELL, _echoed),
    Rewrite("printf-bash", "printf into bash", _SHELL, _quoted("printf '%s\\n' {} | bash")),
    Rewrite("tee-bash", "through tee into bash", _SHELL, _quoted("printf '%s\\n' {} | tee /dev/null | bash -s")),
    Rewrite("xargs-bash-c", "xargs with bash -c", "xargs passes the text as one argument", _quoted("printf '%s\\0' {} | xargs -0 bash -c")),
    Rewrite("find-sh-c", "find -exec sh -c", "find starts the shell once", lambda s: (
        None if "{}" in s.text else _quoted("find /tmp -maxdepth 0 -exec sh -c {} \\;", posix=True)(s))),
    Rewrite("source", "source of a process substitution", _SHELL, _quoted("source <(printf '%s\\n' {})", child=False)),
    Rewrite("dot-stdin", ". of the standard input", _SHELL, _quoted(". /dev/stdin <<< {}", child=False)),
    Rewrite("bash-file-substitution", "bash of a process substitution", _SHELL, _quoted("bash <(printf '%s\\n' {})")),
    Rewrite("bash-from-substitution", "bash fed by a process substitution", _SHELL, _quoted("bash < <(printf '%s\\n' {})")),
    Rewrite("file-bash", "written to a file, run by bash", _SHELL, _file("bash")),
    Rewrite("file-source", "written to a file, sourced", _SHELL, _file("source")),
    Rewrite("file-executable", "written to a file, made executable, run", _SHELL, _file("chmod +x /tmp/packgate-step.sh &&")),
    Rewrite("script", "script -c", _SHELL, _quoted("script -qec {} /dev/null", posix=True)),
    Rewrite("flock-c", "flock -c", _SHELL, _quoted("flock /tmp/packgate.lock -c {}", posix=True)),
    Rewrite("setsid-bash", "setsid, nohup and bash -c in the background", _SHELL, _quoted("setsid nohup bash -c {} &")),
    Rewrite("git-alias", "a shell alias of git", "git hands the text behind ! to sh", _git_alias),
)
