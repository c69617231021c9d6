"""Run a pull or a publication again and again in a process of its own, killed with SIGKILL at its n-th write, for every n.

    python kill_at_every_write.py pull|publish FOLDER

FOLDER holds a `Publisher` (keys, public with revision 2, first with revision 1) and `point`, which has revision 1. For each n the state is
copied, a child is forked that kills itself in the middle of its n-th write, and the parent looks at what is left. Prints what was seen as JSON.
"""

from __future__ import annotations

import _io
import builtins
import io
import json
import os
import shutil
import signal
import sys
from pathlib import Path

from bundle_host import LONG, NOW, Network, Point, Publisher

from packgate.bundle.installed import load_installed, read_active

NEWER = "2026-02-02T00:00:00Z"
CALLS = ("replace", "rename", "fsync", "open", "symlink", "remove", "unlink", "rmdir", "mkdir", "chmod", "truncate", "link")


class Fuse:
    """Kills this process at the n-th use."""

    def __init__(self, at: int) -> None:
        self.left = at

    def burns(self) -> bool:
        self.left -= 1
        return self.left == 0

    @staticmethod
    def kill() -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Torn:
    """A file of which, when the fuse burns, half of what is written reaches the disk."""

    def __init__(self, file, fuse: Fuse) -> None:
        self._file, self._fuse = file, fuse

    def write(self, data):
        if self._fuse.burns():
            self._file.write(data[: len(data) // 2])
            self._file.flush()
            self._fuse.kill()
        return self._file.write(data)

    def __getattr__(self, name):
        return getattr(self._file, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._file.close()

    def __iter__(self):
        return iter(self._file)


def light(fuse: Fuse) -> None:
    """Put the fuse into everything that writes."""
    for name in CALLS:
        setattr(os, name, _fused(getattr(os, name), fuse))
    plain = builtins.open

    def opened(file, mode="r", *rest, **more):
        found = plain(file, mode, *rest, **more)
        return found if set(mode) <= set("rbt") else Torn(found, fuse)

    builtins.open = io.open = _io.open = opened


def _fused(call, fuse: Fuse):
    def fused(*arguments, **options):
        if fuse.burns():
            fuse.kill()
        return call(*arguments, **options)

    return fused


def killed(action, at: int) -> bool:
    """Run an action in a child that dies at its n-th write; whether it did die."""
    child = os.fork()
    if child == 0:
        light(Fuse(at))
        code = 1
        try:
            action()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.waitstatus_to_exitcode(status) == 0, "the action failed for another reason than being killed"
    return False


def revision(into: Path) -> int | None:
    """What a decision would be made with; loading it checks every digest."""
    if read_active(str(into)) is None:
        return None
    installed = load_installed(str(into))
    assert installed.gate().policy_ids
    return installed.packs[0].revision


def pulls(folder: Path, root: bytes, first: bool) -> list[int | None]:
    """Killed pulls: each leaves the old bundle or the new one, and the next pull succeeds."""
    seen: list[int | None] = []
    address = str(folder / "public")
    for at in range(1, 1000):
        into = folder / "killed"
        shutil.rmtree(into, ignore_errors=True)
        if not first:
            shutil.copytree(folder / "point", into, symlinks=True)
        point = Point(into, root, Network())
        died = killed(lambda point=point: point.pull(address), at)
        seen.append(revision(into))
        point.pull(address)
        assert revision(into) == 2, f"write {at}: the next pull does not succeed"
        left = sorted(path.name for path in into.rglob("*") if path.name.startswith(("staging-", ".", "tmp")))
        assert not left, f"write {at}: the next pull leaves {left}"
        if not died:
            return seen
    raise AssertionError("no end")


def publications(folder: Path) -> list[int | None]:
    """Killed publications: a reader sees the old snapshot or the new one, and the next publication succeeds."""
    from packgate.bundle.publish import publish

    seen: list[int | None] = []
    new = {path.name: path.read_bytes() for path in folder.glob("new-*.packgate")}
    assert new
    root = (folder / "keys" / "roots" / "1.root.json").read_bytes()
    keys = Publisher.keys.fget(type("At", (), {"place": folder})())
    for at in range(1, 1000):
        public, into = folder / "published", folder / "reader"
        for path in (public, into):
            shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(folder / "first", public)
        act = lambda public=public: publish(str(public), new, keys, NEWER, days=LONG)  # noqa: E731
        died = killed(act, at)
        reader = Point(into, root, Network())
        reader.pull(str(public), now=NOW)
        seen.append(revision(into))
        act()
        reader.pull(str(public), now=NOW)
        assert revision(into) == 2, f"write {at}: the next publication does not succeed"
        if not died:
            return seen
    raise AssertionError("no end")


def main() -> None:
    what, folder = sys.argv[1], Path(sys.argv[2])
    root = (folder / "keys" / "roots" / "1.root.json").read_bytes()
    seen = publications(folder) if what == "publish" else pulls(folder, root, what == "first-pull")
    print(json.dumps(seen))


if __name__ == "__main__":
    main()
