"""The closed words of the catalog format: keys, parsers and their parts, handlers. `docs/formats/catalog.md` explains them."""

from __future__ import annotations

EFFECTS = ("read", "write", "delete", "execute", "send", "grant")
STYLES = ("gnu", "posix", "host", "go", "keyval", "raw")
OUTPUTS = ("stdin", "files", "network", "secret", "arguments", "none")
WRAP_KINDS = ("argv", "code", "remote")

# Short forms: key -> (family, operation, effect).
SHORT_FORMS = {
    "reads": ("read-file", "read", "read"),
    "copies": ("read-file", "copy", "read"),
    "searches": ("read-file", "search", "read"),
    "loads": ("read-file", "load", "read"),
    "inspects": ("read-file", "inspect", "read"),
    "writes": ("modify-file", "write", "write"),
    "appends": ("modify-file", "append", "write"),
    "edits": ("modify-file", "edit", "write"),
    "deletes": ("delete-file", "delete", "delete"),
}

# What a level (a program or a sub-command) may say.
LEVEL_KEYS = frozenset(
    ("title", "style", "options", "unknown-options", "commands", "cwd", "neutral", "does", "fields", "environment", "output",
     "wraps", "via", "prints", "handler", *SHORT_FORMS)
)
PROGRAM_KEYS = LEVEL_KEYS | {"name", "aliases", "cases"}
# A second entry of a program, in another file, brings more of its sub-commands.
CONTINUATION_KEYS = frozenset(("name", "commands", "cases"))
RULE_KEYS = frozenset(("families", "operation", "effect", "if", "each", "environment", "even-if-neutral", "sends"))
WRAP_KEYS = frozenset(
    ("kind", "from", "lang", "file", "host", "join", "assignments", "if", "user", "cwd", "place", "args", "clear-env", "via", "deeper")
)
VARIABLE_KEYS = frozenset(("name", "families", "fields", "environment", "operation", "always", "literal"))
CASE_KEYS = frozenset(("command", "yields", "coverage", "context", "contains"))
DOCUMENT_KEYS = frozenset(("programs", "variables", "families", "fields"))

# Fields that a wrap gives to the operations of its code (a database client's host, say).
WRAP_FIELDS = frozenset(("database", "url", "provider", "service", "target"))

# Fields that are computed or belong to the shape of a rule, so a rule can't set them.
COMPUTED_FIELDS = frozenset(("program", "argument", "flag", "effect", "via", "operation", "environment", "network", "scope"))

# Parser -> its parts. The functions are in `packgate.facts.parsers`.
PARSERS = {
    "url": frozenset(("scheme", "host", "user", "path")),
    "conninfo": frozenset(("host", "user", "database", "service")),
    "scp": frozenset(("host", "user", "path")),
    "ssh": frozenset(("host", "user")),
    "refspec": frozenset(("source", "target", "force")),
    "k8s": frozenset(("kind", "name")),
    "image": frozenset(("host", "name", "tag")),
    "arn": frozenset(("service", "account", "name")),
    "file-url": frozenset(("path",)),
    "after-at": frozenset(("path",)),
    "after-plus": frozenset(),
    "after-bang": frozenset(),
    "after-pipe": frozenset(),
    "split-comma": frozenset(),
    "basename": frozenset(),
    "keyval": frozenset(("name", "value")),
    "at-version": frozenset(("name",)),
    "words": frozenset(),
    "decrypted": frozenset(),
    "origin": frozenset(),
    "names": frozenset(),
    "addresses": frozenset(),
    "local": frozenset(),
}

HANDLERS = frozenset(
    ("environment-filter", "password-sink", "git-alias", "git-push", "git-switch", "git-config", "find", "xargs", "parallel", "sed", "awk",
     "tar", "env-split", "manifest", "sqlite", "make", "just", "package-script", "git-hooks", "mounts", "listing", "ansible-module")
)
