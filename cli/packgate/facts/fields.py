"""Fields of operations: paths made absolute, and what is computed from other fields."""

from __future__ import annotations

from packgate.facts.environment import classify, network
from packgate.facts.parsers import PARSERS
from packgate.facts.paths import CONTAINER, DERIVED, UNKNOWN, normalise, scope
from packgate.model.value import Glob, Hole, join, origins_of, unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from packgate.facts.call import Call
    from packgate.facts.context import Context
    from packgate.facts.session import Session
    from packgate.model.value import Origin, Value

    Fields = dict[str, tuple[Value, ...]]

_IGNORED = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/stdin", "/dev/stdout", "/dev/stderr", "/dev/random",
            "/dev/urandom", "/dev/ptmx")
# Kinds of origin by which a line can hide what it names.
_MADE_UP = ("command", "encoded", "file", "network", "secret")
# Commands that only pass on, cut or count what they are given, or print one fact: they hide nothing.
_PLAIN = frozenset((
    "basename", "cut", "date", "dirname", "file", "fold", "getconf", "grep", "egrep", "fgrep", "head", "hostname", "id", "mktemp", "nproc",
    "readlink", "realpath", "sed", "seq", "sort", "tail", "uname", "uniq", "wc", "which", "whoami",
))
_LOCAL: tuple[Value, ...] = ("local",)
FILE_FAMILIES = frozenset(("read-file", "modify-file", "delete-file"))


def is_device(path: Value) -> bool:
    """Whether a path is a device that holds nothing: reading or writing it is no file operation."""
    return isinstance(path, str) and path.startswith("/dev/") and (path in _IGNORED or path.startswith(("/dev/fd/", "/dev/pts/")))


def absolute(path: Value, call: Call, context: Context) -> Value:
    """A path as the call's program sees it. In another place the home is not that of this machine."""
    state = call.state
    if context.place is not None:
        return normalise(path, state.cwd)
    directory: Value = state.cwd
    if call.level.cwd is not None:
        for value in call.level.cwd.values(call, None):
            directory = normalise(value, directory)
    if isinstance(path, str) and path.startswith("~/"):
        # Programs do not expand the tilde; a catalog's literal path may start with it.
        home = state.home
        return normalise(path, directory, home if isinstance(home, str) else None)
    return normalise(path, directory)


def common_fields(call: Call, context: Context) -> Fields:
    """The fields that all operations of a call share."""
    fields: Fields = {
        "program": (call.program,),
        "argument": tuple(call.argv[1:]),
        "place": _LOCAL if context.place is None else (context.place,),
    }
    if call.flags:
        fields["flag"] = tuple(call.flags)
    if context.user is not None:
        fields["user"] = (context.user,)
    if context.host is not None:
        fields["host"] = (context.host,)
    return fields


def add_network(fields: Fields) -> None:
    """Take the host from the URL when there is none, and tell its network."""
    hosts = fields.get("host")
    if hosts is None:
        urls = fields.get("url")
        if urls is None:
            return
        found = [parts["host"] for parts in (PARSERS["url"](url) for url in urls) if parts is not None and parts.get("host")]
        if not found:
            return
        hosts = fields["host"] = tuple(found)
    networks: list[Value] = []
    for host in hosts:
        kind = _network_of(host)
        if kind not in networks:
            networks.append(kind)
    fields["network"] = tuple(networks)


def _network_of(host: Value) -> Value:
    """The network of a host; of a partly known one when its known domain decides it (``$x.example.com`` is public)."""
    if isinstance(host, str):
        return network(host)
    tail = host.parts[-1]
    if isinstance(tail, str) and "." in tail and tail.rsplit(".", 1)[1].isalpha():
        return network("x" + tail)
    return unknown(*origins_of(host))


def add_scope(fields: Fields, session: Session, context: Context) -> None:
    """Add the files behind the links that the line made to the paths of a file operation, and tell where all of them lie."""
    local = context.place is None
    if session.links and local:
        paths = fields["path"]
        fields["path"] = (*paths, *(target for target in map(session.behind, paths) if target is not None and target not in paths))
    if not local and context.host is None:
        fields["scope"] = (CONTAINER,)
        return
    found = []
    for path in fields["path"]:
        place = scope(path, session.repository if local else None, session.home if local else None)
        if place is None:
            place = _unknown_scope(path)
            # A new folder or empty file changes nothing that is there.
            if place == DERIVED and fields.get("operation") == ("create",):
                place = None
        if place is not None and place not in found:
            found.append(place)
    if found:
        fields["scope"] = tuple(found)


def _unknown_scope(path: Value) -> str | None:
    """The scope of a path whose beginning is not known: whether its name is, or that the line itself made it up from a file, the
    network or the output of a command. A mere variable, positional parameter or line of input says nothing."""
    if isinstance(path, str):
        return UNKNOWN
    last = path.parts[-1]
    if (isinstance(last, str) and last.rsplit("/", 1)[-1]) or (len(path.parts) > 1 and isinstance(last, Glob)):
        return UNKNOWN
    return DERIVED if any(_is_made_up(origin) for origin in origins_of(path)) else None


def _is_made_up(origin: Origin) -> bool:
    return origin.kind in _MADE_UP and not (origin.kind == "command" and origin.detail.partition(" ")[0] in _PLAIN)


def environment_of(values: list[Value], context: Context, session: Session) -> tuple[Value, ...]:
    """The environments that a target's names tell. A name that is nothing but a variable may be any, which the value says."""
    named = [*values, *context.environment]
    if not named:
        return ()
    found = classify(named, session.words)
    if found:
        return found
    origins = [origin for value in named if _is_unknown(value) for origin in origins_of(value) if origin.kind == "variable"]
    return (unknown(*origins),) if origins else ()


def _is_unknown(value: Value) -> bool:
    """Whether a value is nothing but one unknown piece."""
    return not isinstance(value, str) and len(value.parts) == 1 and isinstance(value.parts[0], Hole)


def text_of(values: list[Value]) -> Value:
    """Words joined by blanks, as a program that takes a command line joins them."""
    out: list[Value] = []
    for index, value in enumerate(values):
        if index:
            out.append(" ")
        out.append(value)
    return join(out)
