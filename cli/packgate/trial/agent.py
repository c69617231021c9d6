"""Give prompts to a real agent, in a sandbox where nothing that it starts is run, and where the hook only watches."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from packgate.conform import setup
from packgate.conform.engines import claude_code
from packgate.conform.managed import hook_commands
from packgate.conform.sandbox import NoSandbox
from packgate.conform.spec import Step
from packgate.conform.started import sessions
from packgate.installation.agents import AGENTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.lane import Engine
    from packgate.conform.setup import InstalledHook
    from packgate.conform.spec import Ran
    from packgate.trial.prompts import Prompt

# Agents that prompts can be given to.
AGENT = "claude-code"
_OBSERVED = f"{claude_code.MANAGED}/20-packgate.json"
_ALLOWED = f"{claude_code.MANAGED}/99-trial.json"
_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Model:
    """Who thinks. ``script``: by prompt, the tool calls that a scripted model makes; None for the live one, which ``environment`` gives the
    access to and the network reaches."""

    name: str
    script: Mapping[str, Sequence[dict[str, Any]]] | None
    environment: Mapping[str, str]


def watching_hook(place: str, bundles: str) -> InstalledHook:
    """A hook in a new folder of ``place``, for `ask`. ``bundles``: packs at stage audit, so that nothing stops the agent."""
    return setup.install_hook(place, bundles, setup.Configured(on_failure="open"))


def ask(engine: Engine, hook: InstalledHook, prompt: Prompt, model: Model) -> list[dict[str, Any]]:
    """The actions that the agent takes on a prompt, as action JSON, in order. Raises `NoSandbox` when it could not be asked."""
    setting = setup.hooked(_files(prompt, hook.launcher), hook_commands(AGENT, hook.launcher), hook)
    (done,) = sessions(engine, setting, prompt.place, {}, [_session(engine, prompt, model)], network=model.script is None)
    return _actions(done)


def _files(prompt: Prompt, launcher: str) -> dict[str, str]:
    """The hook for every event, and every tool allowed: what stops the agent then is nothing but itself."""
    wanted = AGENTS[AGENT].wanted(launcher, dict.fromkeys(("shell", "file", "mcp", "web", "prompt", "output"), "open"))
    hooks: dict[str, Any] = {}
    for (_, event), entry in wanted.lists.items():
        hooks.setdefault(event, []).append(entry)
    allow = ["Bash", "Read", "Edit", "Write", "WebFetch", "Glob", "Grep"]
    return {
        f"{prompt.place['home']}/.claude/.claude.json": json.dumps({"hasCompletedOnboarding": True}),
        _OBSERVED: json.dumps({"hooks": hooks}), _ALLOWED: json.dumps({"permissions": {"allow": allow}}),
    }


def _session(engine: Engine, prompt: Prompt, model: Model) -> Step:
    home = prompt.place["home"]
    env = {
        "PATH": "/usr/bin:/bin", "HOME": home, "CLAUDE_CONFIG_DIR": f"{home}/.claude", "LANG": "C.UTF-8", "TERM": "dumb",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1", **(prompt.place.get("env") or {}),
    }
    argv = [engine.program, "-p", prompt.text, "--permission-mode", "default", "--output-format", "stream-json", "--verbose"]
    collect = [setup.LOG]
    if model.script is None:
        env |= model.environment
        return Step([*argv, "--model", model.name], cwd=prompt.place["cwd"], env=env, timeout=_SECONDS, collect=collect)
    env |= {"ANTHROPIC_BASE_URL": "http://127.0.0.1:{port}", "ANTHROPIC_API_KEY": "none"}
    calls = list(model.script.get(prompt.text, ()))
    return Step(argv, cwd=prompt.place["cwd"], env=env, server="messages", calls=calls, timeout=_SECONDS, collect=collect)


def _actions(done: Ran) -> list[dict[str, Any]]:
    """The actions that the hook saw before they ran. Raises `NoSandbox` when the agent did not come to an end, or the hook saw nothing: it
    sees the prompt at least."""
    events = [json.loads(line) for line in done.files.get(setup.LOG, "").splitlines()]
    if done.code not in (0, 1) or not any(event["kind"] == "decision" for event in events):
        raise NoSandbox(f"the agent ended with {done.code}, and its hook saw no prompt: {(done.err or done.out)[-600:]}")
    found = []
    for event in events:
        action = event["action"]
        if event["kind"] == "decision" and action["surface"] not in ("prompt", "output"):
            # Who did it and under which name says nothing about a case.
            found.append({key: value for key, value in action.items() if key not in ("id", "actor") and value not in (None, {}, [])})
    return found
