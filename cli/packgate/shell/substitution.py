"""Process substitution: commands behind a path."""

from __future__ import annotations

from packgate.shell.state import State
from packgate.shell.streams import Stream
from packgate.shell.walk import Pending

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.model.value import Value
    from packgate.shell.tree import ProcessSub
    from packgate.shell.walk import Walk


def process_substitution(walk: Walk, part: ProcessSub, state: State) -> Value:
    """The path that stands for the commands. What ``<(…)`` prints is kept as the content of the path; the commands of
    ``>(…)`` run when the command that got the path has run."""
    number = len(state.substituted)
    path = f"/dev/fd/{63 - number}" if number < 53 else f"/dev/fd/{number + 64}"
    if part.direction == "=":
        path = f"/tmp/zsh{number}"
    if part.direction == ">":
        state.substituted[path] = ""
        walk.pending.append(Pending(path, part))
        return path
    status = state.status
    content = walk.capture(part.script, state)
    state.status = status
    state.background = True
    state.substituted[path] = content
    return path


def run_pending(walk: Walk, state: State, since: int) -> None:
    """Run the commands of the ``>(…)`` that the command just run was given, on what it wrote to them."""
    waiting = walk.pending[since:]
    del walk.pending[since:]
    for item in waiting:
        inner = state.copy()
        if item.content is not None:
            inner.fds[0] = Stream(item.content, item.names)
        left = walk.left
        walk.script(item.node.script, inner)
        walk.finish(inner)
        walk.left = left
