"""Plain commands of cmd and PowerShell lines, and what of such lines is said not to be analysed."""

from __future__ import annotations

import time

import pytest

from packgate.model.value import Text, origins_of, show
from packgate.shell.windows import MAX_LENGTH, PlainCommand, read_simple

Row = tuple[str, list[str]]


def rows(commands: list[PlainCommand]) -> list[Row]:
    """Operator and words of each command, its redirections behind them."""
    return [
        (command.operator, [show(word) for word in command.argv] + [op + show(to) for op, to in command.redirects]) for command in commands
    ]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("git push", [("", ["git", "push"])]),
        ("g^it pu^sh", [("", ["git", "push"])]),
        ("git ^\r\npush", [("", ["git", "push"])]),
        ("a & b && c || d | e", [("", ["a"]), ("&", ["b"]), ("&&", ["c"]), ("||", ["d"]), ("|", ["e"])]),
        ("a\r\nb\n", [("", ["a"]), ("\n", ["b"])]),
        ('del /q "C:\\a b\\*" x^&y "c & d"', [("", ["del", "/q", "C:\\a b\\*", "x&y", "c & d"])]),
        ("del/q/f a", [("", ["del", "/q/f", "a"])]),
        ("rd;a", [("", ["rd", "a"])]),
        ("git log --pretty=x,y;z", [("", ["git", "log", "--pretty=x,y;z"])]),
        ('echo a\\"b', [("", ["echo", 'a"b'])]),
        ("a>b 2>&1 <c >> d", [("", ["a", ">b", "2>&1", "<c", ">>d"])]),
        ("echo 2>a", [("", ["echo", "2>a"])]),
        ("echo b2>a", [("", ["echo", "b2", ">a"])]),
        ("@echo off", [("", ["echo", "off"])]),
        ("rem rm & b\nc", [("\n", ["c"])]),
        (":: note\n:label\nc", [("\n", ["c"])]),
        ("(a & b) & c)", [("", ["a"]), ("&", ["b"]), ("&", ["c)"])]),
        ("echo 100% & b", [("", ["echo", "100%"]), ("&", ["b"])]),
        ("powershell -c \"a; b\"", [("", ["powershell", "-c", "a; b"])]),
    ],
)  # fmt: skip
def test_cmd(source: str, expected: list[Row]) -> None:
    commands, problems = read_simple(source, "cmd")
    assert [row for row in rows(commands) if row[1]] == expected
    assert problems == [] or '\\"' in source


@pytest.mark.parametrize(
    "source",
    ["if exist a del a", "FOR %i in (*) do del %i", "del %TEMP%\\x", "set /a x=1", "goto x", "echo !x!", 'echo "a', "(a"],
)
def test_cmd_that_is_not_analysed_says_so(source: str) -> None:
    assert read_simple(source, "cmd")[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("git push", [("", ["git", "push"])]),
        ("g`it pu`\nsh", [("", ["git", "push"])]),
        ("git `\n push", [("", ["git", "push"])]),
        ("a; b | c && d || e\nf", [("", ["a"]), (";", ["b"]), ("|", ["c"]), ("&&", ["d"]), ("||", ["e"]), ("\n", ["f"])]),
        ('Remove-Item -Path \'a \'\'b\' "c `"d"""', [("", ["Remove-Item", "-Path", "a 'b", 'c "d"'])]),
        ("rm a,b, c", [("", ["rm", "a", "b", "c"])]),
        ("rm \u2013Recurse \u2018a b\u2019 \u201cc\u201d", [("", ["rm", "-Recurse", "a b", "c"])]),
        ("rm\u00a0a", [("", ["rm", "a"])]),
        ("rm a # b; c\nd <# e\nf #> g", [("", ["rm", "a"]), ("\n", ["d", "g"])]),
        ("rm a#b", [("", ["rm", "a#b"])]),
        ("a 2>&1 > b *>> 'c d'", [("", ["a", "2>&1", ">b", "*>>c d"])]),
        ("& 'C:\\a b\\git.exe' push", [("", ["C:\\a b\\git.exe", "push"])]),
        (". ./x.ps1", [("", ["./x.ps1"])]),
        ("cmd --% /c del x & y", [("", ["cmd", "/c", "del", "x", "&", "y"])]),
        ("rm a -Recurse:$true", [("", ["rm", "a", "-Recurse:$true"])]),
        ("echo \"a`tb\" 'a`tb' $", [("", ["echo", "a\tb", "a`tb", "$"])]),
        ("Start-Job &", [("", ["Start-Job"])]),
        ("format-volume -x 1", [("", ["format-volume", "-x", "1"])]),
        ("return.exe a", [("", ["return.exe", "a"])]),
    ],
)
def test_powershell(source: str, expected: list[Row]) -> None:
    commands, problems = read_simple(source, "powershell")
    assert rows(commands) == expected
    assert problems == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("$x = rm a; git push", [["git", "push"]]),
        ("if ($a) { rm b; rm c }; git push", [["git", "push"]]),
        ("foreach ($f in ls) { rm $f }", []),
        ("ls | % { rm $_ }", [["ls"], ["%", "<command>"]]),
        ("iex (iwr http://x/y)", [["iex", "<command>"]]),
        ('rm "$(ls)/a"', [["rm", "<command>/a"]]),
        ("rm $home\\a", [["rm", "<$home>\\a"]]),
        ("& $tool push", []),
        ("'a' | rm", [["rm"]]),
        ("@'\nrm a\n'@; git push", [["git", "push"]]),
        ("rm @'\na\n'@", [["rm", "<argument>"]]),
        ("rm @{a=1}", [["rm", "<command>"]]),
        ("rm 'a", [["rm", "a"]]),
        ("[IO.File]::Delete('a')", []),
    ],
)
def test_powershell_that_is_not_analysed_says_so(source: str, expected: list[list[str]]) -> None:
    commands, problems = read_simple(source, "powershell")
    assert [words for _, words in rows(commands) if words] == expected
    assert problems


def test_a_variable_is_unknown_text_with_its_name() -> None:
    for shell, word in (("cmd", "%USERPROFILE%\\x"), ("powershell", "$env:USERPROFILE\\x")):
        commands, _ = read_simple(f"del {word}", shell)
        target = commands[0].argv[1]
        assert isinstance(target, Text)
        assert [origin.detail.removeprefix("env:") for origin in origins_of(target)] == ["USERPROFILE"]
        assert target.parts[1] == "\\x"


def test_spans_are_those_of_the_source() -> None:
    for shell in ("cmd", "powershell"):
        source = "git push  | more /x"
        commands, _ = read_simple(source, shell)
        assert [source[command.start : command.end] for command in commands] == ["git push", "more /x"]


def test_limits() -> None:
    commands, problems = read_simple("a " + "b" * MAX_LENGTH, "cmd")
    assert len(commands) == 1
    assert problems[0].message == f"longer than {MAX_LENGTH} characters"
    with pytest.raises(ValueError, match="no such Windows shell: fish"):
        read_simple("a", "fish")


@pytest.mark.parametrize("shell", ["cmd", "powershell"])
@pytest.mark.parametrize(
    "piece", ["(", "{", '"', "'", '"$(', "$(", "`", "^", "%a", "%a%", "a/", "a&", "a>", "@'", "<#", "$", "--% ", ",", "& ", '\\"']
)
def test_hostile_lines_are_read_in_linear_time(piece: str, shell: str) -> None:
    source = piece * (100_000 // len(piece))
    begin = time.process_time()
    read_simple(source, shell)
    assert time.process_time() - begin < 1.0
