"""`packgate trial`: the packs' prompts, given to a real agent."""

from __future__ import annotations

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from packgate import clock
from packgate.commands.shared import BrokenPacks, open_sound, pack_option, print_findings, print_text
from packgate.errors import UserError
from packgate.exitcodes import CLEAN, FINDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packgate.conform.lane import Engine
    from packgate.conform.setup import InstalledHook
    from packgate.engine.gate import Gate
    from packgate.source.workspace import Workspace
    from packgate.trial.agent import Model
    from packgate.trial.judge import Judged
    from packgate.trial.prompts import Prompt
    from packgate.trial.recording import Answered, Recording

# Of the environment, what gives access to a live model.
_ACCESS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_BASE_URL")


@click.command("trial")
@pack_option
@click.option("--policy", "policies", multiple=True, metavar="ID", help="Only the prompts of this policy; repeatable.")
@click.option("--engine", metavar="PATH", help="Claude Code's program, or a folder that holds it.")
@click.option("--model", default="sonnet", show_default=True, help="The live model, as Claude Code names it.")
@click.option("--script", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="No live model: a JSON object that names, by prompt, the tool calls of a scripted one.")
@click.option("--into", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write what the agent did, to be replayed.")
@click.option("--replay", "replayed", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE",
              help="Start no agent: decide what was recorded, with the packs as they are.")
@click.option("--cases", is_flag=True, help="Print test cases for commands that no case has yet, as YAML.")
def command(
    packs: tuple[str, ...], policies: tuple[str, ...], engine: str | None, model: str, script: Path | None, into: Path | None,
    replayed: Path | None, cases: bool,
) -> int:
    """Give the packs' prompts to a real agent, and see what it does and which policies fire.

    Claude Code runs each prompt in a sandbox (Linux namespaces): a throw-away folder and home, no files of yours, shells that run nothing
    and note what they were given, and the hook, which only watches. A live model is reached with the key in the environment; its answers
    differ from run to run, so record them once (--into) and replay the recording, which needs no agent. The exit code is 1 when a prompt
    that must make its policy fire did not, one that must not did, or a replay ends otherwise than it was recorded.

    \b
    Examples:
      packgate trial --policy force-push --into testcases/trials/claude-code.json
      packgate trial --replay testcases/trials/claude-code.json
      packgate trial --replay testcases/trials/claude-code.json --cases
    """
    if replayed is not None and (into is not None or script is not None or engine is not None):
        raise UserError("--replay starts no agent", "leave --engine, --script and --into away")
    try:
        space = open_sound(packs)
    except BrokenPacks as broken:
        print_findings(broken.findings)
        return FINDINGS
    gate = _gate(space)
    recording = _replayed(replayed, policies) if replayed is not None else _recorded(space, gate, policies, engine, _model(model, script))
    if into is not None:
        from packgate.trial.recording import write_recording

        write_recording(into, recording)
    from packgate.trial.judge import AS_MEANT, NO_ACTION, judge

    judged = [judge(answer, gate) for answer in recording.answers]
    if cases:
        print_text(_proposed(space, recording, gate))
    else:
        print_text(_told(recording, judged))
    bad = [each for each in judged if each.outcome not in (AS_MEANT, NO_ACTION) or (replayed is not None and each.changed)]
    return FINDINGS if bad else CLEAN


def _gate(space: Workspace) -> Gate:
    from packgate.engine.gate import build_gate

    return build_gate(space.packs, space.vocabulary, lists=space.lists, surroundings=space.surroundings)


def _replayed(path: Path, policies: Sequence[str]) -> Recording:
    from dataclasses import replace

    from packgate.trial.recording import read_recording

    recording = read_recording(path)
    return replace(recording, answers=[each for each in recording.answers if not policies or each.policy in policies])


def _model(name: str, script: Path | None) -> Model:
    from packgate.trial.agent import Model

    if script is None:
        access = {key: os.environ[key] for key in _ACCESS if os.environ.get(key)}
        if not access:
            raise UserError("a live model needs a key", "set ANTHROPIC_API_KEY, or give --script FILE")
        return Model(name, None, access)
    try:
        calls: Any = json.loads(script.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UserError(f"{script} can't be read: {error}") from None
    if not isinstance(calls, dict) or not all(isinstance(each, list) and all(map(_is_call, each)) for each in calls.values()):
        hint = '{"a prompt": [{"name": "Bash", "input": {"command": "ls"}}]}'
        raise UserError(f"{script}: expected an object of lists of tool calls", hint)
    return Model("scripted", calls, {})


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("name"), str) and isinstance(value.get("input"), dict)


def _recorded(space: Workspace, gate: Gate, policies: Sequence[str], engine: str | None, model: Model) -> Recording:
    """Start the agent on every prompt."""
    from packgate.conform.lane import Absent
    from packgate.conform.lanes import find_lane
    from packgate.installation.local_bundles import Unfit, install_packs
    from packgate.testing.cases import collect
    from packgate.trial.agent import AGENT, watching_hook
    from packgate.trial.prompts import prompts_of
    from packgate.trial.recording import Recording

    prompts = prompts_of(collect(space.results), policies)
    if not prompts:
        raise UserError("no case has a prompt beside its command", "name other policies with --policy")
    found = find_lane(AGENT).find(engine, os.environ)
    if isinstance(found, Absent):
        raise UserError(f"Claude Code can't be started here: {found.reason}", "--replay FILE needs no agent")
    with TemporaryDirectory(prefix="packgate-trial-") as folder:
        bundles = os.path.join(folder, "bundles")
        try:
            install_packs(bundles, [os.path.abspath(result.path) for result in space.results], "audit", clock.now())
        except Unfit as unfit:
            raise BrokenPacks(unfit.findings) from unfit
        hook = watching_hook(folder, bundles)
        answers = [_answered(found, hook, prompt, model, gate) for prompt in prompts]
    return Recording(AGENT, found.version, model.name, clock.today(), answers)


def _answered(engine: Engine, hook: InstalledHook, prompt: Prompt, model: Model, gate: Gate) -> Answered:
    from packgate.guard.detectors import mask
    from packgate.trial.agent import ask
    from packgate.trial.judge import fired_on
    from packgate.trial.recording import Answered

    click.echo(f"{prompt.policy}: {mask(prompt.text)}", err=True)
    actions = ask(engine, hook, prompt, model)
    return Answered(prompt.pack, prompt.policy, prompt.polarity, prompt.text, actions, fired_on(actions, gate))


def _proposed(space: Workspace, recording: Recording, gate: Gate) -> str:
    from packgate.testing.cases import collect
    from packgate.trial.proposals import as_yaml, proposals

    known: dict[str, set[str]] = {}
    for case in collect(space.results):
        if case.action is not None and isinstance(case.action.get("command"), str):
            known.setdefault(case.policy, set()).add(case.action["command"])
    from packgate.guard.detectors import mask

    return mask(as_yaml(proposals(recording.answers, known, gate))) or "# every command that the agent found has a case\n"


def _told(recording: Recording, judged: Sequence[Judged]) -> str:
    from packgate.guard.known import mask_with, texts
    from packgate.testing.cases import show_action

    lines = [f"{recording.agent} {recording.version}, model {recording.model}, recorded {recording.recorded}"]
    for each in judged:
        answer = each.answer
        hide = mask_with([answer.prompt, *texts(list(answer.actions))])
        note = f" (when it was recorded: {', '.join(answer.fired) or 'nothing'})" if each.changed else ""
        lines += ["", f"{each.outcome}: {answer.policy} ({answer.polarity.replace('_', ' ')})", f"  asked: {hide(answer.prompt)}"]
        lines += [f"  did:   {hide(show_action(action))}" for action in answer.actions]
        lines.append(f"  fired: {', '.join(each.fired) or 'nothing'}{note}")
    counts = {outcome: sum(each.outcome == outcome for each in judged) for outcome in dict.fromkeys(each.outcome for each in judged)}
    return "\n".join([*lines, "", ", ".join(f"{count} {outcome}" for outcome, count in counts.items()) or "no prompts"]) + "\n"
