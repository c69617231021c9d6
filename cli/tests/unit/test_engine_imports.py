"""What `packgate.engine` loads: each module costs the hook a cold start."""

import importlib
import subprocess
import sys
from pathlib import Path

CLI = Path(__file__).resolve().parents[2]

# Everything that importing the engine may load beside its own modules and those of `packgate.model`.
ALLOWED = {"__future__", "packgate"}
# Compiled modules share a library, which is found by Python's own means.
if not importlib.import_module("packgate.engine.decide").__file__.endswith(".py"):
    ALLOWED |= {"warnings", *(name for name in sys.modules if name.endswith("__mypyc") or name.split(".")[0] == "importlib")}

SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
before = set(sys.modules)
import packgate.engine
{more}
print("\\n".join(sorted(set(sys.modules) - before)))
"""

DECISION = """
from packgate.model.action import shell_action
from packgate.model.operation import Analysis, Operation
from packgate.model.policy import Condition, Outcome, Pack, Pattern, Policy
from packgate.model.value import Hole, join
patterns = (Pattern("glob", "[a-z]*.{pem,key}"), Pattern("regex", "^/srv/(a|b)+"), Pattern("glob", "~/.ssh/**"))
policy = Policy("p", "k", ("read-file",), Outcome("block"), ((Condition("path", patterns),),))
engine = packgate.engine.compile_packs([Pack("k", "1", (policy,))], {"path": "path"})
operations = [Operation(("read-file",), {"path": (value,)}) for value in ("/srv/x.pem", join(["/srv/", Hole()]))]
found = packgate.engine.decide(shell_action("x", home="/h"), Analysis(operations, []), engine, decision_id="d")
assert packgate.engine.to_json(found)["policy_ids"] == ["p"]
"""


def loaded(more=""):
    """Modules that a fresh interpreter loads for it, without site-packages."""
    command = [sys.executable, "-I", "-S", "-E", "-c", SCRIPT.replace("{more}", more), str(CLI)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()


def foreign(modules):
    return [
        name for name in modules
        if name not in ALLOWED and not name.startswith(("packgate.engine", "packgate.model"))
    ]


def test_importing_the_engine_loads_only_its_own_modules():
    modules = loaded()
    assert "packgate.engine.decide" in modules
    assert foreign(modules) == []


def test_a_decision_with_globs_and_regular_expressions_loads_nothing_more():
    assert foreign(loaded(DECISION)) == []
