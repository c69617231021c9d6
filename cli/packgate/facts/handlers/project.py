"""Files of a project that the line itself wrote, and that a tool then runs: Makefiles, scripts of package.json, hooks of git.

What the line did not write is not known here; the catalog reports it as a script of the project.
"""

from __future__ import annotations

import re

from packgate.facts.fields import absolute
from packgate.facts.nested import Payload, is_unknown
from packgate.facts.yields import level_environment
from packgate.model.value import show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
_RULE = re.compile(r"([^\s:#=][^:#=\n]*?)\s*::?(?!=)([^=;\n]*)(?:;(.*))?$")
_SHELL_CALL = re.compile(r"\$\(shell\s+([^()]*(?:\([^()]*\)[^()]*)*)\)|^\s*[\w.]+\s*!=\s*(.+)$", re.MULTILINE)
_JUST = re.compile(r"@?([A-Za-z_][\w-]*)(?:\s+[^:=\n]*)?:(?!=)([^\n]*)$")
# Sub-command of git -> the hooks that it runs.
_HOOKS = {
    "commit": ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"), "push": ("pre-push",),
    "merge": ("pre-merge-commit", "post-merge"), "rebase": ("pre-rebase", "post-rewrite", "post-checkout"),
    "checkout": ("post-checkout",), "switch": ("post-checkout",), "am": ("applypatch-msg", "pre-applypatch"),
}
_RUN_SCRIPT = ("run", "run-script", "rum", "urn", "")
# What an installation of the project itself runs (npm's "Life Cycle Operation Order").
_INSTALL = ("install", "i", "in", "ins", "isntall", "ci", "clean-install", "install-test", "it", "cit", "import", "fetch", "add")
_LIFE_CYCLE = ("install", "prepublish", "prepare")


def handle_make(call: Call, session: Session, common: Fields) -> None:
    """The recipes that the goals of `make` reach, of a Makefile that the line wrote or hands over."""
    named = call.options.get("--file", [])
    given = [word for word in call.options.get("--eval", []) if isinstance(word, str)]
    texts = [_text(path, call, session) for path in named]
    if given:
        texts.append("\n".join(given))
    if not named:
        texts += [text for text in (_text(name, call, session) for name in _MAKEFILES) if text is not None][:1]
    for text in texts:
        if text is not None:
            _make(text, _goals(call), _payload(call, session, common))


def handle_just(call: Call, session: Session, common: Fields) -> None:
    """The recipes of a justfile, or the commands of a Taskfile, that the line wrote."""
    if call.program == "task":
        for path in [*call.options.get("--justfile", []), "Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml"]:
            text = _text(path, call, session)
            if text is not None:
                _task(text, _goals(call), _payload(call, session, common))
                return
    for path in [*call.options.get("--justfile", []), "justfile", ".justfile", "Justfile"]:
        text = _text(path, call, session)
        if text is not None and call.program == "just":
            _just(text, _goals(call), _payload(call, session, common))
            return


def handle_package(call: Call, session: Session, common: Fields) -> None:
    """The script of a package.json that the line wrote, with those that run before and behind it."""
    text = _text("package.json", call, session)
    if text is None:
        return
    import json

    try:
        scripts = json.loads(text).get("scripts", {})
    except (ValueError, AttributeError, RecursionError):
        return
    for name in _scripts_of(call) if isinstance(scripts, dict) else ():
        for each in (f"pre{name}", name, f"post{name}"):
            if isinstance(scripts.get(each), str):
                _payload(call, session, common).shell(scripts[each])


def _scripts_of(call: Call) -> tuple[str, ...]:
    """The scripts that a call of a package manager runs."""
    word = call.words[-1] if call.words else ""
    if word in _INSTALL or (word == "" and not call.operands):
        return _LIFE_CYCLE
    name = call.operands[0] if word in _RUN_SCRIPT and call.operands else {"t": "test", "tst": "test"}.get(word, word)
    return (name,) if isinstance(name, str) else ()


def handle_hooks(call: Call, session: Session, common: Fields) -> None:
    """The hooks of git that the line wrote, for the sub-command that runs them."""
    if not session.files or call.has("--no-verify"):
        return
    names = [name for word in call.words for name in _HOOKS.get(word, ())]
    for path, content in list(session.files.items()):
        folder, _, name = path.rpartition("/")
        if name in names and folder.endswith(("/.git/hooks", "/.husky", "/.githooks")) and not is_unknown(content):
            _payload(call, session, common).shell(show(content))


