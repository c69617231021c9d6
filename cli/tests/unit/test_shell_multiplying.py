"""Code that multiplies without end, and code that only looks like it."""

from __future__ import annotations

import pytest
from facts_helper import found


@pytest.mark.parametrize("command", [
    ":(){ :|:& };:",
    "boom() { boom | boom & }; boom",
    "function boom { boom & boom & }; boom",
    "boom() { ( boom & ); }; boom",
    "boom() { true && boom & }; boom",
    "boom() { boom | boom; }; boom",
])
def test_functions_that_start_copies_of_themselves(command):
    assert [str(operation.fields["operation"][0]) for operation in found(command, "resource-exhaustion")] == ["fork-bomb"]


@pytest.mark.parametrize("command", [
    "while true; do ./work & done",
    "while :; do (./work &); done",
    "until false; do ./work & done",
    "while ((1)); do ./work & done",
    "for ((;;)); do ./work & done",
    "while true; do ./work & wait; ./work & done",
    "while true; do if test -f x; then ./work & fi; done",
])
def test_loops_that_start_job_after_job(command):
    assert [str(operation.fields["operation"][0]) for operation in found(command, "resource-exhaustion")] == ["endless-jobs"]


@pytest.mark.parametrize("command", [
    "walk() { ls; walk; }; walk",
    "walk() { if test -d x; then walk; fi; }; walk",
    "start() { ./server & }; start",
    "boom() { boom | boom & }",
    "while true; do ./work & wait; done",
    "while true; do date & sleep 60; done",
    "while read -r f; do gzip \"$f\" & done < list",
    "for i in 1 2 3; do ./work & done; wait",
    "for ((i = 0; i < 3; i++)); do ./work & done",
    "while true; do ./work; done",
    "echo ':(){ :|:& };:'",
])
def test_what_ends_or_runs_one_after_the_other(command):
    assert found(command, "resource-exhaustion") == []
