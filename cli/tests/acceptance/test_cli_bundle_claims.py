"""`packgate bundle publish` believes no tag: gates are computed again, on real repositories with events that the real engine decided."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bundle_forge import members, packed
from command_line import packgate
from policy_repository import DAY, ENVIRONMENT, START, PolicyRepository, stamp

from packgate.bundle.build import Facts, build
from packgate.bundle.index import INDEX, from_bytes
from packgate.bundle.manifest import MANIFEST, seal
from packgate.bundle.repository import read_published
from packgate.gitio import Repository
from packgate.release.history import find, read_history
from packgate.release.record import Record, write_message
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from command_line import Done

HARMLESS = ["ls", "git status", "git push origin feature/x", "psql -c 'SELECT 1'"]
# python-tuf holds expiries against the real clock.
LONG = ("--expires", "targets=9000", "--expires", "snapshot=9000", "--expires", "timestamp=9000")
BEN = ("--approved-by", "ben@example.org")


class World:
    """A policy repository whose pack is released at audit on day 1, a folder of bundles, keys, and what is published."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.repository = PolicyRepository(place / "repository")
        self.root = self.repository.root
        self.repository.write("packs/demo/rollout.yaml", "pack: block\n")
        self.repository.commit("Open", 0)
        self.does("release", "demo", "--at", stamp(1))
        self.keys, self.public = place / "keys", place / "public"
        self.does("bundle", "keys", "new", str(self.keys), "--expires", "root=9000", "--at", stamp(0))
        self.audit = self.events("audit", "audit", 2)

    def does(self, *arguments: str) -> str:
        done = packgate(*arguments, cwd=self.root)
        assert done.code == 0, done.all
        return done.out

    def events(self, name: str, stage: str, first: int) -> str:
        """Four days of harmless work, decided while the release stood at a stage."""
        path = self.place / f"{name}.jsonl"
        return str(self.repository.events(path, HARMLESS * 10, range(first, first + 4), releases={"demo": stage}))

    def promote(self, to: str, events: str, day: int, *more: str) -> str:
        """Promote the pack; the tag."""
        self.does("promote", "demo", "--to", to, "--events", events, "--at", stamp(day), *more)
        return read_history(Repository(str(self.root)), "demo").of("demo")[-1].tag

    def by_hand(self, day: int, **changes: object) -> str:
        """A tag made with git alone, whose record is that of the newest release with other words; the tag."""
        last = read_history(Repository(str(self.root)), "demo").of("demo")[-1].record
        known = {"time": stamp(day), "revision": last.revision + 1, "previous": f"demo/v{last.version}-{last.stage}"}
        record: Record = replace(last, **{**known, **changes})  # type: ignore[arg-type]
        name = f"demo/v{record.version}-{record.stage}"
        if self.repository.git("tag", "--list", name):
            name += f"+r{record.revision}"
        # One hour into the day, as `stamp` has it.
        environment = {**os.environ, **ENVIRONMENT, "GIT_COMMITTER_DATE": f"@{START + day * DAY + 3600} +0000"}
        message = write_message("A release.", [], record)
        command = ["git", "tag", "-a", "--no-sign", "--cleanup=verbatim", "-m", message, name, record.commit]
        subprocess.run(command, cwd=self.root, check=True, capture_output=True, env=environment)
        return name

    def bundle(self, tag: str) -> str:
        """A bundle built from a tag."""
        return self.does("bundle", "build", tag, "--out", str(self.place / "dist"), "--expires", "20000").split("  ")[0]

    def publish(self, tag: str, *more: str) -> Done:
        return self.put(self.bundle(tag), *more)

    def put(self, bundle: str, *more: str, cwd: Path | None = None) -> Done:
        before = self.state()
        done = packgate(
            "bundle", "publish", str(self.public), "--from", bundle, "--keys", str(self.keys), *LONG, "--at", stamp(60), *more, cwd=cwd or self.root
        )
        assert (done.code == 0) == (self.state() != before), done.all
        return done

    def state(self) -> dict[Path, bytes]:
        """Everything that is published, by file."""
        return {path: path.read_bytes() for path in self.public.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    for key, value in ENVIRONMENT.items():
        monkeypatch.setenv(key, value)
    return World(tmp_path)


def refused(done: Done) -> str:
    assert done.code == 1, done.all
    return done.out.splitlines()[0].removeprefix("refused: ")


def test_a_promotion_passes_with_its_events_and_not_without(world: World) -> None:
    assert world.publish("demo/v1.0.0-audit").code == 0
    warn = world.promote("warn", world.audit, 7)
    without = world.publish(warn)
    assert refused(without) == "gates-not-met"
    assert "promote pack demo from audit to warn" in without.out
    assert "UNKNOWN days" in without.out
    assert "NOT MET" not in without.out
    assert "--events FILE" in without.out
    other = world.events("block", "block", 2)
    assert "NOT MET events" in world.publish(warn, "--events", other).out
    # Another stage's events are no evidence; a file that can't be read is no refusal but a mistake.
    assert world.publish(warn, "--events", str(world.place / "missing.jsonl")).code == 2
    done = world.publish(warn, "--events", world.audit)
    assert (done.code, "new  demo 1.0.0, stage warn, revision 2" in done.out) == (0, True), done.all
    assert "differs" not in done.out
    said = json.loads(packgate(
        "bundle", "publish", str(world.public), "--from", world.bundle(warn), "--keys", str(world.keys), *LONG, "--at", stamp(60), "--format", "json",
        cwd=world.root,
    ).out)
    # What is published already is not asked for again.
    assert (said["published"], said["changed"], said["notes"], said["packs"][0]["ungated"]) == (True, [], [], None)


def test_approvals_are_vouched_for_by_who_publishes(world: World) -> None:
    world.publish("demo/v1.0.0-audit")
    warn = world.promote("warn", world.audit, 7)
    assert world.publish(warn, "--events", world.audit).code == 0
    events = world.events("warn", "warn", 8)
    block = world.promote("block", events, 13, *BEN)
    done = world.publish(block, "--events", events)
    assert (refused(done), "NOT MET approvals" in done.out) == ("gates-not-met", True), done.all
    # The author's own word does not count.
    assert refused(world.publish(block, "--events", events, "--approved-by", "ana@example.org")) == "gates-not-met"
    # Who changes the pack afterwards is no author of what was promoted.
    world.repository.write("packs/demo/rollout.yaml", "pack: warn\n")
    world.repository.git("commit", "-qam", "Later", "--author", "Ben <ben@example.org>", day=14)
    assert world.publish(block, "--events", events, *BEN).code == 0


def test_who_makes_the_tag_does_not_approve_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.publish("demo/v1.0.0-audit")
    with monkeypatch.context() as patch:
        patch.setenv("GIT_COMMITTER_NAME", "Cy")
        patch.setenv("GIT_COMMITTER_EMAIL", "cy@example.org")
        block = world.promote("block", world.audit, 7, *BEN, "--override", "An incident.")
    done = world.publish(block, "--events", world.audit, "--approved-by", "cy@example.org")
    assert (refused(done), "cy@example.org wrote it" in done.out) == ("gates-not-met", True), done.all
    assert world.publish(block, "--events", world.audit, *BEN).code == 0


def test_since_when_counts_as_it_did_for_the_promotion(world: World) -> None:
    world.publish("demo/v1.0.0-audit")
    # The same content at the same stage once more: what was watched before counts on.
    world.by_hand(5)
    assert world.publish(world.promote("warn", world.audit, 7), "--events", world.audit).code == 0


def test_a_tag_made_by_hand_is_a_claim(world: World) -> None:
    """Gates copied into a record count for nothing."""
    world.publish("demo/v1.0.0-audit")
    warn = find(Repository(str(world.root)), world.promote("warn", world.audit, 7))
    gates = [{**gate, "state": "met"} for gate in warn.record.gates or ()]
    world.repository.git("tag", "-d", warn.tag)
    forged = world.by_hand(3, stage="warn", gates=gates)
    assert refused(world.publish(forged)) == "gates-not-met"
    # Dated before most of what was recorded: later events don't count.
    late = world.publish(forged, "--events", world.audit)
    assert (refused(late), "NOT MET days" in late.out) == ("gates-not-met", True), late.all
    world.repository.git("tag", "-d", forged)
    edited = world.by_hand(7, stage="warn", gates=[{**gate, "observed": "9999", "count": 9999} for gate in gates])
    done = world.publish(edited, "--events", world.audit)
    assert done.code == 0, done.all
    assert f"the record differs: {edited}: events: the record says met (9999); now met (160)" in done.out


def test_a_second_tag_does_not_wash_the_first(world: World) -> None:
    """A release at the stage of the one before asks for no gates, so that one must have passed its own."""
    world.publish("demo/v1.0.0-audit")
    world.by_hand(7, stage="block", override="We say so.", gates=[])
    world.repository.write("packs/demo/pack.yaml", world.repository.read("packs/demo/pack.yaml").replace("1.0.0", "1.0.1"))
    world.repository.commit("Next", 8)
    world.does("release", "demo", "--at", stamp(9))
    done = world.publish("demo/v1.0.1-block", "--events", world.audit)
    assert (refused(done), "demo/v1.0.0-block: " in done.out) == ("gates-not-met", True), done.all
    # Nor does a rollback to it.
    world.does("rollback", "demo", "--to", "demo/v1.0.0-block", "--at", stamp(10))
    assert refused(world.publish("demo/v1.0.0-block+r4")) == "gates-not-met"


def test_other_content_than_was_watched(world: World) -> None:
    world.publish("demo/v1.0.0-audit")
    world.repository.write("packs/demo/policies/all.yaml", world.repository.read("packs/demo/policies/all.yaml").replace("risk: 90", "risk: 10"))
    world.repository.commit("Quietly", 2)
    commit = Repository(str(world.root)).commit("HEAD")
    forged = world.by_hand(7, stage="warn", commit=commit)
    assert refused(world.publish(forged, "--events", world.audit)) == "release-disagrees"
    world.repository.git("tag", "-d", forged)
    world.repository.write("packs/demo/pack.yaml", world.repository.read("packs/demo/pack.yaml").replace("1.0.0", "1.0.1"))
    world.repository.commit("Next", 3)
    newer = world.by_hand(7, stage="warn", version="1.0.1", previous="demo/v1.0.0-audit", commit=Repository(str(world.root)).commit("HEAD"))
    assert refused(world.publish(newer, "--events", world.audit)) == "release-disagrees"
    world.repository.git("tag", "-d", newer)
    # The same in two steps: at audit once more, under the version that was watched.
    world.by_hand(1, commit=commit)
    again = world.by_hand(7, stage="warn", commit=commit, revision=3, previous="demo/v1.0.0-audit+r2")
    done = world.publish(again, "--events", world.audit)
    assert (refused(done), "events can't tell them apart" in done.out) == ("release-disagrees", True), done.all


def test_what_a_release_follows(world: World) -> None:
    world.publish("demo/v1.0.0-audit")
    world.promote("warn", world.audit, 7)
    world.does("rollback", "demo", "--at", stamp(8))
    # It skips the rollback, so as not to rise.
    forged = world.by_hand(9, stage="warn", previous="demo/v1.0.0-warn", rollback_of=None, restores=None)
    assert refused(world.publish(forged, "--events", world.audit)) == "release-disagrees"
    world.repository.git("tag", "-d", forged)
    missing = world.by_hand(9, stage="warn", previous="demo/v0.9.0-warn", rollback_of=None, restores=None)
    assert refused(world.publish(missing, "--events", world.audit)) == "release-unknown"
    world.repository.git("tag", "-d", missing)
    higher = world.by_hand(9, stage="block", restores="demo/v1.0.0-warn")
    assert refused(world.publish(higher, "--events", world.audit)) == "release-disagrees"


def test_a_rollback_asks_for_no_gates(world: World) -> None:
    world.publish("demo/v1.0.0-audit")
    assert world.publish(world.promote("warn", world.audit, 7), "--events", world.audit).code == 0
    world.does("rollback", "demo", "--at", stamp(8))
    assert world.publish("demo/v1.0.0-audit+r3").code == 0
    # And up again, to what was published here and so has passed.
    world.does("rollback", "demo", "--to", "demo/v1.0.0-warn", "--at", stamp(9))
    done = world.publish("demo/v1.0.0-warn+r4")
    assert (done.code, "stage warn, revision 4" in done.out) == (0, True), done.all
    # A rollback that brings other content back is none.
    world.repository.write("packs/demo/policies/all.yaml", world.repository.read("packs/demo/policies/all.yaml").replace("risk: 90", "risk: 10"))
    world.repository.commit("Quietly", 9)
    forged = world.by_hand(10, previous="demo/v1.0.0-warn+r4", restores="demo/v1.0.0-warn", commit=Repository(str(world.root)).commit("HEAD"))
    assert refused(world.publish(forged)) == "release-disagrees"
    world.repository.git("tag", "-d", forged)
    # The next release at the same stage asks for none either.
    world.repository.write("packs/demo/pack.yaml", world.repository.read("packs/demo/pack.yaml").replace("1.0.0", "1.0.1"))
    world.repository.commit("Next", 10)
    world.does("release", "demo", "--at", stamp(11))
    assert world.publish("demo/v1.0.1-warn").code == 0
    # Nor does a rollback at the stage that is published, though old bundles were taken away.
    for path in world.public.glob("targets/*-r[1234].packgate"):
        path.unlink()
    world.does("rollback", "demo", "--to", "demo/v1.0.0-warn", "--at", stamp(12))
    done = world.publish("demo/v1.0.0-warn+r6")
    assert done.code == 0, done.all


def test_a_skipped_stage_needs_its_override_and_its_gates(world: World) -> None:
    block = world.promote("block", world.audit, 7, *BEN, "--override", "An incident.")
    assert refused(world.publish(block)) == "gates-not-met"
    assert world.publish(block, "--events", world.audit, *BEN).code == 0
    world.repository.git("tag", "-d", block)
    world.public.rename(world.place / "before")
    done = world.publish(world.by_hand(7, stage="block"), "--events", world.audit, *BEN)
    assert (refused(done), "skips a stage" in done.out) == ("gates-not-met", True), done.all


def test_gates_are_those_of_the_release(world: World) -> None:
    """Gates that were made easier, or harder, after the release count neither for the promotion nor for the publication."""
    world.repository.write("packgate.yaml", "version: 1\ngates: {warn: {min_days: 300}}\n")
    world.repository.commit("Harder", 6)
    warn = world.promote("warn", world.audit, 7)
    world.repository.write("packgate.yaml", "version: 1\ngates: {warn: {min_days: 0, min_events: 0, max_benign_rate: 1}}\n")
    world.repository.commit("Easier", 8)
    assert refused(world.publish(warn)) == "gates-not-met"
    assert world.publish(warn, "--events", world.audit).code == 0


def test_a_bundle_that_is_not_what_its_tag_says(world: World) -> None:
    release = find(Repository(str(world.root)), "demo/v1.0.0-audit")
    facts = Facts("audit", 1, release.time, release.commit, release.tag, 20_000)
    world.repository.write("packs/demo/policies/all.yaml", world.repository.read("packs/demo/policies/all.yaml").replace("risk: 90", "risk: 10"))
    space = load_workspace(str(world.root), ["demo"])
    for changes, text in (
        ({}, "holds something else than its commit: compiled/"), ({"revision": 2}, "says revision 2, and the tag 1"), ({"stage": "block"}, "says stage block"),
        ({"commit": "a" * 40}, "says commit aaaa"), ({"tag": "demo/v1.0.0-warn"}, "there is no release"),
    ):
        built = build(space, space.results[0], replace(facts, **changes))
        (world.place / "forged.packgate").write_bytes(built.data)
        done = world.put(str(world.place / "forged.packgate"))
        assert refused(done) == ("release-unknown" if "tag" in changes else "release-disagrees")
        assert text in done.out, done.all


def test_a_version_that_the_content_does_not_have(world: World) -> None:
    """The same bundle with another version in its manifest, sealed again, and a tag made by hand that says so too."""
    found = members(Path(world.bundle("demo/v1.0.0-audit")).read_bytes())
    fields = {name: value for name, value in json.loads(found.pop(MANIFEST)).items() if name not in ("schema", "members", "digest")}
    fields |= {"version": "2.0.0", "revision": 2, "tag": world.by_hand(1, version="2.0.0")}
    (world.place / "forged.packgate").write_bytes(packed({MANIFEST: seal(fields, found), **found}))
    done = world.put(str(world.place / "forged.packgate"))
    assert (refused(done), "pack.yaml at its commit says version 1.0.0" in done.out) == ("release-disagrees", True), done.all


def test_a_folder_goes_no_further_than_audit(world: World) -> None:
    folder = ["bundle", "build", "packs/demo", "--at", stamp(1), "--out", str(world.place / "dist"), "--expires", "20000"]
    bundles = {stage: world.does(*folder, "--stage", stage, "--revision", "1").split("  ")[0] for stage in ("audit", "warn")}
    done = world.put(bundles["warn"])
    assert (refused(done), "was built from a folder" in done.out) == ("release-unknown", True)
    # No repository is needed for it.
    assert world.put(bundles["audit"], cwd=world.place).code == 0


def test_ungated_says_why(world: World) -> None:
    warn = world.bundle(world.promote("warn", world.audit, 7))
    outside = world.put(warn, "--events", world.audit, cwd=world.place)
    assert (refused(outside), "not inside a git repository" in outside.out) == ("release-unknown", True)
    assert world.put(warn, "--ungated", " ").code == 2
    assert world.put(warn, "--ungated", "No repository here.", "--events", world.audit).code == 2
    secret = "ghp_" + "x7Kq2LmN9pRsT4vWyZ1aB3cD5eF6gH8iJ0kL"
    done = world.put(warn, "--ungated", f"No repository\nhere. {secret}", cwd=world.place)
    assert (done.code, "no gates computed: No repository here." in done.out) == (0, True), done.all
    index = read_published(str(world.public)).target(INDEX) or b""
    assert secret not in done.all + index.decode()
    assert (from_bytes(index).entries[0].ungated or "").startswith("No repository here.")
    # It stays told while that bundle is the current one, and clients take the index as it is.
    kept = world.put(warn, "--expires", "timestamp=8000", cwd=world.root)
    assert (kept.code, "no gates computed" in kept.out) == (0, True), kept.all
    pulled = packgate("bundle", "pull", str(world.public), "--into", str(world.place / "into"), "--root", str(world.keys / "roots/1.root.json"))
    assert (pulled.code, pulled.out) == (0, "activated: demo 1.0.0 (stage warn, revision 2)\n"), pulled.all
