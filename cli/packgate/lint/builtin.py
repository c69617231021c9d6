"""What the analysis yields by itself, beside the catalog: readers of SQL and other code, handlers, redirections, and the surfaces
that are no shell. A test holds every operation that the project's cases and corpora yield against it.
"""

from __future__ import annotations

from dataclasses import dataclass

COMMAND = "command"

# Fields that an operation of any command can have: those of the command itself, and those of the wrappers around it.
COMMAND_FIELDS = ("program", "argument", "flag", "via", "place", "user", "host", "environment")

# Fields that the code of a database client, or of a wrapper, passes on to the operations in it.
_CLIENT = ("database", "url", "network", "provider", "service", "target", "path", "scope")
_MCP = ("server", "tool")
_FILE = ("path", "scope", "content", *_MCP, *_CLIENT)
_MANIFEST = ("apply", "create", "replace", "delete", "patch", "edit")
_SQL = ("table", "clause", *_CLIENT)


@dataclass(frozen=True, slots=True)
class Made:
    """Operations of one family: their verbs (globs allowed), effects, and fields beside operation and effect. ``of_command``: whether
    they can stand in a command."""

    operations: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    own_fields: tuple[str, ...] = ()
    any_operation: bool = False
    of_command: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields."""
        named = (*(("operation",) if self.operations or self.any_operation else ()), *(("effect",) if self.effects else ()))
        return (*named, *self.own_fields, *(COMMAND_FIELDS if self.of_command else ()))


MADE: dict[str, Made] = {
    "read-file": Made(("read", "copy", "load", "inspect"), ("read",), _FILE),
    "modify-file": Made(("write", "append", "edit", "extract"), ("write",), _FILE),
    "delete-file": Made(("delete",), ("delete",), _FILE),
    "database-admin": Made(
        ("DROP*", "TRUNCATE*", "ALTER*", "CREATE*", "GRANT*", "REVOKE*", "RENAME*", "REASSIGN*", "DETACH*", "SHUTDOWN", "FLUSHALL",
         "FLUSHDB", "CONFIG", "ACL", "SWAPDB", "REPLICAOF", "SLAVEOF", "FAILOVER", "RESET", "DEBUG", "MODULE", "CLUSTER"),
        ("write", "delete", "grant"), _SQL,
    ),
    # Redis has a verb for every command.
    "database-write": Made(
        ("INSERT", "UPDATE", "DELETE", "MERGE", "MERGE DELETE", "REPLACE", "UPSERT", "COPY", "LOAD DATA", "unknown", "import",
         "restore"),
        ("write", "delete"), _SQL, any_operation=True,
    ),
    "git-action": Made(("push", "force-push", "delete-branch"), ("write", "delete", "send"), ("branch", "remote", "url", "network")),
    "cluster-change": Made(_MANIFEST, ("write", "delete", "grant"), ("service", "target", "url", "network")),
    "cloud-iam": Made(_MANIFEST, ("write", "delete", "grant"), ("service", "target")),
    "cloud-secrets": Made(_MANIFEST, ("write", "delete", "grant"), ("service", "target")),
    "environment-exposure": Made(("print", "dump"), ("read",), ("variable", *_CLIENT)),
    "data-transfer": Made(
        ("send", "upload"), ("send",), ("payload", "origin", "path", "variable", "url", "network", "method", "remote", *_CLIENT)
    ),
    "opaque-execution": Made(
        ("from-network", "encoded", "file", "dynamic", "interpreter", "project-script", "unanalysed", "limit", "parse", "windows"),
        ("execute",),
        ("origin", "path", "variable", "url", "network"),
    ),
    "resource-exhaustion": Made(("fork-bomb", "endless-jobs"), ("execute",)),
    "web-request": Made(
        ("get", "head", "post", "put", "patch", "delete", "options", "upload"), ("read", "write", "delete", "send"),
        ("url", "method", "network", "payload"), any_operation=True,
    ),
    "tool-call": Made((), ("read", "write", "delete"), ("server", "tool", "action-type", "argument", "environment"), of_command=False),
    "text": Made(("prompt", "output"), (), ("content", "path"), of_command=False),
}
