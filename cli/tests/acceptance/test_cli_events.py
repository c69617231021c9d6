"""`packgate events verify`, `checkpoint` and `key`, and what a rollback does to evidence: nothing."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest
from bundle_maker import make_bundle
from command_line import Done, packgate
from event_maker import read, write
from hook_installed import ALLOWED, DENIED, Installed
from installed_folder import install
from jsonschema import Draft202012Validator

from packgate.eventlog.chain import Log
from packgate.eventlog.segments import segments
from packgate.resources import schema_path


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "events.jsonl"
    write(Log(str(path), rotate=4000), 20)
    return path


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "audit.pem"
    assert packgate("events", "key", str(path)).code == 0
    return path


def _verify(log: Path, *options: str) -> Done:
    return packgate("events", "verify", str(log), *options)


def test_a_log_is_whole(log: Path) -> None:
    done = _verify(log)
    assert (done.code, done.err) == (0, "")
    assert "whole" in done.out


@pytest.mark.parametrize("form", ["text", "json", "sarif", "junit", "github", "markdown"])
def test_the_line_is_named_in_every_format(log: Path, form: str) -> None:
    lines = log.read_text().splitlines(keepends=True)
    lines[1] = lines[1].replace("git status", "git push  ")
    log.write_text("".join(lines))
    done = _verify(log, "--format", form)
    assert done.code == 1
    assert "PG860" in done.out
    assert "events.jsonl" in done.out
    if form == "json":
        (finding,) = json.loads(done.out)["findings"]
        assert finding["line"] == 2


def test_a_checkpoint_finds_what_the_head_does_not(log: Path, key: Path, tmp_path: Path) -> None:
    done = packgate("events", "checkpoint", str(log), "--key", str(key), "--format", "json")
    assert done.code == 0
    copy = tmp_path / "elsewhere"
    copy.write_text(done.out)
    public = f"{key}.pub"
    assert _verify(log, "--key", public).code == 0
    assert "1 since then rest on the chain alone" in _verify(log, "--key", public).out
    # All that lies beside the log is cut with it.
    for name in (".head", ".checkpoints"):
        os.unlink(f"{log}{name}")
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(lines[:-3]))
    assert _verify(log).code == 0
    assert "PG865" in _verify(log, "--key", public).out
    done = _verify(log, "--key", public, "--checkpoints", str(copy))
    assert done.code == 1
    assert "PG864" in done.out
    assert "had come to event" in done.out


def test_keys_are_for_their_owner_and_are_never_overwritten(key: Path) -> None:
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert packgate("events", "key", str(key)).code == 2
    key.chmod(0o644)
    done = packgate("events", "checkpoint", str(key.with_name("events.jsonl")), "--key", str(key))
    assert (done.code, "others than its owner can read" in done.err) == (2, True)


def test_a_key_can_have_a_passphrase(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT", "long enough")
    key = tmp_path / "secret.pem"
    assert packgate("events", "key", str(key), "--passphrase-env", "AUDIT").code == 0
    assert "is encrypted" in packgate("events", "checkpoint", str(log), "--key", str(key)).err
    assert packgate("events", "checkpoint", str(log), "--key", str(key), "--passphrase-env", "AUDIT").code == 0
    assert _verify(log, "--key", f"{key}.pub").code == 0


def test_a_passphrase_can_stand_in_a_file(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key, secret = tmp_path / "secret.pem", tmp_path / "passphrase"
    secret.write_text("long enough\nnot this line\n")
    secret.chmod(0o600)
    assert packgate("events", "key", str(key), "--passphrase-file", str(secret)).code == 0
    assert b"ENCRYPTED" in key.read_bytes()
    assert packgate("events", "checkpoint", str(log), "--key", str(key), "--passphrase-file", str(secret)).code == 0
    monkeypatch.setenv("AUDIT", "long enough")
    assert packgate("events", "checkpoint", str(log), "--key", str(key), "--passphrase-env", "AUDIT").code == 0
    assert _verify(log, "--key", f"{key}.pub").code == 0
    both = packgate("events", "checkpoint", str(log), "--key", str(key), "--passphrase-env", "AUDIT", "--passphrase-file", str(secret))
    assert (both.code, "not from both" in both.err) == (2, True)
    (tmp_path / "link").symlink_to(secret)
    for name, text, mode, said in (
        ("passphrase", "long enough\n", 0o640, "others than its owner"), ("empty", "\n", 0o600, "is no passphrase"),
        ("wrong", "another one", 0o600, "the passphrase is wrong"), ("nothing", None, 0, "No such file"), ("link", None, 0, "symbolic links"),
    ):
        path = tmp_path / name
        if text is not None:
            path.write_text(text)
            path.chmod(mode)
        done = packgate("events", "checkpoint", str(log), "--key", str(key), "--passphrase-file", str(path))
        assert (done.code, said in done.err, "long enough" in done.all) == (2, True, False), done.all


def test_wrong_usage(log: Path, key: Path, tmp_path: Path) -> None:
    assert _verify(tmp_path / "none.jsonl").code == 2
    assert _verify(log, "--key", str(log)).code == 2
    assert _verify(log, "--key", str(tmp_path / "nothing")).code == 2
    empty = tmp_path / "empty" / "events.jsonl"
    assert packgate("events", "checkpoint", str(empty), "--key", str(key)).code == 2
    assert packgate("events", "checkpoint", str(log), "--key", str(tmp_path / "nothing")).code == 2


def test_losses_count_when_asked_for(log: Path) -> None:
    log.chmod(0o666)
    with pytest.raises(Exception, match="others can write"):
        write(Log(str(log)), 1)
    log.chmod(0o600)
    write(Log(str(log)), 1)
    assert (_verify(log).code, _verify(log, "--strict").code) == (0, 1)
    assert "1 records could not be written" in _verify(log).out


def test_a_rollback_changes_future_verdicts_only(tmp_path: Path) -> None:
    """Packs and their stages are no part of the events: what was recorded stays as it is, and names what it was decided with."""
    (tmp_path / "hook").mkdir()
    hook = Installed(tmp_path / "hook")
    shutil.rmtree(hook.bundles)
    install(hook.bundles, [make_bundle(tmp_path / "one", 1)])
    hook.bundles.chmod(0o700)
    assert hook.run(hook.payload(DENIED)).decision == "deny"
    before = hook.log.read_bytes()
    # The release before, in its stage, at a higher revision, as a rollback publishes it.
    install(hook.bundles, [make_bundle(tmp_path / "two", 2, stage="audit")])
    assert hook.run(hook.payload(DENIED, tool_use_id="toolu_2")).decision is None
    assert hook.run(hook.payload(ALLOWED, tool_use_id="toolu_3")).decision is None
    assert hook.log.read_bytes().startswith(before)
    decisions = [each["decision"] for each in hook.events() if each["kind"] == "decision"]
    assert [(each["decision"], each["would"]) for each in decisions] == [("deny", "block"), ("allow", "block"), ("allow", None)]
    used = [(each["bundles"][0]["revision"], each["bundles"][0]["stage"]) for each in decisions]
    assert used == [(1, "block"), (2, "audit"), (2, "audit")]
    assert decisions[0]["bundles"][0]["digest"] != decisions[1]["bundles"][0]["digest"]
    assert _verify(hook.log).code == 0
    _fit(hook.events())


def _fit(events: list[dict[str, Any]]) -> None:
    with open(schema_path("event"), encoding="utf-8") as file:
        schema = Draft202012Validator(json.load(file))
    for each in events:
        schema.validate(each)


def test_checkpoints_and_gaps_fit_the_schema(log: Path, key: Path) -> None:
    with log.open("ab") as file:
        file.write(b"half a line")
    assert packgate("events", "checkpoint", str(log), "--key", str(key)).code == 0
    events = [each for _, path in segments(str(log)) for each in read(Path(path))] + read(log)
    assert {each["kind"] for each in events} == {"decision", "checkpoint", "gap"}
    _fit(events)
