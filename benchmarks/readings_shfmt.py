"""What mvdan/sh (``shfmt --to-json``) reads in a script, in the form of `readings`."""

from __future__ import annotations

import re
from typing import Any

from readings import Reading

from packgate.shell.quotes import decode_ansi_c

Json = dict[str, Any]


def reading_of(statements: list[Json]) -> Reading:
    """The reading of statements of shfmt's tree; positions are bytes of the file."""
    reading = Reading([], [], [])
    _collect(statements, reading)
    reading.sort()
    return reading


def _collect(node: Any, reading: Reading) -> None:
    if isinstance(node, list):
        for item in node:
            _collect(item, reading)
    elif isinstance(node, dict):
        kind = node.get("Type")
        if kind in ("CallExpr", "DeclClause", "LetClause"):
            _command(node, reading)
        elif kind is not None:
            _frame(kind, node, reading.skeleton)
        if "Cmd" in node or "Redirs" in node:
            _statement(node, reading)
        for value in node.values():
            _collect(value, reading)


def _statement(node: Json, reading: Reading) -> None:
    at = node["Pos"]["Offset"]
    if node.get("Background"):
        reading.skeleton.append((at, "&", ""))
    if node.get("Negated"):
        reading.skeleton.append((at, "!", ""))
    for redirect in node.get("Redirs", []):
        reading.redirects.append(_redirect(redirect))


def _command(node: Json, reading: Reading) -> None:
    at = node["Pos"]["Offset"]
    if node["Type"] == "CallExpr":
        reading.commands.append((at, [_assignment(item) for item in node.get("Assigns", [])], [_word(word) for word in node.get("Args", [])]))
    elif node["Type"] == "DeclClause":
        reading.commands.append((at, [], [node["Variant"]["Value"], *(_declared(item) for item in node.get("Args", []))]))
    else:
        reading.commands.append((at, [], ["let", *(_bare(expression) for expression in node["Exprs"])]))


def _declared(node: Json) -> str:
    """An argument of ``declare``: a word, a name, or an assignment."""
    if not node.get("Naked"):
        return _assignment(node)
    if "Name" in node:
        return str(node["Name"]["Value"]) + (f"[{_bare(node['Index'])}]" if "Index" in node else "")
    return _word(node["Value"])


def _frame(kind: str, node: Json, out: list[tuple[int, str, str]]) -> None:
    at = node["Pos"]["Offset"] if "Pos" in node else 0
    if kind == "BinaryCmd":
        out.append((node["Y"]["Pos"]["Offset"], node["Op"], ""))
    elif kind == "IfClause":
        count, last = 1, node.get("Else")
        while last is not None and "Cond" in last:
            count, last = count + 1, last.get("Else")
        out.append((at, "if", f"{count} {last is not None}"))
    elif kind == "WhileClause":
        out.append((at, "until" if node.get("Until") else "while", ""))
    elif kind == "ForClause":
        out.append(_loop(at, node))
    elif kind == "CaseClause":
        items = ["|".join(_word(word) for word in item["Patterns"]) + item["Op"] for item in node.get("Items", [])]
        out.append((at, "case", " ".join([_word(node["Word"]), *items])))
    elif kind == "FuncDecl":
        out.append((at, "function", node["Name"]["Value"]))
    elif kind in ("Block", "Subshell"):
        out.append((at, "{" if kind == "Block" else "(", ""))
    elif kind == "ArithmCmd":
        out.append((at, "((", _bare(node.get("X"))))
    elif kind == "TestClause":
        out.append((at, "[[", " ".join(_test(node["X"]))))
    elif kind == "TimeClause":
        out.append((0, "time", ""))
    elif kind == "CoprocClause":
        out.append((at, "coproc", _word(node["Name"]) if "Name" in node else ""))


def _loop(at: int, node: Json) -> tuple[int, str, str]:
    loop = node["Loop"]
    if loop["Type"] == "CStyleLoop":
        return at, "for ((", ";".join(_bare(loop.get(part)) for part in ("Init", "Cond", "Post"))
    words = "|".join(_word(word) for word in loop.get("Items", [])) if "Items" in loop or "InPos" in loop else "-"
    return at, "select" if node.get("Select") else "for", f"{loop['Name']['Value']} {words}"


def _test(node: Json) -> list[str]:
    """The words of ``[[ … ]]``."""
    kind = node["Type"]
    if kind == "BinaryTest":
        return [*_test(node["X"]), node["Op"], *_test(node["Y"])]
    if kind == "UnaryTest":
        return [node["Op"], *_test(node["X"])]
    if kind == "ParenTest":
        return ["(", *_test(node["X"]), ")"]
    return [_word(node)]


