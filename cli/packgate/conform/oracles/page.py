"""What oracles said as a part of the protection matrix, from recorded results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.page import caught

if TYPE_CHECKING:
    from collections.abc import Mapping

_ENGINES = """
## Policy engines

Engines decide over packgate's facts. Each was given the rendered policies and the facts of every case, and of every way of writing with a
command of some policy. Counted are answers that are packgate's own: the same policies fire, the strictest mode is the same, and the
action runs or is stopped alike. *Policies*: how many of the pack's an engine has. *Known in part*: a value is not wholly known
(`/etc/$X`), which an engine matches as it is printed. *Tests*: those that are rendered beside the policies, run by the engine itself.
What is rendered for OPA was run on rego-cpp, not on OPA.

| engine | version | measured | extent | policies | cases | spellings | known in part | tests |
|---|---|---|---|---|---|---|---|---|
"""
_RULES = """
## Rules by the agents' own checkers

Two agents carry a program that holds a call against rules without the agent, so that every case can be tried. Codex's takes the words
of one command: it was asked about every command that packgate finds in a line, of which Codex itself sees fewer. What Gemini CLI asks
about by itself (a line that it can't parse) does not count here. *Wrongly stopped* has to be nothing: rules never stop what the pack lets
run.

| checker | version | measured | extent | cases | spellings | wrongly stopped |
|---|---|---|---|---|---|---|
"""


def oracle_page(results: Mapping[str, Any]) -> str:
    """Markdown of recorded results of oracles: ``{"measured": …, "figures": {"extent": …, "engine" or "rules": …}}``; empty for none."""
    engines = [result for result in results.values() if "engine" in result["figures"]]
    rules = [result for result in results.values() if "rules" in result["figures"]]
    parts = [_ENGINES, *map(_engine, engines), *_problems(engines)] if engines else []
    parts += [_RULES, *map(_checker, rules), *_wrong(rules)] if rules else []
    return "".join(parts)


def _engine(result: Mapping[str, Any]) -> str:
    figures = result["figures"]
    engine = figures["engine"]
    tests = engine["tests"]
    cells = [engine["title"], engine["version"], result["measured"], f"`{figures['extent']}`"]
    cells.append(f"{engine['policies']}/{engine['policies'] + len(engine['left'])}")
    cells += [f"{engine[key]['agreed']}/{engine[key]['asked']}" for key in ("cases", "spellings", "partly")]
    cells.append(f"{tests['run'] - len(tests['failed'])}/{tests['run']}")
    return f"| {' | '.join(cells)} |\n"


def _checker(result: Mapping[str, Any]) -> str:
    figures = result["figures"]
    rules = figures["rules"]
    cells = [rules["title"], rules["version"], result["measured"], f"`{figures['extent']}`"]
    cells += [caught(rules["native"], (group,)) for group in ("must_fire", "spellings")]
    cells.append(str(sum(group["wrong"] for group in rules["native"].values())))
    return f"| {' | '.join(cells)} |\n"


def _problems(engines: list[Mapping[str, Any]]) -> list[str]:
    found = []
    for each in engines:
        engine = each["figures"]["engine"]
        named = {"differs": [item["name"] for item in engine["differs"]], "fails tests": engine["tests"]["failed"],
                 "differs where values are known in part": [item["name"] for item in engine["partly_differs"]],
                 "left to packgate": [f"{policy}: {reason}" for policy, reason in sorted(engine["left"].items())]}
        found += [f"- {engine['title']}, {title}: {_listed(names)}\n" for title, names in named.items() if names]
    return ["\n", *found] if found else []


def _wrong(rules: list[Mapping[str, Any]]) -> list[str]:
    found = [each["figures"]["rules"] for each in rules if each["figures"]["rules"]["wrong"]["native"]]
    lines = [f"- {each['title']}, wrongly stopped: {_listed(each['wrong']['native'])}\n" for each in found]
    return ["\n", *lines] if lines else []


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
