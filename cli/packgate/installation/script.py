"""The launcher: the program that agents start. It names one Python and one installation, and takes nothing from the environment."""

from __future__ import annotations

import os
import shlex
import sys

import packgate

NAME = "packgate-hook"
# What systems take as the length of a first line at least.
_LONGEST_SHEBANG = 120


def launcher_text(settings: str) -> str:
    """The launcher for an installation whose settings are at ``settings``."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(packgate.__file__)))
    code = (
        "import os, sys\n"
        f"sys.path[:0] = [{package!r}]\n"
        "from packgate.installation.entry import run\n"
        f"os._exit(run(sys.argv[1:], {settings!r}))\n"
    )
    first = f"#!{sys.executable} -I"
    if len(first) <= _LONGEST_SHEBANG and " " not in sys.executable:
        return f"{first}\n{code}"
    return f"#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -c {shlex.quote(code)} \"$@\"\n"
