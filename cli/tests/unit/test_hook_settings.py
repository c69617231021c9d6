"""`hook.json` is believed only as it was written, and only when nobody else can write it; what holds on a failure is read from it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from packgate.hook.exchange import ACT, CONFIG, KINDS, OUTPUT, PROMPT, SESSION
from packgate.hook.failure import CAUSES, CLOSED, OPEN, SURFACES_OF, Failure, answer_of, verdict_of
from packgate.hook.files import read_regular, who_can_change
from packgate.hook.settings import FAILING, Settings, read_settings, settings_from
from packgate.model.action import SURFACES

if TYPE_CHECKING:
    from pathlib import Path

_MODES = dict.fromkeys(FAILING, CLOSED)


def _write(path: Path, value: Any) -> str:
    path.write_text(value if isinstance(value, str) else json.dumps(value))
    path.chmod(0o600)
    path.parent.chmod(0o700)
    return str(path)


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    given = Settings("/b", {**_MODES, "web": OPEN}, deadline_ms=500, log="/l", reason="r", user="u", groups=("g",), team="t")
    read = read_settings(_write(tmp_path / "hook.json", given.to_json()))
    assert read.to_json() == given.to_json()
    assert (read.bundles, read.on_failure["web"], read.deadline_ms, read.user, read.groups, read.team) == ("/b", OPEN, 500, "u", ("g",), "t")


def test_how_the_log_is_kept(tmp_path: Path) -> None:
    given = Settings("/b", _MODES, log="/l", keep=3, keep_days=90)
    read = read_settings(_write(tmp_path / "hook.json", given.to_json())).event_log
    assert read is not None
    assert (read.path, read.keep, read.keep_days, read.fsync) == ("/l", 3, 90, False)
    # As installations have it that were made before days could be said.
    older = settings_from({**given.to_json(), "log": {"fsync": True, "keep": 2, "path": "/l", "rotate": 0}}).event_log
    assert older is not None
    assert (older.keep, older.keep_days, older.fsync) == (2, 0, True)
    for wrong in ({"keep_days": -1}, {"keep_days": True}, {"keep_days": "90"}, {"more": 1}):
        with pytest.raises(ValueError):
            settings_from({**given.to_json(), "log": {**given.to_json()["log"], **wrong}})


@pytest.mark.parametrize(("key", "value"), [
    ("v", 2), ("v", None), ("bundles", "relative"), ("bundles", None), ("bundles", "/a\0b"), ("deadline_ms", 0), ("deadline_ms", 10**9),
    ("deadline_ms", True), ("deadline_ms", "2000"), ("log", 3), ("log", "events"), ("reason", None), ("actor", {}), ("actor", None),
    ("actor", {"user": 1, "groups": [], "team": None}), ("actor", {"user": None, "groups": "g", "team": None}), ("extra", 1),
    ("on_failure", {}), ("on_failure", {**_MODES, "shell": "maybe"}), ("on_failure", {**_MODES, "more": CLOSED}), ("on_failure", "closed"),
])
def test_other_settings_are_refused(tmp_path: Path, key: str, value: Any) -> None:
    changed = {**Settings("/b", _MODES).to_json(), key: value}
    with pytest.raises(ValueError):
        settings_from(changed)
    with pytest.raises(Failure) as caught:
        read_settings(_write(tmp_path / "hook.json", changed))
    assert caught.value.code == "settings-invalid"


@pytest.mark.parametrize("key", sorted(Settings("/b", _MODES).to_json()))
def test_every_key_is_needed(key: str) -> None:
    changed = Settings("/b", _MODES).to_json()
    del changed[key]
    with pytest.raises(ValueError):
        settings_from(changed)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"v":1}', "{" * 100_000, '"x"', " " * 70_000])
def test_broken_settings_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Failure) as caught:
        read_settings(_write(tmp_path / "hook.json", text))
    assert caught.value.code == "settings-invalid"


def test_missing_and_hanging_settings(tmp_path: Path) -> None:
    with pytest.raises(Failure) as caught:
        read_settings(str(tmp_path / "none" / "hook.json"))
    assert caught.value.code == "settings-missing"
    os.mkfifo(tmp_path / "hook.json", 0o600)
    tmp_path.chmod(0o700)
    with pytest.raises(Failure) as caught:
        read_settings(str(tmp_path / "hook.json"))
    assert caught.value.code == "settings-invalid"


@pytest.mark.parametrize(("file", "folder", "above"), [
    (0o602, 0o700, 0o700), (0o620, 0o700, 0o700), (0o600, 0o702, 0o700), (0o600, 0o720, 0o700), (0o600, 0o700, 0o707),
])
def test_settings_that_others_can_change_are_refused(tmp_path: Path, file: int, folder: int, above: int) -> None:
    place = tmp_path / "above" / "hook"
    place.mkdir(parents=True)
    path = _write(place / "hook.json", Settings("/b", _MODES).to_json())
    assert read_settings(path).bundles == "/b"
    (place / "hook.json").chmod(file)
    place.chmod(folder)
    place.parent.chmod(above)
    with pytest.raises(Failure) as caught:
        read_settings(path)
    assert caught.value.code == "settings-unsafe"


def test_in_a_folder_for_all_the_sticky_bit_keeps_files_safe(tmp_path: Path) -> None:
    place = tmp_path / "tmp" / "hook"
    place.mkdir(parents=True, mode=0o700)
    path = _write(place / "hook.json", Settings("/b", _MODES).to_json())
    for folder in (place, place.parent):
        folder.chmod(0o1777)
        assert who_can_change(path) is None


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_settings_of_another_user_are_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "hook.json", Settings("/b", _MODES).to_json())
    os.chown(path, 12345, 12345)
    assert "another user" in (who_can_change(path) or "")


def test_a_link_does_not_hide_where_the_file_is(tmp_path: Path) -> None:
    open_to_all = tmp_path / "shared"
    open_to_all.mkdir()
    open_to_all.chmod(0o777)
    _write(tmp_path / "safe", "")
    (open_to_all / "hook.json").write_text("")
    (tmp_path / "hook.json").symlink_to(open_to_all / "hook.json")
    open_to_all.chmod(0o777)
    assert who_can_change(str(tmp_path / "hook.json")) is not None


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_bytes(b"12345")
    for name in ("pipe", ".", "none", "file/x", "\0"):
        assert read_regular(f"{tmp_path}/{name}", 10) is None
    assert read_regular("/dev/zero", 10) is None
    assert read_regular(f"{tmp_path}/file", 10) == b"12345"
    assert read_regular(f"{tmp_path}/file", 3) == b"1234"


def test_the_answer_to_a_failure_is_the_one_that_was_fixed() -> None:
    modes = {**dict.fromkeys(FAILING, OPEN), "shell": CLOSED}
    assert answer_of(modes, ACT, ["shell"]) == CLOSED
    assert answer_of(modes, ACT, ["file", "mcp"]) == OPEN
    assert answer_of(modes, ACT, ["file", "shell"]) == CLOSED
    # When it is not known what the action touches, the strictest of what it could touch.
    assert answer_of(modes, ACT, []) == CLOSED
    assert answer_of({**modes, "shell": OPEN, "prompt": CLOSED}, ACT, []) == OPEN
    assert answer_of(modes, PROMPT, []) == OPEN
    assert answer_of({**modes, "output": CLOSED}, OUTPUT, []) == CLOSED
    assert answer_of({**modes, "file": CLOSED}, CONFIG, []) == CLOSED
    assert answer_of(dict.fromkeys(FAILING, CLOSED), SESSION, []) == OPEN
    # Nobody said anything: neither the settings, nor what the event is.
    assert answer_of(None, ACT, ["file"]) == CLOSED
    assert answer_of(None, None, []) == CLOSED
    assert answer_of(modes, None, []) == CLOSED
    assert answer_of(dict.fromkeys(FAILING, OPEN), None, []) == OPEN


def test_every_kind_of_event_and_every_surface_has_its_place() -> None:
    assert set(SURFACES_OF) == set(KINDS)
    assert set(SURFACES) == {surface for found in SURFACES_OF.values() for surface in found}


@pytest.mark.parametrize("code", sorted(CAUSES))
def test_every_cause_is_told_with_what_to_do(code: str) -> None:
    failure = Failure(code, "some\ndetail")
    closed, opened = verdict_of(failure, CLOSED), verdict_of(failure, OPEN)
    assert (closed.outcome, opened.outcome) == ("deny", "warn")
    for text in (closed.reason, closed.for_agent, closed.for_user, opened.reason, opened.for_agent):
        assert CAUSES[code][0] in text
        assert CAUSES[code][1] in text
        assert "some detail" in text
        assert "\n" not in text
