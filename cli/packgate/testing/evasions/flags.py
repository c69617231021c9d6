"""Options in another order, another spelling, or with others that change nothing.

Sources: the manuals of GNU coreutils ("options may follow operands", `--` ends them), git, kubectl and curl.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.testing.evasions.rewrite import Rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.shell.tree import Word
    from packgate.testing.evasions.subject import Part, Subject

# Programs whose short options take no value and may be joined, split and moved.
SWITCHES = {"rm": "rfivdRI", "ls": "laARth1", "cp": "rRafpvn", "mv": "fvn", "chmod": "Rvf", "grep": "rniRvwEFlcqs", "cat": "nbEsTA"}
LONG = {"rm": {"-r": "--recursive", "-R": "--recursive", "-f": "--force", "-v": "--verbose"}, "cp": {"-r": "--recursive", "-f": "--force"},
        "mv": {"-f": "--force"}, "chmod": {"-R": "--recursive"}, "grep": {"-r": "--recursive", "-n": "--line-number"}}
# Programs that take `--` before their operands, and options behind them.
ENDED = frozenset("rm cat cp mv head tail wc shred tee touch ln stat chmod chown ls mkdir rmdir grep pkill".split())
# Options that change nothing about the effect, and where they stand: behind how many words.
NOISE = {
    "git": ((1, "--no-pager"), (1, "-c core.pager=cat"), (1, "-C .")),
    "rm": ((1, "-v"), (1, "--verbose")),
    "kubectl": ((1, "--request-timeout=30s"), (1, "-v=2")),
    "curl": ((1, "-sS"), (1, "--max-time 60")),
    "aws": ((1, "--no-cli-pager"), (1, "--output json")),
    "gcloud": ((1, "--verbosity=warning"),),
    "docker": ((1, "--log-level warn"),),
    "helm": ((1, "--debug"),),
    "ssh": ((1, "-q"), (1, "-o BatchMode=yes")),
    "scp": ((1, "-q"),),
    "sudo": ((1, "-n"),),
    "psql": ((1, "-X"), (1, "-v ON_ERROR_STOP=1")),
    "terraform": ((2, "-no-color"),),
    "npm": ((1, "--no-fund"),),
    "pip": ((1, "--disable-pip-version-check"),),
    "cat": ((1, "-u"),),
}
# Long options that take a value, so that `--x=y` and `--x y` are the same.
VALUED = {
    "kubectl": ("--namespace", "--context", "--replicas"), "helm": ("--namespace", "--kube-context"),
    "gcloud": ("--project", "--secret", "--member", "--role", "--zone"), "docker": ("--host", "--context"),
    "aws": ("--profile", "--region", "--secret-id", "--stack-name", "--role-name", "--instance-ids", "--volume-id"),
    "psql": ("--host", "--dbname", "--command"), "az": ("--assignee", "--role", "--vault-name"),
}


def _split(part: Part) -> list[tuple[int, int, str]] | None:
    """`-rf` as `-r -f`."""
    return _each_cluster(part, lambda letters: " ".join("-" + letter for letter in letters))


def _reversed(part: Part) -> list[tuple[int, int, str]] | None:
    """`-rf` as `-fr`."""
    return _each_cluster(part, lambda letters: "-" + letters[::-1])


def _each_cluster(part: Part, change: Callable[[str], str]) -> list[tuple[int, int, str]] | None:
    letters = SWITCHES.get(part.program or "")
    if letters is None:
        return None
    return [(word.start, word.end, change(value[1:])) for word, value in _options(part)
            if len(value) > 2 and value[1] != "-" and set(value[1:]) <= set(letters)]


def _long(part: Part) -> list[tuple[int, int, str]] | None:
    names = LONG.get(part.program or "")
    if names is None:
        return None
    edits = []
    for word, value in _options(part):
        letters = ["-" + letter for letter in value[1:]] if value[1:2] != "-" else []
        if letters and all(letter in names for letter in letters):
            edits.append((word.start, word.end, " ".join(names[letter] for letter in letters)))
    return edits


def _options(part: Part) -> list[tuple[Word, str]]:
    """The constant options before `--`."""
    found = []
    for word, value in part.arguments:
        if value == "--":
            break
        if value[:1] == "-" and len(value) > 1:
            found.append((word, value))
    return found


def _marked(subject: Subject) -> str | None:
    """`--` before the operands of a command whose options all come first."""
    edits = []
    for part in subject.parts:
        if part.program not in ENDED or not part.constant or "--" in part.values:
            continue
        place = _first_operand(part)
        if place is not None:
            edits.append((part.words[place].start, part.words[place].start, "-- "))
    return subject.edited(edits)


def _first_operand(part: Part) -> int | None:
    """The number of the first operand, when everything before is a plain switch and no option follows."""
    letters = SWITCHES.get(part.program or "", "")
    place = 1
    while place < len(part.values) and (part.values[place] or "").startswith("-"):
        value = part.values[place] or ""
        if not value.startswith("--") and not set(value[1:]) <= set(letters):
            return None
        place += 1
    rest = part.values[place:]
    return place if rest and not any((value or "").startswith("-") for value in rest) else None


def _moved(subject: Subject) -> str | None:
    """The switches of a command behind its operands."""
    edits = []
    for part in subject.parts:
        place = _first_operand(part) if part.program in SWITCHES and part.constant and "--" not in part.values else None
        if place is None or place == 1 or not part.together:
            continue
        switches = subject.text[part.words[1].start:part.words[place - 1].end]
        edits += [(part.words[0].end, part.words[place - 1].end, ""), (part.words[-1].end, part.words[-1].end, " " + switches)]
    return subject.edited(edits)


def _noise(number: int) -> Callable[[Subject], str | None]:
    def apply(subject: Subject) -> str | None:
        edits = []
        for part in subject.parts:
            noise = NOISE.get(part.program or "", ())
            if number < len(noise) and part.external and len(part.words) > noise[number][0]:
                place = part.words[noise[number][0] - 1].end
                edits.append((place, place, " " + noise[number][1]))
        return subject.edited(edits)

    return apply


def _apart(subject: Subject) -> str | None:
    """`--x=y` as `--x y`."""
    edits = []
    for part in subject.parts:
        for word, value in part.arguments:
            name, equals, rest = value.partition("=")
            text = subject.text[word.start:word.end]
            if equals and rest and name in VALUED.get(part.program or "", ()) and text.startswith(name + "="):
                edits.append((word.start, word.start + len(name) + 1, name + " "))
    return subject.edited(edits)


def _joined(subject: Subject) -> str | None:
    """`--x y` as `--x=y`."""
    edits = []
    for part in subject.parts:
        for place, value in enumerate(part.values[:-1]):
            if value in VALUED.get(part.program or "", ()) and part.values[place + 1] is not None:
                edits.append((part.words[place].end, part.words[place + 1].start, "="))
    return subject.edited(edits)


def _parts(change: Callable[[Part], list[tuple[int, int, str]] | None]) -> Callable[[Subject], str | None]:
    return lambda subject: subject.edited(edit for part in subject.parts for edit in change(part) or ())


FLAGS = (
    Rewrite("switches-apart", "joined switches apart", "-rf is -r -f", _parts(_split)),
    Rewrite("switches-reversed", "joined switches in another order", "their order plays no part", _parts(_reversed)),
    Rewrite("switches-long", "switches by their long names", "they are the same options", _parts(_long)),
    Rewrite("switches-last", "switches behind the operands", "GNU programs take options anywhere", _moved),
    Rewrite("end-of-options", "-- before the operands", "it ends the options, and there are no more", _marked),
    Rewrite("option-value-apart", "--option=value as two words", "both spellings mean the same", _apart),
    Rewrite("option-value-joined", "an option and its value as --option=value", "both spellings mean the same", _joined),
    Rewrite("further-option", "an option that changes nothing", "it concerns what is shown, or is the default", _noise(0)),
    Rewrite("further-option-2", "another option that changes nothing", "it concerns what is shown, or is the default", _noise(1)),
    Rewrite("further-option-3", "a third option that changes nothing", "it is the default", _noise(2)),
)
