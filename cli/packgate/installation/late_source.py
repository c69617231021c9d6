"""The modules of an image: code objects of which the imports at the top were taken out, and functions and classes, to be bound late.

`hook.late_modules` binds them when they are first looked up.

What a module means stays the same as long as imports have no effect but to bind names, which holds for the layers that decide: a test
holds decisions from an image against ordinary ones.
"""

from __future__ import annotations
import __future__

import ast
import importlib.util
import marshal
import os
import re
from types import CodeType
from typing import TYPE_CHECKING, NamedTuple

from packgate.hook.late_modules import FIND, PATTERNS

SYSTEM = "packgate.hook.system"

if TYPE_CHECKING:
    from collections.abc import Iterator

# The layers that decide. Of the catalog, all but this makes the built-in one, which an image has already.
LAYERS = ("model", "shell", "facts", "engine", "guard", "eventlog", "approvals", "hook")
_SINGLE = ("__init__.py", "catalog/__init__.py", "catalog/lookup.py")
# Of the standard library, what has a quicker equal: the compiler of regular expressions is not needed for those that are compiled, most of
# `os` is loaded under another name, and `hashlib` loads the whole of OpenSSL.
_STAND_INS: dict[str, tuple[str, str | None]] = {"re": (PATTERNS, None), "os": (SYSTEM, None)}
_SHA256 = "_sha256" if importlib.util.find_spec("_sha256") is not None else "_sha2"
# An entry of a code object's table of lines: its form without columns, and how many instructions it can cover.
_NO_COLUMNS = 13
_LONGEST = 8
# A smaller function is read with its module: to find it by itself takes as long. To make a class takes longer than to read it.
_SMALL = 3000
_DEFINITIONS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


class Module(NamedTuple):
    """A module for an image. ``late``: the names it imports, each with its module and its name there (None: the module itself).
    ``pieces``: its functions and classes, each as code that defines it. ``patterns``: the regular expressions that its functions spell
    out."""

    code: CodeType
    late: dict[str, tuple[str, str | None]]
    pieces: dict[str, CodeType]
    package: bool
    patterns: tuple[tuple[str, int], ...]


def sources(package: str) -> Iterator[tuple[str, str]]:
    """The dotted names of the modules that an image holds, with their files. ``package``: the folder of packgate."""
    files = [os.path.join(package, *path.split("/")) for path in _SINGLE]
    for layer in LAYERS:
        for folder, _, names in sorted(os.walk(os.path.join(package, layer))):
            files += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".py")]
    for file in files:
        parts = os.path.relpath(file, package)[:-3].split(os.sep)
        yield ".".join(["packgate", *(parts[:-1] if parts[-1] == "__init__" else parts)]), file


# They open an image and make modules of it, so nothing can be bound late for them.
BOOT = ("packgate.hook.opening", "packgate.hook.late_modules")


def read_modules(package: str) -> dict[str, Module]:
    """The modules of an image by name, in a fixed order. Raises `OSError`, `SyntaxError`."""
    files = dict(sources(package))
    found = {}
    for name, file in files.items():
        with open(file, encoding="utf-8") as stream:
            found[name] = late_module(stream.read(), name, frozenset(files), os.path.basename(file) == "__init__.py")
    return found


def late_module(source: str, name: str, known: frozenset[str], package: bool = False) -> Module:
    """The code of a module without the imports at its top, and what they bind. ``known``: all modules of the image.

    An import of several steps (``import a.b``) or of everything stays where it is, as do those within functions.
    """
    tree = ast.parse(source)
    late: dict[str, tuple[str, str | None]] = {}
    if name not in BOOT:
        tree.body = [kept for statement in tree.body for kept in _without_import(statement, late, known)]
    patterns = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            patterns += _patterns(node)
        # The stand-ins themselves mean what they stand for.
        elif isinstance(node, ast.Import | ast.ImportFrom) and name not in (PATTERNS, SYSTEM):
            _put_equal(node)
        elif isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.copy_location(ast.Pass(), node.body[0])]
        if name not in BOOT:
            _find_late(node, known)
    pieces = {} if name in BOOT else _taken_apart(tree, f"<{name}>")
    return Module(_compiled(tree.body, f"<{name}>"), late, pieces, package, tuple(patterns))


