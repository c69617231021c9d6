"""Histories of shells, decision logs, CloudTrail and lists of commands as events."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess

import pytest
from recorded_sessions import actions, events_of, of_text

from packgate.catalog.load import load_builtin
from packgate.errors import UserError
from packgate.events.importing.guess import guessed
from packgate.facts.analyze import analyze
from packgate.model.action import parse_action

BASH = shutil.which("bash")
_TYPED = ["git status", "for a in 1 2\ndo echo $a\ndone", "echo '#1 of the list'", "ls -la  # all"]


def _written_by_bash(folder, lines, times):
    """A history that a real bash has written; nothing of it is run."""
    path = folder / ".bash_history"
    setting = "HISTTIMEFORMAT='%F %T '; shopt -s cmdhist lithist;" if times else "shopt -s cmdhist;"
    script = f"set -o history; {setting} for line; do history -s -- \"$line\"; done; history -w \"$HISTORY\""
    subprocess.run([BASH, "--norc", "-c", script, "bash", *lines], check=True, timeout=20, env={"HISTFILE": "", "HISTORY": str(path), "HISTSIZE": "100", "PATH": os.environ["PATH"]})
    return path


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_a_history_of_bash_with_times(tmp_path):
    path = _written_by_bash(tmp_path, _TYPED, times=True)
    assert path.read_text().startswith("#")
    assert guessed(path) == "shell-history"
    events, counts = events_of([path])
    assert [each["command"] for each in actions(events)] == _TYPED
    assert all(event["time"] and event["action"]["time"] == event["time"] for event in events)
    assert not counts.damaged


@pytest.mark.skipif(BASH is None, reason="needs bash")
def test_a_history_of_bash_without_times(tmp_path):
    path = _written_by_bash(tmp_path, [line for line in _TYPED if "\n" not in line], times=False)
    events, _ = events_of([path])
    assert [each["command"] for each in actions(events)] == [line for line in _TYPED if "\n" not in line]
    assert {event["time"] for event in events} == {None}
    assert {tuple(event["outcome"]["reasons"]) for event in events} == {("no-cwd",)}
    assert len({event["outcome"]["id"] for event in events}) == len(events)


def test_the_same_command_at_other_times_is_another_event(tmp_path):
    events, _ = of_text(tmp_path, "#1700000000\nls\n#1700000000\nls\n#1700000001\nls\n", "shell-history")
    assert [event["time"] for event in events] == ["2023-11-14T22:13:20Z"] * 2 + ["2023-11-14T22:13:21Z"]
    assert len({event["outcome"]["id"] for event in events}) == 3
    longer, _ = of_text(tmp_path, "#1700000000\nls\n#1700000000\nls\n#1700000001\nls\n#1700000002\npwd\n", "shell-history")
    assert [event["outcome"]["id"] for event in longer][:3] == [event["outcome"]["id"] for event in events]


def test_an_extended_history_of_zsh(tmp_path):
    text = b": 1700000000:0;git status\n: 1700000005:12;for a in 1 2\\\ndo echo $a\\\ndone\n: 1700000009:0;echo \xc3\xa4 \x83\xa3\n"
    path = tmp_path / "history"
    path.write_bytes(text)
    assert guessed(path) == "shell-history"
    events, counts = events_of([path])
    found = actions(events)
    assert [each["command"] for each in found[:2]] == ["git status", "for a in 1 2\ndo echo $a\ndone"]
    assert found[2]["command"].startswith("echo ä ")
    assert {each["shell"] for each in found} == {"zsh"}
    assert not counts.damaged


def test_a_history_of_fish(tmp_path):
    path = tmp_path / "fish_history"
    path.write_text("- cmd: git status\n  when: 1700000000\n- cmd: for a in 1 2\\n  echo C:\\\\x\\nend\n  when: 1700000001\n  paths:\n    - a\n")
    events, _ = events_of([path])
    assert [each["command"] for each in actions(events)] == ["git status", "for a in 1 2\n  echo C:\\x\nend"]
    assert events[1]["time"] == "2023-11-14T22:13:21Z"
    assert events[0]["outcome"]["reasons"] == ["no-cwd", "other-shell"]


def test_histories_that_are_damaged(tmp_path):
    events, counts = of_text(tmp_path, b"#1700000000\nls\n\0\0\n#99999999999\nold\n", "shell-history")
    assert [each["command"] for each in actions(events)] == ["ls", "old"]
    assert [(line, why) for _, line, why in counts.damages] == [(3, "it is binary")]
    _, counts = of_text(tmp_path, ": 1700000000:0;ls\nno entry\n", "shell-history")
    assert [line for _, line, _ in counts.damages] == [2]
    assert of_text(tmp_path, "", "shell-history")[0] == []
    events, _ = of_text(tmp_path, b"ls \xff\n", "shell-history")
    assert actions(events)[0]["command"] == "ls \ufffd"


def test_a_list_of_commands(tmp_path):
    text = "# what we run\n\n$ git status\nkubectl get pods\n"
    events, _ = of_text(tmp_path, text, "commands", cwd="/home/ann/app", home="/home/ann", repo="acme/app", branch="main", user="ann")
    assert [each["command"] for each in actions(events)] == ["git status", "kubectl get pods"]
    assert events[0]["action"]["repo"] == {"name": "acme/app", "root": None, "branch": "main", "default_branch": None}
    assert {event["outcome"]["replay"] for event in events} == {"full"}


def test_what_could_be_anything_has_to_be_named(tmp_path):
    path = tmp_path / "list.txt"
    path.write_text("git status\n")
    with pytest.raises(UserError, match="its format can't be told") as error:
        events_of([path])
    assert "--from" in str(error.value.hint)


# As documented: openpolicyagent.org/docs/management-decision-logs, with inputs of its own.
_DECISION = {
    "labels": {"app": "agents", "id": "1780d507", "version": "1.9.0"}, "decision_id": "4ca636c1", "bundles": {"authz": {"revision": "W3sibCI6"}},
    "path": "agents/allow", "requested_by": "10.0.0.1:59943", "timestamp": "2026-01-01T00:00:00.123456Z", "type": "openpolicyagent.org/decision_logs",
}
_ACTION = {"surface": "shell", "command": "kubectl delete ns shop", "cwd": "/home/ann/app", "actor": {"agent": "codex", "user": "ann", "session": "s"}}


@pytest.mark.parametrize(("given", "reasons", "replay"), [
    ({"input": _ACTION, "result": False}, [], "full"),
    ({"input": {"action": _ACTION}, "result": {"allow": True}}, [], "full"),
    ({"input": {**_ACTION, "env": None}, "erased": ["/input/env/TOKEN"], "result": True}, ["redacted"], "partial"),
    ({"erased": ["/input"], "result": True}, ["masked-by-its-source"], "none"),
    ({"input": {"surface": "shell"}, "erased": ["/input/command"], "result": True}, ["masked-by-its-source"], "none"),
    ({"input": {"surface": "shell"}, "result": True}, ["unreadable-call"], "none"),
    ({"input": {"request": {"kind": {"kind": "Pod"}}}, "result": True}, ["no-action"], "none"),
    ({"result": True}, ["no-action"], "none"),
])
def test_a_decision_log(given, reasons, replay, tmp_path):
    entry = {**_DECISION, **given}
    for text in (json.dumps(entry), json.dumps([entry]), json.dumps([entry], indent=1)):
        events, counts = of_text(tmp_path, text, "opa")
        assert not counts.damaged
        (event,) = events
        assert (event["outcome"]["reasons"], event["outcome"]["replay"]) == (reasons, replay)
        assert event["outcome"]["version"] == "1.9.0"
        if replay != "none":
            assert event["action"]["command"] == "kubectl delete ns shop"
            assert event["action"]["actor"]["user"] == "ann"
    assert event["outcome"]["result"] == ("denied" if given.get("result") is False else None)


def test_a_compressed_log_and_lines_of_opa_itself(tmp_path):
    lines = [{"level": "info", "msg": "Initializing server.", "time": "t"}, {**_DECISION, "input": _ACTION, "msg": "Decision Log"}, {"x": 1}]
    path = tmp_path / "log.gz"
    path.write_bytes(gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    events, counts = events_of([path], "opa")
    assert len(events) == 1
    assert [(line, why) for _, line, why in counts.damages] == [(3, "a decision without a decision_id")]
    path.write_bytes(gzip.compress(b"x" * 1000)[:-10])
    _, counts = events_of([path], "opa")
    assert counts.damaged
    path.write_bytes(gzip.compress(json.dumps({**_DECISION, "input": _ACTION}).encode()))
    assert guessed(path) == "opa"


# As documented: docs.aws.amazon.com, "CloudTrail record contents" and its log file examples.
def _api(source, name, parameters, **more):
    return {
        "eventVersion": "1.08", "userIdentity": {"type": "IAMUser", "principalId": "EXAMPLE6E4XEGITWATV6R", "arn": "arn:aws:iam::123456789012:user/Mary", "userName": "Mary"},
        "eventTime": "2026-01-01T00:00:00Z", "eventSource": f"{source}.amazonaws.com", "eventName": name, "awsRegion": "us-east-1", "userAgent": "aws-cli/2.13.5",
        "requestParameters": parameters, "responseElements": None, "eventID": f"id-{name}", "eventType": "AwsApiCall", **more,
    }


@pytest.mark.parametrize(("event", "command"), [
    (_api("ec2", "TerminateInstances", {"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}}),
     "aws ec2 terminate-instances --instance-ids i-1 i-2 --region us-east-1"),
    (_api("rds", "DeleteDBInstance", {"dBInstanceIdentifier": "shop", "skipFinalSnapshot": True}),
     "aws rds delete-db-instance --db-instance-identifier shop --skip-final-snapshot --region us-east-1"),
    (_api("s3", "DeleteBucket", {"bucketName": "logs"}), "aws s3api delete-bucket --bucket logs --region us-east-1"),
    (_api("lambda", "DeleteFunction20150331", {"functionName": "f"}), "aws lambda delete-function --function-name f --region us-east-1"),
])
def test_an_api_call_is_the_command_that_makes_it(event, command, tmp_path):
    for text in (json.dumps({"Records": [event]}), json.dumps({"Events": [{"CloudTrailEvent": json.dumps(event)}]}), json.dumps(event)):
        (found,) = of_text(tmp_path, text, "cloudtrail")[0]
        assert found["action"]["command"] == command
        assert found["outcome"]["reasons"] == ["no-cwd", "reconstructed"]
        assert found["action"]["actor"]["user"] == "Mary"
    (tmp_path / "x.json").write_text(json.dumps({"Records": [event]}, indent=2))
    assert guessed(tmp_path / "x.json") == "cloudtrail"
    families = {family for operation in analyze(parse_action(found["action"]), load_builtin()).operations for family in operation.families}
    assert "cloud-destroy" in families


def test_cloudtrail_that_no_agent_did_or_that_failed(tmp_path):
    events, counts = of_text(tmp_path, json.dumps({"Records": [
        _api("ec2", "RunInstances", {}, errorCode="Client.UnauthorizedOperation"), _api("ec2", "StopInstances", {}, errorCode="Throttling"),
        _api("signin", "ConsoleLogin", None, eventType="AwsConsoleSignIn"), _api("s3", "PutObject", None, userIdentity={"type": "AWSService", "invokedBy": "config.amazonaws.com"}),
        {"eventName": 1},
    ]}), "cloudtrail")
    assert [event["outcome"]["result"] for event in events] == ["denied", "failed", "ran", "ran"]
    assert [event["outcome"]["replay"] for event in events] == ["partial", "partial", "none", "none"]
    assert counts.damaged == 1
