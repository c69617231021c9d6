"""What oracles said, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from packgate.conform.page import caught

if TYPE_CHECKING:
    from collections.abc import Mapping

_GROUPS = (("cases", "cases"), ("spellings", "spellings"), ("partly", "known only in part"))
_RULES = (("must_fire", "cases that must fire"), ("spellings", "spellings"))


def oracle_text(data: Mapping[str, Any]) -> str:
    """A block for each policy engine, then one for each checker of an agent's rules."""
    lines: list[str] = []
    for name, engine in data["engines"].items():
        lines += _engine(name, engine, data["pack"])
    for name, rules in data["rules"].items():
        lines.append(f"{name} ({rules['title']} {rules['version']}), pack {data['pack']}")
        lines += [f"  {title:24} rules alone {caught(rules['native'], (group,)):>10}" for group, title in _RULES]
        lines += [f"  wrongly stopped (rules alone): {each}" for each in rules["wrong"]["native"]]
    return "".join(line + "\n" for line in lines)


def _engine(name: str, engine: Mapping[str, Any], pack: str) -> list[str]:
    size = f"{engine['policies']} policies, {len(engine['left'])} left to packgate"
    lines = [f"{name} ({engine['title']} {engine['version']}), pack {pack}: {size}"]
    lines += [f"  {title:24} as packgate says {engine[key]['agreed']:>5}/{engine[key]['asked']}" for key, title in _GROUPS]
    lines.append(f"  {'rendered tests':24} passed {engine['tests']['run'] - len(engine['tests']['failed']):>13}/{engine['tests']['run']}")
    lines += [f"  failed: {each}" for each in engine["tests"]["failed"]]
    for key, title in (("differs", "differs"), ("partly_differs", "differs, known only in part")):
        lines += [f"  {title}: {each['name']}: packgate {_said(each['packgate'])}; engine {_said(each['engine'])}" for each in engine[key]]
    return lines


def _said(answer: Mapping[str, Any] | str) -> str:
    if isinstance(answer, str):
        return answer
    return f"{answer['mode'] or 'silent'} ({', '.join(answer['policies'])})" if answer["policies"] else "silent"
