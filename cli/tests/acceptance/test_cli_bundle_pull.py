"""`packgate bundle keys`, `publish`, `pull` and `decide --bundles`: keys are made, a point pulls, an incident is rolled back, replays are refused."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from bundle_host import serving
from bundle_maker import make_bundle
from command_line import ROOT, packgate, program

# python-tuf holds expiries against the real clock.
LONG = ("--expires", "targets=9000", "--expires", "snapshot=9000", "--expires", "timestamp=9000")
AT = ("--at", "2026-02-01T00:00:00Z")
PUSH = "git push --force origin {}"


@pytest.fixture
def world(tmp_path):
    made = packgate("bundle", "keys", "new", str(tmp_path / "keys"), "--expires", "root=9000", *AT)
    assert made.code == 0, made.all
    return tmp_path


def bundle(world, revision, **options):
    name, data = make_bundle(world / "repo", revision, **options)
    (world / name).write_bytes(data)
    return str(world / name)


def publish(world, *arguments, at=AT):
    """Publish bundles of folders, whose stages no release claims: what gates ask is for the tests of claims."""
    gates = ("--ungated", "Bundles made for a test.") if "--from" in arguments else ()
    return packgate("bundle", "publish", str(world / "public"), "--keys", str(world / "keys"), *LONG, *at, *gates, *arguments)


def pull(world, address, *arguments):
    return packgate("bundle", "pull", str(address), "--into", str(world / "into"), "--root", str(world / "keys/roots/1.root.json"), *arguments)


def decided(world, branch, *arguments):
    done = packgate("decide", "--bundles", str(world / "into"), PUSH.format(branch), *AT, *arguments)
    assert done.code == 0, done.all
    return json.loads(done.out)


def test_the_story_of_a_rollback(world) -> None:
    first = bundle(world, 1)
    assert publish(world, "--from", first).code == 0
    with serving(world / "public") as (address, _):
        done = pull(world, address)
        assert (done.code, done.out) == (0, "activated: demo 1.0.0 (stage block, revision 1)\n")
        decision = decided(world, "main")
        assert decision["decision"] == "deny"
        assert [(one["pack"], one["revision"], one["stage"]) for one in decision["bundles"]] == [("demo", 1, "block")]
        # A release that no longer stops what it should, and the rollback: the old content at a higher revision.
        publish(world, "--from", bundle(world, 2, branch="nowhere"))
        replay = (world / "public" / "timestamp.json").read_bytes()
        assert pull(world, address).code == 0
        assert decided(world, "main")["decision"] == "allow"
        publish(world, "--from", bundle(world, 3))
        assert pull(world, address).code == 0
        assert decided(world, "main")["bundles"][0]["revision"] == 3
        assert decided(world, "main")["decision"] == "deny"
        assert "up to date" in pull(world, address).out
        # The old repository again.
        (world / "public" / "timestamp.json").write_bytes(replay)
        refused = pull(world, address, "--format", "json")
        said = json.loads(refused.out)
        assert (refused.code, said["result"], said["refused"]["code"]) == (1, "refused", "timestamp-rollback")
        assert decided(world, "main")["decision"] == "deny"
        assert json.loads((world / "into" / "last.json").read_text())["refused"]["code"] == "timestamp-rollback"


def test_releases_and_assignments_cap(world) -> None:
    (world / "assignments.yaml").write_text("assignments:\n  - pack: demo\n    stage: warn\n")
    publish(world, "--from", bundle(world, 1), "--assignments", str(world / "assignments.yaml"))
    assert pull(world, world / "public").code == 0
    decision = decided(world, "main")
    assert (decision["mode"], decision["matches"][0]["capped_by"]) == ("warn", "assignment")
    assert decided(world, "main", "--stage", "block")["decision"] == "deny"
    publish(world, "--from", bundle(world, 2, stage="audit"))
    pull(world, world / "public")
    decision = decided(world, "main")
    assert (decision["mode"], decision["matches"][0]["capped_by"]) == ("audit", "release")


def test_only_some_packs(world) -> None:
    publish(world, "--from", bundle(world, 1), "--from", bundle(world, 5, pack="other", branch="trunk"))
    assert pull(world, world / "public", "--pack", "other").out == "activated: other 1.0.0 (stage block, revision 5)\n"
    assert decided(world, "main")["decision"] == "allow"
    assert decided(world, "trunk")["decision"] == "deny"
    assert pull(world, world / "public", "--pack", "missing").code == 1
    assert "pack-unknown" in pull(world, world / "public", "--pack", "missing").out
    assert pull(world, world / "public").code == 0
    assert [one["pack"] for one in decided(world, "main")["bundles"]] == ["demo", "other"]


def test_what_publishing_refuses(world) -> None:
    assert publish(world, "--from", bundle(world, 2)).code == 0
    before = {path: path.read_bytes() for path in (world / "public").rglob("*") if path.is_file()}
    for arguments, code in (({"revision": 1}, "lower-revision"), ({"revision": 2, "branch": "other"}, "same-revision-other-content")):
        done = publish(world, "--from", bundle(world, **arguments))
        assert (done.code, done.out.splitlines()[0]) == (1, f"refused: {code}")
    (world / "bad.packgate").write_bytes(b"no bundle")
    assert json.loads(publish(world, "--from", str(world / "bad.packgate"), "--format", "json").out)["published"] is False
    assert publish(world, "--from", bundle(world, 3), "--from", bundle(world, 4)).code == 2
    (world / "assignments.yaml").write_text("assignments: {}\n")
    assert publish(world, "--assignments", str(world / "assignments.yaml")).code == 2
    (world / "assignments.yaml").write_text("assignments:\n  - {pack: demo, stage: warn, for: {user: {list: nobody}}}\n")
    assert "unloadable" in publish(world, "--assignments", str(world / "assignments.yaml")).out
    assert {path: path.read_bytes() for path in (world / "public").rglob("*") if path.is_file()} == before
    assert publish(world).code == 0


def test_the_same_time_gives_the_same_bytes(world) -> None:
    one = bundle(world, 1)
    publish(world, "--from", one)
    first = {path.relative_to(world / "public"): path.read_bytes() for path in (world / "public").rglob("*") if path.is_file()}
    (world / "public").rename(world / "before")
    publish(world, "--from", one)
    assert {path.relative_to(world / "public"): path.read_bytes() for path in (world / "public").rglob("*") if path.is_file()} == first


def test_keys_stay_private(tmp_path) -> None:
    keys = str(tmp_path / "keys")
    done = program("bundle", "keys", "new", keys, "--keys", "root=3", "--threshold", "root=2", "--passphrase-env", "PASS", PASS="correct horse")
    assert done.code == 0, done.all
    private = list((tmp_path / "keys" / "private").iterdir())
    assert len(private) == 6
    assert {path.stat().st_mode & 0o777 for path in private} == {0o600}
    assert {(tmp_path / "keys" / name).stat().st_mode & 0o777 for name in ("private", "revoked", ".")} == {0o700}
    assert all(b"ENCRYPTED PRIVATE KEY" in path.read_bytes() for path in private)
    shown = packgate("bundle", "keys", "show", keys, "--format", "json")
    roles = json.loads(shown.out)["roles"]
    assert (roles["root"]["threshold"], len(roles["root"]["keys"])) == (2, 3)
    assert "PRIVATE" not in done.all + shown.all
    for variable, word in (({}, "is encrypted"), ({"PASS": "wrong"}, "the passphrase is wrong")):
        failed = program("bundle", "keys", "rotate", keys, *(("--passphrase-env", "PASS") if variable else ()), **variable)
        assert (failed.code, word in failed.err) == (2, True)
    assert packgate("bundle", "keys", "rotate", keys, "--passphrase-env", "NOT_SET_ANYWHERE").code == 2
    revoked = program("bundle", "keys", "revoke", keys, roles["root"]["keys"][0]["id"][:10], "--passphrase-env", "PASS", PASS="correct horse")
    assert revoked.code == 0, revoked.all
    assert json.loads(packgate("bundle", "keys", "show", keys, "--format", "json").out)["version"] == 2
    (tmp_path / "keys" / "private" / f"{roles['targets']['keys'][0]['id']}.pem").chmod(0o644)
    assert packgate("bundle", "publish", str(tmp_path / "public"), "--keys", keys, "--from", bundle(tmp_path, 1, stage="audit")).code == 2


def test_wrong_calls(world) -> None:
    inside = packgate("bundle", "publish", str(world / "keys" / "public"), "--keys", str(world / "keys"), "--from", bundle(world, 1))
    assert (inside.code, "private keys would be served" in inside.err) == (2, True)
    for arguments in (["--keys", "root=0"], ["--threshold", "root=2"], ["--expires", "boss=3"]):
        assert packgate("bundle", "keys", "new", str(world / "more"), *arguments).code == 2
    assert packgate("bundle", "keys", "new", str(world / "keys")).code == 2
    assert packgate("bundle", "keys", "revoke", str(world / "keys"), "abcdefabcdef").code == 2
    for address in ("ftp://host/x", "http://user:secret@host/x", "no such folder", "https://"):
        assert pull(world, address).code == 2
    assert packgate("decide", "--bundles", str(world / "nothing"), "ls").code == 2
    assert packgate("decide", "--bundles", str(world / "nothing"), "--pack", "recommended", "ls").code == 2


def test_an_installed_bundle_that_was_altered_decides_nothing(world) -> None:
    publish(world, "--from", bundle(world, 1))
    pull(world, world / "public")
    path = next((world / "into" / "snapshots").glob("*/*.packgate"))
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"main"', b'"mein"'))
    done = packgate("decide", "--bundles", str(world / "into"), PUSH.format("main"))
    assert (done.code, done.out) == (1, "")
    assert "nothing was decided" in done.err
    # The next pull puts it right; likewise when files are gone.
    assert pull(world, world / "public").out.startswith("activated")
    assert decided(world, "main")["decision"] == "deny"
    path.unlink()
    assert pull(world, world / "public").code == 0
    assert decided(world, "main")["decision"] == "deny"


def test_watch_pulls_again_and_stops_cleanly(world) -> None:
    publish(world, "--from", bundle(world, 1))
    with serving(world / "public") as (address, asked):
        command = [sys.executable, "-m", "packgate", "bundle", "pull", address, "--into", str(world / "into"), "--root",
                   str(world / "keys/roots/1.root.json"), "--watch", "--interval", "0.1"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
        try:
            assert "activated: demo 1.0.0 (stage block, revision 1)" in process.stdout.readline()
            publish(world, "--from", bundle(world, 2))
            lines = [process.stdout.readline() for _ in range(2)]
            while "revision 2" not in lines[-1]:
                lines.append(process.stdout.readline())
            assert len([line for line in lines if "activated" in line]) == 1
            good = (world / "public" / "timestamp.json").read_bytes()
            (world / "public" / "timestamp.json").write_bytes(b"{}")
            while "refused: metadata-malformed" not in process.stdout.readline():
                pass
            (world / "public" / "timestamp.json").write_bytes(good)
            while "up to date" not in process.stdout.readline():
                pass
            seen = len(asked)
            time.sleep(0.5)
            assert len(asked) > seen
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
            # Nothing new, nothing said.
            assert (process.returncode, out, err) == (0, "", "")
        finally:
            process.kill()
            process.communicate()
    assert decided(world, "main")["bundles"][0]["revision"] == 2


def test_without_python_tuf(world) -> None:
    """The verbs say what to install."""
    code = (
        "import sys; from importlib import util; real = util.find_spec\n"
        "util.find_spec = lambda name, *rest: None if name == 'tuf' else real(name, *rest)\n"
        "import packgate.bundle.extras as extras; extras.find_spec = util.find_spec\n"
        "from packgate.cli import run; sys.exit(run(['bundle', 'keys', 'new', 'somewhere']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT / "cli")}, check=False)
    assert done.returncode == 2
    assert "pip install 'packgate[tuf]'" in done.stderr
