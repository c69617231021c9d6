"""Branches: ``if``, ``case``, and alternatives in general, of which one runs."""

from __future__ import annotations

from packgate.shell.expand import pattern_pieces, single
from packgate.shell.merge import Snapshot, merge, restore
from packgate.shell.partial import either, variants
from packgate.shell.patterns import STAR, compile_pieces, matches
from packgate.shell.streams import Sink, buffer_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.state import State
    from packgate.shell.tree import Case, If, Node, Script, Word
    from packgate.shell.walk import Leave, Walk


class Branches:
    """Alternatives of which one runs: each starts from the same state, and in the end all that may have run merge."""

    __slots__ = ("before", "left", "outcomes", "outer", "outputs", "state", "status", "walk")

    def __init__(self, walk: Walk, state: State) -> None:
        self.walk = walk
        self.state = state
        self.before = Snapshot(state)
        self.outer = state.fds.get(1)
        self.outputs: list[Value] = []
        self.outcomes: list[Snapshot] = []
        # Of the alternative that is known to be taken: its exit status, and how it left.
        self.status: int | None = 0
        self.left: Leave | None = None

    def run(self, scripts: list[Script], taken: bool | None) -> None:
        """Walk one alternative. ``taken`` False: it is walked for what it holds, but has no effect on the rest."""
        here, sink = self._begin()
        traps = self.state.traps
        for script in scripts:
            status = self.walk.script(script, self.state)
            if taken and self.walk.left is None:
                self.status = status
        self._finish(here, sink, taken)
        if taken is False:
            self.state.traps = traps

    def run_node(self, node: Node, taken: bool | None) -> None:
        """The same for one command."""
        here, sink = self._begin()
        self.walk.node(node, self.state)
        self._finish(here, sink, taken)

    def _begin(self) -> tuple[Snapshot, Sink]:
        here = Snapshot(self.state)
        sink = buffer_for(self.outer)
        self.state.fds[1] = sink
        self.walk.left = None
        return here, sink

    def _finish(self, here: Snapshot, sink: Sink, taken: bool | None) -> None:
        state, walk = self.state, self.walk
        if taken is not False:
            self.outputs.append(sink.text())
            if isinstance(self.outer, Sink):
                self.outer.names.extend(sink.names)
            if walk.left is None or taken:
                self.outcomes.append(Snapshot(state))
                self.left = walk.left if taken else None
            else:
                walk.may_leave = True
        walk.left = None
        restore(state, here)

    def skip(self) -> None:
        """None of the alternatives may have run."""
        self.outputs.append("")
        self.outcomes.append(Snapshot(self.state))

    def end(self, span: tuple[int, int]) -> None:
        """Bring the outcomes together."""
        state = self.state
        if self.outer is not None:
            state.fds[1] = self.outer
        else:
            state.fds.pop(1, None)
        if self.outcomes:
            restore(state, self.outcomes[0])
            merge(state, self.outcomes[1:])
        if self.outputs:
            self.walk.write(state, either(self.outputs), span)
        self.walk.left = self.left


def if_command(walk: Walk, node: If, state: State) -> int | None:
    """``if``: a condition that is known decides which state goes on; every body is walked."""
    branches = Branches(walk, state)
    decided = False
    # Whether every condition so far is known not to hold.
    certain = True
    # Whether one of the bodies is known to be the one that runs.
    known = False
    for condition, body in node.clauses:
        inner = state.copy() if decided else state
        status = walk.script(condition, inner)
        certain = certain and status is not None
        walk.left = None
        if decided or (status is not None and status != 0):
            branches.run([body], False)
        else:
            taken = status == 0 and certain
            branches.run([body], True if taken else None)
            known = known or taken
            decided = status == 0
    if node.otherwise is not None:
        branches.run([node.otherwise], False if decided else True if certain else None)
        known = known or (not decided and certain)
    elif not decided:
        branches.skip()
        known = certain
    branches.end(walk.span(node.start, node.end))
    return branches.status if known else None


def case_command(walk: Walk, node: Case, state: State) -> int | None:
    """``case``: the same for its clauses."""
    answers = _answers(walk, node, state)
    branches = Branches(walk, state)
    if None not in answers:
        _known_clauses(branches, node, answers)
        branches.end(walk.span(node.start, node.end))
        return branches.status
    certain = True
    for at, found in enumerate(answers):
        branches.run(_bodies(node, at), found if certain or not found else None)
        certain = certain and found is not None
    if True not in answers:
        branches.skip()
    branches.end(walk.span(node.start, node.end))
    return None


def _answers(walk: Walk, node: Case, state: State) -> list[bool | None]:
    """For each clause whether the word matches it; those behind the one that is certainly the last to run do not."""
    word = single(walk, node.word, state)
    answers: list[bool | None] = []
    decided = falls = False
    for patterns, _, terminator in node.items:
        found = False if decided or falls else _matches_any(walk, word, patterns, state)
        answers.append(found)
        if found or falls:
            falls = terminator == ";&"
            decided = decided or terminator not in (";&", ";;&")
    return answers


def _known_clauses(branches: Branches, node: Case, answers: list[bool | None]) -> None:
    """Run the clauses that are known to run, one after the other, and look through the rest."""
    taken: list[int] = []
    falls = False
    for at, (_, _, terminator) in enumerate(node.items):
        if falls or answers[at]:
            taken.append(at)
            falls = terminator == ";&"
            if terminator != ";&" and terminator != ";;&":
                break
    for at, (_, body, _) in enumerate(node.items):
        if at not in taken:
            branches.run([body], False)
        elif at == taken[0]:
            branches.run([node.items[each][1] for each in taken], True)
    if not taken:
        branches.skip()


def _bodies(node: Case, at: int) -> list[Script]:
    """The body of a clause, and those that it falls through to."""
    bodies: list[Script] = []
    for index in range(at, len(node.items)):
        _, body, terminator = node.items[index]
        bodies.append(body)
        if terminator != ";&":
            break
    return bodies


def _matches_any(walk: Walk, word: Value, patterns: list[Word], state: State) -> bool | None:
    """Whether a word matches one of the patterns of a clause; None when that is unknown."""
    texts = variants(word)
    result: bool | None = False
    for pattern in patterns:
        tokens = compile_pieces(pattern_pieces(walk, pattern, state))
        found: bool | None = None
        if tokens is not None and texts is not None:
            answers = {matches(tokens, text, "nocasematch" in state.options) for text in texts}
            found = answers.pop() if len(answers) == 1 else None
        elif tokens is not None and len(tokens) == 1 and tokens[0].kind == STAR:
            found = True
        if found:
            return True
        if found is None:
            result = None
    return result