def _redirect(node: Json) -> tuple[int, str, str, str]:
    quoted = any(part["Type"] in ("SglQuoted", "DblQuoted") or "\\" in part.get("Value", "") for part in node["Word"]["Parts"])
    body = "".join(_part(part, "raw" if quoted else "heredoc") for part in node.get("Hdoc", {}).get("Parts", []))
    if node["Op"] == "<<-":
        body = re.sub(r"^\t+", "", body, flags=re.MULTILINE)
    fd = node.get("N", {}).get("Value", "")
    return node["OpPos"]["Offset"], node["Op"], fd + " " + _word(node["Word"]), body


def _assignment(node: Json) -> str:
    index = f"[{_bare(node['Index'])}]" if "Index" in node else ""
    if "Array" in node:
        elements = node["Array"].get("Elems", [])
        values = "(" + " ".join((f"[{_bare(e['Index'])}]=" if "Index" in e else "") + _word(e.get("Value", {})) for e in elements) + ")"
    else:
        values = _word(node.get("Value", {}))
    return f"{node['Name']['Value']}{index}{'+' if node.get('Append') else ''}={values}"


def _word(node: Json) -> str:
    return "".join(_part(part, "plain") for part in node.get("Parts", []))


def _bare(node: Json | None) -> str:
    """Arithmetic as text without white space."""
    return "" if node is None else "".join(_arithmetic(node).split())


def _arithmetic(node: Json) -> str:
    kind = node.get("Type")
    if kind == "BinaryArithm":
        return f"{_arithmetic(node['X'])}{node['Op']}{_arithmetic(node['Y'])}"
    if kind == "UnaryArithm":
        operand = _arithmetic(node["X"])
        return f"{operand}{node['Op']}" if node.get("Post") else f"{node['Op']}{operand}"
    if kind == "ParenArithm":
        return "(" + _arithmetic(node["X"]) + ")"
    return "".join(_part(part, "arithmetic") for part in node.get("Parts", []))


_SPECIAL = {"double": '$`"\\\\', "heredoc": "$`\\\\", "brace": '$`"\\\\}'}


def _unescape(text: str, context: str) -> str:
    if context == "raw":
        return text
    if context in ("plain", "arithmetic"):
        return re.sub(r"\\(?:\n|(.))", lambda match: match[1] or "", text, flags=re.DOTALL)
    return re.sub(rf"\\(?:\n|([{_SPECIAL[context]}]))", lambda match: match[1] or "", text)


def _part(node: Json, context: str) -> str:
    kind, text = node["Type"], node.get("Value", "")
    if kind == "Lit":
        return _unescape(text, context)
    if kind == "SglQuoted":
        return decode_ansi_c(text) if node.get("Dollar") else text
    if kind == "DblQuoted":
        return "".join(_part(part, "double") for part in node.get("Parts", []))
    if kind == "ParamExp":
        if context == "arithmetic" and "Dollar" not in node:
            return str(node["Param"]["Value"]) + (f"[{_bare(node['Index'])}]" if "Index" in node else "")
        return _parameter(node, context)
    if kind == "ProcSubst":
        return f"\x01{node['Op']})\x02"
    if kind == "ArithmExp":
        return f"\x01$(({_bare(node.get('X'))}))\x02"
    return {"CmdSubst": "\x01$()\x02", "ExtGlob": "\x01glob\x02"}[kind]


def _parameter(node: Json, context: str) -> str:
    op, words = "", []
    inner = "plain" if context in ("plain", "arithmetic") else "brace"
    if "Exp" in node:
        op = node["Exp"]["Op"]
        inner = "plain" if op[0] in "#%^," else inner
        words = ["".join(_part(part, inner) for part in node["Exp"].get("Word", {}).get("Parts", []))]
    elif "Repl" in node:
        op, words = "/", [_word(node["Repl"].get("Orig", {})), _word(node["Repl"].get("With", {}))]
    elif "Slice" in node:
        slice_ = node["Slice"]
        op, words = ":", [_bare(slice_.get("Offset"))] + ([_bare(slice_["Length"])] if "Length" in slice_ else [])
    elif "Names" in node:
        op, words = "names" + node["Names"], []
    index = f"[{_bare(node['Index'])}]" if "Index" in node else ""
    marks = "#" * bool(node.get("Length")) + "!" * bool(node.get("Excl"))
    return f"\x01{marks}{node['Param']['Value']}{index}{op}{'|'.join(words).rstrip('|')}\x02"
