"""Paths are normalised by text alone, also when part of them is unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from packgate.facts.paths import normalise, scope, without_variable
from packgate.model.value import NAME, Glob, Hole, Origin, Text

if TYPE_CHECKING:
    from packgate.model.value import Value

CWD = "/home/dev/proj"
HOME = "/home/dev"
X = Hole((Origin("variable", "X"),))
NAMED = Hole((Origin("command", "mktemp"),), NAME)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/etc//nginx/", "/etc/nginx"),
        ("/etc/../etc/nginx", "/etc/nginx"),
        ("../../../etc/nginx", "/etc/nginx"),
        ("../../../../../../..", "/"),
        ("./a/../b", "/home/dev/proj/b"),
        (".", "/home/dev/proj"),
        ("a/.b", "/home/dev/proj/a/.b"),
        ("/", "/"),
        ("//", "/"),
        ("~/x", "/home/dev/x"),
        ("/proc/self/cwd/../../../etc", "/etc"),
        ("/proc/self/root/etc", "/etc"),
        ("", "/home/dev/proj"),
    ],
)
def test_known_paths(path: str, expected: str) -> None:
    assert normalise(path, CWD, HOME) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Text(("/etc/", X)), Text(("/etc/", X))),
        (Text(("/tmp/", NAMED, "/../x")), "/tmp/x"),
        (Text(("/tmp/", X, "/../x")), Text(("/tmp/", X, "/../x"))),
        (Text((X, "/a/./b/../c")), Text((X, "/a/c"))),
        (Text((NAMED, ".txt")), Text((CWD + "/", NAMED, ".txt"))),
        (Text(("/", Glob("*"), "/hosts")), Text(("/", Glob("*"), "/hosts"))),
        (Text(("src/", Glob("*"), ".py")), Text((CWD + "/src/", Glob("*"), ".py"))),
        (Text((Hole((), "any", ("/a/../b", "/c/")),)), Text((Hole((), "any", ("/b", "/c")),))),
    ],
)
def test_partly_known_paths(path: Value, expected: Value) -> None:
    assert normalise(path, CWD, HOME) == expected


def test_a_relative_path_without_a_known_directory_keeps_an_unknown_beginning() -> None:
    found = normalise("etc/nginx", None)
    assert isinstance(found, Text)
    assert found.parts[-1] == "/etc/nginx"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/home/dev/proj/src/a.py", "repository"),
        ("/home/dev/.bash_history", "home"),
        ("/home/dev/.cargo/registry/x", "toolchain"),
        ("/tmp/x", "temporary"),
        ("/var/tmp/x", "temporary"),
        ("/dev/null", "temporary"),
        ("/usr/include/stdio.h", "toolchain"),
        ("/etc/passwd", "system"),
        ("/etc/hosts", "toolchain"),
        ("/srv/data", "other"),
        ("/tmpfoo", "other"),
    ],
)
def test_scope(path: str, expected: str) -> None:
    assert scope(path, CWD, HOME) == expected


def test_a_glob_that_finds_a_system_folder() -> None:
    assert scope(Text(("/e", Glob("?"), "c/passwd")), CWD, HOME) == "system"
    assert scope(Text(("/srv/", Glob("*"), "/x")), CWD, HOME) == "other"


def test_scope_of_an_unknown_beginning() -> None:
    assert scope(Text((X, "/a")), CWD, HOME) is None


@pytest.mark.parametrize(("rest", "expected"), [
    ((), "temporary"), (("/build",), "temporary"), (("/build/", X), "temporary"), (("/",), None), (("/", X), None), (("/../a",), None),
    (("/etc",), None), (("/usr/lib",), None), (("x",), None), ((X, "/a"), None),
])
def test_a_temporary_directory_by_its_variable(rest: tuple[object, ...], expected: str | None) -> None:
    tmpdir = Hole((Origin("variable", "TMPDIR"),))
    assert scope(Text((tmpdir, *rest)), CWD, HOME) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (Text((X, "/etc")), "/etc"),
        (Text((X, "/usr/lib/x")), None),
        (Text((X, "/build")), None),
        (Text((NAMED, "/etc")), None),
        ("/etc", None),
        (Text(("/srv/", X, "/etc")), None),
    ],
)
def test_a_prefix_that_may_be_empty(path: Value, expected: str | None) -> None:
    assert without_variable(path) == expected
