"""Every verb that reads events reads a log's rotated files with it, all logs of a folder, and Parquet: the same as if it were one file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from command_line import packgate
from policy_repository import ENVIRONMENT, PolicyRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOW = "2026-02-01T00:00:00Z"
WAIVER = """\
waivers:
  - id: drops
    policy: no-drop
    owner: security
    approver: security
    reason: The users table is made anew every night.
    expires: "2026-12-31"
    if: {operation: DROP*}
"""
COMMANDS = ("ls", "git status", "git push --force origin main", "psql -c 'DROP TABLE users'")
VERBS = {
    "promote": ("promote", "data", "--to", "warn", "--dry-run", "--at", NOW, "--format", "json", "--events"),
    "waivers": ("waivers", "demo", "--at", NOW, "--format", "json", "--events"),
    "suggest": ("suggest", "--at", NOW, "--format", "json", "--events"),
    "simulate": ("simulate", "demo", "--at", NOW, "--format", "json", "--events"),
    "review": ("review", "list", "--at", NOW, "--proposal", "demo", "--format", "json", "--events"),
    "diff": ("diff", "HEAD", "HEAD", "--at", NOW, "--format", "json", "--events"),
    "level": ("level", "simulate", "balanced", "--at", NOW, "--format", "json", "--events"),
    "query": ("events", "query", "--format", "json", "--file"),
    "warnings": ("events", "warnings", "--format", "json", "--file"),
    "session": ("events", "session", "s-1", "--format", "json", "--file"),
    "tail": ("events", "tail", "-n", "1000", "--format", "json", "--file"),
    "baseline": ("events", "baseline", "--at", NOW, "--format", "json"),
    "otel": ("events", "otel"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PolicyRepository]:
    with pytest.MonkeyPatch.context() as patch:
        for key, value in ENVIRONMENT.items():
            patch.setenv(key, value)
        found = PolicyRepository(tmp_path_factory.mktemp("rotated") / "repository")
        found.write("packs/demo/rollout.yaml", found.read("packs/demo/rollout.yaml") + "policies:\n  no-force: warn\n")
        found.write("packs/demo/waivers.yaml", WAIVER)
        found.commit("Warn, and waive", 0)
        yield found


@pytest.fixture(scope="module")
def logs(repository: PolicyRepository) -> dict[str, Path]:
    """The same events as one file, and as a log that was rotated twice, with another log beside it."""
    whole, log = (repository.root.parent / name / "events.jsonl" for name in ("whole", "rotated"))
    for path in (whole, log):
        path.parent.mkdir()
    repository.events(whole, COMMANDS * 10, range(1, 5), session="s-1", user="ada")
    lines = whole.read_text().splitlines(keepends=True)
    for name, part in ((log.with_name("events.000001.jsonl"), lines[:50]), (log.with_name("events.000002.jsonl"), lines[50:110]), (log, lines[110:])):
        name.write_text("".join(part))
    return {"whole": whole, "log": log}


@pytest.fixture(scope="module")
def as_parquet(logs: dict[str, Path]) -> Path:
    """The rotated log as Parquet."""
    out = logs["log"].parent.parent / "events.parquet"
    assert packgate("events", "parquet", str(logs["log"]), "--out", str(out)).code == 0
    return out


def answer(repository: PolicyRepository, verb: str, place: Path) -> object:
    done = packgate(*VERBS[verb], str(place), cwd=repository.root)
    assert done.code in (0, 1), done.all
    assert not done.err, done.err
    return without_places([json.loads(line) for line in done.out.splitlines()] if verb in ("query", "tail", "otel") else json.loads(done.out))


def without_places(value: object) -> object:
    """What is told, without where it stands: that is another file, and digests and places of the events."""
    if isinstance(value, dict):
        return {key: without_places(each) for key, each in value.items() if key not in ("file", "files", "line", "place", "example", "bytes")}
    return [without_places(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("verb", VERBS)
def test_a_rotated_log_is_read_as_one_file(repository: PolicyRepository, logs: dict[str, Path], verb: str) -> None:
    expected = answer(repository, verb, logs["whole"])
    assert answer(repository, verb, logs["log"]) == expected
    assert answer(repository, verb, logs["log"].parent) == expected, "the folder holds this log alone"
    assert answer(repository, verb, logs["log"].with_name("events.000002.jsonl")) != expected, "a rotated file is itself"


@pytest.mark.parametrize("verb", VERBS)
def test_parquet_is_read_as_the_log(repository: PolicyRepository, logs: dict[str, Path], as_parquet: Path, verb: str) -> None:
    assert answer(repository, verb, as_parquet) == answer(repository, verb, logs["whole"])


def test_the_report_counts_parquet_as_the_log(repository: PolicyRepository, as_parquet: Path) -> None:
    page = packgate("report", "--events", str(as_parquet), "--at", NOW, "--out", "-", cwd=repository.root)
    assert page.code == 0, page.all
    assert "Made from 160 events (160 decision)" in " ".join(page.out.split())


def test_the_report_names_every_file(repository: PolicyRepository, logs: dict[str, Path]) -> None:
    page = packgate("report", "--events", str(logs["log"]), "--at", NOW, "--out", "-", cwd=repository.root)
    assert page.code == 0, page.all
    assert [name in page.out for name in ("events.000001.jsonl", "events.000002.jsonl", "rotated/events.jsonl")] == [True] * 3
    assert "Made from 160 events (160 decision)" in " ".join(page.out.split())


def test_a_log_is_followed_from_its_rotated_files_on(logs: dict[str, Path]) -> None:
    arguments = ("events", "tail", "-f", "-n", "60", "--file", str(logs["log"]), "--format", "json")
    with subprocess.Popen([sys.executable, "-m", "packgate", *arguments], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = [json.loads(process.stdout.readline())["seq"] for _ in range(60)]
        process.terminate()
    assert seen == list(range(101, 161))
    many = packgate("events", "tail", "-f", "--file", str(logs["log"]), "--file", str(logs["whole"]))
    assert (many.code, "one log" in many.err) == (2, True)


def test_gates_are_computed_again_from_a_rotated_log(repository: PolicyRepository, logs: dict[str, Path]) -> None:
    """What `bundle publish` hands to the gates is read by the same function."""
    from packgate.release.eventlines import EventLines

    count: Callable[[Path], int] = lambda path: sum(1 for _ in EventLines([path], NOW))  # noqa: E731
    assert count(logs["log"]) == count(logs["log"].parent) == count(logs["whole"]) == 160
