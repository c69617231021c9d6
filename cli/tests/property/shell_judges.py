"""One form for what our parser and mvdan/sh (``shfmt --to-json``) read, so that they can be compared.

A word becomes a text in which quotes are resolved and every expansion is a marker between two control characters.
"""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any, NamedTuple

from packgate.shell import tree
from packgate.shell.parser import parse
from packgate.shell.quotes import decode_ansi_c
from packgate.shell.relocate import push_children

Json = dict[str, Any]


class Reading(NamedTuple):
    """What a script holds, each list by position."""

    commands: list[tuple[int, list[str], list[str]]]
    redirects: list[tuple[int, str, str, str]]


# --- ours ----------------------------------------------------------------------------------------------------------


def read_ours(source: str) -> tuple[Reading, list[str]]:
    """Our reading, and the messages of its problems."""
    parsed = parse(source)
    reading = Reading([], [])
    todo: list[Any] = [parsed.script]
    while todo:
        node = todo.pop()
        assert 0 <= node.start <= node.end <= len(source), type(node).__name__
        if isinstance(node, tree.SimpleCommand) and (node.words or node.assignments):
            first = min([*node.words, *node.assignments], key=lambda part: part.start)
            words = [_word(word) for word in node.words if isinstance(word, tree.Word)]
            reading.commands.append((first.start, [_assignment(item) for item in node.assignments], words))
        elif isinstance(node, tree.Redirect):
            body = _word(node.body) if node.body is not None else ""
            fd = "{" + node.fd_name + "}" if node.fd_name else "" if node.fd is None else str(node.fd)
            reading.redirects.append((node.start + len(fd), node.op, fd + " " + _word(node.target), body))
        push_children(node, todo)
    reading.commands.sort()
    reading.redirects.sort()
    return reading, [problem.message for problem in parsed.problems]


def _assignment(node: tree.Assignment) -> str:
    index = f"[{_word(node.index)}]" if node.index is not None else ""
    values = " ".join(_word(word) for _, word in node.array) if node.array is not None else _word(node.value)
    return node.name + index + ("+" if node.append else "") + "=" + values


def _word(word: tree.Word | None) -> str:
    return "".join(_part(part) for part in word.parts) if word is not None else ""


def _part(part: Any) -> str:
    if isinstance(part, tree.Literal):
        return part.text
    if isinstance(part, tree.Quoted):
        return "".join(_part(inner) for inner in part.parts)
    if isinstance(part, tree.Parameter):
        words = [_word(argument) for argument in part.args] if part.op != ":" else []
        op = {"//": "/"}.get(part.op, part.op)
        return f"\x01{'#' * part.length}{'!' * part.indirect}{part.name}{op}{'|'.join(words)}\x02"
    names = {tree.CommandSub: "$()", tree.ArithmeticSub: "$(())", tree.ExtGlob: "glob"}
    return f"\x01{part.direction}()\x02" if isinstance(part, tree.ProcessSub) else f"\x01{names[type(part)]}\x02"


# --- mvdan/sh ------------------------------------------------------------------------------------------------------


def read_shfmt(source: str, program: str) -> Reading | None:
    """What mvdan/sh reads; None when it refuses the script."""
    done = subprocess.run([program, "--to-json"], input=source.encode(), capture_output=True, check=False)
    if done.returncode != 0:
        return None
    reading = Reading([], [])
    _collect(json.loads(done.stdout), reading)
    reading.commands.sort()
    reading.redirects.sort()
    return reading


def _collect(node: Any, reading: Reading) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, reading)
    elif isinstance(node, dict):
        if node.get("Type") == "CallExpr":
            assigns = [_their_assignment(item) for item in node.get("Assigns", [])]
            words = [_their_word(word) for word in node.get("Args", [])]
            reading.commands.append((node["Pos"]["Offset"], assigns, words))
        for redirect in node.get("Redirs", []):
            reading.redirects.append(_their_redirect(redirect))
        for value in node.values():
            _collect(value, reading)


def _their_redirect(node: Json) -> tuple[int, str, str, str]:
    quoted = any(part["Type"] in ("SglQuoted", "DblQuoted") for part in node["Word"]["Parts"])
    body = "".join(_their_part(part, "raw" if quoted else "heredoc") for part in node.get("Hdoc", {}).get("Parts", []))
    if node["Op"] == "<<-":
        body = re.sub(r"^\t+", "", body, flags=re.MULTILINE)
    fd = node.get("N", {}).get("Value", "")
    return node["OpPos"]["Offset"], node["Op"], fd + " " + _their_word(node["Word"]), body


def _their_assignment(node: Json) -> str:
    index = f"[{_their_word(node['Index'])}]" if "Index" in node else ""
    array = node.get("Array")
    values = " ".join(_their_word(e["Value"]) for e in array.get("Elems", [])) if array else _their_word(node.get("Value", {}))
    return node["Name"]["Value"] + index + ("+" if node.get("Append") else "") + "=" + values


def _their_word(node: Json) -> str:
    return "".join(_their_part(part, "plain") for part in node.get("Parts", []))


_SPECIAL = {"double": '$`"\\\\', "heredoc": "$`\\\\", "brace": '$`"\\\\}'}


def _unescape(text: str, context: str) -> str:
    if context == "raw":
        return text
    if context == "plain":
        return re.sub(r"\\(?:\n|(.))", lambda match: match[1] or "", text, flags=re.DOTALL)
    return re.sub(rf"\\(?:\n|([{_SPECIAL[context]}]))", lambda match: match[1] or "", text)


def _their_part(node: Json, context: str) -> str:
    kind, text = node["Type"], node.get("Value", "")
    if kind == "Lit":
        return _unescape(text, context)
    if kind == "SglQuoted":
        return decode_ansi_c(text) if node.get("Dollar") else text
    if kind == "DblQuoted":
        return "".join(_their_part(part, "double") for part in node.get("Parts", []))
    if kind == "ParamExp":
        return _their_parameter(node, context)
    if kind == "ProcSubst":
        return f"\x01{node['Op']})\x02"
    return {"CmdSubst": "\x01$()\x02", "ArithmExp": "\x01$(())\x02", "ExtGlob": "\x01glob\x02"}[kind]


def _their_parameter(node: Json, context: str) -> str:
    op, words = "", []
    inner = "plain" if context == "plain" else "brace"
    if "Exp" in node:
        op = node["Exp"]["Op"]
        inner = "plain" if op[0] in "#%^," else inner
        words = ["".join(_their_part(part, inner) for part in node["Exp"].get("Word", {}).get("Parts", []))]
    elif "Repl" in node:
        op, words = "/", [_their_word(node["Repl"]["Orig"]), _their_word(node["Repl"].get("With", {}))]
    elif "Slice" in node:
        op = ":"
    marks = "#" * bool(node.get("Length")) + "!" * bool(node.get("Excl"))
    return f"\x01{marks}{node['Param']['Value']}{op}{'|'.join(words)}\x02"
