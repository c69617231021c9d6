"""An action in one line."""

from __future__ import annotations

from packgate.impact.simulation.shown import one_line


def test_an_action_cannot_steer_a_terminal() -> None:
    assert one_line({"surface": "shell", "command": "ls\x1b[2K\n  é\u202e\ud800"}) == "shell: ls\\x1b[2K é\\u202e\\ud800"
    assert one_line({"surface": "file", "operation": "read", "path": "/a"}) == "file: read /a"
    assert one_line({"surface": "mcp", "server": "s", "tool": "t", "arguments": {"b": 1, "a": 2}}) == 'mcp: s.t {"a": 2, "b": 1}'
    assert one_line({"surface": "web", "url": "https://example.com"}) == "web: https://example.com"
    assert one_line({"surface": "prompt", "text": "do\tit"}) == "prompt: do it"
