"""Matchers: one pattern, compiled, judging one value at a time."""

from __future__ import annotations

from packgate.engine.automaton import Automaton, StateBudget, required
from packgate.engine.charset import EXACT, LOWER
from packgate.engine.outline import TREE, crosses, folders, hides, leads_to, most_shared, shared_letters, tail_literals, tells_nothing
from packgate.engine.partly import MAY, MUST, NO, shortest, verdict
from packgate.engine.regexes import parse_regex
from packgate.engine.syntax import parse_glob
from packgate.model.value import has_holes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.engine.context import Context
    from packgate.engine.outline import Outline
    from packgate.engine.syntax import Node
    from packgate.model.value import Text

NOCASE_TYPES = frozenset(("word-nocase", "host", "url"))
SEPARATED_TYPES = frozenset(("path", "branch"))

# Not decided by the shape alone.
UNDECIDED = -1
# Characters of globs by which alternatives, and so the states of a machine, multiply.
_MULTIPLYING = frozenset("{}?[]\\")
# Partly known texts whose verdict a matcher remembers.
_REMEMBERED = 200


class Matcher:
    """Judges values against one pattern. Values of fields that ignore letter case come lowered."""

    __slots__ = ()

    def known(self, text: str, context: Context, /) -> int:
        """`MUST` or `NO` for a known text; `MAY` where the pattern itself cannot be judged."""
        raise NotImplementedError

    def certain(self, text: Text, context: Context, /) -> int:
        """What holds of every string that a partly known text can be: `MUST`, `MAY` or `NO`."""
        raise NotImplementedError

    def fires(self, text: Text, context: Context, /) -> int:
        """As `certain`, but a shell glob over file names counts as a match when it plainly aims at the pattern, and
        not at all otherwise; and an unknown piece of a path counts where what is written around it is about the pattern:
        `docs/must-and-may.md` has the rules."""
        found = self.certain(text, context)
        return found if has_holes(text) or found == MUST else NO


def written_letters(source: str, depth: int) -> int:
    """How many characters of the last ``depth`` components of a glob are written out, the slashes between them included."""
    tail = "/".join(source.rstrip("/").split("/")[-depth:])
    count = index = 0
    while index < len(tail):
        char = tail[index]
        end = tail.find("]", index) if char == "[" else -1
        if end > 0:
            index = end
        elif char not in "*?{}":
            index += char == "\\"
            count += 1
        index += 1
    return count


