"""Ways in which a command is only text: written, shown, searched for, assigned, commented out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, double_quoted, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_ARGUMENT = "an argument that the program does not run"
_DELIMITER = "PACKGATE_END"


def _quoted(template: str) -> Callable[[Subject], str | None]:
    return lambda subject: template.replace("{}", single_quoted(subject.text), 1)


def _doubled(template: str) -> Callable[[Subject], str | None]:
    """In double quotes; what the shell would expand is escaped."""
    return lambda subject: template.replace("{}", double_quoted(subject.text), 1)


def _heredoc(template: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        if _DELIMITER in subject.text:
            return None
        return template.replace("{}", f"<<'{_DELIMITER}'") + f"\n{subject.text}\n{_DELIMITER}"

    return apply


def _comment(subject: Subject) -> str | None:
    return "# " + subject.text.replace("\n", "\n# ") + "\necho ready"


def _comment_behind(subject: Subject) -> str | None:
    return "echo ready # " + subject.text if subject.one_line else None


def _code(program: str, template: str) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        if not subject.text.isascii() or set(subject.text) & set("$@#"):
            return None
        return f"{program} {single_quoted(template.replace('{}', json.dumps(subject.text)))}"

    return apply


WRAPS = (
    Rewrite("echo", "echo in single quotes", _ARGUMENT, _quoted("echo {}")),
    Rewrite("echo-double", "echo in double quotes", _ARGUMENT, _doubled("echo {}")),
    Rewrite("echo-file", "echo into a file", "text of a file that nobody runs", _quoted("echo {} >> docs/notes.md")),
    Rewrite("printf", "printf %s", _ARGUMENT, _quoted("printf '%s\\n' {}")),
    Rewrite("commit-message", "a commit message", _ARGUMENT, _quoted("git commit -m {}")),
    Rewrite("commit-message-double", "a commit message in double quotes", _ARGUMENT, _doubled("git commit -m {}")),
    Rewrite("tag-message", "the message of a tag", _ARGUMENT, _quoted("git tag -a v0.0.1 -m {}")),
    Rewrite("log-grep", "what git log searches for", _ARGUMENT, _quoted("git log --grep={}")),
    Rewrite("grep", "a search pattern", _ARGUMENT, _quoted("grep -rn -- {} docs")),
    Rewrite("ripgrep", "a search pattern of ripgrep", _ARGUMENT, _quoted("rg -F -e {} docs")),
    Rewrite("comment", "commented out", "comments are skipped", _comment),
    Rewrite("comment-behind", "a comment behind a command", "comments are skipped", _comment_behind),
    Rewrite("heredoc-file", "a quoted heredoc into a file", "text of a file that nobody runs", _heredoc("cat > docs/notes.md {}")),
    Rewrite("heredoc-shown", "a quoted heredoc that is shown", "cat shows it", _heredoc("cat {}")),
    Rewrite("heredoc-null", "a heredoc for :", "nobody reads it", _heredoc(": {}")),
    Rewrite("here-string", "a here-string for cat", "cat shows it", _quoted("cat <<< {}")),
    Rewrite("here-string-count", "a here-string for wc", "wc counts it", _quoted("wc -c <<< {}")),
    Rewrite("assignment", "a variable that nobody uses", "it is never read", _quoted("note={}; echo ready")),
    Rewrite("array", "an array that nobody uses", "it is never read", _quoted("notes=({}); echo ready")),
    Rewrite("colon", "an argument of :", _ARGUMENT, _quoted(": {}")),
    Rewrite("test", "compared with another text", _ARGUMENT, _quoted('[ {} = "$1" ]')),
    Rewrite("case-word", "the word of a case", "it is compared, not run", _quoted("case {} in ready) echo ready ;; esac")),
    Rewrite("jq", "a string of jq", _ARGUMENT, _quoted("jq -n --arg command {} '{command: $command}'")),
    Rewrite("awk-variable", "a variable of awk", _ARGUMENT, lambda s: None if "\\" in s.text else _quoted(
        "awk -v note={} 'BEGIN { print note }'")(s)),
    Rewrite("tee-file", "a line that tee appends to a page", "text of a file that nobody runs", lambda s: (
        f"printf '%s\\n' {single_quoted(s.text)} | tee -a docs/notes.md")),
    Rewrite("python-string", "a string that Python prints", "it is printed", _code("python3 -c", "print({})")),
    Rewrite("node-string", "a string that Node prints", "it is printed", _code("node -e", "console.log({})")),
)
