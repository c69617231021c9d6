"""Which regular expressions an image is to hold: found out by a process that decides from an image without any."""

from __future__ import annotations

import ast
import subprocess
from typing import TYPE_CHECKING

from packgate.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Sequence

# What every process that starts from an image does, then the question.
_SCRIPT = """
import sys
sys.path.insert(0, {library!r})
from packgate.hook.opening import open_image, start_modules
image = open_image({image!r})
for name in [name for name in sys.modules if name.startswith("packgate")]:
    del sys.modules[name]
start_modules(image)
from packgate.hook.every_pattern import every_pattern
print(every_pattern({names!r}))
"""
_SECONDS = 60


def foreseen_patterns(interpreter: str, image: str, library: str, names: Sequence[str]) -> list[tuple[str | bytes, int]]:
    """The expressions that the modules with these names compile. ``image``: the file of an image; ``library``: the folder that holds the
    packgate it was built from. Raises `UserError` when the process fails."""
    script = _SCRIPT.format(library=library, image=image, names=list(names))
    done = subprocess.run(
        [interpreter, "-I", "-S", "-E", "-c", script], capture_output=True, text=True, encoding="utf-8", errors="surrogatepass",
        timeout=_SECONDS, check=False,
    )
    if done.returncode:
        last = done.stderr.strip().rpartition("\n")[2]
        raise UserError(f"{interpreter} can't use a fresh image: {last}", "packgate doctor says what is wrong with this installation")
    found: list[tuple[str | bytes, int]] = ast.literal_eval(done.stdout)
    return found
