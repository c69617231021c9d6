"""Makes the image of an installation anew, from the bundles that are in use: when the hook is installed, and after every pull.

It is done by the Python and the modules of the installation, in a process of its own: an image is for them alone.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import tempfile

import packgate
from packgate.bundle.installed import ACTIVE, load_installed
from packgate.errors import UserError
from packgate.hook.failure import Failure
from packgate.hook.files import who_can_change
from packgate.hook.opening import Image, ImageError, open_image
from packgate.hook.settings import FILE, read_settings
from packgate.installation.foresee import foreseen_patterns
from packgate.installation.image import build_base, build_image, modules_digest, read_modules
from packgate.installation.kept_base import BASE, keep, use_kept
from packgate.installation.library import FOLDER, interpreter

IMAGE = "hook.image"
LOCK = "hook.lock"
_SECONDS = 120
# Nothing that Python itself writes there, compiled modules, is for others to change.
_SCRIPT = (
    "import posix, sys; posix.umask(0o22); sys.path.insert(0, sys.argv[1])\n"
    "from packgate.installation.refresh import main; main(sys.argv[2])"
)


def refresh(into: str) -> None:
    """Make the image of the installation in a folder anew, by its own Python. Raises `UserError`: the hook then decides from the bundles
    themselves, which takes longer."""
    command = [_python(into), "-I", "-S", "-E", "-c", _SCRIPT, os.path.join(into, FOLDER), into]
    try:
        use_kept(into)
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(into, str(error)) from None
    if done.returncode:
        raise _failed(into, done.stderr.strip().rpartition("\n")[2])
    keep(into)


def start_refresh(into: str) -> None:
    """As `refresh`, by a process that goes on after this one has ended. Where it can't be started, the next decision tries again."""
    if not os.access(into, os.W_OK):
        return
    command = [_python(into), "-I", "-S", "-E", "-c", _SCRIPT, os.path.join(into, FOLDER), into]
    try:
        nowhere = subprocess.DEVNULL
        subprocess.Popen(command, stdin=nowhere, stdout=nowhere, stderr=nowhere, start_new_session=True, cwd="/", env={})
    except OSError:
        return


def main(into: str) -> None:
    """The process that does it. Its last line on standard error says why it failed."""
    try:
        _refresh(into)
    except (UserError, Failure, ImageError, OSError, ValueError) as error:
        said = getattr(error, "sentence", None) or getattr(error, "message", None) or f"{type(error).__name__}: {error}"
        sys.exit(str(said))


def _refresh(into: str) -> None:
    lock = os.open(os.path.join(into, LOCK), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _write_image(into)
    finally:
        os.close(lock)


def _write_image(into: str) -> None:
    bundles = read_settings(os.path.join(into, FILE)).bundles
    pointer = os.path.join(bundles, ACTIVE)
    unsafe = who_can_change(pointer)
    if unsafe is not None:
        raise Failure("bundle-unsafe", unsafe)
    for _ in range(3):
        active = _read(pointer)
        installed = load_installed(bundles)
        # What was loaded is what was read, unless another snapshot came in between.
        if _read(pointer) == active:
            break
    else:
        raise UserError(f"{pointer} changes all the time")
    base, data = _base()
    try:
        image = build_image(base, data, installed, bundles, pointer, active)
    except ImageError:
        # It is damaged somewhere: the next one is not.
        os.remove(_base_path())
        base, data = _base()
        image = build_image(base, data, installed, bundles, pointer, active)
    _replace(os.path.join(into, IMAGE), image)


_PACKAGE = os.path.dirname(os.path.abspath(packgate.__file__))


def _base_path() -> str:
    return os.path.join(os.path.dirname(_PACKAGE), BASE)


def _base() -> tuple[Image, bytes]:
    """The image without policies, made when it is not there or of no use."""
    package, path = _PACKAGE, _base_path()
    digest = modules_digest(package)
    try:
        base = open_image(path)
        if base.about["modules"] == digest:
            return base, _read(path)
    except (OSError, ImageError):
        # There is none, or one of another Python: it is made now.
        digest = modules_digest(package)
    modules = read_modules(package)
    _replace(path, build_base(modules, digest))
    _replace(path, build_base(modules, digest, foreseen_patterns(interpreter(), path, os.path.dirname(package), list(modules))))
    return open_image(path), _read(path)


def _python(into: str) -> str:
    """The Python of an installation: the first line of its launcher names it, this one when there is no launcher yet."""
    from packgate.installation.script import NAME, named_python

    try:
        with open(os.path.join(into, NAME), encoding="utf-8") as file:
            return named_python(file.read()) or interpreter()
    except OSError:
        return interpreter()


def _replace(path: str, data: bytes) -> None:
    """Write a file that everyone can read and the owner write, in one step."""
    handle, part = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(part, 0o644)
        os.replace(part, path)
    except BaseException:
        os.unlink(part)
        raise


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _failed(into: str, reason: str) -> UserError:
    return UserError(f"the hook in {into} was not prepared: {reason}", "it decides all the same, from the bundles themselves, only slower")
