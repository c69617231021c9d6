"""What a recorded result was measured on, as digests, so that a result that no longer holds is noticed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results"

# Files that a figure can depend on. Comments count too: a digest can't know better.
INPUTS: dict[str, tuple[str, ...]] = {
    **{layer: (f"cli/packgate/{layer}/**/*.py",) for layer in (
        "shell", "facts", "engine", "model", "guard", "impact", "serve", "hook", "installation", "eventlog", "eventstore",
    )},
    # What of the model the shell works with.
    "values": ("cli/packgate/model/value.py", "cli/packgate/model/operation.py"),
    "composed": tuple(
        f"benchmarks/{name}.py" for name in ("compose*", "differential", "expansion", "explained*", "judges", "printed_form", "readings*")
    ),
    "formats": ("benchmarks/guard_*.yaml", "benchmarks/guard_*.py"),
    "catalog": ("cli/packgate/catalog/*.py", "cli/packgate/catalog/programs/*.yaml", "schema/vocabulary.yaml"),
    "packs": ("packs/**/*.yaml",),
    "recommended": ("packs/recommended/**/*.yaml",),
    "evasions": ("cli/packgate/testing/evasion.py", "cli/packgate/testing/evasions/*.py"),
    "payloads": ("cli/packgate/conform/payloads/*.py", "cli/packgate/conform/measure.py", "testcases/payloads/*/*.json"),
    "corpora": ("testcases/*.yaml", "testcases/benign/*.yaml", "testcases/attack/*.yaml"),
}
# What a benchmark does not read of these can't make its result stale; all of it, where nothing is said.
READS: dict[str, tuple[str, ...]] = {
    "differential": ("shell", "values", "composed"),
    "fuzz": ("shell", "facts", "catalog"),
    "hostile": ("shell", "facts", "catalog"),
    "engine_scale": ("engine", "model"),
    "diff": ("engine", "model", "impact"),
    "simulate": ("shell", "facts", "engine", "model", "catalog", "impact"),
    "simulate_ray": ("shell", "facts", "engine", "model", "catalog", "impact", "eventstore"),
    "guardrails": ("guard", "formats"),
    "serve": ("serve", "engine", "model"),
    "hook": ("shell", "facts", "engine", "model", "guard", "catalog", "recommended", "hook", "installation", "eventlog"),
    "eventlog": ("eventlog",),
    "mutate": ("shell", "facts", "engine", "model", "guard", "catalog", "packs"),
    "payloads": ("shell", "facts", "engine", "model", "guard", "catalog", "recommended", "hook", "evasions", "payloads"),
}

_OF_FEW = ("impact", "eventstore", "serve", "hook", "installation", "eventlog", "recommended", "values", "composed", "evasions", "payloads", "formats")
DEFAULT = tuple(kind for kind in INPUTS if kind not in _OF_FEW)
# A result for each agent and policy engine, `conform-codex`, and for the rules of an agent by its own checker: `conform-codex-rules`.
LANE, RULES = "conform-", "-rules"
# Policy engines, with what is rendered for them beside their own module. They decide over packgate's facts, which are inputs too.
ENGINES = {"opa": ("portable", "regex_text"), "cerbos": ("portable", "regex_text", "cel")}
_DECISION = ("shell", "facts", "engine", "model", "catalog")


def digest(patterns: tuple[str, ...]) -> str:
    """One digest over the names and contents of files."""
    total = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in ROOT.glob(pattern)}):
        content = path.read_bytes()
        total.update(f"{path.relative_to(ROOT).as_posix()}\0{len(content)}\0".encode())
        total.update(content)
    return f"sha256:{total.hexdigest()}"


def inputs(name: str) -> dict[str, str]:
    """The digest of every kind of input of a benchmark as it is now."""
    if name.startswith(LANE):
        return lane_inputs(name.removeprefix(LANE))
    return {kind: digest(INPUTS[kind]) for kind in READS.get(name, DEFAULT)}


def lane_inputs(lane: str) -> dict[str, str]:
    """What an agent is measured with: the pack, and what is rendered for it and said to it. A decision that changes by other code is seen
    by tests that need no agent. An engine is measured with packgate's facts."""
    target = lane.removesuffix(RULES)
    module = target.replace("-", "_")
    files = [f"cli/packgate/render/targets/{module}.py", f"cli/packgate/render/templates/{target}*"]
    files += [f"cli/packgate/render/{name}.py" for name in ENGINES.get(target, ())]
    found = {"packs": digest(("packs/recommended/**/*.yaml",)), "render": digest(tuple(files))}
    if target in ENGINES:
        return {**found, **{kind: digest(INPUTS[kind]) for kind in _DECISION}}
    return found if lane.endswith(RULES) else {**found, "dialects": digest((f"cli/packgate/hook/dialects/{module}.py",))}


def stale() -> dict[str, list[str]]:
    """Recorded results that no longer hold, each with the kinds of input that changed since. A result that names no inputs is
    a record of its day."""
    found: dict[str, list[str]] = {}
    for path in sorted(RESULTS.glob("*.json")):
        result: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        measured = result.get("inputs")
        if measured is None:
            continue
        changed = [kind for kind, value in inputs(path.stem).items() if measured.get(kind) != value]
        if changed:
            found[path.stem] = changed
    return found
