"""Rules on what the fixtures don't show: the edges between a finding and none."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from packgate.diagnostics import Diagnostic
from packgate.lint.runner import Selection, lint
from packgate.lint.targets import open_targets

Run = Callable[..., list[Diagnostic]]

POLICY: dict[str, Any] = {
    "id": "example", "title": "An example", "impact": "risky", "rationale": "What goes wrong without it takes a day to repair.",
    "when": ["git-action"], "if": {"operation": "push"}, "then": "warn",
    "message": "This changes what others have. Look first, and put a new commit on top.",
}
PACK = {"name": "example", "title": "An example", "version": "1.0.0", "owners": ["platform-security"]}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Lint policies (changes of POLICY; None drops a key) in a pack with one rule or group of rules."""

    def call(select: str, *changes: dict[str, Any], pack: dict[str, Any] | None = None, **files: Any) -> list[Diagnostic]:
        items = []
        for number, change in enumerate(changes or ({},)):
            item = {**POLICY, "id": f"example-{number + 1}", **change}
            items.append({key: value for key, value in item.items() if value is not None})
        folder = tmp_path / "packs" / "example"
        (folder / "policies").mkdir(parents=True, exist_ok=True)
        _dump(folder / "pack.yaml", {**PACK, **(pack or {})})
        _dump(folder / "policies" / "x.yaml", {"policies": items})
        for name, data in files.items():
            _dump(folder / f"{name}.yaml", data)
        (target,) = open_targets([str(tmp_path)], today="2026-03-01", cache=None, default_pack="recommended")
        assert target.diagnostics == []
        found = lint(target.context, Selection(select=(select,)))
        assert not [item for item in lint(target.context) if item.code == "PG299"]
        return found

    return call


def _dump(path: Path, data: Any) -> None:
    # A copy, since what occurs twice would be written with an anchor.
    path.write_text(yaml.safe_dump(json.loads(json.dumps(data)), sort_keys=False, allow_unicode=True, width=1000))


@pytest.mark.parametrize(
    ("impact", "then", "wrong"),
    [
        ("one-way", "block", False), ("one-way", "terminate", False), ("one-way", "require-approval", False), ("one-way", "warn", True),
        ("one-way", "audit", True), ("risky", "warn", False), ("risky", "require-approval", False), ("risky", "block", True),
        ("risky", "audit", True), ("routine", "audit", False), ("routine", "warn", True), ("routine", "block", True),
        ("one-way", {"mode": "audit", "redact": True}, False), ("routine", "allow", False),
    ],
)
def test_mode_against_impact(run: Run, impact: str, then: Any, wrong: bool) -> None:
    found = run("PG210", {"impact": impact, "then": then})
    assert bool(found) == wrong
    if found:
        word = "looser" if impact == "one-way" or then == "audit" else "stricter"
        assert word in found[0].message


@pytest.mark.parametrize(
    ("message", "suggested"),
    [
        ("Do it otherwise: use `git push --force`.", True),
        ('Run "git push -f origin x" when you must.', True),
        ("Push it again (git push --force) if it fails.", True),
        ("Fetch first (git fetch, then git push --force-with-lease).", True),
        ("Try `git push --force origin <branch>`.", True),
        ("Never run `git push --force` here; push a new branch instead.", False),
        ("Use `git push` instead of `git push --force`.", False),
        ("It must not be rewritten (git push -f does that).", False),
        ("Push your own branch (git push -u origin HEAD) and open a pull request.", False),
        ("Ask them to kill it (kill the job, install the fix) first.", False),
        ("It isn't the branch's fault that a 'push' fails; the server's is.", False),
        ("Use `make release`, or `frobnicate --force`.", False),
        ("", False),
    ],
)
def test_advice_that_is_stopped(run: Run, message: str, suggested: bool) -> None:
    change = {"if": {"operation": "force-push"}, "message": message or None, "then": "warn" if message else "audit"}
    kill = {"when": ["process-kill"], "if": {"effect": "delete"}, "message": "Let the owner of the process end it, and wait until then."}
    assert bool(run("PG215", change, kill)) == suggested


