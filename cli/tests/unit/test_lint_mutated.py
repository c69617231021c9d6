"""Whatever a pack says, lint answers with findings: mutated packs and fixtures crash neither a rule nor a fix."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from packgate.lint.fix import plan
from packgate.lint.runner import lint
from packgate.lint.targets import open_targets

ROOT = Path(__file__).resolve().parents[3]
FILES = sorted([*ROOT.glob("packs/*/policies/*.yaml"), *ROOT.glob("packs/*/pack.yaml"), *ROOT.glob("testcases/lint/*/fail/**/*.yaml")])
JUNK: list[Any] = [
    None, "", [], {}, 1, -1, True, "x", ["a", "a"], {"regex": "("}, {"regex": "$a^"}, {"cidr": "1/99"}, {"not": "*"}, {"all": ["*"]},
    {"list": "nope"}, {"detector": "x"}, "**", "*", "a.", "{a", "[", "refs/heads/main", "a/../b", "2020-02-30", "é" * 500,
    "# packgate: ignore[PG210]",
]


def _places(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from _places(value, (*path, key))


def _mutate(data: Any, chance: random.Random) -> None:
    places = list(_places(data))
    if not places:
        return
    *above, last = chance.choice(places)
    container = data
    for step in above:
        container = container[step]
    if chance.random() < 0.25:
        del container[last]
    else:
        container[last] = copy.deepcopy(chance.choice(JUNK))


@pytest.mark.parametrize("seed", range(60))
def test_mutated_files_are_linted(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    source = chance.choice(FILES)
    data = yaml.safe_load(source.read_text())
    if isinstance(data.get("policies"), list) and len(data["policies"]) > 3:
        data["policies"] = chance.sample(data["policies"], 3)
    for _ in range(chance.randint(1, 3)):
        _mutate(data, chance)
    path = tmp_path / source.name
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    for target in open_targets([str(path)], today="2026-03-01", cache=None, default_pack="recommended"):
        found = lint(target.context)
        assert not [item.message for item in found if item.code == "PG299"]
        plan(found, target.context.files)
