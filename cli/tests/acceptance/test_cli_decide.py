"""`packgate decide`: order, bad lines, exit codes, and what happens when packgate itself fails."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from command_line import ROOT, packgate, program

from packgate.catalog.load import load_builtin
from packgate.commands import decide as verb
from packgate.engine import gate as gate_module
from packgate.engine.gate import Gate, build_gate
from packgate.model.action import parse_action
from packgate.source.workspace import load_workspace

DECISION = json.loads((ROOT / "schema" / "decision.schema.json").read_text(encoding="utf-8"))

# Lines that are no action, with a word of the reason.
BAD = {
    "not JSON": (b"nonsense", "not JSON"),
    "half an object": (b'{"surface": "shell"', "not JSON"),
    "not UTF-8": (b'{"surface": "shell", "command": "\xff"}', "not UTF-8"),
    "an array": (b'["rm -rf /"]', "a list"),
    "a number": (b"7", "a number"),
    "null": (b"null", "nothing"),
    "a wrong type": (b'{"surface": "shell", "command": ["rm"]}', "command"),
    "no command": (b'{"surface": "shell"}', "command"),
    "an unknown surface": (b'{"surface": "telepathy", "command": "ls"}', "surface"),
    "a shell that there is not": (b'{"surface": "shell", "command": "ls", "shell": "fish"}', "shell"),
    "a key twice": (b'{"surface": "shell", "command": "ls", "command": "rm -rf /etc"}', "twice"),
    "NaN": (b'{"surface": "shell", "command": "ls", "time": NaN}', "NaN"),
    "very deep": (b'{"surface": "mcp", "server": "s", "tool": "t", "arguments": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001, "line 1"),
    "a huge number": (b"1" * 10_000, "not JSON"),
}


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def shell(command: str, name: str | None = None) -> bytes:
    return json.dumps({"surface": "shell", "command": command, "id": name}).encode()


def test_one_command() -> None:
    done = packgate("decide", "git push origin main", "--pack", "recommended", "--branch", "main")
    decision = json.loads(done.out)
    jsonschema.validate(decision, DECISION)
    assert (done.code, decision["decision"], decision["policy_ids"]) == (0, "deny", ["direct-push-to-main"])


def test_the_decision_becomes_the_exit_code_when_asked() -> None:
    assert packgate("decide", "git push origin main", "--pack", "recommended", "--exit-code").code == 1
    assert packgate("decide", "git status", "--pack", "recommended", "--exit-code").code == 0


def test_a_stage_caps_the_decision() -> None:
    decision = json.loads(packgate("decide", "git push origin main", "--pack", "recommended", "--stage", "audit").out)
    assert (decision["decision"], decision["mode"], decision["would"]) == ("allow", "audit", "block")


def test_a_stream_is_answered_in_order() -> None:
    actions = [shell("ls" if number % 3 else "git push origin main", f"a-{number}") for number in range(60)]
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=b"\n".join(actions) + b"\n")
    decisions = lines(done.out)
    assert done.code == 0
    assert [item["action_id"] for item in decisions] == [f"a-{number}" for number in range(60)]
    assert [item["decision"] for item in decisions] == ["allow" if number % 3 else "deny" for number in range(60)]
    for decision in decisions:
        jsonschema.validate(decision, DECISION)


def test_the_same_input_gives_the_same_bytes() -> None:
    source = shell("git push origin main") + b"\nnonsense\n"
    arguments = ("decide", "--jsonl", "--pack", "recommended", "--at", "2026-01-31T12:00:00Z")
    first, second = (packgate(*arguments, stdin=source).out for _ in range(2))
    assert first == second
    assert {item["timestamp"] for item in lines(first)} == {"2026-01-31T12:00:00Z"}


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_line_is_denied_in_its_place(name: str) -> None:
    line, word = BAD[name]
    source = b"\n".join([shell("ls", "before"), line, shell("ls", "after"), b""])
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=source)
    before, bad, after = lines(done.out)
    assert (done.code, done.err) == (1, "")
    assert (before["action_id"], before["decision"], after["action_id"], after["decision"]) == ("before", "allow", "after", "allow")
    assert bad["decision"] == "deny"
    assert word.replace("line 1", "line 2") in bad["reason"]
    jsonschema.validate(bad, DECISION)


def test_a_bad_action_keeps_its_id() -> None:
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=b'{"surface": "shell", "id": "a-9"}\n')
    assert lines(done.out)[0]["action_id"] == "a-9"


def test_a_line_that_is_too_long_is_denied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "LONGEST_LINE", 1000)
    source = shell("ls", "first") + b"\n" + shell("echo " + "x" * 5000) + b"\n" + shell("ls", "last") + b"\n"
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=source)
    assert done.code == 1
    assert [item["decision"] for item in lines(done.out)] == ["allow", "deny", "allow"]
    assert "longer than" in lines(done.out)[1]["reason"]


@pytest.mark.parametrize("source", [b"", b"\n", b"\n\n  \n"])
def test_no_input_is_no_decision(source: bytes) -> None:
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=source)
    assert (done.code, done.out, done.err) == (0, "", "")


def test_text_that_is_not_unicode_does_not_end_the_stream() -> None:
    source = b'{"surface": "shell", "command": "cat \\ud800/.env", "id": "\\udfff"}\n' + shell("ls") + b"\n"
    done = packgate("decide", "--jsonl", "--pack", "recommended", stdin=source)
    assert (done.code, len(lines(done.out))) == (0, 2)
    done.out.encode("ascii")


@pytest.mark.parametrize(
    "arguments", [(), ("ls", "--jsonl"), ("ls", "pwd"), ("ls", "--stage", "later"), ("ls", "--env", "NOPE"), ("ls", "--no-such"), ("ls", "--at", "noon")]
)
def test_wrong_usage(arguments: tuple[str, ...]) -> None:
    done = packgate("decide", *arguments)
    assert (done.code, done.out) == (2, "")
    assert done.err.strip()


class BrokenCatalog:
    """A catalog that fails for one program, as a defect of packgate would."""

    def __init__(self, error: BaseException) -> None:
        self.real = load_builtin()
        self.error = error

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.real, name)
        if not callable(found):
            return found

        def guarded(*arguments: Any) -> Any:
            if "brokenprog" in arguments:
                raise self.error
            return found(*arguments)

        return guarded


def broken_gate(error: BaseException) -> Gate:
    space = load_workspace(None, ["recommended"])
    gate = build_gate(space.packs, space.vocabulary)
    return Gate(BrokenCatalog(error), gate.engine)  # type: ignore[arg-type]


@pytest.mark.parametrize("error", [KeyError("hunter22"), MemoryError(), AssertionError("x")])
def test_a_failure_on_one_action_is_a_denial_of_it(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    monkeypatch.setattr(verb, "open_gate", lambda packs: broken_gate(error))
    source = b"\n".join([shell("ls", "a"), shell("brokenprog --password hunter22", "b"), shell("git push origin main", "c")]) + b"\n"
    done = packgate("decide", "--jsonl", stdin=source)
    first, failed, last = lines(done.out)
    assert done.code == 3
    assert [first["decision"], failed["decision"], last["decision"]] == ["allow", "deny", "deny"]
    assert failed["action_id"] == "b"
    assert "internal error" in failed["reason"]
    assert last["policy_ids"] == ["direct-push-to-main"]
    assert "hunter22" not in done.all
    assert "Traceback" not in done.all
    jsonschema.validate(failed, DECISION)


def test_running_out_of_stack_in_the_analysis_is_said_to_be_incomplete() -> None:
    found = broken_gate(RecursionError("too deep")).decide_json(parse_action({"command": "brokenprog"}))
    assert found["decision"] == "deny" or found["analysis"]["coverage"] != "full"


@pytest.mark.skipif(not str(gate_module.__file__).endswith(".py"), reason="a compiled class has no subclasses")
def test_running_out_of_stack_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    class Deep(Gate):
        """Runs out of stack on everything."""

        __slots__ = ()

        def analyze(self, action: Any) -> Any:
            return self.analyze(action)

    shallow = broken_gate(RecursionError("too deep"))
    monkeypatch.setattr(verb, "open_gate", lambda packs: Deep(shallow.catalog, shallow.engine))
    done = packgate("decide", "--jsonl", stdin=shell("ls") + b"\n" + shell("pwd") + b"\n")
    assert done.code == 3
    assert [item["decision"] for item in lines(done.out)] == ["deny", "deny"]


def test_a_failure_on_a_single_command_is_a_denial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "open_gate", lambda packs: broken_gate(ValueError("x")))
    done = packgate("decide", "brokenprog")
    assert (done.code, json.loads(done.out)["decision"]) == (3, "deny")


def test_a_failure_outweighs_bad_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verb, "open_gate", lambda packs: broken_gate(ValueError("x")))
    assert packgate("decide", "--jsonl", stdin=b"nonsense\n" + shell("brokenprog") + b"\n").code == 3


def test_a_failure_anywhere_else_is_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(packs: object) -> Gate:
        raise RuntimeError("boom")

    monkeypatch.setattr(verb, "open_gate", fail)
    done = packgate("decide", "ls")
    assert (done.code, done.out) == (3, "")
    assert "internal error" in done.err
    assert "Traceback" not in done.err


def test_what_was_read_is_answered_before_more_is_read() -> None:
    out = io.StringIO()
    seen: list[int] = []

    class Source(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            seen.append(out.getvalue().count("\n"))
            return self.readline()

    space = load_workspace(None, ["recommended"])
    decider = verb.Decider(build_gate(space.packs, space.vocabulary), "block", None)
    decider.stream(Source(b"\n".join(shell("ls") for _ in range(3)) + b"\n"), out)
    assert seen == [0, 1, 2, 3]


def test_broken_packs_decide_nothing(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("name: x\n", encoding="utf-8")
    done = packgate("decide", "ls", "--pack", str(tmp_path))
    assert (done.code, done.out) == (1, "")
    assert "pack.yaml:1:1" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")
def test_as_a_program_with_a_reader_that_goes_away() -> None:
    import subprocess

    source = b"\n".join(shell(f"echo {'x' * 200} {number}") for number in range(2000)) + b"\n"
    first = subprocess.Popen([sys.executable, "-m", "packgate", "decide", "--jsonl", "--pack", "recommended"], stdin=subprocess.PIPE,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT / "cli")
    assert first.stdin is not None
    assert first.stdout is not None
    assert first.stderr is not None
    first.stdin.write(source[:20_000])
    first.stdin.flush()
    assert first.stdout.readline().startswith(b"{")
    first.stdout.close()
    try:
        first.stdin.write(source[20_000:])
        first.stdin.close()
    except BrokenPipeError:
        pass
    errors = first.stderr.read()
    first.stderr.close()
    first.wait(timeout=60)
    assert b"Traceback" not in errors


def test_as_a_program_outside_any_repository(tmp_path: Path) -> None:
    done = program("decide", "rm -rf /etc", "--exit-code", cwd=tmp_path)
    assert done.code == 1
    assert "system-file-deletion" in json.loads(done.out)["policy_ids"]
    assert not list(tmp_path.iterdir())