def test_advice_of_an_inherited_policy_is_judged_with_the_pack_that_tightens(tmp_path: Path) -> None:
    base, tight = tmp_path / "packs" / "example", tmp_path / "packs" / "tight"
    (base / "policies").mkdir(parents=True)
    tight.mkdir()
    _dump(base / "pack.yaml", PACK)
    fetch = {**POLICY, "id": "fetch", "if": {"operation": "fetch"}, "then": "audit", "impact": "routine"}
    push = {**POLICY, "id": "push", "message": "This is the wrong branch. Look at what is there with `git fetch origin` first."}
    _dump(base / "policies" / "x.yaml", {"policies": [push, fetch]})
    override = {"fetch": {"then": "block", "impact": "one-way"}}
    _dump(tight / "pack.yaml", {**PACK, "name": "tight", "extends": "example@1.0.0", "override": override})
    (target,) = open_targets([str(tmp_path)], today=None, cache=None, default_pack="recommended")
    (found,) = lint(target.context, Selection(select=("PG215",)))
    assert found.position.file.endswith("tight/pack.yaml")
    assert "git fetch origin" in found.message


@pytest.mark.parametrize(
    ("when", "condition", "wrong"),
    [
        (["git-action"], {"image": "x"}, True),
        (["git-action", "container-operation"], {"image": "x"}, False),
        (["git-action"], {"environment": "production", "user": "root", "via": "sudo", "host": "h", "program": "git", "flag": "-f"}, False),
        (["text"], {"content": {"detector": "aws-access-key"}}, False),
        (["text"], {"environment": "production"}, True),
        (["tool-call"], {"operation": "delete"}, True),
        (["tool-call"], {"action-type": "destructive", "server": "x", "argument": "*y*"}, False),
        (["read-file"], {"path": ".env", "scope": "home", "server": "files"}, False),
        (["database-write"], {"clause": "none", "table": "users", "database": "x"}, False),
        (["environment-exposure"], {"variable": "*TOKEN*", "path": "x"}, False),
        (["command"], {"program": "make", "branch": "x", "image": "y"}, False),
    ],
)
def test_fields_of_families(run: Run, when: list[str], condition: dict[str, Any], wrong: bool) -> None:
    assert bool(run("PG220", {"when": when, "if": condition})) == wrong
    assert bool(run("PG220", {"when": when, "if": None, "unless": condition})) == wrong


@pytest.mark.parametrize(
    ("when", "value", "wrong"),
    [
        ("git-action", "push", False), ("git-action", "PUSH", False), ("git-action", "*push", False), ("git-action", "psuh", True),
        ("git-action", {"regex": "^force"}, False), ("git-action", {"regex": "^farce"}, True), ("git-action", "zz*", True),
        ("cloud-destroy", "delete-stack", False), ("cloud-destroy", "delete-anything-else", False), ("cloud-destroy", "eat", True),
        ("database-admin", "DROP TABLE", False), ("database-admin", "drop materialized view", False), ("database-admin", "DROPP", False),
        ("database-admin", "KEEP", True), ("web-request", "frob", False),
    ],
)
def test_operations_of_families(run: Run, when: str, value: Any, wrong: bool) -> None:
    assert bool(run("PG221", {"when": [when], "if": {"operation": value}})) == wrong


