"""All checks of an installation, in the order in which one thing rests on another."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from packgate.hook.files import who_can_change
from packgate.installation.changes import INSTALLED, read_done
from packgate.installation.doctor.agents import check_agent
from packgate.installation.doctor.files import check_failure_modes, check_image, check_launcher, check_log, check_policies, check_settings
from packgate.installation.doctor.probe import probe
from packgate.installation.doctor.result import OK, PROBLEM, Result

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def examine(into: str, agents: Sequence[str], environ: Mapping[str, str], folder: str, now: str) -> Iterator[tuple[str, Result]]:
    """Check an installation; each result with the agent that it is about, or an empty string. ``agents``: only these, all when empty;
    ``folder``: the project that is looked at; ``now``: RFC 3339. Raises `UserError` when the record of the installation can't be read."""
    settings, result = check_settings(into)
    yield "", result
    launcher = check_launcher(into)
    yield "", launcher
    installed = [each for each in read_done(into) if not agents or each.agent in agents]
    missing = [name for name in agents if name not in {each.agent for each in installed}]
    if not installed and not agents:
        yield "", Result("agent", PROBLEM, "it is installed for no agent", os.path.join(into, INSTALLED), "packgate hook install AGENT")
    for name in missing:
        yield name, Result("agent", PROBLEM, "the hook is not installed for it", into, f"packgate hook install {name}")
    if settings is None:
        return
    gate, results = check_policies(settings, into, now)
    for result in results:
        yield "", result
    yield "", check_image(into)
    yield "", check_log(settings)
    if gate is not None:
        yield "", check_failure_modes(settings, gate, into)
    for done in installed:
        for result in check_agent(done, into, settings, environ, folder):
            yield done.agent, result
    # What others can change is not started, not even to try it.
    if gate is not None and launcher.state != PROBLEM and who_can_change(launcher.path) is None:
        for agent in dict.fromkeys(each.agent for each in installed):
            for result in probe(agent, into, settings, gate, now):
                yield agent, result


def is_sound(results: Sequence[Result]) -> bool:
    """Whether nothing has to be mended."""
    return all(result.state != PROBLEM for result in results) and any(result.state == OK for result in results)
