"""The hook's image, spoilt in every way: the answer is the same, only later, or the configured one; never another, and never a traceback."""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bundle_maker import make_bundle
from hook_installed import ALLOWED, AT, DENIED, Installed

from packgate.bundle import activation
from packgate.bundle.index import Index, entry_of, to_bytes
from packgate.bundle.verify import open_bundle
from packgate.hook.opening import HEAD_SIZE, PLACE_SIZE, open_image
from packgate.installation.users import add_user, refresh_users

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    hook = Installed(tmp_path_factory.mktemp("prepared"))
    hook.prepare()
    return hook


@pytest.fixture
def hook(prepared: Installed) -> Iterator[Installed]:
    """The installation, which is afterwards as it was."""
    kept = image(prepared).read_bytes()
    active = (prepared.bundles / "active.json").read_bytes()
    prepared.configure("closed")
    shutil.rmtree(prepared.log.parent, ignore_errors=True)
    yield prepared
    # Whatever makes an image now has to come to its end first.
    with open(prepared.place / "hook.lock", "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if image(prepared).is_dir():
            image(prepared).rmdir()
        image(prepared).unlink(missing_ok=True)
        image(prepared).write_bytes(kept)
        (prepared.bundles / "active.json").write_bytes(active)


def image(hook: Installed) -> Path:
    return hook.place / "hook.image"


def changed(hook: Installed, place: int, bits: int = 4) -> None:
    data = bytearray(image(hook).read_bytes())
    data[place] ^= bits
    image(hook).write_bytes(data)


def in_segment(hook: Installed, name: str) -> None:
    """Flip a bit in the middle of a segment."""
    opened = open_image(str(image(hook)))
    place = opened.places[name]
    assert len(place) == PLACE_SIZE
    offset, length = (int.from_bytes(place[start:start + 4], "little") for start in (0, 4))
    changed(hook, opened.start + offset + length // 2)


def linked(hook: Installed) -> None:
    other = hook.place / "other.image"
    image(hook).rename(other)
    image(hook).symlink_to(other)


def of_another(hook: Installed) -> None:
    if os.geteuid():
        pytest.skip("only root gives files away")
    os.chown(image(hook), 12345, 12345)


# Seen before the payload is read: the bundles themselves decide.
SEEN_AT_ONCE: dict[str, Callable[[Installed], None]] = {
    "missing": lambda hook: image(hook).unlink(),
    "empty": lambda hook: image(hook).write_bytes(b""),
    "cut off in its head": lambda hook: image(hook).write_bytes(image(hook).read_bytes()[:100]),
    "cut off in its header": lambda hook: image(hook).write_bytes(image(hook).read_bytes()[:HEAD_SIZE + 900]),
    "of another Python": lambda hook: changed(hook, 25),
    "its header's length": lambda hook: changed(hook, HEAD_SIZE - 9, 64),
    "its header": lambda hook: changed(hook, HEAD_SIZE + 500),
    "a module that starts the hook": lambda hook: in_segment(hook, "packgate.hook.run"),
    "a link": linked,
    "of another user": of_another,
    "others can write it": lambda hook: image(hook).chmod(0o664),
    "a folder": lambda hook: (image(hook).unlink(), image(hook).mkdir())[0],
}
# Seen by the process that decides: the configured answer, and the next run does without the image.
SEEN_LATER: dict[str, Callable[[Installed], None]] = {
    "a module that decides": lambda hook: in_segment(hook, "packgate.facts.session"),
    "the catalog": lambda hook: in_segment(hook, "catalog"),
    "the policies": lambda hook: in_segment(hook, "gate"),
    "a family of policies": lambda hook: in_segment(hook, "family git-action"),
    "cut off in the middle": lambda hook: os.truncate(image(hook), image(hook).stat().st_size - 400_000),
}


def answer(hook: Installed, command: str) -> str | None:
    """What is decided of a command."""
    done = hook.run(hook.payload(command))
    assert "Traceback" not in done.err
    return done.decision


def healed(hook: Installed) -> bool:
    """Whether there is a sound image again, within a while."""
    for _ in range(600):
        try:
            open_image(str(image(hook)))
            return True
        except Exception:
            time.sleep(0.05)
    return False


@pytest.mark.parametrize("name", SEEN_AT_ONCE)
def test_without_a_usable_image_the_bundles_decide(hook: Installed, name: str) -> None:
    hook.configure("open")
    SEEN_AT_ONCE[name](hook)
    assert answer(hook, DENIED) == "deny"
    assert [event["kind"] for event in hook.events()] == ["decision"]
    if name in ("missing", "its header"):
        assert healed(hook)
        assert answer(hook, ALLOWED) is None


@pytest.mark.parametrize(("name", "on_failure"), [*((name, "closed") for name in SEEN_LATER), ("a module that decides", "open")])
def test_damage_that_is_met_on_the_way_is_a_failure(hook: Installed, name: str, on_failure: str) -> None:
    hook.configure(on_failure)
    SEEN_LATER[name](hook)
    done = hook.run(hook.payload(DENIED))
    assert done.decision == ("deny" if on_failure == "closed" else None)
    assert (hook.events()[-1]["kind"], hook.events()[-1]["outcome"]["on_failure"]) == ("gap", on_failure)
    assert "Traceback" not in done.err
    # The image is gone: what follows is decided.
    assert not image(hook).exists()
    assert answer(hook, DENIED) == "deny"


def test_policies_that_came_since_decide(hook: Installed) -> None:
    assert answer(hook, DENIED) == "deny"
    activate(hook, 2, "release")
    assert answer(hook, DENIED) is None
    assert answer(hook, "git push --force origin release") == "deny"


def activate(hook: Installed, revision: int, branch: str) -> None:
    """Another snapshot: its policy is about another branch."""
    with tempfile.TemporaryDirectory() as place:
        name, data = make_bundle(Path(place), revision, branch=branch)
    bundle = open_bundle(data, now=AT)
    staged = activation.stage(str(hook.bundles))
    index = to_bytes(Index((entry_of(bundle),)))
    Path(staged, "index.json").write_bytes(index)
    Path(staged, name).write_bytes(data)
    activation.activate(str(hook.bundles), staged, activation.snapshot_name(index, ["demo"]), [bundle], {"demo": name}, False, AT)


def test_hooks_are_prepared_for_what_was_pulled(hook: Installed) -> None:
    add_user(str(hook.bundles), str(hook.place))
    add_user(str(hook.bundles), str(hook.place / "gone"))
    activate(hook, 2, "release")
    assert refresh_users(str(hook.bundles)) == []
    about = open_image(str(image(hook))).about
    assert about["active"] == (hook.bundles / "active.json").read_bytes()
    before = image(hook).stat().st_mtime_ns
    assert hook.run(hook.payload("git push --force origin release")).decision == "deny"
    assert image(hook).stat().st_mtime_ns == before


def test_a_hook_that_can_t_be_prepared_is_told(hook: Installed) -> None:
    add_user(str(hook.bundles), str(hook.place))
    (hook.bundles / "active.json").write_text("{")
    (error,) = refresh_users(str(hook.bundles))
    assert str(hook.place) in error.message
    assert "slower" in (error.hint or "")


def test_with_nothing_left_the_action_stops(hook: Installed) -> None:
    image(hook).unlink()
    library = hook.place / "lib"
    target = os.readlink(library)
    library.unlink()
    try:
        done = hook.run(hook.payload(ALLOWED))
    finally:
        library.symlink_to(target)
    assert (done.code, done.out) == (2, b"")
    assert "packgate could not decide" in done.err
    assert "Traceback" not in done.err
