"""Write a comparison of policies as one comment on a pull request: a new one the first time, the same one afterwards.

    python comment.py FILE

Needs of the environment GITHUB_API_URL, GITHUB_REPOSITORY, GITHUB_TOKEN and PULL_REQUEST. A token that may not write (a pull request
from a fork) is said as a notice and fails nothing: the comparison stands in the job's summary, too.
"""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

MARKER = "<!-- packgate diff -->"
# GitHub refuses longer comments.
_LONGEST = 65_536
_SECONDS = 30
_PER_PAGE = 100


class Comments:
    """The comments of a pull request, by GitHub's REST interface (issue comments, API version 2022-11-28)."""

    def __init__(self, api: str, repository: str, number: int, token: str) -> None:
        self.repository = f"{api}/repos/{repository}/issues"
        self.number = number
        self.headers = {
            "Authorization": f"Bearer {token}", "Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28",
            "Content-Type": "application/json", "User-Agent": "packgate",
        }

    def write(self, body: str) -> str:
        """Write the comment, or bring the one that carries the marker up to date; says which."""
        mine = self._mine()
        if mine is None:
            self._ask("POST", f"{self.repository}/{self.number}/comments", {"body": body})
            return "written"
        self._ask("PATCH", f"{self.repository}/comments/{mine}", {"body": body})
        return "brought up to date"

    def _mine(self) -> int | None:
        page = 1
        while True:
            found = self._ask("GET", f"{self.repository}/{self.number}/comments?per_page={_PER_PAGE}&page={page}")
            for each in found:
                if each["body"].startswith(MARKER):
                    return int(each["id"])
            if len(found) < _PER_PAGE:
                return None
            page += 1

    def _ask(self, method: str, url: str, data: dict[str, str] | None = None) -> Any:
        body = None if data is None else json.dumps(data).encode()
        request = urllib.request.Request(url, body, self.headers, method=method)
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:
            return json.load(answer)


def shortened(text: str) -> str:
    """A text with the marker, no longer than GitHub takes."""
    body = f"{MARKER}\n{text}"
    if len(body) <= _LONGEST:
        return body
    note = "\n\n… The whole comparison stands in the summary of the job."
    return body[: _LONGEST - len(note)].rpartition("\n")[0] + note


def main(arguments: list[str]) -> int:
    """Run from the command line."""
    text = Path(arguments[0]).read_text(encoding="utf-8")
    comments = Comments(
        os.environ.get("GITHUB_API_URL", "https://api.github.com"), os.environ["GITHUB_REPOSITORY"], int(os.environ["PULL_REQUEST"]),
        os.environ["GITHUB_TOKEN"],
    )
    try:
        done = comments.write(shortened(text))
    except urllib.error.HTTPError as error:
        if error.code not in (401, 403, 404):
            raise
        print(f"::notice::no comment: this token may not write one ({error.code}); the comparison stands in the summary of the job")
        return 0
    print(f"comment {done}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
