"""Building: the same bytes everywhere, the golden bundle, the manifest, the provenance, and decisions that equal those from the sources."""

from __future__ import annotations

import inspect
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from hashlib import sha256

import pytest
from bundle_forge import FACTS, GOLDEN, NOW, REPOSITORY, ROOT, built, golden, members
from effort import COMPILED
from jsonschema import Draft202012Validator

from packgate import __version__
from packgate.bundle.canonical import canonical, parse
from packgate.bundle.compiled import CATALOG_FORMAT, read_compiled, to_data
from packgate.bundle.limits import DEFAULT
from packgate.bundle.loaded import open_gate
from packgate.bundle.manifest import MANIFEST
from packgate.bundle.refusals import refusals
from packgate.bundle.verify import open_bundle, read_bundle
from packgate.engine.gate import build_gate
from packgate.engine.plain import pack_from, pack_to
from packgate.errors import UserError
from packgate.model.action import parse_action
from packgate.model.policy import Condition, Default, Outcome, Pack, Pattern, Policy, Rollout, Waiver
from packgate.source.vocabulary import builtin_vocabulary
from packgate.source.workspace import load_workspace
from packgate.testing.cases import collect, collect_inherited

# Of the golden bundle. It changes with the format of bundles, of the compiled catalog, or the sources beside it; then:
# packgate bundle build testcases/bundles/repository --pack small --stage warn --revision 7 --at 2026-01-31T09:30:00Z --out testcases/bundles
DIGEST = "6007a087fbae5d578473659cebc45486b4409c2fe758e5cf7e1e55f03f0d893d"


def test_the_golden_bundle_is_what_a_builder_writes():
    assert sha256(golden()).hexdigest() == DIGEST
    again = built()
    assert (again.name, again.data == golden()) == (GOLDEN.name, True)


@pytest.mark.parametrize(("zone", "locale", "seed", "umask"), [
    ("UTC", "C", "0", 0o022), ("Asia/Kathmandu", "tr_TR.UTF-8", "1", 0o077), ("America/St_Johns", "C.UTF-8", "4242", 0o000),
])
def test_the_same_bytes_anywhere(tmp_path, zone, locale, seed, umask):
    """A copy of the sources elsewhere, with other times and modes, built by a process with other surroundings."""
    folder = tmp_path / "some where" / f"höme-{seed}"
    shutil.copytree(REPOSITORY, folder)
    for number, path in enumerate(sorted(folder.rglob("*.yaml"))):
        os.utime(path, (1_000_000_000 + number, 1_100_000_000 + number))
        path.chmod(0o600)
    out = tmp_path / "out"
    arguments = ["bundle", "build", ".", "--pack", "small", "--stage", "warn", "--revision", "7", "--at", "2026-01-31T10:30:00+01:00", "--out", str(out)]
    surroundings = {"TZ": zone, "LC_ALL": locale, "LANG": locale, "PYTHONHASHSEED": seed, "SOURCE_DATE_EPOCH": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "packgate", *arguments], cwd=folder, capture_output=True, text=True, umask=umask, check=False, timeout=120,
        env={**os.environ, "PYTHONPATH": str(ROOT / "cli"), "XDG_CACHE_HOME": str(tmp_path / "cache"), **surroundings},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = out.iterdir()
    assert path.name == GOLDEN.name
    assert path.read_bytes() == built(engine=__version__).data


def test_any_tar_reads_a_bundle(tmp_path):
    with tarfile.open(fileobj=io.BytesIO(golden())) as archive:
        found = archive.getmembers()
        assert {(item.mtime, item.mode, item.uid, item.gid, item.uname, item.type) for item in found} == {(0, 0o644, 0, 0, "", tarfile.REGTYPE)}
        assert found[0].name == MANIFEST
        archive.extractall(tmp_path, filter="data")
    listed = subprocess.run(["tar", "-tf", str(GOLDEN)], capture_output=True, text=True, check=True).stdout.split()
    assert listed == [item.name for item in found]


