"""The policies for Cerbos, on the real program: `cerbos compile`, which checks them, runs the rendered tests, and then tests that hold
every probe."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packgate.conform import sandbox
from packgate.conform.find import Program
from packgate.conform.oracles.oracle import Answer, Refused, Replies
from packgate.conform.probes import rank
from packgate.conform.spec import Spec, Step
from packgate.conform.started import find_agent
from packgate.render.targets import cerbos

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from packgate.conform.lane import Absent, Engine
    from packgate.conform.oracles.oracle import Question
    from packgate.conform.spec import Ran

PROGRAM = Program("cerbos", "cerbos", node=".bin/cerbos")
_STORE = "/run/conform/policies"
_ALLOW, _DENY = "EFFECT_ALLOW", "EFFECT_DENY"
# Seconds for loading, and for one question on a busy machine.
_START, _EACH = 60.0, 0.5
_PASSED = "RESULT_PASSED"


class Cerbos:
    """See `PolicyEngine`."""

    name = cerbos.NAME
    title = cerbos.TITLE

    def find(self, given: str | None, environ: Mapping[str, str]) -> Engine | Absent:
        """See `PolicyEngine`."""
        return find_agent(PROGRAM, "cerbos from npm", given, environ)

    def ask(self, engine: Engine, files: Mapping[str, bytes], questions: Sequence[Question]) -> Replies:
        """See `PolicyEngine`. Actions with the same facts are asked about once."""
        policy = files[cerbos.POLICY].decode()
        effects = {_key(each): _DENY if each.expected.stops else _ALLOW for each in questions}
        names = {given: f"q{number}" for number, given in enumerate(sorted(effects))}
        rendered = _compile(engine, policy, files[cerbos.TESTS].decode())
        tests = [(name, resource, details) for name, resource, _, details in _details(rendered)]
        said: dict[str, dict[str, Any]] = {}
        for _, resource, action, details in _details(_compile(engine, policy, _suite(names, effects))):
            said.setdefault(resource, {})[action] = details
        failed = [f"{name}: {resource}" for name, resource, details in tests if details["result"] != _PASSED]
        return Replies([read(said[names[_key(each)]]) for each in questions], len(tests), failed)


def read(said: Mapping[str, Any]) -> Answer | str:
    """The answer to a question from its two tests: the effect of all policies together, and what each that fired tells, name and mode."""
    told = said[cerbos.FIRED].get("success", {}).get("outputs", [])
    values = [output.get("val") or {} for output in told]
    decided = said[cerbos.DECIDE]
    effect = decided["success"]["effect"] if "success" in decided else decided.get("failure", {}).get("actual")
    if "success" not in said[cerbos.FIRED] or effect is None or not all({"policy", "mode"} <= set(each) for each in values):
        return json.dumps(said, sort_keys=True)
    mode = max((each["mode"] for each in values), key=rank, default=None)
    return Answer(tuple(sorted(each["policy"] for each in values)), mode, effect == _DENY)


def _key(question: Question) -> str:
    return json.dumps(question.input, sort_keys=True)


def _suite(names: Mapping[str, str], effects: Mapping[str, str]) -> str:
    """A test suite that asks about every input, by its JSON, for the effect of all policies together and for those that fire."""
    resources = {name: {"id": name, "kind": cerbos.KIND, "attr": json.loads(given)} for given, name in names.items()}
    expected = [
        {"principal": "agent", "resource": name, "actions": {cerbos.DECIDE: effects[given], cerbos.FIRED: _ALLOW}}
        for given, name in names.items()
    ]
    asked = {"principals": ["agent"], "resources": list(resources), "actions": [cerbos.DECIDE, cerbos.FIRED]}
    return json.dumps({
        "name": "probes", "principals": {"agent": {"id": "agent", "roles": ["agent"]}}, "resources": resources,
        "tests": [{"name": "probes", "input": asked, "expected": expected}],
    })


def _compile(engine: Engine, policy: str, suite: str) -> dict[str, Any]:
    """The results of a suite. Raises `Refused` when the policies don't compile or the suite was not run."""
    write = {f"{_STORE}/packgate.yaml": policy, f"{_STORE}/packgate_test.yaml": suite}
    argv = [engine.program, "compile", "--output", "json", "--color", "never", _STORE]
    env = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", "CERBOS_NO_TELEMETRY": "1"}
    limit = _START + _EACH * suite.count(cerbos.KIND)
    (done,) = sandbox.run(Spec(list(engine.readable), [Step(argv, env=env, timeout=limit, write=write)]))
    return _results(done)


def _results(done: Ran) -> dict[str, Any]:
    """What became of the one suite. A test that fails is no breakdown; policies that don't compile and tests that can't be read are."""
    try:
        (suite,) = json.loads(done.out)["suites"]
    except (ValueError, KeyError, TypeError) as error:
        raise Refused(f"Cerbos does not take what was rendered: {(done.err + done.out).strip()[-800:]}") from error
    if "testCases" not in suite:
        raise Refused(f"Cerbos does not take the tests: {json.dumps(suite)[:800]}")
    return suite  # type: ignore[no-any-return]


def _details(suite: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Test, resource, action and details of every result."""
    for test in suite["testCases"]:
        for principal in test["principals"]:
            for resource in principal["resources"]:
                for action in resource["actions"]:
                    yield test["name"], resource["name"], action["name"], action["details"]
