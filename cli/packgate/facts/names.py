"""What some programs print, where that matters to what reads it.

Names of files: what `ls`, `git ls-files` and `grep -l` hand on stands for files of certain folders, as a glob does. Without this,
`grep -rl old src | xargs sed -i …` would edit anything at all.
"""

from __future__ import annotations

from packgate.model.value import NAME, Glob, Hole, Origin, Text, join, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.model.value import Part, Value

_LIST = ("ls", "gls")
_SEARCH = ("grep", "egrep", "fgrep", "ggrep", "rg", "ripgrep", "ag")
# Sub-commands by which an installed program prints settings for the shell that runs it, and programs that print nothing else. To run what
# they print is to trust the program, as starting it does: `eval "$(direnv hook bash)"`, `source <(kubectl completion bash)`.
_SETTINGS = ("completion", "completions", "hook", "init", "shellenv", "shell.bash", "shell.zsh", "shell-init", "activate")
# They print the numbers of processes that their last operand picks.
_PROCESSES = ("pgrep", "pidof")
_PRINTERS = ("dircolors", "ssh-agent", "lesspipe", "keychain")
# Options of `ls` with which it prints something else than plain names.
_OTHER_LISTS = ("-l", "-R", "-s", "-i", "-g", "-n", "-F", "-p", "-C", "-m", "-x")


def printed_names(call: Call) -> Value | None:
    """What a program that prints names of files puts on its output, a line each; None when this one does not."""
    if call.program in _LIST:
        if any(call.has(option) for option in _OTHER_LISTS):
            return None
        hidden: list[Value] = [join([".", Glob("*")])] if call.has("-A") or call.has("-a") else []
        return _lines([_listed(word) for word in call.operands or ["."]] + hidden)
    if call.program == "git" and call.words == ["ls-files"]:
        return _lines([_below(word) for word in call.operands or ["."]])
    if call.program == "compgen":
        return _variables(call)
    if call.program in _PROCESSES and call.operands and isinstance(call.operands[-1], str):
        return unknown(Origin("listed", call.operands[-1]))
    if call.program in _SEARCH and (call.has("-l") or call.has("--files")):
        return _searched(call)
    return None


def prints_settings(name: str, argv: list[Value]) -> bool:
    """Whether a call prints settings for the shell, which are those of the program itself."""
    return name in _PRINTERS or (len(argv) > 1 and argv[1] in _SETTINGS)


def _searched(call: Call) -> Value | None:
    pattern = call.has("-e") or call.has("-f") or call.has("--files")
    places = call.operands if pattern else call.operands[1:]
    recursive = call.program not in ("grep", "egrep", "fgrep", "ggrep") or call.has("-r") or call.has("-R")
    if not places:
        return _lines([_below(".")]) if recursive and call.stdin is None else None
    return _lines([_below(word) if recursive and not _has_glob(word) else word for word in places])


def _variables(call: Call) -> Value | None:
    """`compgen -v`, `-e` and `-A variable` list the names of variables: which, the environment tells."""
    if not (call.has("-v") or call.has("-e") or call.option("-A") in ("variable", "export", "arrayvar")):
        return None
    prefix = call.operands[0] if call.operands else ""
    detail = prefix if isinstance(prefix, str) else ""
    return Text((*((detail,) if detail else ()), Hole((Origin("variables", detail),), NAME), "\n"))


def _listed(word: Value) -> Value:
    """A folder is listed without its own name; a glob stands for the names that it can be."""
    return word if _has_glob(word) else Text((Glob("*"),))


def _below(word: Value) -> Value:
    return Text((Glob("**"),)) if word == "." else join([word, "/", Glob("**")])


def _has_glob(word: Value) -> bool:
    return not isinstance(word, str) and all(isinstance(part, (str, Glob)) for part in word.parts)


def _lines(names: list[Value]) -> Value:
    parts: list[Value | Part] = []
    for name in names:
        parts.extend((name, "\n"))
    return join(parts)
