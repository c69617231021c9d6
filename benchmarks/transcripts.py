"""Have real agents write their session records, as fixtures of the importers.

    PACKGATE_ENGINES=/opt/node:/opt/venv python benchmarks/transcripts.py [AGENT]... --out testcases/transcripts

Each agent runs offline in a sandbox (`packgate.conform`), with a scripted model on loopback that calls the tools of
`transcript_sessions.py`. What it keeps of the sessions is written below FOLDER/AGENT as it is, but for its size: long texts are cut,
bookkeeping is emptied or left out (`KEPT`, `DROPPED`, `EMPTIED`). No line that holds a prompt, a call or a result is dropped.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from transcript_sessions import HARMLESS, OWN, SESSIONS

from packgate.conform import sandbox
from packgate.conform.engines import claude_code, codex, copilot, gemini, opencode
from packgate.conform.lane import Absent, Engine, Setting
from packgate.conform.places import prepare
from packgate.conform.spec import Spec, Step

HOME = "/home/dev"
MODULES: dict[str, Any] = {
    "claude-code": claude_code, "codex": codex, "copilot": copilot, "gemini": gemini, "opencode": opencode,
}
LANES: dict[str, Any] = {
    "claude-code": claude_code.ClaudeCode, "codex": codex.Codex, "copilot": copilot.Copilot, "gemini": gemini.Gemini,
    "opencode": opencode.OpenCode,
}
# Where each keeps its sessions, and the part of the path that a fixture keeps.
PLACES = {
    "claude-code": (".claude/projects/*/*.jsonl", ".claude/projects/"),
    "codex": (".codex/sessions/*/*/*/*.jsonl", ".codex/sessions/"),
    "copilot": (".copilot/session-state/*/events.jsonl", ".copilot/session-state/"),
    "gemini": (".gemini/tmp/*/chats/*.jsonl", ".gemini/tmp/"),
}
# OpenCode keeps a database: of the first session the tables that hold it, as SQL, are the fixture, of others what `opencode export` prints.
TABLES = ("project", "session", "message", "part")
_DUMP = f"""
import sqlite3
base = sqlite3.connect("file:{HOME}/.local/share/opencode/opencode.db?mode=ro", uri=True)
for table in {TABLES!r}:
    ((text,),) = base.execute("SELECT sql FROM sqlite_master WHERE type='table' AND name=?", (table,))
    print(" ".join(text.split()) + ";")
    names = [row[1] for row in base.execute(f"PRAGMA table_info({{table}})")]
    line = " || ',' || ".join(f'quote("{{name}}")' for name in names)
    for (values,) in base.execute(f"SELECT {{line}} FROM {{table}} ORDER BY rowid"):
        print(f"INSERT INTO {{table}} VALUES({{values}});")
"""
_EXPORT = f"""
import glob, sqlite3, subprocess, sys
base = sqlite3.connect("file:{HOME}/.local/share/opencode/opencode.db?mode=ro", uri=True)
((session,),) = base.execute("SELECT id FROM session")
done = subprocess.run([sys.argv[1], "export", session], capture_output=True, text=True, timeout=60, cwd=sys.argv[2])
sys.stdout.write(done.stdout)
sys.exit(done.returncode)
"""
# What is denied, so that refusals are recorded too: files and arguments that do it.
DENIED: dict[str, dict[str, str]] = {
    "claude-code": {f"{claude_code.MANAGED}/20-deny.json": json.dumps({"permissions": {"deny": ["Bash(curl *)", "Bash(cat ~/.aws/*)"]}})},
    "codex": {f"{HOME}/.codex/rules/deny.rules": 'prefix_rule(pattern=["curl"], decision="forbidden")\n'},
}
ARGUMENTS = {"copilot": ["--deny-tool=shell(curl)"]}
# Kinds of lines of which a session keeps the first: bookkeeping, and what another line says too.
KEPT = frozenset(
    "api-request api-request-blob api-request-shape last-prompt atis-latch tools-used attachment session.usage_record assistant.turn_start "
    "assistant.turn_end assistant.message token_usage_record token_count queue-operation answered unsaid step-start step-finish patch".split()
)
# Names of other lines, which nothing here follows.
DROPPED = frozenset(
    "parentUuid sourceToolAssistantUUID requestRef promptId parentId interactionId thread_id root_turn_id turn_id apiCallId promptCacheRequested "
    "toolInputStreamMs apiBlockIndex entrypoint userType effort perTurnEffort stop_details originatingMessageId started_at_ms completed_at_ms".split()
)
# Values that are emptied: what a model was charged, and how an agent shows things.
EMPTIED = frozenset(
    "usage toolTelemetry tokens thoughts resultDisplay internal_chat_message_metadata_passthrough base_instructions shape systemPrompt "
    "rendered providerModelMetrics modelMetrics agentMetrics accountingSnapshot modelUsage state metadata".split()
)
# But these hold results under such a name.
_TOLD = {"opencode": frozenset(("state", "metadata"))}
_LONGEST, _MOST = 400, 24
# How what vendors tell their models begins: none of it is kept.
_INSTRUCTIONS = ("You are ", "<permissions instructions>")


def record(agent: str, engine: Engine) -> dict[str, str]:
    """The texts of an agent's records, by the path that they get in its fixture."""
    found: dict[str, str] = {}
    for place, (repo, prompt, plain) in enumerate(SESSIONS):
        context = {"cwd": repo["root"], "home": HOME, "repo": {**repo, "branch": "feature/x", "default_branch": "main"}}
        actions = [{**action, **context} for action in plain]
        steps = _steps(agent, engine, actions, prompt, export=place > 0)
        ran = sandbox.run(Spec(list(engine.readable), [*prepare(actions[0]), *steps], may_run=HARMLESS))
        session = ran[len(prepare(actions[0])) + 1]
        if session.code != 0:
            raise SystemExit(f"{agent}: ended with {session.code}: {(session.err or session.out)[-800:]}")
        if agent == "opencode":
            exported = place > 0
            found[f"session-{place + 1}.{'json' if exported else 'sql'}"] = _cut_export(ran[-1].out) if exported else _cut_sql(ran[-1].out)
        for path, text in session.files.items():
            name = path.partition(PLACES[agent][1])[2]
            found[name] = _cut(text, agent) if name.endswith(".jsonl") else text
    return found


