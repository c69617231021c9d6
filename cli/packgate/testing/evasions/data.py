"""Ways in which a command is only text: written, shown, searched for, assigned, commented out."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from packgate.testing.evasions.data_arguments import ARGUMENTS
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


def _closed(apply: Callable[[Subject], str | None], end: str) -> Callable[[Subject], str | None]:
    """Something behind what another rewrite makes."""

    def closed(subject: Subject) -> str | None:
        made = apply(subject)
        return None if made is None else made + end

    return closed


def _dashed(subject: Subject) -> str | None:
    made = _written("docs/notes.md")(subject)
    return None if made is None else made.replace("<<", "<<-", 1)


def _written(path: str) -> Callable[[Subject], str | None]:
    return _heredoc(f"cat > {path} {{}}")


def _sql(template: str) -> Callable[[Subject], str | None]:
    """A literal of SQL."""
    return lambda subject: template.replace("{}", single_quoted(template_sql(subject.text)), 1)


def template_sql(text: str) -> str:
    """An SELECT of the text as a literal."""
    return "SELECT '" + text.replace("'", "''") + "' AS note"


def _json(template: str) -> Callable[[Subject], str | None]:
    return lambda subject: template.replace("{}", single_quoted(json.dumps({"note": subject.text})), 1)


def _sed(template: str) -> Callable[[Subject], str | None]:
    """The replacement of sed's s, where nothing in it means something to sed."""
    return lambda subject: None if set(subject.text) & set("|&\\\n") else template.replace("{}", single_quoted(f"s|todo|{subject.text}|"),
     1)


def _bare(template: str) -> Callable[[Subject], str | None]:
    """The program of a lone command alone."""

    def apply(subject: Subject) -> str | None:
        part = subject.lone
        if part is None or not part.program or not part.program.isalnum() or part.program in part.own:
            return None
        return template.replace("{}", part.program)

    return apply


# GNU programs and those of Go's cobra: `--help` anywhere among their options, and nothing else is done.
_HELPFUL = frozenset(
    "rm cp mv chmod cat head tail ln touch tee mkfs.ext4 kubectl helm docker podman gh terraform oc velero fly vercel cloudflared"
    " ngrok".split()
)


def _help(subject: Subject) -> str | None:
    part = subject.lone
    if part is None or part.program not in _HELPFUL or not part.constant or not part.together or part.node.redirects:
        return None
    return subject.edited([(part.words[0].end, part.words[0].end, " --help")])


