"""Rewrites keep the meaning (a real bash says so, with harmless commands in a folder of its own), and misses are found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from packgate.catalog.load import load_builtin
from packgate.commands.shared import open_workspace
from packgate.engine.gate import Gate, build_gate
from packgate.shell.parser import parse
from packgate.source.load import load_pack
from packgate.testing import codes
from packgate.testing.cases import Case, collect
from packgate.testing.evasion import chain, evade, total
from packgate.testing.evasions import GROUPS, REWRITES, WRAPS
from packgate.testing.evasions.hooks import HOOKS
from packgate.testing.evasions.launchers import LAUNCHERS
from packgate.testing.evasions.page import page
from packgate.testing.evasions.paths import PATHS
from packgate.testing.evasions.places import PLACES
from packgate.testing.evasions.redirections import REDIRECTIONS
from packgate.testing.evasions.rewrite import Rewrite
from packgate.testing.evasions.subject import BUILTINS, Subject

ROOT = Path(__file__).resolve().parents[3]
IDS = {rewrite.id: rewrite for rewrite in REWRITES}
# Groups that are not run here: they change users, schedule jobs, open terminals, or need servers and tools that are seldom installed.
DECIDED_ONLY = (LAUNCHERS, PLACES, HOOKS)
# `touch` does not stand there; options of other systems; only an interactive shell; what this vim and this project lack.
ELSEWHERE = {"program-local-path", "program-class", "program-folder-class", "bash-ic", "rc-file", "base64-capital", "vim-python", "dotenv-shell"}
# Of these only the plain alias runs in a repository without commits.
RUN = tuple(
    rewrite for _, group in GROUPS if group not in DECIDED_ONLY for rewrite in group
    if rewrite.id not in ELSEWHERE and not (rewrite.id.startswith("git-") and rewrite.id != "git-alias")
)
# Ways that the analysis does not read: `benchmarks/evade.py` counts them, the tests here leave them out.
OPEN = frozenset(
    "after-there-and-back arguments-with-alternative arguments-with-unset docker-chroot docker-chroot-mount elixir file-temporary octal-loop pager-aws"
    " path-linked perl-parentheses-free python-exec vanishing-last-word".split()
)
SETTLED = tuple(rewrite for rewrite in REWRITES if rewrite.id not in OPEN)
# Programs that reach a network, a service or other users, or build for a long time: their wraps are not run.
NOT_RUN = frozenset(
    "npx npm gh glab jira curl wget http docker psql mysql sqlite3 redis-cli wall logger notify-send say make cargo go pytest hg svn jj man info apropos"
    " locate whereis dpkg tmux dialog read watch crontab pgrep less code packgate".split()
)
# What the test machine may lack: whatever program of the catalog a rewrite names.
KNOWN = frozenset(load_builtin().names) | {"/usr/bin/time", "python3.11", "/usr/bin/python3.11"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A working folder with `docs/`, a home directory beside it."""
    (tmp_path / "work" / "docs").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    return tmp_path / "work"


def run(command: str, place: Path) -> int:
    """Run a rewritten harmless command; its exit status."""
    command = command.replace("/tmp/packgate", str(place.parent / "step"))
    env = {"PATH": os.environ["PATH"], "HOME": str(place.parent / "home"), "GIT_CEILING_DIRECTORIES": str(place.parent), "SHELL": "/bin/bash"}
    done = subprocess.run(
        ["bash", "-c", command], cwd=place, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        timeout=20, check=False,
    )
    return done.returncode


def appears(path: Path) -> bool:
    """Whether a file is there, or comes soon: some rewrites run in the background."""
    for _ in range(40):
        if path.exists():
            return True
        time.sleep(0.05)
    return False


COMMANDS = {
    "words": ("touch 'a b' ./plain.txt", "plain.txt"),
    "absolute": ("touch -a {place}/far.txt", "far.txt"),
    "home": ("touch ~/there.txt", "../home/there.txt"),
    "redirection": ("printf %s text > written.txt", "written.txt"),
    "assignment": ("LC_ALL=C touch set.txt", "set.txt"),
    "list": ("cd docs && touch inner.txt | cat", "docs/inner.txt"),
    "heredoc": ("cat > here.txt <<'X'\nit's $text\nX", "here.txt"),
}


