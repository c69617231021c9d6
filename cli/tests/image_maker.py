"""Real images of packs and processes that decide from them, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import packgate
from packgate.bundle.installed import Installed
from packgate.commands.shared import open_workspace
from packgate.hook.opening import HEAD_SIZE as HEAD_SIZE
from packgate.hook.opening import open_image
from packgate.installation.foresee import foreseen_patterns
from packgate.installation.image import build_base, build_image
from packgate.installation.late_source import read_modules

PACKAGE = os.path.dirname(packgate.__file__)
# The interpreter by itself: a launcher starts no virtual environment's.
PYTHON = os.path.realpath(sys._base_executable)
# Takes the opening's code out of the image, as a launcher does, and decides what comes on standard input, an action a line.
DECIDER = """
import marshal, posix, sys
image = {image!r}
file = posix.open(image, posix.O_RDONLY)
head = posix.read(file, {head})
header = marshal.loads(posix.pread(file, int.from_bytes(head[-12:-8], "little"), {head}))
opening = type(sys)("packgate.hook.opening")
sys.modules[opening.__name__] = opening
exec(header[2][opening.__name__], opening.__dict__)
image = opening.open_image(image)
opening.start_modules(image)
from packgate.hook.prepared_gate import open_gate
from packgate.model.action import parse_action
gate = open_gate(image)
import json
def fail(error):
    raise error
for line in sys.stdin.buffer:
    print(gate.decide_text(parse_action(json.loads(line)), stage=None, now="2026-01-31T12:00:00Z", on_error=fail)[1])
from packgate.hook import patterns
print(json.dumps([sorted(sys.modules), patterns.unforeseen]))
"""


def installed(pack: str) -> Installed:
    """A pack of the repository as if it were installed."""
    space = open_workspace([pack])
    return Installed(tuple(space.packs), space.vocabulary, {pack: "block"})


def make_image(folder: Path, pack: str) -> Path:
    """The image of a pack, in a folder, whole."""
    path = folder / "hook.image"
    modules = read_modules(PACKAGE)
    path.write_bytes(build_base(modules, "digest"))
    path.chmod(0o644)
    patterns = foreseen_patterns(PYTHON, str(path), os.path.dirname(PACKAGE), list(modules))
    path.write_bytes(build_base(modules, "digest", patterns))
    path.write_bytes(build_image(open_image(str(path)), path.read_bytes(), installed(pack), "/bundles", "/bundles/active.json", b"{}"))
    return path


def decided(image: Path, actions: list[dict[str, object]]) -> tuple[list[str], list[str], list[object]]:
    """What a process of its own decides from an image, the modules it loaded, and the expressions that it had to compile."""
    given = "".join(json.dumps(action) + "\n" for action in actions)
    script = DECIDER.format(image=str(image), head=HEAD_SIZE)
    done = subprocess.run([PYTHON, "-I", "-S", "-E", "-c", script], input=given, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    *texts, last = done.stdout.splitlines()
    modules, unforeseen = json.loads(last)
    return texts, modules, unforeseen
