"""Actions in recorded payloads, what clients make of answers, and the passes over all cases: what they count, and that they can fail."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bundle_maker import POLICY, write_pack
from effort import COMPILED

from packgate.commands.conform import hook_of, subject_of
from packgate.commands.shared import open_sound
from packgate.conform.lane import ASKED, DENIED, RAN
from packgate.conform.measurement import CASES, QUICK
from packgate.conform.payloads.asking import Hook
from packgate.conform.payloads.filling import Inexpressible, Payload, clients, fill
from packgate.conform.payloads.passes import Pass, make_pass
from packgate.conform.payloads.shared import SharedGate, tells_clients_apart
from packgate.conform.payloads.table import section
from packgate.conform.payloads.tally import figures
from packgate.conform.payloads.templates import CALLS, NAMES
from packgate.conform.payloads.text import has_problems, text
from packgate.conform.payloads.understood import understand
from packgate.conform.setup import install_hook
from packgate.hook.answer import read_request
from packgate.hook.dialects import MODULES, dialect
from packgate.hook.payload import decode_payload
from packgate.hook.run import Said
from packgate.installation.local_bundles import install_packs
from packgate.source.workspace import load_workspace
from packgate.testing.cases import in_context

NOW = "2026-06-01T00:00:00Z"
ACTIONS = {
    "shell": {"surface": "shell", "command": "printf '%s\\n' \"ä\u2028☂\" | tee a.txt\nls"},
    "read": {"surface": "file", "operation": "read", "path": "/home/dev/proj/a b.txt"},
    "write": {"surface": "file", "operation": "write", "path": "/home/dev/proj/a b.txt", "content": "x\ny\n"},
    "edit": {"surface": "file", "operation": "edit", "path": "/home/dev/proj/a b.txt", "content": "x"},
    "delete": {"surface": "file", "operation": "delete", "path": "/home/dev/proj/a b.txt"},
    "mcp": {"surface": "mcp", "server": "db", "tool": "list_tables", "arguments": {"q": ["ä"]}},
    "web": {"surface": "web", "method": "GET", "url": "https://example.com/a?b=c"},
}
# Where a client's payload says less, or another word for the same, than the action does.
CURSOR_SERVERS = {"db-server --stdio", "cursor"}


def test_there_are_payloads_of_all_agents_that_the_hook_knows() -> None:
    assert set(NAMES) == set(MODULES)
    assert all(clients(agent) for agent in NAMES)


@pytest.mark.parametrize(("agent", "kind"), [(agent, kind) for agent in NAMES for kind in CALLS[agent]])
def test_what_is_put_into_a_payload_is_read_from_it(agent: str, kind: str) -> None:
    action = in_context(ACTIONS[kind], {"cwd": "/home/dev/proj/sub"})
    filled = fill(agent, action)
    for payload in (*filled.before, *(() if filled.after is None else (filled.after,))):
        request = read_request(dialect(agent), payload.event, decode_payload(payload.data), {"HOME": "/home/dev", **payload.environ})
        assert request.cwd == "/home/dev/proj/sub"
        about = request.actions if payload in filled.before else request.late
        keys = set(ACTIONS[kind]) - {"content", "method", *(("server",) if agent == "cursor" else ())}
        if agent == "cursor" and kind == "edit":
            keys -= {"operation"}
        assert any({key: each.get(key) for key in keys} == {key: action[key] for key in keys} for each in about), about
        if "content" in ACTIONS[kind]:
            assert str(about[0]["content"]).strip() == str(action["content"]).strip()


@pytest.mark.parametrize(("agent", "action", "why"), [
    ("claude-code", ACTIONS["delete"], "with its shell"),
    ("codex", ACTIONS["web"], "hears nothing"),
    ("cursor", ACTIONS["web"], "was recorded: web"),
    ("amp", {"surface": "web", "method": "POST", "url": "https://example.com"}, "nothing but GET"),
    ("amp", {"surface": "shell", "command": "ls", "shell": "powershell"}, "powershell"),
    ("gemini", {"surface": "shell", "command": "ls", "data_classification": "secret"}, "not told: data_classification"),
    ("gemini", {"surface": "prompt", "text": "hello"}, "a prompt is no tool call"),
])
def test_what_no_payload_says_has_a_reason(agent: str, action: dict[str, object], why: str) -> None:
    with pytest.raises(Inexpressible, match=why):
        fill(agent, in_context(action, {}))


def pre(**special: object) -> dict[str, object]:
    return {"hookSpecificOutput": {"hookEventName": "PreToolUse", **special}}


DENY = {"permissionDecision": "deny", "permissionDecisionReason": "no (p)"}
ANSWERS = [
    ("claude-code", "PreToolUse", pre(**DENY), 0, DENIED, "no (p)"),
    ("claude-code", "PreToolUse", pre(permissionDecision="ask", permissionDecisionReason="sure?"), 0, ASKED, "sure?"),
    ("claude-code", "PreToolUse", {"systemMessage": "u", **pre(additionalContext="a")}, 0, RAN, "a"),
    ("claude-code", "PreToolUse", {"hookSpecificOutput": {"hookEventName": "PostToolUse", **DENY}}, 0, RAN, ""),
    ("claude-code", "PreToolUse", b"permissionDecision: deny", 0, RAN, ""),
    ("claude-code", "PreToolUse", b"", 2, DENIED, "stderr"),
    ("claude-code", "PreToolUse", b"", 1, RAN, ""),
    ("codex", "PreToolUse", pre(**DENY), 0, DENIED, "no (p)"),
    ("codex", "PreToolUse", pre(permissionDecision="deny"), 0, RAN, ""),
    ("codex", "PreToolUse", pre(permissionDecision="ask", permissionDecisionReason="x"), 0, RAN, ""),
    ("codex", "PreToolUse", {**pre(**DENY), "continue": False}, 0, RAN, ""),
    ("codex", "PreToolUse", {**pre(**DENY), "news": 1}, 0, RAN, ""),
    ("codex", "PreToolUse", {"systemMessage": "u", **pre(additionalContext="a")}, 0, RAN, "a"),
    ("gemini", "BeforeTool", {"decision": "deny", "reason": "no"}, 0, DENIED, "no"),
    ("gemini", "BeforeTool", {"systemMessage": "u"}, 0, RAN, ""),
    ("gemini", "BeforeTool", {"hookSpecificOutput": {"hookEventName": "BeforeTool", "additionalContext": "a"}}, 0, RAN, ""),
    ("gemini", "AfterTool", {"hookSpecificOutput": {"hookEventName": "AfterTool", "additionalContext": "a"}}, 0, RAN, "a"),
    ("gemini", "BeforeTool", b"", 1, RAN, ""),
    ("gemini", "BeforeTool", b"", 2, DENIED, "stderr"),
    ("copilot", "preToolUse", DENY, 0, DENIED, "no (p)"),
    ("copilot", "preToolUse", {"additionalContext": "a"}, 0, RAN, "a"),
    ("copilot", "preToolUse", pre(**DENY), 0, RAN, ""),
    ("copilot", "preToolUse", b"", 1, DENIED, "stderr"),
    ("cursor", "beforeShellExecution", {"permission": "ask", "agent_message": "a"}, 0, ASKED, "a"),
    ("cursor", "preToolUse", {"permission": "ask", "agent_message": "a"}, 0, RAN, ""),
    ("cursor", "preToolUse", {"permission": "deny", "agent_message": "a"}, 0, DENIED, "a"),
    ("cursor", "postToolUse", {"additional_context": "a"}, 0, RAN, "a"),
    ("opencode", "tool.execute.before", {"outcome": "deny", "message": "no", "notice": "", "replacement": None}, 0, DENIED, "no"),
    ("opencode", "tool.execute.before", {"outcome": "warn", "message": "a", "notice": "", "replacement": None}, 0, RAN, "a"),
    ("opencode", "tool.execute.before", {"outcome": "stop", "message": "no"}, 0, RAN, ""),
    ("amp", "delegate", b"", 0, RAN, ""),
    ("amp", "delegate", b"", 1, ASKED, "stderr"),
    ("amp", "delegate", b"", 2, DENIED, "stderr"),
]


@pytest.mark.parametrize(("agent", "event", "out", "code", "outcome", "told"), ANSWERS)
def test_what_clients_make_of_answers(agent: str, event: str, out: object, code: int, outcome: str, told: str) -> None:
    written = out if isinstance(out, bytes) else json.dumps(out).encode()
    seen = understand(agent, event, Said(written, b"stderr" if code else b"", code))
    assert (seen.outcome, seen.told) == (outcome, told)


def prepared(pack: str, folder: Path) -> Pass:
    """All cases and some rewrites of a pack, and a hook that decides with it."""
    space = open_sound((pack,))
    subject = subject_of(space)
    return make_pass(subject.cases, subject.gate, hook_of(space, str(folder)), NAMES, CASES, NOW)


of_sources = pytest.mark.skipif(COMPILED, reason="the hook's image is made of sources")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Pass, Path]:
    """A pack of one policy that blocks."""
    folder = tmp_path_factory.mktemp("demo")
    return prepared(str(write_pack(folder, "demo", "main")), folder / "hook"), folder


@of_sources
def test_counts(demo: tuple[Pass, Path]) -> None:
    tallies = demo[0].run()
    data = {agent: figures(agent, tally) for agent, tally in tallies.items()}
    assert not any(map(has_problems, data.values()))
    for each in data.values():
        assert each["cases"]["stop"]["caught"] == each["cases"]["stop"]["tried"] == 1
        assert each["cases"]["run"]["quiet"] == 1
        assert each["rewrites"]["stop"]["caught"] == each["rewrites"]["stop"]["tried"] > 0
    assert "stopped             1/1" in text({"pack": "demo", "payloads": data})


@of_sources
def test_several_processes_count_the_same(demo: tuple[Pass, Path]) -> None:
    ticks: list[tuple[int, int]] = []
    assert demo[0].run(2, lambda done, total: ticks.append((done, total))) == demo[0].run()
    assert ticks[-1] == (2, 2)


@of_sources
def test_a_hook_that_stops_nothing_is_found(demo: tuple[Pass, Path], tmp_path: Path) -> None:
    """The same pack, in the hook at stage audit: all that has to be stopped is missed, by every client."""
    whole, folder = demo
    bundles = str(tmp_path / "bundles")
    install_packs(bundles, [str(folder / "packs" / "demo")], "audit", NOW)
    cases = [unit.case for unit in whole.units]
    weak = make_pass(cases, whole.gate, install_hook(str(tmp_path), bundles), NAMES, QUICK, NOW)
    data = {agent: figures(agent, tally) for agent, tally in weak.run().items()}
    for each in data.values():
        assert each["missed"]["count"] == each["cases"]["stop"]["tried"] + each["rewrites"]["stop"]["tried"] > 0
        assert "demo-force/must_fire/1" in each["missed"]["named"]
    shown = section({"measured": "2026-06-01", "figures": {"packs": {"demo": data}}})
    assert "| Cursor | Cursor: documented format, not recorded | 0/1 |" in shown
    assert "- Codex, not caught: `demo-force/must_fire/1`" in shown
    assert section(None) == ""


def test_what_the_hook_can_not_decide_is_no_catch(demo: tuple[Pass, Path]) -> None:
    """A failure that is closed denies: that is not a policy's doing."""
    hook = demo[0].hook
    answered = hook.answer("codex", Payload("PreToolUse", b'{"tool_name"', {}, {}), in_context(ACTIONS["shell"], {}))
    assert answered.failure == "payload-not-json"
    assert understand("codex", "PreToolUse", answered.said).outcome == DENIED


