"""`where` over every attribute that it names, from the sources and from a bundle: a value that fits, one that does not, and none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from packgate.bundle.build import Facts, build
from packgate.bundle.loaded import open_gate
from packgate.bundle.verify import open_bundle
from packgate.engine.context import WHERE
from packgate.engine.gate import build_gate
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.engine.gate import Gate

_NOW = "2026-01-01T00:00:00Z"
_READ: dict[str, Any] = {"surface": "file", "operation": "read", "path": "src/app.py"}
# Name -> the pattern of its policy, an action for which it holds, one for which it doesn't.
_CASES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "agent": ("codex*", {"actor": {"agent": "Codex"}}, {"actor": {"agent": "claude-code"}}),
    "session": ("s-9", {"actor": {"session": "s-9"}}, {"actor": {"session": "s-1"}}),
    "user": ("{ana,ben}", {"actor": {"user": "ben"}}, {"actor": {"user": "eve"}}),
    "group": ("payments", {"actor": {"groups": ["a", "payments"]}}, {"actor": {"groups": ["a"]}}),
    "team": ("core", {"actor": {"team": "core"}}, {"actor": {"team": "edge"}}),
    "owner": ("dba", {"actor": {"owner": "dba"}}, {"actor": {"owner": "web"}}),
    "repo": ("acme/*", {"repo": {"name": "acme/app"}}, {"repo": {"name": "other/app"}}),
    "branch": ("release/*", {"repo": {"branch": "release/1"}}, {"repo": {"branch": "feature/x"}}),
    "environment": ("production", {"environment": "production"}, {"environment": "staging"}),
    "data_classification": ("restricted", {"data_classification": "restricted"}, {"data_classification": "public"}),
    "permissions": ("write:billing", {"permissions": ["read", "write:billing"]}, {"permissions": ["read"]}),
    "risk_signals": ("prompt-injection", {"risk_signals": ["prompt-injection"]}, {"risk_signals": ["other"]}),
    "approval": ("denied", {"approval": "denied"}, {"approval": "pending"}),
    "surface": ("file", {}, {"surface": "shell", "command": "cat src/app.py"}),
}
# The kind of a resource and its path, by surface: a field of the operation, and actions that have it or another.
_RESOURCES: dict[str, tuple[str, str, dict[str, Any], dict[str, Any]]] = {
    "file-path": ("read-file", "path: .env", {**_READ, "path": ".env"}, _READ),
    "command-path": ("read-file", "path: .env", {"surface": "shell", "command": "cat .env"}, {"surface": "shell", "command": "cat .envy"}),
    "mcp-server": ("tool-call", "{server: tracker, tool: delete_*}", {"surface": "mcp", "server": "tracker", "tool": "delete_issue", "arguments": {}},
                   {"surface": "mcp", "server": "wiki", "tool": "delete_issue", "arguments": {}}),
    "mcp-path": ("read-file", "path: .env", {"surface": "mcp", "server": "files", "tool": "read_file", "arguments": {"path": "/home/dev/proj/.env"}},
                 {"surface": "mcp", "server": "files", "tool": "read_file", "arguments": {"path": "/home/dev/proj/a.py"}}),
    "web-url": ("web-request", "url: https://api.example/admin/**", {"surface": "web", "method": "GET", "url": "https://api.example/admin/users"},
                {"surface": "web", "method": "GET", "url": "https://api.example/users"}),
}


def _policy(id: str, when: str, more: str) -> str:
    cases = "\n".join(f"      {kind}:\n        - {{prompt: Do it., todo: The test makes the action., command: ls}}" for kind in ("must_fire", "must_not_fire"))
    return (
        f"  - id: {id}\n    title: A policy\n    threat: data\n    impact: routine\n    rationale: It depends.\n    when: [{when}]\n    {more}\n"
        f"    then: audit\n    tests:\n{cases}\n"
    )


_POLICIES = "policies:\n" + "".join(
    [_policy(f"where-{name.replace('_', '-')}", "read-file", f'where: {{{name}: "{case[0]}"}}') for name, case in _CASES.items()]
    + [_policy(name, case[0], f"if: {case[1] if case[1].startswith('{') else '{' + case[1] + '}'}") for name, case in _RESOURCES.items()]
)


@pytest.fixture(scope="module", params=["sources", "bundle"])
def gate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Gate:
    folder = tmp_path_factory.mktemp("repository")
    (folder / "packs" / "all" / "policies").mkdir(parents=True)
    (folder / "packgate.yaml").write_text("version: 1\n")
    (folder / "packs" / "all" / "pack.yaml").write_text(
        'version: "1.0.0"\nname: all\ntitle: All\nowners: [me]\nthreats: {data: {title: Data, description: Data.}}\n'
    )
    (folder / "packs" / "all" / "policies" / "all.yaml").write_text(_POLICIES)
    space = load_workspace(str(folder))
    assert space.ok, space.diagnostics
    makers: dict[str, Callable[[], Gate]] = {
        "sources": lambda: build_gate(space.packs, space.vocabulary, lists=space.lists),
        "bundle": lambda: open_gate([open_bundle(build(space, space.results[0], Facts("block", 1, _NOW)).data, now=_NOW)]),
    }
    return makers[request.param]()


def _ids(gate: Gate, action: dict[str, Any]) -> tuple[list[str], list[str]]:
    """The policies that matched, and the notes of the decision."""
    repo = {"root": "/home/dev/proj", **(action.get("repo") or {})}
    found = gate.decide(parse_action({"cwd": "/home/dev/proj", "home": "/home/dev", **action, "repo": repo}))
    return found.policy_ids, found.notes


def test_every_attribute_has_a_case() -> None:
    assert set(_CASES) == set(WHERE)


@pytest.mark.parametrize("name", _CASES)
def test_attribute(gate: Gate, name: str) -> None:
    _, fits, other = _CASES[name]
    policy = f"where-{name.replace('_', '-')}"
    assert policy in _ids(gate, {**_READ, **fits})[0]
    assert policy not in _ids(gate, {**_READ, **other} if "surface" not in other else other)[0]
    if name != "surface":
        ids, notes = _ids(gate, _READ)
        assert policy not in ids
        assert any(name in note or WHERE[name][0] in note for note in notes), notes


@pytest.mark.parametrize("name", _RESOURCES)
def test_resource(gate: Gate, name: str) -> None:
    _, _, fits, other = _RESOURCES[name]
    assert name in _ids(gate, fits)[0]
    assert name not in _ids(gate, other)[0]