def _text(path: Value, call: Call, session: Session) -> str | None:
    """What a file holds that the line wrote, or standard input for ``-``."""
    found = call.stdin if path in ("-", "/dev/stdin") else session.written(absolute(path, call, session.context)) or call.state.read(path)
    return None if found is None or is_unknown(found) else show(found)


def _goals(call: Call) -> list[str]:
    return [word for word in call.operands if isinstance(word, str) and "=" not in word]


def _payload(call: Call, session: Session, common: Fields) -> Payload:
    return Payload(session, session.context.inside(call.program), call.state, call.span, common, None, level_environment(call))


def _make(text: str, goals: list[str], payload: Payload) -> None:
    text = text.replace("\\\n", " ")
    for first, second in _SHELL_CALL.findall(text):
        payload.shell(_unescaped(first or second))
    needs: dict[str, list[str]] = {}
    recipes: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.split("\n"):
        if line[:1] == "\t":
            for target in current:
                recipes[target].append(line)
            continue
        found = _RULE.match(line)
        if found is None:
            continue
        current = found.group(1).split()
        for target in current:
            needs.setdefault(target, []).extend(found.group(2).split())
            recipes.setdefault(target, []).extend([found.group(3)] if found.group(3) else [])
    if not goals:
        goals = [next((target for target in needs if target[:1] != "."), "")]
    for target in _reached(goals, needs):
        for line in recipes.get(target, ()):
            payload.shell(_unescaped(line.strip().lstrip("@-+").strip()))


def _reached(goals: list[str], needs: dict[str, list[str]]) -> list[str]:
    """The goals and all that they need, each once; what comes first is made first."""
    order: list[str] = []
    seen: set[str] = set()
    waiting = [(goal, False) for goal in reversed(goals)]
    while waiting:
        target, ready = waiting.pop()
        if ready:
            order.append(target)
        elif target not in seen:
            seen.add(target)
            waiting.append((target, True))
            waiting.extend((need, False) for need in reversed(needs.get(target, [])))
    return order


def _unescaped(recipe: str) -> str:
    return recipe.replace("$$", "$")


def _just(text: str, goals: list[str], payload: Payload) -> None:
    needs: dict[str, list[str]] = {}
    recipes: dict[str, list[str]] = {}
    current = ""
    for line in text.split("\n"):
        found = _JUST.match(line)
        if line[:1] in (" ", "\t") and current:
            recipes[current].append(line.strip().lstrip("@-"))
        elif found is not None:
            current = found.group(1)
            needs[current] = found.group(2).split()
            recipes[current] = []
    for target in _reached(goals or list(needs)[:1], needs):
        for line in recipes.get(target, ()):
            payload.shell(line)


def _task(text: str, goals: list[str], payload: Payload) -> None:
    """A Taskfile in its usual layout: the commands below each task's name. Others of its forms, such as `sh:`, count too."""
    commands: dict[str, list[str]] = {}
    current, depth = "", 0
    for line in text.split("\n"):
        word = line.strip()
        indent = len(line) - len(line.lstrip())
        if not word or word[:1] == "#":
            continue
        if word == "tasks:":
            depth = -1
        elif depth == -1 or (depth and indent == depth):
            current, depth = word.partition(":")[0].strip("'\""), indent
            short = word.partition(":")[2].strip()
            commands.setdefault(current, []).extend([short] if short else [])
        elif depth and current:
            commands[current].extend(_task_command(word))
    for goal in goals or ["default"]:
        for line in commands.get(goal, ()):
            payload.shell(line.strip("'\"") if line[:1] in ("'", '"') else line)


def _task_command(line: str) -> list[str]:
    """The command of one line of a task: an item of a list, ``cmd:`` or ``sh:``."""
    text = line.removeprefix("- ").strip()
    key, colon, rest = text.partition(": ")
    if colon and key in ("cmd", "sh"):
        return [rest.strip()]
    return [text] if line[:2] == "- " and not (colon and key.isidentifier()) else []