def _lines(before: str, after: str) -> Callable[[Subject], str | None]:
    """On lines of its own in something that is not run."""
    return lambda subject: f"{before}{subject.text}{after}" if not subject.heredoc else None


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
    *ARGUMENTS,
    *(Rewrite(id, title, "a text in double quotes is an argument", _doubled(template)) for id, title, template in (
        ("grep-double", "a search pattern in double quotes", "grep -n {} README.md"),
        ("gh-body-double", "the body of an issue in double quotes", "gh issue create --title note --body {}"),
        ("assignment-double", "a variable in double quotes", "note={}"), ("printf-double", "printf in double quotes", "printf '%s\\n' {}"),
        ("log-double", "a search of git log in double quotes", "git log --grep {}"),
    )),
    *(Rewrite(id, title, "text of a file that nobody runs", apply) for id, title, apply in (
        ("heredoc-readme", "a heredoc into a page", _written("README.md")),
        ("heredoc-text", "a heredoc into a text file", _written("docs/notes.txt")),
        ("heredoc-script", "a heredoc into a script that nobody runs", _written("scripts/tidy.sh")),
        ("heredoc-python", "a heredoc into a program that nobody runs", _written("src/tidy.py")),
        ("heredoc-temporary", "a heredoc into a temporary file", _written("/tmp/packgate-notes.txt")),
        ("heredoc-yaml", "a heredoc into a YAML file", _written("docs/example.yaml")),
        ("heredoc-append", "a heredoc at the end of a page", _heredoc("cat >> docs/notes.md {}")),
        ("heredoc-tee", "a heredoc that tee writes", _heredoc("tee docs/notes.md {}")),
        ("heredoc-tee-quiet", "a heredoc that tee writes quietly", _heredoc("tee docs/notes.md > /dev/null {}")),
        ("heredoc-first", "a heredoc before cat", _heredoc("{} cat > docs/notes.md")),
        ("heredoc-dash", "a heredoc with <<- into a page",
         lambda s: None if s.text.startswith("\t") or "\n\t" in s.text else _dashed(s)),
        ("heredoc-commit", "a commit message from a heredoc", _heredoc("git commit -F - {}")),
        ("heredoc-pr", "the body of a pull request from a heredoc", _heredoc("gh pr create --title note --body-file - {}")),
        ("heredoc-grep", "a heredoc for grep", _heredoc("grep -c x {}")),
        ("heredoc-read", "a heredoc that read takes", _heredoc("read -r -d '' note {}")),
        ("heredoc-sort", "a heredoc for sort", _heredoc("sort {}")), ("heredoc-jq", "a heredoc for jq", _heredoc("jq -Rs . {}")),
        ("heredoc-wc", "a heredoc for wc", _heredoc("wc -l {}")),
        ("heredoc-python-read", "a heredoc that Python reads as text", _heredoc("python3 -c 'import sys; print(sys.stdin.read())' {}")),
        ("heredoc-base64", "a heredoc for base64", _heredoc("base64 {}")),
        ("heredoc-mapfile", "a heredoc that mapfile takes", _heredoc("mapfile -t notes {}")),
        ("heredoc-curl", "a heredoc sent to this machine", _heredoc("curl --data-binary @- http://localhost:3000/notes {}")),
        ("heredoc-commit-substitution", "a commit message from a heredoc in a substitution", _closed(_heredoc("git commit -m \"$(cat {}"),
         "\n)\"")),
        ("heredoc-body-substitution", "the body of a pull request from a heredoc in a substitution",
         _closed(_heredoc("gh pr create --title note --body \"$(cat {}"), "\n)\"")),
        ("heredoc-variable", "a variable from a heredoc in a substitution", _closed(_heredoc("note=$(cat {}"), "\n)")),
        ("echo-append", "echo to the end of a page", _quoted("echo {} >> README.md")),
        ("printf-file", "printf into a text file", _quoted("printf '%s\\n' {} > docs/notes.txt")),
        ("sed-insert", "a replacement of sed in a page", _sed("sed -i {} docs/notes.md")),
        ("sed-shown", "a replacement of sed that is shown", _sed("sed {} README.md")),
    )),
    *(Rewrite(id, title, why, apply) for id, title, why, apply in (
        ("function-only", "a function that nobody calls", "it is defined, not called", _lines("packgate_tidy() {\n", "\n}")),
        ("function-keyword-only", "a function by its reserved word that nobody calls", "it is defined, not called",
         _lines("function packgate_tidy {\n", "\n}\necho ready")),
        ("sql-literal", "a literal of SQL", "it is a string of the statement", _sql("psql -h localhost -c {}")),
        ("sqlite-literal", "a literal of SQLite", "it is a string of the statement", _sql("sqlite3 notes.db {}")),
        ("mysql-literal", "a literal of MySQL", "it is a string of the statement",
         lambda s: None if "\\" in s.text else _sql("mysql -h localhost -e {}")(s)),
        ("json-curl", "JSON sent to this machine", "it is a string of the payload",
         _json("curl -H 'Content-Type: application/json' -d {} http://localhost:3000/notes")),
        ("json-jq", "JSON that jq reads", "it is a string of the input", _json("jq . <<< {}")),
        ("json-file", "JSON written to a file", "text of a file that nobody runs", _json("echo {} > docs/note.json")),
        ("json-python", "JSON that Python reads", "it is a string of the input", _json("python3 -m json.tool <<< {}")),
        ("comment-both", "comments around a harmless command", "comments are skipped",
         lambda s: f"# {s.text}\necho ready # {s.text}" if s.one_line else None),
        ("comment-indented", "an indented comment", "comments are skipped", lambda s: f"   #{s.text}\n:" if s.one_line else None),
        ("comment-no-blank", "a comment behind a semicolon", "comments are skipped",
         lambda s: f"echo ready;# {s.text}" if s.one_line else None),
        ("python-assigned", "a string that Python assigns", "it is never run", _code("python3 -c", "note = {}")),
        ("python-comment", "a comment of Python", "it is never run",
         lambda s: f"python3 -c {single_quoted('print(1)  # ' + s.text)}" if s.one_line else None),
        ("python-list", "strings in a list of Python", "they are never run", _code("python3 -c", "notes = [{}, 1]; print(len(notes))")),
        ("python-compare", "a string that Python compares", "it is never run", _code("python3 -c", "import sys; print(sys.argv == {})")),
        ("python-logging", "a message of Python's log", "it is written, not run", _code("python3 -c",
         "import logging; logging.warning({})")),
        ("python-search", "a string that Python searches", "it is never run", _code("python3 -c",
         "print({} in open(\"README.md\").read())")),
        ("python-function", "a string in a function of Python", "it is never run", _code("python3 -c",
         "def note():\n    return {}\nprint(note())")),
        ("python-shlex", "a string that Python splits", "it is never run", _code("python3 -c", "import shlex; print(shlex.split({}))")),
        ("node-assigned", "a string that Node assigns", "it is never run", _code("node -e", "const note = {}; console.log(note.length)")),
        ("node-comment", "a comment of Node", "it is never run",
         lambda s: f"node -e {single_quoted('console.log(1) // ' + s.text)}" if s.one_line else None),
        ("perl-string", "a string that Perl prints", "it is printed", _code("perl -e", "print {};")),
        ("ruby-string", "a string that Ruby prints", "it is printed", lambda s: None if "`" in s.text else _code("ruby -e", "puts {}")(s)),
        ("php-string", "a string that PHP prints", "it is printed", _code("php -r", "echo {};")),
        ("awk-string", "a string that awk prints", "it is printed", _code("awk", "BEGIN { print {} }")),
        ("lua-string", "a string that Lua prints", "it is printed", _code("lua -e", "print({})")),
        ("help", "a request for help", "it shows how it is called", _help), ("man", "a page of the manual", "it is shown", _bare("man {}")),
        ("which", "which", "it shows where the program is", _bare("which {}")),
        ("type", "type", "it shows what the name means", _bare("type {}")),
        ("command-v", "command -v", "it shows what the name means", _bare("command -v {}")),
        ("whereis", "whereis", "it shows where the program is", _bare("whereis {}")),
        ("help-builtin", "help", "it shows what the builtin does", _bare("help {} || true")),
        ("version", "a request for the version", "it shows the version",
         lambda s: _bare("{} --version")(s) if s.lone is not None and s.lone.program in _HELPFUL else None),
        ("dpkg", "which package has it", "it is looked up", _bare("dpkg -S bin/{}")),
        ("info", "a page of info", "it is shown", _bare("info {}")), ("whatis", "a line of the manual", "it is shown", _bare("whatis {}")),
        ("test-x", "a test for the program", "it is looked up", _bare("if command -v {} > /dev/null; then echo yes; fi")),
        ("hash", "hash of the program", "it is looked up", _bare("hash {}")),
    )),
)
