"""What a composed script prints: by our evaluation, and by a real bash in a throw-away folder.

Bash runs as an unprivileged user where this process may choose one, with an empty environment, a `PATH` of links to text
tools, limits on processor time and file size, and no input.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from compose_expansion import FILES

from packgate.model.value import DIGITS, NAME, Glob, Origin, join, unknown
from packgate.shell.evaluate import evaluate
from packgate.shell.paths import resolve_path
from packgate.shell.state import State, Unset

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.model.operation import Note
    from packgate.model.value import Part, Text, Value
    from packgate.shell.command import Command

TOOLS = ("cat", "tr", "rev", "base64", "sed", "head", "tail", "cut", "sort", "xxd", "tac", "seq", "basename", "dirname")
UNPRIVILEGED = 65534
# How a hole is marked that stands for a whole printed argument.
PRINTED = "printed"
BATCH_SECONDS, ONE_SECONDS = 90, 5

# Runs script after script, each in its folder; the limits hold for all of them.
DRIVER = """ulimit -t 60 -f 2048 -c 0
i=0
while [ $i -lt $COUNT ]; do
  cd "$ROOT/w/$i" && HOME="$ROOT/home" PATH="$ROOT/tools" "$SHELL_UNDER_TEST" $OPTIONS "$ROOT/s/$i" >"$ROOT/o/$i" 2>"$ROOT/e/$i" </dev/null
  i=$((i+1))