@pytest.mark.parametrize(("name", "part"), [
    *(("words", part) for part in range(8)), *(("redirection", part) for part in range(2)), ("absolute", 1), ("home", 2), ("assignment", 0), ("list", 1),
    ("heredoc", 2),
])
def test_a_rewritten_command_does_the_same_in_bash(name: str, part: int, place: Path) -> None:
    command, made = COMMANDS[name]
    subject = Subject(command.replace("{place}", str(place)), str(place), str(place.parent / "home"))
    missing = []
    for rewrite in dict.fromkeys([*RUN[part::8], *(PATHS if part == 1 else ()), *(REDIRECTIONS if name == "redirection" else ())]):
        rewritten = rewrite.apply(subject)
        if rewritten is None or rewrite.id in ELSEWHERE or lacks_program(rewritten):
            continue
        if "git" in rewritten:
            subprocess.run(["git", "init", "-q", str(place)], check=False, stdout=subprocess.DEVNULL)
        (place / made).unlink(missing_ok=True)
        status = run(rewritten, place)
        if not appears(place / made):
            missing.append((rewrite.id, rewritten, status))
    assert missing == [], missing


def lacks_program(command: str) -> bool:
    """Whether a program that the command names is not installed here."""
    words = set(re.split(r"[\s'\"();|&<>={}`\[\],]+", command))
    return any(shutil.which(name) is None for name in words & KNOWN if name not in BUILTINS and name not in ("rm", "system"))


@pytest.mark.parametrize("command", ["touch ran.txt", "touch 'ran.txt' && echo \"it's done\"", "touch ran.txt\ntouch ran.txt", "(touch ran.txt)"])
def test_a_wrapped_command_does_not_run_in_bash(command: str, place: Path) -> None:
    subject = Subject(command, str(place), str(place.parent / "home"))
    for wrap in WRAPS:
        wrapped = wrap.apply(subject)
        if wrapped is not None and not NOT_RUN & set(re.split(r"[\s'\"();|&<>={}]+", wrapped)):
            run(wrapped, place)
            assert not (place / "ran.txt").exists(), wrap.id


def test_there_are_enough_of_each_and_all_are_explained() -> None:
    assert len(REWRITES) >= 40
    assert len(WRAPS) >= 10
    for group in (REWRITES, WRAPS):
        assert len({rewrite.id for rewrite in group}) == len(group)
        assert all(rewrite.title and rewrite.why for rewrite in group)


def test_every_way_of_writing_is_documented() -> None:
    assert (ROOT / "docs" / "evasion-ways.md").read_text(encoding="utf-8") == page(), "python -m packgate.testing.evasions.page docs/evasion-ways.md"


@pytest.mark.parametrize(("id", "command", "expected"), [
    ("program-hex", "rm a", "$'\\x72\\x6d' a"), ("program-empty-quotes", "rm a", "r''m a"), ("arguments-double-quotes", "echo '$x'", 'echo "\\$x"'),
    ("env", "A=1 rm a | cat", "A=1 env rm a | env cat"), ("xargs", "rm -rf 'a b'", "printf '%s\\0' 'a b' | xargs -0 rm -rf"),
    ("switches-apart", "rm -rf a", "rm -r -f a"), ("switches-last", "rm -rf a b", "rm a b -rf"), ("end-of-options", "rm -rf a", "rm -rf -- a"),
    ("path-parent", "cat /etc/hosts", "cat /etc/../etc/hosts"), ("changed-folder", "cat /etc/hosts", "cd '/etc' && cat hosts"),
    ("braces", "rm -rf a", "{rm,-rf,a}"), ("option-value-joined", "kubectl --context prod get pods", "kubectl --context=prod get pods"),
    ("home-variable", "cat ~/x > ~/y", 'cat "$HOME"/x > "$HOME"/y'), ("trap", "echo 'a'", "trap 'echo '\\''a'\\''' EXIT"),
])
def test_what_a_rewrite_makes(id: str, command: str, expected: str) -> None:
    assert IDS[id].apply(Subject(command, "/home/dev/proj", "/home/dev")) == expected


