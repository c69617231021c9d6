"""A stage is set where it stands, and no other byte changes."""

from __future__ import annotations

import difflib

import pytest

from packgate.source.edit import set_assignment_stage, set_stage
from packgate.source.edited import EditRefused
from packgate.source.yaml import parse_yaml

COMMENTED = """\
# Who changes this: the platform team.
pack: audit   # the rest

threats:
    # measured in March
    force-push: "warn"    # until the report

policies:
    'drop-table': 'audit'
# the end
"""


def added(before: str, after: str) -> list[str]:
    """The lines of a difference, without its head."""
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), n=0)
    return [line for line in lines if not line.startswith(("---", "+++", "@@"))]


def test_a_value_is_replaced_in_its_quotes() -> None:
    after = set_stage(COMMENTED, "threats", "force-push", "block")
    assert after == COMMENTED.replace('"warn"', '"block"')


def test_an_entry_is_added_beside_the_others() -> None:
    after = set_stage(COMMENTED, "policies", "secret-read", "warn")
    assert added(COMMENTED, after) == ["+    'secret-read': 'warn'\n"]
    assert after.endswith("    'drop-table': 'audit'\n    'secret-read': 'warn'\n# the end\n")


def test_a_section_is_added_with_the_files_indentation() -> None:
    before = "pack: audit\n\nthreats:\n   a-b: warn\n"
    after = set_stage(before, "policies", "x", "block")
    assert after == before + "\npolicies:\n   x: block\n"


def test_the_pack_is_set_or_added() -> None:
    assert set_stage(COMMENTED, "pack", None, "block") == COMMENTED.replace("pack: audit ", "pack: block ")
    assert set_stage("policies: {}\n", "pack", None, "warn") == "policies: {}\npack: warn\n"


@pytest.mark.parametrize(("before", "after"), [
    ("policies: {a: warn}\n", "policies: {a: warn, x: block}\n"),
    ("policies: {a: warn,}\n", "policies: {a: warn, x: block,}\n"),
    ("policies: { a: warn }  # c\n", "policies: { a: warn, x: block }  # c\n"),
    ("policies: {}\n", "policies: {x: block}\n"),
    ("policies:\n  {\n    a: warn\n  }\n", "policies:\n  {\n    a: warn,\n    x: block\n  }\n"),
    ('{"policies":{"a":"warn"}}', '{"policies":{"a":"warn", "x":"block"}}'),
    ('{"pack": "audit"}\n', '{"pack": "audit", "policies": {"x": "block"}}\n'),
    ("{threats: {a: warn}}\n", "{threats: {a: warn}, policies: {x: block}}\n"),
    ("policies:\n", "policies:\n  x: block\n"),
    ("policies:  # none\nthreats: {a: warn}\n", "policies:  # none\n  x: block\nthreats: {a: warn}\n"),
    ("policies: ~\n", "policies: {x: block}\n"),
    ("policies:\n  x:\n", "policies:\n  x: block\n"),
    ("policies:\n  x: |-\n    warn\n  a: audit\n", "policies:\n  x: block\n  a: audit\n"),
    ("policies:\r\n  a: warn\r\n", "policies:\r\n  a: warn\r\n  x: block\r\n"),
    ("policies:\n  a: warn", "policies:\n  a: warn\n  x: block\n"),
    ("\ufeffpolicies:\n  a: warn\n", "\ufeffpolicies:\n  a: warn\n  x: block\n"),
    ("---\npack: audit\n", "---\npack: audit\npolicies:\n  x: block\n"),
    ("pack: audit\n...\n", "pack: audit\npolicies:\n  x: block\n...\n"),
    ("# empty\n", "# empty\npolicies:\n  x: block\n"),
    ("threats: {a: warn,\n  b: warn}\n", "threats: {a: warn,\n  b: warn}\npolicies:\n  x: block\n"),
    ("threats: {\n  a: warn\n}\n", "threats: {\n  a: warn\n}\npolicies:\n  x: block\n"),
    ("policies:\n  'null': warn\n", "policies:\n  'null': warn\n  'x': block\n"),
])
def test_every_style(before: str, after: str) -> None:
    assert set_stage(before, "policies", "x", "block") == after


def test_a_name_that_yaml_would_not_read_as_text() -> None:
    assert set_stage("policies:\n  a: warn\n", "policies", "null", "warn") == 'policies:\n  a: warn\n  "null": warn\n'


def test_a_new_file() -> None:
    text = set_stage(None, "threats", "force-push", "warn")
    assert text.startswith("# yaml-language-server: $schema=")
    assert text.endswith("\nthreats:\n  force-push: warn\n")


def test_a_stage_that_stands_already_changes_nothing() -> None:
    assert set_stage(COMMENTED, "threats", "force-push", "warn") == COMMENTED


@pytest.mark.parametrize("text", [
    "policies: [a]\n", "- a\n", "policies:\n  x: {a: b}\n", "policies:\n  a: 1\n  a: 2\n", "policies: &a {x: warn}\n", "policies: {", "x",
])
def test_what_can_not_be_edited_is_refused(text: str) -> None:
    with pytest.raises(EditRefused):
        set_stage(text, "policies", "x", "block")


def test_names_and_stages_that_do_not_exist() -> None:
    with pytest.raises(ValueError, match="stage"):
        set_stage("", "pack", None, "enforce")
    for key, name in (("pack", "x"), ("policies", None), ("layers", "x")):
        with pytest.raises(ValueError, match="no place"):
            set_stage("", key, name, "warn")


ASSIGNMENTS = """\
assignments:
  # the pilot
  - name: pilot
    pack: recommended
    for: {team: payments}   # since May
    stage: 'audit'
  - {pack: recommended, name: rest, stage: audit}
"""


def test_the_stage_of_an_assignment() -> None:
    assert set_assignment_stage(ASSIGNMENTS, "pilot", "warn") == ASSIGNMENTS.replace("'audit'", "'warn'")
    assert set_assignment_stage(ASSIGNMENTS, "rest", "block") == ASSIGNMENTS.replace("rest, stage: audit", "rest, stage: block")
    with pytest.raises(EditRefused, match="no assignment has the name 'pilots'"):
        set_assignment_stage(ASSIGNMENTS, "pilots", "warn")
    with pytest.raises(EditRefused, match="2 assignments have"):
        set_assignment_stage(ASSIGNMENTS.replace("rest", "pilot"), "pilot", "warn")
    assert parse_yaml(ASSIGNMENTS, "x").data["assignments"][1]["name"] == "rest"
