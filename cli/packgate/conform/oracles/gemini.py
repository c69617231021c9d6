"""The rules of Gemini CLI, by its own policy engine, from the package that Gemini CLI is made of."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.conform import sandbox
from packgate.conform.engines.gemini import ALLOWED, tool_call
from packgate.conform.find import Program, find, folder_of
from packgate.conform.lane import ASKED, DENIED, RAN, RULE, Absent, Engine, Seen, expressible
from packgate.conform.lanes import find_lane
from packgate.conform.oracles.oracle import Refused
from packgate.conform.spec import Spec, Step
from packgate.render.targets import gemini

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.oracles.oracle import Call

_CORE = "@google/gemini-cli-core"
_ENGINE = "policy/policy-engine.js"
PROGRAM = Program("gemini-core", "gemini-cli-core", node=f"{_CORE}/dist/src/{_ENGINE}")
_RUN = str(Path(__file__).with_name("gemini_policy.mjs"))
_POLICY = gemini.PLACES[gemini.POLICY]
_USERS = "/run/conform/policies/conform.toml"
_USER, _ADMIN = 4, 5
_OUTCOMES = {"deny": DENIED, "ask_user": ASKED}


class GeminiRules:
    """See `RuleChecker`."""

    name = gemini.NAME
    title = "PolicyEngine of Gemini CLI"

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `RuleChecker`. The program is the module of the engine."""
        path = find(PROGRAM, given, environ)
        node = shutil.which("node", path=environ.get("PATH"))
        if path is None or not path.endswith(f"/dist/src/{_ENGINE}"):
            return Absent(f"no {_CORE} from npm: name the folder that holds its node_modules with --engine or {PROGRAM.variable}")
        if node is None:
            return Absent("needs node on PATH")
        reason = sandbox.missing()
        if reason is not None:
            return Absent(reason)
        about = Path(path.removesuffix(f"/dist/src/{_ENGINE}"), "package.json")
        version = str(json.loads(about.read_text(encoding="utf-8"))["version"])
        beside = os.path.dirname(os.path.dirname(os.path.realpath(node)))
        return Engine(path, version, (folder_of(path), *([] if beside == "/usr" else [beside])))

    def takes(self, action: Mapping[str, Any]) -> bool:
        """What Gemini CLI has a tool for."""
        return expressible(find_lane(self.name), action)

    def check(self, engine: Engine, files: Mapping[str, bytes], calls: Sequence[Call]) -> list[Seen]:
        """See `RuleChecker`."""
        asked = {"policies": [[_POLICY, _ADMIN], [_USERS, _USER]], "calls": [_asked(call.action) for call in calls]}
        core = engine.program.removesuffix(f"/{_ENGINE}")
        env = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8"}
        step = Step(
            [_node(engine), _RUN, core], cwd="/tmp", env=env, timeout=120 + 0.5 * len(calls), stdin=json.dumps(asked),
            write={_POLICY: files[gemini.POLICY].decode(), _USERS: ALLOWED},
        )
        (done,) = sandbox.run(Spec(list(engine.readable), [step]))
        if done.code != 0:
            raise Refused(f"the policy engine of Gemini CLI broke down: {done.err.strip()[-800:]}")
        said = json.loads(done.out)
        if said["errors"]:
            raise Refused(f"Gemini CLI does not take the rendered policy: {json.dumps(said['errors'])[:800]}")
        return [read(each) for each in said["answers"]]


def read(answer: Mapping[str, Any]) -> Seen:
    """What became of a call. What no rule of the administrator's decided (a question about a line that can't be parsed) is Gemini's own
    doing, which does not count as protection."""
    if os.path.basename(_POLICY) not in (answer["source"] or ""):
        return Seen(RAN)
    outcome = _OUTCOMES.get(answer["decision"], RAN)
    return Seen(outcome, RULE if outcome != RAN else "")


def _asked(action: Mapping[str, Any]) -> dict[str, Any]:
    return {**tool_call(action), "server": action.get("server")}


def _node(engine: Engine) -> str:
    """The interpreter that was found beside the engine."""
    return next((f"{folder}/bin/node" for folder in engine.readable[1:]), "/usr/bin/node")