@pytest.mark.parametrize(("id", "command"), [
    ("env", "cd /etc"), ("env", "f() { ls; }; f"), ("env", "printf -v x y"), ("program-single-quotes", "$x a"), ("xargs", "nc h 1 < a"), ("braces", "rm a,b"),
    ("sh-c", "export A=b"), ("sh-c", "cat <(ls)"), ("subshell", "export A=b"), ("exec", "rm a && rm b"), ("path-dot-slash", "kubectl delete deploy/api"),
    ("comment", "cat <<X\nX"), ("ifs-unquoted", "rm 'a b'"), ("python-system", "echo $x"), ("program-path", "./run.sh a"),
])
def test_where_a_rewrite_does_not_apply(id: str, command: str) -> None:
    assert IDS[id].apply(Subject(command, "/home/dev/proj", "/home/dev")) is None


def test_a_line_that_can_not_be_read_is_no_subject() -> None:
    with pytest.raises(ValueError, match="."):
        Subject("if true; then", "/", "/")


# --- what the run finds -------------------------------------------------------------------------------------------------

POLICY = """\
policies:
  - id: deletion
    title: Delete a migration
    threat: layer
    impact: risky
    rationale: Because.
    when: [delete-file]
    if: {path: "**/migrations/**"}
    then: warn
    message: Move it to the archive of the team instead.
    tests:
      must_fire:
        - {command: rm migrations/1.sql, prompt: Do it.}
        - {command: rm migrations/2.sql}
        - {action: {surface: file, operation: delete, path: migrations/3.sql}}
        - {command: rm migrations/4.sql, todo: later}
      must_not_fire: [{command: ls, prompt: Look.}]
  - id: note
    title: Write a note
    threat: layer
    impact: routine
    rationale: Because.
    when: [modify-file]
    if: {content: "*secret*"}
    then: audit
    message: The note is recorded; keep secrets out of it.
    tests:
      must_fire: [{command: echo secret > a.txt, prompt: Do it.}]
      must_not_fire: [{command: ls, prompt: Look.}]
  - id: tool
    title: Call a tool
    threat: layer
    impact: risky
    rationale: Because.
    when: [tool-call]
    then: warn
    message: Read the object first, and make sure that you mean it.
    tests:
      must_fire: [{action: {surface: mcp, server: a, tool: b, arguments: {}}, prompt: Do it.}]
      must_not_fire: [{command: ls, prompt: Look.}]
"""


@pytest.fixture
def pack(tmp_path: Path) -> tuple[list[Case], Gate]:
    path = tmp_path / "rules.yaml"
    path.write_text(POLICY, encoding="utf-8")
    result = load_pack(str(path))
    assert result.pack is not None, result.diagnostics
    return collect([result]), build_gate([result.pack], result.vocabulary)


def same(id: str, template: str) -> Rewrite:
    return Rewrite(id, f"by {id}", "it is said to", lambda subject: template.replace("{}", subject.text))


def test_rewrites_that_hold(pack: tuple[list[Case], Gate]) -> None:
    found = evade(*pack, rewrites=SETTLED)
    assert [item for item in found.diagnostics if item.severity.value == "error"] == []
    assert found.fires["deletion"].tried > 1000
    assert (total(found.fires.values()).score or 0) > 99
    assert found.data["deletion"].held == found.data["deletion"].tried > 200
    assert found.passed_over == {"tool": "no must_fire case is a shell command"}


def test_a_rewrite_that_does_not_fire_is_an_error_once_for_a_policy(pack: tuple[list[Case], Gate]) -> None:
    found = evade(*pack, rewrites=[same("lost", "echo '{}'"), same("kept", "{}")], wraps=[])
    first = next(item for item in found.diagnostics if "deletion" in item.message)
    assert (first.code, first.severity.value, first.position.line) == (codes.EVADED, "error", 13)
    assert first.message == "deletion no longer fires when rewritten (lost: by lost): echo 'rm migrations/1.sql' (and 1 more of its cases)"
    assert "same meaning: it is said to; operations found: command()" in (first.hint or "")
    assert (found.fires["deletion"].tried, found.fires["deletion"].held, found.fires["deletion"].score) == (4, 2, 50)
    assert found.by_rewrite["lost"].held == 0
    assert found.by_rewrite["kept"].score == 100


