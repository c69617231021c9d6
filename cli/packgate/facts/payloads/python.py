"""Python code: what it runs, deletes, writes, reads and sends, found in its syntax tree."""

from __future__ import annotations

import ast
import warnings

from packgate.facts.payloads.python_calls import FILES, METHODS, RUNS_ARGV, RUNS_SHELL, SENDS
from packgate.facts.payloads.python_values import Names
from packgate.facts.statements import read_sql
from packgate.model.operation import OPAQUE, PARTIAL, Note
from packgate.model.value import Origin, has_holes, origins_of, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.fields import Fields
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_MAX_DEPTH = 3
_HOLE_NAME = "packgate_unknown"


def read_python(code: Value, payload: Payload, depth: int = 0) -> None:
    """Add what the code does. Code that can't be parsed, and code that it makes up, is reported."""
    text = code if isinstance(code, str) else show_code(code)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        payload.opaque("interpreter" if isinstance(code, str) else "dynamic", PARTIAL)
        return
    try:
        _Reader(payload, depth).visit(tree)
    except RecursionError:
        payload.opaque("interpreter", OPAQUE)


def show_code(code: Value) -> str:
    """Partly known code with a name in place of every unknown piece."""
    if isinstance(code, str):
        return code
    return "".join(part if isinstance(part, str) else _HOLE_NAME for part in code.parts)


