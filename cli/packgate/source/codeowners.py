"""The CODEOWNERS file of a repository: whom a path belongs to."""

from __future__ import annotations

import os
import re

from packgate.source.files import join

# Where GitHub and GitLab look, in their order.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class CodeOwners:
    """Patterns with their owners, in the order of the file; ``folder`` is the one that the patterns start from."""

    __slots__ = ("folder", "lines")

    def __init__(self, folder: str, text: str) -> None:
        self.folder = folder
        self.lines: list[tuple[re.Pattern[str], tuple[str, ...]]] = []
        for line in text.splitlines():
            words = line.split("#", 1)[0].split()
            # GitLab's headings of sections (`[Security]`, `^[Docs]`) are no patterns.
            if words and not words[0].startswith(("[", "^[")):
                self.lines.append((_compile(words[0]), tuple(words[1:])))

    def owners(self, path: str) -> tuple[str, ...]:
        """Whom a file belongs to: by the last pattern that matches it; nobody where that one names nobody."""
        inside = os.path.relpath(os.path.abspath(path), os.path.abspath(self.folder)).replace(os.sep, "/")
        return next((owners for pattern, owners in reversed(self.lines) if pattern.fullmatch(inside)), ())


def find_codeowners(start: str) -> CodeOwners | None:
    """The CODEOWNERS file for a folder: its own or that of a folder above, up to the edge of the git repository; None without one."""
    folder = start
    while True:
        for place in PLACES:
            try:
                with open(join(folder, place), encoding="utf-8", errors="replace") as file:
                    return CodeOwners(folder, file.read())
            except OSError:
                continue
        if os.path.exists(join(folder, ".git")) or os.path.abspath(folder) == os.path.abspath(join(folder, os.pardir)):
            return None
        folder = os.path.normpath(join(folder, os.pardir))


def _compile(pattern: str) -> re.Pattern[str]:
    """A pattern as .gitignore has them: a slash at the start or inside ties it to the folder, one at the end means all that is below."""
    tied = "/" in pattern.rstrip("/")
    body = pattern.strip("/")
    out, index = [], 0
    while index < len(body):
        if body.startswith("**/", index):
            out.append("(?:.*/)?")
            index += 3
        elif body.startswith("**", index):
            out.append(".*")
            index += 2
        else:
            char = body[index]
            out.append("[^/]*" if char == "*" else "[^/]" if char == "?" else re.escape(char))
            index += 1
    # `folder/*` is what lies in the folder itself; all others mean a folder with everything in it too.
    below = "" if body.endswith("/*") and not body.endswith("**/*") else "/.+" if pattern.endswith("/") else "(?:/.+)?"
    return re.compile(("" if tied else "(?:.*/)?") + "".join(out) + below)