def _taken_apart(tree: ast.Module, file: str) -> dict[str, CodeType]:
    """Take the functions and classes out of a module, but for small ones and those whose name is bound more than once."""
    bound = [node.name for node in tree.body if isinstance(node, _DEFINITIONS)]
    bound += [node.id for statement in tree.body if not isinstance(statement, _DEFINITIONS) for node in ast.walk(statement)
              if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)]
    pieces: dict[str, CodeType] = {}
    if "__getattr__" in bound:
        # It would be asked for them.
        return pieces
    for statement in tree.body:
        if isinstance(statement, _DEFINITIONS) and bound.count(statement.name) == 1 and not statement.name.startswith("__"):
            code = _compiled([statement], file)
            if isinstance(statement, ast.ClassDef) or len(marshal.dumps(code)) >= _SMALL:
                pieces[statement.name] = code
    tree.body = [statement for statement in tree.body if not (isinstance(statement, _DEFINITIONS) and statement.name in pieces)]
    return pieces


def _compiled(body: list[ast.stmt], file: str) -> CodeType:
    code = compile(ast.Module(body, []), file, "exec", __future__.annotations.compiler_flag, dont_inherit=True)
    return _slim(code)


def _without_import(statement: ast.stmt, late: dict[str, tuple[str, str | None]], known: frozenset[str]) -> list[ast.stmt]:
    if isinstance(statement, ast.If) and isinstance(statement.test, ast.Name) and statement.test.id == "TYPE_CHECKING":
        return statement.orelse
    if isinstance(statement, ast.Import) and all("." not in alias.name for alias in statement.names):
        for alias in statement.names:
            late[alias.asname or alias.name] = _STAND_INS.get(alias.name, (alias.name, None))
        return []
    if isinstance(statement, ast.ImportFrom) and statement.level == 0 and (statement.module or "").split(".")[0] == "packgate":
        for alias in statement.names:
            inner = f"{statement.module}.{alias.name}"
            late[alias.asname or alias.name] = (inner, None) if inner in known else (str(statement.module), alias.name)
        return []
    return [statement]


def _put_equal(node: ast.Import | ast.ImportFrom) -> None:
    """Put the stand-ins where functions import what they stand for: ``import re``, ``from hashlib import sha256``."""
    for alias in node.names if isinstance(node, ast.Import) else ():
        if alias.name in _STAND_INS:
            alias.asname = alias.asname or alias.name
            alias.name = _STAND_INS[alias.name][0]
    if isinstance(node, ast.ImportFrom) and node.module == "hashlib" and [alias.name for alias in node.names] == ["sha256"]:
        node.module = _SHA256


def _find_late(node: ast.AST, known: frozenset[str]) -> None:
    """Put a call of `Modules.find` where a function imports from packgate: `import` asks every finder anew."""
    for field in ("body", "orelse", "finalbody"):
        body = getattr(node, field, None)
        if isinstance(body, list):
            setattr(node, field, [found for statement in body for found in _found(statement, known)])


def _found(statement: ast.stmt, known: frozenset[str]) -> list[ast.stmt]:
    if not (isinstance(statement, ast.ImportFrom) and statement.level == 0 and (statement.module or "").split(".")[0] == "packgate"):
        return [statement]
    out: list[ast.stmt] = []
    for alias in statement.names:
        inner = f"{statement.module}.{alias.name}"
        where = (inner, None) if inner in known else (statement.module, alias.name)
        call = ast.Call(ast.Name(FIND, ast.Load()), [ast.Tuple([ast.Constant(part) for part in where], ast.Load())], [])
        assigned = ast.Assign([ast.Name(alias.asname or alias.name, ast.Store())], call)
        out.append(ast.fix_missing_locations(ast.copy_location(assigned, statement)))
    return out


def _patterns(node: ast.Call) -> list[tuple[str, int]]:
    """The expression that is written out in a call such as ``re.sub(r"\\s+", …)`` or ``re.compile("…", re.DOTALL)``."""
    call = node.func
    if not (isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "re" and node.args):
        return []
    given = [*node.args[1:2]] if call.attr == "compile" else []
    given += [keyword.value for keyword in node.keywords if keyword.arg == "flags"]
    text, flags = node.args[0], ast.unparse(given[0]) if given else "0"
    if not (isinstance(text, ast.Constant) and isinstance(text.value, str) and re.fullmatch(r"0|re\.[A-Z]+(?: \| re\.[A-Z]+)*", flags)):
        return []
    return [(text.value, sum(int(getattr(re, name)) for name in re.findall(r"[A-Z]+", flags)))]


def _slim(code: CodeType) -> CodeType:
    """Code of which every instruction stands in the first line: lines and columns are a quarter of what has to be read, and what the hook
    says of a failure is its kind."""
    inner = tuple(_slim(each) if isinstance(each, CodeType) else each for each in code.co_consts)
    left, table = len(code.co_code) // 2, bytearray()
    while left > 0:
        table += bytes((0x80 | _NO_COLUMNS << 3 | min(left, _LONGEST) - 1, 0))
        left -= _LONGEST
    return code.replace(co_consts=inner, co_linetable=bytes(table), co_qualname=code.co_name)