def test_operations_of_the_packs_own_catalog_count(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "packs" / "example" / "catalog"
    folder.mkdir(parents=True)
    program = {"name": "shipctl", "title": "Ships", "commands": {"launch": {"does": [
        {"families": ["deployment"], "effect": "execute", "image": "$1", "provider": "ship"}
    ]}}}
    _dump(folder / "ship.yaml", {"programs": [program]})
    policy = {"when": ["deployment"], "if": {"operation": "launch", "image": "x", "provider": "ship"}}
    assert run("PG22", policy) == []


@pytest.mark.parametrize(
    ("field", "value", "hint"),
    [
        ("environment", "prod", "production"), ("environment", "stagin", "staging"), ("environment", "p*", None),
        ("environment", "moon", "expected"), ("environment", {"regex": "^prod"}, None), ("network", "publick", "public"),
        ("network", "PUBLIC", None), ("effect", "destroy", "expected"),
        ("effect", {"not": "read"}, None), ("effect", {"not": ["reed"]}, "read"),
    ],
)
def test_closed_values(run: Run, field: str, value: Any, hint: str | None) -> None:
    found = run("PG222", {"when": ["web-request"], "if": {field: value}})
    assert bool(found) == (hint is not None)
    if hint is not None:
        assert hint in (found[0].hint or "")


def test_environments_of_the_pack_count(run: Run) -> None:
    policy = {"when": ["cluster-change"], "if": {"environment": "blue"}}
    assert run("PG222", policy)
    assert run("PG222", policy, pack={"environments": {"blue": ["azure1"]}}) == []


NEVER = [
    ("path", "/etc/../shadow", True), ("path", "~/x/./y", True), ("path", "a//b", True), ("path", "./src/**", False), ("path", "..", True),
    ("path", ".env", False), ("path", "...", False), ("path", "~", False), ("path", ".env ", True), ("path", "**/.*", False),
    ("branch", "release/*", False), ("branch", "my branch", True), ("branch", "a..b", True), ("branch", "feature/", True),
    ("branch", "**", False), ("branch", "{main,master}", False), ("branch", {"regex": "^a$b"}, True), ("branch", {"regex": "a|b"}, False),
    ("host", "https://x.org", True), ("host", "x.org/path", True), ("host", "root@x", True), ("host", "x.org:443", True),
    ("host", "10.0.0.0/8", False), ("host", "::1", False), ("host", "*.internal", False), ("host", {"cidr": "10.0.0.0/8"}, False),
    ("target", {"cidr": "10.0.0.0/8"}, True), ("target", "a b", False), ("url", "https://x.org/*", False), ("argument", " x", False),
]


@pytest.mark.parametrize(("field", "value", "wrong"), NEVER)
def test_patterns_that_never_match(run: Run, field: str, value: Any, wrong: bool) -> None:
    assert bool(run("PG229", {"when": ["command"], "if": {field: value}})) == wrong


def test_entries_of_lists_are_judged_by_the_fields_that_use_them(run: Run) -> None:
    pack = {"lists": {"places": ["https://x.org", ".env"]}}
    assert run("PG229", {"when": ["web-request"], "if": {"url": {"list": "places"}}}, pack=pack) == []
    (found,) = run("PG229", {"when": ["web-request"], "if": {"host": {"list": "places"}}}, pack=pack)
    assert found.position.file.endswith("pack.yaml")
    assert "list 'places'" in found.message


@pytest.mark.parametrize(
    ("when", "condition", "wrong"),
    [
        (["git-action"], {"operation": "*"}, True), (["command"], {"operation": "*"}, False), (["git-action"], {"branch": "**"}, False),
        (["git-action"], {"branch": ["main", "**"]}, True), (["git-action"], {"branch": ["main", "*"]}, False),
        (["data-transfer"], {"provider": "*"}, False), (["git-action"], {"branch": {"not": "**"}}, True),
        (["read-file"], {"path": [{"regex": ".*"}, "x"]}, True), (["git-action"], {"branch": {"all": ["**", "x"]}}, False),
    ],
)
def test_patterns_that_always_match(run: Run, when: list[str], condition: dict[str, Any], wrong: bool) -> None:
    assert bool(run("PG230", {"when": when, "if": condition})) == wrong


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ({"regex": "(a+)+$"}, True), ({"regex": "(a)\\1"}, True), ({"regex": "(?=x)"}, True), ({"regex": "["}, True),
        ({"regex": "^v[0-9]+$"}, False),
        ({"detector": "aws-acess-key"}, True), ({"detector": "aws-access-key"}, False), ("{a,b}*", False), ({"cidr": "10.0.0.0/40"}, True),
    ],
)
def test_patterns_that_cannot_be_compiled(run: Run, value: Any, wrong: bool) -> None:
    assert bool(run("PG231", {"when": ["command"], "if": {"argument": value}})) == wrong


@pytest.mark.parametrize(
    ("value", "wrong"),
    [
        ("*db*", True), ("*a*", True), ("**/a*", False), ("*.*", False), ("*prod*", False), ("a*", False), ("*", False), ("*--*", False),
    ],
)
def test_broad_globs(run: Run, value: str, wrong: bool) -> None:
    assert bool(run("PG232", {"when": ["command"], "if": {"argument": value}})) == wrong


def test_a_broad_glob_under_unless_excuses_too_much(run: Run) -> None:
    (found,) = run("PG232", {"unless": {"branch": "*x*"}})
    assert "excuses" in found.message


@pytest.mark.parametrize(
    ("condition", "exception", "wrong"),
    [
        ({"operation": "push"}, {"operation": "push"}, True),
        ({"operation": "push", "branch": "main"}, {"operation": ["push", "fetch"]}, True),
        ({"operation": ["push", "fetch"]}, {"operation": "push"}, False),
        ([{"operation": "push"}, {"branch": "x"}], {"operation": "push"}, False),
        ([{"operation": "push"}, {"branch": "x"}], [{"operation": "push"}, {"branch": "x"}], True),
        ({"operation": "push"}, {"operation": "push", "branch": "x"}, False),
        (None, {"operation": "push"}, False),
        ({"branch": {"not": ["a", "b"]}}, {"branch": {"not": "a"}}, True),
        ({"branch": {"not": "a"}}, {"branch": {"not": ["a", "b"]}}, False),
        ({"flag": {"all": ["-f", "-u"]}}, {"flag": "-f"}, True),
    ],
)
def test_exceptions_that_take_everything_back(run: Run, condition: Any, exception: Any, wrong: bool) -> None:
    assert bool(run("PG224", {"if": condition, "unless": exception})) == wrong


