"""Native rules about files: path patterns of policies that fire for every path they describe, wherever it lies."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packgate.model.action import parse_action
from packgate.render.answers import RANK
from packgate.render.judging import PLACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from packgate.model.policy import Condition, Policy
    from packgate.render.subject import Subject

# What an agent's own tools do to files, with the operations of the action JSON.
TOOLS = {"read": ("read",), "edit": ("edit", "write")}
_FAMILIES = {"read": "read-file", "edit": "modify-file"}
# Folders in which a pattern without one is tried.
_FOLDERS = ("/home/dev/proj", "/home/dev/proj/sub/dir", "/home/dev", "/srv/data", "/tmp/zz")
_EXTENSION = re.compile(r".\.[A-Za-z0-9]+$")
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class PathCandidate:
    """A path pattern of a policy as it is written, for a tool."""

    path: str
    tool: str
    policy: str
    answer: str


def path_candidates(policy: Policy, answer: str, lists: Mapping[str, tuple[str, ...]], subject: Subject) -> Iterator[PathCandidate]:
    """The patterns of a policy that always fire. ``answer``: what the policy asks for; ``lists``: what its patterns can name."""
    if any(condition.field != "path" for clause in policy.exceptions for condition in clause):
        return  # Where a file lies, or what is done to it, can excuse it.
    excused = [path for pattern in _paths(policy.exceptions, lists) for path in instances(pattern)]
    for tool, family in _FAMILIES.items():
        if family not in policy.when:
            continue
        for pattern in sorted(set(_paths(policy.clauses, lists))):
            if not pattern.startswith("./") and not _excuses(pattern, excused) and _always(policy, pattern, tool, subject):
                yield PathCandidate(pattern, tool, policy.id, answer)


def _paths(clauses: Iterable[Iterable[Condition]], lists: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for clause in clauses:
        for condition in clause:
            if condition.field == "path" and condition.quantifier == "any":
                for pattern in condition.patterns:
                    if pattern.kind == "glob":
                        yield pattern.text
                    elif pattern.kind == "list":
                        yield from lists.get(pattern.text, ())


def _excuses(pattern: str, excused: Iterable[str]) -> bool:
    """Whether a path of an exception is one that the pattern describes, in the widest reading of targets."""
    wide = as_regex(pattern)
    return any(wide.fullmatch(path) for path in excused)


def _always(policy: Policy, pattern: str, tool: str, subject: Subject) -> bool:
    return all(
        _fires(policy, path, operation, place, subject)
        for path in [*instances(pattern), *_below(pattern)] for operation in TOOLS[tool] for place in PLACES
    )


def _fires(policy: Policy, path: str, operation: str, place: Mapping[str, object], subject: Subject) -> bool:
    action = parse_action({"surface": "file", "operation": operation, "path": path, **place})
    return any(match.policy == policy.id and not match.waived for match in subject.decide(action).matches)


def instances(pattern: str) -> list[str]:
    """Absolute paths, or such in the home directory, that a pattern describes."""
    found = []
    for choice in choices(pattern):
        for filled in {choice.replace("**", "a"), choice.replace("**", "a/b.c")}:
            plain = re.sub(r"\[[^]]*\]", "x", filled.replace("*", "x").replace("?", "x"))
            roots = ("",) if plain.startswith(("/", "~")) else _FOLDERS
            found += [posixpath.join(root, plain) for root in roots]
    return sorted(set(found))


def _below(pattern: str) -> list[str]:
    """What lies below a path that looks like a folder: some targets take a folder's rule for everything in it."""
    last = pattern.rpartition("/")[2]
    return [] if last == "**" or _EXTENSION.search(last) else [f"{path}/zz.txt" for path in instances(pattern)]


def choices(pattern: str) -> list[str]:
    """The patterns that one with `{a,b}` stands for."""
    found = _BRACES.search(pattern)
    if found is None:
        return [pattern]
    start, end = pattern[:found.start()], pattern[found.end():]
    return [choice for item in found[1].split(",") for choice in choices(start + item + end)]


def as_regex(pattern: str) -> re.Pattern[str]:
    """A path pattern as targets can read it at most: with everything below it, and at any depth unless it is absolute."""
    alternatives = []
    for choice in choices(pattern):
        body = re.escape(choice).replace(r"\*\*/", "(?:.*/)?").replace(r"\*\*", ".*").replace(r"\*", "[^/]*").replace(r"\?", "[^/]")
        home = body.startswith((re.escape("~"), "~"))
        front = "" if choice.startswith("/") else "(?:~|/home/[^/]+|/root|/Users/[^/]+|/data/users/[^/]+)" if home else "(?:.*/)?"
        alternatives.append(f"{front}{body.removeprefix(re.escape('~')) if home else body}(?:/.*)?")
    return re.compile("|".join(f"(?:{each})" for each in alternatives))


def strictest(found: Iterable[PathCandidate]) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """By path and tool: the strictest answer, and the policies that want it."""
    grouped: dict[tuple[str, str], list[PathCandidate]] = defaultdict(list)
    for each in found:
        grouped[each.path, each.tool].append(each)
    return {
        key: (max((one.answer for one in grouped[key]), key=RANK.__getitem__), tuple(sorted({one.policy for one in grouped[key]})))
        for key in sorted(grouped)
    }
