"""A command run by the one-liner of another language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite, single_quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.testing.evasions.subject import Subject

_SHELL = "it hands the same text to sh"
_WORDS = "it starts the program with the same arguments"


def _code(program: str, template: str) -> Callable[[Subject], str | None]:
    """Code with the text as a string at ``{}``. A JSON string of ASCII without ``$``, ``@`` and ``#`` is one of each of the languages."""

    def apply(subject: Subject) -> str | None:
        if not subject.posix or not subject.text.isascii() or set(subject.text) & set("$@#"):
            return None
        return f"{program} {single_quoted(template.replace('{}', json.dumps(subject.text)))}"

    return apply


def _argv(program: str, template: str) -> Callable[[Subject], str | None]:
    """The words of a lone command as a list of strings."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or not part.external or not part.constant or not part.together or not subject.text.isascii():
            return None
        words = [value or "" for value in part.values]
        if part.node.redirects or part.node.assignments or any(set(word) & set("$@#") for word in words):
            return None
        return f"{program} {single_quoted(template.replace('{}', ', '.join(json.dumps(word) for word in words)))}"

    return apply


LANGUAGES = (
    Rewrite("python-system", "Python's os.system", _SHELL, _code("python3 -c", "import os; os.system({})")),
    Rewrite("python-subprocess-shell", "Python's subprocess with a shell", _SHELL,
            _code("python3 -c", "import subprocess; subprocess.run({}, shell=True)")),
    Rewrite("python-subprocess", "Python's subprocess with a list", _WORDS, _argv("python3 -c", "import subprocess; subprocess.run([{}])")),
    Rewrite("python-heredoc", "Python from a here-string", _SHELL, _code("python3 <<<", "import os; os.system({})")),
    Rewrite("perl-system", "Perl's system", _SHELL, _code("perl -e", "system({});")),
    Rewrite("perl-exec", "Perl's exec with a list", _WORDS, _argv("perl -e", "exec({});")),
    Rewrite("ruby-system", "Ruby's system", _SHELL, _code("ruby -e", "system({})")),
    Rewrite("node-exec", "Node's execSync", _SHELL, _code("node -e", "require(\"child_process\").execSync({}, {stdio: \"inherit\"})")),
    Rewrite("php-system", "PHP's system", _SHELL, _code("php -r", "system({});")),
    Rewrite("awk-system", "awk's system", _SHELL, _code("awk", "BEGIN { system({}) }")),
)