done
"""


class Printed:
    """What bash printed: standard output, and standard error for people. None for a script that did not end."""

    __slots__ = ("errors", "folder", "number", "text")

    def __init__(self, folder: str, number: int, text: str | None, errors: str) -> None:
        self.folder = folder
        # Of the folder: that of a script that had to be run alone is not its place in the batch.
        self.number = number
        self.text = text
        self.errors = errors


class Place:
    """A throw-away folder with room for a batch of scripts."""

    def __init__(self, shell: str, options: str = "--norc --noprofile") -> None:
        self.root = Path(tempfile.mkdtemp(prefix="packgate-differential-"))
        self.shell = shell
        self.options = options
        self.root.chmod(0o755)
        for name in ("tools", "home"):
            (self.root / name).mkdir()
        for tool in TOOLS:
            found = shutil.which(tool)
            if found is not None:
                (self.root / "tools" / tool).symlink_to(found)

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self.root)

    def run(self, scripts: list[str]) -> list[Printed]:
        """Run scripts; where the batch does not end in time, each on its own."""
        if self._run(scripts, BATCH_SECONDS):
            return [self._printed(i) for i in range(len(scripts))]
        printed = []
        for script in scripts:
            ended = self._run([script], ONE_SECONDS)
            found = self._printed(0)
            printed.append(found if ended else Printed(found.folder, 0, None, found.errors))
        return printed

    def folder(self, number: int) -> str:
        """Where the script of a number runs."""
        return str(self.root / "w" / str(number))

    def script(self, number: int) -> str:
        """The file of a script, which is its ``$0``."""
        return str(self.root / "s" / str(number))

    def _printed(self, number: int) -> Printed:
        read = [(self.root / kind / str(number)).read_bytes().decode("utf-8", "surrogateescape") for kind in "oe"]
        return Printed(self.folder(number), number, read[0], read[1])

    def _run(self, scripts: list[str], seconds: int) -> bool:
        for kind in "wsoe":
            shutil.rmtree(self.root / kind, ignore_errors=True)
            (self.root / kind).mkdir()
        for number, script in enumerate(scripts):
            (self.root / "s" / str(number)).write_text(script, encoding="utf-8")
            work = self.root / "w" / str(number)
            for name, content in FILES.items():
                (work / name).parent.mkdir(parents=True, exist_ok=True)
                (work / name).write_text(content, encoding="utf-8")
        user = self._hand_over()
        environment = {
            "ROOT": str(self.root), "COUNT": str(len(scripts)), "SHELL_UNDER_TEST": self.shell, "OPTIONS": self.options, "LC_ALL": "C.UTF-8",
        }  # fmt: skip
        process = subprocess.Popen(
            ["/bin/sh", "-c", DRIVER], env=environment, cwd=self.root, user=user, group=user, extra_groups=None if user is None else (),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        return True

    def _hand_over(self) -> int | None:
        """Give what scripts may write to the unprivileged user; None when this process is not allowed to."""
        if os.geteuid() != 0:
            return None
        for folder, _, _ in os.walk(self.root / "w"):
            os.chown(folder, UNPRIVILEGED, UNPRIVILEGED)
        for kind in "oe":
            os.chown(self.root / kind, UNPRIVILEGED, UNPRIVILEGED)
        return UNPRIVILEGED


class Recorder:
    """The world of a script for our evaluation: its folder's files, and what `printf '%s\\0'` prints. Partly known
    arguments become holes that `admits` knows."""

    def __init__(self, folder: str) -> None:
        self.files: dict[Value, Value] = {f"{folder}/{name}": text for name, text in FILES.items()}
        self.partial: list[Text] = []
        self.notes: list[str] = []
        self.commands = 0

    def run(self, command: Command) -> Value | None:
        """Learn of a command; the output is ours to know for prints alone."""
        self.commands += 1
        argv = command.argv
        if argv[0] != "printf" or len(argv) < 2 or argv[1] != "%s\\0":
            return None
        pieces: list[Value] = []
        for value in argv[2:] or [""]:
            if isinstance(value, str):
                pieces += [value, "\0"]
            else:
                self.partial.append(value)
                pieces.append(unknown(Origin("argument", str(len(self.partial) - 1)), chars=PRINTED))
        return join(pieces)

    def opened(self, path: Value, mode: str, content: Value | None, span: tuple[int, int]) -> None:
        """Keep what is written."""
        if mode == "write":
            self.files[path] = content if content is not None else unknown(Origin("file"))
        elif mode == "append":
            self.files[path] = join((self.files.get(path, ""), content if content is not None else unknown(Origin("file"))))

    def content(self, path: Value) -> Value:
        """What a file holds."""
        return self.files.get(path, unknown(Origin("file")))

    def assigned(self, name: str, value: Value, exported: bool, span: tuple[int, int]) -> None:
        """Nothing to learn."""

    def note(self, note: Note) -> None:
        """Remember what was not analysed."""
        self.notes.append(note.code)


def print_of(script: str, place: Place, number: int) -> tuple[Value, Recorder]:
    """What our evaluation knows of the output of a script."""
    folder = place.folder(number)
    host = Recorder(folder)
    environment = {"PATH": str(place.root / "tools"), "LC_ALL": "C.UTF-8"}
    state = State(resolve_path("/", folder), str(place.root / "home"), environment, "bash", name=place.script(number))
    output = evaluate(script, state, host)
    if not isinstance(state.get("IFS"), str) and not isinstance(state.lookup("IFS"), Unset):
        host.notes.append("unknown-ifs")
    return output, host


def admits(value: Value, host: Recorder, text: str) -> bool:
    """Whether a text is one that a partly known output can be. Works on sets of positions: no pattern takes long."""
    if isinstance(value, str):
        return value == text
    return len(text) in _ends(value.parts, host, text, {0})


def _ends(parts: tuple[Part, ...], host: Recorder, text: str, starts: set[int]) -> set[int]:
    """Where parts that begin at one of some positions can end."""
    for part in parts:
        if not starts:
            break
        if isinstance(part, str):
            starts = {at + len(part) for at in starts if text.startswith(part, at)}
        elif isinstance(part, Glob):
            starts = _run(text, starts, lambda char: char != "\0")
        elif part.choices:
            # Unquoted text is split, if it is that choice.
            choices = {*part.choices, *("\0".join(choice.split()) for choice in part.choices)}
            starts = {at + len(choice) for at in starts for choice in choices if text.startswith(choice, at)}
        elif part.chars == PRINTED:
            starts = _argument(host.partial[int(part.origins[0].detail)], host, text, starts)
        elif part.chars == DIGITS:
            starts = _run(text, starts | {at + 1 for at in starts if text.startswith("-", at)}, str.isdecimal)
        elif part.chars == NAME:
            starts = _run(text, starts, lambda char: char not in "/ \t\n\0")
        else:
            starts = set(range(min(starts), len(text) + 1))
    return starts


def _run(text: str, starts: set[int], allowed: Callable[[str], bool]) -> set[int]:
    """The positions behind runs of characters, none among them."""
    out: set[int] = set()
    for start in sorted(starts):
        at = start
        while at not in out:
            out.add(at)
            if at == len(text) or not allowed(text[at]):
                break
            at += 1
    return out


def _argument(value: Text, host: Recorder, text: str, starts: set[int]) -> set[int]:
    """A partly known argument as it is printed. With globs it is the names of files, or the word as it is, or nothing with
    `nullglob`; when it is all unknown and was not quoted, it may be no argument."""
    whole = (*value.parts, "\0")
    if any(isinstance(part, Glob) for part in value.parts):
        found = set(starts)
        reached = found
        while reached:
            reached = _ends(whole, host, text, reached) - found
            found |= reached
        # `printf` without arguments prints its format once.
        return found | {at + 1 for at in starts if text.startswith("\0", at)}
    ends = _ends(whole, host, text, starts)
    return ends if any(isinstance(part, str) for part in value.parts) else ends | starts


def is_known(value: Value) -> bool:
    """Whether nothing of an output is unknown."""
    return isinstance(value, str)
