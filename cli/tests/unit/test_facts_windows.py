"""Plain commands of PowerShell and cmd lines become operations; the rest is said not to be analysed."""

from __future__ import annotations

from typing import Any

import pytest

from packgate.catalog.load import load_builtin
from packgate.facts.analyze import analyze
from packgate.facts.windows import decode_command, windows_path
from packgate.model.action import shell_action
from packgate.model.operation import Analysis

CONTEXT: dict[str, Any] = {"cwd": "/home/dev/proj", "home": "/home/dev", "repo": {"root": "/home/dev/proj", "branch": "feature/x"}}


def run(command: str, shell: str) -> Analysis:
    return analyze(shell_action(command, shell=shell, **CONTEXT), load_builtin())


@pytest.mark.parametrize(
    ("shell", "command", "family", "field", "value"),
    [
        ("powershell", "Remove-Item -Recurse -Force C:\\Windows\\Temp\\x", "delete-file", "path", "/c:/windows/temp/x"),
        ("powershell", "rm -r build", "delete-file", "path", "/home/dev/proj/build"),
        ("powershell", "gc .env", "read-file", "path", "/home/dev/proj/.env"),
        ("powershell", "cat src\\.env", "read-file", "path", "/home/dev/proj/src/.env"),
        ("powershell", "Set-Content -Path $env:windir\\x.ini -Value y", "modify-file", "path", "/c:/windows/x.ini"),
        ("powershell", "dir env:", "environment-exposure", "operation", "dump"),
        ("powershell", "git push origin main", "git-action", "branch", "main"),
        ("cmd", "g^it push origin main", "git-action", "branch", "main"),
        ("cmd", "rmdir C:\\ProgramData /S /Q", "delete-file", "path", "/c:/programdata"),
        ("cmd", "type .env", "read-file", "path", "/home/dev/proj/.env"),
        ("cmd", "echo x > C:\\Windows\\a.txt", "modify-file", "path", "/c:/windows/a.txt"),
        ("bash", "powershell -Command 'Remove-Item C:\\Windows\\x'", "delete-file", "path", "/c:/windows/x"),
        ("bash", "cmd.exe /c del notes.txt", "delete-file", "path", "/home/dev/proj/notes.txt"),
    ],
)
def test_plain_commands_are_read(shell: str, command: str, family: str, field: str, value: str) -> None:
    found = [operation for operation in run(command, shell).operations if family in operation.families]
    assert any(value in operation.get(field) for operation in found), run(command, shell).operations


def test_an_encoded_command_is_decoded() -> None:
    import base64

    code = base64.b64encode("Remove-Item build".encode("utf-16-le")).decode()
    assert decode_command(code) == "Remove-Item build"
    found = run(f"powershell -enc {code}", "bash").operations
    assert any("delete-file" in operation.families for operation in found)


def test_what_is_no_plain_command_is_said() -> None:
    analysis = run("foreach ($f in Get-ChildItem) { Remove-Item $f }", "powershell")
    assert analysis.coverage != "full"
    assert any("not analysed" in note.text for note in analysis.notes)


def test_everyday_lines_are_full() -> None:
    for shell, command in (("powershell", "npm test"), ("cmd", "dir /b & npm run build"), ("powershell", "git status; git diff")):
        assert run(command, shell).coverage == "full", command


@pytest.mark.parametrize(
    ("word", "expected"),
    [("C:\\A\\b.txt", "/c:/a/b.txt"), ("D:/x", "/d:/x"), ("src\\a.py", "src/a.py"), ("https://x/y", "https://x/y")],
)
def test_paths(word: str, expected: str) -> None:
    assert windows_path(word) == expected