class _Reader(ast.NodeVisitor):
    """Walks the tree in source order. ``shown`` counts the calls around that print what they are given."""

    def __init__(self, payload: Payload, depth: int) -> None:
        self.payload = payload
        self.depth = depth
        self.names = Names(payload.state.home)
        self.shown = 0
        self.database: Fields = {}

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.names.imported[alias.asname or alias.name.split(".")[0]] = alias.name if alias.asname else alias.name.split(".")[0]

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            self.names.imported[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def visit_Assign(self, node: ast.Assign) -> None:
        self.generic_visit(node)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            service = self.names.client(node.value)
            if service is not None:
                self.names.clients[name] = service
                return
            dotted = self.names.dotted(node.value)
            if dotted and isinstance(node.value, (ast.Attribute, ast.Name, ast.Call)) and _is_module(dotted):
                self.names.imported[name] = dotted
                return
            items = self.names.listed(node.value)
            self.names.variables[name] = items if items is not None else self.names.value(node.value)

    def visit_For(self, node: ast.For) -> None:
        """A loop over a constant list runs its body once for each item; over anything else once with an unknown."""
        self.visit(node.iter)
        items = self.names.listed(node.iter)
        for item in items if items is not None else [unknown(Origin("argument"))]:
            if isinstance(node.target, ast.Name):
                self.names.variables[node.target.id] = item
            for statement in node.body:
                self.visit(statement)
        for statement in node.orelse:
            self.visit(statement)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if self.shown and self.names.dotted(node) == "os.environ":
            self.payload.add(("environment-exposure",), "dump", "read")
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if self.names.dotted(node.value) == "os.environ":
            if self.shown:
                self._print(self.names.value(node.slice))
            return
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = self.names.dotted(node.func)
        last = name.rsplit(".", 1)[-1] if name else node.func.attr if isinstance(node.func, ast.Attribute) else ""
        if name in ("os.getenv", "os.environ.get"):
            if self.shown:
                self._print(self.names.value(node.args[0]) if node.args else "")
            return
        self.visit(node.func)
        printing = name == "print" or last in ("write", "dumps", "pprint", "dump")
        self._effect(name, last, node)
        self.shown += printing
        for child in (*node.args, *node.keywords):
            self.visit(child)
        self.shown -= printing

    def _print(self, variable: Value) -> None:
        self.payload.add(("environment-exposure",), "print", "read", {"variable": (variable,)})

    # --- effects of calls --------------------------------------------------------------------------------------------

    def _effect(self, name: str, last: str, node: ast.Call) -> None:
        first = node.args[0] if node.args else None
        if name in RUNS_SHELL or name in RUNS_ARGV:
            self._run(node, name in RUNS_ARGV)
        elif name in ("exec", "eval", "compile", "builtins.exec", "builtins.eval"):
            self._nested(self.names.value(first))
        elif name in ("os.kill", "os.killpg"):
            self.payload.add(("process-kill",), "kill", "delete", {"target": (self.names.value(first),)})
        elif name in FILES:
            self._file(FILES[name], [self.names.value(argument) for argument in node.args])
        elif name in ("open", "io.open", "codecs.open"):
            self._open(node)
        elif name in SENDS or (name.rpartition(".")[0] in ("requests", "httpx") and last in ("post", "put", "patch", "get", "delete")):
            self._network(last, node)
        elif last in ("execute", "executemany", "executescript") and isinstance(node.func, ast.Attribute):
            self._statement(self.names.value(first))
        elif last == "connect":
            self._connect(node)
        elif last in METHODS and isinstance(node.func, ast.Attribute) and self._is_path(node.func.value):
            self._file(METHODS[last], [self.names.value(node.func.value)])
        elif name.startswith(".") and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, (ast.Call, ast.Name)):
            self._cloud(node.func.value, last, node)
        elif name.startswith(("ctypes.", "marshal.", "pickle.load")) or "?" in name:
            self.payload.opaque("interpreter", PARTIAL)

    def _is_path(self, node: ast.expr) -> bool:
        """Whether a method's receiver is a path: made by pathlib here, or a variable whose text is known."""
        if isinstance(node, ast.Call):
            return self.names.dotted(node.func).rsplit(".", 1)[-1] in ("Path", "PosixPath", "home", "expanduser", "resolve", "joinpath")
        if isinstance(node, ast.BinOp):
            return isinstance(node.op, ast.Div)
        return isinstance(node, ast.Name) and isinstance(self.names.variables.get(node.id), str)

    def _run(self, node: ast.Call, may_be_list: bool) -> None:
        if not node.args and not node.keywords:
            return
        first = node.args[0] if node.args else node.keywords[0].value
        items = self.names.listed(first) if may_be_list else None
        if items is None and may_be_list and self.names.dotted(node.func).startswith(("os.exec", "os.spawn")):
            items = self._words(node.args[1:])
        if items:
            self.payload.run(items)
            return
        code = self.names.value(first)
        if isinstance(code, str) or any(isinstance(part, str) for part in code.parts):
            self.payload.shell(code)
        else:
            self.payload.unreadable(code)

    def _words(self, arguments: list[ast.expr]) -> list[Value]:
        """The argument vector of ``os.execvp(file, args)`` and ``os.execlp(file, *args)``."""
        for argument in arguments:
            listed = self.names.listed(argument)
            if listed is not None:
                return listed
        return [self.names.value(argument) for argument in arguments]

    def _nested(self, code: Value) -> None:
        if isinstance(code, str) and self.depth < _MAX_DEPTH:
            read_python(code, self.payload, self.depth + 1)
        else:
            self.payload.unreadable(code)

    def _file(self, effect: tuple[str, str, str, int], arguments: list[Value]) -> None:
        """``effect`` is family, operation, effect and the position of the path (-1: every argument)."""
        family, operation, kind, position = effect
        paths = arguments if position < 0 else arguments[position:position + 1]
        for path in paths:
            self.payload.add((family,), operation, kind, {"path": (path,)})

    def _open(self, node: ast.Call) -> None:
        if not node.args:
            return
        given = [keyword.value for keyword in node.keywords if keyword.arg == "mode"]
        mode = self.names.value(node.args[1] if len(node.args) > 1 else given[0] if given else ast.Constant("r"))
        letters = mode if isinstance(mode, str) else "w"
        path = self.names.value(node.args[0])
        if path == "0" or path in ("/dev/stdin", "/dev/stdout"):
            return
        if any(letter in letters for letter in "wax+"):
            self.payload.add(("modify-file",), "append" if "a" in letters else "write", "write", {"path": (path,)})
        else:
            self.payload.add(("read-file",), "read", "read", {"path": (path,)})

    def _cloud(self, receiver: ast.expr, method: str, node: ast.Call) -> None:
        """``boto3.client("ec2").terminate_instances(InstanceIds=[...])`` is ``aws ec2 terminate-instances``."""
        service = self.names.clients.get(receiver.id) if isinstance(receiver, ast.Name) else self.names.client(receiver)
        if service is None:
            return
        argv: list[Value] = ["aws", service, method.replace("_", "-")]
        for keyword in node.keywords:
            values = self.names.listed(keyword.value)
            option = "".join("-" + letter.lower() if letter.isupper() else letter for letter in keyword.arg or "")
            argv.append("-" + option)
            argv.extend(values if values is not None else [self.names.value(keyword.value)])
        self.payload.run(argv)

    def _network(self, last: str, node: ast.Call) -> None:
        url = self.names.value(node.args[0]) if node.args else unknown()
        data = [keyword.value for keyword in node.keywords if keyword.arg in ("data", "json", "files", "content")]
        if not data and last in ("urlopen", "Request", "post", "put", "patch") and len(node.args) > 1:
            data = [node.args[1]]
        fields: Fields = {"url": (url,)} if url != "" else {}
        if data:
            payload = self.names.value(data[0])
            fields["payload"] = (payload,)
            details = [origin for origin in origins_of(payload) if origin.kind in ("file", "variable")]
            if details:
                fields["origin"] = tuple(sorted({origin.kind for origin in details}))
            paths = tuple(origin.detail for origin in details if origin.kind == "file" and origin.detail)
            if paths:
                fields["path"] = paths
        sends = bool(data) or last in ("post", "put", "patch", "delete", "sendmail", "send", "sendall", "STOR")
        self.payload.add(("data-transfer",), "upload" if sends else "download", "send" if sends else "read", fields)

    # --- databases ---------------------------------------------------------------------------------------------------

    def _connect(self, node: ast.Call) -> None:
        """The server that later statements go to: a connection string, or keyword arguments. A socket's address is a pair."""
        from packgate.facts.parsers import PARSERS

        found: dict[str, Value] = {}
        address = self.names.listed(node.args[0]) if node.args else None
        if address:
            self.payload.add(("data-transfer",), "send", "send", {"host": (address[0],)})
            return
        if node.args:
            found.update(PARSERS["conninfo"](self.names.value(node.args[0])) or {})
        for keyword in node.keywords:
            if keyword.arg in ("host", "server", "dsn"):
                found["host"] = self.names.value(keyword.value)
            elif keyword.arg in ("dbname", "database", "db"):
                found["database"] = self.names.value(keyword.value)
        for field in ("host", "user", "database"):
            if found.get(field):
                self.payload.fields[field] = (found[field],)

    def _statement(self, statement: Value) -> None:
        if isinstance(statement, str) or not has_holes(statement) or any(isinstance(part, str) for part in statement.parts):
            read_sql(statement, self.payload)
        else:
            self.payload.add(("database-write",), "unknown", "write")
            note = Note("opaque-statements", f"runs a statement that is not known: {show(statement)}", PARTIAL, self.payload.span)
            self.payload.session.note(note)


def _is_module(dotted: str) -> bool:
    return dotted.split(".")[0] in ("os", "subprocess", "shutil", "pathlib", "requests", "urllib", "socket", "sys", "importlib")
