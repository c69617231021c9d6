"""Rendered files in bundles: built alike, held against the commit, and rendered again from what was pulled."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bundle_maker import write_pack

from packgate.bundle.activation import activate, stage
from packgate.bundle.build import Built, Facts, build
from packgate.bundle.rendering import from_bundles, target_files
from packgate.bundle.same_content import check_content
from packgate.bundle.unproven import ReleaseDisagrees
from packgate.bundle.verify import Bundle, read_bundle
from packgate.release.content import Content
from packgate.source.workspace import load_workspace

if TYPE_CHECKING:
    from packgate.source.workspace import Workspace

SETTINGS = "version: 1\ntargets:\n  claude-code: {hook: /opt/packgate/hook}\n"
MEMBER = "targets/claude-code/managed-settings.d/20-packgate.json"
CREATED = "2026-01-01T00:00:00Z"


def space_of(root: Path, settings: str = SETTINGS) -> Workspace:
    policies = write_pack(root, "demo", "main") / "policies" / "all.yaml"
    policies.write_text(policies.read_text().replace(", branch: main", ""))
    (root / "packgate.yaml").write_text(settings)
    return load_workspace(str(root), [str(root / "packs" / "demo")])


def built(space: Workspace, at: str = "block") -> Built:
    return build(space, space.results[0], Facts(at, 1, CREATED, tag="demo/v1.0.0-block", commit="a" * 40), targets=target_files(space, at))


def content(root: Path, space: Workspace) -> Content:
    return Content("demo", "a" * 40, root, str(root), space)


def test_what_the_settings_name_is_in_the_bundle(tmp_path: Path) -> None:
    bundle = read_bundle(built(space_of(tmp_path)).data)
    settings = json.loads(bundle.members[MEMBER])
    assert settings["hooks"]["PreToolUse"][0]["hooks"][0]["command"] == "/opt/packgate/hook"
    assert "Bash(git push --force *)" in settings["permissions"]["deny"]


def test_two_builds_are_alike(tmp_path: Path) -> None:
    assert built(space_of(tmp_path / "a")).data == built(space_of(tmp_path / "b")).data


def test_without_targets_nothing_is_rendered(tmp_path: Path) -> None:
    assert target_files(space_of(tmp_path, "version: 1\n"), "block") == {}


def test_the_stage_of_the_release_counts(tmp_path: Path) -> None:
    bundle = read_bundle(built(space_of(tmp_path), "warn").data)
    assert json.loads(bundle.members[MEMBER])["permissions"]["deny"] == []


def changed(bundle: Bundle, member: str, data: bytes | None) -> Bundle:
    members = {name: each for name, each in bundle.members.items() if name != member}
    return replace(bundle, members=members if data is None else {**members, member: data})


def test_rendered_files_are_held_against_the_commit(tmp_path: Path) -> None:
    space = space_of(tmp_path)
    bundle = read_bundle(built(space).data)
    check_content(bundle, content(tmp_path, space))
    for other in (changed(bundle, MEMBER, b"{}\n"), changed(bundle, MEMBER, None), changed(bundle, "targets/codex/requirements.toml", b"")):
        with pytest.raises(ReleaseDisagrees, match="targets/"):
            check_content(other, content(tmp_path, space))


def test_another_builder_cannot_be_held_against_the_commit(tmp_path: Path) -> None:
    space = space_of(tmp_path)
    bundle = read_bundle(built(space).data)
    said = bundle.members["provenance.json"].replace(b"pkg:pypi/packgate@", b"pkg:pypi/packgate@9")
    with pytest.raises(ReleaseDisagrees, match="another version of packgate"):
        check_content(changed(bundle, "provenance.json", said), content(tmp_path, space))


def test_what_was_pulled_is_rendered_from_its_own_sources(tmp_path: Path) -> None:
    from packgate.render.options import Settings
    from packgate.render.rendered import render

    made = built(space_of(tmp_path / "repository"))
    into = tmp_path / "bundles"
    into.mkdir()
    place = stage(str(into))
    Path(place, made.name).write_bytes(made.data)
    activate(str(into), place, "one", [read_bundle(made.data)], {"demo": made.name}, False, CREATED)
    subject = from_bundles(str(into))
    assert {case.policy for case in subject.cases} == {"demo-force"}
    rules = render(subject, ["claude-code"], Settings())["claude-code"].plan.rules
    assert "Bash(git push --force *)" in {pattern for rule in rules for pattern in rule.patterns}
