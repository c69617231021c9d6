"""The policies for Open Policy Agent, on a real Rego engine: rego-cpp, by the Python package `regopy`. OPA itself is another program."""

from __future__ import annotations

import glob
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from packgate.conform import sandbox
from packgate.conform.find import Program
from packgate.conform.lane import Absent, Engine
from packgate.conform.oracles.oracle import Answer, Refused, Replies
from packgate.conform.spec import Spec, Step
from packgate.conform.started import located
from packgate.render.targets import opa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from packgate.conform.oracles.oracle import Question
    from packgate.conform.spec import Ran

PROGRAM = Program("opa", "regopy", package="regopy", inside="__init__.py")
_RUN = str(Path(__file__).with_name("rego_run.py"))
_QUERY = "data.packgate.decision"
# Seconds for one input, on a busy machine.
_EACH = 2.0


class Opa:
    """See `PolicyEngine`."""

    name = opa.NAME
    title = "Rego (rego-cpp)"

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `PolicyEngine`. The program is the package's `__init__.py`."""
        absent = f"no Python package `regopy`: name its environment with --engine or {PROGRAM.variable}, or install it"
        path = located(PROGRAM, absent, given, environ)
        if isinstance(path, Absent):
            return path
        packages = os.path.dirname(os.path.dirname(path))
        engine = Engine(path, "", (packages, *_interpreter(packages)[1]))
        done = _run(engine, "", 60)
        if done.code != 0:
            return Absent(f"{path} can't be loaded: {done.err.strip()[-200:]}")
        return Engine(path, json.loads(done.out)["version"], engine.readable)

    def ask(self, engine: Engine, files: Mapping[str, bytes], questions: Sequence[Question]) -> Replies:
        """See `PolicyEngine`. Actions with the same facts are asked about once."""
        inputs = {json.dumps(each.input, sort_keys=True): each.input for each in questions}
        tests = {name: f"packgate_test/test_{name.replace('-', '_')}" for name in json.loads(files[opa.CASES])["packgate_cases"]}
        asked = {
            "modules": {"policy": files[opa.POLICY].decode(), "tests": files[opa.TESTS].decode()},
            "data": [files[opa.DATA].decode(), files[opa.CASES].decode()],
            "query": _QUERY, "inputs": list(inputs.values()), "tests": list(tests.values()),
        }
        done = _run(engine, json.dumps(asked), 120 + _EACH * (len(inputs) + len(tests)))
        if done.code != 0:
            raise Refused(f"{self.title} does not take the rendered policies: {done.err.strip()[-800:]}")
        said = json.loads(done.out)
        answers = dict(zip(inputs, map(read, said["answers"]), strict=True))
        failed = [name for name, right in zip(tests, said["tests"], strict=True) if not right]
        return Replies([answers[json.dumps(each.input, sort_keys=True)] for each in questions], len(tests), failed)


def read(said: Any) -> Answer | str:
    """A decision of the rendered policies."""
    if not isinstance(said, dict) or "decision" not in said:
        return json.dumps(said)
    return Answer(tuple(said["policy_ids"]), said["mode"], said["decision"] != "allow")


def _run(engine: Engine, asked: str, timeout: float) -> Ran:
    packages = os.path.dirname(os.path.dirname(engine.program))
    argv = [_interpreter(packages)[0], "-I", _RUN, packages]
    (done,) = sandbox.run(Spec(list(engine.readable), [Step(argv, env={"LANG": "C.UTF-8"}, timeout=timeout, stdin=asked)]))
    return done


def _interpreter(packages: str) -> tuple[str, tuple[str, ...]]:
    """The Python of the environment that the package is installed in, and the folders that it needs; ours where there is none."""
    prefix = os.path.dirname(os.path.dirname(os.path.dirname(packages)))
    for path in sorted(glob.glob(os.path.join(glob.escape(prefix), "bin", "python3"))):
        base = os.path.dirname(os.path.dirname(os.path.realpath(path)))
        return path, tuple(folder for folder in (prefix, base) if folder != "/usr" and not folder.startswith("/usr/"))
    return sys.executable, ()