@pytest.mark.parametrize(
    ("narrow", "wide", "shadowed"),
    [
        ({"if": {"operation": "push", "branch": "x"}}, {"then": "block"}, True),
        ({"if": {"operation": "push", "branch": "x"}}, {"then": "warn"}, False),
        ({"if": {"operation": "push", "branch": "x"}}, {"then": "audit"}, False),
        ({"then": {"mode": "warn", "alert": ["security"]}, "if": {"operation": "push", "branch": "x"}}, {"then": "block"}, False),
        ({"when": ["git-action", "deployment"]}, {"then": "block"}, False),
        ({}, {"then": "block", "unless": {"branch": "x"}}, False),
        ({"unless": {"branch": ["x", "y"]}}, {"then": "block", "unless": {"branch": "x", "remote": "o"}}, True),
        ({}, {"then": "block", "where": {"team": "payments"}}, False),
        ({"where": {"team": "payments"}}, {"then": "block"}, True),
        ({"if": None}, {"then": "block", "if": {"operation": "push"}}, False),
    ],
)
def test_shadowed_policies(run: Run, narrow: dict[str, Any], wide: dict[str, Any], shadowed: bool) -> None:
    found = run("PG226", narrow, wide)
    assert bool(found) == shadowed
    if found:
        assert "'example-1'" in found[0].message


def test_identical_policies_whatever_the_order(run: Run) -> None:
    first = {"if": {"operation": ["push", "fetch"], "branch": "x"}}
    second = {"if": {"branch": ["x"], "operation": ["fetch", "push"]}}
    (found,) = run("PG225", first, second)
    assert "'example-1'" in found.message
    assert run("PG225", first, {**second, "where": {"team": "payments"}}) == []
    assert run("PG226", {**first, "then": "audit"}, second) == []


def test_the_wider_alternative_stays(run: Run) -> None:
    (found,) = run("PG227", {"if": [{"operation": "push", "branch": "x"}, {"operation": "push"}]})
    assert found.position.line == 9
    assert len(run("PG227", {"if": [{"operation": "push"}, {"operation": "push"}]})) == 1
    assert run("PG227", {"if": [{"operation": "push", "branch": "x"}, {"operation": "push", "remote": "y"}]}) == []


@pytest.mark.parametrize(
    ("text", "safe"), [("refs/heads/main", True), ("heads/x", True), ("origin/main", False), ("refs/tags/v1", None), ("origin", None)]
)
def test_prefixes_of_branches(run: Run, text: str, safe: bool | None) -> None:
    found = run("PG234", {"if": {"branch": text}})
    assert bool(found) == (safe is not None)
    if found:
        assert found[0].fix is not None
        assert found[0].fix.safe is safe


def test_lists_are_used_by_waivers_and_by_packs_that_extend(run: Run) -> None:
    waiver = {"id": "w", "policy": "example-1", "reason": "r", "expires": "2026-06-01", "if": {"branch": {"list": "mine"}}}
    lists = {"lists": {"mine": ["x"], "other": ["y"]}}
    (found,) = run("PG235", pack=lists, waivers={"waivers": [waiver]})
    assert "'other'" in found.message


def test_the_day_of_a_waiver_is_inclusive(run: Run) -> None:
    def waivers(day: str) -> dict[str, Any]:
        return {"waivers": [{"id": "w", "policy": "example-1", "reason": "r", "expires": day}]}

    assert run("PG240", waivers=waivers("2026-03-01")) == []
    assert run("PG240", waivers=waivers("2026-02-28"))
    assert run("PG243", waivers=waivers("2027-03-01")) == []
    assert run("PG243", waivers=waivers("2027-03-02"))


@pytest.mark.parametrize(
    ("owner", "fine"),
    [
        ("platform-security", True), ("@acme/platform", True), ("dba@example.org", True), ("ops/eu", True), ("Jane Doe", False),
        ("team: x", False),
    ],
)
def test_owners(run: Run, owner: str, fine: bool) -> None:
    assert bool(run("PG258", pack={"owners": [owner]})) != fine


def test_broken_policies_beside_good_ones_do_not_stop_the_rules(tmp_path: Path) -> None:
    _dump(tmp_path / "x.yaml", {"policies": [{**POLICY, "title": "A sentence."}, {"id": "y"}]})
    (target,) = open_targets([str(tmp_path / "x.yaml")], today=None, cache=None, default_pack="recommended")
    assert target.diagnostics
    assert "PG217" in {item.code for item in lint(target.context)}
