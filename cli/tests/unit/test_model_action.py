"""Actions are checked each time, whatever was seen before."""

from __future__ import annotations

import pytest

from packgate.model.action import ActionError, parse_action

REPO = {"name": "acme/app", "root": "/srv/app", "branch": "x", "default_branch": "main"}
SOUND = {"surface": "shell", "command": "ls", "cwd": "/srv", "home": None, "repo": REPO}


@pytest.mark.parametrize("change", [
    {"cwd": 1}, {"home": ["x"]}, {"repo": "x"}, {"repo": {**REPO, "branch": 1}}, {"repo": []}, {"env": {"A": 1}}, {"env": ["A"]}, {"actor": 1},
    {"permissions": "x"}, {"command": None}, {"shell": "fish"}, {"surface": "mail"}, {"env": ""},
    {"url": 1}, {"permissions": [1]}, {"risk_signals": [None]}, {"actor": {"user": 1}}, {"actor": {"groups": "ops"}},
    {"actor": {"groups": ["ops", 1]}}, {"surface": "file", "operation": None, "path": "/x"},
])
def test_a_wrong_value_is_refused_after_sound_actions(change):
    for _ in range(2):
        parse_action(SOUND)
        parse_action({**SOUND, "env": {"A": "1"}, "actor": {"user": "x", "groups": ["ops"]}, "permissions": ["p"]})
        with pytest.raises(ActionError):
            parse_action({**SOUND, **change})


def test_unknown_keys_are_noted_each_time():
    for _ in range(2):
        assert parse_action(SOUND).notes == ()
        assert parse_action({**SOUND, "colour": "x"}).notes == ("unknown key 'colour' was ignored",)
        assert parse_action({**SOUND, "repo": {**REPO, "user": "x"}}).notes == ("unknown key 'repo.user' was ignored",)
        assert parse_action({**SOUND, "actor": {"branch": "x"}}).notes == ("unknown key 'actor.branch' was ignored",)
        assert parse_action({**SOUND, "repo": {}, "actor": {"user": "x"}}).notes == ()
