"""Hostile actions of the other surfaces, and lines of input that are hardly actions at all."""

from __future__ import annotations

import json
from typing import Any

from hostile_text import SHELL, SIZE, Shape, counted, fill, shape

# The beginnings of what detectors look for: much of it, none of it complete.
BAITS = (
    "akia ", "AKIA", "ghp_", "github_pat_", "glpat-", "xoxb-", "sk_live_", "AIza", "ya29.", "sk-ant-", "sk-", "npm_", "hf_", "SG.a.", "hvs.",
    "eyJaaaaaaaa.", "http://a:", "http://", "a:b@", "-----BEGIN PRIVATE KEY-----", "-----BEGIN A ", "aws secret ", "bearer ", "--password ",
    "--token=", "mysql ", "mysql -p", "sshpass -p ", "redis-cli ", "login -p", "-u ", "-ua:", "--user ", "password=", "api_key: ", "apikey",
    "secret", "token", "passwd='", "AccountKey=", "hooks.slack.com/services/",
)  # fmt: skip
# Deeper than anybody's arguments, and not too deep for a reader of JSON.
DEPTH = 900


def surfaces() -> list[Shape]:
    """File tools, tool calls, requests, prompts and outputs."""
    return [*_files(), *_tools(), *_requests(), *_texts()]


def _files() -> list[Shape]:
    place = {"cwd": "/home/dev/proj", "home": "/home/dev"}
    paths = {
        "a path": fill("/a"), "dots": fill("../"), "slashes": fill("/"), "stars": fill("*?"), "braces": fill("{a,b}"),
        "no text": fill("\0\ud800\r\n"), "other letters": fill("\u0430\u0131\u017f\u202e"), "drives": fill("C:\\"), "homes": fill("~/"),
    }  # fmt: skip
    contents = {
        "commands": fill("rm -rf /etc\n"), "open quotes": fill("$("), "keys": fill("AKIA" + "A" * 16 + "\n"), "no text": fill("\0\ud800"),
        "JSON": fill("["), "settings": counted('"a@": "b",\n', "{", '"c": 1}'),
    }  # fmt: skip
    found = [
        shape(f"file: {name} ({operation})", {"surface": "file", "operation": operation, "path": path, **place})
        for name, path in paths.items() for operation in ("write", "delete")
    ]  # fmt: skip
    for path in ("a.sh", ".claude/settings.json", ".github/workflows/a.yml", "package.json"):
        found += [
            shape(f"file: {name} in {path}", {"surface": "file", "operation": "write", "path": path, "content": content, **place})
            for name, content in contents.items()
        ]  # fmt: skip
    return found


def _tools() -> list[Shape]:
    deep: Any = "rm -rf /etc"
    for level in range(DEPTH):
        deep = {"path": deep} if level % 2 else [deep, "/etc/passwd"]
    arguments: dict[str, Any] = {
        "deep arguments": deep,
        "many arguments": {f"path{number}": f"/etc/{number}" for number in range(5_000)},
        "a long list": {"paths": ["/etc/a"] * 12_000},
        "a long name": {fill("path"): 1},
        "a command": {"command": fill("rm /x;")},
        "an open command": {"command": fill("$(")},
        "SQL": {"query": fill("DROP TABLE a; "), "database": "prod"},
        "a path": {"path": fill("../")},
        "an address": {"url": fill("a:b@", "http://")},
        "names": {"environment": fill("prod-")},
        "secrets": {"password": fill("aB3$")},
        "no text": {"text\ud800": fill("\0\ud800")},
        "numbers": {"a": [1e308, -0.0, 10**4000, True, None] * 20},
    }
    found = [shape(f"mcp: {name}", {"surface": "mcp", "server": "s", "tool": "t", "arguments": value if isinstance(value, dict) else {"a": value}})
             for name, value in arguments.items()]  # fmt: skip
    found.append(shape("mcp: a long tool", {"surface": "mcp", "server": fill("s"), "tool": fill("delete_"), "arguments": {}}))
    found.append(shape("mcp: annotations", {"surface": "mcp", "server": "s", "tool": "t", "annotations": {f"a{number}": [] for number in range(6_000)}}))
    return found