def _steps(agent: str, engine: Engine, actions: list[dict[str, Any]], prompt: str, *, export: bool) -> list[Step]:
    module = MODULES[agent]
    calls = [*OWN[agent]]
    for action in actions:
        try:
            calls.append(module.tool_call(action))
        except ValueError:
            continue  # It has no tool for this.
    setting = Setting()
    written = module._files(actions) if agent in ("claude-code", "copilot", "gemini") else {}
    session: Step = module._session(engine, setting, actions[0] if agent == "claude-code" else actions, calls)
    session.argv = [prompt if word == "go on" else word for word in session.argv] + ARGUMENTS.get(agent, [])
    session.timeout = 240
    if agent in PLACES:
        session.collect = [f"{HOME}/{PLACES[agent][0]}"]
    if agent == "gemini":
        session.collect.append(f"{HOME}/.gemini/tmp/*/.project_root")
    root = str(actions[0]["cwd"])
    files = {f"{root}/README.md": "# A project\n\nTo be read.\n", f"{root}/src/cart.py": "# TODO: round once\n", f"{root}/staging.tfvars": "text\n"}
    first = Step(["/usr/bin/true"], write={**files, **written, **DENIED.get(agent, {})})
    after = ["-c", _EXPORT, engine.program, root] if export else ["-c", _DUMP]
    last = [Step([sys.executable, "-I", "-S", *after], env=session.env)] if agent == "opencode" else []
    return [first, session, *last]


def _cut(text: str, agent: str) -> str:
    """The lines of a record, the long ones cut."""
    seen: dict[str, int] = {}
    kept = []
    for line in text.splitlines():
        data = json.loads(line)
        kind = _kind(data)
        seen[kind] = seen.get(kind, 0) + 1
        if kind not in KEPT or seen[kind] == 1:
            kept.append(json.dumps(_shorter(data, EMPTIED - _TOLD.get(agent, frozenset())), ensure_ascii=False, separators=(",", ":")))
    return "\n".join(kept) + "\n"


def _kind(data: dict[str, Any]) -> str:
    """What a line is about."""
    kind, payload, content = str(data.get("type")), data.get("payload"), data.get("content")
    if kind == "event_msg" and isinstance(payload, dict):
        return str(payload.get("type"))
    if kind == "user" and isinstance(content, list) and all("functionResponse" in part for part in content):
        return "answered"  # Gemini says it in the call as well.
    return "unsaid" if "$set" in data or (kind == "gemini" and not content and not data.get("toolCalls")) else kind


def _shorter(value: Any, emptied: frozenset[str]) -> Any:
    if isinstance(value, str):
        if value.startswith(_INSTRUCTIONS):
            return "…"
        return value if len(value) <= _LONGEST else f"{value[:80]}…"
    if isinstance(value, list):
        return [_shorter(item, emptied) for item in value[:_MOST]]
    if isinstance(value, dict):
        return {
            key: type(item)() if key in emptied and isinstance(item, (dict, list, str)) else _shorter(item, emptied)
            for key, item in value.items() if key not in DROPPED
        }
    return value


def _cut_sql(text: str) -> str:
    """Rows whose data are longer than the others of their kind are those of prompts that OpenCode adds; nothing of a call is cut."""
    seen: set[str] = set()
    kept = []
    for line in text.splitlines():
        kind = next((kind for kind in KEPT if f'"type":"{kind}"' in line), "")
        if len(line) < 6000 and kind not in seen:
            kept.append(f"{line}\n")
        seen |= {kind} - {""}
    return "".join(kept)


def _cut_export(text: str) -> str:
    """An export, without parts that are bookkeeping."""
    data = json.loads(text)
    for message in data["messages"]:
        message["parts"] = [part for part in message["parts"] if part["type"] not in KEPT]
    return json.dumps(_shorter(data, EMPTIED - _TOLD["opencode"]), indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Record the agents that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("agents", nargs="*", metavar="AGENT")
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER")
    given = parser.parse_args()
    for agent in given.agents or sorted(LANES):
        engine = LANES[agent]().find(None, os.environ)
        if isinstance(engine, Absent):
            print(f"{agent}: {engine.reason}")
            continue
        for name, text in sorted(record(agent, engine).items()):
            path = given.out / agent / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"{agent} {engine.version}: {path} ({len(text):,} characters)")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
