"""A place to start real agents in: namespaces with no network but their own loopback, no files of the user, and stub shells."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.conform.spec import Ran
from packgate.errors import UserError

if TYPE_CHECKING:
    from packgate.conform.spec import Spec

# A user namespace gives the rights to mount; processes of the sandbox end with its first one.
UNSHARE = ("unshare", "--user", "--map-root-user", "--mount", "--net", "--pid", "--ipc", "--uts", "--fork", "--kill-child")
_CHECKOUT = ("pyproject.toml", "schema", "packs")
# Beyond the steps' own limits: for mounting and for reading what came of them.
_OVERHEAD = 60.0


class NoSandbox(UserError):
    """This machine doesn't let us make a sandbox; the message says what failed."""


def missing() -> str | None:
    """Why no sandbox can be made here; None where it can."""
    if sys.platform != "linux":
        return "needs Linux namespaces"
    try:
        done = subprocess.run([*UNSHARE, "true"], capture_output=True, text=True, timeout=30, check=False)
    except FileNotFoundError:
        return "needs unshare (util-linux)"
    except subprocess.TimeoutExpired:
        return "unshare did not answer"
    return None if done.returncode == 0 else f"namespaces are not allowed here: {done.stderr.strip()}"


def own_folders() -> list[str]:
    """What this interpreter and this package need. In a checkout, the carried files stand beside the package's folder."""
    package = Path(__file__).resolve().parents[2]
    found = {sys.prefix, sys.base_prefix, os.path.realpath(sys.base_prefix), str(package)}
    found |= {str(path) for name in _CHECKOUT if (path := package.parent / name).exists()}
    return sorted(folder for folder in found if not folder.startswith("/usr/") and folder != "/usr")


def run(spec: Spec) -> list[Ran]:
    """Start the steps of a sandbox one after the other.

    Raises `NoSandbox` when it can't be made: nothing has been started then.
    """
    spec.readable = sorted({*spec.readable, *own_folders()})
    limit = sum(step.timeout for step in spec.steps) + _OVERHEAD
    with tempfile.TemporaryDirectory(prefix="packgate-conform-") as folder:
        root = os.path.join(folder, "root")
        os.mkdir(root)
        walls = [word for word in UNSHARE if word != "--net" or not spec.network]
        command = [*walls, sys.executable, "-m", "packgate.conform.inside", root]
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "LANG": "C.UTF-8"}
        try:
            done = subprocess.run(
                command, input=json.dumps(spec.to_json()), capture_output=True, text=True, timeout=limit, env=env, check=False, cwd="/",
            )
        except (FileNotFoundError, subprocess.TimeoutExpired) as error:
            raise NoSandbox(f"the sandbox did not come to an end: {type(error).__name__}") from error
    if done.returncode != 0:
        raise NoSandbox(f"the sandbox could not be made: {done.stderr.strip()[-2000:]}")
    return [Ran(**each) for each in json.loads(done.stdout)]
