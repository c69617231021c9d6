"""AppleScript: the commands that it hands to a shell or a terminal, and the files that it deletes and reads.

Source: AppleScript Language Guide, "do shell script", "Standard Additions"; Finder's dictionary.
"""

from __future__ import annotations

import re

from packgate.model.operation import PARTIAL
from packgate.model.value import Origin, join, show, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.nested import Payload
    from packgate.model.value import Value

_TOKEN = re.compile(r'"(?P<text>(?:[^"\\]|\\.)*)"|(?P<word>[A-Za-z_]\w*)|(?P<mark>--[^\n]*|[&()])', re.DOTALL)
_RUNS = (("do", "shell", "script"), ("do", "script"), ("doShellScript",))
_FILLERS = frozenset(("quoted", "form", "of", "posix", "file", "alias", "the", "as", "string", "text", "path", "to", "item", "in"))
_MAX_DEPTH = 3


def read_applescript(code: Value, payload: Payload, depth: int = 0) -> None:
    """Add what the script runs, deletes and reads."""
    _Script(show(code), payload, depth).run()


class _Script:
    __slots__ = ("depth", "payload", "position", "tokens", "variables")

    def __init__(self, text: str, payload: Payload, depth: int) -> None:
        self.payload = payload
        self.depth = depth
        self.position = 0
        self.variables: dict[str, Value] = {}
        self.tokens: list[tuple[str, str]] = []
        for match in _TOKEN.finditer(text):
            kind = str(match.lastgroup)
            if not match.group().startswith("--"):
                self.tokens.append((kind, match.group(kind)))

    def run(self) -> None:
        while self.position < len(self.tokens):
            if not self._statement():
                self.position += 1

    def _word(self, ahead: int = 0) -> str:
        index = self.position + ahead
        return self.tokens[index][1] if index < len(self.tokens) and self.tokens[index][0] != "text" else ""

    def _statement(self) -> bool:
        for words in _RUNS:
            if all(self._word(index) == word for index, word in enumerate(words)):
                self.position += len(words)
                self._run(self._value())
                return True
        word = self._word()
        if word == "set" and self._word(2) == "to" and self._word(1):
            name = self._word(1)
            self.position += 3
            if not any(self._word() == words[0] for words in _RUNS):
                self.variables[name] = self._value()
            return True
        if word == "run" and self._word(1) == "script":
            self.position += 2
            self._nested(self._value())
        elif word == "delete":
            self.position += 1
            self._file("delete-file", "delete", "delete")
        elif word == "read":
            self.position += 1
            self._file("read-file", "read", "read")
        elif word in ("keystroke", "load") and (word == "keystroke" or self._word(1) == "script"):
            self.payload.opaque("interpreter", PARTIAL)
            return False
        elif word == "system" and self._word(1) == "attribute":
            self.position += 2
            self.payload.add(("environment-exposure",), "print", "read", {"variable": (self._value(),)})
        else:
            return False
        return True

    def _value(self) -> Value:
        """Text, names and what ``&`` joins."""
        out: list[Value] = []
        wanted = True
        while self.position < len(self.tokens):
            kind, text = self.tokens[self.position]
            if kind == "mark":
                wanted = wanted or text == "&"
            elif kind == "word" and text.lower() in _FILLERS and wanted:
                pass
            elif not wanted:
                break
            else:
                known = self.variables.get(text, unknown(Origin("argument", text)))
                out.append(re.sub(r"\\(.)", _unescape, text) if kind == "text" else known)
                wanted = False
            self.position += 1
        return join(out)

    def _run(self, command: Value) -> None:
        if isinstance(command, str) or any(isinstance(part, str) for part in command.parts):
            if command != "":
                self.payload.shell(command)
        else:
            self.payload.unreadable(command)
        if [self._word(index) for index in range(3)] == ["with", "administrator", "privileges"]:
            self.payload.add(("privilege-escalation",), "run-as", "grant", {"user": ("root",)})

    def _nested(self, code: Value) -> None:
        if isinstance(code, str) and self.depth < _MAX_DEPTH:
            read_applescript(code, self.payload, self.depth + 1)
        else:
            self.payload.unreadable(code)

    def _file(self, family: str, operation: str, effect: str) -> None:
        following = self.tokens[self.position:self.position + 4]
        if any(kind == "text" for kind, _ in following):
            self.payload.add((family,), operation, effect, {"path": (self._value(),)})


def _unescape(match: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1))
