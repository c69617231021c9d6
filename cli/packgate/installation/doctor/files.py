"""The hook's own files: settings, launcher, policies, log."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from packgate.bundle.installed import load_installed
from packgate.eventlog.losses import lost
from packgate.hook.failure import CLOSED, Failure
from packgate.hook.files import who_can_change
from packgate.hook.opening import ImageError, open_image, read_file
from packgate.hook.settings import FILE, read_settings
from packgate.installation.doctor.result import OK, PROBLEM, WARNING, Result
from packgate.installation.failure_modes import failure_modes
from packgate.installation.library import FOLDER
from packgate.installation.missing_checks import missing_checks
from packgate.installation.policies import open_bundles
from packgate.installation.refresh import IMAGE
from packgate.installation.script import NAME, launcher_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packgate.bundle.verify import Bundle
    from packgate.engine.gate import Gate
    from packgate.hook.settings import Settings

_AGAIN = "packgate hook install AGENT"
# Bytes of the disk, below which the log will soon not be written any more.
_LITTLE = 64 << 20


def check_settings(into: str) -> tuple[Settings | None, Result]:
    """`hook.json`: there, readable, and nobody else's to change."""
    path = os.path.join(into, FILE)
    try:
        return read_settings(path), Result("settings", OK, "there, valid, and writable by its owner alone", path)
    except Failure as failure:
        return None, Result("settings", PROBLEM, failure.sentence, path, _AGAIN)


def check_launcher(into: str) -> Result:
    """The program that agents start: there, executable, nobody else's to change, and that of this packgate."""
    path = os.path.join(into, NAME)
    try:
        mode = os.stat(path).st_mode
        unsafe = who_can_change(path)
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        return Result("launcher", PROBLEM, f"it can't be read: {getattr(error, 'strerror', None) or 'no text'}", path, _AGAIN)
    if not mode & stat.S_IXUSR:
        return Result("launcher", PROBLEM, "it can't be started: it is not executable", path, f"chmod u+x {path}")
    if unsafe is not None:
        return Result("launcher", PROBLEM, f"others could put another program in its place: {unsafe}", path, "take away write permission")
    if text != launcher_text(os.path.join(into, FILE)):
        return Result("launcher", WARNING, "it was written by another version or another place of packgate, or changed", path, _AGAIN)
    return Result("launcher", OK, "there, executable, and the one of this packgate", path)


def check_image(into: str) -> Result:
    """The image from which the hook starts quickly: of this Python, whole, and made from the bundles in use."""
    path = os.path.join(into, IMAGE)
    try:
        image = open_image(path)
        if read_file(image.about["pointer"]) == image.about["active"]:
            return Result("image", OK, "of this Python, and made from the bundles in use", path)
        reason = "it was made from other bundles than are in use"
    except OSError as error:
        reason = f"it can't be read: {error.strerror}"
    except ImageError as error:
        reason = str(error)
    return Result("image", WARNING, f"{reason}; until it is made anew, the hook decides without it, and slowly", path, _AGAIN)


def check_policies(settings: Settings, into: str, now: str) -> tuple[Gate | None, list[Result]]:
    """The bundles in use by the hook in the folder ``into``. ``now``: RFC 3339."""
    try:
        gate = open_bundles(settings)
        bundles = load_installed(settings.bundles).bundles
    except Failure as failure:
        repair = f"packgate bundle pull URL --root ROOT.json --into {settings.bundles}"
        return None, [Result("policies", PROBLEM, failure.sentence, settings.bundles, repair)]
    return gate, [_policies(gate, settings), *_expired(bundles, settings, now), *_unchecked(gate, into)]


def _unchecked(gate: Gate, into: str) -> Iterator[Result]:
    missing = missing_checks(gate.engine.packs, into)
    if missing is not None:
        yield Result("detectors", WARNING, missing, os.path.join(into, FOLDER), f"pip install 'packgate[pii]', then {_AGAIN}")


def _policies(gate: Gate, settings: Settings) -> Result:
    named = [f"{each['pack']} {each['version']} ({each['stage']})" for each in gate.engine.stages(None, None).bundles]
    return Result("policies", OK, f"{', '.join(named)}: every digest is right", settings.bundles)


def _expired(bundles: Sequence[Bundle], settings: Settings, now: str) -> Iterator[Result]:
    for bundle in bundles:
        if bundle.manifest.expires <= now:
            message = f"{bundle.manifest.pack} expired on {bundle.manifest.expires}: it still decides, but nothing newer has come since"
            yield Result("policies", WARNING, message, settings.bundles, "last.json in the folder says how the last pull ended")


def check_failure_modes(settings: Settings, gate: Gate, into: str) -> Result:
    """What holds when nothing can be decided, against what is installed now."""
    path = os.path.join(into, FILE)
    wanted, reason = failure_modes(gate, {})
    open_now = sorted(name for name, mode in wanted.items() if mode == CLOSED and settings.on_failure.get(name) != CLOSED)
    if open_now:
        message = f"open for {', '.join(open_now)} when nothing can be decided; a new installation would be {reason}"
        return Result("failure-modes", WARNING, message, path, f"{_AGAIN}, which fixes them anew, or keep them on purpose")
    return Result("failure-modes", OK, settings.reason or "as fixed at installation", path)


def check_log(settings: Settings) -> Result:
    """The event log: writable, nobody else's, and without losses."""
    if settings.log is None:
        return Result("log", WARNING, "decisions are not recorded", settings.bundles, "packgate hook install AGENT --log FILE")
    path = os.path.expanduser(settings.log)
    folder = os.path.dirname(path)
    if os.path.exists(path):
        status = os.stat(path)
        if not stat.S_ISREG(status.st_mode) or not os.access(path, os.W_OK):
            return Result("log", PROBLEM, "it can't be written", path, "mend its permissions, or move it away")
        if status.st_mode & 0o077:
            return Result("log", WARNING, "other users can read what this one's agents do", path, f"chmod 600 {path}")
    if os.path.isdir(folder):
        if not os.access(folder, os.W_OK):
            message = f"it can't be written: what is kept beside it can't be, in {folder}"
            return Result("log", PROBLEM, message, path, "mend the folder's permissions")
        space = os.statvfs(folder)
        if space.f_bavail * space.f_frsize < _LITTLE:
            message = f"the disk is nearly full: {space.f_bavail * space.f_frsize >> 20} MB are left"
            return Result("log", WARNING, message, path, "make room; a record that can't be written is lost")
    missing = lost(path)
    if missing:
        message = f"{missing} records could not be written; the log says where"
        return Result("log", WARNING, message, path, f"make room, then remove {path}.lost")
    return Result("log", OK, "writable, and without losses", path)
