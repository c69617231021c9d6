"""Every format over the same findings, hostile text included."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packgate.diagnostics import Diagnostic, Edit, Fix, Position, Severity
from packgate.report import FORMATS, Check, make_report, render, write
from packgate.report.plain import underline, visible, width
from packgate.source import codes

ERROR = Diagnostic(
    "PG103", "policy 'p': then: 'blok' is not one of audit, warn, block", Position("packs/a.yaml", 9, 11, 9, 15),
    excerpt="    then: blok", hint="did you mean 'block'?",
    fix=Fix("write block", (Edit("packs/a.yaml", 120, 124, "block"),)),
)
WARNING = Diagnostic("PG018", "this file is not read", Position("packs/b.bak"), Severity.WARNING)
INFO = Diagnostic("PG900", "for your information", Position("packs/a.yaml", 2, 1), Severity.INFO)
HOSTILE = Diagnostic(
    "PG101", "unknown key '\x1b[2J%0A::error::x | <b> `c` @all ]]>&\u202e'", Position("dir, x:%/\x1b]0;b.yaml", 3, 2, 3, 4),
    excerpt="\t\x07<&\"'`|\u202e", hint="line one\nline two\r",
)
ALL = [WARNING, INFO, HOSTILE, ERROR]


def test_text_has_place_code_message_mark_and_hint():
    assert render([ERROR, WARNING]) == (
        "packs/a.yaml:9:11: error PG103 policy 'p': then: 'blok' is not one of audit, warn, block\n"
        "    9 |     then: blok\n"
        "      |           ^^^^\n"
        "      = did you mean 'block'?\n"
        "packs/b.bak:1:1: warning PG018 this file is not read\n"
        "\n"
        "1 error, 1 warning\n"
    )


@pytest.mark.parametrize(("excerpt", "column", "end", "mark"), [
    ("key: value", 6, 11, "     ^^^^^"), ("\tkey: v", 2, 5, "    ^^^"), ("日本: x", 5, 6, "      ^"), ("日本: x", 1, 3, "^^^^"),
    ("e\u0301: x", 5, 6, "   ^"), ("abc", 4, None, "   ^"), ("abc", 1, 100, "^^^"), ("abc", 9, None, None), ("", 1, 1, "^"),
])
def test_the_mark_stands_under_the_text(excerpt, column, end, mark):
    assert underline(excerpt, column, end) == mark


def test_a_mark_never_stands_under_escaped_or_cut_text():
    lines = render([HOSTILE]).splitlines()
    assert not any("^" in line for line in lines)
    cut = Diagnostic("PG101", "m", Position("f", 1, 300, 1, 305), excerpt="x" * 80 + "…")
    assert "^" not in render([cut])


def test_no_findings():
    assert render([]) == "no problems found\n"
    assert render(make_report([], summary="4 packs, 60 policies: no problems")) == "4 packs, 60 policies: no problems\n"


def test_colours_only_when_asked():
    colored = render(ALL, "text", color=True)
    assert "\x1b[1;31merror\x1b[0m" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == render(ALL)


@pytest.mark.parametrize(("terminal", "environ", "colored"), [
    (True, {}, True), (False, {}, False), (True, {"NO_COLOR": "1"}, False), (True, {"TERM": "dumb"}, False),
])
def test_write_uses_colours_only_on_a_terminal(terminal, environ, colored):
    stream = io.StringIO()
    stream.isatty = lambda: terminal
    write([ERROR], "text", stream, environ=environ)
    assert ("\x1b[" in stream.getvalue()) is colored


def test_a_stream_that_cannot_say_it_gets_an_escape():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    write([Diagnostic("PG101", "é", Position("f"))], "text", stream)
    stream.flush()
    assert b"PG101 \\xe9" in raw.getvalue()


@pytest.mark.parametrize("format", FORMATS)
def test_findings_are_sorted_and_repeats_dropped(format):
    assert render(ALL, format) == render([*reversed(ALL), ERROR], format)
    assert render(ALL, format).endswith("\n")


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("json", "sarif")])
def test_nothing_can_control_the_terminal(format):
    text = render(ALL, format)
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", text)


def test_json_has_every_key():
    document = json.loads(render(ALL, "json"))
    assert document["summary"] == {"text": "2 errors, 1 warning, 1 info", "errors": 2, "warnings": 1, "infos": 1}
    keys = {"code", "severity", "message", "file", "line", "column", "end_line", "end_column", "excerpt", "hint", "fix"}
    assert all(set(item) == keys for item in document["findings"])
    found = next(item for item in document["findings"] if item["code"] == "PG103")
    assert found["fix"]["edits"] == [{"file": "packs/a.yaml", "start": 120, "end": 124, "text": "block"}]
    assert (found["line"], found["column"], found["end_column"]) == (9, 11, 15)


def test_sarif():
    log = json.loads(render(ALL, "sarif", titles=codes.TITLES))
    (run,) = log["runs"]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "unicodeCodePoints")
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["PG018", "PG101", "PG103", "PG900"]
    assert rules[2]["shortDescription"]["text"] == codes.TITLES["PG103"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert region["startLine"] >= 1
        assert region["startColumn"] >= 1
    assert {result["level"] for result in run["results"]} == {"error", "warning", "note"}
    error = next(result for result in run["results"] if result["ruleId"] == "PG103")
    place = error["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "packs/a.yaml", "uriBaseId": "%SRCROOT%"}
    replacement = error["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert replacement == {"deletedRegion": {"charOffset": 120, "charLength": 4}, "insertedContent": {"text": "block"}}
    hostile = next(result for result in run["results"] if result["ruleId"] == "PG101")
    assert hostile["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "dir%2C%20x%3A%25/%1B%5D0%3Bb.yaml"


def test_a_sarif_fingerprint_outlives_a_moved_line():
    def fingerprint(item):
        return json.loads(render([item], "sarif"))["runs"][0]["results"][0]["partialFingerprints"]["packgate/v1"]

    moved = Diagnostic("PG103", ERROR.message, Position("packs/a.yaml", 90, 1), excerpt=ERROR.excerpt)
    other = Diagnostic("PG103", ERROR.message, Position("packs/a.yaml", 9, 11), excerpt="    then: blockk")
    assert fingerprint(moved) == fingerprint(ERROR) != fingerprint(other)


def test_absolute_paths_in_sarif_are_uris():
    log = json.loads(render([Diagnostic("PG001", "m", Position("/tmp/a b.yaml"))], "sarif"))
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert place == {"uri": "file:///tmp/a%20b.yaml"}


def test_junit_of_findings():
    root = ElementTree.fromstring(render(ALL, "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("4", "2", "0")
    case = root.find(".//testcase[@name='PG103 at 9:11']")
    assert case.get("classname") == "packs/a.yaml"
    assert "did you mean 'block'?" in case.find("failure").text
    assert root.find(".//testcase[@name='PG018 at 1:1']/system-out") is not None


def test_junit_without_findings_is_a_passing_case():
    root = ElementTree.fromstring(render([], "junit"))
    assert (root.get("tests"), root.get("failures")) == ("1", "0")


def test_junit_of_checks():
    checks = [
        Check("one", "p", seconds=0.25), Check("two", "p", "failed", finding=ERROR),
        Check("three", "q", "skipped", "prompt only"), Check("four", "q", "failed", "no reason"),
    ]
    root = ElementTree.fromstring(render(make_report([ERROR, WARNING], checks=checks), "junit"))
    assert (root.get("tests"), root.get("failures"), root.get("skipped")) == ("5", "2", "1")
    assert root.get("time") == "0.250"
    assert [suite.get("name") for suite in root] == ["p", "q", "packs/b.bak"]
    assert root.find(".//testcase[@name='two']/failure").get("type") == "PG103"
    assert root.find(".//testcase[@name='three']/skipped").get("message") == "prompt only"


def test_github_annotations():
    lines = render(ALL, "github").splitlines()
    error = (
        "::error file=packs/a.yaml,line=9,col=11,endLine=9,endColumn=15,title=PG103::"
        "policy 'p': then: 'blok' is not one of audit, warn, block%0Adid you mean 'block'?"
    )
    assert error in lines
    assert "::warning file=packs/b.bak,line=1,col=1,title=PG018::this file is not read" in lines
    assert sum(line.startswith("::") for line in lines) == 4
    hostile = next(line for line in lines if "PG101" in line)
    assert "file=dir%2C x%3A%25/\\x1b]0;b.yaml," in hostile
    assert "%250A::error" in hostile


def test_a_summary_is_no_github_command():
    text = render(make_report([], summary="::set-env name=A::b"), "github")
    assert not text.startswith("::")


def test_markdown_is_a_table_that_text_cannot_break():
    lines = render(ALL, "markdown").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert len(rows) == 4
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
    hostile = next(row for row in rows if "PG101" in row)
    assert "<b>" not in hostile
    assert "@all" not in hostile
    assert lines[-1] == "**2 errors, 1 warning, 1 info**"


@pytest.mark.parametrize("format", FORMATS)
def test_masks_apply_to_everything_from_a_file(format):
    secret = "hunter2hunter2"
    item = Diagnostic(
        "PG104", f"found {secret}", Position("f.yaml", 1, 4, 1, 9), excerpt=f"a: {secret}", hint=f"quote {secret}",
        fix=Fix("quote", (Edit("f.yaml", 3, 9, f'"{secret}"'),)),
    )
    report = make_report([item], checks=[Check(f"run {secret}", "g", "failed", secret, item)])
    text = render(report, format, mask=lambda value: value.replace(secret, "[masked]"))
    assert secret not in text


def test_an_unknown_format_is_an_error():
    with pytest.raises(ValueError, match="text, json, sarif"):
        render([], "yaml")


TEXT = st.text(max_size=20)
POSITIONS = st.builds(Position, TEXT, st.integers(1, 9), st.integers(1, 9))
FINDINGS = st.builds(
    Diagnostic, st.just("PG101"), TEXT, POSITIONS, st.sampled_from(Severity), st.none() | TEXT, st.none() | TEXT,
)


@given(st.lists(FINDINGS, max_size=3))
def test_any_text_makes_well_formed_output(findings):
    json.loads(render(findings, "json"))
    json.loads(render(findings, "sarif"))
    ElementTree.fromstring(render(findings, "junit"))
    for format in FORMATS:
        render(findings, format).encode("utf-8")
    assert re.sub(r"\x1b\[[0-9;]*m", "", render(findings, color=True)) == render(findings)


def test_visible_and_width():
    assert visible("a\x1bb\tc\nd\u202e") == "a\\x1bb\tc\nd\\u202e"
    assert (width("abc"), width("日本"), width("e\u0301")) == (3, 4, 1)


def test_rich_is_imported_only_for_colours():
    script = (
        "import sys\nfrom packgate.report import render\nrender([], 'text')\nprint('rich' in sys.modules, end=' ')\n"
        "render([], 'text', color=True)\nprint('rich' in sys.modules)\n"
    )
    folder = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False True"


def test_every_code_has_a_title_and_none_is_used_twice():
    named = {name: value for name, value in vars(codes).items() if name.isupper() and isinstance(value, str)}
    assert len(set(named.values())) == len(named)
    assert set(named.values()) == set(codes.TITLES)
    assert all(re.fullmatch(r"PG[01][0-9]{2}", value) for value in named.values())
