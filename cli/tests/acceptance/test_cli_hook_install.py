"""`packgate hook install` and `uninstall`: what an agent's file says, what stays of it, and that the way back leads where it began."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bundle_maker import write_pack
from command_line import packgate

from packgate.hook.dialects import dialect
from packgate.hook.exchange import SESSION
from packgate.hook.failure import SURFACES_OF
from packgate.hook.settings import read_settings
from packgate.installation.agents import AGENTS, MANAGED, PROJECT, USER
from packgate.installation.install import Order, install, plan

# The hook's own copy of packgate and what it decides from, which are made and not installed for an agent.
PREPARED = re.compile(r"/hook/(?:lib(?:-|/|$)|hook\.(?:image|lock))")
_FORCE = "git push --force origin main"


class Machine:
    """A home directory, a project and a pack."""

    def __init__(self, place: Path) -> None:
        self.home = place / "home"
        self.project = place / "project"
        for folder in (self.home, self.project):
            folder.mkdir(mode=0o755)
        self.pack = write_pack(place / "policies", "demo", "main")

    @property
    def into(self) -> Path:
        return self.home / ".local/share/packgate/hook"

    def install(self, *more: str, agent: str = "claude-code", pack: bool = True) -> Any:
        given = ("--pack", str(self.pack)) if pack else ()
        return packgate("hook", "install", agent, *given, *more, cwd=self.project)

    def uninstall(self, *more: str, agent: str = "claude-code") -> Any:
        return packgate("hook", "uninstall", agent, *more, cwd=self.project)

    def tree(self) -> dict[str, bytes]:
        """Every file and folder of home and project, with contents."""
        return {
            str(path): path.read_bytes() if path.is_file() else b"" for root in (self.home, self.project) for path in root.rglob("*")
            if "bundles" not in path.parts and not PREPARED.search(str(path))
        }


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return Machine(tmp_path)


def test_what_was_installed_stops_the_agent(machine: Machine) -> None:
    done = machine.install()
    assert done.code == 0, done.all
    assert "unsigned" in done.out
    assert "closed, since demo-force can stop an action" in done.out
    settings = json.loads((machine.home / ".claude/settings.json").read_text())
    (group,) = settings["hooks"]["PreToolUse"]
    (handler,) = group["hooks"]
    assert (group["matcher"], handler["type"], handler["onFailure"]) == ("*", "command", "block")
    payload = {
        "session_id": "s", "cwd": str(machine.project), "hook_event_name": "PreToolUse", "tool_name": "Bash", "tool_input": {"command": _FORCE},
    }
    ran = subprocess.run(
        [handler["command"], *handler["args"]], input=json.dumps(payload).encode(), capture_output=True, timeout=60, check=True, env={},
    )
    assert json.loads(ran.stdout)["hookSpecificOutput"]["permissionDecision"] == "deny"
    log = machine.home / ".local/state/packgate/events.jsonl"
    assert json.loads(log.read_text())["decision"]["policy_ids"] == ["demo-force"]


def test_only_the_owner_can_change_what_decides(machine: Machine) -> None:
    mask = os.umask(0o002)
    try:
        assert machine.install().code == 0
    finally:
        os.umask(mask)
    modes = {str(path.relative_to(machine.into.parent)): stat.S_IMODE(path.stat().st_mode) for path in machine.into.parent.rglob("hook/**/*")}
    modes["hook"] = stat.S_IMODE(machine.into.stat().st_mode)
    assert not [name for name, mode in modes.items() if mode & 0o022]
    private = {"hook": 0o700, "hook/hook.json": 0o600, "hook/packgate-hook": 0o700, "hook/installed.json": 0o600}
    assert {name: modes[name] for name in private} == private
    bundles = machine.home / ".local/share/packgate/bundles"
    assert stat.S_IMODE(bundles.stat().st_mode) & 0o022 == 0


@pytest.mark.parametrize("agent", sorted(AGENTS))
def test_every_event_of_an_agent_has_its_entry(machine: Machine, agent: str) -> None:
    assert machine.install(agent=agent).code == 0
    place = AGENTS[agent].file(USER, os.environ, str(machine.project))
    assert place is not None
    text = Path(place).read_text()
    for event in dialect(agent).EVENTS:
        # A program that takes no arguments is started by a helper.
        assert event in text or event in (machine.into / "packgate-hook-amp").read_text()
    again = machine.install(agent=agent, pack=False)
    assert "change: " not in again.out.replace("unchanged: ", "")
    assert "create: " not in again.out
    assert Path(place).read_text() == text
    assert machine.uninstall(agent=agent).code == 0
    assert machine.tree().keys() <= {str(machine.home / part) for part in (".local", ".local/share", ".local/share/packgate")}


_ORIGINALS = {
    "none": None,
    "empty": "",
    "other things": '{\n    "model": "é",\n    "permissions": {"deny": ["Read(.env)"]}\n}',
    "tabs": '{\n\t"a": 1\n}\n',
    "one line": '{"env": {"A": "1"}}',
    "hooks of others": json.dumps({"hooks": {"PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "mine"}]}], "Stop": []}}),
}


@pytest.mark.parametrize("name", _ORIGINALS)
def test_there_and_back(machine: Machine, name: str) -> None:
    file = machine.home / ".claude/settings.json"
    original = _ORIGINALS[name]
    if original is not None:
        file.parent.mkdir()
        file.write_text(original)
        file.chmod(0o640)
    machine.install("--dry-run")
    before = machine.tree()
    assert machine.install().code == 0
    merged = json.loads(file.read_text())
    for key, value in json.loads(original or "{}").items():
        if key != "hooks":
            assert merged[key] == value
    if name == "hooks of others":
        assert [group["hooks"][0]["command"] for group in merged["hooks"]["PreToolUse"]] == ["mine", str(machine.into / "packgate-hook")]
        assert merged["hooks"]["Stop"] == []
    if original is not None:
        assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert machine.install("--on-failure", "open").code == 0
    assert "onFailure" not in file.read_text()
    assert machine.uninstall().code == 0
    after = {path: text for path, text in machine.tree().items() if not path.endswith((".local", "share", "packgate"))}
    assert after == before


def test_what_was_added_since_stays(machine: Machine) -> None:
    file = machine.home / ".claude/settings.json"
    assert machine.install().code == 0
    data = json.loads(file.read_text())
    data["model"] = "later"
    data["hooks"]["PreToolUse"].append({"matcher": "Read", "hooks": []})
    file.write_text(json.dumps(data))
    assert machine.uninstall().code == 0
    assert json.loads(file.read_text()) == {"model": "later", "hooks": {"PreToolUse": [{"matcher": "Read", "hooks": []}]}}


def test_installing_again_forgets_no_change_of_others(machine: Machine) -> None:
    file = machine.home / ".claude/settings.json"
    assert machine.install().code == 0
    data = json.loads(file.read_text())
    data["model"] = "later"
    file.write_text(json.dumps(data))
    assert machine.install("--on-failure", "open", pack=False).code == 0
    assert machine.uninstall().code == 0
    assert json.loads(file.read_text()) == {"model": "later"}


def test_amp_asks_the_hook_before_its_own_rules(machine: Machine) -> None:
    file = machine.home / ".config/amp/settings.json"
    file.parent.mkdir(parents=True)
    rules = [{"tool": "Bash", "action": "reject", "matches": {"cmd": "x"}}, {"tool": "*", "action": "allow"}, {"tool": "Read", "action": "reject"}]
    original = json.dumps({"amp.permissions": rules})
    file.write_text(original)
    assert machine.install(agent="amp").code == 0
    merged = json.loads(file.read_text())["amp.permissions"]
    helper = str(machine.into / "packgate-hook-amp")
    assert merged == [rules[0], {"tool": "*", "action": "delegate", "to": helper}, *rules[1:]]
    environ = {"AGENT": "amp", "AGENT_TOOL_NAME": "Bash", "PWD": str(machine.project)}
    for command, code in ((_FORCE, 2), ("git status", 0)):
        ran = subprocess.run([helper], input=json.dumps({"cmd": command}).encode(), capture_output=True, timeout=60, check=False, env=environ)
        assert (ran.returncode, ran.stdout) == (code, b"")
        assert ("demo-force" in ran.stderr.decode()) == (code == 2)
    assert machine.uninstall(agent="amp").code == 0
    assert file.read_text() == original


def test_a_plugin_of_someone_else_is_left_alone(machine: Machine) -> None:
    file = machine.home / ".config/opencode/plugin/packgate.js"
    file.parent.mkdir(parents=True)
    file.write_text("export const Mine = async () => ({})\n")
    done = machine.install(agent="opencode")
    assert done.code == 2
    assert "it was not changed" in done.err
    file.unlink()
    assert machine.install(agent="opencode").code == 0
    assert "__" not in file.read_text()
    assert json.dumps(str(machine.into / "packgate-hook")) in file.read_text()


@pytest.mark.parametrize("text", ["// a comment\n{}", "[]", '{"hooks": []}', '{"hooks": {"PreToolUse": {}}}', "{"])
def test_a_file_of_another_form_is_left_alone(machine: Machine, text: str) -> None:
    file = machine.home / ".claude/settings.json"
    file.parent.mkdir()
    file.write_text(text)
    done = machine.install()
    assert done.code == 2
    assert "it was not changed" in done.err
    assert file.read_text() == text
    assert not machine.into.exists()


def test_a_linked_file_stays_a_link(machine: Machine) -> None:
    target = machine.home / "dotfiles.json"
    target.write_text('{"a": 1}\n')
    (machine.home / ".claude").mkdir()
    (machine.home / ".claude/settings.json").symlink_to(target)
    assert machine.install().code == 0
    assert (machine.home / ".claude/settings.json").is_symlink()
    assert "packgate-hook" in target.read_text()
    assert machine.uninstall().code == 0
    assert target.read_text() == '{"a": 1}\n'


def test_a_dry_run_changes_nothing(machine: Machine) -> None:
    assert machine.install().code == 0
    before = machine.tree()
    done = machine.install("--dry-run", "--on-failure", "shell=open", "--deadline", "500", pack=False)
    assert done.code == 0
    assert "nothing was changed" in done.out
    assert machine.uninstall("--dry-run").code == 0
    assert machine.tree() == before


def test_without_policies_nothing_is_installed(machine: Machine) -> None:
    done = machine.install(pack=False)
    assert done.code == 2
    assert "no policies are installed" in done.err
    assert "--pack recommended" in done.err
    assert machine.tree() == {}


def test_how_long_events_stay_is_a_setting_of_the_installation(machine: Machine) -> None:
    assert machine.install("--log-keep-days", "30", "--log-keep", "5").code == 0
    log = read_settings(str(machine.into / "hook.json")).event_log
    assert log is not None
    assert (log.keep_days, log.keep) == (30, 5)
    again = machine.install("--log-keep-days", "30", "--log-keep", "5", "--dry-run", pack=False)
    assert (again.code, "hook.json" in "".join(line for line in again.out.splitlines() if "unchanged" not in line)) == (0, False)
    assert machine.install(pack=False).code == 0
    assert read_settings(str(machine.into / "hook.json")).keep_days == 0


def test_what_holds_on_a_failure_follows_from_the_stage(machine: Machine) -> None:
    assert machine.install("--stage", "warn").code == 0
    settings = read_settings(str(machine.into / "hook.json"))
    assert set(settings.on_failure.values()) == {"open"}
    assert settings.reason == "open, since nothing that is installed stands at block"
    assert "onFailure" not in (machine.home / ".claude/settings.json").read_text()
    assert machine.install("--on-failure", "closed", "--on-failure", "prompt=open", "--on-failure", "log=closed", pack=False).code == 0
    settings = read_settings(str(machine.into / "hook.json"))
    assert {name for name, mode in settings.on_failure.items() if mode == "open"} == {"prompt"}
    hooks = json.loads((machine.home / ".claude/settings.json").read_text())["hooks"]
    for event, kind in dialect("claude-code").EVENTS.items():
        closed = "onFailure" in hooks[event][0]["hooks"][0]
        assert closed == (kind != SESSION and "prompt" not in SURFACES_OF[kind])


def test_the_next_snapshot_has_a_higher_revision(machine: Machine) -> None:
    for revision in (1, 2):
        assert machine.install().code == 0
        active = json.loads((machine.home / ".local/share/packgate/bundles/active.json").read_text())
        assert active["held"]["demo"]["revision"] == revision


def test_unsigned_packs_do_not_go_where_signed_ones_are(machine: Machine) -> None:
    bundles = machine.home / "bundles"
    (bundles / "trust").mkdir(parents=True)
    done = machine.install("--bundles", str(bundles))
    assert done.code == 2
    assert "filled by packgate bundle pull" in done.err


def test_a_pack_with_failing_cases_is_not_installed(machine: Machine) -> None:
    policies = machine.pack / "policies/all.yaml"
    policies.write_text(policies.read_text().replace("git push origin feature/x", "git push --force origin main"))
    done = machine.install()
    assert done.code == 1
    assert machine.tree() == {}


def test_a_project(machine: Machine) -> None:
    done = machine.install("--scope", "project")
    assert done.code == 0
    assert "don't commit it" in done.out
    assert (machine.project / ".claude/settings.local.json").is_file()
    assert machine.uninstall("--scope", "user").code == 2
    assert machine.uninstall("--scope", "project").code == 0
    assert list(machine.project.iterdir()) == []


def test_two_scopes_share_a_launcher_until_both_are_gone(machine: Machine) -> None:
    assert machine.install().code == 0
    assert machine.install("--scope", "project", pack=False).code == 0
    done = machine.uninstall("--scope", "user")
    assert "other agents still use the hook" in done.out
    assert (machine.into / "packgate-hook").exists()
    assert machine.uninstall().code == 0
    assert not machine.into.exists()


@pytest.mark.parametrize("arguments", [
    ("--on-failure", "maybe"), ("--on-failure", "moon=open"), ("--pack", "no-such-pack"), ("--deadline", "1"), ("--scope", "moon"),
])
def test_wrong_use(machine: Machine, arguments: tuple[str, ...]) -> None:
    assert machine.install(*arguments, pack=False).code == 2
    assert machine.tree() == {}


def test_a_stage_is_that_of_a_pack(machine: Machine) -> None:
    assert machine.install("--stage", "warn", pack=False).code == 2


def test_everyones_agent(machine: Machine, tmp_path: Path) -> None:
    """With folders of its own instead of the system's: the log is each user's."""
    place = AGENTS["claude-code"].file(MANAGED, os.environ, "")
    assert place == "/etc/claude-code/managed-settings.d/20-packgate.json"
    into = tmp_path / "system" / "hook"
    assert machine.install("--bundles", str(tmp_path / "system" / "bundles")).code == 0
    order = Order(
        AGENTS["claude-code"], MANAGED, str(into), str(tmp_path / "system" / "bundles"), str(tmp_path / "etc" / "20-packgate.json"),
        "~/.local/state/packgate/events.jsonl",
    )
    install(plan(order))
    assert stat.S_IMODE((into / "packgate-hook").stat().st_mode) == 0o755
    assert stat.S_IMODE((into / "hook.json").stat().st_mode) == 0o644
    log = read_settings(str(into / "hook.json")).log
    assert log is not None
    assert log.endswith("/.local/state/packgate/events.jsonl")
    assert log.startswith("/")


def test_the_page_says_where_each_agent_keeps_its_hooks() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "hooks.md"
    rows = {cells[0]: cells[1:] for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("| ") for cells in [line.strip("| ").split(" | ")]}
    for agent in AGENTS.values():
        told = rows[f"{agent.title} (`{agent.name}`)"]
        for scope, cell in zip((USER, PROJECT, MANAGED), told, strict=True):
            place = agent.places.get(scope)
            assert cell == f"`{place}`" if place is not None else not cell.startswith("`"), (agent.name, scope)


def _asked(machine: Machine, text: str) -> dict[str, Any]:
    """What the installed hook answers to a prompt."""
    settings = json.loads((machine.home / ".claude/settings.json").read_text())
    (handler,) = settings["hooks"]["UserPromptSubmit"][0]["hooks"]
    payload = {"session_id": "s", "cwd": str(machine.project), "hook_event_name": "UserPromptSubmit", "prompt": text}
    ran = subprocess.run([handler["command"], *handler["args"]], input=json.dumps(payload).encode(), capture_output=True, timeout=60, check=True, env={})
    found: dict[str, Any] = json.loads(ran.stdout or "{}")
    return found


@pytest.mark.parametrize("checks", [True, False])
def test_personal_data_is_checked_in_the_hook_or_goes_by_its_form(machine: Machine, monkeypatch: pytest.MonkeyPatch, checks: bool) -> None:
    for library in ("phonenumbers", "stdnum"):
        if not checks:
            monkeypatch.setitem(sys.modules, library, None)
    done = packgate("hook", "install", "claude-code", "--pack", "tight", "--stage", "block", cwd=machine.project)
    assert done.code == 0, done.all
    assert ("warning: personal data is not checked here, since phonenumbers and python-stdnum are not installed" in done.err) is not checks
    assert (machine.into / "lib/phonenumbers").is_dir() is (machine.into / "lib/stdnum").is_dir() is checks
    assert (machine.into / "hook.image").is_file()
    for text, stopped in (
        ("It is DE91100000000123456789", True), ("Call +49 30 901820", True), ("It is DE00100000000123456789", not checks), ("Call +999 30 901820", not checks),
        ("Call 200-200-2000", not checks), ("Hello", False),
    ):
        assert (_asked(machine, text).get("decision") == "block") is stopped, text
    found = {each["check"]: each for each in json.loads(packgate("doctor", "--format", "json", cwd=machine.project).out)}
    assert ("detectors" in found) is not checks
    if not checks:
        assert (found["detectors"]["state"], "valid or not" in found["detectors"]["message"]) == ("warning", True)
