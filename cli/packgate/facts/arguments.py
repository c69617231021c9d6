"""Read the arguments of a call the way its program does: sub-command, options with their values, operands."""

from __future__ import annotations

from packgate.facts.call import ACTIVE, DRY, HELP, Call
from packgate.facts.parsers import PARSERS
from packgate.facts.wildcard import matches
from packgate.model.value import Hole, join

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.program import Branch, Given, Level, Option, Program
    from packgate.model.value import Part, Value
    from packgate.shell.state import State

_STARTS = ("-", "+")
# Styles in which options end at the first operand, or (`host`) at the second.
_ENDS_AT_OPERAND = frozenset(("posix", "raw", "host"))
# Styles in which a word that is an option of the program is read as that and nothing else.
_SPELLED_OUT = frozenset(("gnu", "posix", "host"))
_FALSE = ("false", "0", "no")


def read_call(
    program: Program,
    name: str,
    argv: list[Value],
    state: State,
    stdin: Value | None = None,
    span: tuple[int, int] = (0, 0),
    variables: tuple[str, ...] = (),
) -> Call:
    """The call that an argument vector makes; ``argv[0]`` is the program."""
    root = program.root
    level = root.level
    if level is None:
        raise ValueError(f"the program {program.name!r} has no level")
    call = Call(name, argv, state, level, stdin, span, variables)
    if level.style == "raw" and not root.has_children:
        call.operands = argv[1:]
        call.flags = [*flags_of(call.operands)]
        call.given = level.given(call.options)
        return call
    reader = _Reader(call, root)
    reader.read(argv)
    given = call.given = call.level.given(call.options)
    if given.asks_help or given.neutral:
        call.neutral = _neutral(call, given)
    return call


def flags_of(words: list[Value]) -> tuple[str, ...]:
    """The words that look like options, without their values."""
    found = [word for word in words if isinstance(word, str) and word[:1] == "-"]
    return tuple([word.partition("=")[0] for word in found]) if found else ()


