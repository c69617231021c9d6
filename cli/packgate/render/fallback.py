"""How agents start the hook that have no setting for one that fails: by a line of shell, which answers in its place.

Claude Code and Cursor have such a setting, and OpenCode's plugin is our own. The others let the action run, or stop it, whatever is
configured, when the hook is killed, hangs, or is missing (`hook.lowering.FAULTS`, seen on the real programs). The line stands in the
agent's own file, so that it is there when nothing of packgate's is.
"""

from __future__ import annotations

import shlex

SHELL = "/bin/sh"
# Part of every Linux; where it is not (macOS), a hook that hangs is left to the agent.
_TIMEOUT = "/usr/bin/timeout"
# Exit code that stops an action in every agent that reads exit codes; the hook itself ends with it when it can't even say so.
_STOPS = 2
# Agent -> exit code by which the action runs, as said on standard error where somebody sees that.
_RUNS = {"amp": 0, "codex": 1, "copilot": 0, "gemini": 1}
# The greatest exit code that is an answer of the hook's. Amp asks at 1.
_ANSWERS = {"amp": 1, "codex": 0, "copilot": 0, "gemini": 0}
AGENTS = tuple(_RUNS)
_STOPPED = "and this machine stops what it can not decide. Tell the user; packgate doctor finds the cause."
_UNCHECKED = "so this was not checked. Tell the user; packgate doctor finds the cause."


def script(agent: str, closed: bool, wait: int) -> str:
    """The script, which takes the launcher as ``$0`` and its arguments, and has no single quotes. ``wait``: the seconds that the agent
    waits; the hook is killed one earlier."""
    run = f'if [ -x {_TIMEOUT} ]; then {_TIMEOUT} -s KILL {max(wait - 1, 1)} "$0" "$@"; else "$0" "$@"; fi; c=$?'
    told = f'echo "packgate: its hook ended with code $c, {_STOPPED if closed else _UNCHECKED}" >&2'
    # A hook that stops is believed where failures are open, too: it could not read its settings.
    passed = f"[ $c -le {_ANSWERS[agent]} ] || [ $c -eq {_STOPS} ]"
    return f"{run}; if {passed}; then exit $c; fi; {told}; exit {_STOPS if closed else _RUNS[agent]}"


def arguments(launcher: str, agent: str, event: str, *, closed: bool, wait: int) -> list[str]:
    """The arguments of `SHELL`, for agents that start a program with arguments."""
    return ["-c", script(agent, closed, wait), launcher, agent, event]


def line(launcher: str, agent: str, event: str, *, closed: bool, wait: int) -> str:
    """The line for agents that give one to a shell of the user's, whichever that is."""
    return shlex.join([SHELL, *arguments(launcher, agent, event, closed=closed, wait=wait)])
