"""Modules of Ansible as the commands that they amount to on the hosts they run on.

Sources: the pages of the collection ansible.builtin of the Ansible documentation. Modules that are not listed say no more than that
something runs there.
"""

from __future__ import annotations

from packgate.facts.nested import within
from packgate.model.value import Origin, unknown
from packgate.shell.evaluate import run_argv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

_HERE = ("localhost", "127.0.0.1", "::1")
# Module -> the arguments that it needs -> the command. The first line whose arguments are given holds; `state=absent` has lines of its own.
_COMMANDS: dict[str, list[tuple[tuple[str, ...], list[str]]]] = {
    "copy": [(("src", "dest"), ["cp", "{src}", "{dest}"]), (("dest",), ["tee", "{dest}"])],
    "template": [(("src", "dest"), ["cp", "{src}", "{dest}"])],
    "fetch": [(("src", "dest"), ["cp", "{src}", "{dest}"])],
    "unarchive": [(("src", "dest"), ["tar", "-xf", "{src}", "-C", "{dest}"])],
    "get_url": [(("url", "dest"), ["curl", "-o", "{dest}", "{url}"])],
    "uri": [(("url",), ["curl", "{url}"])],
    "lineinfile": [(("path",), ["sed", "-i", "s/a/b/", "{path}"]), (("dest",), ["sed", "-i", "s/a/b/", "{dest}"])],
    "file absent": [(("path",), ["rm", "-rf", "{path}"]), (("dest",), ["rm", "-rf", "{dest}"]), (("name",), ["rm", "-rf", "{name}"])],
    "file": [(("src", "dest"), ["ln", "-s", "{src}", "{dest}"]), (("path", "mode"), ["chmod", "{mode}", "{path}"]),
             (("path", "owner"), ["chown", "{owner}", "{path}"]), (("path",), ["mkdir", "{path}"])],
    "user absent": [(("name",), ["userdel", "{name}"])],
    "user": [(("name",), ["useradd", "{name}"])],
    "service": [(("name", "state"), ["systemctl", "{state}", "{name}"])],
    "apt absent": [(("name",), ["apt-get", "remove", "{name}"])],
    "apt": [(("name",), ["apt-get", "install", "{name}"])],
    "pip": [(("name",), ["pip", "install", "{name}"])],
    "git": [(("repo", "dest"), ["git", "clone", "{repo}", "{dest}"])],
    "cron": [(("job",), ["sh", "-c", "{job}"])],
    "reboot": [((), ["reboot"])],
}
_SAME = {"blockinfile": "lineinfile", "replace": "lineinfile", "systemd": "service", "systemd_service": "service", "yum": "apt",
         "dnf": "apt", "package": "apt"}
_STATES = {"stopped": "stop", "started": "start", "restarted": "restart", "reloaded": "reload"}


def handle(call: Call, session: Session, _common: Fields) -> None:
    """What the module does, where it runs."""
    module, text = call.option("--module-name"), call.option("--args")
    if not isinstance(module, str) or not call.operands:
        return
    import shlex

    try:
        words = shlex.split(text) if isinstance(text, str) else []
    except ValueError:
        return
    given = {name: value for name, found, value in (word.partition("=") for word in words) if found}
    argv = _command(module.removeprefix("ansible.builtin."), given)
    if argv is None:
        return
    host = call.operands[0]
    state = call.state.copy()
    context = session.context.inside(call.program)
    if host not in _HERE and call.option("--connection") != "local":
        state.cwd = unknown(Origin("variable", "PWD"))
        context = session.context.inside(call.program, host, host, call.option("--user"), (host,))
    within(session, context, lambda: run_argv(argv, state, session, call.span))


def _command(module: str, given: dict[str, str]) -> list[Value] | None:
    """The command that a module amounts to with these arguments; None for what is not known."""
    name = _SAME.get(module, module)
    state = given.get("state", "")
    lines = (_COMMANDS.get(f"{name} absent") if state in ("absent", "removed") else None) or _COMMANDS.get(name, [])
    given = {**given, "state": _STATES.get(state, state or "start")}
    for needed, command in lines:
        if all(argument in given for argument in needed):
            return [given[word[1:-1]] if word[:1] == "{" else word for word in command]
    return None