def test_a_miss_that_the_decision_calls_unsure_is_a_warning(pack: tuple[list[Case], Gate]) -> None:
    found = evade(*pack, rewrites=[same("unknown", "eval \"$CODE\"")], wraps=[])
    assert {item.severity.value for item in found.diagnostics} == {"warning"}
    assert found.fires["deletion"].flagged == 2


def test_data_that_fires_is_an_error(pack: tuple[list[Case], Gate]) -> None:
    found = evade(*pack, rewrites=[], wraps=[same("run", "{}")])
    (item,) = [item for item in found.diagnostics if "deletion" in item.message]
    assert (item.code, item.severity.value) == (codes.DATA_FIRED, "error")
    assert item.message.startswith("deletion fires on data (run: by run): rm migrations/1.sql")


def test_data_can_be_the_effect(pack: tuple[list[Case], Gate]) -> None:
    """A policy about text fires on text; and what fires with any text in it fires by the wrap."""
    found = evade(*pack, rewrites=[], wraps=[same("written", "echo '{}' > b.txt"), same("own", "rm migrations/9.sql # {}")])
    assert found.effects == 3
    assert found.data["deletion"].tried == 2


def test_chained_rewrites(pack: tuple[list[Case], Gate]) -> None:
    found = evade(*pack, rewrites=SETTLED, chained=True)
    assert found.fires["deletion"].tried > 500
    assert (total(found.fires.values()).score or 0) > 98
    twice = chain([IDS["env"], IDS["bash-c"]], 1)
    assert [each.apply(Subject("rm a", "/", "/root")) for each in twice] in (["env env rm a", "bash -c 'bash -c '\\''rm a'\\'''"],
                                                                            ["bash -c 'env rm a'", "env bash -c 'rm a'"])


# --- the shipped packs, a sample; benchmarks/evade.py runs all ----------------------------------------------------------

@pytest.mark.parametrize("name", ["recommended", "strict"])
def test_a_sample_of_the_shipped_packs(name: str) -> None:
    space = open_workspace((str(ROOT / "packs" / name),))
    result = space.results[0]
    assert result.pack is not None, space.diagnostics
    gate = build_gate([result.pack], result.vocabulary, lists=space.lists)
    cases = [case for case in collect([result]) if case.polarity == "must_fire" and case.number % 2]
    turns = len(SETTLED) // 12
    missed = []
    for turn, case in enumerate(cases):
        found = evade([case], gate, rewrites=SETTLED[turn % turns::turns], wraps=WRAPS[turn % 20::20])
        missed += [item.message for item in found.diagnostics if item.severity.value == "error"]
    assert missed == []


def test_every_way_is_tried_with_some_commands_of_a_policy(pack: tuple[list[Case], Gate]) -> None:
    cases, gate = pack
    few = evade(cases, gate, rewrites=[IDS["env"], IDS["bash-c"], IDS["eval"]], wraps=[], commands=1)
    assert {name: tally.tried for name, tally in few.by_rewrite.items()} == {"env": 2, "bash-c": 2, "eval": 2}
    assert evade(cases, gate, rewrites=[IDS["env"]], wraps=[], commands=None).by_rewrite["env"].tried == 3


def test_every_rewrite_of_the_shipped_cases_can_be_read() -> None:
    space = open_workspace((str(ROOT / "packs" / "recommended"),))
    for case in collect(space.results[:1])[::9]:
        command = case.action.get("command") if case.action else None
        if command is None or parse(command).problems:
            continue
        subject = Subject(command, "/home/dev/proj", "/home/dev")
        for rewrite in (*REWRITES, *WRAPS):
            rewritten = rewrite.apply(subject)
            assert rewritten is None or not parse(rewritten).problems, (rewrite.id, rewritten)
