"""The live probe: the real launcher is started as the agent starts it, with a command that the installed policies stop and with one that
they let run. What it answers is held against what the policies say."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from packgate.bundle.installed import load_installed
from packgate.bundle.sources import unpack
from packgate.errors import UserError
from packgate.hook import answer
from packgate.hook.dialects import dialect
from packgate.installation.doctor.result import OK, PROBLEM, WARNING, Result
from packgate.installation.questions import shell_question
from packgate.installation.script import NAME
from packgate.source.workspace import load_workspace
from packgate.testing.cases import MUST_FIRE, collect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packgate.engine.gate import Gate
    from packgate.hook.exchange import Reply
    from packgate.hook.settings import Settings
    from packgate.installation.questions import Question

# Outcomes that stop an action, those first that every agent has a word for.
_STOPS = ("deny", "terminate", "ask")
# Seconds beside the hook's own deadline.
_PATIENCE = 20


def probe(agent: str, into: str, settings: Settings, gate: Gate, now: str) -> Iterator[Result]:
    """Ask about one command that is stopped (or at least warned about) and one that runs. ``now``: RFC 3339."""
    launcher = os.path.join(into, NAME)
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.realpath(folder)
        # By outcome, the first command that has it; the search ends with one that is stopped and one that runs.
        found: dict[str, tuple[Question, Reply]] = {}
        for command in _commands(settings):
            question = shell_question(agent, command, place)
            outcome, reply = _expected(question, settings, gate, now)
            found.setdefault(outcome, (question, reply))
            if "allow" in found and any(each in found for each in _STOPS):
                break
        loud = next((each for each in (*_STOPS, "warn") if each in found), None)
        for outcome in [each for each in (loud, "allow") if each in found]:
            yield _asked(launcher, *found[outcome], settings, outcome)
        if loud is None:
            message = "none of the installed policies stops or warns about a command yet, so only a silent answer could be tried"
            yield Result("probe", WARNING, message, launcher, "it will do once a policy stands at warn or block")


def _commands(settings: Settings) -> Iterator[str]:
    """Commands of the installed packs' own cases, those that must fire first, and one that nobody minds."""
    with tempfile.TemporaryDirectory() as folder:
        fires: list[str] = []
        others = ["true"]
        for number, bundle in enumerate(load_installed(settings.bundles).bundles):
            root = Path(folder, str(number))
            unpack(bundle, root)
            try:
                loaded = load_workspace(str(root), [bundle.manifest.pack]).results
            except UserError:
                continue  # Its sources were written for another version; what decides is not made of them.
            for case in collect(loaded):
                if case.action is not None and case.action.get("surface") == "shell":
                    (fires if case.polarity == MUST_FIRE else others).append(str(case.action["command"]))
    yield from fires
    yield from others


def _expected(question: Question, settings: Settings, gate: Gate, now: str) -> tuple[str, Reply]:
    """What the policies say, without the launcher's process."""
    agent, event = question.arguments
    module = dialect(agent)
    environ = {**os.environ, **question.environment}
    found = answer.respond(answer.read_request(module, event, question.payload, environ), lambda: gate, settings, environ, now)
    return found.verdict.outcome, answer.reply_of(module, event, found.verdict)


def _asked(launcher: str, question: Question, expected: Reply, settings: Settings, outcome: str) -> Result:
    """Start the launcher and compare."""
    said = "stops or warns about" if outcome != "allow" else "lets run"
    try:
        done = subprocess.run(
            [launcher, *question.arguments], input=json.dumps(question.payload).encode(), capture_output=True, check=False,
            timeout=settings.deadline_ms / 1000 + _PATIENCE, env={**os.environ, **question.environment},
        )
        told = json.loads(done.stdout) if done.stdout else None
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        return Result("probe", PROBLEM, f"the hook could not be asked: {type(error).__name__}", launcher, "packgate hook install AGENT")
    if (told, done.returncode) != (expected.stdout, expected.exit_code):
        first = (done.stderr.decode(errors="replace").strip() or json.dumps(told)).splitlines()[0][:300]
        message = f"the hook answers otherwise than its policies say, on a command that they {said.split()[0].rstrip('s')}: {first}"
        return Result("probe", PROBLEM, message, launcher, "packgate hook install AGENT; if it stays, report it")
    return Result("probe", OK, f"the hook {said} what its policies say ({outcome})", launcher)