def test_the_manifest():
    manifest = read_bundle(golden()).manifest
    assert (manifest.pack, manifest.version, manifest.stage, manifest.revision, manifest.minimum_engine) == ("small", "1.2.0", "warn", 7, "0.1.0")
    assert (manifest.created, manifest.not_before, manifest.expires) == (
        "2026-01-31T09:30:00Z", "2026-01-31T09:30:00Z", "2027-01-31T09:30:00Z",
    )
    found = members(golden())
    data = json.loads(found.pop(MANIFEST))
    assert data["members"] == {name: {"sha256": sha256(content).hexdigest(), "size": len(content)} for name, content in found.items()}
    seal = data.pop("digest")
    assert seal == "sha256:" + sha256(canonical(data)).hexdigest()


def test_the_manifest_fits_its_schema():
    schema = json.loads((ROOT / "schema" / "bundle.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    data = json.loads(members(golden())[MANIFEST])
    Draft202012Validator(schema).validate(data)
    assert set(schema["required"]) == set(schema["properties"]) == set(data)
    for name in data:
        assert list(Draft202012Validator(schema).iter_errors({**data, name: []})), name


def test_the_provenance():
    facts = replace(FACTS, commit="0123456789abcdef" * 2 + "01234567", tag="small/v1.2.0-warn")
    found = members(built(facts=facts).data)
    statement = json.loads(found["provenance.json"])
    assert (statement["_type"], statement["predicateType"]) == ("https://in-toto.io/Statement/v1", "https://slsa.dev/provenance/v1")
    others = {name: content for name, content in found.items() if name not in (MANIFEST, "provenance.json")}
    assert {item["name"]: item["digest"]["sha256"] for item in statement["subject"]} == {
        name: sha256(content).hexdigest() for name, content in others.items()
    }
    definition = statement["predicate"]["buildDefinition"]
    assert definition["resolvedDependencies"] == [{"name": "commit", "digest": {"gitCommit": facts.commit}, "annotations": {"tag": facts.tag}}]
    assert definition["externalParameters"]["revision"] == 7
    manifest = json.loads(found[MANIFEST])
    assert (manifest["commit"], manifest["tag"]) == (facts.commit, facts.tag)


def test_sources_are_the_files_themselves():
    found = {name.removeprefix("sources/"): data for name, data in members(golden()).items() if name.startswith("sources/")}
    expected = {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in REPOSITORY.rglob("*.yaml")}
    # The people of the context are nobody's business who pulls.
    del expected["context/people.yaml"]
    assert found == expected


def test_targets_are_a_group_of_their_own():
    plain = {name for name in members(golden()) if name.startswith("targets/")}
    assert plain == set()
    data = built(targets={"cursor/rules.mdc": b"rules\n"}).data
    assert members(data)["targets/cursor/rules.mdc"] == b"rules\n"
    with pytest.raises(UserError):
        built(targets={"../rules": b""})


def test_facts_that_no_bundle_holds():
    with pytest.raises(UserError, match="calendar"):
        built(facts=replace(FACTS, days=10_000_000))
    with pytest.raises(UserError, match="no enforcement point"):
        built(facts=replace(FACTS, revision=0))


def test_a_file_name_that_no_member_can_have(tmp_path):
    root = tmp_path / "repository"
    shutil.copytree(REPOSITORY, root)
    (root / "packs/small/policies/platform.yaml").rename(root / "packs/small/policies/plätform one.yaml")
    with pytest.raises(UserError, match="this name"):
        built(root)


def test_a_file_that_changes_meanwhile(tmp_path):
    root = tmp_path / "repository"
    shutil.copytree(REPOSITORY, root)
    space = load_workspace(str(root), [str(root / "packs/small")])
    (root / "packs/small/rollout.yaml").write_text("pack: block\n")
    from packgate.bundle.build import build

    with pytest.raises(UserError, match="changed"):
        build(space, space.results[0], FACTS)


@pytest.mark.skipif(COMPILED, reason="compiled classes tell neither slots nor parameters")
@pytest.mark.parametrize("kind", [Pack, Policy, Outcome, Waiver, Rollout, Default, Condition, Pattern])
def test_nothing_of_the_model_is_forgotten(kind):
    """Whatever a later version adds to a pack must be in bundles, or be listed here with the reason."""
    known = {
        Pack: {"name", "version", "policies", "lists", "default", "uncertain", "rollout", "waivers", "title", "catalog", "environments",
               "terminate_after",               "digest", "revision"},  # of the manifest
        Policy: {"id", "pack", "when", "outcome", "clauses", "exceptions", "where", "title", "threat", "impact", "rationale", "message", "risk"},
        Outcome: {"mode", "redact", "alert", "approver", "confirm", "approval_minutes"},
        Waiver: {"id", "policy", "expires", "reason", "owner", "approver", "conditions", "where"},
        Rollout: {"pack", "threats", "policies"},
        Default: {"modes", "lifted_by"},
        Condition: {"field", "patterns", "quantifier"},
        Pattern: {"kind", "text"},
    }[kind]
    assert set(kind.__slots__) == set(inspect.signature(kind).parameters) == known


def test_the_catalog_format_is_the_compilers():
    from packgate.catalog.compile import FORMAT

    assert CATALOG_FORMAT == FORMAT


def test_round_trip_of_everything():
    space = load_workspace(str(REPOSITORY), [str(REPOSITORY / "packs/small")])
    result = space.results[0]
    before = to_data(result.pack, result.vocabulary, builtin_vocabulary(), space.lists)
    loaded = read_bundle(golden()).load()
    assert to_data(loaded.packs[0], loaded.vocabulary, builtin_vocabulary(), loaded.lists) == parse(canonical(before))
    assert loaded.releases == {"small": "warn"}
    assert "region" in loaded.vocabulary.fields


@pytest.mark.parametrize("minutes", [None, 1, 30, 1440])
def test_how_long_an_approval_holds_is_carried(minutes):
    outcome = Outcome("require-approval", approver="leads", approval_minutes=minutes)
    pack = Pack("a", "1.0.0", (Policy("p", "a", ("command",), outcome, title="T", rationale="R"),))
    data = parse(canonical(to_data(pack, builtin_vocabulary(), builtin_vocabulary(), {})))
    assert ("approval_minutes" in data["pack"]["policies"][0]["outcome"]) == (minutes is not None)
    assert read_compiled(data)[0].policies[0].outcome.approval_minutes == minutes
    assert pack_from(pack_to(pack)) is not None
    for wrong in (0, 1441, "5", True):
        data["pack"]["policies"][0]["outcome"]["approval_minutes"] = wrong
        with pytest.raises(ValueError, match="approval_minutes"):
            read_compiled(data)


def decisions(gate, actions, stage):
    """Each decision as JSON text, without what names the bundle."""
    found = []
    for action in actions:
        data = gate.decide_json(parse_action(dict(action)), stage=stage, now=NOW)
        data.pop("decision_id")
        for each in data["bundles"]:
            each.pop("digest")
            each.pop("revision")
        found.append(json.dumps(data, ensure_ascii=False))
    return found


@pytest.mark.parametrize("pack", ["recommended", "strict", "small"])
def test_decisions_from_a_bundle_equal_those_from_its_sources(pack):
    root = REPOSITORY if pack == "small" else ROOT
    space = load_workspace(str(root), [str(root / "packs" / pack)])
    result = space.results[0]
    cases = [*collect([result]), *collect_inherited(result)]
    actions = [case.action for case in cases if case.action is not None]
    assert len(actions) >= 20
    bundle = read_bundle(built(root, pack).data)
    sources = build_gate([result.pack], result.vocabulary, lists=space.lists, releases={pack: "warn"})
    bundled = open_gate([bundle])
    for stage in ("block", None):
        assert decisions(bundled, actions, stage) == decisions(sources, actions, stage)
    (said,) = bundled.decide_json(parse_action(dict(actions[0])), stage=None, now=NOW)["bundles"]
    assert (said["revision"], said["digest"]) == (7, bundle.manifest.digest)


def test_the_stage_of_the_release_caps():
    """The pack's own rollout has the layer at block, the release is at warn."""
    gate = open_gate([open_bundle(golden(), now=NOW)])
    action = {"surface": "shell", "command": "psql -d shop -c 'DROP TABLE users'"}
    decision = gate.decide(parse_action(dict(action)), stage=None, now=NOW)
    assert (decision.mode, decision.would, decision.matches[0].capped_by) == ("warn", "block", "release")


def test_bundles_together():
    small, base = read_bundle(golden()), read_bundle(built(pack="base").data)
    with pytest.raises(UserError, match="same pack"):
        open_gate([small, small])
    assert len(open_gate([base, read_bundle(built(ROOT, "recommended").data)]).policy_ids) > 40


def test_no_yaml_is_read(tmp_path):
    code = (
        "import sys\nfrom packgate.bundle.verify import open_bundle\nfrom packgate.bundle.loaded import open_gate\n"
        f"gate = open_gate([open_bundle(open({str(GOLDEN)!r}, 'rb').read(), now={NOW!r})])\n"
        "print(sorted({name for name in sys.modules if name.split('.')[0] in ('yaml', 'jsonschema', 'click', 'git')}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT / "cli")},
    )
    assert done.stdout.strip() == "[]"


def test_the_page_lists_every_refusal_and_limit():
    page = (ROOT / "docs" / "bundles.md").read_text(encoding="utf-8")
    mine = [each for each in refusals() if each.__module__ == "packgate.bundle.refusals"]
    assert len(mine) >= 28
    for each in mine:
        assert f"| `{each.code}` | {each.meaning.replace('|', chr(92) + '|')} |" in page
    mib = 1024 * 1024
    for text in (f"{DEFAULT.archive // mib} MiB", f"{DEFAULT.member // mib} MiB", f"{DEFAULT.total // mib} MiB", f"{DEFAULT.members:,} members"):
        assert text in page, text


def test_canonical_json():
    assert canonical({"b": [1, True, None], "a": "ä\u2028\x7f"}) == '{"a":"ä\u2028\x7f","b":[1,true,null]}\n'.encode()
    # Two ways of writing one letter stay two.
    assert canonical("\u00e4") != canonical("a\u0308")
    for value in (1.0, {1: 2}, "\ud800", {"a": {1, 2}}, float("nan")):
        with pytest.raises(ValueError):
            canonical(value)
    deep: list = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deep"):
        canonical(deep)


@pytest.mark.parametrize(("default", "written"), [
    (Default(), "allow"), (Default("deny"), "deny"), (Default("audit"), "audit"),
    (Default({"shell": "deny", "web": "audit"}), {"surfaces": {"shell": "deny", "web": "audit"}, "lifted_by": []}),
    (Default("audit", ("tools", "local")), {"surfaces": dict.fromkeys(("shell", "file", "mcp", "web", "prompt", "output"), "audit"), "lifted_by": ["local", "tools"]}),
])
def test_a_default_is_carried(default, written):
    pack = Pack("k", "1.0.0", (), default=default)
    data = to_data(pack, builtin_vocabulary(), builtin_vocabulary(), {})
    assert data["pack"]["default"] == written
    found, *_ = read_compiled(json.loads(json.dumps(data)))
    assert found.default == default
    assert pack_from(pack_to(pack)).default == default


@pytest.mark.parametrize("default", ["block", {"surfaces": {"shell": "allow"}, "lifted_by": []}, {"surfaces": {"disk": "deny"}, "lifted_by": []}, {"surfaces": {}}])
def test_a_default_that_is_unknown_is_refused(default):
    data = to_data(Pack("k", "1.0.0", ()), builtin_vocabulary(), builtin_vocabulary(), {})
    data["pack"]["default"] = default
    with pytest.raises(ValueError, match="default|surfaces"):
        read_compiled(data)
