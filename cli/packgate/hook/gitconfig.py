"""The remotes of a git configuration file. Nothing is included, expanded or run: `include` and `includeIf` are sections like any other."""

from __future__ import annotations

_ESCAPES = {"n": "\n", "t": "\t", "b": "\b", '"': '"', "\\": "\\"}


def remote_addresses(text: str) -> dict[str, str]:
    """The first address of every remote, by the remote's name, in the order of the file."""
    found: dict[str, str] = {}
    remote: str | None = None
    for line in _lines(text):
        if line.startswith("["):
            remote, line = _section(line)
        name, equals, value = line.partition("=")
        if remote is not None and equals and name.strip().lower() == "url":
            address = _value(value)
            if address:
                found.setdefault(remote, address)
    return found


def repository_name(address: str) -> str | None:
    """What the address of a remote calls its repository: ``acme/app`` of ``git@host:acme/app.git``; of a local folder its last name."""
    path = address.strip()
    scheme, slashes, rest = path.partition("://")
    if slashes and scheme.lower() != "file":
        path = rest.partition("/")[2]
    elif not slashes and ":" in path and "/" not in path.partition(":")[0]:
        path = path.partition(":")[2]
    else:
        path = path.rstrip("/").removesuffix(".git").rstrip("/").rpartition("/")[2]
    path = path.split("?")[0].split("#")[0].strip("/").removesuffix(".git").strip("/")
    return path or None


def _lines(text: str) -> list[str]:
    """Logical lines without white space around them, comments and empty ones left out."""
    joined = text.replace("\r\n", "\n").removeprefix("\ufeff")
    out: list[str] = []
    held = ""
    for line in joined.split("\n"):
        if not held and line.lstrip()[:1] in ("", "#", ";"):
            continue
        if (len(line) - len(line.rstrip("\\"))) % 2 and not _comment_at(held + line):
            held += line[:-1]
            continue
        out.append((held + line).strip())
        held = ""
    return out if not held else [*out, held.strip()]


def _comment_at(text: str) -> bool:
    """Whether a comment begins in a line, so that a backslash at its end joins nothing."""
    quoted = False
    escaped = False
    for char in text:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char in "#;" and not quoted:
            return True
    return False


def _section(line: str) -> tuple[str | None, str]:
    """The remote that a section's head names, None for another section, and what follows the head on its line."""
    head = line[1:]
    name, closed, rest = head.partition("]")
    kind, quote, _ = name.partition('"')
    if not quote:
        if closed and name.strip().lower().startswith("remote."):
            return name.strip()[len("remote."):].lower(), rest.strip()
        return None, rest.strip()
    subsection, rest = _quoted(head[len(kind) + 1:])
    return (subsection if kind.strip().lower() == "remote" else None), rest.lstrip().removeprefix("]").strip()


def _quoted(text: str) -> tuple[str, str]:
    """The text up to the closing quote, a backslash keeping the character after it, and what follows the quote."""
    out: list[str] = []
    place = 0
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 1
        out.append(text[place:place + 1])
        place += 1
    return "".join(out), text[place + 1:]


def _value(text: str) -> str:
    """A value: quotes taken away, escapes resolved, a comment and the white space before it cut off."""
    out: list[str] = []
    quoted = False
    kept = 0  # Up to here white space counts.
    place = 0
    text = text.strip()
    while place < len(text):
        char = text[place]
        place += 1
        if char == '"':
            quoted = not quoted
            kept = len(out)
            continue
        if char in "#;" and not quoted:
            break
        if char == "\\" and place < len(text):
            char = _ESCAPES.get(text[place], text[place])
            place += 1
        out.append(char)
        if quoted or not char.isspace():
            kept = len(out)
    return "".join(out[:kept])