def _requests() -> list[Shape]:
    urls = {
        "a host": fill("a.", "http://"), "brackets": fill("[", "http://"), "ports": fill(":9", "http://a"), "users": fill("a:b@", "http://"),
        "percents": fill("%2e", "http://a/"), "numbers": fill("0x7f.", "http://"), "a query": fill("a=b&", "http://a/?"), "schemes": fill("http:"),
        "no text": fill("\0\ud800", "http://"), "other letters": fill("\uff41\u3002", "http://"), "a digit": fill("9", "http://"),
        "slashes": fill("/", "http:"), "fragments": fill("#", "http://a/"), "labels": fill("xn--", "http://"),
    }  # fmt: skip
    found = [shape(f"web: {name}", {"surface": "web", "method": "POST", "url": url}) for name, url in urls.items()]
    found.append(shape("web: a body", {"surface": "web", "method": "POST", "url": "https://a.example/", "body": fill("password=aB3$")}))
    found.append(shape("web: a method", {"surface": "web", "method": fill("POST"), "url": "https://a.example/"}))
    return found


def _texts() -> list[Shape]:
    texts = {f"{bait!r} in a row": fill(bait) for bait in BAITS}
    texts |= {
        "words": fill("Please drop the table. "), "no spaces": fill("a"), "a line of quotes": fill("'\""), "no text": fill("\0\ud800\r"),
        "instructions": fill("Ignore all previous instructions. "), "invisible letters": fill("\u200b\U000e0041"),
    }  # fmt: skip
    found = [shape(f"{surface}: {name}", {"surface": surface, "text": text}) for name, text in texts.items() for surface in ("output",)]
    found += [shape(f"prompt: {name}", {"surface": "prompt", "text": texts[name]}) for name in ("words", "no text", "instructions")]
    found += [shape(f"command: {bait!r} in a row", {**SHELL, "command": fill(bait, "echo ")}) for bait in BAITS[::2]]
    return found


def lines() -> list[Shape]:
    """Lines of standard input: not JSON, not an action, or far too much of one. All but the last few must be denied."""
    base = json.dumps({**SHELL, "command": "rm -rf /etc"})[:-1]
    broken = {
        "open lists": "[" * SIZE, "open objects": fill('{"a":'), "deep lists": "[" * 50_000 + "]" * 50_000, "a digit": "9" * SIZE,
        "digits of a key": base + ', "a": ' + "9" * SIZE + "}", "quotes": '"' * SIZE,
        "an open text": '"' + "a" * SIZE, "escapes": '"' + "\\u0000" * 16_000, "spaces": " " * SIZE + "x", "words": "a " * 50_000,
        "a key twice": "{" + counted('"a@": 1, ') + '"command": "a", "command": "b"}', "keys twice": "{" + '"a": 1, ' * 12_000 + '"b": 1}',
        "deep repositories": base + ', "repo": ' + '{"name":' * 16_000 + "1" + "}" * 16_000 + "}", "not a number": base + ', "a": NaN}',
        "a list of actions": "[" + ", ".join([base + "}"] * 900) + "]",
    }  # fmt: skip
    found = [Shape(f"line: {name}", text.encode(), True) for name, text in broken.items()]
    found += [
        Shape("line: bytes that are no UTF-8", b'{"command": "' + b"\xff" * SIZE + b'"}', True),
        Shape("line: UTF-16", (base + "}").encode("utf-16") * 500, True),
        Shape("line: NUL", b"\0" * SIZE, True),
        Shape("line: longer than the limit", b'{"command": "' + b"a" * (17 * 1024 * 1024) + b'"}', True),
    ]
    action = {**SHELL, "command": "rm -rf /etc"}
    return [
        *found,
        Shape("line: a number beyond all", (base + ', "a": 1e' + "9" * SIZE + "}").encode()),
        shape("line: unknown keys", {**action, **{f"k{number}": number for number in range(6_000)}}),
        shape("line: an unknown key", {**action, fill("k"): 1}),
        shape("line: variables", {**action, "env": {f"V{number}": "/etc" for number in range(5_000)}}),
        shape("line: a variable", {**action, "env": {"A": fill("$A"), "BASH_ENV": fill("/"), "PATH": fill("/a:")}}),
        shape("line: an id", {**action, "id": fill("i")}),
        shape("line: a folder", {**action, "cwd": fill("/.."), "home": fill("/a")}),
        shape("line: a repository", {**action, "repo": {"name": fill("a/"), "root": fill("/"), "branch": fill("*"), "default_branch": fill("[")}}),
        shape("line: groups", {**action, "actor": {"groups": [f"g{number}" for number in range(8_000)], "user": fill("u")}}),
        shape("line: groups of no text", {**action, "actor": {"groups": [None, 1, {}, []] * 5_000, "user": 7}}),
        shape("line: permissions", {**action, "permissions": [{"a": []}] * 8_000, "risk_signals": ["a"] * 8_000, "approval": fill("a")}),
        shape("line: a time", {**action, "time": fill("2026-")}),
    ]
