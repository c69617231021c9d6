"""Handlers: functions for what the catalog's data can't say, by the names it uses.

A handler gets the call, the session and the fields that operations of the call share; it adds operations to the session and
returns the call's output where it knows it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from packgate.facts.call import Call
    from packgate.facts.fields import Fields
    from packgate.facts.session import Session
    from packgate.model.value import Value

    Handler = Callable[[Call, Session, Fields], Value | None]


def handler(name: str) -> Handler:
    """The handler of a name. Modules are imported when they are first needed: most lines need none."""
    found = _LOADED.get(name)
    if found is None:
        found = _LOADED[name] = _load(name)
    return found


_LOADED: dict[str, Handler] = {}


def _load(name: str) -> Handler:
    if name.startswith("git-") and name != "git-hooks":
        return _load_git(name)
    if name == "find":
        from packgate.facts.handlers.find import handle as find

        return find
    if name in ("xargs", "parallel"):
        from packgate.facts.handlers import xargs

        return xargs.handle_xargs if name == "xargs" else xargs.handle_parallel
    if name in ("sed", "awk"):
        from packgate.facts.handlers import stream_editor

        return stream_editor.handle_sed if name == "sed" else stream_editor.handle_awk
    return _load_other(name)


def _load_git(name: str) -> Handler:
    if name == "git-push":
        from packgate.facts.handlers.git_push import handle as push

        return push
    if name == "git-switch":
        from packgate.facts.handlers.git_switch import handle as switch

        return switch
    from packgate.facts.handlers import git_config

    return git_config.handle if name == "git-config" else git_config.expand_alias


def _load_other(name: str) -> Handler:
    if name == "tar":
        from packgate.facts.handlers.archive import handle as archive

        return archive
    if name == "password-sink":
        from packgate.facts.handlers.password_sink import handle as sink

        return sink
    if name == "environment-filter":
        from packgate.facts.handlers.environment_filter import handle as narrow

        return narrow
    if name == "env-split":
        from packgate.facts.handlers.env import handle as env

        return env
    if name == "manifest":
        from packgate.facts.handlers.manifest import handle as manifest

        return manifest
    if name in ("make", "just", "package-script", "git-hooks"):
        from packgate.facts.handlers import project

        return {
            "make": project.handle_make, "just": project.handle_just, "package-script": project.handle_package,
            "git-hooks": project.handle_hooks,
        }[name]
    if name == "ansible-module":
        from packgate.facts.handlers.ansible import handle as ansible

        return ansible
    if name == "mounts":
        from packgate.facts.handlers.mounts import handle as mounts

        return mounts
    if name == "listing":
        from packgate.facts.handlers.listing import handle as listing

        return listing
    if name == "sqlite":
        from packgate.facts.handlers.sqlite import handle as sqlite

        return sqlite
    raise KeyError(name)