def test_shared_decisions_are_those_of_each_alone(demo: tuple[Pass, Path]) -> None:
    whole = demo[0]
    alone = Hook(SharedGate(whole.hook.gate._gate, shares=False), whole.hook.settings, NOW)
    assert Pass(whole.gate, alone, whole.agents, whole.units).run() == whole.run()


@pytest.mark.parametrize(("where", "apart"), [("{agent: codex}", True), ("{branch: main}", False)])
def test_a_policy_that_asks_for_the_agent_is_decided_for_each(tmp_path: Path, where: str, apart: bool) -> None:
    place = write_pack(tmp_path, "demo", "main")
    written = POLICY.format(pack="demo", branch="main").replace("    then: block", f"    where: {where}\n    then: block")
    (place / "policies" / "all.yaml").write_text(written)
    space = load_workspace(str(tmp_path), ["demo"])
    assert tells_clients_apart(space.packs) is apart


def test_where_and_for_whom_reach_the_decision(demo: tuple[Pass, Path]) -> None:
    """Folder, home, environment, branch and actor are told as the hook finds them, for a decision in a folder of the repository alone."""
    seen: list[dict[str, object]] = []

    class Told(SharedGate):
        def answer(self, request, completed, now):  # type: ignore[no-untyped-def]
            seen.extend(completed)
            return super().answer(request, completed, now)

    hook = Hook(Told(demo[0].hook.gate._gate, shares=False), demo[0].hook.settings, NOW)
    context = {"home": "/root", "env": {"PGHOST": "prod-db", "PAGER": "less"}, "branch": "main", "actor": {"user": "eve", "groups": ["x"]}}
    for cwd in ("/home/dev/proj/sub", "/home/dev/project"):
        action = in_context(ACTIONS["shell"], {**context, "cwd": cwd})
        hook.answer("claude-code", fill("claude-code", action).before[0], action)
    inside, outside = seen
    assert (inside["cwd"], inside["home"], inside["env"]) == ("/home/dev/proj/sub", "/root", {"PGHOST": "prod-db"})
    assert inside["repo"] == {"name": "acme/app", "root": "/home/dev/proj", "branch": "main", "default_branch": "main"}
    assert inside["actor"] == {
        "agent": "claude-code", "session": inside["actor"]["session"], "user": "eve", "groups": ["x"], "team": None, "owner": None,  # type: ignore[index]
    }
    assert outside["repo"] is None


@of_sources
def test_all_cases_and_some_rewrites_of_the_recommended_pack(tmp_path: Path) -> None:
    """All seven dialects. What a server says of its tool reaches no hook, so a policy about that alone is missed by all."""
    whole = prepared("recommended", tmp_path)
    tallies = whole.run(2)
    cases = [unit.case for unit in whole.units]
    annotated = {case.name for case in cases if case.action is not None and case.action.get("annotations")}
    for agent, tally in tallies.items():
        each = figures(agent, tally)
        assert set(each["missed"]["named"]) <= annotated, agent
        assert not each["wrong"]["count"], agent
        assert not each["failed"]["count"], agent
        assert each["cases"]["stop"]["caught"] > 350
        assert each["cases"]["run"]["quiet"] > 400
        assert each["rewrites"]["stop"]["caught"] > 150
        assert sum(each["unseen"].values()) < 20
