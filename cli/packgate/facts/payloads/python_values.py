"""Values of Python expressions, as far as the text decides them."""

from __future__ import annotations

import ast

from packgate.model.value import Origin, Text, has_holes, join, origins_of, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Part, Value

_PASS_THROUGH = frozenset(("str", "Path", "PurePath", "PosixPath", "abspath", "realpath", "normpath", "expandvars", "fspath"))
_FETCHERS = frozenset(("urlopen", "urlretrieve", "get", "request"))
_NETWORK_MODULES = frozenset(("requests", "urllib.request", "urllib2", "httpx", "urllib3", "aiohttp"))
_DECODERS = frozenset(("b64decode", "b32decode", "b85decode", "b16decode", "a85decode", "urlsafe_b64decode", "unhexlify", "fromhex",
                       "decompress", "decode", "loads"))


# Attributes of modules that are the same on every machine of ours.
_CONSTANTS = {"sys.executable": "python3", "os.sep": "/", "os.path.sep": "/", "os.linesep": "\n",
              "os.devnull": "/dev/null", "os.curdir": "."}


class Names:
    """What the names of a module stand for: imported modules and members, and variables with known values."""

    __slots__ = ("clients", "home", "imported", "variables")

    def __init__(self, home: Value | None) -> None:
        self.home = home
        self.imported: dict[str, str] = {}
        self.clients: dict[str, str] = {}
        self.variables: dict[str, Value | list[Value]] = {}

    def dotted(self, node: ast.expr) -> str:
        """The full dotted name of an expression, ``os.path.join``; a method of something else is ``.method``."""
        if isinstance(node, ast.Name):
            return self.imported.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            return f"{self.dotted(node.value)}.{node.attr}"
        if isinstance(node, ast.Call):
            called = self.dotted(node.func)
            if called in ("__import__", "importlib.import_module") and node.args:
                name = self.value(node.args[0])
                return name if isinstance(name, str) else "?"
            if called == "getattr" and len(node.args) > 1:
                member = self.value(node.args[1])
                return f"{self.dotted(node.args[0])}.{member if isinstance(member, str) else '?'}"
        return ""

    def value(self, node: ast.expr | None) -> Value:
        """The text of an expression; unknown text with its origins where it can't be told."""
        if isinstance(node, ast.Constant):
            if isinstance(node.value, bytes):
                return node.value.decode("utf-8", "replace")
            return node.value if isinstance(node.value, str) else str(node.value)
        if isinstance(node, ast.JoinedStr):
            return join([self.value(part) for part in node.values])
        if isinstance(node, ast.FormattedValue):
            return self.value(node.value)
        if isinstance(node, ast.BinOp):
            return self._binary(node)
        if isinstance(node, ast.Name) and node.id in self.variables:
            found = self.variables[node.id]
            return found if not isinstance(found, list) else unknown(Origin("argument", node.id))
        if isinstance(node, ast.Call):
            return self._call(node)
        if isinstance(node, ast.Subscript) and self.dotted(node.value) == "os.environ":
            name = self.value(node.slice)
            return unknown(Origin("variable", name if isinstance(name, str) else ""))
        if isinstance(node, ast.Attribute):
            dotted = self.dotted(node)
            if not dotted:
                return self.value(node.value)
            if dotted in _CONSTANTS:
                return _CONSTANTS[dotted]
        return unknown(Origin("argument", node.id if isinstance(node, ast.Name) else ""))

    def _binary(self, node: ast.BinOp) -> Value:
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Div):
            return join([left, "/", right])
        if isinstance(node.op, ast.Add):
            return join([left, right])
        return unknown(*origins_of(left), *origins_of(right))

    def _call(self, node: ast.Call) -> Value:
        name = self.dotted(node.func)
        last = name.rsplit(".", 1)[-1]
        arguments = [self.value(argument) for argument in node.args]
        if name in ("os.path.expanduser",) or (last == "home" and "Path" in name) or last == "expanduser":
            return self._expanded(arguments, node)
        if name in ("os.getenv", "os.environ.get"):
            return unknown(Origin("variable", arguments[0] if arguments and isinstance(arguments[0], str) else ""))
        if name in ("os.path.join",) or last in ("Path", "PurePath", "joinpath"):
            out: list[Value | Part] = []
            for index, argument in enumerate(arguments):
                out.extend(("/", argument) if index else (argument,))
            return join(out)
        if last in _PASS_THROUGH and arguments:
            return arguments[0]
        if name.rpartition(".")[0] in _NETWORK_MODULES and last in _FETCHERS:
            return unknown(Origin("network", str(arguments[0]) if arguments and isinstance(arguments[0], str) else ""))
        if name in ("open", "io.open") and arguments and isinstance(arguments[0], str):
            return unknown(Origin("file", arguments[0]))
        if last in ("b64decode", "fromhex", "unhexlify"):
            return _decoded(last, arguments)
        return self._method(node, last, arguments)

    def _method(self, node: ast.Call, last: str, arguments: list[Value]) -> Value:
        """A method or an unknown function: the unknown text keeps the origins of what went in."""
        receiver = self.value(node.func.value) if isinstance(node.func, ast.Attribute) else ""
        if last in ("strip", "decode", "encode", "as_posix", "resolve", "rstrip") and not has_holes(receiver) and receiver != "":
            return receiver
        origins = [origin for value in (receiver, *arguments) for origin in origins_of(value)]
        if not origins and last in _DECODERS:
            origins.append(Origin("encoded", last))
        return unknown(*origins) if origins else unknown(Origin("argument", last))

    def _expanded(self, arguments: list[Value], node: ast.Call) -> Value:
        home: Value = self.home if self.home is not None else unknown(Origin("variable", "HOME"))
        path = arguments[0] if arguments else self.value(node.func.value) if isinstance(node.func, ast.Attribute) else "~"
        if not arguments and not isinstance(path, str):
            path = "~"
        if isinstance(path, str) and path.startswith("~"):
            return join([home, path[1:]])
        return path

    def client(self, node: ast.expr) -> str | None:
        """The service of ``boto3.client("s3")``, also of a session."""
        if isinstance(node, ast.Call) and self.dotted(node.func).endswith((".client", ".resource")) and node.args:
            service = self.value(node.args[0])
            return service if isinstance(service, str) else None
        return None

    def listed(self, node: ast.expr) -> list[Value] | None:
        """The items of a list or tuple; None for another expression."""
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Name):
            found = self.variables.get(node.id)
            return found if isinstance(found, list) else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.listed(node.left), self.listed(node.right)
            return left + right if left is not None and right is not None else None
        if isinstance(node, ast.Call) and self.dotted(node.func).endswith("split"):
            source = node.args[0] if self.dotted(node.func) == "shlex.split" and node.args else None
            if source is None and isinstance(node.func, ast.Attribute):
                source = node.func.value
            text = self.value(source)
            return list(text.split()) if isinstance(text, str) else None
        return None


def _decoded(decoder: str, arguments: list[Value]) -> Value:
    """A constant that is decoded in the text."""
    text = arguments[0] if arguments else ""
    if isinstance(text, Text):
        return unknown(*origins_of(text), Origin("encoded", decoder))
    try:
        if decoder == "b64decode":
            import base64

            return base64.b64decode(text).decode("utf-8", "replace")
        return bytes.fromhex(text).decode("utf-8", "replace")
    except ValueError:
        return unknown(Origin("encoded", decoder))
