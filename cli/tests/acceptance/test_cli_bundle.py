"""`packgate bundle` on the real command line: from tags of real repositories and from folders, verified, shown, compared."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from bundle_forge import GOLDEN, NOW, REPOSITORY, golden, members, with_manifest
from command_line import packgate, program, write_pack

from packgate.bundle.compiled import COMPILED
from packgate.bundle.verify import read_bundle

AT = "2026-01-31T09:30:00Z"
FOLDER = ("--stage", "warn", "--revision", "3", "--at", AT)


def git(folder: Path, *arguments: str) -> str:
    settings = ("-c", "user.name=Dev", "-c", "user.email=dev@example.com", "-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false")
    done = subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "policies"
    write_pack(folder / "packs")
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    (folder / "packgate.yaml").write_text("version: 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "First")
    return folder


def bundle_of(folder: Path) -> Path:
    (path,) = folder.glob("*.packgate")
    return path


def build(folder: Path, out: Path, *arguments: str) -> Path:
    done = packgate("bundle", "build", *arguments, "--out", str(out), cwd=folder)
    assert done.code == 0, done.all
    return bundle_of(out)


def test_from_a_folder(repository: Path, tmp_path: Path) -> None:
    path = build(repository, tmp_path / "out", "packs/mine", *FOLDER)
    assert path.name == "mine-1.0.0-warn-r3.packgate"
    manifest = read_bundle(path.read_bytes()).manifest
    assert (manifest.pack, manifest.stage, manifest.revision, manifest.created, manifest.commit) == ("mine", "warn", 3, AT, None)
    # The repository around it, whose only pack it is, gives the same.
    assert build(repository, tmp_path / "again", ".", *FOLDER).read_bytes() == path.read_bytes()
    assert build(repository / "packs" / "mine", tmp_path / "inside", ".", *FOLDER).read_bytes() == path.read_bytes()


def test_the_time_of_the_build_is_told_never_asked(repository: Path, tmp_path: Path) -> None:
    plain = program("bundle", "build", "packs/mine", "--stage", "warn", "--revision", "3", cwd=repository)
    assert (plain.code, "SOURCE_DATE_EPOCH" in plain.err) == (2, True)
    done = program(
        "bundle", "build", "packs/mine", "--stage", "warn", "--revision", "3", "--out", str(tmp_path / "epoch"), cwd=repository,
        SOURCE_DATE_EPOCH="1769851800",
    )
    assert done.code == 0, done.all
    assert bundle_of(tmp_path / "epoch").read_bytes() == build(repository, tmp_path / "at", "packs/mine", *FOLDER).read_bytes()


def test_expiry(repository: Path, tmp_path: Path) -> None:
    path = build(repository, tmp_path, "packs/mine", *FOLDER, "--expires", "30")
    assert read_bundle(path.read_bytes()).manifest.expires == "2026-03-02T09:30:00Z"


@pytest.mark.parametrize(("change", "says"), [
    (("command: rm build/out.txt", "command: rm migrations/0002.sql"), "PG802"),
    (("then: warn", "then: warm"), "PG1"),
    (("when: [delete-file]", "when: [delete-files]"), "delete-file"),
])
def test_a_pack_that_is_not_fit_is_not_built(repository: Path, tmp_path: Path, change: tuple[str, str], says: str) -> None:
    path = repository / "packs" / "mine" / "policies" / "layer.yaml"
    path.write_text(path.read_text().replace(*change))
    done = packgate("bundle", "build", "packs/mine", *FOLDER, "--out", str(tmp_path / "out"), cwd=repository)
    assert done.code == 1, done.all
    assert "packs/mine/policies/layer.yaml:" in done.out
    assert says in done.out
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("arguments", "says"), [
    (["nowhere", *FOLDER], "neither a folder"),
    (["packs/mine"], "--stage and --revision"),
    (["packs/mine", "--stage", "warn", "--revision", "3", "--at", "soon"], "--at soon"),
    (["packs/mine", *FOLDER, "--pack", "other"], "one pack"),
    ([".", *FOLDER, "--pack", "other"], "no pack 'other'"),
    (["mine/v1.0.0-warn"], "no release"),
    (["mine/v1.0.0-warn", *FOLDER], "for folders"),
    (["packs", *FOLDER], "no pack"),
])
def test_wrong_usage(repository: Path, arguments: list[str], says: str) -> None:
    done = packgate("bundle", "build", *arguments, cwd=repository)
    assert (done.code, says in done.err) == (2, True), done.all


def test_several_packs_need_a_name(repository: Path, tmp_path: Path) -> None:
    write_pack(repository / "packs", "other")
    done = packgate("bundle", "build", ".", *FOLDER, cwd=repository)
    assert (done.code, "--pack: mine, other" in done.err.replace("with ", "")) == (2, True), done.all
    assert build(repository, tmp_path, ".", *FOLDER, "--pack", "other").name == "other-1.0.0-warn-r3.packgate"


def release(folder: Path, tag: str, revision: int) -> str:
    """A release tag of the current commit, as `packgate release` makes it; returns the commit."""
    from packgate import __version__
    from packgate.gitio import Repository
    from packgate.release.record import Record
    from packgate.release.tagging import Draft, make_release
    from packgate.release.tags import parse_tag

    name = parse_tag(tag)
    assert name is not None
    commit = git(folder, "rev-parse", "HEAD")
    record = Record(name.pack, name.version, name.stage, revision, commit, "sha256:" + "0" * 64, AT, __version__)
    make_release(Repository(str(folder)), Draft(name, f"Release {tag}", (), record), sign=False, signers=None)
    return commit


def test_from_a_tag(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "user.name", "Dev")
    git(repository, "config", "user.email", "dev@example.com")
    commit = release(repository, "mine/v1.0.0-warn", 3)
    # What stands in the working tree later has no part in it.
    path = repository / "packs" / "mine" / "policies" / "layer.yaml"
    before = path.read_bytes()
    path.write_text("policies: [\n")
    bundle = read_bundle(build(repository, tmp_path / "one", "mine/v1.0.0-warn").read_bytes())
    manifest = bundle.manifest
    assert (manifest.tag, manifest.commit, manifest.revision, manifest.created) == ("mine/v1.0.0-warn", commit, 3, AT)
    assert bundle.members["sources/packs/mine/policies/layer.yaml"] == before
    # A clone elsewhere gives the same bytes.
    git(tmp_path, "clone", "-q", str(repository), "clone")
    again = build(tmp_path / "clone", tmp_path / "two", "mine/v1.0.0-warn")
    assert again.read_bytes() == bundle_of(tmp_path / "one").read_bytes()
    assert packgate("bundle", "verify", str(again), "--at", NOW).code == 0


def test_a_rollback_is_an_earlier_content_at_a_higher_revision(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "user.name", "Dev")
    git(repository, "config", "user.email", "dev@example.com")
    release(repository, "mine/v1.0.0-warn", 1)
    release(repository, "mine/v1.0.0-block", 2)
    release(repository, "mine/v1.0.0-warn+r3", 3)
    names = ("mine/v1.0.0-warn", "mine/v1.0.0-block", "mine/v1.0.0-warn+r3")
    first, second, third = (build(repository, tmp_path / str(number), name) for number, name in enumerate(names))
    assert third.name == "mine-1.0.0-warn-r3.packgate"
    assert packgate("bundle", "verify", str(third), "--held", str(second), "--at", NOW).code == 0
    assert "lower-revision" in packgate("bundle", "verify", str(first), "--held", str(third), "--at", NOW).out
    assert "Nothing changed" in packgate("bundle", "diff", str(first), str(third), cwd=repository).out


def test_findings_of_a_tag_name_files_as_the_reader_knows_them(repository: Path, tmp_path: Path) -> None:
    git(repository, "config", "user.name", "Dev")
    git(repository, "config", "user.email", "dev@example.com")
    path = repository / "packs" / "mine" / "policies" / "layer.yaml"
    path.write_text(path.read_text().replace("command: rm build/out.txt", "command: rm migrations/2.sql"))
    git(repository, "commit", "-qam", "Broken")
    release(repository, "mine/v1.0.0-warn", 1)
    done = packgate("bundle", "build", "mine/v1.0.0-warn", "--out", str(tmp_path / "out"), cwd=repository)
    assert (done.code, done.out.startswith("packs/mine/policies/layer.yaml:")) == (1, True), done.all


@pytest.mark.parametrize("tag", ["mine/v2.0.0-warn", "other/v1.0.0-warn"])
def test_a_tag_that_does_not_fit_its_commit(repository: Path, tmp_path: Path, tag: str) -> None:
    git(repository, "config", "user.name", "Dev")
    git(repository, "config", "user.email", "dev@example.com")
    release(repository, tag, 1)
    done = packgate("bundle", "build", tag, "--out", str(tmp_path), cwd=repository)
    assert (done.code, tag in done.err) == (2, True), done.all


def test_verify(tmp_path: Path) -> None:
    done = packgate("bundle", "verify", str(GOLDEN), "--at", NOW)
    assert done.code == 0, done.all
    assert "good: small 1.2.0, stage warn, revision 7" in done.out
    assert "its sources give what it decides with" in done.out
    answer = json.loads(packgate("bundle", "verify", str(GOLDEN), "--at", NOW, "--format", "json").out)
    assert (answer["accepted"], answer["refused"], answer["pack"], answer["revision"]) == (True, None, "small", 7)


@pytest.mark.parametrize(("make", "code"), [
    (lambda: golden()[:-1], "truncated"),
    (lambda: golden() + b"x", "not-canonical"),
    (lambda: with_manifest({"stage": "block"}, sealed=False), "member-altered"),
    (lambda: with_manifest({"stage": "block"}), "wrong-name"),
    (lambda: with_manifest({"schema": 2}), "unknown-schema"),
])
def test_verify_refuses(tmp_path: Path, make, code: str) -> None:
    path = tmp_path / GOLDEN.name
    path.write_bytes(make())
    done = packgate("bundle", "verify", str(path), "--at", NOW)
    assert (done.code, done.out.splitlines()[0]) == (1, f"refused: {code}")
    answer = json.loads(packgate("bundle", "verify", str(path), "--at", NOW, "--format", "json").out)
    assert (answer["accepted"], answer["refused"]["code"], answer["digest"]) == (False, code, None)


def test_verify_against_what_is_installed(tmp_path: Path) -> None:
    newer = tmp_path / "small-1.2.0-warn-r8.packgate"
    newer.write_bytes(with_manifest({"revision": 8}))
    assert packgate("bundle", "verify", str(newer), "--at", NOW, "--held", str(GOLDEN)).code == 0
    replay = packgate("bundle", "verify", str(GOLDEN), "--at", NOW, "--held", str(newer))
    assert (replay.code, "refused: lower-revision" in replay.out) == (1, True)
    assert packgate("bundle", "verify", str(GOLDEN), "--at", "2030-01-01").out.startswith("refused: expired")
    broken = tmp_path / "broken.packgate"
    broken.write_bytes(golden()[:-1])
    assert packgate("bundle", "verify", str(newer), "--at", NOW, "--held", str(broken)).code == 2


def test_no_such_file(tmp_path: Path) -> None:
    for verb in ("verify", "show"):
        done = packgate("bundle", verb, str(tmp_path / "none.packgate"))
        assert (done.code, "no such file" in done.err) == (2, True), done.all


def test_show() -> None:
    done = packgate("bundle", "show", str(GOLDEN))
    assert done.code == 0
    for text in ("small", "1.2.0", "revision        7", "4: 2 block, 1 require-approval, 1 warn", "compiled/pack.json", "10 members"):
        assert text in done.out
    data = json.loads(packgate("bundle", "show", str(GOLDEN), "--format", "json").out)
    assert data["policies"] == {"block": 2, "require-approval": 1, "warn": 1}
    assert len(data["members"]) == 10


def test_diff_says_the_same_of_bundles_as_of_folders(repository: Path, tmp_path: Path) -> None:
    before = build(repository, tmp_path / "a", "packs/mine", *FOLDER)
    git(repository, "tag", "before")
    path = repository / "packs" / "mine" / "policies" / "layer.yaml"
    path.write_text(path.read_text().replace("then: warn", "then: audit").replace("impact: risky", "impact: routine"))
    after = build(repository, tmp_path / "b", "packs/mine", "--stage", "warn", "--revision", "4", "--at", AT)
    of_bundles = packgate("bundle", "diff", str(before), str(after), "--fail-on", "loosened", "--at", NOW, "--format", "json", cwd=repository)
    of_commits = packgate("diff", "before", ".", "--fail-on", "loosened", "--at", NOW, "--format", "json", cwd=repository)
    assert (of_bundles.code, of_commits.code) == (1, 1), of_bundles.all
    assert strip_places(json.loads(of_bundles.out)) == strip_places(json.loads(of_commits.out))
    mixed = packgate("diff", str(before), ".", "--at", NOW, cwd=repository)
    assert (mixed.code, "loosened" in mixed.out) == (0, True), mixed.all
    assert "Nothing changed" in packgate("bundle", "diff", str(before), str(before), cwd=repository).out


def strip_places(value):
    """A comparison without what names its sides."""
    if isinstance(value, dict):
        return {key: strip_places(item) for key, item in value.items() if key not in ("base", "head", "file", "line", "position")}
    return [strip_places(item) for item in value] if isinstance(value, list) else value


def test_diff_refuses_what_verify_refuses(tmp_path: Path) -> None:
    path = tmp_path / GOLDEN.name
    path.write_bytes(with_manifest(contents={COMPILED: members(golden())[COMPILED].replace(b'"mode":"block"', b'"mode":"audit"')}))
    done = packgate("bundle", "diff", str(GOLDEN), str(path))
    assert (done.code, "sources-disagree" in done.err) == (2, True), done.all
    assert packgate("bundle", "verify", str(path), "--at", NOW).out.startswith("refused: sources-disagree")


def test_a_bundle_beside_a_whole_repository(tmp_path: Path) -> None:
    """Only the bundle's pack is compared."""
    done = packgate("diff", str(GOLDEN), str(REPOSITORY), "--at", NOW)
    assert (done.code, "Nothing changed" in done.out) == (0, True), done.all


def test_the_verbs_are_listed_and_a_misspelt_one_is_told() -> None:
    done = packgate("bundle", "--help")
    assert done.code == 0
    for verb in ("build", "verify", "show", "diff"):
        assert f"\n  {verb}" in done.out
        assert packgate("bundle", verb, "--help").code == 0
    wrong = packgate("bundle", "buidl")
    assert (wrong.code, "Did you mean 'build'" in wrong.err) == (2, True)


def test_nothing_half_is_left_behind(repository: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine-1.0.0-warn-r3.packgate").mkdir()
    done = packgate("bundle", "build", "packs/mine", *FOLDER, "--out", str(out), cwd=repository)
    assert (done.code, "cannot be written" in done.err) == (2, True), done.all
    assert os.listdir(out) == ["mine-1.0.0-warn-r3.packgate"]

