"""Suppression, crashing rules, order, and what the runner says about suppressions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from packgate.diagnostics import Diagnostic, Severity
from packgate.lint.context import LintContext
from packgate.lint.registry import RULES
from packgate.lint.rule import Finding, Rule
from packgate.lint.runner import Selection, lint
from packgate.lint.targets import open_targets

POLICY = """\
policies:
  - id: force-push{id_comment}
    title: Rewrite a branch on the remote.{title_comment}
    impact: risky
    rationale: Overwriting what others have pushed destroys their work.
    when: [git-action]
    if: {{operation: force-push}}
{above}    then: audit{then_comment}
"""


def context_of(path: Path, text: str) -> LintContext:
    file = path / "policies.yaml"
    file.write_text(text)
    (target,) = open_targets([str(file)], today="2026-03-01", cache=None, default_pack="recommended")
    assert target.diagnostics == []
    return target.context


def run(path: Path, selection: Selection | None = None, head: str = "", **comments: str) -> list[Diagnostic]:
    parts = {"id_comment": "", "title_comment": "", "then_comment": "", "above": "", **comments}
    context = context_of(path, head + POLICY.format(**parts))
    return lint(context, selection or Selection(ignore=("PG20",)))


def codes(found: list[Diagnostic]) -> list[str]:
    return [item.code for item in found]


def test_without_suppression_both_are_found(tmp_path: Path) -> None:
    assert codes(run(tmp_path)) == ["PG217", "PG210"]


@pytest.mark.parametrize(
    "comments",
    [
        {"then_comment": "  # packgate: ignore[PG210] the server blocks"},
        {"above": "    # packgate: ignore[PG210] the server blocks\n"},
        {"above": "    # packgate: ignore[PG210] the server blocks\n    # and so on\n\n"},
    ],
)
def test_a_line_is_suppressed(tmp_path: Path, comments: dict[str, str]) -> None:
    assert codes(run(tmp_path, **comments)) == ["PG217"]


@pytest.mark.parametrize(
    "comments",
    [
        {"id_comment": "  # packgate: ignore[PG210, PG217] the server blocks"},
        {"head": "# packgate: ignore-file[PG217,PG210] taken over as it was\n# and more\n"},
        {"head": "---\n# packgate: ignore-file[PG217,PG210] taken over as it was\n"},
    ],
)
def test_a_policy_and_a_file_are_suppressed(tmp_path: Path, comments: dict[str, str]) -> None:
    assert codes(run(tmp_path, **comments)) == []


def test_an_item_ends_where_the_next_begins(tmp_path: Path) -> None:
    second = POLICY.format(id_comment="", title_comment="", then_comment="", above="").partition("\n")[2].replace("force-push", "clean", 1)
    first = POLICY.format(id_comment="  # packgate: ignore[PG210] ok", title_comment="", then_comment="", above="")
    found = lint(context_of(tmp_path, first + second), Selection(select=("PG210", "PG290")))
    assert [(item.code, item.position.line) for item in found] == [("PG210", 15)]


def test_a_suppression_elsewhere_is_unused_and_can_be_removed(tmp_path: Path) -> None:
    found = run(tmp_path, title_comment="  # packgate: ignore[PG210] the server blocks")
    assert codes(found) == ["PG217", "PG290", "PG210"]
    unused = found[1]
    assert unused.fix is not None
    (edit,) = unused.fix.edits
    text = (tmp_path / "policies.yaml").read_text()
    assert text[edit.start : edit.end] == "  # packgate: ignore[PG210] the server blocks"


def test_of_several_codes_only_the_idle_ones_go(tmp_path: Path) -> None:
    found = run(tmp_path, then_comment="  # packgate: ignore[PG210, PG217] the server blocks")
    (unused,) = [item for item in found if item.code == "PG290"]
    assert unused.fix is not None
    assert unused.fix.edits[0].text == "PG210"


def test_a_rule_that_does_not_run_leaves_its_suppressions_alone(tmp_path: Path) -> None:
    comment = "  # packgate: ignore[PG212] not loud"
    assert "PG290" not in codes(run(tmp_path, Selection(ignore=("PG20", "PG212")), then_comment=comment))
    assert "PG290" in codes(run(tmp_path, then_comment=comment))


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("  # packgate: ignore[PG210]", "PG291"),
        ("  # packgate: ignore PG210 why", "PG292"),
        ("  # packgate: ignore[] why", "PG292"),
        ("  # packgate: ignore[PG21] why", "PG292"),
        ("  # packgate: ignore[PG110] why", "PG292"),
        ("  # packgate: ignore-file[PG210] why", "PG292"),
        ("  # PACKGATE: ignore[PG210] why", "PG292"),
        ("  # packgate:ignored[PG210] why", "PG292"),
    ],
)
def test_what_is_wrong_with_a_suppression(tmp_path: Path, comment: str, code: str) -> None:
    assert code in codes(run(tmp_path, then_comment=comment))


def test_text_that_looks_like_a_suppression_is_none(tmp_path: Path) -> None:
    text = POLICY.format(id_comment="", title_comment="", then_comment="", above="")
    text += "    message: |\n      Write it so:\n      # packgate: ignore[PG210] reason\n"
    assert "PG210" in codes(lint(context_of(tmp_path, text)))
    assert "PG290" not in codes(lint(context_of(tmp_path, text)))


def test_findings_about_suppressions_cannot_be_suppressed(tmp_path: Path) -> None:
    found = run(tmp_path, head="# packgate: ignore-file[PG291] why\n", then_comment="  # packgate: ignore[PG210]")
    assert "PG291" in codes(found)


def test_a_rule_that_crashes_is_a_finding(tmp_path: Path) -> None:
    def broken(_context: LintContext) -> Iterator[Finding]:
        raise KeyError("token=ghp_0123456789012345678901234567890123456789")
        yield

    context = context_of(tmp_path, POLICY.format(id_comment="", title_comment="", then_comment="", above=""))
    rules = (Rule("PG270", "broken", "Broken", Severity.WARNING, "x", broken), *RULES)
    found = lint(context, Selection(ignore=("PG20",)), rules)
    assert codes(found) == ["PG299", "PG217", "PG210"]
    assert found[0].severity is Severity.ERROR
    assert "KeyError" in found[0].message
    assert "ghp_0123" not in found[0].message


def test_the_same_input_gives_the_same_findings(tmp_path: Path) -> None:
    assert run(tmp_path) == run(tmp_path)


def test_selection_by_prefix() -> None:
    assert Selection(select=("PG21",)).includes("PG217")
    assert not Selection(select=("PG21",)).includes("PG221")
    assert not Selection(select=("PG21",), ignore=("PG217",)).includes("PG217")
    assert Selection().includes("PG201")
