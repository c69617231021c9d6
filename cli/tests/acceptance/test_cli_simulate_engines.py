"""`packgate simulate --engine`: what can't be is said before anything is begun. What Ray does is in `ray/`."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from command_line import ROOT, Done, packgate
from policy_repository import PolicyRepository

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> PolicyRepository:
    found = PolicyRepository(tmp_path / "policies")
    (tmp_path / "events.jsonl").write_text(json.dumps({"surface": "shell", "command": "ls"}) + "\n")
    return found


def simulate(repository: PolicyRepository, *more: str) -> Done:
    return packgate("simulate", "demo", "--events", str(repository.root.parent / "events.jsonl"), *more, cwd=repository.root)


def test_options_that_mean_nothing_together_are_refused(repository: PolicyRepository, tmp_path: Path) -> None:
    for more, reason in (
        (("--ray-address", "auto"), "the engine is another one"), (("--engine", "ray", "--resume", str(tmp_path / "w")), "can't be taken up"),
        (("--engine", "spark"), "'spark' is not one of"),
    ):
        done = simulate(repository, *more)
        assert (done.code, reason in done.err) == (2, True), done.all
    assert not (tmp_path / "w").exists()


def test_a_cluster_that_is_not_there_is_said_at_once(repository: PolicyRepository) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        for address in (f"127.0.0.1:{free.getsockname()[1]}", f"ray://127.0.0.1:{free.getsockname()[1]}", "127.0.0.1:99999"):
            done = simulate(repository, "--engine", "ray", "--ray-address", address)
            assert (done.code, f"{address} can't be reached" in done.err) == (2, True), done.all
    for address in ("nonsense", "local", "http://127.0.0.1:1", ""):
        done = simulate(repository, "--engine", "ray", "--ray-address", address)
        assert (done.code, "no address of a Ray cluster" in done.err) == (2, True), done.all


def test_without_ray_the_extra_is_named(repository: PolicyRepository) -> None:
    code = "import sys; sys.modules['ray'] = None; from packgate.cli import run; sys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "simulate", "demo", "--events", str(repository.root.parent / "events.jsonl"), "--engine", "ray"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "cli")}
    done = subprocess.run(command, cwd=repository.root, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "pip install 'packgate[ray]'" in done.stderr, "Traceback" in done.stderr) == (2, True, False), done.stderr