class _Reader:
    """Walks the words once. ``live`` are the branches that the words so far lead to, the best first."""

    __slots__ = ("argv", "best", "best_words", "call", "descending", "live", "pending", "position", "style")

    def __init__(self, call: Call, root: Branch) -> None:
        self.call = call
        self.live = [root]
        self.best = root
        self.best_words = 0
        self.pending: list[str] = []
        self.descending = root.has_children
        self.argv: list[Value] = []
        self.position = 0
        self.style = call.level.style

    def read(self, argv: list[Value]) -> None:
        self.argv = argv
        self.position = 1
        ended = False
        call = self.call
        operands = call.operands
        count = len(argv)
        while self.position < count:
            word = argv[self.position]
            self.position += 1
            # No program reads another word as an option, but one in the style of dd.
            plain = ended or (isinstance(word, str) and word[:1] not in _STARTS and self.style != "keyval")
            if not plain and isinstance(word, str) and self._declared(word):
                continue
            if plain or not self._option(word):
                if not self.descending:
                    operands.append(word)
                elif not self._operand(word):
                    continue
                if self.style in _ENDS_AT_OPERAND:
                    ended = self.style != "host" or len(operands) > 1
            elif word == "--":
                call.after = len(operands)
                ended = True
        if len(self.pending) > self.best_words:
            call.operands[:0] = self.pending[self.best_words:]
        call.words = self.pending[:self.best_words]

    # --- sub-commands and operands -----------------------------------------------------------------------------------

    def _operand(self, word: Value) -> bool:
        """Take a word that may belong to the sub-command and is no option; true when it is an operand."""
        if self._descend(word):
            return False
        self.descending = False
        self._settle()
        self.call.operands.append(word)
        return True

    def _descend(self, word: Value) -> bool:
        """Follow a word of the sub-command; false when none of the live branches knows it."""
        if not isinstance(word, str):
            if not self.pending or all(branch.level is None for branch in self.live):
                self.call.undecided = any(branch.can_follow(word) for branch in self.live)
                # What stands before the name of a sub-command holds options, whatever they are (`kubectl $FLAGS delete …`).
                return self.call.undecided and self._names_next()
            return False
        live = self.live
        following = live[0].follow(word) if len(live) == 1 else [child for branch in live for child in branch.follow(word)]
        if not following:
            return False
        self.live = following
        self.pending.append(word)
        for branch in following:
            if branch.level is not None:
                self._enter(branch, branch.level)
                break
        self.descending = following[0].has_children or any(branch.has_children for branch in following)
        if not self.descending:
            self._settle()
        return True

    def _names_next(self) -> bool:
        """Whether the next word is a sub-command by its own name."""
        following = self.argv[self.position] if self.position < len(self.argv) else None
        return isinstance(following, str) and any(following in branch.exact for branch in self.live)

    def _enter(self, branch: Branch, level: Level) -> None:
        self.best = branch
        self.best_words = len(self.pending)
        self.call.level = level
        self.style = level.style

    def _settle(self) -> None:
        """No deeper sub-command: words that only began one are operands."""
        if len(self.pending) > self.best_words:
            self.call.operands.extend(self.pending[self.best_words:])
            del self.pending[self.best_words:]
        self.live = [self.best]

    # --- options -----------------------------------------------------------------------------------------------------

    def _declared(self, word: str) -> bool:
        """Read a word that is the whole of a declared option, where it can be nothing else; false for any other."""
        long = word[1:2] == "-"
        if word[:1] != "-" or len(word) < 2 or long != (len(word) > 2) or self.style not in _SPELLED_OUT or len(self.live) > 1:
            return False
        level = self.live[0].inherited
        option = level.options.get(word) if level is not None else None
        if option is None:
            return False
        if option.kind == "flag":
            if long and self.call.options:
                self._take_back(option.key)
            self._add(option.key, option.spellings, None)
            return True
        if option.kind == "value":
            self._take(option)
            return True
        return False

    def _option(self, word: Value) -> bool:
        """Read a word as an option with its value; false when it is an operand."""
        if self.style == "raw":
            return False
        if self.style == "keyval" and self._assigned(word):
            return True
        rest: tuple[Part, ...] = ()
        if isinstance(word, str):
            head = word
        else:
            first = word.parts[0]
            if not isinstance(first, str):
                return False
            head, rest = first, word.parts[1:]
        if len(head) < 2 or (head[0] != "-" and (head[0] != "+" or head[:2] not in self.call.level.options)):
            return False
        if head == "--" and not rest:
            return True
        if head.startswith("--"):
            self._long(head, rest)
        elif self.style == "go":
            self._long("-" + head, rest)
        else:
            self._short(head, rest)
        return True

    def _assigned(self, word: Value) -> bool:
        """An operand ``name=value`` of a program in the style of dd counts as the option ``--name``."""
        parts = PARSERS["keyval"](word)
        if parts is None or not isinstance(parts["name"], str) or parts["name"].startswith("-"):
            return False
        self._add("--" + parts["name"], (parts["name"],), parts["value"])
        return True

    def _find(self, name: str) -> Option | None:
        for branch in self.live:
            level = branch.inherited
            if level is not None:
                option = level.options.get(name)
                if option is not None:
                    return option
        return None

    def _long(self, head: str, rest: tuple[Part, ...]) -> None:
        name, equals, value = head.partition("=")
        attached: Value | None = join([value, *rest]) if equals else None
        option = self._find(name) or (self._find(name[1:]) if self.style == "go" else None)
        if option is None and not equals and rest and _is_open(rest):
            name = name + "*"
        elif option is None:
            option = self._prefix(name)
        if option is None:
            self._undeclared(name, attached)
        elif option.kind in ("value", "rest") and attached is None:
            self._take(option)
        elif option.kind == "flag" and isinstance(attached, str) and attached.lower() in _FALSE:
            self.call.options.pop(option.key, None)
        else:
            if option.kind == "flag" and self.call.options:
                self._take_back(option.key)
            self._add(option.key, option.spellings, attached)

    def _prefix(self, name: str) -> Option | None:
        """The declared long option that begins so; GNU getopt and git accept it."""
        if self.style not in ("gnu", "posix") or len(name) < 3:
            return None
        for branch in self.live:
            found = branch.inherited.beginning(name) if branch.inherited is not None else ()
            if found:
                return found[0] if len(found) == 1 else None
        return None

    def _undeclared(self, name: str, attached: Value | None) -> None:
        """An option that the catalog does not declare: a flag, or with a value where the program says so."""
        if self._take_back(name):
            pass
        elif attached is None and self.call.level.unknown_values and self._next_is_value():
            attached = self._next()
        self._add(name, (name,), attached)

    def _take_back(self, name: str) -> bool:
        """``--no-x`` takes back an earlier ``--x``, and ``--x`` an earlier ``--no-x``."""
        opposite = "--" + name[5:] if name.startswith("--no-") else "--no-" + name[2:]
        option = self._find(opposite) or self._prefix(opposite)
        self.call.options.pop(opposite if option is None else option.key, None)
        return option is not None

    def _short(self, head: str, rest: tuple[Part, ...]) -> None:
        whole = self._find(head)
        if whole is not None and len(head) > 2:
            if whole.kind in ("value", "rest") and not rest:
                self._take(whole)
            else:
                self._add(whole.key, whole.spellings, join(rest) if rest else None)
            return
        index = 0
        while index + 1 < len(head):
            index += 1
            spelling = head[0] + head[index]
            option = self._find(spelling)
            if option is None or option.kind == "flag":
                self._add(spelling if option is None else option.key, (spelling,) if option is None else option.spellings, None)
                continue
            remainder = head[index + 1:]
            if option.kind == "attached" and not option.count:
                digits = len(remainder) - len(remainder.lstrip("0123456789"))
                self._add(option.key, option.spellings, remainder[:digits] or None)
                index += digits
                continue
            value: Value | None = None
            if remainder or rest:
                value = join([remainder[1:] if remainder.startswith("=") and option.kind == "attached" else remainder, *rest])
            elif option.kind in ("value", "rest"):
                self._take(option)
                return
            self._add(option.key, option.spellings, value)
            return

    def _take(self, option: Option) -> None:
        """The value of an option is in the words that follow."""
        count = option.count if option.kind == "value" else max(len(self.argv) - self.position, 1)
        self._add(option.key, option.spellings, self._next())
        for _ in range(count - 1):
            self.call.options[option.key].append(self._next())

    def _next_is_value(self) -> bool:
        if self.position >= len(self.argv):
            return False
        word = self.argv[self.position]
        return not isinstance(word, str) or not word.startswith("--")

    def _next(self) -> Value:
        """The next word as a value; empty when the line ends (the program will complain)."""
        if self.position >= len(self.argv):
            return ""
        self.position += 1
        return self.argv[self.position - 1]

    def _add(self, key: str, spellings: tuple[str, ...], value: Value | None) -> None:
        call = self.call
        values = call.options.setdefault(key, [])
        if value is not None:
            values.append(value)
        call.flags.extend(spellings)


def _is_open(rest: tuple[Part, ...]) -> bool:
    return isinstance(rest[0], Hole)


def _neutral(call: Call, given: Given) -> int:
    """How harmless the call is by its options: `DRY`, `HELP` or active."""
    if given.asks_help:
        return HELP
    for name, excepted in given.neutral:
        if name.startswith("-"):
            if excepted is None or not _takes(excepted, call.options[name]):
                return DRY
        elif call.operands and call.operands[0] == name:
            return DRY
    return ACTIVE


def _takes(excepted: str, values: list[Value]) -> bool:
    """Whether the last value is, or can be, the one that makes the option ineffective."""
    if not values:
        return False
    last = values[-1]
    return not isinstance(last, str) or any(matches(choice, last) for choice in excepted.split("|"))
