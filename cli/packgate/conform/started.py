"""What starting an agent takes whichever it is: its version, the steps around its sessions, and that these went well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packgate.conform import sandbox
from packgate.conform.find import find, folder_of
from packgate.conform.lane import Absent, Engine
from packgate.conform.places import prepare
from packgate.conform.spec import Spec, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from packgate.conform.find import Program
    from packgate.conform.lane import Seen, Setting
    from packgate.conform.spec import Ran

TRUE = "/usr/bin/true"
# Calls that one session makes: agents send all of the conversation again at every turn.
BATCH = 60


def located(program: Program, absent: str, given: str | None, environ: Mapping[str, str]) -> str | Absent:
    """The path of a program that can be started in a sandbox, or why not: ``absent`` says it where there is none."""
    path = find(program, given, environ)
    if path is None:
        return Absent(absent)
    reason = sandbox.missing()
    return path if reason is None else Absent(reason)


def find_agent(program: Program, hint: str, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
    """An agent with the last word of the first line that `--version` prints as its version, or why there is none."""
    path = located(program, f"no `{program.name}`: name it with --engine or {program.variable}, or install {hint}", given, environ)
    if isinstance(path, Absent):
        return path
    step = Step([path, "--version"], env={"HOME": "/tmp", "PATH": "/usr/bin:/bin"}, timeout=60)
    (done,) = sandbox.run(Spec([folder_of(path)], [step]))
    words = [word for word in done.out.split("\n")[0].split() if word[:1].isdigit()]
    if done.code != 0 or not words:
        return Absent(f"{path} does not tell its version: {(done.err or done.out).strip()[-200:]}")
    return Engine(path, words[0].rstrip(".,"), (folder_of(path),))


def sessions(
    engine: Engine, setting: Setting, action: Mapping[str, Any], write: Mapping[str, str], steps: Sequence[Step], *, network: bool = False,
) -> list[Ran]:
    """Make the folders of an action, the agent's own files (``write``) and the setting's, then run the sessions; what came of these. The
    files are written again before every session: what an earlier one did to them is not what the next one starts with. ``network``: the
    host's reaches them.

    Raises `NoSandbox` when something before them failed: nothing was measured then.
    """
    changes = Step([TRUE], write=setting.files, modes=setting.modes, remove=setting.removed, full=setting.full)
    for step in steps:
        step.write = {**write, **setting.files, **step.write}
        step.modes = {**setting.modes, **step.modes}
    before = [*prepare(action), Step([TRUE], write=dict(write)), changes]
    ran = sandbox.run(Spec(
        list(engine.readable), [*before, *steps], copied=setting.copied, may_run=setting.may_run, servers=setting.servers, network=network,
    ))
    for step, done in zip(before, ran, strict=False):
        if done.code != 0:
            raise sandbox.NoSandbox(f"{' '.join(step.argv)} ended with {done.code}: {(done.err or done.out)[-800:]}")
    return ran[len(before) :]


def in_batches(
    engine: Engine, setting: Setting, action: Mapping[str, Any], write: Mapping[str, str], calls: Sequence[dict[str, Any]],
    session: Callable[[list[dict[str, Any]]], Step], read: Callable[[Ran, list[dict[str, Any]]], list[Seen]], size: int = BATCH,
) -> list[Seen]:
    """Have sessions of one sandbox make the calls, and say of each what became of it. ``session`` gives the step that makes some of the
    calls, ``read`` what became of these; ``size`` is how many it makes at most."""
    batches = [list(calls[start : start + size]) for start in range(0, len(calls), size)]
    ran = sessions(engine, setting, action, write, [session(batch) for batch in batches])
    return [seen for batch, done in zip(batches, ran, strict=True) for seen in read(done, batch)]
