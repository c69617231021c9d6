"""Bash as the judge where mvdan/sh reads another tree than we: the form in which bash prints what it parsed (`--pretty-print`,
which runs nothing), read by us, has to hold the commands and redirections that we read in the script itself."""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from readings import read_ours

if TYPE_CHECKING:
    from readings import Reading

# What bash prints in the same way whatever it read: `if` for `elif`, `2>&1 |` for `|&`, a name for every coprocess.
KINDS = ("&&", "||", "&", "(", "case", "function", "[[", "while", "until", "((", "for", "select")

# Bash prints a here-document before the operator behind its command, which no shell reads back.
MISPLACED = re.compile(r"(<<-?'?(\w+)'?[^\n]*)\n((?:(?!\2\n)[^\n]*\n)*?)\2\n[ \t]*(&&|\|\|?|&|;)")

# In a compound command behind a here-document it prints a blank for the end of a line.
HEREDOC_PIPED = re.compile(r"<<-?'?\w+'?[^\n]*(\\\n[^\n]*)*(\(|\{|\bdo\b|\bfor\b|\bcase\b|\bif\b|\bwhile\b|\buntil\b)")
# The same where it can be told.
LOST_END = re.compile(r"^([ \t]*(?:esac|done|fi|\}))[ \t]+(?=[^\s;|&<>(){}0-9])", re.MULTILINE)


def printed_form(script: str, bash: str) -> str | None:
    """What bash prints of a script that it parses; None when it refuses it."""
    with tempfile.TemporaryDirectory(prefix="packgate-printed-") as folder:
        path = Path(folder, "script")
        path.write_text(script, encoding="utf-8", newline="")
        command = [bash, "--norc", "--noprofile", "--pretty-print", "-O", "extglob", str(path)]
        done = subprocess.run(command, cwd=folder, capture_output=True, stdin=subprocess.DEVNULL, check=False, env={"LC_ALL": "C.UTF-8"}, timeout=20)
    text = done.stdout.decode("utf-8", "surrogateescape")
    if done.returncode or not text.strip():
        return None
    count = 1
    while count:
        text, count = MISPLACED.subn(lambda m: f"{m[1]} {m[4].strip(';')}\n{m[3]}{m[2]}\n", text)
    return LOST_END.sub(r"\1\n", text)


def bash_agrees(script: str, bash: str) -> bool:
    """Whether what bash prints of a script holds what we read in it."""
    printed = printed_form(script, bash)
    if printed is None:
        return False
    again, problems = read_ours(re.sub(r"\bcoproc COPROC ", "coproc ", printed))
    if problems:
        return False
    theirs, ours = _held(again), _held(read_ours(script)[0])
    return theirs == ours or (HEREDOC_PIPED.search(script) is not None and _unparted(theirs) == _unparted(ours))


def _unparted(held: Counter[tuple[str, ...]]) -> Counter[str]:
    """The words of all commands, and all else: where the end of a line is lost, two commands are printed as one."""
    found: Counter[str] = Counter()
    for (kind, *parts), count in held.items():
        for part in parts if kind == "command" else [f"{kind} {parts}"]:
            found[part] += count * (part != "\0")
    return +found


def _held(reading: Reading) -> Counter[tuple[str, ...]]:
    """The commands, redirections and kinds of compound commands of a reading, in any order."""
    held: Counter[tuple[str, ...]] = Counter(("command", *assigns, "\0", *words) for _, assigns, words in reading.commands)
    for _, op, target, body in reading.redirects:
        fd, _, name = target.partition(" ")
        if (op, target) == (">&", "2 1"):
            continue
        if op == ">&" and not fd and not re.fullmatch(r"[0-9]+-?|-", name):
            op = "&>"
        fd = fd or ("1" if op[0] == ">" else "0")
        held["redirection", ">&" if name == "-" else op, fd, name, body] += 1
    held.update(("compound", kind) for _, kind, _ in reading.skeleton if kind in KINDS)
    return held