class Regular(Matcher):
    """A glob or regular expression. Shapes that a string method decides are its subclasses; a machine, made when it is
    first needed, decides the rest, and everything about partly known text that the shape does not."""

    __slots__ = (
        "_certain", "_folder", "_least", "_machine", "_written", "absolute", "case", "depth", "glob", "head", "needle", "source", "tail",
        "type",
    )

    def __init__(self, source: str, type: str, glob: bool = True) -> None:
        self.source = source
        self.type = type
        self.glob = glob
        self.case = LOWER if type in NOCASE_TYPES else EXACT
        # Texts that every match starts, ends with or contains.
        self.head = ""
        self.tail = ""
        self.needle = ""
        # For paths: whether the pattern starts at the root, else how many components it has.
        self.absolute = False
        self.depth = 1
        self._machine: Automaton | None = None
        self._folder: Regular | None = None
        self._written = self._least = -1
        # Verdicts of the machine on texts seen before.
        self._certain: dict[Text, int] = {}

    def tree(self) -> Node:
        """The pattern's tree. Raises `PatternError`."""
        if self.glob:
            return parse_glob(self.source, self.type in SEPARATED_TYPES, self.case)
        return parse_regex(self.source, self.case)

    def machine(self) -> Automaton:
        """The pattern's machine. Raises `PatternError`."""
        if self._machine is None:
            tree = self.tree()
            self.needle = required(tree)
            self._machine = Automaton(tree)
        return self._machine

    def known(self, text: str, _context: Context, /) -> int:
        if not (text.startswith(self.head) and text.endswith(self.tail)):
            return NO
        machine = self._machine or self.machine()
        if self.needle not in text:
            return NO
        return MUST if machine.matches(text) else NO

    def around(self, _head: str, _tail: str, /) -> int:
        """What holds of every text with this start and end and anything between; `UNDECIDED` leaves it to the
        machine."""
        return UNDECIDED

    def opened(self, _outline: Outline, /) -> int:
        """What holds of a text that starts or ends with anything; `UNDECIDED` leaves it to the machine."""
        return UNDECIDED

    def certain(self, text: Text, context: Context, /) -> int:
        first, last = text.parts[0], text.parts[-1]
        if isinstance(first, str) and not (first.startswith(self.head) or self.head.startswith(first)):
            return NO
        if isinstance(last, str) and not (last.endswith(self.tail) or self.tail.endswith(last)):
            return NO
        outline = context.outline(text)
        found = self.around(outline.head, outline.tail)
        # What holds with anything between, holds with less; that it may hold, is less certain.
        if found in (MUST, NO) or (found == MAY and outline.single):
            return found
        if outline.open_head or outline.open_tail:
            found = self.opened(outline)
            if found != UNDECIDED:
                return found
        if (self.head or self.tail) and self.glob and "[" not in self.source and tells_nothing(text):
            # Some texts match and some do not: that takes no machine to tell.
            return MAY
        return self._judge(text)

    def _judge(self, text: Text) -> int:
        found = self._certain.get(text)
        if found is None:
            try:
                found = verdict(self.machine(), text)
            except StateBudget:
                found = MAY
            if len(self._certain) >= _REMEMBERED:
                self._certain.clear()
            self._certain[text] = found
        return found

    def fires(self, text: Text, context: Context, /) -> int:
        if self.type == "path" and not self.absolute:
            outline = context.outline(text)
            sample = outline.sample()
            if sample is not None and self._plainly_not(text, outline) and self.known(sample, context) == NO:
                # It is not certain, and that it may be does not count.
                return NO
        return self.weighed(text, context)

    def weighed(self, text: Text, context: Context, /) -> int:
        """As `fires`, without the shortcut that spares most patterns their machine."""
        found = self.certain(text, context)
        if found != MAY:
            return found
        if context.outline(text).holes:
            return MAY if self.type != "path" or self._concerns(text) else NO
        return MUST if self.type == "path" and self._aimed(text) else NO

    def _plainly_not(self, text: Text, outline: Outline) -> bool:
        """Whether `_concerns` or `_aimed` would say no, as far as that can be told without the machine."""
        if outline.holes:
            return self._below_folder() and not hides(text) and not self._leads_here(text)
        if self.source.endswith("/**"):
            return crosses(text)
        tail = outline.tail_literals(self.depth)
        if tail is None:
            return True
        if self._written < 0:
            self._written = written_letters(self.source, self.depth)
        # No name that fits is shorter than what the pattern writes out; of alternatives it writes out several.
        return tail[1] and 2 * tail[0] < self._written and "{" not in self.source

    def _below_folder(self) -> bool:
        return self.source.startswith("**/") and self.source.count("/") > 1

    def _leads_here(self, text: Text) -> bool:
        return leads_to(text, self.source.removeprefix("**/").rpartition("/")[0])

    def _concerns(self, text: Text) -> bool:
        """Whether a partly unknown path that may match is about the pattern: a variable that could hold any name is not."""
        if hides(text) or (self.absolute and (isinstance(text.parts[0], str) or self._top_folder())):
            return True
        if self._below_folder():
            return self._leads_here(text)
        if 2 * most_shared(text) < self._least_shared():
            return False
        try:
            common = shortest(self.machine(), text)
        except StateBudget:
            return True
        if common is None:
            return False
        tail = common if self.absolute else "/".join(common.split("/")[-self.depth:])
        written = self._letters()
        shared = shared_letters(text, tail)
        # That both end in `.json` says little.
        dot = tail.rfind(".")
        ending = len(tail) - dot if dot > tail.rfind("/") + 1 else 0
        last = text.parts[-1]
        if ending and isinstance(last, str) and last.endswith(tail[dot:]):
            shared, written, tail = shared - ending, written - ending, tail[:len(tail) - ending]
        return 2 * (shared + written - len(tail)) >= written

    def _letters(self) -> int:
        """How many letters of the components that a name is compared with are written out."""
        return written_letters(self.source, self.source.count("/") + 1 if self.absolute else self.depth)

    def _least_shared(self) -> int:
        """Twice the letters that any name that fits has to share with a text for the pattern to concern it; 0 where that is not known
        without the machine. Such names are as long as what is written out, but for a slash that a `**` can take away."""
        if self._least < 0:
            simple = self.glob and _MULTIPLYING.isdisjoint(self.source)
            self._least = max(0, self._letters() - 2 * self.source.count("**")) if simple else 0
        return self._least

    def _top_folder(self) -> bool:
        """Whether the pattern is the root or the whole of a folder there (``/etc/**``): any unknown beginning can lead to it."""
        return self.source == "/" or (self.source.endswith("/**") and self.source.count("/") == 2)

    def _aims_at_folder(self, text: Text) -> bool:
        """Whether what a glob names, or a folder above it, is aimed at by the pattern's own folder."""
        if self._folder is None:
            source = self.source.removesuffix("/**")
            self._folder = Regular(source if source[0] == "/" else "**/" + source.removeprefix("**/"), self.type)
            self._folder.depth = self.depth if source[0] == "/" else self._folder.source.count("/")
        folder = self._folder
        for above in (*folders(text), text):
            if isinstance(above, str):
                if folder.machine().matches(above):
                    return True
            elif folder._judge(above) != NO and folder._aimed(above):
                return True
        return False

    def _aimed(self, text: Text) -> bool:
        """Whether a glob that can meet the pattern plainly aims at it."""
        if self.absolute:
            # A search through a tree (`find`) aims at the trees inside it, unless it looks for certain names.
            return not crosses(text) or (text.parts[-1] == TREE and "**" in self.source)
        if self.source.endswith("/**"):
            # The name that a search looks for is not that of the directory; a glob has to aim at the directory itself.
            return not crosses(text) and self._aims_at_folder(text)
        tail = tail_literals(text, self.depth)
        if tail is None:
            return False
        literals, star = tail
        if not star:
            return True
        try:
            common = shortest(self.machine(), text)
        except StateBudget:
            return False
        if common is None:
            return False
        length = len("/".join(common.split("/")[-self.depth:]))
        # In the shortest name that fits both, at least so many letters are written in the pattern and in the glob.
        written = written_letters(self.source, self.depth)
        return 2 * (literals + written - length) >= written
