"""The rules of Codex, by its own checker: `codex execpolicy check` of the rendered `.rules`.

The checker takes the words of one command; Codex itself makes these of a script, and of less scripts than packgate does (a redirection, a
variable or `bash -c` makes it one script that no rule matches). Asked is about every command that packgate finds in a line, so what is
matched here is the most that the rules can, and one that must not be stopped is tried as hard as it can be.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform import sandbox
from packgate.conform.engines.codex import PROGRAM
from packgate.conform.lane import ASKED, DENIED, RAN, RULE, Seen
from packgate.conform.oracles.oracle import Refused
from packgate.conform.spec import Spec, Step
from packgate.conform.started import TRUE, find_agent
from packgate.render.targets import codex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from packgate.conform.lane import Absent, Engine
    from packgate.conform.oracles.oracle import Call
    from packgate.conform.spec import Ran

_RULES = codex.PLACES[codex.RULES]
_OUTCOMES = {"forbidden": DENIED, "prompt": ASKED, "allow": RAN}
_ORDER = (RAN, ASKED, DENIED)


class CodexRules:
    """See `RuleChecker`."""

    name = codex.NAME
    title = "codex execpolicy check"

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `RuleChecker`."""
        return find_agent(PROGRAM, "the package openai-codex-cli-bin", given, environ)

    def takes(self, action: Mapping[str, Any]) -> bool:
        """Commands of a shell."""
        return bool(action["surface"] == "shell")

    def check(self, engine: Engine, files: Mapping[str, bytes], calls: Sequence[Call]) -> list[Seen]:
        """See `RuleChecker`. Loading the file, Codex tests its examples too."""
        outcomes = _outcomes(engine, files[codex.RULES].decode(), sorted({words for call in calls for words in call.commands}))
        return [_strictest(outcomes[words] for words in call.commands) for call in calls]


def _strictest(outcomes: Iterable[str]) -> Seen:
    outcome = max(outcomes, key=_ORDER.index, default=RAN)
    return Seen(outcome, RULE if outcome != RAN else "")


def _outcomes(engine: Engine, rules: str, commands: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """What the rules say to each command."""
    first = Step([TRUE], write={_RULES: rules})
    steps = [_step(engine, words) for words in commands]
    done = sandbox.run(Spec(list(engine.readable), [first, *steps]))[1:]
    return {words: read(each) for words, each in zip(commands, done, strict=True)}


def _step(engine: Engine, words: Sequence[str]) -> Step:
    # Codex itself always knows a program by any of its paths.
    argv = [engine.program, "execpolicy", "check", "--rules", _RULES, "--resolve-host-executables", "--", *words]
    return Step(argv, env={"PATH": "/usr/bin:/bin", "HOME": "/home/dev", "CODEX_HOME": "/home/dev/.codex", "LANG": "C.UTF-8"}, timeout=30)


def read(done: Ran) -> str:
    """The outcome of one check; without a decision no rule matched."""
    if done.code != 0:
        raise Refused(f"Codex does not take the rendered rules: {done.err.strip()[-800:]}")
    return _OUTCOMES[json.loads(done.out).get("decision", "allow")]
