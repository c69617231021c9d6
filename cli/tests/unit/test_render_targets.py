"""What holds for every target: never wider than the hook, the same bytes, events that the hook knows, schemas that are held."""

import json
from pathlib import Path
from typing import Any

import pytest
from render_repository import subject_of, write_repository

from packgate.errors import UserError
from packgate.hook.dialects import MODULES as DIALECTS
from packgate.hook.dialects import dialect
from packgate.render.answers import RANK
from packgate.render.options import Settings
from packgate.render.rendered import Rendered, all_files, render
from packgate.render.report import report
from packgate.render.target import ENGINE
from packgate.render.targets import TARGETS, find_target
from packgate.render.writing import validated

AGENTS = tuple(name for name in TARGETS if find_target(name).SUPPORT != ENGINE)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Rendered]:
    return render(subject_of(write_repository(tmp_path_factory.mktemp("demo"))), TARGETS, Settings())


@pytest.mark.parametrize("name", AGENTS)
def test_nothing_native_stops_what_the_hook_lets_run(everything: dict[str, Rendered], name: str) -> None:
    target, plan = find_target(name), everything[name].plan
    assert plan.rules
    for known in plan.candidates.known.all:
        for rule in plan.rules:
            if rule.spelling is not None:
                stops = any(target.command_matches(each, known.texts, known.calls) for each in rule.patterns)
            else:
                stops = any(tool == rule.tool and target.path_matches(each, path) for tool, path in known.files for each in rule.patterns)
            assert not stops or RANK[known.answer] >= RANK[rule.answer], (known.label, rule.patterns)


@pytest.mark.parametrize("name", AGENTS)
def test_native_rules_match_what_they_are_about(everything: dict[str, Rendered], name: str) -> None:
    target, plan = find_target(name), everything[name].plan
    for rule in plan.rules:
        if rule.spelling is not None:
            words = (*rule.spelling.words, *([rule.spelling.option] if rule.spelling.option else []), "zz")
            assert any(target.command_matches(each, [" ".join(words)], [words]) for each in rule.patterns), rule


def test_the_same_bytes_every_time(everything: dict[str, Rendered], tmp_path: Path) -> None:
    again = render(subject_of(write_repository(tmp_path)), TARGETS, Settings())
    assert all_files(again) == all_files(everything)


@pytest.mark.parametrize("name", sorted(set(AGENTS) & set(DIALECTS)))
def test_every_event_of_the_hook_is_rendered(name: str) -> None:
    try:
        known = dialect(name).EVENTS
    except ModuleNotFoundError:
        pytest.skip(f"there is no dialect of {name}")
    assert set(find_target(name).EVENTS) == set(known)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", TARGETS)
def test_every_file_has_its_place(everything: dict[str, Rendered], name: str) -> None:
    assert set(everything[name].files) <= set(find_target(name).PLACES)


@pytest.mark.parametrize("schema", sorted(path.name.removesuffix(".schema.json") for path in (
    Path(__file__).resolve().parents[2] / "packgate" / "render" / "schemas").glob("*.json")))
def test_schemas_are_strict(schema: str) -> None:
    for wrong in ({"unknown": 1}, [], None):
        with pytest.raises(UserError, match="the file"):
            validated(wrong, schema, "the file")


def test_files_that_are_json_are_json(everything: dict[str, Rendered]) -> None:
    found: dict[str, Any] = {name: json.loads(data) for name, data in all_files(everything).items() if name.endswith(".json")}
    assert found


def test_what_an_agent_cannot_express_is_in_the_report(everything: dict[str, Rendered]) -> None:
    found = {name: json.loads(report({name: each}, "json"))[name] for name, each in everything.items() if name in AGENTS}
    volumes = {name: next(each for each in data["policies"] if each["policy"] == "volumes")["lowered"] for name, data in found.items()}
    assert volumes["claude-code"] == []
    assert [(each["wanted"], each["carried_out"]) for each in volumes["codex"]] == [("ask", "deny")]
    assert "ask becomes deny (act): " in report({"codex": everything["codex"]}, "text")
    told = next(each for each in found["amp"]["policies"] if each["policy"] == "told")["lowered"]
    assert [(each["wanted"], each["carried_out"]) for each in told] == [("warn", "allow")]
